//! Tokens, and who may charge.

use alloc::string::String;

use ocpp_types::DateTime;

use super::{Authorization, Csms, Full, Table, Token, TokenStatus};

impl Csms {
    /// A token that was put.
    #[must_use]
    pub fn token(&self, token: &str) -> Option<&Token> {
        self.tokens.get(&folded(token))
    }

    /// Adds a token or changes it.
    ///
    /// # Errors
    ///
    /// [`Full`].
    pub fn put_token(&mut self, token: &str, value: Token) -> Result<(), Full> {
        let key = folded(token);
        if !self.tokens.contains_key(&key) && self.tokens.len() >= self.config.max_tokens {
            return Err(Full);
        }
        self.store(Table::Tokens, key.clone(), &value);
        self.tokens.insert(key, value);
        Ok(())
    }

    /// Removes a token; `false` if it was not known.
    pub fn delete_token(&mut self, token: &str) -> bool {
        let key = folded(token);
        let known = self.tokens.remove(&key).is_some();
        if known {
            self.erase(Table::Tokens, key);
        }
        known
    }

    /// Whether a token may charge, apart from transactions that it has already.
    #[must_use]
    pub fn authorize(&self, now: DateTime, token: &str) -> Authorization {
        let Some(token) = self.token(token) else {
            return Authorization::of(match self.config.accept_any_token {
                true => TokenStatus::Accepted,
                false => TokenStatus::Invalid,
            });
        };
        let expired = token.expiry_date.is_some_and(|expiry| expiry <= now);
        Authorization {
            status: match token.status {
                TokenStatus::Accepted if expired => TokenStatus::Expired,
                status => status,
            },
            expiry_date: token.expiry_date,
            parent_id_tag: token.parent_id_tag.clone(),
        }
    }
}

/// Tokens compare without case.
fn folded(token: &str) -> String {
    token.to_ascii_lowercase()
}
