//! Texts of others, as they may stand in a log, in an error or on a terminal.

use core::fmt;

/// Characters that std prints, but that show nothing (Default_Ignorable_Code_Point and the blank Braille pattern).
const BLANK: [core::ops::RangeInclusive<char>; 8] = [
    '\u{34F}'..='\u{34F}',
    '\u{115F}'..='\u{1160}',
    '\u{17B4}'..='\u{17B5}',
    '\u{180B}'..='\u{180F}',
    '\u{2800}'..='\u{2800}',
    '\u{3164}'..='\u{3164}',
    '\u{FE00}'..='\u{FE0F}',
    '\u{FFA0}'..='\u{FFA0}',
];

/// Whether a reader sees this character where it stands. Not so: control characters, marks that change the direction of
/// what follows, zero-width and unassigned characters, and every white space but the blank.
#[must_use]
pub fn is_visible(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    // std knows what can be printed; behind another character also a mark that belongs to it.
    let mut buffer = [b'x'; 5];
    let length = c.len_utf8();
    c.encode_utf8(&mut buffer[1..]);
    let pair = core::str::from_utf8(&buffer[..=length]).unwrap_or_default();
    pair.escape_debug().count() == 2
        && !BLANK.iter().any(|range| range.contains(&c))
        && !('\u{E0000}'..='\u{E0FFF}').contains(&c)
}

/// A text of somebody else for people to read: at most `max` characters of it, and those that a reader does not
/// [see](is_visible) as `\u{202e}`. So it takes one line of bounded length, and shows what it contains.
///
/// ```
/// use ocpp_types::printable;
/// assert_eq!(printable("CP1\n\u{202E}2PC", 80).to_string(), r"CP1\n\u{202e}2PC");
/// assert_eq!(printable("0123456789", 4).to_string(), "0123… (10 bytes)");
/// ```
#[must_use]
pub const fn printable(text: &str, max: usize) -> Printable<'_> {
    Printable { text, max }
}

/// See [`printable`].
#[derive(Debug, Clone, Copy)]
pub struct Printable<'a> {
    text: &'a str,
    max: usize,
}

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.text;
        if let Some((end, _)) = self.text.char_indices().nth(self.max) {
            shown = self.text.get(..end).unwrap_or_default();
        }
        let mut rest = shown;
        while let Some(at) = rest.find(|c| !is_visible(c)) {
            let (clear, hidden) = rest.split_at(at);
            f.write_str(clear)?;
            let mut chars = hidden.chars();
            match chars.next() {
                Some(c) if c.is_ascii() => write!(f, "{}", c.escape_debug())?,
                Some(c) => write!(f, "{}", c.escape_unicode())?,
                None => {}
            }
            rest = chars.as_str();
        }
        f.write_str(rest)?;
        if shown.len() < self.text.len() {
            write!(f, "… ({} bytes)", self.text.len())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn what_a_reader_does_not_see_is_written_out() {
        for hidden in [
            '\0',
            '\u{7}',
            '\n',
            '\r',
            '\u{1B}',
            '\u{7F}',
            '\u{85}',
            '\u{9B}',
            '\u{A0}',
            '\u{AD}',
            '\u{34F}',
            '\u{61C}',
            '\u{115F}',
            '\u{180E}',
            '\u{2003}',
            '\u{200B}',
            '\u{200D}',
            '\u{200F}',
            '\u{2028}',
            '\u{202A}',
            '\u{202E}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{2800}',
            '\u{3000}',
            '\u{3164}',
            '\u{E000}',
            '\u{FE0F}',
            '\u{FEFF}',
            '\u{FFF9}',
            '\u{E0041}',
            '\u{E0100}',
            '\u{10FFFF}',
        ] {
            assert!(!is_visible(hidden), "{:x}", u32::from(hidden));
            let shown = printable(hidden.encode_utf8(&mut [0; 4]), 9).to_string();
            assert!(shown.is_ascii() && shown.starts_with('\\'), "{shown}");
        }
        for seen in [
            ' ', '~', '"', '\\', '\'', 'ü', '\u{308}', 'ß', '字', 'ب', '👍', '€',
        ] {
            assert!(is_visible(seen), "{seen}");
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(printable("üüü", 3).to_string(), "üüü");
        assert_eq!(printable("üüü", 2).to_string(), "üü… (6 bytes)");
        assert_eq!(printable("", 0).to_string(), "");
        assert_eq!(printable("x", 0).to_string(), "… (1 bytes)");
        let long = "\u{202E}".repeat(100_000);
        assert!(printable(&long, 80).to_string().len() < 1000);
    }
}
