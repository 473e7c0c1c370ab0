//! What an engineer writes who needs just these four messages: derived serde, String, f64, chrono. No bound is checked.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

macro_rules! object {
    ($name:ident { $($field:ident : $ty:ty),* $(,)? } optional { $($optional:ident : $oty:ty),* $(,)? }) => {
        #[derive(Debug, Clone, Deserialize, Serialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name {
            $(pub $field: $ty,)*
            $(#[serde(default, skip_serializing_if = "Option::is_none")] pub $optional: Option<$oty>,)*
        }
    };
}

macro_rules! enumeration {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
        pub enum $name { $(#[serde(rename = $text)] $variant),* }
    };
}

pub mod v1_6 {
    use super::*;

    object!(BootNotification { charge_point_vendor: String, charge_point_model: String } optional {
        charge_point_serial_number: String, charge_box_serial_number: String, firmware_version: String, iccid: String,
        imsi: String, meter_type: String, meter_serial_number: String,
    });
    object!(MeterValues { connector_id: i32, meter_value: Vec<MeterValue> } optional { transaction_id: i32 });
    object!(MeterValue { timestamp: DateTime<Utc>, sampled_value: Vec<SampledValue> } optional {});
    object!(SampledValue { value: String } optional {
        context: Context, format: Format, measurand: Measurand, phase: Phase, location: Location, unit: Unit,
    });
    enumeration!(Context { InterruptionBegin = "Interruption.Begin", InterruptionEnd = "Interruption.End",
        SampleClock = "Sample.Clock", SamplePeriodic = "Sample.Periodic", TransactionBegin = "Transaction.Begin",
        TransactionEnd = "Transaction.End", Trigger = "Trigger", Other = "Other" });
    enumeration!(Format { Raw = "Raw", SignedData = "SignedData" });
    enumeration!(Measurand { A = "Energy.Active.Export.Register", B = "Energy.Active.Import.Register",
        C = "Energy.Reactive.Export.Register", D = "Energy.Reactive.Import.Register",
        E = "Energy.Active.Export.Interval", F = "Energy.Active.Import.Interval",
        G = "Energy.Reactive.Export.Interval", H = "Energy.Reactive.Import.Interval", I = "Power.Active.Export",
        J = "Power.Active.Import", K = "Power.Offered", L = "Power.Reactive.Export", M = "Power.Reactive.Import",
        N = "Power.Factor", O = "Current.Import", P = "Current.Export", Q = "Current.Offered", R = "Voltage",
        S = "Frequency", T = "Temperature", U = "SoC", V = "RPM" });
    enumeration!(Phase { L1 = "L1", L2 = "L2", L3 = "L3", N = "N", L1N = "L1-N", L2N = "L2-N", L3N = "L3-N",
        L1L2 = "L1-L2", L2L3 = "L2-L3", L3L1 = "L3-L1" });
    enumeration!(Location { Cable = "Cable", Ev = "EV", Inlet = "Inlet", Outlet = "Outlet", Body = "Body" });
    enumeration!(Unit { Wh = "Wh", KWh = "kWh", Varh = "varh", Kvarh = "kvarh", W = "W", KW = "kW", Va = "VA",
        KVa = "kVA", Var = "var", Kvar = "kvar", A = "A", V = "V", K = "K", Celcius = "Celcius",
        Celsius = "Celsius", Fahrenheit = "Fahrenheit", Percent = "Percent" });
}

pub mod v2_0_1 {
    use super::*;

    object!(TransactionEvent { event_type: EventType, timestamp: DateTime<Utc>, trigger_reason: TriggerReason,
        seq_no: i32, transaction_info: Transaction } optional { offline: bool, number_of_phases_used: i32,
        cable_max_current: i32, reservation_id: i32, evse: Evse, id_token: IdToken, meter_value: Vec<MeterValue> });
    object!(Transaction { transaction_id: String } optional { charging_state: ChargingState,
        time_spent_charging: i32, stopped_reason: String, remote_start_id: i32 });
    object!(Evse { id: i32 } optional { connector_id: i32 });
    object!(IdToken { id_token: String, r#type: IdTokenType } optional {});
    object!(MeterValue { timestamp: DateTime<Utc>, sampled_value: Vec<SampledValue> } optional {});
    object!(SampledValue { value: f64 } optional { context: super::v1_6::Context, measurand: Measurand,
        phase: super::v1_6::Phase, location: super::v1_6::Location, unit_of_measure: UnitOfMeasure });
    object!(UnitOfMeasure {} optional { unit: String, multiplier: i32 });
    enumeration!(EventType { Ended = "Ended", Started = "Started", Updated = "Updated" });
    enumeration!(ChargingState { Charging = "Charging", EvConnected = "EVConnected", SuspendedEv = "SuspendedEV",
        SuspendedEvse = "SuspendedEVSE", Idle = "Idle" });
    enumeration!(IdTokenType { Central = "Central", Emaid = "eMAID", Iso14443 = "ISO14443", Iso15693 = "ISO15693",
        KeyCode = "KeyCode", Local = "Local", Mac = "MacAddress", No = "NoAuthorization" });
    enumeration!(TriggerReason { A = "Authorized", B = "CablePluggedIn", C = "ChargingRateChanged",
        D = "ChargingStateChanged", E = "Deauthorized", F = "EnergyLimitReached", G = "EVCommunicationLost",
        H = "EVConnectTimeout", I = "MeterValueClock", J = "MeterValuePeriodic", K = "TimeLimitReached",
        L = "Trigger", M = "UnlockCommand", N = "StopAuthorized", O = "EVDeparted", P = "EVDetected",
        Q = "RemoteStop", R = "RemoteStart", S = "AbnormalCondition", T = "SignedDataReceived", U = "ResetCommand" });
    enumeration!(Measurand { A = "Current.Export", B = "Current.Import", C = "Current.Offered",
        D = "Energy.Active.Export.Register", E = "Energy.Active.Import.Register",
        F = "Energy.Reactive.Export.Register", G = "Energy.Reactive.Import.Register",
        H = "Energy.Active.Export.Interval", I = "Energy.Active.Import.Interval", J = "Energy.Active.Net",
        K = "Energy.Reactive.Export.Interval", L = "Energy.Reactive.Import.Interval", M = "Energy.Reactive.Net",
        N = "Energy.Apparent.Net", O = "Energy.Apparent.Import", P = "Energy.Apparent.Export", Q = "Frequency",
        R = "Power.Active.Export", S = "Power.Active.Import", T = "Power.Factor", U = "Power.Offered",
        V = "Power.Reactive.Export", W = "Power.Reactive.Import", X = "SoC", Y = "Voltage" });

    object!(SetChargingProfile { evse_id: i32, charging_profile: ChargingProfile } optional {});
    object!(ChargingProfile { id: i32, stack_level: i32, charging_profile_purpose: Purpose,
        charging_profile_kind: Kind, charging_schedule: Vec<ChargingSchedule> } optional { recurrency_kind: Recurrency,
        valid_from: DateTime<Utc>, valid_to: DateTime<Utc>, transaction_id: String });
    object!(ChargingSchedule { id: i32, charging_rate_unit: Unit, charging_schedule_period: Vec<Period> } optional {
        start_schedule: DateTime<Utc>, duration: i32, min_charging_rate: f64 });
    object!(Period { start_period: i32, limit: f64 } optional { number_phases: i32, phase_to_use: i32 });
    enumeration!(Purpose { A = "ChargingStationExternalConstraints", B = "ChargingStationMaxProfile",
        C = "TxDefaultProfile", D = "TxProfile" });
    enumeration!(Kind { Absolute = "Absolute", Recurring = "Recurring", Relative = "Relative" });
    enumeration!(Recurrency { Daily = "Daily", Weekly = "Weekly" });
    enumeration!(Unit { W = "W", A = "A" });
}
