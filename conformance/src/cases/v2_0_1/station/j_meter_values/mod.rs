//! Block J, meter values.

pub(super) mod aligned;
pub(super) mod sampled;

use std::collections::BTreeMap;

use ocpp_types::DateTime;
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

/// The values of messages in one of these contexts, by EVSE and moment: there may be several messages for each.
fn joined<'m>(
    messages: &'m [Message],
    contexts: &[&str],
) -> BTreeMap<(Option<u64>, DateTime), Vec<&'m Value>> {
    let mut all: BTreeMap<_, Vec<&Value>> = BTreeMap::new();
    for message in messages {
        let evse = message.payload["evseId"].as_u64();
        for (time, sampled) in values(message, contexts) {
            let Ok(time) = time.parse::<DateTime>() else {
                continue;
            };
            all.entry((evse, time)).or_default().extend(sampled);
        }
    }
    all
}

/// Fails the check `LABEL.measurands` unless each meter value has every measurand.
fn complete(
    lab: &Lab<'_>,
    label: &str,
    values: &[(&str, Vec<&Value>)],
    wanted: &[String],
) -> Result<(), Failed> {
    let mut all = values.iter();
    all.try_for_each(|(time, sampled)| complete_at(lab, label, time, sampled, wanted))
}

/// The same for what messages tell together of the first so many moments of every EVSE: of the last one more may be under way.
/// The main meter (EVSE 0) measures what it can, unless it is the only one.
fn complete_together(
    lab: &Lab<'_>,
    label: &str,
    all: &BTreeMap<(Option<u64>, DateTime), Vec<&Value>>,
    moments: usize,
    wanted: &[String],
) -> Result<(), Failed> {
    let main_only = all.keys().all(|(evse, _)| *evse == Some(0));
    let mut seen: BTreeMap<Option<u64>, usize> = BTreeMap::new();
    for ((evse, time), sampled) in all {
        let seen = seen.entry(*evse).or_default();
        *seen += 1;
        if *seen <= moments && (main_only || *evse != Some(0)) {
            complete_at(lab, label, time, sampled, wanted)?;
        }
    }
    Ok(())
}

/// The values of one moment have every measurand; one without a name is the register.
fn complete_at(
    lab: &Lab<'_>,
    label: &str,
    time: &dyn std::fmt::Display,
    sampled: &[&Value],
    wanted: &[String],
) -> Result<(), Failed> {
    let has = |name: &String| {
        sampled.iter().any(|value| {
            let measurand = value["measurand"].as_str();
            measurand.unwrap_or("Energy.Active.Import.Register") == name
        })
    };
    let Some(missing) = wanted.iter().find(|name| !has(name)) else {
        return Ok(());
    };
    let got = format!("{missing} was missing at {time}");
    lab.fail(format!("{label}.measurands"), wanted.join(", "), got)
}

/// The contexts of the first values of each meter value of a message.
fn first_contexts(message: &Message) -> impl Iterator<Item = &str> {
    let all = message.payload["meterValue"].as_array().into_iter();
    all.flatten().map(|value| {
        let context = value["sampledValue"][0]["context"].as_str();
        context.unwrap_or("Sample.Periodic")
    })
}

/// Fails the check `LABEL.context` unless the first value of the first meter value has this context.
fn begins_in(lab: &Lab<'_>, label: &str, message: &Message, context: &str) -> Result<(), Failed> {
    if first_contexts(message).next() == Some(context) {
        return Ok(());
    }
    let expected = format!("the context {context} of the first value");
    let got = format!("it was {}", message.payload);
    lab.fail(format!("{label}.context"), expected, got)
}

/// Fails the check `LABEL.interval` unless there are so many moments.
fn enough(lab: &Lab<'_>, label: &str, came: usize, moments: usize) -> Result<(), Failed> {
    if came >= moments {
        return Ok(());
    }
    let expected = format!("meter values of {moments} moments");
    lab.fail(
        format!("{label}.interval"),
        expected,
        format!("{came} came"),
    )
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

/// The moments of meter values, each once, in order.
fn moments(times: &[&str]) -> Vec<DateTime> {
    let mut times: Vec<DateTime> = times.iter().filter_map(|time| time.parse().ok()).collect();
    times.sort();
    times.dedup();
    times
}

/// Fails the check `LABEL.interval` unless the moments lie so many seconds apart.
fn regular(lab: &Lab<'_>, label: &str, moments: &[DateTime], interval: u32) -> Result<(), Failed> {
    for pair in moments.windows(2) {
        #[allow(clippy::cast_precision_loss)] // A few seconds.
        let apart = pair[1].millis_since(pair[0]) as f64 / 1000.0;
        lab.check_seconds(&format!("{label}.interval"), apart, f64::from(interval))?;
    }
    Ok(())
}
