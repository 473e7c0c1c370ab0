//! Block J, meter values.

pub(super) mod aligned;
pub(super) mod sampled;

use serde_json::Value;

use crate::lab::{Lab, Message};
use crate::pki::is_public_key;
use crate::product::Product;
use crate::unmet::Failed;

/// The measurands that a variable asks for.
fn measurands(lab: &mut Lab<'_>, key: &str) -> Result<Vec<String>, Failed> {
    let list = lab.key("measurands", key)?;
    let names = list
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    Ok(names.map(str::to_owned).collect())
}

/// The meter values of a message with one of these contexts, each with its time.
fn values<'m>(message: &'m Message, contexts: &[&str]) -> Vec<(&'m str, Vec<&'m Value>)> {
    let all = message.payload["meterValue"].as_array();
    let all = all.into_iter().flatten().map(|value| {
        let time = value["timestamp"].as_str().unwrap_or_default();
        let sampled = value["sampledValue"].as_array();
        let sampled = sampled.into_iter().flatten().filter(|sampled| {
            let context = sampled["context"].as_str().unwrap_or("Sample.Periodic");
            contexts.contains(&context)
        });
        (time, sampled.collect::<Vec<_>>())
    });
    all.filter(|(_, sampled)| !sampled.is_empty()).collect()
}

/// Fails the check `LABEL.measurands` unless each meter value has every measurand; one without a name is the register.
fn complete(
    lab: &Lab<'_>,
    label: &str,
    values: &[(&str, Vec<&Value>)],
    wanted: &[String],
) -> Result<(), Failed> {
    for (time, sampled) in values {
        let has = |name: &String| {
            sampled.iter().any(|value| {
                let measurand = value["measurand"].as_str();
                measurand.unwrap_or("Energy.Active.Import.Register") == name
            })
        };
        if let Some(missing) = wanted.iter().find(|name| !has(name)) {
            let got = format!("{missing} was missing at {time}");
            return lab.fail(format!("{label}.measurands"), wanted.join(", "), got);
        }
    }
    Ok(())
}

/// Whether meter values are signed (C-42).
fn signs(product: &Product) -> Result<(), &'static str> {
    match product.v2_0_1.signed_meter_values {
        true => Ok(()),
        false => Err("meter values are not signed (C-42)"),
    }
}

/// Whether the public key of a signed value is as `PublicKeyWithSignedMeterValue` says.
fn has_right_key(mode: &str, signed: &Value, first: bool) -> bool {
    let Some(key) = signed["publicKey"].as_str() else {
        return false;
    };
    match mode {
        "EveryMeterValue" => is_public_key(key),
        // The first value of the transaction may have been told before.
        "OncePerTransaction" => key.is_empty() || first && is_public_key(key),
        _ => key.is_empty(),
    }
}

/// Fails the check `LABEL.signed` unless the energy registers of all meter values are signed, and `LABEL.key` unless the public
/// key goes with them as `PublicKeyWithSignedMeterValue` says.
fn signed(
    lab: &mut Lab<'_>,
    label: &str,
    event: &Message,
    contexts: &[&str],
) -> Result<(), Failed> {
    let mode = lab.key(label, "OCPPCommCtrlr.PublicKeyWithSignedMeterValue")?;
    let mut first = true;
    for (time, sampled) in values(event, contexts) {
        let is_register = |value: &&&Value| {
            let measurand = value["measurand"].as_str();
            measurand.is_none_or(|name| name == "Energy.Active.Import.Register")
        };
        let signatures = sampled
            .iter()
            .filter(is_register)
            .map(|value| &value["signedMeterValue"]);
        let mut some = false;
        for signature in signatures {
            some |= signature.is_object();
            if !signature.is_object() {
                let got = format!("it was not at {time}");
                return lab.fail(format!("{label}.signed"), "the register to be signed", got);
            }
            if !has_right_key(&mode, signature, first) {
                let got = format!("it was {}", signature["publicKey"]);
                return lab.fail(format!("{label}.key"), format!("a public key: {mode}"), got);
            }
            first = false;
        }
        if !some {
            let got = format!("there was none at {time}");
            return lab.fail(format!("{label}.signed"), "the register to be signed", got);
        }
    }
    Ok(())
}

/// Fails the check `LABEL.interval` unless the times lie so many seconds apart; equal times count once.
fn regular(lab: &Lab<'_>, label: &str, times: &[&str], interval: u32) -> Result<(), Failed> {
    let mut times: Vec<ocpp_types::DateTime> =
        times.iter().filter_map(|time| time.parse().ok()).collect();
    times.sort();
    times.dedup();
    for pair in times.windows(2) {
        #[allow(clippy::cast_precision_loss)] // A few seconds.
        let apart = pair[1].millis_since(pair[0]) as f64 / 1000.0;
        lab.check_seconds(&format!("{label}.interval"), apart, f64::from(interval))?;
    }
    Ok(())
}
