//! What is known of tokens: the local authorization list and the cache (1.6 sections 3.5.2, 3.5.3, 5.4, 5.10, 5.15).

use alloc::vec::Vec;

use ocpp_types::Payload;
use ocpp_types::v1_6::{
    AuthorizationData, AuthorizeResponse, ClearCacheResponse, ClearCacheStatus,
    GetLocalListVersionResponse, IdTagInfo, IdTagInfoStatus, SendLocalListRequest,
    SendLocalListResponse, UpdateStatus, UpdateType,
};

use crate::order;
use crate::session::CallToken;
use crate::station::authorization::decide_without_answer;
use crate::station::behaviour::Outcome;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::vocabulary::{Authorization, AuthorizationStatus, Token};

/// The version that says that there is no list (5.10).
const NO_LIST: i64 = -1;

/// What `IdTagInfo` says. An unknown status is none that allows charging.
pub(super) fn from_wire(info: &IdTagInfo) -> Authorization {
    let status = match info.status {
        IdTagInfoStatus::Accepted => AuthorizationStatus::Accepted,
        IdTagInfoStatus::Blocked => AuthorizationStatus::Blocked,
        IdTagInfoStatus::Expired => AuthorizationStatus::Expired,
        IdTagInfoStatus::ConcurrentTx => AuthorizationStatus::ConcurrentTx,
        _ => AuthorizationStatus::Invalid,
    };
    Authorization {
        expiry: info.expiry_date,
        group: info.parent_id_tag.as_ref().map(|parent| Token::new(parent)),
        ..Authorization::new(status)
    }
}

/// The local list and the cache as the CSMS fills them.
#[derive(Debug, Default)]
pub(super) struct KnownTokens {
    /// Whether the CSMS has contradicted the local list (3.5.2).
    contradicted: bool,
}

impl KnownTokens {
    /// Whether to tell the CSMS that it has contradicted the local list.
    pub(super) const fn has_conflict(&self) -> bool {
        self.contradicted
    }

    /// Notes what the CSMS said about a token, unless the list speaks for it (3.5.3).
    pub(super) fn remember(&mut self, core: &mut Context, token: &Token, info: &Authorization) {
        let enabled = core.variables.bool(Standard::CacheEnabled);
        if let Some(listed) = core.local_list.get(token)
            && core.variables.bool(Standard::ListEnabled)
        {
            let accepted = |status| status == AuthorizationStatus::Accepted;
            let listed = accepted(listed.status_at(core.utc()));
            // 3.5.2: the CSMS is told until it sends another list.
            self.contradicted |= listed != accepted(info.status);
        }
        if enabled && core.local_list.get(token).is_none() {
            let changes = core.cache.put(core.utc(), token, info);
            core.changes(changes);
        }
    }

    /// What holds of a token about which the CSMS was asked.
    pub(super) fn decide(
        &mut self,
        core: &mut Context,
        token: &Token,
        outcome: &Outcome<'_>,
    ) -> Authorization {
        let response = outcome.as_ref().ok();
        let response = response.and_then(|text| AuthorizeResponse::decode_lenient(text).ok());
        match response {
            Some(response) => {
                let info = from_wire(&response.value.id_tag_info);
                self.remember(core, token, &info);
                info
            }
            None => decide_without_answer(core, token, outcome),
        }
    }

    pub(super) fn get_local_list_version(core: &mut Context, call: CallToken) {
        let version = if core.variables.bool(Standard::ListEnabled) {
            core.local_list.version()
        } else {
            NO_LIST
        };
        core.answer(call, &GetLocalListVersionResponse::new(version));
    }

    pub(super) fn send_local_list(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &SendLocalListRequest,
    ) {
        let status = update(core, request);
        if status == UpdateStatus::Accepted {
            self.contradicted = false;
        }
        core.answer(call, &SendLocalListResponse::new(status));
    }

    /// ClearCache; without a cache it is rejected (erratum 3.23).
    pub(super) fn clear_cache(core: &mut Context, call: CallToken) {
        let status = if core.config.features.authorization_cache {
            let changes = core.cache.clear();
            core.changes(changes);
            ClearCacheStatus::Accepted
        } else {
            ClearCacheStatus::Rejected
        };
        core.answer(call, &ClearCacheResponse::new(status));
    }
}

fn update(core: &mut Context, request: &SendLocalListRequest) -> UpdateStatus {
    if !core.variables.bool(Standard::ListEnabled) {
        return UpdateStatus::NotSupported;
    }
    let entries = request
        .local_authorization_list
        .as_deref()
        .unwrap_or_default();
    let version = request.list_version;
    // Zero and below have a meaning of their own (erratum 3.52).
    if version <= 0 || entries.len() > core.config.limits.send_local_list || has_twins(entries) {
        return UpdateStatus::Failed;
    }
    let token = |entry: &AuthorizationData| Token::new(&entry.id_tag);
    let changes = match request.update_type {
        UpdateType::Full => {
            let full = entries.iter().map(|entry| {
                let info = entry.id_tag_info.as_ref()?;
                Some((token(entry), from_wire(info)))
            });
            // A full list has nothing to delete.
            let Some(full) = full.collect::<Option<Vec<_>>>() else {
                return UpdateStatus::Failed;
            };
            core.local_list.replace(version, full)
        }
        UpdateType::Differential => {
            if version <= core.local_list.version() {
                return UpdateStatus::VersionMismatch;
            }
            let changes = entries.iter().map(|entry| {
                let info = entry.id_tag_info.as_ref().map(from_wire);
                (token(entry), info)
            });
            core.local_list.update(version, changes.collect())
        }
        _ => return UpdateStatus::Failed,
    };
    let Some(changes) = changes else {
        return UpdateStatus::Failed;
    };
    core.changes(changes);
    // What the list says, the cache must not say differently (3.5.3).
    for entry in entries {
        let changes = core.cache.remove(&token(entry));
        core.changes(changes);
    }
    UpdateStatus::Accepted
}

/// Whether an idTag occurs twice.
fn has_twins(entries: &[AuthorizationData]) -> bool {
    let mut tags: Vec<_> = entries.iter().map(|entry| &entry.id_tag).collect();
    order::sort_by(&mut tags, Ord::cmp);
    tags.windows(2).any(|pair| pair[0] == pair[1])
}
