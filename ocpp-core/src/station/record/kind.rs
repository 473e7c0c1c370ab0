//! The kinds of records that there are.

/// Whose records of a kind are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Every version of OCPP reads them.
    Every,
    /// Each says which version it belongs to.
    Marked,
    /// OCPP 1.6 only.
    V1_6,
    /// OCPP 2.x only.
    V2,
}

/// The kinds, by the part of the key before the first `/`.
const KINDS: [(&str, Owner); 30] = [
    ("accepted-once", Owner::Every),
    ("availability", Owner::Every),
    ("boot-reason", Owner::V2),
    ("cable-claim", Owner::V2),
    ("cable-owner", Owner::V1_6),
    ("cache", Owner::Every),
    ("certificate", Owner::Every),
    ("charging-profile", Owner::Every),
    ("customer", Owner::V2),
    ("firmware", Owner::Every),
    ("firmware-status", Owner::Every),
    ("firmware-update", Owner::Every),
    ("format", Owner::Every),
    ("given-up", Owner::Every),
    ("local-list", Owner::Every),
    ("message-ids", Owner::Every),
    ("network-profile", Owner::V2),
    ("network-proven", Owner::V2),
    ("provisioned", Owner::Every),
    ("queue", Owner::Marked),
    ("reservation", Owner::V1_6),
    ("reset-scheduled", Owner::V2),
    ("security-trial", Owner::V1_6),
    ("signing", Owner::Every),
    ("transaction", Owner::Marked),
    ("transaction-data", Owner::Marked),
    ("unreadable", Owner::Every),
    ("upload", Owner::Every),
    ("variable", Owner::Every),
    ("version", Owner::Every),
];

/// The kind of a record: the part of its key before the first `/`.
pub(crate) fn kind(key: &str) -> &str {
    key.split_once('/').map_or(key, |(kind, _)| kind)
}

/// Whose the records of this kind are; `None` for a kind that this program does not know.
pub(crate) fn owner(key: &str) -> Option<Owner> {
    let kind = kind(key);
    let found = KINDS.iter().find(|(name, _)| *name == kind);
    found.map(|(_, owner)| *owner)
}
