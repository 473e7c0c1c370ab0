//! What the station knows about a customer, and the application besides: reported in pages, and cleared (N09, N10).
//!
//! What was promised is kept in a record until it is done: the application is asked again after a restart, and the report
//! begins anew.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::station::context::Context;
use crate::station::output::{JobId, Output};
use crate::station::record::Records;
use crate::station::vocabulary::{Customer, Token};
use crate::time::Instant;

const RECORD: &str = "customer/";
/// How many inquiries are under way at most.
const MAX_INQUIRIES: usize = 4;
/// The characters of a page.
const PAGE: usize = 512;
const CLEARED: &str = "The customer information was cleared.";

/// What the CSMS wants to know, or to be cleared.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Inquiry {
    pub(crate) request_id: i64,
    pub(crate) customer: Customer,
    pub(crate) report: bool,
    pub(crate) clear: bool,
    /// What the station itself knew, a line for each thing.
    pub(crate) own: String,
}

/// The record of an inquiry.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    inquiry: Inquiry,
    /// What the application knew; `None` until it has answered, or not in time.
    answer: Option<String>,
}

/// How far an inquiry is.
#[derive(Debug)]
enum Phase {
    /// The application is to be asked.
    New,
    Asked {
        job: JobId,
        until: Instant,
    },
    /// The text is sent page by page.
    Reporting {
        text: String,
        /// Where the page begins that is to be sent next, or is under way.
        at: usize,
        seq_no: i64,
        under_way: bool,
    },
}

#[derive(Debug)]
struct Running {
    number: u64,
    kept: Kept,
    phase: Phase,
}

/// A page of a report.
#[derive(Debug)]
pub(crate) struct Page {
    /// Names the inquiry inside.
    pub(crate) number: u64,
    pub(crate) request_id: i64,
    pub(crate) text: String,
    pub(crate) seq_no: i64,
    pub(crate) more: bool,
}

/// The inquiries that are under way.
#[derive(Debug, Default)]
pub(crate) struct Customers {
    all: Vec<Running>,
    next: u64,
}

fn key(number: u64) -> String {
    format!("{RECORD}{number:020}")
}

impl Customers {
    pub(crate) fn restore(records: &Records) -> Self {
        let all = records.numbered::<u64, Kept>(RECORD);
        let all = all.map(|(number, kept)| Running {
            number,
            kept,
            phase: Phase::New,
        });
        let all: Vec<Running> = all.collect();
        let last = all.iter().map(|running| running.number).max();
        Self {
            all,
            next: last.map_or(0, |last| last.wrapping_add(1)),
        }
    }

    /// Whether another inquiry finds room.
    pub(crate) fn has_room(&self) -> bool {
        self.all.len() < MAX_INQUIRIES
    }

    /// Begins an inquiry, for which there is [room](Self::has_room). It is durable when this returns; the application is asked
    /// with [`advance`](Self::advance).
    pub(crate) fn begin(&mut self, core: &mut Context, inquiry: Inquiry) {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let kept = Kept {
            inquiry,
            answer: None,
        };
        core.store(&key(number), &kept);
        self.all.push(Running {
            number,
            kept,
            phase: Phase::New,
        });
    }

    /// The tokens about which nothing is to be kept.
    pub(crate) fn to_clear(&self) -> impl Iterator<Item = &Token> {
        self.all.iter().filter_map(|running| {
            let inquiry = &running.kept.inquiry;
            match &inquiry.customer {
                Customer::Token(token) if inquiry.clear => Some(token),
                _ => None,
            }
        })
    }

    /// Asks the application what is not asked yet, and goes on without an answer that does not come.
    pub(crate) fn advance(&mut self, core: &mut Context) {
        let now = core.instant();
        for running in &mut self.all {
            match running.phase {
                Phase::New if running.kept.answer.is_some() => running.report(),
                Phase::New => {
                    let job = core.next_job();
                    let until = now + core.config.call_timeout;
                    running.phase = Phase::Asked { job, until };
                    core.output(Output::CustomerData {
                        job,
                        customer: running.kept.inquiry.customer.clone(),
                        report: running.kept.inquiry.report,
                        clear: running.kept.inquiry.clear,
                    });
                }
                Phase::Asked { until, .. } if until <= now => running.report(),
                _ => {}
            }
        }
    }

    /// The application says what it knew. What it has cleared is known to this record only.
    pub(crate) fn answered(&mut self, core: &mut Context, job: JobId, text: &str) {
        let waits = |running: &&mut Running| matches!(running.phase, Phase::Asked { job: of, .. } if of == job);
        let Some(running) = self.all.iter_mut().find(waits) else {
            return;
        };
        let room = core.config.limits.customer_data;
        let text = match text.char_indices().nth(room) {
            Some((end, _)) => &text[..end],
            None => text,
        };
        running.kept.answer = Some(text.into());
        core.store(&key(running.number), &running.kept);
        running.report();
    }

    /// The next page that can be sent. It is under way from now on, until [`page_ended`](Self::page_ended).
    pub(crate) fn poll_page(&mut self) -> Option<Page> {
        self.all.iter_mut().find_map(|running| {
            let Phase::Reporting {
                text,
                at,
                seq_no,
                under_way,
            } = &mut running.phase
            else {
                return None;
            };
            if core::mem::replace(under_way, true) {
                return None;
            }
            let end = end_of_page(text, *at);
            Some(Page {
                number: running.number,
                request_id: running.kept.inquiry.request_id,
                text: text[*at..end].into(),
                seq_no: *seq_no,
                more: end < text.len(),
            })
        })
    }

    /// A page was answered, in whatever way, or could not be sent: then the same one is due again.
    pub(crate) fn page_ended(&mut self, core: &mut Context, number: u64, answered: bool) {
        let mut all = self.all.iter();
        let Some(place) = all.position(|running| running.number == number) else {
            return;
        };
        let Phase::Reporting {
            text,
            at,
            seq_no,
            under_way,
        } = &mut self.all[place].phase
        else {
            return;
        };
        *under_way = false;
        if !answered {
            return;
        }
        *at = end_of_page(text, *at);
        *seq_no += 1;
        if *at >= text.len() {
            self.all.remove(place);
            core.remove(&key(number));
        }
    }

    /// Pages under way were not answered.
    pub(crate) fn disconnected(&mut self) {
        for running in &mut self.all {
            if let Phase::Reporting { under_way, .. } = &mut running.phase {
                *under_way = false;
            }
        }
    }

    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        let until = self.all.iter().filter_map(|running| match running.phase {
            Phase::Asked { until, .. } => Some(until),
            _ => None,
        });
        until.min()
    }
}

impl Running {
    /// Everything is known: the report begins. An empty one says that there is nothing (N09.FR.06, N10.FR.04).
    fn report(&mut self) {
        let Kept { inquiry, answer } = &self.kept;
        let text = if inquiry.report {
            let mut text = inquiry.own.clone();
            text.push_str(answer.as_deref().unwrap_or_default());
            text
        } else {
            CLEARED.into()
        };
        self.phase = Phase::Reporting {
            text,
            at: 0,
            seq_no: 0,
            under_way: false,
        };
    }
}

/// Where the page that begins here ends.
fn end_of_page(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let end = rest.char_indices().nth(PAGE);
    end.map_or(text.len(), |(end, _)| at + end)
}
