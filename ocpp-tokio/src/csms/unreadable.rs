//! Records that cannot be read: they stay where they are, are told of, and everything else goes on without them.

use std::collections::BTreeMap;

use super::store::{Row, Table};

/// Most records that are remembered by name; further ones are counted.
const MAX_NAMED: usize = 1_000;

/// A record that cannot be read. It stays in the store as it is, for a build that can read it or for whoever repairs it, until something
/// else is written in its place.
///
/// What it meant is decided on the safe side: a station of whose own record nothing is known does not come in before the operator
/// has forgotten it and put it anew; a token is not known; a transaction is not continued, and its end is kept as one without
/// begin; a local list is sent in full.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadableRecord {
    /// Its table.
    pub table: Table,
    /// Its key.
    pub key: String,
    /// Why it cannot be read.
    pub reason: String,
}

impl UnreadableRecord {
    #[allow(
        clippy::needless_pass_by_value,
        reason = "so that errors can be handed in as they are"
    )]
    pub(super) fn new(table: Table, key: &str, reason: impl ToString) -> Self {
        Self {
            table,
            key: key.into(),
            reason: without_contents(&reason.to_string()),
        }
    }
}

/// What is wrong, without what stands there: that may be a secret.
fn without_contents(reason: &str) -> String {
    let parts = reason.split('"').enumerate();
    let parts = parts.map(|(at, part)| if at % 2 == 0 { part } else { "…" });
    parts.collect::<Vec<_>>().join("\"")
}

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct Unreadable {
    named: BTreeMap<(Table, String), String>,
    unnamed: usize,
}

impl Unreadable {
    /// `false`: it is known already.
    pub(super) fn add(&mut self, record: UnreadableRecord) -> bool {
        let place = (record.table, record.key);
        if self.named.contains_key(&place) {
            return false;
        }
        if self.named.len() >= MAX_NAMED {
            self.unnamed = self.unnamed.saturating_add(1);
            return true;
        }
        self.named.insert(place, record.reason);
        true
    }

    /// Which of these rows take the place of records that cannot be read.
    pub(super) fn among(&self, rows: &[Row]) -> Option<Vec<(Table, String)>> {
        if self.named.is_empty() {
            return None;
        }
        let changed = rows.iter().filter(|row| !row.is_check());
        let places = changed.map(|row| (row.table, row.key.clone()));
        Some(places.filter(|it| self.named.contains_key(it)).collect())
    }

    /// Something else stands in these places now.
    pub(super) fn written(&mut self, places: &[(Table, String)]) {
        for place in places {
            self.named.remove(place);
        }
    }

    /// Those that are known by name, and how many there are.
    pub(super) fn all(&self) -> (Vec<UnreadableRecord>, usize) {
        let named = self.named.iter();
        let named: Vec<_> = named
            .map(|((table, key), reason)| UnreadableRecord::new(*table, key, reason))
            .collect();
        let count = named.len().saturating_add(self.unnamed);
        (named, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_once_until_something_else_is_written() {
        let mut all = Unreadable::default();
        let record = UnreadableRecord::new(Table::Stations, "CP1", "no JSON");
        assert!(all.add(record.clone()) && !all.add(record.clone()));
        let check = Row::check(Table::Stations, "CP1", "");
        assert_eq!(all.among(&[check]), Some(vec![]));
        let put = Row::put(Table::Stations, "CP1", "{}");
        let places = all.among(&[put]).unwrap_or_default();
        assert_eq!(all.all(), (vec![record.clone()], 1));
        all.written(&places);
        assert_eq!(all.all(), (vec![], 0));
        let secret = UnreadableRecord::new(
            Table::Stations,
            "CP1",
            r#"string "pw", expected a map at line 1"#,
        );
        assert_eq!(secret.reason, r#"string "…", expected a map at line 1"#);
        for number in 0..MAX_NAMED + 5 {
            assert!(all.add(UnreadableRecord::new(
                Table::Meters,
                &number.to_string(),
                ""
            )));
        }
        let (named, count) = all.all();
        assert_eq!((named.len(), count), (MAX_NAMED, MAX_NAMED + 5));
    }
}
