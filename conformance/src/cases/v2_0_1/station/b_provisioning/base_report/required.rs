//! The variables that have to be in a report.

use serde_json::Value;

use crate::lab::Lab;
use crate::product::Product;
use crate::unmet::Failed;

/// A variable that has to be there; `[N]` after a component stands for each EVSE.
struct Required {
    component: &'static str,
    variable: &'static str,
    instance: Option<&'static str>,
    /// Whether the specification leaves no choice but that it can be written.
    writable: bool,
    of: fn(&Product) -> bool,
}

const fn required(component: &'static str, variable: &'static str, writable: bool) -> Required {
    Required {
        component,
        variable,
        instance: None,
        writable,
        of: |_| true,
    }
}

const fn instance(mut required: Required, instance: &'static str) -> Required {
    required.instance = Some(instance);
    required
}

const fn with_list(mut required: Required) -> Required {
    required.of = |product| product.features.local_list;
    required
}

const fn with_profiles(mut required: Required) -> Required {
    required.of = |product| product.features.smart_charging;
    required
}

/// The required variables of part 2, chapter Referenced Components and Variables, for what the products have.
const REQUIRED: &[Required] = &[
    required("ChargingStation", "Available", false),
    required("ChargingStation", "AvailabilityState", false),
    required("ChargingStation", "SupplyPhases", false),
    required("EVSE", "Available", false),
    required("EVSE", "AvailabilityState", false),
    required("EVSE", "Power", false),
    required("EVSE", "SupplyPhases", false),
    required("Connector", "Available", false),
    required("Connector", "ConnectorType", false),
    required("Connector", "SupplyPhases", false),
    instance(
        required("OCPPCommCtrlr", "MessageTimeout", false),
        "Default",
    ),
    required("OCPPCommCtrlr", "FileTransferProtocols", false),
    required("OCPPCommCtrlr", "NetworkConfigurationPriority", true),
    required("OCPPCommCtrlr", "NetworkProfileConnectionAttempts", true),
    required("OCPPCommCtrlr", "OfflineThreshold", true),
    instance(
        required("OCPPCommCtrlr", "MessageAttempts", true),
        "TransactionEvent",
    ),
    instance(
        required("OCPPCommCtrlr", "MessageAttemptInterval", true),
        "TransactionEvent",
    ),
    required("OCPPCommCtrlr", "UnlockOnEVSideDisconnect", false),
    required("OCPPCommCtrlr", "ResetRetries", true),
    required("OCPPCommCtrlr", "RetryBackOffRepeatTimes", true),
    required("OCPPCommCtrlr", "RetryBackOffRandomRange", true),
    required("OCPPCommCtrlr", "RetryBackOffWaitMinimum", true),
    instance(
        required("DeviceDataCtrlr", "ItemsPerMessage", false),
        "GetReport",
    ),
    instance(
        required("DeviceDataCtrlr", "ItemsPerMessage", false),
        "GetVariables",
    ),
    instance(
        required("DeviceDataCtrlr", "ItemsPerMessage", false),
        "SetVariables",
    ),
    instance(
        required("DeviceDataCtrlr", "BytesPerMessage", false),
        "GetReport",
    ),
    instance(
        required("DeviceDataCtrlr", "BytesPerMessage", false),
        "GetVariables",
    ),
    instance(
        required("DeviceDataCtrlr", "BytesPerMessage", false),
        "SetVariables",
    ),
    required("ClockCtrlr", "DateTime", false),
    required("ClockCtrlr", "TimeSource", true),
    required("SecurityCtrlr", "OrganizationName", true),
    required("SecurityCtrlr", "CertificateEntries", false),
    required("SecurityCtrlr", "SecurityProfile", false),
    required("AuthCtrlr", "AuthorizeRemoteStart", false),
    required("AuthCtrlr", "LocalAuthorizeOffline", true),
    required("AuthCtrlr", "LocalPreAuthorize", true),
    required("TxCtrlr", "EVConnectionTimeOut", true),
    required("TxCtrlr", "StopTxOnEVSideDisconnect", false),
    required("TxCtrlr", "TxStartPoint", false),
    required("TxCtrlr", "TxStopPoint", false),
    required("TxCtrlr", "StopTxOnInvalidId", true),
    required("SampledDataCtrlr", "TxStartedMeasurands", true),
    required("SampledDataCtrlr", "TxUpdatedMeasurands", true),
    required("SampledDataCtrlr", "TxUpdatedInterval", true),
    required("SampledDataCtrlr", "TxEndedMeasurands", true),
    required("SampledDataCtrlr", "TxEndedInterval", true),
    required("AlignedDataCtrlr", "Measurands", true),
    required("AlignedDataCtrlr", "Interval", true),
    required("AlignedDataCtrlr", "TxEndedMeasurands", true),
    required("AlignedDataCtrlr", "TxEndedInterval", true),
    with_list(required("LocalAuthListCtrlr", "Entries", false)),
    with_list(required("LocalAuthListCtrlr", "ItemsPerMessage", false)),
    with_list(required("LocalAuthListCtrlr", "BytesPerMessage", false)),
    with_profiles(required("SmartChargingCtrlr", "ProfileStackLevel", false)),
    with_profiles(required("SmartChargingCtrlr", "RateUnit", false)),
    with_profiles(required("SmartChargingCtrlr", "PeriodsPerSchedule", false)),
    with_profiles(instance(
        required("SmartChargingCtrlr", "Entries", false),
        "ChargingProfiles",
    )),
    with_profiles(required(
        "SmartChargingCtrlr",
        "LimitChangeSignificance",
        true,
    )),
];

/// Whether all variables are there that have to be; of EVSEs and connectors for each.
pub(super) fn complete(lab: &Lab<'_>, all: &[Value], writable_only: bool) -> Result<(), Failed> {
    let mut wanted = REQUIRED
        .iter()
        .filter(|one| (one.of)(lab.product) && (one.writable || !writable_only));
    let evses = lab.parameters.connectors;
    let missing = wanted.find_map(|one| lacks(all, one, evses).map(|at| (one, at)));
    let Some((one, at)) = missing else {
        return Ok(());
    };
    let instance = one.instance.unwrap_or_default();
    let expected = format!("{}.{}[{instance}]{at}", one.component, one.variable);
    lab.fail("report.required", expected, "it did not come")
}

/// Where a required variable is missing, in words.
fn lacks(all: &[Value], one: &Required, evses: u32) -> Option<String> {
    let is = |item: &&Value| {
        item["component"]["name"] == one.component
            && item["variable"]["name"] == one.variable
            && one
                .instance
                .is_none_or(|name| item["variable"]["instance"] == name)
    };
    let told: Vec<Option<u64>> = all
        .iter()
        .filter(is)
        .map(|item| item["component"]["evse"]["id"].as_u64())
        .collect();
    match one.component {
        "EVSE" | "Connector" => (1..=evses)
            .find(|evse| !told.contains(&Some((*evse).into())))
            .map(|evse| format!(" of EVSE {evse}")),
        _ if told.is_empty() => Some(String::new()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(component: &str, evse: u32) -> Value {
        json!({"component": {"name": component, "evse": {"id": evse}},
            "variable": {"name": "Available"}})
    }

    #[test]
    fn what_is_told_of_one_evse_is_not_told_of_another() {
        let available = required("EVSE", "Available", false);
        let both = [told("EVSE", 1), told("EVSE", 2)];
        let twice = [told("EVSE", 2), told("EVSE", 2)];
        assert_eq!(lacks(&both, &available, 2), None);
        assert_eq!(lacks(&both, &available, 3).unwrap(), " of EVSE 3");
        assert_eq!(lacks(&twice, &available, 2).unwrap(), " of EVSE 1");
        let other = [told("Connector", 1)];
        assert_eq!(lacks(&other, &available, 1).unwrap(), " of EVSE 1");
    }
}
