//! The store against a naive model, and power cuts between any two changes.

use std::collections::BTreeMap;

use ocpp_core::security::{
    CertificateId, CertificateStore, CertificateUse as Use, DeleteStatus, InstallStatus,
    StoreChange, StoreConfig, StoreRecord,
};
use proptest::prelude::*;

use crate::pretend::*;

/// Certificates to play with: name, issuer, whether it can be a root.
const POOL: [(&str, &str, bool); 8] = [
    ("A1", "A1", true),
    ("A2", "A1", true),
    ("A3", "A2", true),
    ("B1", "B1", true),
    ("B2", "B1", true),
    ("C1", "C1", true),
    ("D1", "D1", false),
    ("D2", "A1", false),
];
const USES: [Use; 3] = [
    Use::CsmsRoot,
    Use::ManufacturerRoot,
    Use::V2gCertificateChain,
];

fn pem(at: usize) -> String {
    let (name, issuer, good) = POOL[at];
    certificate(name, issuer, if good { "ca" } else { "leaf" }, 0, 9_999, 0)
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Install(usize, usize),
    Delete(usize),
    /// Connect, verified by the root at this place of the order of trial.
    Connect(usize),
    Disconnect,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..USES.len(), 0..POOL.len()).prop_map(|(usage, at)| Step::Install(usage, at)),
        2 => (0..POOL.len()).prop_map(Step::Delete),
        2 => (0usize..3).prop_map(Step::Connect),
        1 => Just(Step::Disconnect),
    ]
}

fn config() -> impl Strategy<Value = StoreConfig> {
    (1usize..5, any::<[bool; 3]>()).prop_map(|(max_certificates, [check, last, in_use])| {
        StoreConfig {
            max_certificates,
            additional_root_check: check,
            keep_last: if last {
                vec![Use::CsmsRoot]
            } else {
                Vec::new()
            },
            keep_root_in_use: in_use,
            ..StoreConfig::v2()
        }
    })
}

/// What is installed, in the order of installation: use, index in the pool, fallback.
#[derive(Debug, Default)]
struct Model {
    entries: Vec<(Use, usize, bool)>,
    in_use: Option<usize>,
}

impl Model {
    fn of(&self, usage: Use) -> Vec<(usize, bool)> {
        self.entries
            .iter()
            .filter(|entry| entry.0 == usage)
            .map(|entry| (entry.1, entry.2))
            .collect()
    }

    fn current(&self) -> Option<usize> {
        self.of(Use::CsmsRoot)
            .into_iter()
            .rev()
            .find(|(_, fallback)| !fallback)
            .map(|(at, _)| at)
    }

    fn fallback(&self) -> Option<usize> {
        self.of(Use::CsmsRoot)
            .into_iter()
            .find(|(_, fallback)| *fallback)
            .map(|(at, _)| at)
    }

    fn install(&mut self, config: &StoreConfig, usage: Use, at: usize) -> bool {
        let (name, issuer, good) = POOL[at];
        if usage == Use::V2gCertificateChain || !good {
            return false;
        }
        if self.entries.contains(&(usage, at, false)) {
            return true;
        }
        if config.additional_root_check
            && usage == Use::CsmsRoot
            && let Some(current) = self.current()
        {
            if POOL[current].0 != issuer {
                return false;
            }
            let proven = self.fallback().filter(|at| self.in_use == Some(*at));
            let keep = proven.unwrap_or(current);
            self.entries.retain(|entry| entry.0 != usage);
            self.entries.push((usage, keep, true));
            self.entries.push((usage, at, false));
            return true;
        }
        let known = name == issuer || self.of(usage).iter().any(|(at, _)| POOL[*at].0 == issuer);
        let count = self.entries.iter().filter(|entry| !entry.2).count();
        if !known || count >= config.max_certificates {
            return false;
        }
        self.entries.push((usage, at, false));
        true
    }

    fn delete(&mut self, config: &StoreConfig, at: usize) -> DeleteStatus {
        let matching: Vec<_> = self
            .entries
            .iter()
            .copied()
            .filter(|entry| entry.1 == at)
            .collect();
        if matching.is_empty() {
            return DeleteStatus::NotFound;
        }
        let csms = matching.iter().any(|entry| entry.0 == Use::CsmsRoot);
        let in_use = config.keep_root_in_use && csms && self.in_use == Some(at);
        let others = self.of(Use::CsmsRoot).iter().any(|(other, _)| *other != at);
        if in_use || csms && config.keep_last.contains(&Use::CsmsRoot) && !others {
            return DeleteStatus::Failed;
        }
        self.entries.retain(|entry| entry.1 != at);
        if csms && self.in_use == Some(at) {
            self.in_use = None;
        }
        if self.current().is_none()
            && let Some(entry) = self.entries.iter_mut().find(|entry| entry.2)
        {
            entry.2 = false;
        }
        DeleteStatus::Accepted
    }

    fn connect(&mut self, at: Option<usize>) {
        self.in_use = at;
        if at.is_some() && at != self.fallback() {
            self.entries.retain(|entry| !entry.2);
        }
    }

    fn listed(&self) -> Vec<(Use, String)> {
        let mut listed: Vec<_> = self
            .entries
            .iter()
            .map(|entry| (entry.0, POOL[entry.1].0.into()))
            .collect();
        listed.sort();
        listed
    }
}

fn listed(store: &CertificateStore) -> Vec<(Use, String)> {
    let mut listed: Vec<_> = store
        .list(&[])
        .into_iter()
        .map(|entry| (entry.certificate_use, entry.hash_data.serial_number))
        .collect();
    listed.sort();
    listed
}

type Records = BTreeMap<CertificateId, StoreRecord>;

fn carry_out(records: &mut Records, change: &StoreChange) {
    match change {
        StoreChange::Put(id, record) => {
            records.insert(*id, record.clone());
        }
        StoreChange::Remove(id) => {
            records.remove(id);
        }
        StoreChange::DeleteKey(_) => {}
    }
}

fn names(store: &CertificateStore) -> Vec<(String, bool)> {
    let roots = store.roots(Use::CsmsRoot);
    roots
        .iter()
        .map(|(_, root)| (root.hash_data.serial_number.clone(), root.fallback))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn the_store_behaves_like_the_model_and_survives_power_cuts(
        config in config(), steps in prop::collection::vec(step(), 0..40)
    ) {
        let mut store = CertificateStore::new(config.clone());
        let mut model = Model::default();
        let mut durable = Records::new();
        for step in steps {
            let had_root = !store.roots(Use::CsmsRoot).is_empty();
            let before = names(&store);
            let changes = match step {
                Step::Install(usage, certificate) => {
                    let outcome = store.install(&Pretend, Some(at(NOW)), USES[usage], &pem(certificate));
                    let expected = model.install(&config, USES[usage], certificate);
                    prop_assert_eq!(outcome.status == InstallStatus::Accepted, expected, "{:?}", outcome.refusal);
                    outcome.changes
                }
                Step::Delete(certificate) => {
                    let (name, issuer, _) = POOL[certificate];
                    let outcome = store.delete(&Pretend, &hash_of(name, issuer));
                    prop_assert_eq!(outcome.status, model.delete(&config, certificate));
                    outcome.changes
                }
                Step::Connect(place) => {
                    let root = store.roots(Use::CsmsRoot).get(place).map(|(id, root)| (*id, root.hash_data.serial_number.clone()));
                    model.connect(root.as_ref().and_then(|(_, name)| POOL.iter().position(|entry| entry.0 == name)));
                    store.connected_with_root(root.map(|(id, _)| id))
                }
                Step::Disconnect => {
                    model.in_use = None;
                    store.disconnected();
                    Vec::new()
                }
            };
            prop_assert_eq!(listed(&store), model.listed());
            prop_assert!(store.len() <= config.max_certificates.max(1));
            let still_root = !store.roots(Use::CsmsRoot).is_empty();

            // After every single change the power may go.
            for change in &changes {
                carry_out(&mut durable, change);
                let (restored, repairs) = CertificateStore::restore(config.clone(), durable.clone());
                let roots = names(&restored);
                prop_assert!(!(had_root && still_root && roots.is_empty()), "a root was lost");
                if config.additional_root_check {
                    prop_assert!(roots.len() <= 2);
                    prop_assert!(roots.iter().filter(|(_, fallback)| !fallback).count() <= 1);
                    // Whatever could be verified before or after, one of them still can.
                    let after = names(&store);
                    let known = |root: &(String, bool)| before.iter().chain(&after).any(|other| other.0 == root.0);
                    prop_assert!(roots.iter().all(known));
                }
                let mut repaired = durable.clone();
                repairs.iter().for_each(|repair| carry_out(&mut repaired, repair));
                prop_assert_eq!(restored.records().map(|(id, record)| (id, record.clone())).collect::<Records>(), repaired);
            }
            prop_assert_eq!(&store.records().map(|(id, record)| (id, record.clone())).collect::<Records>(), &durable);
            let (restored, repairs) = CertificateStore::restore(config.clone(), durable.clone());
            prop_assert!(repairs.is_empty(), "a finished operation needs no repair: {repairs:?}");
            prop_assert_eq!(names(&restored), names(&store));
        }
    }
}
