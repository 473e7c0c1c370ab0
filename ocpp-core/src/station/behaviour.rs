//! What the logic of a version of OCPP must be able to do.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::common::certificates::Provisioned;
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
use super::common::{
    firmware::Firmware, network_profiles::NetworkProfiles, security_events::SecurityEvents,
    upload::Upload,
};
use super::context::Context;
use super::device_model::VariableId;
use super::input::Input;
use super::meter::Sample;
use super::queue::Queued;
use super::state::StationState;
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
use super::switch::Carried;
use super::vocabulary::Reading;
use crate::security::CertificateVerifier;
use crate::session::{CallFailure, CallId, CallToken};
use crate::time::Instant;

/// What to do with the first message of the durable queue.
#[derive(Debug)]
pub(crate) enum Prepared {
    /// Send this payload.
    Send(String),
    /// Keep it: it must not be sent yet.
    Wait,
    /// It was delivered before a power cut: forget it.
    Delivered,
    /// Give it up.
    Drop(&'static str),
}

/// A call of the CSMS, as it stands in the message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CsmsCall<'a> {
    /// For the answer.
    pub(crate) token: CallToken,
    /// The action.
    pub(crate) action: &'static str,
    /// JSON text.
    pub(crate) payload: &'a str,
}

/// How a call of the station ended: with the JSON text of the response, as it stands in the message, or without one.
pub(crate) type Outcome<'a> = Result<&'a str, CallFailure>;

/// How often to try to deliver a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retry {
    /// Attempts altogether; at least one is made.
    pub(crate) attempts: u32,
    /// The wait after a failed attempt, multiplied by the number of failed ones.
    pub(crate) interval: Duration,
}

/// What one version hands to another, beside what is in the records.
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
pub(crate) struct Handed {
    pub(crate) firmware: Firmware,
    pub(crate) upload: Upload,
    pub(crate) events: SecurityEvents,
    pub(crate) verifier: Option<Box<dyn CertificateVerifier + Send + Sync>>,
    /// `None` if none was ever set.
    pub(crate) networks: Option<NetworkProfiles>,
}

/// The logic of a version of OCPP. The station calls it; it acts through [`Context`].
pub(crate) trait Behaviour: Send + Sync {
    /// The application says [`Input::Start`] for the first time: [`resume`](Self::resume) follows.
    fn start(&mut self, core: &mut Context);
    /// The connection is about to be opened: brings [`Context::connection`] up to date.
    fn connecting(&mut self, _core: &mut Context) {}
    /// The connection could not be opened.
    fn connection_failed(&mut self, _core: &mut Context) {}
    /// The connection is open.
    fn connected(&mut self, core: &mut Context);
    /// The connection is gone. All calls under way have been reported as ended.
    fn disconnected(&mut self, core: &mut Context);
    /// The CSMS calls; it must be answered now or later.
    fn request(&mut self, core: &mut Context, call: CsmsCall<'_>);
    /// Whether a call of the CSMS is done with when it is answered: nothing else is to be looked at, because it only asks, or
    /// changes nothing that anything follows from.
    fn ends_with_its_answer(&self, action: &str) -> bool;
    /// A call that the logic made has ended.
    fn call_ended(&mut self, core: &mut Context, call: CallId, outcome: &Outcome<'_>);
    /// Calls under way, beside those of the queue, that say something which is stored.
    fn calls_about_records(&self) -> Vec<CallId> {
        Vec::new()
    }
    /// Completes the first message of the queue. Called while connected.
    fn prepare(&mut self, core: &mut Context, queued: &Queued) -> Prepared;
    /// How often to try to deliver messages of the queue.
    fn retry(&self, core: &Context) -> Retry;
    /// The first message of the queue is delivered, or given up after the last attempt. Its record still exists: it is
    /// removed afterwards.
    fn delivered(&mut self, core: &mut Context, queued: &Queued, outcome: &Outcome<'_>);
    /// A message of the queue has been removed, whether it was delivered or not.
    fn removed(&mut self, core: &mut Context, queued: &Queued);
    /// Something happened to hardware or people. [`Context::hardware`] is up to date.
    fn input(&mut self, core: &mut Context, input: Input);
    /// A wanted reading came, or the last known one stands for it.
    fn sampled(&mut self, core: &mut Context, sample: Sample, reading: &Reading);
    /// Called at the end of every input: does what is due.
    fn time_passed(&mut self, core: &mut Context);
    /// When [`time_passed`](Self::time_passed) has something to do.
    fn next_timeout(&self, core: &Context) -> Option<Instant>;
    /// A look inside.
    fn state(&self, core: &Context) -> StationState;
    /// The application can verify certificates.
    fn set_verifier(&mut self, verifier: Box<dyn CertificateVerifier + Send + Sync>);
    /// Called at the end of every input: stores what the CSMS is to hear of security events for delivery (A04).
    fn tell_security_events(&mut self, core: &mut Context);
    /// Takes over what the station left the factory with, what was not taken over before.
    fn provision(&mut self, _core: &mut Context, _provisioned: &Provisioned) {}
    /// A variable was changed by the application.
    fn variable_changed(&mut self, core: &mut Context, id: VariableId);
    /// Another version is about to be spoken: ends all transactions, and says who goes on charging in it. May be called again.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    fn wind_up(&mut self, core: &mut Context) -> Vec<Carried>;
    /// Whether everything that must end before another version is spoken has ended.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    fn is_wound_up(&self, core: &Context) -> bool;
    /// The last word of this logic.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    fn hand_over(&mut self, core: &mut Context) -> Handed;
    /// The first word of this logic if another version was spoken before it.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    fn adopt(&mut self, core: &mut Context, handed: Handed);
    /// Goes on with what the records say of transactions and profiles. The state of cables, faults and meters is known.
    fn resume(&mut self, core: &mut Context);
    /// Somebody may charge here: they did in another version.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    fn carry_on(&mut self, core: &mut Context, carried: Carried);
    /// How much was looked at in this version's own state.
    #[cfg(feature = "testing")]
    fn visits(&self) -> usize {
        0
    }
}

/// Does something in a function of its own. What a function keeps that does everything lies so far apart that each access is
/// longer code.
#[inline(never)]
pub(crate) fn apart(work: impl FnOnce()) {
    work();
}
