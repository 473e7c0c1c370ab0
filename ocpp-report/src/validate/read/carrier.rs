//! Frames written in digits: as hexadecimal bytes, or with percent signs as in addresses.

use percent_encoding::percent_decode_str;

/// The texts in which there may be a frame once they are decoded.
pub(super) fn decoded(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if memchr::memmem::find(text.as_bytes(), b"5b").is_none()
        && memchr::memmem::find(text.as_bytes(), b"5B").is_none()
    {
        return found;
    }
    for word in text.split(|char: char| {
        char.is_whitespace() || matches!(char, '"' | '\'' | ',' | '=' | '&' | '(' | ')' | '<' | '>')
    }) {
        if let Some(text) = hexadecimal(word) {
            found.push(text);
        } else if (word.contains("%5B") || word.contains("%5b"))
            && let Ok(text) = percent_decode_str(word).decode_utf8()
        {
            found.push(text.into_owned());
        }
    }
    found
}

/// Bytes as digits, with colons or nothing between them, from an opening bracket on.
fn hexadecimal(word: &str) -> Option<String> {
    let word = word.strip_prefix("0x").unwrap_or(word);
    if !word.starts_with("5b") && !word.starts_with("5B") {
        return None;
    }
    let digits: Vec<u8> = word.bytes().filter(|byte| *byte != b':').collect();
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    let bytes = pairs
        .iter()
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_text() {
        let frame = r#"[2,"1","Heartbeat",{}]"#;
        let hex: String = frame.bytes().map(|byte| format!("{byte:02x}")).collect();
        let colons: Vec<_> = frame.bytes().map(|byte| format!("{byte:02X}")).collect();
        for text in [
            format!("10.0.0.1\t10.0.0.2\t{hex}"),
            format!("websocket.payload: {}", colons.join(":")),
            "GET /x?frame=%5B2%2C%221%22%2C%22Heartbeat%22%2C%7B%7D%5D&y=1".into(),
        ] {
            assert_eq!(decoded(&text), [frame], "{text}");
        }
        for text in ["5b", "a5b3", "5bzz", "5b3", "0x5bff", "nothing"] {
            assert!(decoded(text).iter().all(|text| text == "["), "{text}");
        }
    }
}
