//! Variables are found, stored and read back, however they are called.

use alloc::string::{String, ToString as _};

use ocpp_types::Version;

use super::*;
use crate::station::queue::Change;
use crate::station::record::{Record, Records};

fn text(name: &'static str) -> Variable {
    let kind = Kind::Text { max: 100 };
    Variable::new(name, kind, VariableAccess::ReadWrite, "first")
}

fn model(version: Version, names: &[(ComponentName<'static>, &'static str)]) -> DeviceModel {
    let mut model = DeviceModel::new(version);
    for (component, name) in names {
        model.add(*component, text(name));
    }
    model.finish()
}

fn set(model: &mut DeviceModel, key: &str, value: &str) -> Record {
    let id = model.find(key).expect(key);
    match model.set(id, value) {
        Ok(Some(Change::Store(record))) => record,
        other => panic!("{key}: {other:?}"),
    }
}

fn value(model: &DeviceModel, key: &str) -> String {
    let id = model.find(key).expect(key);
    model.get(id).expect(key).value.as_str().into()
}

#[test]
fn records_lead_back_to_their_variables_however_these_are_called() {
    let keys = [
        "HeartbeatInterval",
        "Größe (mm)",
        "a.b/c%20",
        "x[1]:2",
        "100%",
    ];
    let names = keys.map(|key| (ComponentName::default(), key));
    let mut before = model(Version::V1_6, &names);
    let records = keys.map(|key| set(&mut before, key, key));
    let after = model(Version::V1_6, &names).restore(&[], &Records::new(records));
    for key in keys {
        assert_eq!(value(&after, key), key);
    }

    let evse = |evse, instance| ComponentName {
        name: "Sensor",
        instance,
        evse: Some(evse),
        connector: None,
    };
    let names = [(evse(1, None), "Value"), (evse(2, Some("Roof")), "Value")];
    let keys = ["Sensor:1.Value", "Sensor[Roof]:2.Value"];
    let mut before = model(Version::V2_0_1, &names);
    let records = keys.map(|key| set(&mut before, key, key));
    let after = model(Version::V2_0_1, &names).restore(&[], &Records::new(records));
    for key in keys {
        assert_eq!(value(&after, key), key);
    }
}

#[test]
fn what_was_stored_counts_more_than_what_is_configured() {
    let names = [
        (ComponentName::default(), "A"),
        (ComponentName::default(), "B"),
    ];
    let record = set(&mut model(Version::V1_6, &names), "a", "stored");
    let defaults = [("A", "x"), ("B", "one"), ("b", "two"), ("C", "z")];
    let defaults = defaults.map(|(key, value)| (key.into(), value.into()));
    let records = Records::new([record]);
    let after = model(Version::V1_6, &names).restore(&defaults, &records);
    assert_eq!(value(&after, "A"), "stored");
    assert_eq!(value(&after, "B"), "one");
}

#[test]
fn every_variable_is_found_among_many() {
    let mut all = DeviceModel::new(Version::V2_0_1);
    for evse in (1..=300).rev() {
        for name in ["Power", "Available", "available2", "Zeta"] {
            let component = ComponentName {
                name: "EVSE",
                instance: None,
                evse: Some(evse),
                connector: None,
            };
            all.add(component, text(name));
        }
    }
    let all = all.finish();
    for at in 0..all.len() {
        let id = all.nth(at).expect("a variable");
        let variable = all.get(id).expect("a variable");
        let key = all.key_of(variable).to_ascii_uppercase();
        assert_eq!(all.find(&key), Some(id), "{key}");
    }
    let open = ComponentName {
        name: "evse",
        evse: Some(7),
        ..ComponentName::default()
    };
    assert_eq!(all.of_components(open).count(), 4);
    let missing = |component: ComponentName<'_>, name| {
        let variable = VariableName {
            name,
            instance: None,
        };
        all.lookup(component, variable)
    };
    assert_eq!(missing(open, "Powe"), Err(Missing::Variable));
    let far = ComponentName {
        evse: Some(301),
        ..open
    };
    assert_eq!(missing(far, "Power"), Err(Missing::Component));
}

#[test]
fn decimals_are_read_as_people_write_them() {
    for (text, value) in [
        ("7", "7"),
        (" -0.50 ", "-0.5"),
        ("+1.5", "1.5"),
        ("2e1", "20"),
    ] {
        let number = super::decimal(text).map(|number| number.to_string());
        assert_eq!(number.as_deref(), Some(value), "{text}");
    }
    for text in ["", "+", "+-1", "--1", "1_000", "1,5", "0x1", "1 2", "1e400"] {
        assert_eq!(super::decimal(text), None, "{text}");
    }
}
