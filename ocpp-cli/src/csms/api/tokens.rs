//! Tokens that may charge, or may not.

use std::collections::BTreeMap;

use hyper::StatusCode;
use ocpp_core::csms::services::Token;
use ocpp_tokio::csms::Csms;

use super::{Page, not_put, unstored};
use crate::http::{Reply, Request};

/// Longest token that is taken, in bytes.
const MAX_NAME: usize = 255;

fn no_such() -> Reply {
    Reply::error(StatusCode::NOT_FOUND, "no such token")
}

pub(super) fn list(csms: &Csms, request: &Request) -> Result<Reply, Reply> {
    let page = Page::of(request)?;
    let after = page.after.unwrap_or_default();
    let shown: BTreeMap<String, Token> = csms.tokens_after(after, page.limit).into_iter().collect();
    Ok(Reply::ok(&shown))
}

pub(super) fn show(csms: &Csms, token: &str) -> Result<Reply, Reply> {
    csms.tokens(|tokens| tokens.get(token).map(Reply::ok))
        .ok_or_else(no_such)
}

pub(super) async fn put(csms: &Csms, token: &str, value: &Token) -> Result<Reply, Reply> {
    if token.is_empty() || token.len() > MAX_NAME {
        return Err(Reply::bad_parameter(
            "token",
            "a token is 1 to 255 bytes long",
        ));
    }
    csms.put_token(token, value).await.map_err(not_put)?;
    Ok(Reply::done())
}

pub(super) async fn delete(csms: &Csms, token: &str) -> Result<Reply, Reply> {
    match csms.delete_token(token).await.map_err(unstored)? {
        true => Ok(Reply::done()),
        false => Err(no_such()),
    }
}
