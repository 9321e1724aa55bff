//! Where a term is in a segment: the slots in order, and how often in each.

use super::varint;

/// One slot that a term is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Posting {
    pub(super) slot: u16,
    pub(super) count: u32,
}

/// Reads what [`encode`] wrote, posting by posting.
pub(super) fn decode(bytes: &[u8]) -> impl Iterator<Item = Posting> {
    let (mut rest, mut next) = (bytes, 0);
    std::iter::from_fn(move || {
        let head = varint::read(&mut rest)?;
        let count = if head & 1 == 1 { 1 } else { varint::read(&mut rest)? };
        let slot = u16::try_from(next + (head >> 1)).ok()?;
        next = u32::from(slot) + 1;
        Some(Posting { slot, count })
    })
}

/// The gap to each slot from the one before, doubled, and odd where the count is one; else the count follows.
pub(super) fn encode(postings: &[Posting]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(postings.len() * 2);
    let mut next = 0;
    for posting in postings {
        let gap = u32::from(posting.slot) - next;
        varint::write(&mut bytes, gap << 1 | u32::from(posting.count == 1));
        if posting.count != 1 {
            varint::write(&mut bytes, posting.count);
        }
        next = u32::from(posting.slot) + 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_come_back_as_they_were() {
        let slots = [(0, 1), (1, 7), (2, 1), (700, 300), (4095, 1)];
        let postings: Vec<_> =
            slots.iter().map(|(slot, count)| Posting { slot: *slot, count: *count }).collect();
        let bytes = encode(&postings);
        assert_eq!(bytes.len(), 10);
        assert_eq!(decode(&bytes).collect::<Vec<_>>(), postings);
        assert_eq!(decode(&[0x80]).count() + decode(&[]).count(), 0);
    }
}
