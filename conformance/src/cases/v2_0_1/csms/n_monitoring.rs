//! N02 to N06: monitors.

use ocpp_core::csms::remote::{Command, MonitoringBase, Operation, VariableName};
use serde_json::{Value, json};

use super::{CASE, accepted, evse, operation};
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::step::{
    Rule, Step, absent, call, expect_answering, expect_telling, is, known, number, operate, suits,
    told,
};

const GET: &str = "GetMonitoringReport";
const SET: &str = "SetVariableMonitoring";
const THRESHOLD: &str = "ThresholdMonitoring";
const DELTA: &str = "DeltaMonitoring";
const STATE: &str = "AvailabilityState";
pub(super) const POWER: &str = "Power";

fn of_station(variable: &str) -> VariableName {
    VariableName::new("ChargingStation", variable)
}

fn of_evse(lab: &Lab<'_>, variable: &str) -> VariableName {
    VariableName {
        evse: Some(evse(lab)),
        ..VariableName::new("EVSE", variable)
    }
}

fn find(kind: Option<&str>, variables: Vec<VariableName>) -> Command {
    operation(Operation::FindMonitors {
        kinds: kind.map(ToOwned::to_owned).into_iter().collect(),
        variables,
    })
}

fn empty(_: &Lab<'_>) -> Value {
    json!({"status": "EmptyResultSet"})
}

/// A monitor as a report tells it.
fn monitor(component: &Value, variable: &str, kind: &str) -> Value {
    json!({
        "component": component, "variable": {"name": variable},
        "variableMonitoring": [
            {"id": 1, "transaction": false, "value": 1, "type": kind, "severity": 8},
        ],
    })
}

fn station() -> Value {
    json!({"name": "ChargingStation"})
}

pub(super) fn at_evse(lab: &Lab<'_>) -> Value {
    json!({"name": "EVSE", "evse": {"id": lab.here()}})
}

fn report(lab: &Lab<'_>, monitors: &Value) -> Value {
    json!({
        "requestId": lab.requested(GET, "/requestId"), "seqNo": 0, "generatedAt": lab.utc_in(0),
        "monitor": monitors,
    })
}

/// NotifyMonitoringReport with these monitors.
macro_rules! reported {
    ($monitors:expr) => {
        Step::Reusable(
            "the station reports its monitors",
            &[
                call(
                    "report",
                    "NotifyMonitoringReport",
                    |lab| {
                        let monitors: fn(&Lab<'_>) -> Value = $monitors;
                        report(lab, &monitors(lab))
                    },
                    &[],
                ),
                told(
                    "told",
                    &[known("/report/0/monitor", "these monitors", $monitors)],
                ),
            ],
        )
    };
}

const ANY_KIND: Rule = absent("/monitoringCriteria");
const ANY_VARIABLE: Rule = absent("/componentVariable");
const OF_DELTA: Rule = is("/monitoringCriteria/0", DELTA);
const OF_THRESHOLD: Rule = is("/monitoringCriteria/0", THRESHOLD);
const NO_INSTANCE: Rule = absent("/componentVariable/0/component/instance");
const NO_VARIABLE_INSTANCE: Rule = absent("/componentVariable/0/variable/instance");
const FIRST_STATION: Rule = is("/componentVariable/0/component/name", "ChargingStation");
const FIRST_EVSE: Rule = is("/componentVariable/0/component/name", "EVSE");
const FIRST_HERE: Rule = known(
    "/componentVariable/0/component/evse/id",
    "the EVSE under test",
    |lab| lab.here(),
);
const FIRST_STATE: Rule = is("/componentVariable/0/variable/name", STATE);
const FIRST_POWER: Rule = is("/componentVariable/0/variable/name", POWER);
const SECOND_EVSE: Rule = is("/componentVariable/1/component/name", "EVSE");
const SECOND_HERE: Rule = known(
    "/componentVariable/1/component/evse/id",
    "the EVSE under test",
    |lab| lab.here(),
);
const SECOND_STATE: Rule = is("/componentVariable/1/variable/name", STATE);
const SECOND_POWER: Rule = is("/componentVariable/1/variable/name", POWER);

/// A SetMonitoringData for a change of the availability.
fn delta(component: &Value) -> Value {
    json!({
        "value": 1, "type": "Delta", "severity": 8, "component": component,
        "variable": {"name": STATE},
    })
}

/// The monitor of the EVSE, taken.
fn one_set(lab: &Lab<'_>) -> Value {
    json!({"setMonitoringResult": [{
        "id": 1, "status": "Accepted", "type": "Delta", "severity": 8, "component": at_evse(lab),
        "variable": {"name": STATE},
    }]})
}

/// The monitors of EVSE and station, taken.
fn two_set(lab: &Lab<'_>) -> Value {
    let mut results = one_set(lab);
    let mut second = results["setMonitoringResult"][0].clone();
    second["id"] = json!(2);
    second["component"] = station();
    results["setMonitoringResult"] = json!([results["setMonitoringResult"][0], second]);
    results
}

const OF_EVSE_SET: [Rule; 6] = [
    number("/setMonitoringData/0/value", 1),
    is("/setMonitoringData/0/type", "Delta"),
    number("/setMonitoringData/0/severity", 8),
    is("/setMonitoringData/0/component/name", "EVSE"),
    known(
        "/setMonitoringData/0/component/evse/id",
        "the EVSE under test",
        |lab| lab.here(),
    ),
    is("/setMonitoringData/0/variable/name", STATE),
];

/// The operator sets a monitoring base, and the station takes it.
macro_rules! base {
    ($label:literal, $base:ident, $words:literal) => {
        Step::Reusable(
            $words,
            &[
                operate($words, |_| {
                    operation(Operation::SetMonitoringBase(MonitoringBase::$base))
                }),
                expect_telling(
                    $label,
                    "SetMonitoringBase",
                    &[is("/monitoringBase", stringify!($base))],
                    accepted,
                    &[is("/status", "Accepted")],
                ),
            ],
        )
    };
}

/// The severity of N_16 and N_17.
const SEVERITY: i64 = 4;
const LEVEL: Step = operate("tell events from severity 4 on", |_| {
    operation(Operation::SetMonitoringLevel(SEVERITY))
});

/// How many monitors the station of the lab lets be cleared at once.
const AT_ONCE: usize = 4;
/// One more.
const MANY: [i64; AT_ONCE + 1] = [1, 2, 3, 4, 5];

/// What became of the monitors of the last request.
fn cleared(ids: &[i64], status: &str) -> Value {
    let results = ids.iter().map(|id| json!({"id": id, "status": status}));
    let results: Vec<Value> = results.collect();
    json!({ "clearMonitoringResult": results })
}

fn fits(ids: &Value) -> bool {
    let count = ids.as_array().map_or(0, Vec::len);
    (1..=AT_ONCE).contains(&count)
}

const FITS: Rule = suits(
    "/id",
    "no more numbers than the station takes at once",
    fits,
);

pub(super) const BLOCK: Case = Case {
    profile: Profile::AdvancedDeviceManagement,
    ..CASE
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_N_01_CSMS",
        name: "Get Monitoring Report - with monitoringCriteria",
        about: "Monitors of a kind, without variables (erratum 6.3.20).",
        requirements: &["N02.FR.05", "N02.FR.10"],
        steps: &[
            operate("list all DeltaMonitoring", |_| {
                find(Some(DELTA), Vec::new())
            }),
            expect_telling(
                "delta",
                GET,
                &[OF_DELTA, ANY_VARIABLE],
                empty,
                &[is("/status", "EmptyResultSet")],
            ),
            operate("list all ThresholdMonitoring", |_| {
                find(Some(THRESHOLD), Vec::new())
            }),
            expect_answering("threshold", GET, &[OF_THRESHOLD, ANY_VARIABLE], accepted),
            reported!(|_| json!([monitor(&station(), POWER, "UpperThreshold")])),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_N_02_CSMS",
        name: "Get Monitoring Report - with component/variable",
        about: "Monitors of a variable, whatever their kind, without instances (errata 6.3.20 and 6.3.21). componentVariable[1] of step 3 is \
                a slip for [0].",
        requirements: &["N02.FR.05", "N02.FR.10"],
        steps: &[
            operate("list the monitors of ChargingStation.Power", |_| {
                find(None, vec![of_station(POWER)])
            }),
            expect_telling(
                "power",
                GET,
                &[
                    FIRST_STATION,
                    NO_INSTANCE,
                    FIRST_POWER,
                    NO_VARIABLE_INSTANCE,
                    ANY_KIND,
                ],
                empty,
                &[is("/status", "EmptyResultSet")],
            ),
            operate("list the monitors of EVSE.AvailabilityState", |lab| {
                find(None, vec![of_evse(lab, STATE)])
            }),
            expect_answering(
                "state",
                GET,
                &[
                    FIRST_EVSE,
                    NO_INSTANCE,
                    FIRST_HERE,
                    FIRST_STATE,
                    NO_VARIABLE_INSTANCE,
                    ANY_KIND,
                ],
                accepted,
            ),
            reported!(|lab| json!([monitor(&at_evse(lab), STATE, "Delta")])),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_N_03_CSMS",
        name: "Get Monitoring Report - with component criteria and component/variable",
        about: "Monitors of a kind at a variable.",
        requirements: &["N02.FR.05", "N02.FR.10"],
        steps: &[
            operate(
                "list the DeltaMonitoring of EVSE.AvailabilityState",
                |lab| find(Some(DELTA), vec![of_evse(lab, STATE)]),
            ),
            expect_telling(
                "delta",
                GET,
                &[OF_DELTA, FIRST_EVSE, FIRST_HERE, FIRST_STATE],
                empty,
                &[is("/status", "EmptyResultSet")],
            ),
            operate(
                "list the ThresholdMonitoring of ChargingStation.Power",
                |_| find(Some(THRESHOLD), vec![of_station(POWER)]),
            ),
            expect_answering(
                "threshold",
                GET,
                &[OF_THRESHOLD, FIRST_STATION, FIRST_POWER],
                accepted,
            ),
            reported!(|_| json!([monitor(&station(), POWER, "UpperThreshold")])),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_N_05_CSMS",
        name: "Set Monitoring Base - success",
        about: "Each of the three bases. The validation of step 6 is that of step 5.",
        requirements: &["N03.FR.03", "N03.FR.04", "N03.FR.05"],
        steps: &[
            base!("all", All, "set the monitoring base All"),
            base!(
                "factory",
                FactoryDefault,
                "set the monitoring base FactoryDefault"
            ),
            base!(
                "hard-wired",
                HardWiredOnly,
                "set the monitoring base HardWiredOnly"
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_N_08_CSMS",
        name: "Set Variable Monitoring - One SetMonitoringData element",
        about: "A monitor is set.",
        requirements: &["N04.FR.01", "N04.FR.02", "N04.FR.17"],
        steps: &[
            operate("monitor each change of EVSE.AvailabilityState", |lab| {
                operation(Operation::SetMonitors(vec![delta(&at_evse(lab))]))
            }),
            expect_telling(
                "set",
                SET,
                &OF_EVSE_SET,
                one_set,
                &[
                    is("/status", "Accepted"),
                    number("/response/setMonitoringResult/0/id", 1),
                ],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_N_09_CSMS",
        name: "Set Variable Monitoring - Multiple elements on different component and variable",
        about: "Two monitors with one request, which the limit of the station lets.",
        requirements: &["N04.FR.01", "N04.FR.02", "N04.FR.17"],
        profile: Profile::None,
        steps: &[
            operate(
                "monitor each change of EVSE.AvailabilityState and ChargingStation.AvailabilityState",
                |lab| {
                    let monitors = vec![delta(&at_evse(lab)), delta(&station())];
                    operation(Operation::SetMonitors(monitors))
                },
            ),
            expect_telling(
                "set",
                SET,
                &[
                    OF_EVSE_SET[0],
                    OF_EVSE_SET[1],
                    OF_EVSE_SET[2],
                    OF_EVSE_SET[3],
                    OF_EVSE_SET[4],
                    OF_EVSE_SET[5],
                    number("/setMonitoringData/1/value", 1),
                    is("/setMonitoringData/1/type", "Delta"),
                    number("/setMonitoringData/1/severity", 8),
                    is("/setMonitoringData/1/component/name", "ChargingStation"),
                    is("/setMonitoringData/1/variable/name", STATE),
                ],
                two_set,
                &[
                    is("/response/setMonitoringResult/1/status", "Accepted"),
                    number("/response/setMonitoringResult/1/id", 2),
                ],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_N_16_CSMS",
        name: "Set Monitoring Level - Success",
        about: "Only severe events are told.",
        requirements: &["N05.FR.01"],
        steps: &[
            LEVEL,
            expect_telling(
                "level",
                "SetMonitoringLevel",
                &[number("/severity", SEVERITY)],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_N_17_CSMS",
        name: "Set Monitoring Level - Out of range",
        about: "The station rejects it, as it would a level out of range.",
        requirements: &["N05.FR.02"],
        steps: &[
            LEVEL,
            expect_telling(
                "level",
                "SetMonitoringLevel",
                &[number("/severity", SEVERITY)],
                |_| json!({"status": "Rejected"}),
                &[is("/status", "Rejected")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_N_18_CSMS",
        name: "Clear Monitoring - Too many elements",
        about: "One monitor more is cleared than a request may name; the CSMS asks for the limit by itself, which the lab answers when it \
                comes.",
        requirements: &["N06.FR.04"],
        steps: &[
            operate("clear five monitors", |_| {
                operation(Operation::ClearMonitors(MANY.to_vec()))
            }),
            expect_answering("clear", "ClearVariableMonitoring", &[FITS], |_| {
                cleared(&MANY[..AT_ONCE], "Accepted")
            }),
            expect_telling(
                "clear",
                "ClearVariableMonitoring",
                &[FITS],
                |_| cleared(&MANY[AT_ONCE..], "Accepted"),
                &[
                    is("/response/clearMonitoringResult/4/status", "Accepted"),
                    number("/response/clearMonitoringResult/4/id", 5),
                ],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_N_44_CSMS",
        name: "Clear Monitoring - Rejected",
        about: "The station keeps a monitor.",
        requirements: &["N06.FR.03"],
        steps: &[
            operate("clear the first monitor", |_| {
                operation(Operation::ClearMonitors(vec![1]))
            }),
            expect_telling(
                "clear",
                "ClearVariableMonitoring",
                &[number("/id/0", 1)],
                |_| cleared(&[1], "Rejected"),
                &[is("/status", "Rejected")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_N_47_CSMS",
        name: "Get Monitoring report - Report all",
        about: "All monitors, in a report of two parts.",
        requirements: &["N02.FR.01"],
        steps: &[
            operate("list all monitors", |_| operation(Operation::ListMonitors)),
            expect_answering("get", GET, &[ANY_KIND, ANY_VARIABLE], accepted),
            call(
                "first",
                "NotifyMonitoringReport",
                |lab| {
                    let mut part = report(lab, &json!([monitor(&at_evse(lab), STATE, "Delta")]));
                    part["tbc"] = json!(true);
                    part
                },
                &[],
            ),
            call(
                "last",
                "NotifyMonitoringReport",
                |lab| {
                    let mut part =
                        report(lab, &json!([monitor(&station(), POWER, "UpperThreshold")]));
                    part["seqNo"] = json!(1);
                    part
                },
                &[],
            ),
            told(
                "told",
                &[
                    is("/report/0/monitor/0/variable/name", STATE),
                    is("/report/1/monitor/0/variable/name", POWER),
                ],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_N_60_CSMS",
        name: "Get Monitoring Report - with component criteria and list of components/variables",
        about: "Monitors of a kind at two variables. The validations of the two steps are swapped and partly name another variable than the \
                manual actions, which are followed.",
        requirements: &["N02.FR.05", "N02.FR.10"],
        steps: &[
            operate(
                "list the ThresholdMonitoring of Power of station and EVSE",
                |lab| {
                    find(
                        Some(THRESHOLD),
                        vec![of_station(POWER), of_evse(lab, POWER)],
                    )
                },
            ),
            expect_telling(
                "threshold",
                GET,
                &[
                    OF_THRESHOLD,
                    FIRST_STATION,
                    FIRST_POWER,
                    SECOND_EVSE,
                    SECOND_HERE,
                    SECOND_POWER,
                ],
                empty,
                &[is("/status", "EmptyResultSet")],
            ),
            operate(
                "list the DeltaMonitoring of AvailabilityState of station and EVSE",
                |lab| find(Some(DELTA), vec![of_station(STATE), of_evse(lab, STATE)]),
            ),
            expect_answering(
                "delta",
                GET,
                &[
                    OF_DELTA,
                    FIRST_STATION,
                    FIRST_STATE,
                    SECOND_EVSE,
                    SECOND_HERE,
                    SECOND_STATE,
                ],
                accepted,
            ),
            reported!(|lab| json!([
                monitor(&station(), STATE, "Delta"),
                monitor(&at_evse(lab), STATE, "Delta"),
            ])),
        ],
        ..BLOCK
    },
];
