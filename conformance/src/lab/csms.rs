//! What the CSMS of the lab knows, and how it answers when a case does not say otherwise.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::Parameters;

/// What the CSMS knows about an idTag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdTag {
    /// `Accepted`, `Invalid` …
    pub status: &'static str,
    /// Its parent.
    pub parent: Option<String>,
}

/// The CSMS of the lab.
#[derive(Debug, Clone)]
pub struct Csms {
    tags: BTreeMap<String, IdTag>,
    /// Status and interval of the next answers to BootNotification.
    boots: VecDeque<(&'static str, u32)>,
    heartbeat_interval: u32,
    /// Whether the answer to StartTransaction names the parent too.
    parent_at_start: bool,
    last_transaction: i64,
}

impl Csms {
    pub(super) fn new(parameters: &Parameters) -> Self {
        let mut csms = Self {
            tags: BTreeMap::new(),
            boots: VecDeque::new(),
            heartbeat_interval: parameters.heartbeat_interval,
            parent_at_start: true,
            last_transaction: 1_000,
        };
        csms.set_tag(&parameters.valid, "Accepted", None);
        csms.set_tag(&parameters.valid2, "Accepted", None);
        csms
    }

    /// What is known about an idTag from now on. Others are `Invalid`.
    pub fn set_tag(&mut self, tag: &str, status: &'static str, parent: Option<&str>) {
        let parent = parent.map(ToOwned::to_owned);
        self.tags.insert(tag.to_owned(), IdTag { status, parent });
    }

    /// How the next BootNotification that is not answered otherwise is answered.
    pub fn answer_boot(&mut self, status: &'static str, interval: u32) {
        self.boots.push_back((status, interval));
    }

    /// Only answers to Authorize name parents from now on.
    pub const fn parents_in_authorize_only(&mut self) {
        self.parent_at_start = false;
    }

    fn id_tag_info(&self, tag: &str) -> Value {
        let Some(known) = self.tags.get(tag) else {
            return json!({"status": "Invalid"});
        };
        let mut info = json!({"status": known.status});
        if let Some(parent) = &known.parent {
            info["parentIdTag"] = json!(parent);
        }
        info
    }

    /// The answer to a request of the station.
    pub(super) fn answer(&mut self, action: &str, payload: &Value, utc: &str) -> Value {
        let tag = payload["idTag"].as_str().unwrap_or_default();
        match action {
            "BootNotification" => {
                let boot = self.boots.pop_front();
                let (status, interval) = boot.unwrap_or(("Accepted", self.heartbeat_interval));
                json!({"status": status, "currentTime": utc, "interval": interval})
            }
            "Heartbeat" => json!({"currentTime": utc}),
            "Authorize" => json!({"idTagInfo": self.id_tag_info(tag)}),
            "StartTransaction" => {
                self.last_transaction += 1;
                let id = self.last_transaction;
                let mut info = self.id_tag_info(tag);
                if let Some(info) = info.as_object_mut().filter(|_| !self.parent_at_start) {
                    info.remove("parentIdTag");
                }
                json!({"transactionId": id, "idTagInfo": info})
            }
            "DataTransfer" | "SignCertificate" => json!({"status": "Accepted"}),
            _ => json!({}),
        }
    }

    /// The id of the transaction that was started last.
    #[must_use]
    pub const fn last_transaction(&self) -> i64 {
        self.last_transaction
    }
}
