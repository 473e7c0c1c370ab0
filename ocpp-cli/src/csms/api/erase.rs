//! What is known of a person, erased.

use ocpp_tokio::csms::{Csms, EraseError, Person};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::unstored;
use crate::http::Reply;

/// Whose data are erased: one of both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum Erase {
    /// The holder of a token.
    IdToken(#[schemars(length(min = 1, max = 255))] String),
    /// All who have a token with this `parentIdTag`.
    Group(#[schemars(length(min = 1, max = 255))] String),
}

/// What was erased.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErasedView {
    /// What stands in the place of the tokens.
    pseudonym: String,
    /// How many tokens are not known any more.
    tokens: usize,
    /// How many transactions have the pseudonym now.
    transactions: usize,
    /// How many signed meter values have lost their signed data because the token stood in them.
    signed_values: usize,
    /// How many records of reservations, local lists and other tokens of the group have changed.
    records: usize,
    /// Transactions that have begun meanwhile and still name the token: stop them, and erase again.
    running: Vec<u64>,
}

pub(super) async fn erase(csms: &Csms, whose: Erase) -> Result<Reply, Reply> {
    let person = match whose {
        Erase::IdToken(token) => Person::IdToken(token),
        Erase::Group(group) => Person::Group(group),
    };
    let text = match &person {
        Person::IdToken(text) | Person::Group(text) => text,
    };
    if text.is_empty() || text.len() > 255 {
        let member = match &person {
            Person::IdToken(_) => "/idToken",
            Person::Group(_) => "/group",
        };
        return Err(Reply::bad_member(member, "a token is 1 to 255 bytes long"));
    }
    match csms.erase(&person).await {
        Ok(erased) => Ok(Reply::ok(&ErasedView {
            pseudonym: erased.pseudonym,
            tokens: erased.tokens,
            transactions: erased.transactions,
            signed_values: erased.signed_values,
            records: erased.records,
            running: erased.running,
        })),
        Err(EraseError::Store(error)) => Err(unstored(error)),
        Err(in_use) => Err(Reply::conflict(in_use)),
    }
}
