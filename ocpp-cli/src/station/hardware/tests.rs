//! The simulated hardware by itself.

use ocpp_types::Version;

use super::*;

const AT: ConnectorId = ConnectorId::new(1, 1);

fn hardware(remembered: Option<&str>) -> Hardware {
    let config = StationConfig::new(Version::V1_6, "V", "M", 2);
    Hardware::new(&config, 1, remembered)
}

fn seconds(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

fn energy(hardware: &mut Hardware, at: u64) -> String {
    hardware
        .read(seconds(at), 1)
        .energy_wh()
        .unwrap()
        .to_string()
}

#[test]
fn energy_flows_only_while_a_ready_car_hangs_on_a_closed_contactor() {
    let mut hardware = hardware(None);
    assert_eq!(energy(&mut hardware, 100), "0");
    hardware.set_contactor(seconds(100), AT, true);
    assert_eq!(energy(&mut hardware, 200), "0", "no car");
    hardware.set_cable(seconds(200), AT, CableState::Connected);
    // 32 A × 230 V × 3 for a quarter of an hour.
    assert_eq!(energy(&mut hardware, 1100), "5520");
    hardware.set_ev(seconds(1100), AT, EvState::Suspended);
    assert_eq!(energy(&mut hardware, 2000), "5520");
    hardware.set_ev(seconds(2000), AT, EvState::Ready);
    let limit = Limit {
        value: Decimal::new(65, 1),
        unit: LimitUnit::Amperes,
        phases: None,
    };
    hardware.set_limit(seconds(2000), AT, Some(limit));
    assert_eq!(energy(&mut hardware, 5600), "10005", "6.5 A for an hour");
    let limit = Limit {
        value: 2300.into(),
        unit: LimitUnit::Watts,
        phases: None,
    };
    hardware.set_limit(seconds(5600), AT, Some(limit));
    // Amperes are set in tenths: 3.3 A of 3.33.
    assert_eq!(energy(&mut hardware, 9200), "12282");
}

#[test]
fn receipts_survive_a_power_cut_until_they_are_cleared() {
    let mut hardware = hardware(None);
    let customer = |id: &str| Customer::Token(Token::new(id));
    hardware.keep_receipt(&Token::new("A"), "5 Wh".into());
    hardware.keep_receipt(&Token::new("B"), "6 Wh".into());
    let mut hardware = self::hardware(Some(&hardware.remember()));
    let text = "Receipt: 5 Wh\n";
    assert_eq!(hardware.receipts_of(&customer("A"), false), text);
    assert_eq!(hardware.receipts_of(&customer("A"), true), text);
    assert_eq!(hardware.receipts_of(&customer("A"), true), "");
    assert_eq!(
        hardware.receipts_of(&customer("b"), false),
        "Receipt: 6 Wh\n"
    );
    for number in 0..2 * RECEIPTS {
        hardware.keep_receipt(&Token::new("C"), format!("{number}"));
    }
    assert_eq!(hardware.receipts.len(), RECEIPTS);
}

#[test]
fn absurd_limits_are_survived() {
    let mut hardware = hardware(None);
    hardware.set_cable(seconds(0), AT, CableState::Connected);
    hardware.set_contactor(seconds(0), AT, true);
    for value in [
        "79228162514264337593543950335",
        "-79228162514264337593543950335",
        "0",
    ] {
        for unit in [LimitUnit::Amperes, LimitUnit::Watts] {
            let value = value.parse().unwrap();
            let limit = Limit {
                value,
                unit,
                phases: Some(0),
            };
            hardware.set_limit(seconds(0), AT, Some(limit));
            assert!(hardware.read(seconds(0), 1).energy_wh().is_some());
        }
    }
}

#[test]
fn a_locked_plug_stays_in_its_socket_until_the_lock_opens() {
    let mut hardware = hardware(None);
    assert!(hardware.set_locked(AT, true));
    hardware.set_cable(seconds(0), AT, CableState::Connected);
    assert!(!hardware.take_cable(seconds(1), AT), "it is in the car");
    hardware.set_cable(seconds(1), AT, CableState::InSocket);
    assert!(!hardware.take_cable(seconds(2), AT), "it is locked");
    hardware.set_lock_fails(AT, true);
    assert!(!hardware.set_locked(AT, false));
    assert!(
        !hardware.take_cable(seconds(3), AT),
        "the lock does not move"
    );
    hardware.set_lock_fails(AT, false);
    assert!(hardware.set_locked(AT, false));
    assert!(hardware.take_cable(seconds(4), AT));
    assert_eq!(hardware.cable(AT), CableState::Unplugged);
    assert!(!hardware.take_cable(seconds(5), AT));
}

#[test]
fn meters_and_cables_survive_a_power_cut() {
    let mut before = hardware(None);
    before.set_cable(seconds(0), AT, CableState::Connected);
    before.set_contactor(seconds(0), AT, true);
    before.power_cut(seconds(900));
    assert_eq!(energy(&mut before, 9000), "5520");
    let mut after = hardware(Some(&before.remember()));
    assert_eq!(energy(&mut after, 10), "5520");
    assert_eq!(after.cable(AT), CableState::Connected);
    assert_eq!(after.in_use(1), Some(AT));
    assert!(!after.is_locked(AT));
    before.set_locked(AT, true);
    assert!(hardware(Some(&before.remember())).is_locked(AT));
    assert_eq!(energy(&mut hardware(Some("nonsense")), 0), "0");
}
