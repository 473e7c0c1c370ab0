//! The requests of 1.6.

use alloc::collections::VecDeque;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use serde_json::json;

use super::{
    Circumstances, Plan, local_list, log, numbered, of_start, of_transaction, one, running, unit,
};
use crate::csms::TokenStatus;
use crate::csms::remote::operation::{ListEntry, Operation};
use crate::csms::remote::vocabulary::CommandError;

pub(super) fn plan(
    operation: &Operation,
    id: i64,
    at: &Circumstances<'_>,
) -> Result<Plan, CommandError> {
    let transaction = |reference: &u64| Ok::<_, CommandError>(json!(running(at, *reference)?));
    Ok(match operation {
        Operation::Start {
            id_token,
            evse,
            profile,
        } => {
            let profile = profile.as_ref();
            let profile = profile.map(|profile| of_start(profile, "chargingProfileId", id));
            one(
                "RemoteStartTransaction",
                json!({"connectorId": evse, "idTag": id_token.id_token,
                       "chargingProfile": profile.transpose()?}),
            )
            .id(id)
        }
        Operation::Stop(reference) => one(
            "RemoteStopTransaction",
            json!({"transactionId": transaction(reference)?}),
        ),
        Operation::Unlock { evse, .. } => one("UnlockConnector", json!({"connectorId": evse})),
        Operation::Reset {
            immediately,
            evse: None,
        } => {
            let kind = if *immediately { "Hard" } else { "Soft" };
            one("Reset", json!({"type": kind}))
        }
        Operation::ChangeAvailability {
            evse, operative, ..
        } => {
            let kind = if *operative {
                "Operative"
            } else {
                "Inoperative"
            };
            let connector = evse.unwrap_or(0);
            one(
                "ChangeAvailability",
                json!({"connectorId": connector, "type": kind}),
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
                (None, 0) => "ChargePointMaxProfile",
                (None, _) => "TxDefaultProfile",
            };
            let of = of.as_ref().map(transaction).transpose()?;
            let profile = json!({
                "chargingProfileId": id, "transactionId": of, "stackLevel": stack_level,
                "chargingProfilePurpose": purpose, "chargingProfileKind": "Absolute",
                "chargingSchedule": {
                    "duration": duration, "startSchedule": at.now.to_string(),
                    "chargingRateUnit": unit(*watts),
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
                },
            });
            one(
                "SetChargingProfile",
                json!({"connectorId": evse, "csChargingProfiles": profile}),
            )
            .id(id)
        }
        Operation::SetProfile {
            evse,
            profile,
            transaction: of,
        } => {
            let profile = of_transaction(at, profile, *of)?;
            let (profile, id) = numbered(&profile, "chargingProfileId", id);
            let payload = json!({"connectorId": evse, "csChargingProfiles": profile});
            one("SetChargingProfile", payload).id(id)
        }
        Operation::ClearLimit(profile) => one("ClearChargingProfile", json!({"id": profile})),
        Operation::ClearProfiles {
            evse,
            purpose,
            stack_level,
        } => one(
            "ClearChargingProfile",
            json!({"connectorId": evse, "chargingProfilePurpose": purpose, "stackLevel": stack_level}),
        ),
        Operation::CompositeSchedule {
            evse,
            duration,
            watts,
        } => one(
            "GetCompositeSchedule",
            json!({"connectorId": evse, "duration": duration, "chargingRateUnit": watts.map(unit)}),
        ),
        Operation::UpdateFirmware {
            location,
            retrieve_at,
            install_at,
            signature,
        } => match signature {
            None => one(
                "UpdateFirmware",
                json!({"location": location, "retrieveDate": retrieve_at.to_string()}),
            ),
            Some((certificate, signature)) => one(
                "SignedUpdateFirmware",
                json!({"requestId": id, "firmware": {
                    "location": location, "retrieveDateTime": retrieve_at.to_string(),
                    "installDateTime": install_at.map(|at| at.to_string()),
                    "signingCertificate": certificate, "signature": signature}}),
            )
            .id(id),
        },
        Operation::GetLog {
            security: false,
            location,
            from,
            until,
        } => one(
            "GetDiagnostics",
            json!({"location": location, "startTime": from.map(|at| at.to_string()),
                   "stopTime": until.map(|at| at.to_string())}),
        ),
        Operation::GetLog {
            location,
            from,
            until,
            ..
        } => one("GetLog", log("SecurityLog", id, location, *from, *until)).id(id),
        Operation::InstallCertificate { kind, certificate } => one(
            "InstallCertificate",
            json!({"certificateType": kind, "certificate": certificate}),
        ),
        Operation::ListCertificates(kind) => {
            // A request names one kind.
            const ALL: [&str; 2] = [
                "CentralSystemRootCertificate",
                "ManufacturerRootCertificate",
            ];
            let of = |kind: &str| {
                (
                    "GetInstalledCertificateIds",
                    json!({"certificateType": kind}),
                )
            };
            let calls = match kind {
                Some(kind) => VecDeque::from([of(kind)]),
                None => ALL.into_iter().map(of).collect(),
            };
            Plan {
                calls,
                ..Plan::default()
            }
        }
        Operation::DeleteCertificate(hash) => {
            one("DeleteCertificate", json!({"certificateHashData": hash}))
        }
        Operation::SetVariables(variables) => {
            let calls = variables.iter().map(|(name, value)| {
                let payload = json!({"key": name.variable, "value": value});
                ("ChangeConfiguration", payload)
            });
            Plan {
                calls: calls.collect(),
                ..Plan::default()
            }
        }
        Operation::GetVariables(names) => {
            let keys: Vec<&str> = names.iter().map(|name| name.variable.as_str()).collect();
            let size = (at.items)("GetConfiguration");
            let calls = keys
                .chunks(size)
                .map(|keys| ("GetConfiguration", json!({ "key": keys })));
            Plan {
                calls: calls.collect(),
                ..Plan::default()
            }
        }
        Operation::Inventory(_) => one("GetConfiguration", json!({})),
        Operation::SetPassword(password) => one(
            "ChangeConfiguration",
            json!({"key": "AuthorizationKey", "value": password}),
        ),
        Operation::SendLocalList {
            version,
            full,
            entries,
        } => {
            let entry = |entry: &ListEntry| {
                let info = entry.info.as_ref().map(|info| {
                    let status = match info.status {
                        TokenStatus::Accepted => "Accepted",
                        TokenStatus::Blocked | TokenStatus::NoCredit => "Blocked",
                        TokenStatus::Expired => "Expired",
                        _ => "Invalid",
                    };
                    json!({"status": status, "expiryDate": info.cache_expiry.map(|at| at.to_string()),
                           "parentIdTag": info.group.as_ref().map(|group| &group.id_token)})
                });
                json!({"idTag": entry.id_token.id_token, "idTagInfo": info})
            };
            let entries: Vec<_> = entries.iter().map(entry).collect();
            local_list(at, *version, *full, &entries, "listVersion")
        }
        Operation::LocalListVersion => one("GetLocalListVersion", json!({})),
        Operation::Reserve {
            evse,
            id_token,
            expiry,
            group,
            connector_type: None,
        } => one(
            "ReserveNow",
            json!({"connectorId": evse.unwrap_or(0), "expiryDate": expiry.to_string(),
                   "idTag": id_token.id_token, "parentIdTag": group, "reservationId": id}),
        )
        .id(id),
        Operation::CancelReservation(reservation) => {
            one("CancelReservation", json!({"reservationId": reservation}))
        }
        Operation::Trigger { message, evse, .. } => {
            // What only the whitepaper has.
            let action = match message.as_str() {
                "LogStatusNotification" | "SignChargePointCertificate" => "ExtendedTriggerMessage",
                _ => "TriggerMessage",
            };
            one(
                action,
                json!({"requestedMessage": message, "connectorId": evse}),
            )
        }
        Operation::ClearCache => one("ClearCache", json!({})),
        Operation::SendData {
            vendor,
            message,
            data,
        } => one(
            "DataTransfer",
            json!({"vendorId": vendor, "messageId": message, "data": data}),
        ),
        _ => return Err(CommandError::NotInThisVersion),
    })
}
