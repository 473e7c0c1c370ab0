//! Which stations are connected to which node: the owner's row names the node, and that node is asked.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ocpp_types::Version;
use tokio::sync::oneshot;

use super::bus::Message;
use super::fleet::Fleet;
use super::ownership::{node_of, owner_key, process_of};
use super::station::lock;
use super::store::{StoreError, Table};

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// How long other nodes may take to say who is connected to them.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where a station is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StationLink {
    /// It is not connected.
    None,
    /// It is connected.
    Connected {
        /// The name of the node.
        node: String,
        /// The version that it speaks.
        version: Version,
    },
    /// The node that had it last does not answer.
    Unknown {
        /// The name of the node.
        node: String,
    },
}

impl StationLink {
    /// The version that the station speaks, if it is connected.
    #[must_use]
    pub const fn version(&self) -> Option<Version> {
        match self {
            Self::Connected { version, .. } => Some(*version),
            _ => None,
        }
    }

    /// The node that has it, or had it last if that does not answer.
    #[must_use]
    pub fn node(&self) -> Option<&str> {
        match self {
            Self::Connected { node, .. } | Self::Unknown { node } => Some(node),
            Self::None => None,
        }
    }
}

type Answer = Vec<Option<Version>>;

/// Questions to other nodes that are not answered yet.
#[derive(Debug, Default)]
pub(super) struct Questions(Mutex<HashMap<String, oneshot::Sender<Answer>>>);

impl Questions {
    pub(super) fn answered(&self, id: &str, versions: Answer) {
        if let Some(asked) = lock(&self.0).remove(id) {
            // Whoever asked may have gone away.
            let _ = asked.send(versions);
        }
    }
}

impl Fleet {
    /// The versions of the connections to this node.
    pub(super) fn links_here(&self, stations: &[String]) -> Vec<Option<Version>> {
        let version = |station: &String| self.get(station)?.version();
        stations.iter().map(version).collect()
    }

    /// Where stations are connected, in their order.
    pub(super) async fn links<S: AsRef<str> + Sync>(
        self: &Arc<Self>,
        stations: &[S],
    ) -> Vec<StationLink> {
        let here = |station: &S| {
            let version = self.get(station.as_ref())?.version()?;
            let node = self.me.node().to_owned();
            Some(StationLink::Connected { node, version })
        };
        let mut links: Vec<Option<StationLink>> = stations.iter().map(here).collect();
        if self.has_others() {
            let open = links.iter().enumerate().filter(|(_, link)| link.is_none());
            let open: Vec<(usize, &str)> =
                open.map(|(at, _)| (at, stations[at].as_ref())).collect();
            // Without the store nobody knows whom to ask.
            for (at, link) in self.links_elsewhere(&open).await.unwrap_or_default() {
                links[at] = Some(link);
            }
        }
        let known = |link: Option<StationLink>| link.unwrap_or(StationLink::None);
        links.into_iter().map(known).collect()
    }

    /// Identities in the store that come after one, at most so many.
    pub(super) async fn stations_of_store(
        &self,
        after: &str,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        let store = self.records.store();
        let mut ids = Vec::new();
        let mut after = after.to_owned();
        while ids.len() < limit {
            let rows = store
                .read(Table::Stations, &after, limit.clamp(100, PAGE))
                .await?;
            let Some((last, _)) = rows.last() else {
                break;
            };
            after.clone_from(last);
            // The others are what stations keep besides.
            let keys = rows.into_iter().map(|(key, _)| key);
            ids.extend(keys.filter(|key| !key.contains('\n')));
        }
        ids.truncate(limit);
        Ok(ids)
    }

    async fn links_elsewhere(
        self: &Arc<Self>,
        stations: &[(usize, &str)],
    ) -> Result<Vec<(usize, StationLink)>, StoreError> {
        if stations.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<String> = stations.iter().map(|(_, id)| owner_key(id)).collect();
        let claims = self.records.store().get_all(Table::Nodes, &keys).await?;
        let mut nodes: BTreeMap<(String, String), Vec<(usize, String)>> = BTreeMap::new();
        for ((at, id), claim) in stations.iter().zip(claims) {
            let Some(claim) = claim.filter(|claim| !self.me.is_node(claim)) else {
                continue;
            };
            let place = (node_of(&claim).into(), process_of(&claim).into());
            nodes
                .entry(place)
                .or_default()
                .push((*at, (*id).to_owned()));
        }
        let asking = nodes.into_iter().map(|((node, process), stations)| {
            let fleet = Arc::clone(self);
            tokio::spawn(async move { fleet.ask_node(&node, &process, stations).await })
        });
        let mut links = Vec::new();
        for asked in asking.collect::<Vec<_>>() {
            links.extend(asked.await.map_err(StoreError::new)?);
        }
        Ok(links)
    }

    async fn ask_node(
        &self,
        node: &str,
        process: &str,
        stations: Vec<(usize, String)>,
    ) -> Vec<(usize, StationLink)> {
        let id = self.cluster.post.id();
        let (asked, answer) = oneshot::channel();
        lock(&self.cluster.questions.0).insert(id.clone(), asked);
        let question = Message::AskLinks {
            id: id.clone(),
            from: self.me.node().into(),
            stations: stations.iter().map(|(_, id)| id.clone()).collect(),
        };
        // A node that is gone has no connections.
        let is_gone = self.cluster.is_gone(process).await;
        let answer = if is_gone {
            Some(vec![None; stations.len()])
        } else {
            self.cluster.post.tell(Some(node), question);
            let answer = tokio::time::timeout(PATIENCE, answer).await;
            answer.ok().and_then(Result::ok)
        };
        lock(&self.cluster.questions.0).remove(&id);
        let link = |version: Option<Version>| match version {
            Some(version) => StationLink::Connected {
                node: node.into(),
                version,
            },
            None => StationLink::None,
        };
        let places = stations.into_iter().map(|(at, _)| at);
        match answer {
            Some(versions) => places.zip(versions.into_iter().map(link)).collect(),
            None => {
                let unknown = StationLink::Unknown { node: node.into() };
                places.map(|at| (at, unknown.clone())).collect()
            }
        }
    }
}
