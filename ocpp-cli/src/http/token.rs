//! Access tokens, and what they permit.

use std::fs;
use std::path::{Path, PathBuf};

use hyper::StatusCode;
use ocpp_tokio::Password;

use super::Reply;

/// The shortest token that is taken, in bytes: a shorter one can be guessed.
const MIN_TOKEN: usize = 16;

/// The longest, so that it fits into a header.
const MAX_TOKEN: usize = 1024;

/// What somebody may do; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Look.
    Read,
    /// Run the stations: start, stop, limit, unlock, put tokens.
    Operate,
    /// Everything: passwords, certificates, firmware, variables, raw calls.
    Admin,
}

impl Role {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Admin => "admin",
        }
    }

    /// Refuses who may not do it.
    pub(crate) fn wants(self, needed: Self) -> Result<(), Reply> {
        if self >= needed {
            return Ok(());
        }
        let why = format!(
            "the token may {}, and this needs one that may {}",
            self.as_str(),
            needed.as_str()
        );
        Err(Reply::error(StatusCode::FORBIDDEN, why))
    }
}

/// What is wrong with a file of tokens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadTokens {
    #[error("{path}: {error}", path = path.display())]
    File {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{path}: there is no token in it; {MIN_TOKEN} to {MAX_TOKEN} visible characters are wanted", path = path.display())]
    Empty { path: PathBuf },
    #[error(
        "{path}, line {line}: the token has {length} characters; {MIN_TOKEN} to {MAX_TOKEN} visible ones are wanted",
        path = path.display()
    )]
    Token {
        path: PathBuf,
        line: usize,
        length: usize,
    },
    #[error(
        "{path}, line {line}: {word:?} is no role; a token of visible characters is wanted, after read, operate or admin if it may not \
         do everything",
        path = path.display()
    )]
    Role {
        path: PathBuf,
        line: usize,
        word: String,
    },
}

/// All tokens.
#[derive(Debug)]
pub(super) struct Tokens(Vec<(Role, Password)>);

impl Tokens {
    /// Reads a file: on each line a token, after its role if it may not do everything.
    pub(super) fn read(path: &Path) -> Result<Self, BadTokens> {
        let text = fs::read_to_string(path).map_err(|error| BadTokens::File {
            path: path.to_owned(),
            error,
        })?;
        let mut tokens = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            let path = || path.to_owned();
            let text = text.trim();
            if text.is_empty() || text.starts_with("# ") {
                continue;
            }
            let (role, token) = match text.split_once(char::is_whitespace) {
                None => (Role::Admin, text),
                Some(("read", token)) => (Role::Read, token.trim_start()),
                Some(("operate", token)) => (Role::Operate, token.trim_start()),
                Some(("admin", token)) => (Role::Admin, token.trim_start()),
                Some((word, _)) => {
                    // It may be the beginning of a secret.
                    let word = word.chars().take(8).collect();
                    let path = path();
                    return Err(BadTokens::Role { path, line, word });
                }
            };
            let visible = token.bytes().all(|byte| byte.is_ascii_graphic());
            if !visible || !(MIN_TOKEN..=MAX_TOKEN).contains(&token.len()) {
                return Err(BadTokens::Token {
                    path: path(),
                    line,
                    length: token.chars().count(),
                });
            }
            tokens.push((role, Password::from_bytes(token.into())));
        }
        if tokens.is_empty() {
            return Err(BadTokens::Empty {
                path: path.to_owned(),
            });
        }
        Ok(Self(tokens))
    }

    /// What a token permits. All are compared, so that nobody learns from the time which one was close.
    pub(super) fn role(&self, given: &[u8]) -> Option<Role> {
        let matching = self.0.iter().filter(|(_, token)| token.matches(given));
        matching.map(|(role, _)| *role).max()
    }
}
