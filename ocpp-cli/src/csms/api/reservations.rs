//! Reservations.

use ocpp_core::csms::ReservationStatus;
use ocpp_core::csms::remote::Operation;
use ocpp_core::time::DateTime;
use ocpp_tokio::csms::Csms;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Page, filter, number, operations};
use crate::csms::program::Program;
use crate::http::{Reply, Request};

/// A reservation that a station was asked for.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReservationView {
    /// Its number, of those of the station.
    id: i64,
    station: String,
    /// For whom.
    id_token: String,
    status: ReservationStatus,
    /// Until when.
    expiry_date: DateTime,
}

/// Where a page begins: after the reservation `STATION/NUMBER`.
fn place(text: &str) -> Result<(&str, i64), Reply> {
    let place = text.rsplit_once('/').and_then(|(station, id)| {
        let id: i64 = id.parse().ok()?;
        Some((station, id))
    });
    place.ok_or_else(|| {
        Reply::bad_parameter("after", "after: STATION/NUMBER of a reservation is wanted")
    })
}

pub(super) fn list(csms: &Csms, request: &Request) -> Result<Reply, Reply> {
    let station = filter(request, "station");
    let page = Page::of(request)?;
    let after = page.after.map(place).transpose()?;
    let all = csms.reservations().into_iter();
    let wanted = all.filter(|reservation| {
        let key = (reservation.station.as_str(), reservation.id);
        station.is_none_or(|station| reservation.station == station)
            && after.is_none_or(|after| key > after)
    });
    let views: Vec<ReservationView> = wanted
        .take(page.limit)
        .map(|reservation| ReservationView {
            id: reservation.id,
            station: reservation.station,
            id_token: reservation.id_token,
            status: reservation.status,
            expiry_date: reservation.expiry_date,
        })
        .collect();
    Ok(Reply::ok(&views))
}

/// Gives a reservation up (H02).
pub(super) async fn cancel(
    csms: &Csms,
    program: &Program,
    id: &str,
    reservation: &str,
) -> Result<Reply, Reply> {
    let reservation = number(reservation, "number", "the number of a reservation")?;
    let operation = Operation::CancelReservation(reservation);
    operations::operate(csms, program, id, "CancelReservation", operation).await
}
