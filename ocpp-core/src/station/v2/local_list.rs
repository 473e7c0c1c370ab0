//! The local authorization list (block D).

use alloc::vec::Vec;

use super::token::{from_wire, from_wire_info, same};
use super::wire::{
    AuthorizationData, GetLocalListVersionResponse, SendLocalListRequest, SendLocalListResponse,
    SendLocalListStatus, Update,
};
use crate::order;
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::vocabulary::Token;

/// The version that the CSMS gave the list last, empty or not (D02.FR.01).
/// Requirements: D02.FR.02.
pub(super) fn version(core: &mut Context, call: CallToken) {
    // D02.FR.03: 0 without a list, whether it is switched off or there never was one.
    let version = if core.variables.bool(Standard::ListEnabled) {
        core.local_list.stored_version()
    } else {
        0
    };
    core.answer(call, &GetLocalListVersionResponse::new(version));
}

/// Says what has become of the list (D01.FR.02).
pub(super) fn send(core: &mut Context, call: CallToken, request: &SendLocalListRequest) {
    let status = update(core, request);
    core.answer(call, &SendLocalListResponse::new(status));
}

/// A list that is switched off takes nothing, nor one that has the version 0 (D01.FR.18), too many elements (D01.FR.11), or
/// a token twice (D01.FR.06).
/// Requirements: D01.FR.01.
fn update(core: &mut Context, request: &SendLocalListRequest) -> SendLocalListStatus {
    let list = &request.local_authorization_list;
    let entries = list.as_deref().unwrap_or_default();
    let version = request.version_number;
    let failed = !core.variables.bool(Standard::ListEnabled)
        || version <= 0
        || entries.len() > core.config.limits.send_local_list
        || has_twins(entries);
    if failed {
        return SendLocalListStatus::Failed;
    }
    let token = |entry: &AuthorizationData| from_wire(&entry.id_token);
    let changes = match request.update_type {
        // The new list, which may be empty (D01.FR.04, D01.FR.15).
        Update::Full => {
            let full = entries.iter().map(|entry| {
                let info = entry.id_token_info.as_ref()?;
                Some((token(entry), from_wire_info(info)))
            });
            // A full list has nothing to delete.
            let Some(full) = full.collect::<Option<Vec<_>>>() else {
                return SendLocalListStatus::Failed;
            };
            core.local_list.replace(version, full)
        }
        Update::Differential => {
            if version <= core.local_list.stored_version() {
                // D01.FR.19.
                return SendLocalListStatus::VersionMismatch;
            }
            // Without elements only the version changes (D01.FR.05); one with information is added or replaced
            // (D01.FR.16), one without is removed (D01.FR.17).
            let changes = entries.iter().map(|entry| {
                let info = entry.id_token_info.as_ref();
                (token(entry), info.map(from_wire_info))
            });
            core.local_list.update(version, changes.collect())
        }
        Update::Unrecognized(_) => return SendLocalListStatus::Failed,
    };
    let Some(changes) = changes else {
        return SendLocalListStatus::Failed;
    };
    core.changes(changes);
    SendLocalListStatus::Accepted
}

/// Whether a token occurs twice.
fn has_twins(entries: &[AuthorizationData]) -> bool {
    let tokens = entries.iter().map(|entry| from_wire(&entry.id_token));
    let mut tokens: Vec<Token> = tokens.collect();
    let lower = |token: &Token| token.id.to_ascii_lowercase();
    order::sort_by(&mut tokens, |one, other| {
        let texts = || lower(one).cmp(&lower(other));
        one.kind.cmp(&other.kind).then_with(texts)
    });
    tokens.windows(2).any(|pair| same(&pair[0], &pair[1]))
}
