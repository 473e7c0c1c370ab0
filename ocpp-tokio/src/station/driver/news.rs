//! Answers of hardware and news of jobs, on their way to the driver.

use std::collections::HashMap;

use ocpp_core::station::{Input, JobEvent, JobId};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::station::files::Progress;
use crate::station::hardware::{Answer, Notice, Transfer};

/// What the driver is told.
#[derive(Debug)]
pub(super) enum News {
    Input(Input),
    /// A firmware is installed, and runs after a restart.
    Restart(JobId),
    /// Whether a restart was made.
    Rebooted(bool),
    Transfer(Transfer, Progress),
    Notice(Notice),
    Nothing,
}

#[derive(Debug)]
struct Message {
    number: u64,
    /// Nothing more comes under this number.
    last: bool,
    news: News,
}

/// Something that was begun.
#[derive(Debug)]
struct Open {
    job: Option<JobId>,
    /// What counts if nothing comes.
    otherwise: Option<(Instant, News)>,
    task: Option<JoinHandle<()>>,
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Knows what was begun, so that nothing counts which comes too late, was cancelled, or was begun before a restart.
#[derive(Debug)]
pub(super) struct OpenWork {
    open: HashMap<u64, Open>,
    next: u64,
    sender: mpsc::UnboundedSender<Message>,
    /// Bounded by what was begun: answers come once, jobs tell their progress once a second.
    receiver: mpsc::UnboundedReceiver<Message>,
}

impl OpenWork {
    pub(super) fn new() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self {
            open: HashMap::new(),
            next: 0,
            sender,
            receiver,
        }
    }

    fn open(&mut self, open: Open) -> Reporter {
        self.next += 1;
        let job = open.job;
        self.open.insert(self.next, open);
        Reporter {
            number: self.next,
            job,
            sender: self.sender.clone(),
        }
    }

    /// Asks for an answer; without one until then, what `news` makes of `None` counts.
    pub(super) fn ask<T: 'static>(
        &mut self,
        until: Instant,
        news: impl Fn(Option<T>) -> News + Send + 'static,
    ) -> Answer<T> {
        let reporter = self.open(Open {
            job: None,
            otherwise: Some((until, news(None))),
            task: None,
        });
        Answer::new(move |answer| reporter.send(true, news(answer)))
    }

    /// A job, which may end by itself with an event at a time.
    pub(super) fn job(&mut self, job: JobId, limit: Option<(Instant, JobEvent)>) -> Reporter {
        self.open(Open {
            job: Some(job),
            otherwise: limit.map(|(until, event)| (until, News::Input(Input::Job { job, event }))),
            task: None,
        })
    }

    /// Runs a task until it ends, or is not wanted any more.
    pub(super) fn run<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        job: Option<JobId>,
        work: impl FnOnce(Reporter) -> F,
    ) {
        let reporter = self.open(Open {
            job,
            otherwise: None,
            task: None,
        });
        let number = reporter.number;
        let task = tokio::spawn(work(reporter));
        if let Some(open) = self.open.get_mut(&number) {
            open.task = Some(task);
        }
    }

    pub(super) fn cancel(&mut self, job: JobId) {
        self.open.retain(|_, open| open.job != Some(job));
    }

    /// Nothing that was begun counts any more.
    pub(super) fn clear(&mut self) {
        self.open.clear();
    }

    /// The next news that counts.
    pub(super) async fn news(&mut self) -> Option<News> {
        loop {
            let message = self.receiver.recv().await?;
            if let Some(news) = self.accept(message) {
                return Some(news);
            }
        }
    }

    pub(super) fn try_news(&mut self) -> Option<News> {
        loop {
            let message = self.receiver.try_recv().ok()?;
            if let Some(news) = self.accept(message) {
                return Some(news);
            }
        }
    }

    fn accept(&mut self, message: Message) -> Option<News> {
        let known = if message.last {
            self.open.remove(&message.number).is_some()
        } else {
            self.open.contains_key(&message.number)
        };
        known.then_some(message.news)
    }

    /// What counts because nothing came in time, one after the other.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<News> {
        let due = |open: &Open| matches!(&open.otherwise, Some((until, _)) if *until <= now);
        let number = self.open.iter().find(|(_, open)| due(open))?.0;
        let number = *number;
        let mut open = self.open.remove(&number)?;
        open.otherwise.take().map(|(_, news)| news)
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let times = self.open.values();
        times
            .filter_map(|open| open.otherwise.as_ref().map(|(until, _)| *until))
            .min()
    }
}

/// Tells the driver how something goes.
#[derive(Debug)]
pub(in crate::station) struct Reporter {
    number: u64,
    job: Option<JobId>,
    sender: mpsc::UnboundedSender<Message>,
}

impl Reporter {
    fn send(&self, last: bool, news: News) {
        let number = self.number;
        // The driver may have ended.
        let _ = self.sender.send(Message { number, last, news });
    }

    /// Tells something, and that more will come.
    pub(super) fn tell(&self, news: News) {
        self.send(false, news);
    }

    /// Tells something for the last time.
    pub(super) fn last(self, news: News) {
        self.send(true, news);
    }

    /// An event of the job, after which more will come.
    pub(super) fn event(&self, event: JobEvent) {
        if let Some(job) = self.job {
            self.tell(News::Input(Input::Job { job, event }));
        }
    }

    /// The last event of the job.
    pub(in crate::station) fn end(self, event: JobEvent) {
        if let Some(job) = self.job {
            self.last(match event {
                JobEvent::Rebooting => News::Restart(job),
                event => News::Input(Input::Job { job, event }),
            });
        }
    }
}
