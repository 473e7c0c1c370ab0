//! Firmware updates: when to download, verify and install, what must survive a restart, and what there is to tell.

mod update;

use alloc::collections::VecDeque;

use crate::security::SecurityEventKind;
use crate::station::config::built;
use crate::station::context::Context;
use crate::station::input::{JobEvent, JobFailure};
use crate::station::output::{JobId, Output};
use crate::station::record::Records;
use crate::time::{DateTime, Instant};

use update::{Installing, LastStatus, Phase, Update};

pub(crate) use update::{Signature, UpdateAnswer, UpdateNews, UpdateOrder, UpdateStatus};

const INSTALLING: &str = "firmware";
const UPDATE: &str = "firmware-update";
const LAST: &str = "firmware-status";

/// What the versions say differently.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// That an installation waits for the end of transactions is told (L01.FR.34, L02.FR.23).
    pub(crate) tells_of_waiting: bool,
    /// Where nothing is downloaded while somebody charges, nobody begins to charge while a download waits for that, or goes on.
    pub(crate) download_holds_evses: bool,
}

impl Rules {
    /// Of 1.6 with the whitepaper.
    #[cfg(feature = "v1_6")]
    pub(crate) const V1_6: Self = Self {
        tells_of_waiting: false,
        download_holds_evses: false,
    };
    /// Of 2.x.
    #[cfg(feature = "v2_0_1")]
    pub(crate) const V2: Self = Self {
        tells_of_waiting: true,
        download_holds_evses: true,
    };
}

/// What is to be done, in this order.
#[derive(Debug)]
enum Step {
    Tell(UpdateNews),
    Event(SecurityEventKind),
    Order(Output),
    Forget(&'static str),
}

/// Something that the version passes on.
#[derive(Debug)]
pub(crate) enum News {
    /// For the CSMS.
    Status(UpdateNews),
    /// A security event was noticed. What the CSMS hears of it must have been stored for delivery when the next is polled.
    SecurityEvent,
}

/// Updates, one at a time.
#[derive(Debug)]
pub(crate) struct Firmware {
    rules: Rules,
    update: Option<Update>,
    installed: Option<Installing>,
    last: Option<LastStatus>,
    steps: VecDeque<Step>,
}

impl Firmware {
    /// Without an update.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    pub(crate) fn idle(rules: Rules) -> Self {
        Self {
            rules,
            update: None,
            installed: None,
            last: None,
            steps: VecDeque::new(),
        }
    }

    /// The same in another version.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    pub(crate) fn under(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    pub(crate) fn restore(rules: Rules, records: &Records) -> Self {
        if !built::FIRMWARE {
            let steps = VecDeque::new();
            let (update, installed, last) = (None, None, None);
            return Self {
                rules,
                update,
                installed,
                last,
                steps,
            };
        }
        let installed: Option<Installing> = records.get(INSTALLING);
        let mut update: Option<Update> = records.get(UPDATE);
        let mut steps = VecDeque::new();
        // An update that was about to be installed ends with the installation, also when the power went in between.
        if installed.is_some() && update.take().is_some() {
            steps.push_back(Step::Forget(UPDATE));
        }
        Self {
            rules,
            update,
            installed,
            last: records.get(LAST),
            steps,
        }
    }

    /// Takes the place of the update before it, if there is one. It is durable when this returns; what there is to tell of it
    /// is to be [polled](Self::poll) after the answer.
    pub(crate) fn begin(
        &mut self,
        core: &mut Context,
        order: UpdateOrder,
        charging: bool,
    ) -> UpdateAnswer {
        if self.is_writing() || (self.is_fetching() && !core.config.features.cancel_firmware_update)
        {
            return UpdateAnswer::Rejected;
        }
        if let Some(Phase::Downloading(job) | Phase::Verifying(job)) = self.phase() {
            core.output(Output::CancelJob(job));
        }
        let update = Update::new(order);
        core.store(UPDATE, &update);
        let later = core.utc().is_some_and(|now| update.retrieve_at > now);
        let before = self.update.replace(update);
        // L01.FR.13, L02.FR.07.
        if later || must_wait(core, charging) {
            self.tell(UpdateStatus::DownloadScheduled);
        }
        match before {
            Some(_) => UpdateAnswer::AcceptedCanceled,
            None => UpdateAnswer::Accepted,
        }
    }

    /// Does what is due: an installation waits for the end of transactions (L01.FR.06, L01.FR.33,
    /// L02.FR.02, L02.FR.03, L02.FR.22). `charging` says whether a transaction is running, `online` whether the CSMS has accepted the station
    /// and can be reached.
    pub(crate) fn advance(&mut self, core: &mut Context, charging: bool, online: bool) {
        if !built::FIRMWARE {
            return;
        }
        if online && let Some(Installing { from, request_id }) = self.installed.take() {
            let status = if from == core.config.firmware_version {
                UpdateStatus::InstallationFailed
            } else {
                let event = SecurityEventKind::FirmwareUpdated;
                self.steps.push_back(Step::Event(event));
                UpdateStatus::Installed
            };
            let news = UpdateNews { status, request_id };
            self.steps.push_back(Step::Tell(news));
            self.steps.push_back(Step::Forget(INSTALLING));
        }
        let now = core.instant();
        let Some(update) = &mut self.update else {
            return;
        };
        // Files are usually where the CSMS is: without a connection attempts would be wasted.
        let download = core.is_connected()
            && match update.phase {
                Phase::Scheduled => is_past(core, update.retrieve_at) && !must_wait(core, charging),
                Phase::Retrying(at) => at <= now,
                _ => false,
            };
        if download {
            let job = core.next_job();
            update.phase = Phase::Downloading(job);
            update.begun = Some(now);
            let location = update.location.clone();
            return core.output(Output::Download { job, location });
        }
        let scheduled = update.install_at();
        let waits = charging && !core.config.features.install_while_charging;
        if update.phase == Phase::Ready && scheduled.is_none_or(|at| is_past(core, at)) {
            update.phase = Phase::Due;
            if waits && self.rules.tells_of_waiting {
                self.tell_of_waiting();
            }
        }
        if self.phase() == Some(Phase::Due) && !waits {
            self.install(core);
        }
    }

    /// From now on the restarted station knows that there was an installation; it need not tell that it goes on (L01.FR.23).
    fn install(&mut self, core: &mut Context) {
        let job = core.next_job();
        if let Some(update) = &mut self.update {
            update.phase = Phase::Installing(job);
        }
        let request_id = self.request_id();
        let from = core.config.firmware_version.clone();
        core.store(INSTALLING, &Installing { from, request_id });
        core.remove(UPDATE);
        self.tell(UpdateStatus::Installing);
        let install = Output::Install { job };
        self.steps.push_back(Step::Order(install));
    }

    /// News of a job: of the download, which may pause (L01.FR.14, L02.FR.08), fail after all attempts (L01.FR.30, L02.FR.19), and
    /// whose signature is checked (L01.FR.04, L01.FR.09, L01.FR.12, WP:L01.FR.04, WP:L01.FR.12), a wrong one being logged
    /// (L01.FR.03, WP:L01.FR.03); or of the installation, which may need a restart (L01.FR.15, L01.FR.32, L02.FR.09, L02.FR.21),
    /// fail (L01.FR.29), or succeed (L01.FR.28, L01.FR.31, L02.FR.20).
    pub(crate) fn job_news(&mut self, core: &mut Context, job: JobId, event: &JobEvent) {
        if !built::FIRMWARE {
            return;
        }
        let now = core.instant();
        let Some(update) = &mut self.update else {
            return;
        };
        match (update.phase, event) {
            (Phase::Downloading(of), JobEvent::Started) if of == job => {
                self.tell(UpdateStatus::Downloading);
            }
            (Phase::Downloading(of), JobEvent::Paused) if of == job => {
                self.tell(UpdateStatus::DownloadPaused);
            }
            (Phase::Downloading(of), JobEvent::Done) if of == job => {
                let verify = update.verification(job);
                if verify.is_some() {
                    update.phase = Phase::Verifying(job);
                }
                self.tell(UpdateStatus::Downloaded);
                match verify {
                    Some(verify) => self.steps.push_back(Step::Order(verify)),
                    None => self.ready(core),
                }
            }
            (Phase::Downloading(of), JobEvent::Failed(_)) if of == job => {
                if let Some(at) = update.retries.next(update.begun.unwrap_or(now), now) {
                    update.phase = Phase::Retrying(at);
                    core.store(UPDATE, update);
                } else {
                    self.end(UpdateStatus::DownloadFailed);
                }
            }
            (Phase::Verifying(of), JobEvent::Done) if of == job => {
                self.tell(UpdateStatus::SignatureVerified);
                self.ready(core);
            }
            (Phase::Verifying(of), JobEvent::Failed(_)) if of == job => {
                self.end(UpdateStatus::InvalidSignature);
                let event = SecurityEventKind::InvalidFirmwareSignature;
                self.steps.push_back(Step::Event(event));
            }
            (Phase::Installing(of), JobEvent::Rebooting) if of == job => {
                self.tell(UpdateStatus::InstallRebooting);
            }
            (Phase::Installing(of), JobEvent::Done) if of == job => {
                self.end(UpdateStatus::Installed);
                let event = SecurityEventKind::FirmwareUpdated;
                self.steps.push_back(Step::Event(event));
                self.steps.push_back(Step::Forget(INSTALLING));
            }
            (Phase::Installing(of), JobEvent::Failed(failure)) if of == job => {
                let invalid = matches!(failure, JobFailure::Invalid | JobFailure::Signature);
                self.end(if invalid {
                    UpdateStatus::InstallVerificationFailed
                } else {
                    UpdateStatus::InstallationFailed
                });
                self.steps.push_back(Step::Forget(INSTALLING));
            }
            _ => {}
        }
    }

    /// There is a firmware that can be installed, at the date that the CSMS gave (L01.FR.05, L01.FR.16,
    /// L02.FR.10).
    fn ready(&mut self, core: &Context) {
        let Some(update) = &mut self.update else {
            return;
        };
        update.phase = Phase::Ready;
        let at = update.install_at();
        if core.utc().zip(at).is_some_and(|(now, at)| at > now) {
            self.tell(UpdateStatus::InstallScheduled);
        }
    }

    /// The installation waits for the end of transactions, which may have been told when its date was told.
    fn tell_of_waiting(&mut self) {
        let status = UpdateStatus::InstallScheduled;
        let request_id = self.request_id();
        let told = |last: &LastStatus| last.status == status && Some(last.request_id) == request_id;
        if !self.last.as_ref().is_some_and(told) {
            self.tell(status);
        }
    }

    /// Says how far the update is (L01.FR.01, L01.FR.10).
    fn tell(&mut self, status: UpdateStatus) {
        let request_id = self.request_id();
        let news = UpdateNews { status, request_id };
        self.steps.push_back(Step::Tell(news));
    }

    /// The last word about the update. It is durable before the update is forgotten.
    fn end(&mut self, status: UpdateStatus) {
        self.tell(status);
        self.update = None;
        self.steps.push_back(Step::Forget(UPDATE));
    }

    /// What is to be passed on next. A status must have been stored for delivery when this is called again.
    pub(crate) fn poll(&mut self, core: &mut Context) -> Option<News> {
        if !built::FIRMWARE {
            return None;
        }
        while let Some(step) = self.steps.pop_front() {
            match step {
                Step::Tell(news) => {
                    if let Some(request_id) = news.request_id {
                        let status = news.status;
                        let last = LastStatus { status, request_id };
                        core.store(LAST, &last);
                        self.last = Some(last);
                    }
                    return Some(News::Status(news));
                }
                Step::Event(kind) => {
                    core.security_event(kind, None);
                    return Some(News::SecurityEvent);
                }
                Step::Order(output) => core.output(output),
                Step::Forget(key) => core.remove(key),
            }
        }
        None
    }

    /// Whether there is an update, in whatever phase.
    #[cfg(feature = "v2_0_1")]
    pub(crate) const fn is_under_way(&self) -> bool {
        self.update.is_some()
    }

    /// Whether a file is fetched or checked.
    fn is_fetching(&self) -> bool {
        matches!(
            self.phase(),
            Some(Phase::Downloading(_) | Phase::Verifying(_))
        )
    }

    /// Whether the hardware is being written.
    pub(crate) fn is_writing(&self) -> bool {
        matches!(self.phase(), Some(Phase::Installing(_)))
    }

    /// Whether nobody may begin to charge, because the firmware is being installed, or something waits for the last
    /// transaction (L01.FR.07), which does not matter where `new_sessions` are allowed meanwhile.
    pub(crate) fn holds_evses(&self, core: &Context, charging: bool, new_sessions: bool) -> bool {
        let Some(update) = self.update.as_ref().filter(|_| built::FIRMWARE) else {
            return false;
        };
        let download_holds =
            self.rules.download_holds_evses && !core.config.features.download_while_charging;
        let waits = match update.phase {
            Phase::Installing(_) => return !core.config.features.install_while_charging,
            Phase::Due => true,
            Phase::Scheduled => download_holds && charging && is_past(core, update.retrieve_at),
            Phase::Downloading(_) | Phase::Verifying(_) => download_holds,
            Phase::Retrying(_) | Phase::Ready => false,
        };
        waits && !new_sessions
    }

    /// How far the update is now.
    #[cfg(feature = "v1_6")]
    pub(crate) fn status(&self) -> UpdateStatus {
        match self.phase() {
            None => UpdateStatus::Idle,
            Some(Phase::Scheduled) => UpdateStatus::DownloadScheduled,
            Some(Phase::Downloading(_) | Phase::Retrying(_)) => UpdateStatus::Downloading,
            Some(Phase::Verifying(_) | Phase::Ready | Phase::Due) => UpdateStatus::Downloaded,
            Some(Phase::Installing(_)) => UpdateStatus::Installing,
        }
    }

    /// The last status that the CSMS was told, or `Idle` after the successful end of an update (L01.FR.25, L01.FR.26).
    pub(crate) fn last_status(&self) -> UpdateNews {
        let last = self.last.as_ref();
        match last.filter(|last| last.status != UpdateStatus::Installed) {
            Some(last) => UpdateNews {
                status: last.status,
                request_id: Some(last.request_id),
            },
            None => UpdateNews {
                status: UpdateStatus::Idle,
                request_id: None,
            },
        }
    }

    pub(crate) fn next_timeout(&self, core: &Context, charging: bool) -> Option<Instant> {
        let update = self.update.as_ref().filter(|_| built::FIRMWARE)?;
        match update.phase {
            Phase::Scheduled | Phase::Retrying(_) if !core.is_connected() => None,
            Phase::Scheduled if must_wait(core, charging) => None,
            Phase::Scheduled => core.clock.instant_of(core.now, update.retrieve_at),
            Phase::Retrying(at) => Some(at),
            Phase::Ready => core.clock.instant_of(core.now, update.install_at()?),
            _ => None,
        }
    }

    fn phase(&self) -> Option<Phase> {
        let update = self.update.as_ref().filter(|_| built::FIRMWARE);
        update.map(|update| update.phase)
    }

    fn request_id(&self) -> Option<i64> {
        self.update.as_ref()?.request_id()
    }
}

/// Whether a download has to wait for the end of transactions.
fn must_wait(core: &Context, charging: bool) -> bool {
    charging && !core.config.features.download_while_charging
}

fn is_past(core: &Context, at: DateTime) -> bool {
    core.utc().is_some_and(|now| at <= now)
}
