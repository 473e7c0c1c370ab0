//! The file that says who is told what.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::BASE64;
use hyper::Uri;
use serde::Deserialize;
use toml::Spanned;

use super::super::Failure;
use super::super::events::KINDS;
use crate::files;

/// The kind of bills, which are no events of stations.
pub(in crate::csms) const BILL: &str = "Bill";

/// Secrets of the standard begin so; what follows is Base64.
const PREFIX: &str = "whsec_";

/// Fewer bytes could be guessed.
const LEAST_SECRET: usize = 24;

/// A bill is told within the time that the driver waits for an application.
const LONGEST: u64 = 15;

/// One that is told.
#[derive(Debug)]
pub(super) struct Hook {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) secret: Vec<u8>,
    pub(super) kinds: Vec<String>,
    /// Further roots, PEM.
    pub(super) roots: Option<Vec<u8>>,
    pub(super) timeout: Duration,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    webhook: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    name: Spanned<String>,
    url: Spanned<String>,
    secret: Option<Spanned<String>>,
    secret_file: Option<Spanned<PathBuf>>,
    #[serde(default)]
    kinds: Vec<Spanned<String>>,
    ca: Option<Spanned<PathBuf>>,
    timeout: Option<Spanned<u64>>,
}

/// What is wrong, and where in the text.
struct Wrong(Option<Range<usize>>, String);

impl Wrong {
    fn at<T>(value: &Spanned<T>, why: impl Into<String>) -> Self {
        Self(Some(value.span()), why.into())
    }
}

/// Reads the file.
pub(super) fn read(path: &Path) -> Result<Vec<Hook>, Failure> {
    let text = String::from_utf8(files::read(path)?);
    let text = text.map_err(|_| format!("{}: it is not UTF-8", path.display()))?;
    parse(&text).map_err(|Wrong(span, why)| {
        let line = span.map(|span| {
            let before = text.get(..span.start).unwrap_or_default();
            before.matches('\n').count() + 1
        });
        let line = line.map_or_else(String::new, |line| format!(", line {line}"));
        format!("{}{line}: {why}", path.display()).into()
    })
}

fn parse(text: &str) -> Result<Vec<Hook>, Wrong> {
    let file: File = toml::from_str(text)
        .map_err(|error| Wrong(error.span(), error.message().trim().to_owned()))?;
    let mut names = BTreeSet::new();
    let mut hooks = Vec::new();
    for entry in file.webhook {
        if !names.insert(entry.name.get_ref().clone()) {
            return Err(Wrong::at(&entry.name, "another webhook is called so"));
        }
        hooks.push(hook(entry)?);
    }
    Ok(hooks)
}

fn hook(entry: Entry) -> Result<Hook, Wrong> {
    let name = entry.name.get_ref();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
        let why = "a name is 1 to 64 letters, digits, or any of -_.";
        return Err(Wrong::at(&entry.name, why));
    }
    let url: Result<Uri, _> = entry.url.get_ref().parse();
    let is_one = url.is_ok_and(|url| {
        matches!(url.scheme_str(), Some("http" | "https"))
            && url.authority().is_some_and(|at| !at.as_str().contains('@'))
    });
    if !is_one {
        let why = "a URL that begins with http:// or https:// and has no password is wanted";
        return Err(Wrong::at(&entry.url, why));
    }
    for kind in &entry.kinds {
        let known = kind.get_ref() == BILL || KINDS.contains(&kind.get_ref().as_str());
        if !known {
            let kinds = KINDS.join(", ");
            let why = format!("{} is none of {BILL}, {kinds}", kind.get_ref());
            return Err(Wrong::at(kind, why));
        }
    }
    let timeout = match &entry.timeout {
        None => 10,
        Some(seconds) if (1..=LONGEST).contains(seconds.get_ref()) => *seconds.get_ref(),
        Some(seconds) => {
            let why = format!("a number of seconds from 1 to {LONGEST} is wanted");
            return Err(Wrong::at(seconds, why));
        }
    };
    let roots = entry.ca.as_ref().map(|path| {
        let unreadable = |error: files::Unreadable| Wrong::at(path, error.to_string());
        files::read(path.get_ref()).map_err(unreadable)
    });
    Ok(Hook {
        name: name.clone(),
        url: entry.url.get_ref().clone(),
        secret: secret(&entry)?,
        kinds: entry.kinds.into_iter().map(Spanned::into_inner).collect(),
        roots: roots.transpose()?,
        timeout: Duration::from_secs(timeout),
    })
}

fn secret(entry: &Entry) -> Result<Vec<u8>, Wrong> {
    let (text, span) = match (&entry.secret, &entry.secret_file) {
        (Some(secret), None) => (secret.get_ref().clone(), secret.span()),
        (None, Some(path)) => {
            let wrong = |why: String| Wrong::at(path, why);
            let content = files::read(path.get_ref()).map_err(|error| wrong(error.to_string()))?;
            let content = String::from_utf8(content).map_err(|error| wrong(error.to_string()))?;
            (content.trim().to_owned(), path.span())
        }
        _ => {
            let why = "either secret or secret-file is wanted";
            return Err(Wrong::at(&entry.name, why));
        }
    };
    let bytes = text
        .strip_prefix(PREFIX)
        .and_then(|text| BASE64.decode(text.as_bytes()).ok());
    match bytes {
        Some(bytes) if bytes.len() >= LEAST_SECRET => Ok(bytes),
        _ => {
            let why = format!(
                "a secret is {PREFIX} and at least {LEAST_SECRET} bytes in Base64: \
                 echo {PREFIX}$(openssl rand -base64 32)"
            );
            Err(Wrong(Some(span), why))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    const RIGHT: &str = "# who is told\n[[webhook]]\nname = \"billing\"\nurl = \"https://example.com/hook\"\n\
                         secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\nkinds = [\"Bill\", \"Booted\"]\ntimeout = 5\n";

    /// The line of what is wrong, and why.
    fn wrong(text: &str) -> (usize, String) {
        let Err(Wrong(span, why)) = parse(text) else {
            return (0, String::new());
        };
        let at = span.unwrap_or_default().start;
        (text[..at].matches('\n').count() + 1, why)
    }

    #[test]
    fn a_file_is_read() {
        let hooks = parse(RIGHT).map_err(|Wrong(_, why)| why).unwrap();
        assert_eq!(hooks[0].name, "billing");
        assert_eq!(hooks[0].secret.len(), 24);
        assert_eq!(hooks[0].kinds, ["Bill", "Booted"]);
        assert_eq!(hooks[0].timeout, Duration::from_secs(5));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let cases = [
            ("https://example.com/hook", "ftp://example.com", 4, "http"),
            (
                "https://example.com/hook",
                "https://me:it@example.com",
                4,
                "password",
            ),
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "short", 5, "Base64"),
            ("\"Booted\"", "\"Boted\"", 6, "Boted is none of Bill, "),
            ("timeout = 5", "timeout = 60", 7, "1 to 15"),
            ("timeout = 5", "timeuot = 5", 7, "timeuot"),
            ("secret = ", "secret-file = ", 5, "No such file"),
            ("name = \"billing\"", "name = \"two words\"", 3, "letters"),
            ("url =", "url", 4, ""),
            ("name = \"billing\"\n", "", 2, "name"),
        ];
        for (right, instead, line, why) in cases {
            let text = RIGHT.replace(right, instead);
            let told = wrong(&text);
            assert_eq!(told.0, line, "{instead}: {}", told.1);
            assert!(told.1.contains(why), "{instead}: {}", told.1);
        }
        let twice = format!("{RIGHT}{RIGHT}");
        assert_eq!(wrong(&twice), (10, "another webhook is called so".into()));
        let (line, why) = wrong(&RIGHT.replace("timeout = 5", "secret-file = \"x\""));
        assert_eq!(
            (line, why.as_str()),
            (3, "either secret or secret-file is wanted")
        );
    }
}
