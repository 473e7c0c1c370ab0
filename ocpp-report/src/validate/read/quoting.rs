//! Frames inside the strings of something else: the quoting around them, layer by layer, and how it is undone.

/// One layer of quoting around a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// Backslashes, as in the strings of JSON, Go, JavaScript and Python. A bare quotation mark ends the string.
    Backslash,
    /// The same in a string between apostrophes.
    BackslashApostrophe,
    /// Doubled quotation marks, as in CSV. A single one ends the field.
    Doubled,
    /// `&quot;` and the like, as in HTML and XML. A tag ends the text, unless it only shows it in another way.
    Entities,
}

/// More layers than this are not looked through.
pub(super) const MAX_LAYERS: usize = 4;

/// The layers, from the outside in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Layers {
    layers: [Option<Layer>; MAX_LAYERS],
}

impl Layers {
    /// No quoting.
    pub(super) const NONE: Self = Self {
        layers: [None; MAX_LAYERS],
    };

    pub(super) fn is_empty(self) -> bool {
        self.layers[0].is_none()
    }

    /// Another layer inside those that are there. `None` if there are too many.
    pub(super) fn with(mut self, layer: Layer) -> Option<Self> {
        *self.layers.iter_mut().find(|slot| slot.is_none())? = Some(layer);
        Some(self)
    }

    /// Takes the next character out of its quoting.
    pub(super) fn pull(self, input: &mut Input<'_>) -> Unit {
        let depth = self.layers.iter().flatten().count();
        pull(&self.layers[..depth], input)
    }
}

/// What comes out of a quoted text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Char(char),
    /// The text around it ends here.
    End,
    /// The input ends before it can be told.
    More,
}

/// A quoted text that is being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Input<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

fn pull(layers: &[Option<Layer>], input: &mut Input<'_>) -> Unit {
    let Some((Some(layer), outer)) = layers.split_last() else {
        return match input.text[input.at..].chars().next() {
            Some(char) => {
                input.at += char.len_utf8();
                Unit::Char(char)
            }
            None => Unit::More,
        };
    };
    let before = input.at;
    let unit = match layer {
        Layer::Backslash => backslash(outer, input, '"'),
        Layer::BackslashApostrophe => backslash(outer, input, '\''),
        Layer::Doubled => doubled(outer, input),
        Layer::Entities => entities(outer, input),
    };
    if unit == Unit::More {
        // The next piece continues with the whole character.
        input.at = before;
    }
    unit
}

fn doubled(outer: &[Option<Layer>], input: &mut Input<'_>) -> Unit {
    match pull(outer, input) {
        Unit::Char('"') => match pull(outer, input) {
            Unit::Char('"') => Unit::Char('"'),
            // The field ends, here or at the end of the line.
            _ => Unit::End,
        },
        other => other,
    }
}

fn backslash(outer: &[Option<Layer>], input: &mut Input<'_>, end: char) -> Unit {
    match pull(outer, input) {
        Unit::Char('\\') => {}
        Unit::Char(char) if char == end => return Unit::End,
        other => return other,
    }
    let escaped = input.at;
    let char = match pull(outer, input) {
        Unit::Char(char) => char,
        other => return other,
    };
    let digits = match char {
        'n' => return Unit::Char('\n'),
        'r' => return Unit::Char('\r'),
        't' => return Unit::Char('\t'),
        'b' => return Unit::Char('\u{8}'),
        'f' => return Unit::Char('\u{c}'),
        '"' | '\'' | '\\' | '/' | '`' => return Unit::Char(char),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => {
            // No escape: the backslash stands for itself.
            input.at = escaped;
            return Unit::Char('\\');
        }
    };
    match hexadecimal(outer, input, digits) {
        Ok(code @ 0xD800..=0xDBFF) if digits == 4 => surrogates(outer, input, code),
        Ok(code @ 0x80..=0xFF) if digits == 2 => utf8(outer, input, code),
        Ok(code) => Unit::Char(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)),
        Err(Unit::More) => Unit::More,
        Err(_) => {
            input.at = escaped;
            Unit::Char('\\')
        }
    }
}

fn hexadecimal(outer: &[Option<Layer>], input: &mut Input<'_>, digits: u32) -> Result<u32, Unit> {
    let mut code = 0_u32;
    for _ in 0..digits {
        match pull(outer, input) {
            Unit::Char(char) => {
                let digit = char.to_digit(16).ok_or(Unit::End)?;
                code = code.wrapping_shl(4) | digit;
            }
            other => return Err(other),
        }
    }
    Ok(code)
}

/// An escape of the same kind that follows, if there is one. `Err` if the text ends too early to tell.
fn following(
    outer: &[Option<Layer>],
    input: &mut Input<'_>,
    letter: char,
) -> Result<Option<u32>, Unit> {
    let before = input.at;
    let digits = if letter == 'x' { 2 } else { 4 };
    for wanted in ['\\', letter] {
        match pull(outer, input) {
            Unit::More => return Err(Unit::More),
            Unit::Char(char) if char == wanted => {}
            _ => {
                input.at = before;
                return Ok(None);
            }
        }
    }
    match hexadecimal(outer, input, digits) {
        Ok(code) => Ok(Some(code)),
        Err(Unit::More) => Err(Unit::More),
        Err(_) => {
            input.at = before;
            Ok(None)
        }
    }
}

fn surrogates(outer: &[Option<Layer>], input: &mut Input<'_>, high: u32) -> Unit {
    let before = input.at;
    let low = match following(outer, input, 'u') {
        Ok(low) => low.filter(|low| (0xDC00..=0xDFFF).contains(low)),
        Err(more) => return more,
    };
    let code = low.map(|low| 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00));
    match code.and_then(char::from_u32) {
        Some(char) => Unit::Char(char),
        None => {
            input.at = before;
            Unit::Char(char::REPLACEMENT_CHARACTER)
        }
    }
}

/// Bytes of UTF-8 as Python and Go write them: `\xc3\xa9`. A byte that is none is a character of Latin-1.
fn utf8(outer: &[Option<Layer>], input: &mut Input<'_>, first: u32) -> Unit {
    let before = input.at;
    let length = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    };
    let mut bytes = [0_u8; 4];
    bytes[0] = first as u8;
    let mut count = 1;
    while count < length {
        match following(outer, input, 'x') {
            Ok(Some(byte)) => {
                bytes[count] = byte as u8;
                count += 1;
            }
            Ok(None) => break,
            Err(more) => return more,
        }
    }
    let text = str::from_utf8(&bytes[..count]).ok();
    match text.and_then(|text| text.chars().next()) {
        Some(char) => Unit::Char(char),
        None => {
            input.at = before;
            Unit::Char(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
        }
    }
}

/// Tags that only show a text in another way.
const HARMLESS: [&str; 8] = ["br", "span", "b", "i", "em", "strong", "font", "wbr"];

fn entities(outer: &[Option<Layer>], input: &mut Input<'_>) -> Unit {
    loop {
        match pull(outer, input) {
            Unit::Char('&') => {
                let after = input.at;
                return match entity(outer, input) {
                    Ok(Some(char)) => Unit::Char(char),
                    Ok(None) => {
                        input.at = after;
                        Unit::Char('&')
                    }
                    Err(more) => more,
                };
            }
            Unit::Char('<') => match tag(outer, input) {
                Some(name) if HARMLESS.contains(&&*name) => {}
                _ => return Unit::End,
            },
            other => return other,
        }
    }
}

/// A character by its name, up to the semicolon. `Err` if the text ends too early to tell.
fn entity(outer: &[Option<Layer>], input: &mut Input<'_>) -> Result<Option<char>, Unit> {
    let mut name = String::new();
    while name.len() <= 8 {
        match pull(outer, input) {
            Unit::Char(';') => return Ok(named(&name)),
            Unit::Char(char) if char.is_ascii_alphanumeric() || char == '#' => name.push(char),
            Unit::More => return Err(Unit::More),
            _ => break,
        }
    }
    Ok(None)
}

/// The character that an entity names.
pub(super) fn named(name: &str) -> Option<char> {
    Some(match name {
        "quot" => '"',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let code = name.strip_prefix('#')?;
            let code = match code.strip_prefix(['x', 'X']) {
                Some(code) => u32::from_str_radix(code, 16).ok()?,
                None => code.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

/// The name of a tag, which is passed over.
fn tag(outer: &[Option<Layer>], input: &mut Input<'_>) -> Option<String> {
    let mut name = String::new();
    let mut complete = false;
    for _ in 0..200 {
        match pull(outer, input) {
            Unit::Char('>') => return Some(name),
            Unit::Char('/') if name.is_empty() => {}
            Unit::Char(char) if char.is_ascii_alphanumeric() && !complete => {
                name.push(char.to_ascii_lowercase());
            }
            Unit::Char(_) => complete = true,
            _ => return None,
        }
    }
    None
}

/// Undoes one layer of a text, as far as that goes.
pub(super) fn undo(layer: Layer, text: &str) -> String {
    let layers = Layers::NONE.with(layer).unwrap_or_default();
    let mut input = Input { text, at: 0 };
    let mut out = String::new();
    while let Unit::Char(char) = layers.pull(&mut input) {
        out.push(char);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(layers: &[Layer], text: &str) -> (String, Unit) {
        let layers = layers
            .iter()
            .fold(Layers::NONE, |layers, layer| layers.with(*layer).unwrap());
        let mut input = Input { text, at: 0 };
        let mut out = String::new();
        loop {
            match layers.pull(&mut input) {
                Unit::Char(char) => out.push(char),
                end => return (out, end),
            }
        }
    }

    #[test]
    fn each_quoting_is_undone_up_to_its_end() {
        use Layer::{Backslash, BackslashApostrophe, Doubled, Entities};
        for (layers, text, out, end) in [
            (&[Backslash][..], r#"[2,\"1\"]" x"#, "[2,\"1\"]", Unit::End),
            (
                &[Backslash],
                r"a\n\u00e9\ud83d\ude00\x1b",
                "a\né😀\u{1b}",
                Unit::More,
            ),
            (&[Backslash], r"\ud83d\q\u12", "\u{fffd}\\q", Unit::More),
            (&[Backslash], r"\xc3\xa9\xe9.", "éé.", Unit::More),
            (
                &[BackslashApostrophe],
                r#"["it\'s \\n"]' x"#,
                "[\"it's \\n\"]",
                Unit::End,
            ),
            (&[Doubled], r#"a""b"",c"#, "a\"b\",c", Unit::More),
            (&[Doubled], r#"a""b",c"#, "a\"b", Unit::End),
            (
                &[Entities],
                "&quot;&#34;&#x22;&amp;quot;&x &lt;</td>",
                "\"\"\"&quot;&x <",
                Unit::End,
            ),
            (
                &[Entities],
                "a<br/>b<span class=\"x\">c</span>d</pre>",
                "abcd",
                Unit::End,
            ),
            (
                &[Backslash, Backslash],
                r#"[2,\\\"1\\\"]\"}"#,
                "[2,\"1\"]",
                Unit::End,
            ),
            (
                &[Doubled, Backslash],
                r#"[2,\""1\""]"",1"#,
                "[2,\"1\"]",
                Unit::End,
            ),
            (&[Entities, Entities], "&amp;quot;", "\"", Unit::More),
        ] {
            assert_eq!(all(layers, text), (out.into(), end), "{text}");
        }
    }

    fn quote(layer: Layer, text: &str) -> String {
        match layer {
            Layer::Backslash => {
                let json = serde_json::to_string(text).unwrap();
                json[1..json.len() - 1].into()
            }
            Layer::BackslashApostrophe => text.replace('\\', "\\\\").replace('\'', "\\'"),
            Layer::Doubled => text.replace('"', "\"\""),
            Layer::Entities => text
                .replace('&', "&amp;")
                .replace('"', "&quot;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
        }
    }

    proptest! {
        /// What was quoted comes out as it was, whatever the layers and wherever a piece ends.
        #[test]
        fn quoting_and_undoing_give_the_text_again(
            text in "[a-z0-9\\[\\]{},:é😀&<>'\\\\\"\n]{0,40}",
            layers in prop::collection::vec(prop::sample::select(vec![
                Layer::Backslash, Layer::BackslashApostrophe, Layer::Doubled, Layer::Entities,
            ]), 0..=MAX_LAYERS),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut quoted = text.clone();
            for layer in layers.iter().rev() {
                quoted = quote(*layer, &quoted);
            }
            // Quotation marks between apostrophes stand alone and look like an end to what is around them.
            let (out, _) = all(&layers, &quoted);
            prop_assert!(text.starts_with(&out));
            let ends = layers.contains(&Layer::Doubled) || layers.contains(&Layer::BackslashApostrophe);
            prop_assert!(ends || out == text, "{quoted}");
            // A piece that ends in the middle of an escape is continued.
            if ends { return Ok(()); }
            let all_layers = layers.iter().fold(Layers::NONE, |all, layer| all.with(*layer).unwrap());
            let mut cut = cut.index(quoted.len() + 1);
            while !quoted.is_char_boundary(cut) { cut -= 1; }
            let mut pulled = String::new();
            let mut input = Input { text: &quoted[..cut], at: 0 };
            while let Unit::Char(char) = all_layers.pull(&mut input) { pulled.push(char); }
            let mut input = Input { text: &quoted, at: input.at };
            while let Unit::Char(char) = all_layers.pull(&mut input) { pulled.push(char); }
            prop_assert_eq!(pulled, text);
        }
    }
}
