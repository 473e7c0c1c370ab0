//! Reservations of the station as a whole: TC_049 and TC_050.

use super::CASE;
use super::reservation::{NOT_RESERVABLE, REFUSED, refused, reservation};
use crate::bench::Act;
use crate::case::Case;
use crate::lab::{Call, Lab};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

const ID: i64 = 49;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_049_CS",
        name: "Reservation of a Charge Point - Transaction",
        about: "A reservation of connector 0 is used by its idTag at any connector. Decided: all connectors but one are \
                unavailable, so that the one that is left has to be kept free and is Reserved (section 5.13).",
        requirements: &["1.6 section 5.13", "1.6 section 9.3.1"],
        applies: connector_zero,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.others_unavailable()?;
            let payload = lab.reservation(0, &tag, ID);
            lab.call(Call::new("reserve", "ReserveNow", payload).status("Accepted"))?;
            lab.expect(lab.status_here("reserved", "Reserved"))?;
            lab.authorized(&tag)?;
            lab.plug()?;
            lab.started("charging", &tag, Some(ID)).map(|_| ())
        },
        mutations: &[
            fails(
                Answer("ReserveNow", 0, "/status", r#""Rejected""#),
                "reserve/status",
            ),
            fails(Drop("StatusNotification", 1), "reserved"),
            fails(
                Remove("StartTransaction", 0, "reservationId"),
                "charging.start/reservationId",
            ),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""X""#),
                "charging.start/idTag",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_050_1_CS",
        name: "Reservation of a Charge Point - Faulted",
        about: "A station all of whose connectors are faulted cannot be reserved.",
        requirements: &["1.6 section 5.13"],
        applies: connector_zero,
        run: |lab| {
            for connector in 1..=lab.parameters.connectors {
                super::faults::fault(lab, connector)?;
            }
            refused(lab, 0, "Faulted")
        },
        mutations: REFUSED,
        ..CASE
    },
    Case {
        id: "TC_050_2_CS",
        name: "Reservation of a Charge Point - Occupied",
        about: "A station all of whose connectors are occupied cannot be reserved. Decided: occupied means that the cable \
                is plugged in, as in TC_048_2.",
        requirements: &["1.6 section 5.13"],
        applies: |product| {
            connector_zero(product)?;
            super::session::plug_in_first(product)
        },
        run: |lab| {
            occupy_all(lab)?;
            refused(lab, 0, "Occupied")
        },
        mutations: &[
            fails(
                Answer("ReserveNow", 0, "/status", r#""Accepted""#),
                "reserve/status",
            ),
            fails(Drop("StatusNotification", 1), "occupied"),
        ],
        ..CASE
    },
    Case {
        id: "TC_050_3_CS",
        name: "Reservation of a Charge Point - Unavailable",
        about: "A station that is unavailable cannot be reserved.",
        requirements: &["1.6 section 5.13"],
        applies: connector_zero,
        run: |lab| {
            lab.station_unavailable()?;
            refused(lab, 0, "Unavailable")
        },
        mutations: &[
            fails(
                Answer("ReserveNow", 0, "/status", r#""Accepted""#),
                "reserve/status",
            ),
            fails(Drop("StatusNotification", 2), "unavailable.status.2"),
        ],
        ..CASE
    },
    Case {
        id: "TC_050_4_CS",
        name: "Reservation of a Charge Point - Rejected",
        about: "A station that cannot be reserved as a whole rejects that, by status or by the error NotSupported.",
        requirements: &["1.6 section 5.13", "1.6 section 9.3.1"],
        applies: |product| match product.features.reservation_of_station {
            true => Err("the station as a whole can be reserved (R-1)"),
            false => Ok(()),
        },
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            let payload = lab.reservation(0, &tag, ID);
            let call = Call::new("reserve", "ReserveNow", payload);
            lab.call(call.status("Rejected").or_error(&["NotSupported"]))?;
            lab.silence("no-status", 10, &[])
        },
        mutations: NOT_RESERVABLE,
        ..CASE
    },
];

/// R-1.
fn connector_zero(product: &Product) -> Result<(), &'static str> {
    reservation(product)?;
    match product.features.reservation_of_station {
        true => Ok(()),
        false => Err("no reservation of connector 0 (R-1)"),
    }
}

fn occupy_all(lab: &mut Lab<'_>) -> Result<(), Failed> {
    for connector in 1..=lab.parameters.connectors {
        lab.act(&Act::Plug(connector))?;
        lab.expect(lab.status("occupied", connector, "Preparing"))?;
    }
    Ok(())
}
