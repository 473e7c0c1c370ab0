//! Colour codes and other commands for terminals, which are no part of what a log says.

use std::borrow::Cow;

const ESCAPE: char = '\u{1b}';
/// The same as `ESC [`, in one character.
const CSI: char = '\u{9b}';

/// Longer commands for the operating system are none.
const MAX_COMMAND: usize = 4 * 1024;

/// The text without commands for terminals, also where they were made visible: `^[[32m`, `#033[32m`.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let is_plain = memchr::memchr3(0x1B, b'^', b'#', bytes).is_none()
        // The last byte of its two.
        && (memchr::memchr(0x9B, bytes).is_none() || !text.contains(CSI));
    if is_plain {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let length = match char {
            ESCAPE => 1 + sequence(&rest[1..]),
            CSI => CSI.len_utf8() + control(&rest[CSI.len_utf8()..]),
            '^' if rest.starts_with("^[[") => visible(rest, 3),
            '#' if rest.starts_with("#033[") => visible(rest, 5),
            _ => 0,
        };
        if length == 0 {
            out.push(char);
            rest = &rest[char.len_utf8()..];
        } else {
            rest = &rest[length..];
        }
    }
    Cow::Owned(out)
}

/// The length of what follows ESC.
fn sequence(rest: &str) -> usize {
    match rest.chars().next() {
        Some('[') => 1 + control(&rest[1..]),
        // A command for the operating system, such as a title or a link: up to BEL or ESC \.
        Some(']' | 'P' | '^' | '_' | 'X') => {
            let mut end = rest.len().min(MAX_COMMAND);
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            let rest = &rest[..end];
            let bell = rest.find('\u{7}').map(|at| at + 1);
            let terminator = rest.find("\u{1b}\\").map(|at| at + 2);
            match (bell, terminator) {
                (Some(a), Some(b)) => a.min(b),
                (a, b) => a.or(b).unwrap_or(1),
            }
        }
        // Intermediate bytes, then a final one.
        Some(' '..='/') => 1 + usize::from(rest[1..].starts_with(|char: char| char.is_ascii())),
        Some(char) if char.is_ascii() => 1,
        _ => 0,
    }
}

/// Parameters and the letter that ends them.
fn control(rest: &str) -> usize {
    let parameters = rest
        .bytes()
        .take_while(|byte| matches!(byte, 0x20..=0x3F))
        .count();
    match rest.as_bytes().get(parameters) {
        Some(0x40..=0x7E) => parameters + 1,
        _ => parameters,
    }
}

/// A visible command of colours, which must be one to its end.
fn visible(rest: &str, head: usize) -> usize {
    let body = rest[head..]
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || *byte == b';')
        .count();
    match rest.as_bytes().get(head + body) {
        Some(b'm' | b'K') => head + body + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_and_all_else_stays() {
        for (text, cleaned) in [
            (
                "\u{1b}[32mINFO\u{1b}[0m [2,\u{1b}[1;35m\"1\"\u{1b}[m]",
                "INFO [2,\"1\"]",
            ),
            (
                "\u{1b}]0;title\u{7}x\u{1b}]8;;http://a\u{1b}\\y\u{1b}(Bz",
                "xyz",
            ),
            ("\u{9b}31mred", "red"),
            (
                "^[[32mgreen^[[0m ^[x #033[1mbold#033[0m #033",
                "green ^[x bold #033",
            ),
            ("plain [2,3]", "plain [2,3]"),
            ("\u{1b}", ""),
            ("\u{1b}é\u{1b}[", "é"),
            ("\u{1b}[2", ""),
            ("\u{1b}(é", "é"),
        ] {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
        assert!(matches!(clean("plain"), Cow::Borrowed(_)));
    }
}
