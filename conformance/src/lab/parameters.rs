//! What the operator of a test system configures: the placeholders of the descriptions.

use std::time::Duration;

use ocpp_types::Version;

use crate::case::Side;
use crate::pki::FIRMWARE;
use crate::product::Product;

/// The folder of a file server for uploads.
pub const UPLOADS: &str = "logs";
/// The name of the firmware on a file server.
pub const FIRMWARE_FILE: &str = "firmware.bin";
/// The name of a file that is no firmware.
pub const NO_FIRMWARE_FILE: &str = "no_firmware.bin";

/// The placeholders, with values inside of the product's limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// The connector under test, counted from 1.
    pub connector: u32,
    /// How many connectors there are.
    pub connectors: u32,
    /// An idTag that the CSMS accepts.
    pub valid: String,
    /// Another one.
    pub valid2: String,
    /// An idTag that the CSMS answers with `Invalid`.
    pub invalid: String,
    /// The parent of both valid ones, in the cases that are about it.
    pub parent: String,
    /// A parent that none of them has, in the cases that are about it.
    pub other_parent: String,
    /// A token of the group of master passes (2.0.1).
    pub master: String,
    /// That group.
    pub master_group: String,
    /// The version of a local list (2.0.1); from 2 on, since one case sends a lower one.
    pub list_version: i64,
    /// Seconds.
    pub heartbeat_interval: u32,
    /// Another interval than that, for the cases that are about it.
    pub other_heartbeat_interval: u32,
    /// The heartbeat interval for cases that want as few heartbeats as the product permits.
    pub heartbeat_seldom: u32,
    /// Seconds.
    pub sample_interval: u32,
    /// The sample interval for cases that want no samples: 0, or the longest one of a product that cannot do without.
    pub sample_seldom: u32,
    /// Seconds.
    pub aligned_interval: u32,
    /// Seconds.
    pub connection_timeout: u32,
    /// How long a transaction of a case of 2.0.1 lasts where nothing else says so, in seconds.
    pub transaction_duration: u32,
    /// A start point at which the EVSE is known (2.0.1): one that the product has.
    pub start_at_evse: &'static str,
    /// A start point before the cable is plugged in (2.0.1): one that the product has.
    pub start_before_plug: &'static str,
    /// How long a 2.0.1 station waits before it connects again, in seconds.
    pub back_off: u32,
    /// `<Configured CertSigningWaitMinimum>`, in seconds: longer than a station needs to make a key.
    pub signing_wait: u32,
    /// Seconds.
    pub offline_threshold: u32,
    /// The slots for network profiles that cases use.
    pub network_slots: [u32; 2],
    /// The interface that network profiles name.
    pub network_interface: &'static str,
    /// The time-out of messages that network profiles name, in seconds.
    pub message_timeout: u32,
    /// How often a 2.0.1 station tries to tell an event.
    pub message_attempts: u32,
    /// Seconds.
    pub message_attempt_interval: u32,
    /// Seconds after which a reservation expires that nobody waits for.
    pub reservation_expiry: u32,
    /// The same of a reservation that is to expire.
    pub short_reservation: u32,
    /// Seconds between the begins of attempts to transfer a file; longer than an attempt takes.
    pub transfer_interval: u32,
    /// `<Configured Install Offset Period>` and `<Configured Download Offset Period>`: how long something that has a date is
    /// asked for before, in seconds.
    pub ahead: u32,
    /// The short interval of a boot that is not accepted, in seconds.
    pub boot_interval: u32,
    /// `A` or `W`.
    pub rate_unit: &'static str,
    /// The number of phases that profiles name.
    pub number_phases: Option<u32>,
    /// A stack level that the product permits.
    pub stack_level: u32,
    /// How far clocks and measured times may be off, in seconds.
    pub deviation: f64,
    /// Where logs and diagnostics are to go.
    pub log_location: String,
    /// A place of the file server that does not work.
    pub bad_location: String,
    /// Where the firmware is.
    pub firmware_location: String,
    /// Where a file is that is no firmware.
    pub bad_firmware_location: String,
    /// The content of the firmware.
    pub firmware: Vec<u8>,
    /// `AuthorizationKey`: a password of 20 bytes in hexadecimal digits.
    pub authorization_key: String,
    /// `CpoName`.
    pub vendor_name: String,
    /// The identity of the station that the lab plays.
    pub identity: String,
    /// The security profile of the station that the lab plays.
    pub security_profile: u8,
    /// The certificate of the station that the lab plays, PEM.
    pub certificate: Option<String>,
    /// The serial number of the station, which certificates name.
    pub serial_number: String,
    /// How long the waits are whose length does not matter: 1 in virtual time, less over a real connection.
    pub time_scale: f64,
    /// From a request to its answer.
    pub response_timeout: Duration,
    /// From an action to the request that it triggers.
    pub trigger_timeout: Duration,
    /// From RemoteStartTransaction to StartTransaction.
    pub remote_start_timeout: Duration,
    /// From RemoteStopTransaction to StopTransaction.
    pub remote_stop_timeout: Duration,
    /// Restarts, firmware, diagnostics.
    pub long_timeout: Duration,
}

impl Parameters {
    /// Values that suit a product.
    #[must_use]
    pub fn of(product: &Product) -> Self {
        let within = |value: u32, (least, most): (u32, u32)| value.clamp(least, most);
        let watts = !product.features.rate_in_amperes;
        // A CSMS of 2.x may want those of ISO14443 to be hexadecimal digits; a reader of the lab's stations reads anything.
        let digits = product.side == Side::Csms && product.version != Version::V1_6;
        let token = |name: &str, uid: &str| if digits { uid } else { name }.to_owned();
        let heartbeat_interval = within(60, product.limits.heartbeat_interval);
        let timeouts = &product.limits.timeouts;
        let limit = |seconds: u32| Duration::from_secs(seconds.into());
        // Any protocol of the product will do.
        let protocol = product.limits.file_transfer.first();
        let protocol = protocol.map_or("ftp".to_owned(), |name| name.to_ascii_lowercase());
        let place = |file: &str| format!("{protocol}://files.example.com/{file}");
        Self {
            connector: 1,
            connectors: product.connectors,
            valid: token("VALID0001", "04A1B2C3D4E501"),
            valid2: token("VALID0002", "04A1B2C3D4E502"),
            invalid: token("INVALID001", "04A1B2C3D4E503"),
            parent: "PARENT001".to_owned(),
            other_parent: "PARENT002".to_owned(),
            master: token("MASTER0001", "04A1B2C3D4E504"),
            master_group: "MASTERPASS".to_owned(),
            list_version: 5,
            heartbeat_interval,
            other_heartbeat_interval: another(
                heartbeat_interval,
                product.limits.heartbeat_interval,
            ),
            heartbeat_seldom: within(3_600, product.limits.heartbeat_interval),
            sample_interval: within(10, product.limits.sample_interval),
            sample_seldom: match product.limits.sample_interval {
                (0, _) => 0,
                (_, longest) => longest,
            },
            aligned_interval: 20,
            connection_timeout: 40,
            transaction_duration: 20,
            start_at_evse: start_point(product, AT_EVSE),
            start_before_plug: start_point(product, BEFORE_PLUG),
            back_off: 15,
            signing_wait: 40,
            offline_threshold: 20,
            network_slots: [1, 2],
            network_interface: "Wired0",
            message_timeout: 30,
            message_attempts: 3,
            message_attempt_interval: 10,
            reservation_expiry: 600,
            short_reservation: 120,
            transfer_interval: 20,
            ahead: 30,
            boot_interval: 15,
            rate_unit: if watts { "W" } else { "A" },
            number_phases: None,
            stack_level: product.limits.stack_level.min(1),
            deviation: 2.0,
            log_location: place("logs"),
            bad_location: place("does_not_exist"),
            firmware_location: place("firmware.bin"),
            bad_firmware_location: place("no_firmware.bin"),
            firmware: FIRMWARE.to_vec(),
            authorization_key: "0102030405060708090a0b0c0d0e0f1011121314".to_owned(),
            vendor_name: "Operator".to_owned(),
            identity: "LAB-1".to_owned(),
            security_profile: 0,
            certificate: None,
            serial_number: "CP-0815".to_owned(),
            time_scale: 1.0,
            response_timeout: limit(timeouts.response),
            trigger_timeout: limit(timeouts.trigger),
            remote_start_timeout: limit(timeouts.remote_start),
            remote_stop_timeout: limit(timeouts.remote_stop),
            long_timeout: Duration::from_secs(120),
        }
    }

    /// The same for a bench in real time: all intervals are as short as the product permits, and waits for nothing to
    /// happen too.
    #[must_use]
    pub fn quick(self, product: &Product) -> Self {
        let within = |value: u32, (least, most): (u32, u32)| value.clamp(least, most);
        let heartbeat_interval = within(4, product.limits.heartbeat_interval);
        Self {
            heartbeat_interval,
            other_heartbeat_interval: another(
                heartbeat_interval,
                product.limits.heartbeat_interval,
            ),
            sample_interval: within(3, product.limits.sample_interval),
            aligned_interval: 5,
            connection_timeout: 5,
            transaction_duration: 8,
            back_off: 5,
            signing_wait: 10,
            offline_threshold: 8,
            message_attempt_interval: 2,
            short_reservation: 8,
            transfer_interval: 4,
            ahead: 8,
            boot_interval: 3,
            deviation: 1.5,
            time_scale: 0.2,
            ..self
        }
    }

    /// Files are at this place, which ends with `/`: the firmware, a file that is none, and a folder for uploads.
    #[must_use]
    pub fn files_at(self, place: &str) -> Self {
        Self {
            log_location: format!("{place}{UPLOADS}/"),
            bad_location: format!("{place}does_not_exist/"),
            firmware_location: format!("{place}{FIRMWARE_FILE}"),
            bad_firmware_location: format!("{place}{NO_FIRMWARE_FILE}"),
            ..self
        }
    }
}

/// Start points at which the EVSE is known; a signature is the last choice, since it needs signed values.
pub(crate) const AT_EVSE: &[&str] = &[
    "EVConnected",
    "Authorized",
    "PowerPathClosed",
    "EnergyTransfer",
    "DataSigned",
];

/// Start points that come before the cable.
pub(crate) const BEFORE_PLUG: &[&str] = &["Authorized", "ParkingBayOccupancy"];

/// The first of these start points that a product has; the first one of all if it has none of them.
fn start_point(product: &Product, points: &[&'static str]) -> &'static str {
    let has = |point: &&&'static str| product.v2_0_1.start_points.contains(*point);
    let point = points.iter().find(has).or(points.first());
    point.copied().unwrap_or_default()
}

/// An interval that the product permits and that can be told from another one: half as long again, or two thirds of it.
fn another(interval: u32, (least, most): (u32, u32)) -> u32 {
    let longer = interval + interval / 2;
    if longer > interval && longer <= most {
        longer
    } else {
        (interval - interval / 3).clamp(least, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset;

    #[test]
    fn short_intervals_are_those_that_the_product_permits() {
        for name in preset::NAMES {
            let product = preset::named(name).unwrap();
            for product in [product.clone(), product.with_short_intervals()] {
                let parameters = Parameters::of(&product).quick(&product);
                let (least, most) = product.limits.heartbeat_interval;
                assert!((least..=most).contains(&parameters.heartbeat_interval));
                let (least, most) = product.limits.sample_interval;
                assert!((least..=most).contains(&parameters.sample_interval));
                product.station().unwrap();
            }
        }
        let chaevi = preset::chaevi();
        let quick = |product: &Product| Parameters::of(product).quick(product);
        assert_eq!(quick(&chaevi).heartbeat_interval, 60);
        assert_eq!(quick(&chaevi.with_short_intervals()).heartbeat_interval, 4);
    }
}
