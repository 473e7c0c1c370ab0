//! The requests of 2.0.1 and 2.1, which are the same as far as operations use them.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::{Value, json};

use super::{
    Circumstances, Plan, evse, known, local_list, log, not_admitted, numbered, of_start,
    of_transaction, one, running, token, unit, variable, without_null,
};
use crate::csms::remote::operation::{
    Customer, Inventory, ListEntry, MonitoringBase, Operation, ProfileCriteria,
};
use crate::csms::remote::variable::VariableName;
use crate::csms::remote::vocabulary::CommandError;

pub(super) fn plan(
    operation: &Operation,
    id: i64,
    at: &Circumstances<'_>,
) -> Result<Plan, CommandError> {
    let transaction = |reference: &u64| Ok::<_, CommandError>(json!(running(at, *reference)?));
    let split = |action: &'static str, member: &str, items: Vec<Value>| {
        let items = items.into_iter().map(without_null).collect();
        let parts = at.split(action, items).into_iter();
        let calls = parts.map(|part| (action, json!({ member: part })));
        Plan {
            calls: calls.collect(),
            ..Plan::default()
        }
    };
    Ok(match operation {
        Operation::Start {
            id_token,
            evse,
            profile,
        } => {
            let profile = profile.as_ref();
            let profile = profile.map(|profile| of_start(profile, "id", id));
            one(
                "RequestStartTransaction",
                json!({"evseId": evse, "remoteStartId": id, "idToken": token(id_token),
                       "chargingProfile": profile.transpose()?}),
            )
            .id(id)
        }
        Operation::Stop(reference) => one(
            "RequestStopTransaction",
            json!({"transactionId": transaction(reference)?}),
        ),
        Operation::Unlock { evse, connector } => one(
            "UnlockConnector",
            json!({"evseId": evse, "connectorId": connector}),
        ),
        Operation::Reset { immediately, evse } => {
            let kind = if *immediately { "Immediate" } else { "OnIdle" };
            one("Reset", json!({"type": kind, "evseId": evse}))
        }
        Operation::ChangeAvailability {
            evse: at,
            connector,
            operative,
        } => {
            let status = if *operative {
                "Operative"
            } else {
                "Inoperative"
            };
            one(
                "ChangeAvailability",
                json!({"operationalStatus": status, "evse": evse(*at, *connector)}),
            )
        }
        Operation::Limit {
            evse,
            limit,
            watts,
            transaction: of,
            duration,
            stack_level,
        } => {
            let purpose = match (of, evse) {
                (Some(_), _) => "TxProfile",
                (None, 0) => "ChargingStationMaxProfile",
                (None, _) => "TxDefaultProfile",
            };
            let of = of.as_ref().map(transaction).transpose()?;
            let profile = json!({
                "id": id, "stackLevel": stack_level, "transactionId": of,
                "chargingProfilePurpose": purpose, "chargingProfileKind": "Absolute",
                "chargingSchedule": [{
                    "id": id, "duration": duration, "startSchedule": at.now.to_string(),
                    "chargingRateUnit": unit(*watts),
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
                }],
            });
            one(
                "SetChargingProfile",
                json!({"evseId": evse, "chargingProfile": profile}),
            )
            .id(id)
        }
        Operation::SetProfile {
            evse,
            profile,
            transaction: of,
        } => {
            let profile = of_transaction(at, profile, *of)?;
            let (profile, id) = numbered(&profile, "id", id);
            let payload = json!({"evseId": evse, "chargingProfile": profile});
            one("SetChargingProfile", payload).id(id)
        }
        Operation::ClearLimit(profile) => one(
            "ClearChargingProfile",
            json!({"chargingProfileId": profile}),
        ),
        Operation::ListProfiles { evse, criteria } => one(
            "GetChargingProfiles",
            json!({"requestId": id, "evseId": evse, "chargingProfile": matching(criteria)}),
        )
        .id(id)
        .report("ReportChargingProfiles"),
        Operation::ClearProfiles {
            evse,
            purpose,
            stack_level,
        } => {
            let criteria = json!({"evseId": evse, "chargingProfilePurpose": purpose,
                                  "stackLevel": stack_level});
            one(
                "ClearChargingProfile",
                json!({"chargingProfileCriteria": cleared(criteria)?}),
            )
        }
        Operation::CompositeSchedule {
            evse,
            duration,
            watts,
        } => one(
            "GetCompositeSchedule",
            json!({"evseId": evse, "duration": duration, "chargingRateUnit": watts.map(unit)}),
        ),
        Operation::UpdateFirmware {
            location,
            retrieve_at,
            install_at,
            signature,
        } => {
            let (certificate, signature) = match signature {
                Some((certificate, signature)) => (Some(certificate), Some(signature)),
                None => (None, None),
            };
            let firmware = json!({
                "location": location, "retrieveDateTime": retrieve_at.to_string(),
                "installDateTime": install_at.map(|at| at.to_string()),
                "signingCertificate": certificate, "signature": signature});
            one(
                "UpdateFirmware",
                json!({"requestId": id, "firmware": firmware}),
            )
            .id(id)
        }
        Operation::PublishFirmware { location, checksum } => one(
            "PublishFirmware",
            json!({"requestId": id, "location": location, "checksum": checksum}),
        )
        .id(id),
        Operation::UnpublishFirmware(checksum) => {
            one("UnpublishFirmware", json!({"checksum": checksum}))
        }
        Operation::GetLog {
            security,
            location,
            from,
            until,
        } => {
            let kind = if *security {
                "SecurityLog"
            } else {
                "DiagnosticsLog"
            };
            one("GetLog", log(kind, id, location, *from, *until)).id(id)
        }
        Operation::InstallCertificate { kind, certificate } => one(
            "InstallCertificate",
            json!({"certificateType": kind, "certificate": certificate}),
        ),
        Operation::ListCertificates(kind) => one(
            "GetInstalledCertificateIds",
            json!({"certificateType": kind.as_ref().map(|kind| [kind])}),
        ),
        Operation::DeleteCertificate(hash) => {
            one("DeleteCertificate", json!({"certificateHashData": hash}))
        }
        Operation::SetVariables(variables) => {
            let data = variables.iter().map(|(name, value)| {
                let mut data = variable(name);
                data["attributeValue"] = json!(value);
                data
            });
            split("SetVariables", "setVariableData", data.collect())
        }
        Operation::GetVariables(names) => {
            let data = names.iter().map(variable).collect();
            split("GetVariables", "getVariableData", data)
        }
        Operation::Inventory(Inventory::Summary) => one(
            "GetBaseReport",
            json!({"requestId": id, "reportBase": "SummaryInventory"}),
        )
        .id(id)
        .report("NotifyReport"),
        Operation::Inventory(Inventory::Configuration) => one(
            "GetBaseReport",
            json!({"requestId": id, "reportBase": "ConfigurationInventory"}),
        )
        .id(id)
        .report("NotifyReport"),
        Operation::Inventory(Inventory::Full) => one(
            "GetBaseReport",
            json!({"requestId": id, "reportBase": "FullInventory"}),
        )
        .id(id)
        .report("NotifyReport"),
        Operation::CustomReport {
            criteria,
            variables,
        } => {
            let some = |list: Vec<Value>| Some(list).filter(|list| !list.is_empty());
            let criteria = criteria.iter().map(|criterion| json!(criterion)).collect();
            let variables = variables.iter().map(component_variable).collect();
            one(
                "GetReport",
                json!({"requestId": id, "componentCriteria": some(criteria),
                       "componentVariable": some(variables)}),
            )
            .id(id)
            .report("NotifyReport")
        }
        Operation::SetNetworkProfile { slot, profile } => one(
            "SetNetworkProfile",
            json!({"configurationSlot": slot, "connectionData": profile}),
        ),
        Operation::SetPassword(password) => {
            let mut data = variable(&VariableName::new("SecurityCtrlr", "BasicAuthPassword"));
            data["attributeValue"] = json!(password);
            one("SetVariables", json!({"setVariableData": [data]}))
        }
        Operation::SetMonitors(monitors) => split(
            "SetVariableMonitoring",
            "setMonitoringData",
            monitors.clone(),
        ),
        Operation::ListMonitors => monitors(id, &[], &[]),
        Operation::FindMonitors { kinds, variables } => monitors(id, kinds, variables),
        Operation::SetMonitoringBase(base) => {
            let base = match base {
                MonitoringBase::All => "All",
                MonitoringBase::FactoryDefault => "FactoryDefault",
                MonitoringBase::HardWiredOnly => "HardWiredOnly",
            };
            one("SetMonitoringBase", json!({"monitoringBase": base}))
        }
        Operation::SetMonitoringLevel(severity) => {
            one("SetMonitoringLevel", json!({"severity": severity}))
        }
        Operation::ClearMonitors(monitors) => {
            let ids = monitors.iter().map(|id| json!(id)).collect();
            split("ClearVariableMonitoring", "id", ids)
        }
        Operation::ShowMessage(message) => {
            let of = message.transaction.as_ref().map(transaction).transpose()?;
            let number = message.id.unwrap_or(id);
            let info = json!({
                "id": number, "priority": message.priority, "state": message.state,
                "startDateTime": message.from.map(|at| at.to_string()),
                "endDateTime": message.until.map(|at| at.to_string()), "transactionId": of,
                "message": {"format": message.format.as_deref().unwrap_or("UTF8"),
                            "language": message.language, "content": message.text}});
            one("SetDisplayMessage", json!({"message": info})).id(number)
        }
        Operation::ListMessages => messages(id, &[], None, None),
        Operation::FindMessages {
            ids,
            priority,
            state,
        } => messages(id, ids, priority.as_deref(), state.as_deref()),
        Operation::ClearMessage(message) => one("ClearDisplayMessage", json!({"id": message})),
        Operation::SendLocalList {
            version,
            full,
            entries,
        } => {
            let entry = |entry: &ListEntry| {
                let info = entry.info.as_ref().map(|info| {
                    let group = info.group.as_ref().map(|group| {
                        let kind = group.kind.as_deref().unwrap_or("Central");
                        json!({"idToken": group.id_token, "type": kind})
                    });
                    json!({"status": info.status, "groupIdToken": group,
                           "cacheExpiryDateTime": info.cache_expiry.map(|at| at.to_string())})
                });
                json!({"idToken": token(&entry.id_token), "idTokenInfo": info})
            };
            let entries: Vec<_> = entries.iter().map(entry).collect();
            local_list(at, *version, *full, &entries, "versionNumber")
        }
        Operation::LocalListVersion => one("GetLocalListVersion", json!({})),
        Operation::Reserve {
            evse,
            id_token,
            expiry,
            group,
            connector_type,
        } => {
            let group = group.as_ref();
            let group = group.map(|group| json!({"idToken": group, "type": "Central"}));
            one(
                "ReserveNow",
                json!({"id": id, "expiryDateTime": expiry.to_string(), "evseId": evse,
                       "idToken": token(id_token), "groupIdToken": group,
                       "connectorType": connector_type}),
            )
            .id(id)
        }
        Operation::CancelReservation(reservation) => {
            one("CancelReservation", json!({"reservationId": reservation}))
        }
        // F06.FR.13: a status is that of a connector.
        Operation::Trigger {
            message,
            evse: Some(at),
            connector: None,
        } if message == "StatusNotification" => one(
            "TriggerMessage",
            json!({"requestedMessage": message, "evse": evse(Some(*at), Some(1))}),
        ),
        Operation::Trigger {
            message,
            evse: at,
            connector,
        } => one(
            "TriggerMessage",
            json!({"requestedMessage": message, "evse": evse(*at, *connector)}),
        ),
        Operation::ClearCache => one("ClearCache", json!({})),
        Operation::SendData {
            vendor,
            message,
            data,
        } => one(
            "DataTransfer",
            json!({"vendorId": vendor, "messageId": message, "data": data}),
        ),
        Operation::TellCost {
            transaction: of,
            cost,
        } => one(
            "CostUpdated",
            json!({"transactionId": transaction(of)?, "totalCost": cost}),
        ),
        Operation::CustomerInformation {
            report,
            clear,
            customer,
        } => {
            let mut payload = json!({"requestId": id, "report": report, "clear": clear});
            match customer {
                Customer::IdToken(of) => payload["idToken"] = token(of),
                Customer::Identifier(of) => payload["customerIdentifier"] = json!(of),
                Customer::Certificate(of) => payload["customerCertificate"] = of.clone(),
            }
            one("CustomerInformation", payload)
                .id(id)
                .report("NotifyCustomerInformation")
        }
        Operation::TransactionStatus(reference) => {
            let of = reference.map(|reference| known(at, reference));
            let of = of.transpose()?;
            one("GetTransactionStatus", json!({"transactionId": of}))
        }
    })
}

/// The profiles that are meant. Something must be asked for (K09.FR.03): every source is as good as nothing.
fn matching(criteria: &ProfileCriteria) -> Value {
    if !criteria.ids.is_empty() {
        return json!({"chargingProfileId": criteria.ids});
    }
    if *criteria == ProfileCriteria::default() {
        return json!({"chargingLimitSource": ["CSO", "EMS", "SO", "Other"]});
    }
    json!({
        "chargingProfilePurpose": criteria.purpose, "stackLevel": criteria.stack_level,
        "chargingLimitSource": criteria.source.as_ref().map(|source| [source]),
    })
}

fn monitors(id: i64, kinds: &[String], variables: &[VariableName]) -> Plan {
    let some = |all: Vec<Value>| (!all.is_empty()).then_some(all);
    let kinds = kinds.iter().map(|kind| json!(kind)).collect();
    let variables = variables.iter().map(|name| {
        let mut named = variable(name);
        named["attributeType"] = Value::Null;
        named
    });
    one(
        "GetMonitoringReport",
        json!({"requestId": id, "monitoringCriteria": some(kinds),
               "componentVariable": some(variables.collect())}),
    )
    .id(id)
    .report("NotifyMonitoringReport")
}

fn messages(id: i64, ids: &[i64], priority: Option<&str>, state: Option<&str>) -> Plan {
    one(
        "GetDisplayMessages",
        json!({"requestId": id, "id": (!ids.is_empty()).then_some(ids), "priority": priority,
               "state": state}),
    )
    .id(id)
    .report("NotifyDisplayMessages")
}

/// What is reported: a variable, or, if that has no name, all of a component.
fn component_variable(name: &VariableName) -> Value {
    let mut named = variable(name);
    if let Some(members) = named.as_object_mut() {
        members.remove("attributeType");
        if name.variable.is_empty() {
            members.remove("variable");
        }
    }
    named
}

/// The criteria of profiles that are taken back.
fn cleared(criteria: Value) -> Result<Value, CommandError> {
    let criteria = without_null(criteria);
    if criteria.as_object().is_some_and(serde_json::Map::is_empty) {
        let reason = "which profiles: a number or one criterion at least";
        return Err(not_admitted("K10.FR.02", "chargingProfileCriteria", reason));
    }
    if criteria["chargingProfilePurpose"] == "ChargingStationExternalConstraints" {
        let reason = "limits of an external system are not the CSMS's to take back";
        return Err(not_admitted("K10.FR.06", "chargingProfilePurpose", reason));
    }
    Ok(criteria)
}
