//! Charging sessions that begin and end at the station: TC_003 to TC_005.

use super::{CASE, boot::between};
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change, Mutation};
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
        applies: plug_in_first,
        run: plug_in_first_session,
        mutations: &[
            Mutation::new(Change::Drop("StatusNotification", 0), "preparing"),
            Mutation::new(
                Change::Replace("StatusNotification", 0, "/status", r#""Occupied""#),
                "schema",
            ),
            Mutation::new(
                Change::Replace("Authorize", 0, "/idTag", r#""OTHER""#),
                "authorize/idTag",
            ),
            Mutation::new(
                Change::Replace("StartTransaction", 0, "/connectorId", "2"),
                "session.start/connectorId",
            ),
            Mutation::new(
                Change::Replace("StartTransaction", 0, "/reservationId", "1"),
                "session.start/reservationId",
            ),
            Mutation::new(Change::Drop("StartTransaction", 0), "session.start"),
            Mutation::new(
                Change::Replace("StatusNotification", 1, "/status", r#""SuspendedEV""#),
                "session.charging/status",
            ),
            Mutation::new(Change::Duplicate("StartTransaction", 0), "session.charging"),
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
            Mutation::new(Change::Swap("Authorize", 0), "authorized"),
            Mutation::new(
                Change::Drop("StatusNotification", 0),
                "authorized.preparing",
            ),
            Mutation::new(Change::Drop("StartTransaction", 0), "session.start"),
            Mutation::new(
                Change::Replace("StartTransaction", 0, "/idTag", r#""OTHER""#),
                "session.start/idTag",
            ),
            Mutation::new(Change::Drop("StatusNotification", 1), "session.charging"),
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
            Mutation::new(
                Change::Late("StatusNotification", 1, 20),
                "available.seconds",
            ),
            Mutation::new(Change::Key("ConnectionTimeOut", "10"), "available.seconds"),
            Mutation::new(
                Change::DropAll("StatusNotification"),
                "authorized.preparing",
            ),
            Mutation::new(Change::Drop("StatusNotification", 1), "available"),
            Mutation::new(
                Change::Before(
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

/// `Available` comes about `<ConnectionTimeOut>` after now.
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
    )
}
