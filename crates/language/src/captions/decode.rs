//! Bytes to text: UTF-8, with or without a mark in front, and UTF-16.

use super::cue::Unfit;

/// The text of a whole file.
pub fn text(bytes: &[u8]) -> Result<String, Unfit> {
    let text = match order(bytes) {
        Some(order) => {
            let body = bytes.strip_prefix(order.mark()).unwrap_or(bytes);
            if body.len() % 2 != 0 {
                return Err(Unfit::Encoding);
            }
            char::decode_utf16(order.units(body)).collect::<Result<String, _>>().map_err(|_| Unfit::Encoding)?
        }
        None => {
            let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            std::str::from_utf8(body).map_err(|_| Unfit::Encoding)?.to_owned()
        }
    };
    // No text file has zero bytes in it.
    if text.contains('\0') { Err(Unfit::Encoding) } else { Ok(text) }
}

/// The text of a beginning, with a sign for what is none.
pub fn lossy(head: &[u8]) -> String {
    match order(head) {
        Some(order) => {
            let body = head.strip_prefix(order.mark()).unwrap_or(head);
            char::decode_utf16(order.units(body)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        None => String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)).into_owned(),
    }
}

/// Which byte of a UTF-16 unit comes first.
#[derive(Clone, Copy)]
enum Order {
    Low,
    High,
}

impl Order {
    fn mark(self) -> &'static [u8] {
        match self {
            Self::Low => b"\xff\xfe",
            Self::High => b"\xfe\xff",
        }
    }

    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u16> {
        bytes.chunks_exact(2).map(move |pair| {
            let pair = [pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)];
            match self {
                Self::Low => u16::from_le_bytes(pair),
                Self::High => u16::from_be_bytes(pair),
            }
        })
    }
}

/// The order of UTF-16; none where it is something else. Without a mark the digits in front tell.
fn order(bytes: &[u8]) -> Option<Order> {
    match *bytes {
        [0xff, 0xfe, ..] => Some(Order::Low),
        [0xfe, 0xff, ..] => Some(Order::High),
        [first, 0, second, 0, ..] if first.is_ascii() && second.is_ascii() => Some(Order::Low),
        [0, first, 0, second, ..] if first.is_ascii() && second.is_ascii() => Some(Order::High),
        _ => None,
    }
}
