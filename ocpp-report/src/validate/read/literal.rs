//! Frames that were printed as a list of Python or an array of JavaScript:
//! `[2, '1', 'StatusNotification', {'connectorId': 1, 'info': None}]`, `[ 3, 'a', { status: 'Accepted' } ]`.

/// What became of a literal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Literal {
    /// The same as JSON, and the length of the literal.
    Json { json: String, length: usize },
    /// The text ends before the literal.
    More,
    /// The printer left something out, as in `[Object]` or `...`.
    Shortened,
    /// Something else.
    No,
}

/// Deeper nesting is not followed.
const MAX_DEPTH: usize = 64;

/// Writes the literal at the beginning of `text` as JSON.
pub(super) fn to_json(text: &str) -> Literal {
    let mut reader = Reader {
        text,
        at: 0,
        json: String::with_capacity(text.len()),
    };
    match reader.value(0) {
        Ok(()) => Literal::Json {
            length: reader.at,
            json: reader.json,
        },
        Err(literal) => literal,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    json: String,
}

impl Reader<'_> {
    fn peek(&mut self) -> Result<char, Literal> {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed.chars().next().ok_or(Literal::More)
    }

    fn take(&mut self, char: char) -> Result<bool, Literal> {
        let there = self.peek()? == char;
        if there {
            self.at += char.len_utf8();
        }
        Ok(there)
    }

    fn value(&mut self, depth: usize) -> Result<(), Literal> {
        if depth > MAX_DEPTH {
            return Err(Literal::No);
        }
        match self.peek()? {
            '[' => self.array(depth),
            '{' => self.object(depth),
            '\'' | '"' | '`' => self.text(),
            '.' | '…' => Err(Literal::Shortened),
            _ => self.word(),
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), Literal> {
        self.at += 1;
        self.json.push('[');
        let mut first = true;
        while !self.take(']')? {
            if !first {
                self.json.push(',');
            }
            first = false;
            self.value(depth + 1)?;
            if !self.take(',')? && self.peek()? != ']' {
                return Err(Literal::No);
            }
        }
        self.json.push(']');
        Ok(())
    }

    fn object(&mut self, depth: usize) -> Result<(), Literal> {
        self.at += 1;
        self.json.push('{');
        let mut first = true;
        while !self.take('}')? {
            if !first {
                self.json.push(',');
            }
            first = false;
            match self.peek()? {
                '\'' | '"' => self.text()?,
                '.' | '…' => return Err(Literal::Shortened),
                _ => {
                    let name = self.identifier()?;
                    quote(&mut self.json, &name);
                }
            }
            if !self.take(':')? {
                return Err(Literal::No);
            }
            self.json.push(':');
            self.value(depth + 1)?;
            if !self.take(',')? && self.peek()? != '}' {
                return Err(Literal::No);
            }
        }
        self.json.push('}');
        Ok(())
    }

    fn identifier(&mut self) -> Result<String, Literal> {
        let rest = &self.text[self.at..];
        let is_part = |char: char| char.is_alphanumeric() || matches!(char, '_' | '$');
        let length = rest.find(|char| !is_part(char)).ok_or(Literal::More)?;
        if length == 0 {
            return Err(Literal::No);
        }
        self.at += length;
        Ok(rest[..length].into())
    }

    fn text(&mut self) -> Result<(), Literal> {
        let mut chars = self.text[self.at..].char_indices();
        let (_, end) = chars.next().ok_or(Literal::More)?;
        let mut content = String::new();
        while let Some((at, char)) = chars.next() {
            if char == end {
                self.at += at + 1;
                quote(&mut self.json, &content);
                return Ok(());
            }
            if char != '\\' {
                content.push(char);
                continue;
            }
            let (_, escaped) = chars.next().ok_or(Literal::More)?;
            let digits = match escaped {
                'n' => {
                    content.push('\n');
                    0
                }
                'r' => {
                    content.push('\r');
                    0
                }
                't' => {
                    content.push('\t');
                    0
                }
                'x' => 2,
                'u' => 4,
                'U' => 8,
                other => {
                    content.push(other);
                    0
                }
            };
            if digits > 0 {
                let mut code = 0_u32;
                for _ in 0..digits {
                    let (_, digit) = chars.next().ok_or(Literal::More)?;
                    let digit = digit.to_digit(16).ok_or(Literal::No)?;
                    code = code.wrapping_shl(4) | digit;
                }
                content.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        Err(Literal::More)
    }

    fn word(&mut self) -> Result<(), Literal> {
        let rest = &self.text[self.at..];
        let is_part = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '+' | '.');
        let length = rest.find(|char| !is_part(char)).ok_or(Literal::More)?;
        let word = &rest[..length];
        let json = match word {
            "True" | "true" => "true",
            "False" | "false" => "false",
            "None" | "null" | "undefined" => "null",
            // A string of bytes, or of the second Python.
            "b" | "u" if matches!(rest[length..].chars().next(), Some('\'' | '"')) => {
                self.at += length;
                return self.text();
            }
            "Object" | "Array" => return Err(Literal::Shortened),
            number if serde_json::from_str::<serde_json::Number>(number).is_ok() => number,
            _ => return Err(Literal::No),
        };
        self.json.push_str(json);
        self.at += length;
        Ok(())
    }
}

fn quote(out: &mut String, text: &str) {
    ocpp_core::frame::write_string(out, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_python_and_javascript_become_json() {
        for (text, json) in [
            (
                "[2, '1', 'Status', {'a': True, 'b': None, 'c': [1.5, -2,], \"d\": 'it\\'s \"x\"'}] tail",
                r#"[2,"1","Status",{"a":true,"b":null,"c":[1.5,-2],"d":"it's \"x\""}]"#,
            ),
            (
                "[\n  3,\n  'a',\n  { status: 'Accepted', at: undefined }\n]",
                r#"[3,"a",{"status":"Accepted","at":null}]"#,
            ),
            (r"[2, u'\xe9\u00e9\n', b'x']", "[2,\"éé\\n\",\"x\"]"),
            ("[]", "[]"),
        ] {
            match to_json(text) {
                Literal::Json { json: made, length } => {
                    assert_eq!(made, json);
                    assert!(text[..length].ends_with(']'), "{text}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
        for text in ["[2, '1', 'Sta", "[2, ", "[2, {'a'", "[2, {a: '\\x1"] {
            assert_eq!(to_json(text), Literal::More, "{text}");
        }
        for text in [
            "[2, 'a', { x: [Object] }]",
            "[2, [Array]]",
            "[2, ... 3 more items]",
            "[2, {...}]",
        ] {
            assert_eq!(to_json(text), Literal::Shortened, "{text}");
        }
        for text in [
            "[2, <Action.boot>]",
            "[2 3]",
            "[datetime.datetime(2024)]",
            "[{'a' 1}]",
        ] {
            assert_eq!(to_json(text), Literal::No, "{text}");
        }
    }
}
