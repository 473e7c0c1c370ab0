//! The station's own certificates: choosing, falling back, renewing (A02.FR.08–10, FR.15, FR.28, FR.29, A03.FR.02).

use std::time::Duration;

use ocpp_core::security::{
    CertificateId, CertificateStore, DeleteRefusal, KeyId, OldCertificates, OwnRecord,
    SecurityEventKind, SigningUse, StoreChange, StoreConfig,
};

use crate::pretend::*;

fn record(name: &str, from: i64, to: i64) -> OwnRecord {
    OwnRecord {
        signing_use: SigningUse::ChargingStation,
        chain: name.into(),
        key: KeyId(format!("key of {name}")),
        common_name: "CP".into(),
        hash_data: hash_of(name, "root"),
        child_hash_data: Vec::new(),
        root: CertificateId(0),
        not_before: at(from),
        not_after: at(to),
        installed_at: at(from),
        proven: false,
    }
}

fn add(store: &mut CertificateStore, name: &str, from: i64, to: i64) -> CertificateId {
    store.install_own(record(name, from, to)).unwrap().0
}

fn chosen(store: &CertificateStore, second: i64) -> Option<String> {
    let choice = store.client_certificate(Some(at(second)));
    choice.map(|(_, own)| own.chain.clone())
}

#[test]
fn a_02_fr_08_in_1_6_a_later_certificate_is_used_from_its_start() {
    let mut store = CertificateStore::new(StoreConfig::v1_6());
    assert_eq!(chosen(&store, NOW), None);
    add(&mut store, "old", 0, 5_000);
    add(&mut store, "new", 2_000, 9_000);
    assert_eq!(chosen(&store, NOW).as_deref(), Some("old"));
    assert_eq!(store.next_activation(at(NOW)), Some(at(2_000)));
    // A02.FR.09: the newest by start of validity.
    assert_eq!(chosen(&store, 2_000).as_deref(), Some("new"));
    assert_eq!(store.next_activation(at(2_000)), None);
    // A00.FR.430: an expired one is better than none.
    assert_eq!(chosen(&store, 9_999).as_deref(), Some("new"));
    assert!(!store.has_valid_client_certificate(Some(at(9_999))));
    assert!(store.has_valid_client_certificate(Some(at(4_000))));
}

#[test]
fn a_02_fr_10_in_1_6_the_old_certificate_stays_a_month_after_the_new_one_works() {
    let month = 30 * 86_400;
    let mut store = CertificateStore::new(StoreConfig::v1_6());
    let old = add(&mut store, "old", 0, 99_999_999);
    let new = add(&mut store, "new", NOW, 99_999_999);
    assert!(
        store.discard_old(at(NOW + month)).is_empty(),
        "the new one has not worked yet"
    );
    let outcome = store.connected_with_client_certificate(new);
    assert_eq!(outcome.changes.len(), 1, "noted as proven");
    assert_eq!(outcome.event, None);
    assert!(store.discard_old(at(NOW + month - 1)).is_empty());
    assert_eq!(
        store.discard_old(at(NOW + month)),
        [
            StoreChange::Remove(old),
            StoreChange::DeleteKey(KeyId("key of old".into()))
        ]
    );
    assert_eq!(chosen(&store, NOW).as_deref(), Some("new"));
}

#[test]
fn a_02_fr_10_in_2_x_the_old_certificate_goes_when_the_new_one_works() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    let old = add(&mut store, "old", 0, 5_000);
    store.connected_with_client_certificate(old);
    let new = add(&mut store, "new", 500, 9_000);
    assert_eq!(chosen(&store, NOW).as_deref(), Some("new"));
    let outcome = store.connected_with_client_certificate(new);
    assert_eq!(outcome.event, None);
    assert!(outcome.changes.contains(&StoreChange::Remove(old)));
    assert!(
        outcome
            .changes
            .contains(&StoreChange::DeleteKey(KeyId("key of old".into())))
    );
    assert_eq!(chosen(&store, NOW).as_deref(), Some("new"));
}

#[test]
fn a_02_fr_28_and_fr_29_a_new_certificate_that_never_works_is_given_up_with_an_event() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    store.client_certificate_failed();
    assert_eq!(chosen(&store, NOW), None);
    let old = add(&mut store, "old", 0, 5_000);
    store.connected_with_client_certificate(old);
    add(&mut store, "new", 500, 9_000);
    store.client_certificate_failed();
    assert_eq!(chosen(&store, NOW).as_deref(), Some("old"));
    store.client_certificate_failed();
    assert_eq!(
        chosen(&store, NOW).as_deref(),
        Some("new"),
        "they alternate"
    );
    store.client_certificate_failed();
    let outcome = store.connected_with_client_certificate(old);
    assert_eq!(
        outcome.event,
        Some(SecurityEventKind::DiscardedRenewedClientCertificate)
    );
    assert_eq!(chosen(&store, NOW).as_deref(), Some("old"));
    assert!(
        store
            .connected_with_client_certificate(CertificateId(77))
            .changes
            .is_empty()
    );
}

#[test]
fn client_certificates_do_not_pile_up_and_the_proven_one_stays() {
    for config in [StoreConfig::v1_6(), StoreConfig::v2()] {
        let most = match config.old_certificates {
            OldCertificates::KeepFor(_) => 4,
            OldCertificates::UntilConnected => 2,
        };
        let mut store = CertificateStore::new(config);
        let proven = add(&mut store, "proven", 0, 5_000);
        store.connected_with_client_certificate(proven);
        for number in 1..10 {
            add(&mut store, &format!("new {number}"), number, 9_000);
            let kept: Vec<_> = store.records().map(|(id, _)| id).collect();
            assert!(kept.len() <= most);
            assert!(kept.contains(&proven));
        }
        assert_eq!(chosen(&store, NOW).as_deref(), Some("new 9"));
    }
}

#[test]
fn a_key_that_two_certificates_share_is_not_destroyed_with_the_first() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    let old = add(&mut store, "old", 0, 5_000);
    let mut renewed = record("new", 0, 9_000);
    renewed.key = KeyId("key of old".into());
    let (new, _) = store.install_own(renewed).unwrap();
    let outcome = store.connected_with_client_certificate(new);
    assert!(outcome.changes.contains(&StoreChange::Remove(old)));
    assert!(
        !outcome
            .changes
            .iter()
            .any(|change| matches!(change, StoreChange::DeleteKey(_)))
    );
    let last = store.remove_own(new);
    assert!(matches!(
        last.as_slice(),
        [StoreChange::Remove(_), StoreChange::DeleteKey(_)]
    ));
    assert!(store.remove_own(new).is_empty());
}

#[test]
fn the_station_certificate_cannot_be_deleted_and_is_not_listed() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    add(&mut store, "C1", 0, 5_000);
    assert!(store.list(&[]).is_empty() && store.is_empty());
    let outcome = store.delete(&Pretend, &hash_of("C1", "root"));
    assert_eq!(outcome.refusal, Some(DeleteRefusal::StationCertificate));
    assert!(outcome.changes.is_empty());
}

fn vehicle(name: &str, common_name: &str, root: u64, from: i64) -> OwnRecord {
    OwnRecord {
        signing_use: SigningUse::V2g,
        common_name: common_name.into(),
        root: CertificateId(root),
        ..record(name, from, 5_000)
    }
}

#[test]
fn a_02_fr_15_of_vehicle_certificates_the_newest_per_name_and_root_is_kept() {
    let mut store = CertificateStore::new(StoreConfig {
        max_certificates: 3,
        ..StoreConfig::v2()
    });
    let first = store.install_own(vehicle("V1", "SECC1", 1, 0)).unwrap().0;
    store.install_own(vehicle("V2", "SECC2", 1, 0)).unwrap();
    store.install_own(vehicle("V3", "SECC1", 2, 0)).unwrap();
    assert!(
        store.install_own(vehicle("V4", "SECC3", 1, 0)).is_none(),
        "full"
    );
    // Replacing is possible in a full store, and the record goes before its key.
    let (_, changes) = store.install_own(vehicle("V5", "SECC1", 1, 100)).unwrap();
    assert!(matches!(&changes[0], StoreChange::Put(..)));
    assert_eq!(
        changes[1..],
        [
            StoreChange::Remove(first),
            StoreChange::DeleteKey(KeyId("key of V1".into()))
        ]
    );
    let order: Vec<_> = store
        .vehicle_certificates()
        .iter()
        .map(|(_, own)| own.chain.clone())
        .collect();
    assert_eq!(order, ["V5", "V3", "V2"]);
    let newest = store.own_certificate(SigningUse::V2g, "SECC1").unwrap().1;
    assert_eq!(newest.chain, "V5");
    assert!(store.client_certificate(None).is_none());
}

#[test]
fn a_03_fr_02_certificates_that_soon_expire_are_found() {
    let month = Duration::from_secs(30 * 86_400);
    let month_seconds = 30 * 86_400;
    let mut store = CertificateStore::new(StoreConfig::v2());
    let client = add(&mut store, "client", 0, month_seconds + 10);
    let v2g = store.install_own(vehicle("V1", "SECC1", 1, 0)).unwrap().0;
    let due = |store: &CertificateStore, second| -> Vec<_> {
        store
            .expiring(at(second), month)
            .iter()
            .map(|(id, _)| *id)
            .collect()
    };
    assert_eq!(due(&store, 9), [v2g]);
    assert_eq!(due(&store, 10), [client, v2g]);
    add(&mut store, "renewed", 0, month_seconds * 3);
    assert_eq!(due(&store, 10), [v2g]);
    assert!(!store.expiring(at(0), Duration::MAX).is_empty());
}
