//! The safe negative answer to whatever a station asks.

use alloc::string::String;
use alloc::vec::Vec;

use super::input::{DataTransferAnswer, Input, JobEvent, JobFailure, VariableAnswer};
use super::output::{Output, TokenEffect};
use super::vocabulary::{Reading, UnlockResult};

impl Output {
    /// The answer of somebody who cannot do what this output asks for: the connection is not made, the cable does not move,
    /// the job has failed. `None` for an output that asks nothing.
    ///
    /// An application can begin with this for every output that it does not know yet, also for those of later versions of
    /// this library.
    ///
    /// ```
    /// use ocpp_core::station::{ConnectorId, Input, Output};
    ///
    /// let at = ConnectorId::new(1, 1);
    /// let answer = Output::Lock(at).declined();
    /// assert_eq!(answer, Some(Input::Locked { at, success: false }));
    /// assert_eq!(Output::PingInterval(10).declined(), None);
    /// ```
    #[must_use]
    pub fn declined(&self) -> Option<Input> {
        Some(match self {
            Self::Connect(_) | Self::Disconnect => Input::Disconnected,
            Self::Lock(at) => Input::Locked {
                at: *at,
                success: false,
            },
            Self::Unlock(at) => Input::Unlocked {
                at: *at,
                result: UnlockResult::Failed,
            },
            // There is no refusal: the EVSE goes on as it was told.
            Self::ResetEvse(evse) => Input::EvseReset { evse: *evse },
            Self::ReadMeter(evse) => Input::Meter {
                evse: *evse,
                reading: Reading::default(),
            },
            Self::Download { job, .. }
            | Self::Install { job }
            | Self::Upload { job, .. }
            | Self::VerifyFirmware { job, .. } => Input::Job {
                job: *job,
                event: JobEvent::Failed(JobFailure::Other),
            },
            Self::MakeCertificateRequest { request, .. } => Input::CertificateRequestMade {
                request: *request,
                made: None,
            },
            Self::SetVariable(order) => Input::VariableSet {
                job: order.job,
                answer: VariableAnswer::Rejected,
            },
            Self::DataTransfer { job, .. } => Input::DataTransferAnswered {
                job: *job,
                status: DataTransferAnswer::Rejected,
                data: None,
            },
            Self::CustomerData { job, .. } => Input::CustomerData {
                job: *job,
                text: String::new(),
            },
            // Nothing is stopped.
            Self::TokenDecided {
                effect: TokenEffect::SelectStops,
                ..
            } => Input::StopsSelected {
                evses: Some(Vec::new()),
            },
            _ => return None,
        })
    }
}
