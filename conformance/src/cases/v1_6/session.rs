//! Charging sessions that begin and end at the station: TC_003 to TC_005.

use super::{CASE, boot::between};
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_003_CS",
        name: "Regular Charging Session - Plugin First",
        about: "The cable is plugged in, then an idTag is presented.",
        requirements: &[
            "1.6 section 3.1",
            "1.6 section 4.1",
            "1.6 section 4.8",
            "1.6 section 4.9",
        ],
        applies: |product| {
            plug_in_first(product)?;
            super::tokens::local_start(product)
        },
        run: plug_in_first_session,
        mutations: &[
            fails(Drop("StatusNotification", 0), "preparing"),
            fails(
                Replace("StatusNotification", 0, "/status", r#""Occupied""#),
                "schema",
            ),
            fails(
                Replace("Authorize", 0, "/idTag", r#""OTHER""#),
                "authorize/idTag",
            ),
            fails(
                Replace("StartTransaction", 0, "/connectorId", "2"),
                "session.start/connectorId",
            ),
            fails(
                Replace("StartTransaction", 0, "/reservationId", "1"),
                "session.start/reservationId",
            ),
            fails(Drop("StartTransaction", 0), "session.start"),
            fails(
                Replace("StatusNotification", 1, "/status", r#""SuspendedEV""#),
                "session.charging",
            ),
            fails(Duplicate("StartTransaction", 0), "session.charging"),
        ],
        ..CASE
    },
    Case {
        id: "TC_004_1_CS",
        name: "Regular Charging Session Identification First",
        about: "An idTag is presented, then the cable is plugged in.",
        requirements: &["1.6 section 3.1", "1.6 section 4.8", "1.6 section 4.9"],
        config: &[Setting::new("MeterValueSampleInterval", |p| {
            p.sample_interval.to_string()
        })],
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.authorized(&tag)?;
            lab.plug()?;
            lab.started("session", &tag, None).map(|_| ())
        },
        mutations: &[
            fails(Swap("Authorize", 0), "authorized"),
            fails(Drop("StatusNotification", 0), "authorized.preparing/status"),
            fails(Drop("StartTransaction", 0), "session.start"),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""OTHER""#),
                "session.start/idTag",
            ),
            fails(Drop("StatusNotification", 1), "session.charging"),
        ],
        ..CASE
    },
    Case {
        id: "TC_004_2_CS",
        name: "Regular Charging Session Identification First - ConnectionTimeOut",
        about: "An idTag is presented and nobody plugs in: the connector is available again when ConnectionTimeOut is over.",
        requirements: &["1.6 section 4.9", "1.6 section 9.1.6"],
        config: &[Setting::new("ConnectionTimeOut", |p| {
            p.connection_timeout.to_string()
        })],
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.authorized(&tag)?;
            connection_times_out(lab)
        },
        mutations: &[
            fails(
                After(
                    "StatusNotification",
                    1,
                    "StartTransaction",
                    r#"{"connectorId": 1, "idTag": "VALID0001", "meterStart": 0, "timestamp": "2024-05-15T12:00:00Z"}"#,
                ),
                "no-start",
            ),
            fails(Late("StatusNotification", 1, 20), "available.seconds"),
            fails(Key("ConnectionTimeOut", "10"), "available.seconds"),
            fails(DropAll("StatusNotification"), "authorized.preparing"),
            fails(Drop("StatusNotification", 1), "available"),
            fails(
                Before(
                    "StatusNotification",
                    1,
                    "StartTransaction",
                    r#"{"connectorId": 1, "idTag": "VALID0001", "meterStart": 0, "timestamp": "2024-05-15T12:00:00Z"}"#,
                ),
                "available",
            ),
        ],
        ..CASE
    },
];

/// AQ-2.
pub(super) const fn plug_in_first(product: &Product) -> Result<(), &'static str> {
    if product.features.lock_prevents_plug_in {
        Err("a lock prevents plugging in before authorization (AQ-2)")
    } else {
        Ok(())
    }
}

fn plug_in_first_session(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let tag = lab.parameters.valid.clone();
    lab.plug()?;
    lab.expect(lab.status_here("preparing", "Preparing"))?;
    lab.present(&tag)?;
    lab.expect(Expected::new("authorize", "Authorize").with("/idTag", tag.as_str()))?;
    lab.started("session", &tag, None).map(|_| ())
}

/// `Available` comes about `<ConnectionTimeOut>` after now, and no transaction starts.
pub(super) fn connection_times_out(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let timeout = lab.parameters.connection_timeout;
    let limit = std::time::Duration::from_secs(u64::from(timeout) * 2);
    let from = lab.now();
    let available = lab.status_here("available", "Available").within(limit);
    let available = lab.expect(available)?;
    lab.check_seconds(
        "available.seconds",
        between(from, available.at),
        timeout.into(),
    )?;
    lab.silence("no-start", 20, &[])
}
