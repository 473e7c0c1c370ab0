//! What `TxStartPoint` and `TxStopPoint` speak of: the conditions between which a transaction lies (E01, E06).

use serde::{Deserialize, Serialize};

/// A condition of an EVSE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    ParkingBayOccupancy,
    EvConnected,
    Authorized,
    PowerPathClosed,
    EnergyTransfer,
    /// The meter has signed a value for somebody who may charge.
    DataSigned,
}

impl Point {
    /// What can end a transaction; `DataSigned` has no meaning there (erratum 2.24).
    pub(super) const ENDS: [Self; 5] = [
        Self::ParkingBayOccupancy,
        Self::EvConnected,
        Self::Authorized,
        Self::PowerPathClosed,
        Self::EnergyTransfer,
    ];

    /// What can begin one.
    pub(super) const ALL: [Self; 6] = [
        Self::ParkingBayOccupancy,
        Self::EvConnected,
        Self::Authorized,
        Self::DataSigned,
        Self::PowerPathClosed,
        Self::EnergyTransfer,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ParkingBayOccupancy => "ParkingBayOccupancy",
            Self::EvConnected => "EVConnected",
            Self::Authorized => "Authorized",
            Self::PowerPathClosed => "PowerPathClosed",
            Self::EnergyTransfer => "EnergyTransfer",
            Self::DataSigned => "DataSigned",
        }
    }
}

/// Which conditions hold, or have held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Conditions(u8);

impl Conditions {
    pub(super) const fn with(self, point: Point, holds: bool) -> Self {
        if holds {
            Self(self.0 | 1 << point as u8)
        } else {
            Self(self.0 & !(1 << point as u8))
        }
    }

    pub(super) const fn has(self, point: Point) -> bool {
        self.0 & 1 << point as u8 != 0
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The conditions on a comma separated list.
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut points = Self::default();
        for name in names {
            for point in Point::ALL {
                if point.name() == name {
                    points = points.with(point, true);
                }
            }
        }
        points
    }

    /// What these stop points stand for: the power path is no longer closed when one of its preconditions is lost, even if
    /// it never was (part 2 section 2.6.6.2, E06.FR.06).
    pub(super) const fn as_ends(self) -> Self {
        if self.has(Point::PowerPathClosed) {
            self.with(Point::EvConnected, true)
                .with(Point::Authorized, true)
        } else {
            self
        }
    }

    /// What these start points stand for: while the meter signs nothing no transaction begins with a signed value. Where
    /// nothing else could begin one, the closed power path does, where the value would have been asked for.
    pub(super) const fn as_starts(self, signs: bool) -> Self {
        let none = Self(0);
        if signs || self.0 != none.with(Point::DataSigned, true).0 {
            self
        } else {
            none.with(Point::PowerPathClosed, true)
        }
    }

    /// The conditions that hold here and in `other`.
    pub(super) const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether a condition of `points` holds here.
    pub(super) const fn any(self, points: Self) -> bool {
        self.0 & points.0 != 0
    }

    /// Whether a condition of `points` holds here and not in `other`.
    pub(super) const fn gained(self, other: Self, points: Self) -> bool {
        self.0 & !other.0 & points.0 != 0
    }
}
