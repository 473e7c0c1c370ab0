#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::bench::VirtualBench;
use crate::preset;

/// A station of this product, drafted like another one.
fn drafted(product: &Product, like: &Product) -> Draft {
    let mut bench = VirtualBench::new(product.station().unwrap());
    from_station(&mut bench, like, Parameters::of(like)).unwrap()
}

/// What the station of this library can, and no product with a certificate declares.
const MORE: [&str; 5] = [
    "v2_0_1.start_points",
    "v2_0_1.stop_points",
    "features.keep_on_ev_disconnect",
    "limits.heartbeat_interval",
    "limits.sample_interval",
];

#[test]
fn a_station_is_drafted_as_it_is() {
    for name in preset::NAMES {
        let mut product = preset::named(name).unwrap();
        let draft = drafted(&product, &product);
        let more = |note: &&String| MORE.iter().any(|member| note.starts_with(member));
        let notes: Vec<_> = draft.notes.iter().filter(|note| !more(note)).collect();
        assert_eq!(notes, Vec::<&String>::new(), "{name}");
        let read = description::read(&draft.document).unwrap().product;
        product.features.keep_on_ev_disconnect = read.features.keep_on_ev_disconnect;
        assert_eq!(read.features, product.features, "{name}");
        let profiles = product.limits.charging_profiles;
        let told = read.limits.charging_profiles;
        assert_eq!(profiles.or(told), told, "{name}");
        assert_eq!(read.limits.file_transfer, product.limits.file_transfer);
        assert_eq!(
            read.limits.stack_level, product.limits.stack_level,
            "{name}"
        );
        assert_eq!(read.model, "Vendor Model");
    }
}

#[test]
fn what_a_station_says_counts_more_than_the_preset() {
    for (name, like) in [("cs-technology", "chaevi"), ("full-2.0.1", "alpitronic")] {
        let (product, like) = (preset::named(name).unwrap(), preset::named(like).unwrap());
        let draft = drafted(&product, &like);
        let read = description::read(&draft.document).unwrap().product;
        assert_eq!(read.connectors, product.connectors);
        let [read, wanted] = [&read, &product].map(|product| {
            let all = &product.features;
            (
                all.local_list,
                all.reservation,
                all.smart_charging,
                all.rate_in_amperes,
                all.max_energy_on_invalid_id,
                product.limits.stack_level,
                product.limits.file_transfer,
            )
        });
        assert_eq!(read, wanted, "{:#?}", draft.notes);
        assert!(!draft.notes.is_empty());
    }
    let draft = drafted(&preset::full_v2_0_1(), &preset::alpitronic());
    let note = "features.local_list: true, not false as of alpitronic: LocalAuthListCtrlr.Available is true";
    assert!(draft.notes.contains(&note.to_owned()), "{:#?}", draft.notes);
}

#[test]
fn a_station_that_contradicts_itself_is_named() {
    let told = |key: &str, value: &str| ReportedVariable {
        key: key.to_owned(),
        value: Some(value.to_owned()),
        ..ReportedVariable::default()
    };
    let report = Report(vec![
        told("SupportedFeatureProfiles", "Core, SmartCharging"),
        told("ChargingScheduleAllowedChargingRateUnit", "Horses"),
    ]);
    let draft = draft(&preset::chaevi(), &report, None).unwrap();
    let contradiction = draft.notes.last().unwrap();
    assert!(
        contradiction.contains("Smart Charging needs"),
        "{contradiction}"
    );
}
