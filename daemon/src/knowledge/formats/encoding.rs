//! Bytes as text, in whatever encoding they are.

use super::Refusal;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How many bytes are looked at to tell whether they are text.
const SAMPLE: usize = 64 << 10;

/// The text of bytes: by their byte order mark, as UTF-16 or UTF-8 if they are such, as they declare themselves, else by
/// which encoding makes the likeliest words.
///
/// # Errors
/// If they are no text.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>) -> Result<String, Refusal> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return text(encoding, &bytes[mark..]);
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    if sample.contains(&0) {
        return text(utf16(sample).ok_or_else(no_text)?, bytes);
    }
    if let Ok(utf8) = std::str::from_utf8(bytes) {
        return plain(utf8.to_owned());
    }
    if is_mostly_utf8(bytes) {
        return text(UTF_8, bytes);
    }
    let declared = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = declared.filter(|encoding| *encoding != UTF_8).unwrap_or_else(|| {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(sample, sample.len() == bytes.len());
        detector.guess(None, Utf8Detection::Deny)
    });
    text(encoding, bytes)
}

fn text(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, Refusal> {
    plain(encoding.decode_without_bom_handling(bytes).0.into_owned())
}

/// The text, if it is one: hardly any of its characters steer a terminal.
fn plain(text: String) -> Result<String, Refusal> {
    let steers = |c: &char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c');
    let (all, controls) = (text.chars().count(), text.chars().filter(steers).count());
    if controls * 100 > all { Err(no_text()) } else { Ok(text.replace('\0', "\u{fffd}")) }
}

fn no_text() -> Refusal {
    Refusal::Unknown("it is neither text nor a PDF, DOCX, PPTX or XLSX file".into())
}

/// UTF-16 without a mark: in most texts the spaces and line ends alone leave every second byte 0 in many places.
fn utf16(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = sample.len() / 20;
    match (even, odd) {
        (0, odd) if odd > many => Some(UTF_16LE),
        (even, 0) if even > many => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether bytes are UTF-8 but for a few: cut off, or spoilt at some places.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut letters, mut wrong) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    letters > 2 * wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_in_whatever_encoding_it_is() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let marked = [&[0xff, 0xfe][..], &utf16("Grüße")].concat();
        let german =
            "Die Kündigungsfrist beträgt für alle Beschäftigten drei Monate, außer während der Probezeit.";
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(german);
        let (shift_jis, _, _) =
            encoding_rs::SHIFT_JIS.encode("休暇は二十日です。有給休暇の申請は二週間前までに行ってください。");
        assert_eq!(decode("\u{feff}Grüße".as_bytes(), None).unwrap(), "Grüße");
        assert_eq!(decode(&marked, None).unwrap(), "Grüße");
        assert_eq!(decode(&utf16("Plain words, no mark"), None).unwrap(), "Plain words, no mark");
        assert_eq!(decode(&latin, None).unwrap(), german);
        assert!(decode(&shift_jis, None).unwrap().contains("有給休暇"));
        assert_eq!(decode(b"\xe9t\xe9", Some("iso-8859-1")).unwrap(), "été");
        assert_eq!(
            decode("Größe für alle, übrigens: \u{fc}".as_bytes().split_last().unwrap().1, None).unwrap(),
            "Größe für alle, übrigens: \u{fffd}"
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_told_so() {
        let noise: Vec<u8> = (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(decode(&noise, None).is_err());
        assert!(decode(&noise.into_iter().filter(|byte| *byte != 0).collect::<Vec<_>>(), None).is_err());
    }
}
