//! The certification test cases of OCPP as programs.
//!
//! A [`Case`] is written once, against a [`Lab`]: the test system that plays the CSMS, and the hands of the person that
//! the description of a case asks for. The lab stands on a [`Bench`](bench::Bench), of which there are two:
//!
//! - [`bench::VirtualBench`]: the station of `ocpp-core` and the lab in one process, in virtual time. The whole list takes
//!   seconds and gives the same result every time.
//! - a wire bench: the lab is a real CSMS, and the station is any program.
//!
//! A [`Product`] says what a station is declared to be able to do; [`preset`] has those of certified products, and a
//! [`description`] those of one's own.
//! Cases that do not fit the product are not applicable, and say why.
//!
//! That a case can fail is shown by its [mutations](mutation): stations that misbehave in one point, each of which makes
//! exactly the check fail that watches over it.

pub mod bench;
pub mod case;
pub mod cases;
pub mod description;
pub mod draft;
pub mod explain;
pub mod habit;
pub mod lab;
pub mod mutation;
pub mod pki;
pub mod preset;
pub mod product;
pub mod proof;
pub mod report;
pub mod runner;
pub mod step;
pub mod unmet;

pub use case::Case;
pub use lab::Lab;
pub use product::Product;
pub use unmet::{Failed, Unmet};
