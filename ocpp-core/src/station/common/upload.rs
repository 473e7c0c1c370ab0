//! Uploads of diagnostics and logs.

use alloc::collections::VecDeque;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::retries::Retries;
use crate::station::config::built;
use crate::station::context::Context;
use crate::station::input::{JobEvent, JobFailure};
use crate::station::output::{JobId, Output, UploadKind};
use crate::station::record::Records;
use crate::time::{DateTime, Instant};

const RECORD: &str = "upload";

/// What the CSMS wants to be uploaded.
#[derive(Debug)]
pub(crate) struct UploadOrder {
    pub(crate) location: String,
    pub(crate) kind: UploadKind,
    /// `None` where the version gives none.
    pub(crate) request_id: Option<i64>,
    /// The oldest and the latest entry wanted.
    pub(crate) from: Option<DateTime>,
    pub(crate) to: Option<DateTime>,
    pub(crate) retries: Retries,
}

/// What became of an order.
#[derive(Debug)]
pub(crate) struct UploadBegun {
    /// Whether it took the place of another one.
    pub(crate) replaces: bool,
    /// What the file will be called.
    pub(crate) file_name: String,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UploadStatus {
    Uploading,
    Uploaded,
    /// After the last attempt.
    Failed(JobFailure),
    /// Another upload has taken its place.
    Canceled,
}

/// What the CSMS is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UploadNews {
    pub(crate) status: UploadStatus,
    pub(crate) request_id: Option<i64>,
}

/// What is to be done, in this order.
#[derive(Debug)]
enum Step {
    Tell(UploadNews),
    /// Makes the upload durable: the end of the one before it is durable by then.
    Store,
    /// The last word about the upload is durable by then.
    Forget,
}

/// The upload under way. After a restart it begins again.
#[derive(Debug, Serialize, Deserialize)]
struct Current {
    location: String,
    kind: UploadKind,
    request_id: Option<i64>,
    file_name: String,
    from: Option<DateTime>,
    to: Option<DateTime>,
    retries: Retries,
    #[serde(skip)]
    job: Option<JobId>,
    /// When the last attempt began.
    #[serde(skip)]
    begun: Option<Instant>,
    #[serde(skip)]
    retry_at: Option<Instant>,
}

/// Whether there are any: of diagnostics, or of the security log.
pub(crate) const UPLOADS: bool = built::FIRMWARE || built::SECURITY;

/// Uploads, one at a time.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    current: Option<Current>,
    steps: VecDeque<Step>,
}

impl Upload {
    pub(crate) fn restore(records: &Records) -> Self {
        if !UPLOADS {
            return Self::default();
        }
        let mut current: Option<Current> = records.get(RECORD);
        if let Some(current) = &mut current {
            current.retry_at = Some(Instant::ORIGIN);
        }
        Self {
            current,
            steps: VecDeque::new(),
        }
    }

    /// Whether an upload is under way, and the request id that it has.
    pub(crate) fn under_way(&self) -> Option<Option<i64>> {
        self.current.as_ref().map(|current| current.request_id)
    }

    /// Takes the place of the upload before it, if there is one. It is durable when everything was [polled](Self::poll), which
    /// must be before the CSMS is answered.
    pub(crate) fn begin(&mut self, core: &mut Context, order: UploadOrder) -> UploadBegun {
        let before = self.current.take();
        if let Some(job) = before.as_ref().and_then(|before| before.job) {
            core.output(Output::CancelJob(job));
        }
        if let Some(before) = &before {
            self.tell(UploadStatus::Canceled, before.request_id);
        }
        let file_name = file_name(core, order.kind);
        let current = Current {
            location: order.location,
            kind: order.kind,
            request_id: order.request_id,
            file_name: file_name.clone(),
            from: order.from,
            to: order.to,
            retries: order.retries,
            job: None,
            begun: None,
            retry_at: Some(core.instant()),
        };
        self.current = Some(current);
        self.steps.push_back(Step::Store);
        UploadBegun {
            replaces: before.is_some(),
            file_name,
        }
    }

    /// Begins the attempt that is due (N01.FR.02). Without a connection it would be wasted: files usually go where the CSMS is.
    pub(crate) fn advance(&mut self, core: &mut Context) {
        if !UPLOADS {
            return;
        }
        let now = core.instant();
        if let Some(current) = &mut self.current
            && current.retry_at.is_some_and(|at| at <= now)
            && core.is_connected()
        {
            let job = core.next_job();
            current.retry_at = None;
            current.job = Some(job);
            current.begun = Some(now);
            core.output(Output::Upload {
                job,
                location: current.location.clone(),
                kind: current.kind,
                file_name: current.file_name.clone(),
                from: current.from,
                to: current.to,
            });
        }
    }

    /// News of a job. `false` if it is none of an upload.
    pub(crate) fn job_news(&mut self, core: &mut Context, job: JobId, event: &JobEvent) -> bool {
        if !UPLOADS {
            return false;
        }
        let now = core.instant();
        let Some(current) = &mut self.current else {
            return false;
        };
        if current.job != Some(job) {
            return false;
        }
        let request_id = current.request_id;
        let status = match event {
            JobEvent::Paused | JobEvent::Rebooting => return true,
            JobEvent::Started => UploadStatus::Uploading,
            JobEvent::Done => UploadStatus::Uploaded,
            JobEvent::Failed(failure) => {
                current.retry_at = current.retries.next(current.begun.unwrap_or(now), now);
                current.job = None;
                if current.retry_at.is_some() {
                    core.store(RECORD, current);
                    return true;
                }
                UploadStatus::Failed(*failure)
            }
        };
        self.tell(status, request_id);
        if status != UploadStatus::Uploading {
            self.current = None;
            self.steps.push_back(Step::Forget);
        }
        true
    }

    fn tell(&mut self, status: UploadStatus, request_id: Option<i64>) {
        let news = UploadNews { status, request_id };
        self.steps.push_back(Step::Tell(news));
    }

    /// What the CSMS is to be told next. It must be stored for delivery before this is called again.
    pub(crate) fn poll(&mut self, core: &mut Context) -> Option<UploadNews> {
        if !UPLOADS {
            return None;
        }
        while let Some(step) = self.steps.pop_front() {
            match step {
                Step::Tell(news) => return Some(news),
                Step::Store => {
                    if let Some(current) = &self.current {
                        core.store(RECORD, current);
                    }
                }
                Step::Forget => core.remove(RECORD),
            }
        }
        None
    }

    pub(crate) fn next_timeout(&self, core: &Context) -> Option<Instant> {
        let retry_at = self.current.as_ref()?.retry_at;
        retry_at.filter(|_| core.is_connected())
    }
}

fn file_name(core: &Context, kind: UploadKind) -> String {
    let kind = match kind {
        UploadKind::Diagnostics => "diagnostics",
        UploadKind::SecurityLog => "security",
    };
    let serial = core.config.serial_number.as_deref().unwrap_or("station");
    let time = core.utc().map_or(0, DateTime::unix_seconds);
    alloc::format!("{kind}-{serial}-{time}.log")
}
