//! K15 to K17: charging with a schedule that is negotiated with the car.

use serde_json::{Value, json};

use super::k_set::{BLOCK, OF_TRANSACTION, SET, TX_PROFILE, of_transaction, set};
use super::states::{AUTHORIZED, CHARGES, CONNECTED};
use super::{HERE, accepted, evse};
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::step::{
    Rule, Step, call, expect_answering, expect_telling, expect_within, is, one_of, operate,
};

/// How long the schedule may take if the CSMS has to think, in seconds.
const THINKS: u32 = 60;

/// NotifyEVChargingNeeds of a car with three phases.
fn needs(lab: &Lab<'_>) -> Value {
    json!({
        "evseId": lab.here(), "maxScheduleTuples": 12,
        "chargingNeeds": {
            "requestedEnergyTransfer": "AC_three_phase",
            "acChargingParameters": {
                "energyAmount": 20_000, "evMinCurrent": 6, "evMaxCurrent": 32, "evMaxVoltage": 400,
            },
        },
    })
}

/// NotifyEVChargingSchedule of the schedule that the car was offered, with limits that many times as high.
fn schedule(lab: &Lab<'_>, times: i64) -> Value {
    let mut schedule = lab.requested(SET, "/chargingProfile/chargingSchedule/0");
    let begin = schedule["startSchedule"].clone();
    let periods = schedule["chargingSchedulePeriod"].as_array_mut();
    for period in periods.into_iter().flatten() {
        let limit = period["limit"].as_f64().unwrap_or_default();
        #[allow(clippy::cast_precision_loss)] // A small number.
        let limit = limit * times as f64;
        period["limit"] = json!(limit);
    }
    json!({"evseId": lab.here(), "timeBase": begin, "chargingSchedule": schedule})
}

const ANSWERED: &[Rule] = &[one_of("/status", &["Accepted", "Processing"])];
const NEEDS: Step = call("needs", "NotifyEVChargingNeeds", needs, ANSWERED);
const OFFER: &[Rule] = &[HERE, TX_PROFILE, OF_TRANSACTION];
const OFFERED: Step = expect_within("offer", SET, |_| THINKS, OFFER);
const FOLLOWED: Step = call(
    "schedule",
    "NotifyEVChargingSchedule",
    |lab| schedule(lab, 1),
    &[is("/status", "Accepted")],
);

/// *ISO15118SmartCharging*.
const NEGOTIATED: Step = Step::Reusable(
    "ISO15118SmartCharging",
    &[NEEDS, OFFERED, FOLLOWED, CHARGES],
);

/// The operator sets another profile in the place of the one that the CSMS has offered.
const RENEGOTIATE: Step = operate("give the transaction another profile", |lab| {
    let id = lab.requested(SET, "/chargingProfile/id");
    set(
        evse(lab),
        of_transaction(lab, id.as_i64().unwrap_or_default(), 10),
    )
});
const RENEGOTIATED: Step = expect_telling(
    "renegotiate",
    SET,
    OFFER,
    accepted,
    &[is("/status", "Accepted")],
);

const ISO: Case = Case {
    profile: Profile::Iso15118,
    ..BLOCK
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_53_CSMS",
        name: "Charging with load leveling based on High Level Communication - Success",
        about: "A car is offered a schedule and follows it; the CSMS changes nothing without a reason (erratum 6.3.17).",
        requirements: &[
            "K15.FR.02", "K15.FR.03", "K15.FR.05", "K15.FR.07", "K15.FR.11",
        ],
        steps: &[
            AUTHORIZED,
            CONNECTED,
            NEGOTIATED,
            Step::Silence("quiet", |_| THINKS, &[]),
        ],
        ..ISO
    },
    Case {
        id: "TC_K_55_CSMS",
        name: "Charging with load leveling based on High Level Communication - EV charging profile exceeds limits",
        about: "A schedule above the offer is rejected and offered anew. ChargingRateChanged is not sent (erratum 6.3.18).",
        requirements: &[
            "K15.FR.12", "K15.FR.13", "K16.FR.07", "K16.FR.08", "K17.FR.12", "K17.FR.13",
        ],
        steps: &[
            AUTHORIZED,
            CONNECTED,
            call(
                "needs",
                "NotifyEVChargingNeeds",
                needs,
                &[is("/status", "Accepted")],
            ),
            OFFERED,
            call(
                "exceeds",
                "NotifyEVChargingSchedule",
                |lab| schedule(lab, 2),
                &[is("/status", "Rejected")],
            ),
            CHARGES,
            expect_answering("again", SET, OFFER, accepted),
            FOLLOWED,
        ],
        ..ISO
    },
    Case {
        id: "TC_K_57_CSMS",
        name: "Renegotiating a Charging Schedule - Initiated by EV",
        about: "The car tells its needs anew. ChargingRateChanged is not sent (erratum 6.3.18).",
        requirements: &[
            "K17.FR.02", "K17.FR.03", "K17.FR.05", "K17.FR.07", "K17.FR.11",
        ],
        steps: &[
            AUTHORIZED,
            CONNECTED,
            NEGOTIATED,
            call("anew", "NotifyEVChargingNeeds", needs, ANSWERED),
            expect_within("anew.offer", SET, |_| THINKS, OFFER),
            FOLLOWED,
        ],
        ..ISO
    },
    Case {
        id: "TC_K_58_CSMS",
        name: "Renegotiating a Charging Schedule - Initiated by CSMS",
        about: "The operator changes the profile. ChargingRateChanged is not sent (erratum 6.3.18).",
        requirements: &["K16.FR.06"],
        steps: &[
            AUTHORIZED,
            CONNECTED,
            NEGOTIATED,
            RENEGOTIATE,
            RENEGOTIATED,
            FOLLOWED,
        ],
        ..ISO
    },
    Case {
        id: "TC_K_59_CSMS",
        name: "Renegotiating a Charging Schedule - Initiated by CSMS - Send NotifyEVChargingNeeds",
        about: "The operator changes the profile, and the car tells its needs anew. ChargingRateChanged is not sent (erratum 6.3.18).",
        requirements: &["K16.FR.12"],
        steps: &[
            AUTHORIZED,
            CONNECTED,
            NEGOTIATED,
            RENEGOTIATE,
            RENEGOTIATED,
            call("anew", "NotifyEVChargingNeeds", needs, ANSWERED),
            expect_within("anew.offer", SET, |_| THINKS, OFFER),
            FOLLOWED,
        ],
        ..ISO
    },
];
