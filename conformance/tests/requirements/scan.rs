//! Finds the ids of requirements in a text.

use std::collections::BTreeSet;

/// The form of an id: a letter and two digits, `.FR.`, two or three digits.
fn id_at(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let head = bytes.len() > 8
        && bytes[0].is_ascii_uppercase()
        && bytes[1..3].iter().all(u8::is_ascii_digit)
        && &bytes[3..7] == b".FR.";
    let count = if head { digits(7) } else { 0 };
    (2..=3).contains(&count).then(|| &text[..7 + count])
}

/// What stands between the two ends of a range: `A00.FR.501–503`, `A00.FR.501 to 503`, `A00.FR.501 to A00.FR.503`.
fn end_of_range<'t>(rest: &'t str, id: &str) -> Option<&'t str> {
    let rest = rest
        .strip_prefix('–')
        .or_else(|| rest.strip_prefix(" to "))?;
    let rest = rest.strip_prefix("WP:").unwrap_or(rest);
    let rest = rest
        .strip_prefix(&id[..7])
        .or_else(|| rest.strip_prefix("FR."))
        .unwrap_or(rest);
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    (count == id.len() - 7).then(|| &rest[..count])
}

/// All ids that a text names, with the prefix of their document (`WP:` for the 1.6 security whitepaper, `2.1:`), ranges
/// written out. `known` decides which numbers inside a range exist.
pub(crate) fn ids(text: &str, known: &dyn Fn(&str) -> bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(".FR.") {
        let Some(start) = at
            .checked_sub(3)
            .filter(|start| text.is_char_boundary(*start))
        else {
            continue;
        };
        let before = &text[..start];
        if before.ends_with(|last: char| last.is_ascii_alphanumeric()) {
            continue;
        }
        let Some(id) = id_at(&text[start..]) else {
            continue;
        };
        let document = ["WP:", "2.1:"]
            .into_iter()
            .find(|document| before.ends_with(document))
            .unwrap_or("");
        found.insert(format!("{document}{id}"));
        let rest = &text[start + id.len()..];
        if let Some(last) = end_of_range(rest, id) {
            let (first, last) = (&id[7..], last);
            let numbers = first.parse().unwrap_or(0_u32)..=last.parse().unwrap_or(0_u32);
            let width = first.len();
            let inside = numbers.map(|number| format!("{document}{}{number:0width$}", &id[..7]));
            found.extend(inside.filter(|id| known(id)));
        }
    }
    found
}

#[test]
fn ids_are_found_alone_and_in_ranges() {
    let all = |text: &str| {
        ids(text, &|_| true)
            .into_iter()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        all("(E05.FR.02, WP:A00.FR.309; 2.1:K01.FR.80)"),
        "2.1:K01.FR.80 E05.FR.02 WP:A00.FR.309"
    );
    assert_eq!(
        all("A00.FR.501–503 and B01.FR.09 to 10"),
        "A00.FR.501 A00.FR.502 A00.FR.503 B01.FR.09 B01.FR.10"
    );
    assert_eq!(
        all("B08.FR.07 to B08.FR.08; XA00.FR.501, a.FR.1, É05.FR.02"),
        "B08.FR.07 B08.FR.08"
    );
    assert_eq!(all(".FR.01 A1.FR.02 A01.FR.1 A01.FR.1234"), "");
}
