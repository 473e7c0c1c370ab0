//! How the nodes of a CSMS talk to each other, and to services that follow what happens.

mod local;
mod message;
#[cfg(feature = "nats")]
mod nats;
mod post;

use std::fmt;
use std::sync::Arc;

pub use local::Switchboard;
pub(super) use message::{Expiring, Message, Work};
#[cfg(feature = "nats")]
pub use nats::NatsBus;
pub(super) use post::Post;

use super::store::Boxed;

/// The bus cannot be reached, or has not taken what it was given.
#[derive(Debug, thiserror::Error)]
#[error("the bus of the CSMS: {0}")]
pub struct BusError(Box<dyn std::error::Error + Send + Sync>);

impl BusError {
    /// An error of a bus.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

/// What came for a node.
pub struct Delivery {
    /// The message.
    pub text: String,
    done: Boxed<'static, Result<(), BusError>>,
}

impl Delivery {
    /// A message that is delivered again unless `done` is run to its end.
    pub fn new(
        text: String,
        done: impl Future<Output = Result<(), BusError>> + Send + 'static,
    ) -> Self {
        Self {
            text,
            done: Box::pin(done),
        }
    }

    /// It is not delivered again.
    ///
    /// # Errors
    /// The bus may not have heard of it.
    pub async fn done(self) -> Result<(), BusError> {
        self.done.await
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Delivery").field(&self.text).finish()
    }
}

/// How the nodes of a CSMS talk to each other. [`Switchboard`] connects nodes within one program, `NatsBus` (feature `nats`) over NATS
/// with JetStream.
///
/// A message reaches its node at least once, also if the node is away for a while; in which order does not matter. What it means
/// stands in the store, so a message that is lost costs time, but nothing that is billed.
pub trait Bus: fmt::Debug + Send + Sync + 'static {
    /// Takes messages for a node from now on. `process` is another name after each start of it.
    ///
    /// # Errors
    /// The bus cannot be reached.
    fn join(&self, node: &str, process: &str) -> impl Future<Output = Result<(), BusError>> + Send;

    /// The next message for the node that has [joined](Self::join).
    ///
    /// # Errors
    /// The bus cannot be reached now.
    fn receive(&self) -> impl Future<Output = Result<Delivery, BusError>> + Send;

    /// Sends a message to a node, or to all of them if none is named. Returns when the bus will not lose it any more. The same `id`
    /// again is the same message.
    ///
    /// # Errors
    /// It may not have been taken.
    fn send(
        &self,
        node: Option<&str>,
        id: &str,
        text: &str,
    ) -> impl Future<Output = Result<(), BusError>> + Send;

    /// Whether a process has joined and answers.
    ///
    /// # Errors
    /// Nobody can tell.
    fn is_alive(&self, process: &str) -> impl Future<Output = Result<bool, BusError>> + Send;

    /// Tells services that follow what happens of an event of a station: a JSON text. The same `id` again is the same event.
    ///
    /// # Errors
    /// It may not have been taken.
    fn publish(
        &self,
        station: &str,
        id: Option<&str>,
        event: &str,
    ) -> impl Future<Output = Result<(), BusError>> + Send;
}

/// A [`Bus`] whose type nobody has to know.
pub(super) trait AnyBus: fmt::Debug + Send + Sync {
    fn join<'a>(&'a self, node: &'a str, process: &'a str) -> Boxed<'a, Result<(), BusError>>;

    fn receive(&self) -> Boxed<'_, Result<Delivery, BusError>>;

    fn send<'a>(
        &'a self,
        node: Option<&'a str>,
        id: &'a str,
        text: &'a str,
    ) -> Boxed<'a, Result<(), BusError>>;

    fn is_alive<'a>(&'a self, process: &'a str) -> Boxed<'a, Result<bool, BusError>>;

    fn publish<'a>(
        &'a self,
        station: &'a str,
        id: Option<&'a str>,
        event: &'a str,
    ) -> Boxed<'a, Result<(), BusError>>;
}

impl<B: Bus> AnyBus for B {
    fn join<'a>(&'a self, node: &'a str, process: &'a str) -> Boxed<'a, Result<(), BusError>> {
        Box::pin(Bus::join(self, node, process))
    }

    fn receive(&self) -> Boxed<'_, Result<Delivery, BusError>> {
        Box::pin(Bus::receive(self))
    }

    fn send<'a>(
        &'a self,
        node: Option<&'a str>,
        id: &'a str,
        text: &'a str,
    ) -> Boxed<'a, Result<(), BusError>> {
        Box::pin(Bus::send(self, node, id, text))
    }

    fn is_alive<'a>(&'a self, process: &'a str) -> Boxed<'a, Result<bool, BusError>> {
        Box::pin(Bus::is_alive(self, process))
    }

    fn publish<'a>(
        &'a self,
        station: &'a str,
        id: Option<&'a str>,
        event: &'a str,
    ) -> Boxed<'a, Result<(), BusError>> {
        Box::pin(Bus::publish(self, station, id, event))
    }
}

/// The bus of a node; `None`: it is the only one.
pub(super) type MaybeBus = Option<Arc<dyn AnyBus>>;
