//! Where a JSON string needs attention. Nearly all strings of frames (ids, actions) need none, so eight bytes are looked at
//! at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// How many bytes come before the first quotation mark, backslash or control character.
pub(crate) fn plain_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let plain = |byte: &&u8| !matches!(byte, ..0x20 | b'"' | b'\\');
    at + rest.iter().take_while(plain).count()
}

/// The highest bit of bytes that are special. Bytes above the lowest such byte may be marked by mistake: a borrow.
const fn special(word: u64) -> u64 {
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = quote.wrapping_sub(ONES) & !quote;
    let backslash = backslash.wrapping_sub(ONES) & !backslash;
    (control | quote | backslash) & HIGH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(bytes: &[u8]) -> usize {
        let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
        bytes.iter().position(special).unwrap_or(bytes.len())
    }

    #[test]
    fn every_byte_at_every_place_is_judged_as_byte_by_byte() {
        for byte in 0..=u8::MAX {
            for length in 0..=17 {
                for at in 0..length {
                    let mut bytes = alloc::vec![b'x'; length];
                    bytes[at] = byte;
                    assert_eq!(plain_length(&bytes), naive(&bytes), "{bytes:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_as_byte_by_byte(bytes in prop::collection::vec(
            prop_oneof![any::<u8>(), Just(b'"'), Just(b'\\'), Just(0x1F), Just(0x20), Just(b'!'), Just(b'#')],
            0..40,
        )) {
            prop_assert_eq!(plain_length(&bytes), naive(&bytes));
        }
    }
}
