//! Images that a document brings with it: nothing is fetched.

use crate::documents::document::{Image, ImageKind, Unwritable};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The image of a `data:` address.
///
/// # Errors
/// If it is another address, or the image is wrong.
pub(super) fn of_address(address: &str, alt: &str) -> Result<Image, Unwritable> {
    let data = address.strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,"));
    let Some((_, data)) = data else {
        let message = "An image is given as a `data:image/png;base64,` address: nothing is fetched.";
        return Err(Unwritable::Wrong(message.into()));
    };
    of_base64(data, alt)
}

/// The image of a file in base64.
///
/// # Errors
/// If it is no PNG or JPEG file.
pub(super) fn of_base64(data: &str, alt: &str) -> Result<Image, Unwritable> {
    let wrong = |message: &str| Unwritable::Wrong(message.to_owned());
    let bytes = STANDARD.decode(data.trim()).map_err(|_| wrong("An image is not in base64."))?;
    let kind = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => ImageKind::Png,
        [0xff, 0xd8, 0xff, ..] => ImageKind::Jpeg,
        _ => return Err(wrong("An image is a PNG or a JPEG file.")),
    };
    let size = imagesize::blob_size(&bytes).map_err(|_| Unwritable::broken_image())?;
    let side = |side: usize| u32::try_from(side).ok().filter(|side| *side > 0);
    let (Some(width), Some(height)) = (side(size.width), side(size.height)) else {
        return Err(wrong("An image has no size."));
    };
    Ok(Image { kind, bytes, width, height, alt: alt.to_owned() })
}

/// How many bytes of a text are images in base64, in which no Markdown stands.
pub(super) fn base64_in(text: &str) -> usize {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    text.split(";base64,").skip(1).map(|data| data.bytes().take_while(|byte| is_base64(byte)).count()).sum()
}
