//! Typed calls and handlers over a connection: [`ocpp_core::session`] driven by tokio.
//!
//! A [`Driver`] owns the session and its connection; a [`Peer`] is the handle through which any task calls the other
//! side; a [`Handler`] answers its calls. A driver of a CSMS lives as long as its connection; that of a station
//! connects again, with back-off, and keeps the session, so that calls that wait in its queue wait on.
//!
//! One driver is one future: it needs no task of its own, spawns none, and boxes no future per message. What a
//! handler awaits (calls back to the peer included) goes on at the same time as everything else.
//!
//! # Several versions
//!
//! A driver speaks one version, which is a type. A CSMS of several versions looks at
//! [`ConnectionInfo::version`](crate::ConnectionInfo::version) and makes the driver of that version; its handler
//! implements [`Handler`] once for each. A station of several versions does the same after [`dial`].
//!
//! # Order
//!
//! Calls of the peer are handled one after the other, in their order; a handler that wants to go on in the background
//! moves its [`Reply`] into a task. What a handler does after [`Reply::with`] (calling [`Peer::call`], say) comes after
//! the response on the wire.
//!
//! # Back-pressure
//!
//! - [`Peer::call`] waits for its response, and fails with [`CallError::NotQueued`] when
//!   [`Config::max_queue`](ocpp_core::session::Config::max_queue) calls wait already.
//! - The connection is read all the time, because responses come through it; a peer that calls without waiting for
//!   responses is told `GenericError` beyond [`Config::max_handling`](ocpp_core::session::Config::max_handling), and
//!   one that does not read is cut off after
//!   [`ConnectionOptions::write_timeout`](crate::ConnectionOptions::write_timeout).

mod dial;
mod driver;
mod handler;
mod options;
mod peer;
mod stations;

pub use dial::dial;
pub use driver::Driver;
pub use handler::{Direction, Handler, Reply, Report};
pub use options::{SessionOptions, WrongVersion};
pub use peer::{CallError, NotSentError, Peer};
pub use stations::{Station, Stations};

use ocpp_types::Protocol;

/// A version of OCPP as a type, with what threads need of it; every [`Protocol`] is one.
pub trait Spoken:
    Protocol<Action: Send + Sync, Request: Send + Sync, Response: Send + Sync> + Send + Sync
{
}

impl<P> Spoken for P where
    P: Protocol<Action: Send + Sync, Request: Send + Sync, Response: Send + Sync> + Send + Sync
{
}
