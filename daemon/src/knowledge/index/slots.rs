//! A set of a segment's slots: who may read what stands there, or which have a value of the metadata.

use super::varint;

/// Passages of one segment at most. Tests have many segments of few.
pub(super) const SEGMENT: usize = if cfg!(test) { 128 } else { 4096 };

const BITS: usize = 64;

/// A set of slots.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Slots(Box<[u64; SEGMENT / BITS]>);

impl Default for Slots {
    fn default() -> Self {
        Self(Box::new([0; SEGMENT / BITS]))
    }
}

impl Slots {
    /// Reads what [`Slots::to_bytes`] wrote.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let mut slots = Self::default();
        let (mut rest, mut at) = (bytes, 0);
        while let (Some(gap), Some(length)) = (varint::read(&mut rest), varint::read(&mut rest)) {
            let start = at + gap as usize;
            at = start + length as usize;
            (start..at.min(SEGMENT)).for_each(|slot| slots.insert(slot));
        }
        slots
    }

    /// Runs of slots: the gap before each, and its length. What comes together is read by the same people, mostly.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (mut end, mut slot) = (0, 0);
        while slot < SEGMENT {
            if !self.contains(slot) {
                slot += 1;
                continue;
            }
            let start = slot;
            while slot < SEGMENT && self.contains(slot) {
                slot += 1;
            }
            varint::write(&mut bytes, (start - end) as u32);
            varint::write(&mut bytes, (slot - start) as u32);
            end = slot;
        }
        bytes
    }

    pub(super) fn insert(&mut self, slot: usize) {
        self.0[slot / BITS] |= 1 << (slot % BITS);
    }

    pub(super) fn remove(&mut self, slot: usize) {
        self.0[slot / BITS] &= !(1 << (slot % BITS));
    }

    pub(super) fn contains(&self, slot: usize) -> bool {
        self.0[slot / BITS] >> (slot % BITS) & 1 == 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn len(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Adds those of another set.
    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0.iter()).for_each(|(word, other)| *word |= other);
    }

    /// Keeps those that are also in another set.
    pub(super) fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0.iter()).for_each(|(word, other)| *word &= other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_comes_back_as_it_was() {
        for slots in [vec![], vec![0], vec![127], (0..128).collect(), vec![1, 2, 3, 63, 64, 65, 90, 126]] {
            let mut set = Slots::default();
            slots.iter().for_each(|slot| set.insert(*slot));
            let bytes = set.to_bytes();
            assert_eq!(Slots::from_bytes(&bytes), set);
            assert_eq!((0..SEGMENT).filter(|slot| set.contains(*slot)).collect::<Vec<_>>(), slots);
            slots.iter().for_each(|slot| set.remove(*slot));
            assert!(set.is_empty());
        }
        let mut all = Slots::default();
        (0..SEGMENT).for_each(|slot| all.insert(slot));
        assert_eq!(all.to_bytes().len(), 3, "one run");
    }

    #[test]
    fn bytes_that_are_no_set_do_no_harm() {
        Slots::from_bytes(&[255, 255, 255, 255, 15, 255, 255, 3]);
        assert!(Slots::from_bytes(&[7]).is_empty());
    }
}
