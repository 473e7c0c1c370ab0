//! Which station has which serial number.

use alloc::collections::BTreeMap;
use alloc::string::String;

/// Another station has this name, as its identity or as its serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another station has this name")]
pub struct NameTaken;

/// The serial numbers that the operator has provisioned. A certificate bears a station's serial number or its identity
/// (A00.FR.405), so both are one namespace: whoever could call himself like somebody else's serial number could come with a
/// certificate for it as that station. Whoever takes a serial number asks whether a station has it as its
/// identity, and the other way round.
///
/// Not stored: it follows from what is known of each station
/// ([`serial_number`](crate::csms::RemoteStation::serial_number)).
#[derive(Debug, Clone, Default)]
pub struct Serials {
    stations: BTreeMap<String, String>,
    serials: BTreeMap<String, String>,
}

impl Serials {
    /// No serial numbers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The station that has this serial number.
    #[must_use]
    pub fn station(&self, serial: &str) -> Option<&str> {
        self.stations.get(serial).map(String::as_str)
    }

    /// Whether an identity is the serial number of another station.
    #[must_use]
    pub fn is_taken(&self, identity: &str) -> bool {
        self.station(identity)
            .is_some_and(|station| station != identity)
    }

    /// A station has this serial number from now on, or none. Gives the one that it had.
    ///
    /// # Errors
    ///
    /// [`NameTaken`]: another station has it; nothing has changed then.
    pub fn claim(
        &mut self,
        station: &str,
        serial: Option<&str>,
    ) -> Result<Option<String>, NameTaken> {
        let other = |owner: &str| owner != station;
        if serial
            .and_then(|serial| self.station(serial))
            .is_some_and(other)
        {
            return Err(NameTaken);
        }
        let before = self.serials.remove(station);
        if let Some(before) = &before {
            self.stations.remove(before);
        }
        if let Some(serial) = serial {
            self.stations.insert(serial.into(), station.into());
            self.serials.insert(station.into(), serial.into());
        }
        Ok(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_stations_have_one_name() {
        let mut serials = Serials::new();
        assert_eq!(serials.claim("CP1", Some("SN-1")), Ok(None));
        assert_eq!(serials.claim("CP1", Some("SN-1")), Ok(Some("SN-1".into())));
        assert_eq!(serials.claim("CP2", Some("SN-1")), Err(NameTaken));
        assert!(serials.is_taken("SN-1") && !serials.is_taken("CP1"));
        assert_eq!(serials.claim("CP1", Some("SN-2")), Ok(Some("SN-1".into())));
        assert_eq!(serials.claim("CP2", Some("SN-1")), Ok(None));
        assert_eq!(serials.claim("CP2", None), Ok(Some("SN-1".into())));
        assert!(!serials.is_taken("SN-1"));
        // The identity itself is a station's to have as its number.
        assert_eq!(serials.claim("CP3", Some("CP3")), Ok(None));
        assert!(!serials.is_taken("CP3"));
    }
}
