//! Test kit: a connection that does not exist, in time that does not pass.
//!
//! Feature `testing`. What it has:
//!
//! - [`Link`]: a connection with latency and, if wanted, faults: lost, doubled and damaged messages. It keeps a
//!   [trace](Link::trace) of every message and its fate. It knows only texts, so it connects anything.
//! - [`Pair`]: two [`Session`](crate::session::Session)s, station and CSMS, with a link between them and an application
//!   behind each. [`Pair::drive`] runs until nothing more can happen; virtual time jumps from event to event.
//! - [`Interleaving`]: a model that runs two sessions through any sequence of actions and checks that they keep their
//!   guarantees. The property test and the fuzz target of this crate are built on it.
//! - [`station::Bench`]: a whole station in virtual time, with simulated hardware, power cuts and a scripted CSMS.
//! - [`demands::Demands`]: what contactors, locks and limits must be, by what the CSMS has ordered and was told.
//! - [`walk`]: a station to which any history of likely and unlikely things happens, and which keeps its promises. The
//!   property test and the fuzz target of the station are built on it.
//! - [`Random`]: numbers that are the same in every run.
//!
//! ```
//! use core::time::Duration;
//! use ocpp_core::Version;
//! use ocpp_core::session::{CallOptions, Role};
//! use ocpp_core::testing::{Faults, Pair};
//!
//! let mut pair = Pair::new(Version::V1_6);
//! pair.link.faults = Faults { latency: Duration::from_millis(80), ..Faults::NONE };
//! pair.connect();
//! let call = pair.call(Role::Station, "Heartbeat", "{}", CallOptions::new()).unwrap();
//! pair.drive();
//! assert_eq!(pair.result_of(Role::Station, call), Some(&Ok("{}".into())));
//! assert_eq!(pair.now().as_millis(), 160);
//! ```

#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
pub mod demands;
mod interleaving;
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
mod ledger;
mod link;
mod pair;
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
pub mod station;
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
mod walk;

pub use interleaving::Interleaving;
pub use link::{Fate, Faults, Link, Traced};
pub use pair::{Pair, Reply, Side};
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
pub use walk::walk;

/// Numbers from a seed: the same seed gives the same numbers (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Starts with a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number of 64 bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 if `limit` is 0.
    pub const fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 {
            0
        } else {
            self.next_u64() % limit
        }
    }

    /// `true` in `per_mille` of 1,000 cases.
    pub const fn chance(&mut self, per_mille: u16) -> bool {
        self.below(1000) < per_mille as u64
    }
}
