//! InstallCertificate, DeleteCertificate, GetInstalledCertificateIds (M03, M04, M05).

use ocpp_core::security::{
    CertificateError, CertificateId, CertificateStore, CertificateUse as Use, DeleteRefusal,
    DeleteStatus, HashAlgorithm, InstallRefusal, InstallStatus, StoreChange, StoreConfig,
    StoreRecord,
};

use crate::pretend::*;

fn install(store: &mut CertificateStore, usage: Use, pem: &str) -> InstallStatus {
    let outcome = store.install(&Pretend, Some(at(NOW)), usage, pem);
    assert_eq!(
        outcome.status == InstallStatus::Accepted,
        outcome.refusal.is_none()
    );
    assert!(outcome.status == InstallStatus::Accepted || outcome.changes.is_empty());
    outcome.status
}

fn refusal(store: &mut CertificateStore, usage: Use, pem: &str) -> Option<InstallRefusal> {
    store.install(&Pretend, Some(at(NOW)), usage, pem).refusal
}

fn delete(store: &mut CertificateStore, name: &str, issuer: &str) -> DeleteStatus {
    store.delete(&Pretend, &hash_of(name, issuer)).status
}

/// Names of the installed roots of a use, in the order in which they are tried.
fn roots(store: &CertificateStore, usage: Use) -> Vec<String> {
    let names = store.roots(usage);
    names
        .iter()
        .map(|(_, root)| root.hash_data.serial_number.clone())
        .collect()
}

fn root_id(store: &CertificateStore, name: &str) -> CertificateId {
    let roots = store.roots(Use::CsmsRoot);
    roots
        .iter()
        .find(|(_, root)| root.hash_data.serial_number == name)
        .unwrap()
        .0
}

#[test]
fn m_05_fr_02_a_good_root_is_installed_and_listed() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    assert_eq!(
        install(&mut store, Use::CsmsRoot, &root("A1")),
        InstallStatus::Accepted
    );
    assert_eq!(
        install(&mut store, Use::ManufacturerRoot, &root("B1")),
        InstallStatus::Accepted
    );
    assert_eq!(store.len(), 2);
    assert_eq!(store.list(&[]).len(), 2);
    let listed = store.list(&[Use::ManufacturerRoot, Use::MoRoot]);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].certificate_use, Use::ManufacturerRoot);
    assert_eq!(listed[0].hash_data, hash_of("B1", "B1"));
    assert!(store.list(&[Use::V2gRoot]).is_empty());
}

#[test]
fn m_05_fr_07_certificates_that_are_not_acceptable_are_rejected() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    let ca = |from, to| certificate("A1", "A1", "ca", from, to, 0);
    for (pem, expected) in [
        (
            String::new(),
            InstallRefusal::Certificate(CertificateError::Count),
        ),
        (
            certificate("broken", "A", "ca", 0, 1, 0),
            InstallRefusal::Certificate(CertificateError::Malformed("pretended")),
        ),
        (
            ca(0, NOW - 1),
            InstallRefusal::Certificate(CertificateError::Expired),
        ),
        (
            ca(NOW + 1, 9_999),
            InstallRefusal::Certificate(CertificateError::NotYetValid),
        ),
        (
            certificate("A1", "A1", "leaf", 0, 9_999, 0),
            InstallRefusal::Certificate(CertificateError::NotAnAuthority),
        ),
        (root("A1") + &root("A2"), InstallRefusal::NotOne),
        (
            authority("A2", "A1"),
            InstallRefusal::Certificate(CertificateError::UnknownIssuer),
        ),
        (" ".repeat(5_501), InstallRefusal::TooLong),
    ] {
        let outcome = store.install(&Pretend, Some(at(NOW)), Use::CsmsRoot, &pem);
        assert_eq!(outcome.status, InstallStatus::Rejected, "{pem}");
        assert_eq!(outcome.refusal, Some(expected));
        assert!(outcome.changes.is_empty() && store.is_empty());
    }
}

#[test]
fn m_05_fr_03_what_is_not_the_certificates_fault_has_failed() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    let outcome = store.install(&Pretend, None, Use::CsmsRoot, &root("A1"));
    assert_eq!(outcome.status, InstallStatus::Failed);
    assert_eq!(
        outcome.refusal,
        Some(InstallRefusal::Certificate(CertificateError::ClockUnknown))
    );
    let broken_device = certificate("device", "A", "ca", 0, 1, 0);
    assert_eq!(
        install(&mut store, Use::CsmsRoot, &broken_device),
        InstallStatus::Failed
    );
}

#[test]
fn only_the_uses_of_the_version_can_be_installed() {
    let mut store = CertificateStore::new(StoreConfig::v1_6());
    for usage in [
        Use::V2gRoot,
        Use::MoRoot,
        Use::OemRoot,
        Use::V2gCertificateChain,
    ] {
        assert_eq!(
            refusal(&mut store, usage, &root("A1")),
            Some(InstallRefusal::Use)
        );
    }
    assert_eq!(
        refusal(
            &mut CertificateStore::new(StoreConfig::v2()),
            Use::OemRoot,
            &root("A1")
        ),
        Some(InstallRefusal::Use)
    );
    assert_eq!(
        refusal(
            &mut CertificateStore::new(StoreConfig::v2_1()),
            Use::OemRoot,
            &root("A1")
        ),
        None
    );
    let mut config = StoreConfig::v2();
    config.installable.push(Use::V2gCertificateChain);
    let mut store = CertificateStore::new(config);
    assert_eq!(
        refusal(&mut store, Use::V2gCertificateChain, &root("A1")),
        Some(InstallRefusal::Use)
    );
}

#[test]
fn m_05_fr_06_a_full_store_rejects_new_certificates_and_replaces_present_ones() {
    let mut store = CertificateStore::new(StoreConfig {
        max_certificates: 2,
        ..StoreConfig::v2()
    });
    install(&mut store, Use::CsmsRoot, &root("A1"));
    install(&mut store, Use::ManufacturerRoot, &root("B1"));
    assert_eq!(
        refusal(&mut store, Use::CsmsRoot, &root("A2")),
        Some(InstallRefusal::Full)
    );
    // M05.FR.17
    assert_eq!(
        install(&mut store, Use::CsmsRoot, &root("A1")),
        InstallStatus::Accepted
    );
    assert_eq!(store.len(), 2);
    // The same certificate for another use is another entry.
    assert_eq!(
        refusal(&mut store, Use::MoRoot, &root("A1")),
        Some(InstallRefusal::Full)
    );
}

#[test]
fn a_root_signed_by_an_installed_one_is_identified_by_its_issuer() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    install(&mut store, Use::CsmsRoot, &root("A1"));
    assert_eq!(
        install(&mut store, Use::CsmsRoot, &authority("A2", "A1")),
        InstallStatus::Accepted
    );
    // Still after the issuer is gone.
    assert_eq!(delete(&mut store, "A1", "A1"), DeleteStatus::Accepted);
    assert_eq!(store.list(&[])[0].hash_data, hash_of("A2", "A1"));
    let mut other = hash_of("A2", "A1");
    other.hash_algorithm = HashAlgorithm::Sha384;
    assert_eq!(
        store.delete(&Pretend, &other).status,
        DeleteStatus::NotFound
    );
}

#[test]
fn m_05_fr_17_a_present_certificate_is_replaced_even_if_its_issuer_is_gone() {
    let mut store = checked();
    install(&mut store, Use::CsmsRoot, &authority("A2", "A1"));
    let new = root_id(&store, "A2");
    store.connected_with_root(Some(new));
    assert_eq!(
        install(&mut store, Use::CsmsRoot, &authority("A2", "A1")),
        InstallStatus::Accepted
    );
    assert_eq!(store.list(&[])[0].hash_data, hash_of("A2", "A1"));
}

#[test]
fn m_04_fr_02_and_fr_04_deleting_needs_a_match() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    assert_eq!(delete(&mut store, "A1", "A1"), DeleteStatus::NotFound);
    install(&mut store, Use::ManufacturerRoot, &root("A1"));
    assert_eq!(delete(&mut store, "A2", "A1"), DeleteStatus::NotFound);
    assert_eq!(delete(&mut store, "A1", "A2"), DeleteStatus::NotFound);
    assert_eq!(
        delete(&mut store, "a1", "A1"),
        DeleteStatus::Accepted,
        "case does not matter"
    );
    assert_eq!(delete(&mut store, "A1", "A1"), DeleteStatus::NotFound);
}

#[test]
fn the_last_root_of_a_protected_use_stays() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    install(&mut store, Use::CsmsRoot, &root("A1"));
    let outcome = store.delete(&Pretend, &hash_of("A1", "A1"));
    assert_eq!(
        (outcome.status, outcome.refusal),
        (DeleteStatus::Failed, Some(DeleteRefusal::Last))
    );
    install(&mut store, Use::CsmsRoot, &root("A2"));
    assert_eq!(delete(&mut store, "A1", "A1"), DeleteStatus::Accepted);
    assert_eq!(delete(&mut store, "A2", "A2"), DeleteStatus::Failed);
    let mut store = CertificateStore::new(StoreConfig {
        keep_last: Vec::new(),
        ..StoreConfig::v2()
    });
    install(&mut store, Use::CsmsRoot, &root("A1"));
    assert_eq!(delete(&mut store, "A1", "A1"), DeleteStatus::Accepted);
    assert!(!store.has_valid_csms_root(None));
}

#[test]
fn m_04_fr_06_in_1_6_the_root_of_the_present_connection_stays() {
    let mut store = CertificateStore::new(StoreConfig::v1_6());
    install(&mut store, Use::CsmsRoot, &root("A1"));
    install(&mut store, Use::CsmsRoot, &root("A2"));
    let used = root_id(&store, "A1");
    assert!(store.connected_with_root(Some(used)).is_empty());
    let outcome = store.delete(&Pretend, &hash_of("A1", "A1"));
    assert_eq!(outcome.refusal, Some(DeleteRefusal::InUse));
    store.disconnected();
    assert_eq!(delete(&mut store, "A1", "A1"), DeleteStatus::Accepted);
}

#[test]
fn a_certificate_that_one_use_protects_is_deleted_for_none() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    install(&mut store, Use::CsmsRoot, &root("A1"));
    install(&mut store, Use::ManufacturerRoot, &root("A1"));
    assert_eq!(delete(&mut store, "A1", "A1"), DeleteStatus::Failed);
    assert_eq!(store.len(), 2);
    install(&mut store, Use::CsmsRoot, &root("A2"));
    assert_eq!(delete(&mut store, "A1", "A1"), DeleteStatus::Accepted);
    assert_eq!(store.len(), 1);
}

#[test]
fn only_valid_csms_roots_count_for_a_security_profile() {
    let mut store = CertificateStore::new(StoreConfig::v2());
    install(&mut store, Use::ManufacturerRoot, &root("B1"));
    assert!(!store.has_valid_csms_root(None));
    install(&mut store, Use::CsmsRoot, &root("A1"));
    assert!(store.has_valid_csms_root(Some(at(9_999))));
    assert!(!store.has_valid_csms_root(Some(at(10_000))));
    assert!(store.has_valid_csms_root(None));
}

fn checked() -> CertificateStore {
    let mut store = CertificateStore::new(StoreConfig {
        additional_root_check: true,
        max_certificates: 1,
        ..StoreConfig::v2()
    });
    install(&mut store, Use::CsmsRoot, &root("A1"));
    store
}

#[test]
fn m_05_fr_11_with_the_additional_check_a_foreign_root_is_rejected() {
    let mut store = checked();
    assert_eq!(
        refusal(&mut store, Use::CsmsRoot, &root("A2")),
        Some(InstallRefusal::NotSignedByCurrent)
    );
    assert_eq!(roots(&store, Use::CsmsRoot), ["A1"]);
    // Other uses are not affected, but the store is full.
    assert_eq!(
        refusal(&mut store, Use::MoRoot, &root("B1")),
        Some(InstallRefusal::Full)
    );
}

#[test]
fn m_05_fr_12_and_fr_13_a_signed_root_replaces_the_old_one_which_is_fallback_until_connected() {
    let mut store = checked();
    assert_eq!(
        install(&mut store, Use::CsmsRoot, &authority("A2", "A1")),
        InstallStatus::Accepted
    );
    assert_eq!(roots(&store, Use::CsmsRoot), ["A2", "A1"]);
    assert_eq!(store.list(&[]).len(), 2, "the fallback is still listed");
    assert_eq!(store.len(), 1, "and has a place of its own");
    let new = root_id(&store, "A2");
    let old = root_id(&store, "A1");
    assert_eq!(
        store.connected_with_root(Some(new)),
        [StoreChange::Remove(old)]
    );
    assert_eq!(roots(&store, Use::CsmsRoot), ["A2"]);
}

#[test]
fn m_05_fr_14_a_connection_by_the_fallback_keeps_both() {
    let mut store = checked();
    install(&mut store, Use::CsmsRoot, &authority("A2", "A1"));
    let old = root_id(&store, "A1");
    assert!(store.connected_with_root(Some(old)).is_empty());
    assert_eq!(roots(&store, Use::CsmsRoot), ["A2", "A1"]);
    // The next root is signed by the current one; the proven root stays as fallback, not the one that never worked.
    assert_eq!(
        install(&mut store, Use::CsmsRoot, &authority("A3", "A2")),
        InstallStatus::Accepted
    );
    assert_eq!(roots(&store, Use::CsmsRoot), ["A3", "A1"]);
    // Without TLS nothing is proven.
    assert!(store.connected_with_root(None).is_empty());
}

#[test]
fn a_fallback_takes_over_when_the_current_root_is_deleted() {
    let mut store = checked();
    install(&mut store, Use::CsmsRoot, &authority("A2", "A1"));
    assert_eq!(delete(&mut store, "A2", "A1"), DeleteStatus::Accepted);
    assert_eq!(roots(&store, Use::CsmsRoot), ["A1"]);
    assert!(!store.roots(Use::CsmsRoot)[0].1.fallback);
    assert_eq!(store.len(), 1);
}

#[test]
fn a_current_root_that_cannot_be_read_does_not_switch_the_additional_check_off() {
    let store = checked();
    let damaged = store.records().map(|(id, record)| {
        let mut record = record.clone();
        if let StoreRecord::Root(root) = &mut record {
            root.pem = certificate("broken", "A1", "ca", 0, 1, 0);
        }
        (id, record)
    });
    let (mut store, _) = CertificateStore::restore(store.config().clone(), damaged);
    assert_eq!(
        install(&mut store, Use::CsmsRoot, &root("A2")),
        InstallStatus::Failed
    );
    assert_eq!(store.roots(Use::CsmsRoot).len(), 1);
}

#[test]
fn installing_the_current_root_again_changes_nothing() {
    let mut store = checked();
    assert_eq!(
        install(&mut store, Use::CsmsRoot, &root("A1")),
        InstallStatus::Accepted
    );
    assert_eq!(roots(&store, Use::CsmsRoot), ["A1"]);
}

#[test]
fn records_survive_as_json() {
    let mut store = checked();
    install(&mut store, Use::CsmsRoot, &authority("A2", "A1"));
    let stored: Vec<_> = store
        .records()
        .map(|record| serde_json::to_string(&record).unwrap())
        .collect();
    let read = stored
        .iter()
        .map(|record| serde_json::from_str(record).unwrap());
    let (restored, repairs) = CertificateStore::restore(store.config().clone(), read);
    assert!(repairs.is_empty());
    assert_eq!(restored.list(&[]), store.list(&[]));
    assert_eq!(roots(&restored, Use::CsmsRoot), ["A2", "A1"]);
}
