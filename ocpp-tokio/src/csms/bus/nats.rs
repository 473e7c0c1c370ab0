//! Nodes over NATS with JetStream.

use std::fmt;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::stream::{self, StorageType};
use async_nats::{Client, ConnectOptions, RequestErrorKind};
use futures_util::StreamExt as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::{Bus, BusError, Delivery};

/// The stream of messages between nodes.
const NODES: &str = "OCPP_NODES";
/// The stream of what happens at stations.
const EVENTS: &str = "OCPP_EVENTS";

/// Messages for nodes that are gone for longer are not needed: what they mean stands in the store.
const NODES_AGE: Duration = Duration::from_secs(60 * 60);
/// How long events can be read.
const EVENTS_AGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// The same message again within so long is told once.
const TWICE: Duration = Duration::from_secs(5 * 60);
/// How long a node may take to say that it is alive.
const PATIENCE: Duration = Duration::from_secs(2);

/// Connects nodes over NATS (2.10 or later) with JetStream.
///
/// It makes two streams if they are not there: `OCPP_NODES` for messages between nodes (subjects `ocpp.node.NODE` and `ocpp.nodes`), and
/// `OCPP_EVENTS` for what happens at stations (subjects `ocpp.event.STATION`, in which everything but letters and digits is written
/// as in URLs), which other services read and which forgets after a week. Whoever wants other limits, or copies on several servers, makes
/// the streams before. Names of nodes are written in the same way.
pub struct NatsBus {
    client: Client,
    jetstream: jetstream::Context,
    node: Mutex<Option<String>>,
    inbox: Mutex<Option<pull::Stream>>,
    /// What says that this process is alive.
    answering: Mutex<Option<AbortHandle>>,
}

impl fmt::Debug for NatsBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = self.client.server_info();
        f.debug_tuple("NatsBus").field(&server.server_name).finish()
    }
}

fn encoded(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

fn alive(process: &str) -> String {
    format!("ocpp.alive.{}", encoded(process))
}

/// Makes the streams that are not there: at the first start, and when the server has lost what it had.
async fn make_streams(jetstream: &jetstream::Context) -> Result<(), BusError> {
    let nodes = stream::Config {
        name: NODES.into(),
        subjects: vec!["ocpp.node.>".into(), "ocpp.nodes".into()],
        max_age: NODES_AGE,
        duplicate_window: TWICE,
        storage: StorageType::File,
        ..stream::Config::default()
    };
    let events = stream::Config {
        name: EVENTS.into(),
        subjects: vec!["ocpp.event.>".into()],
        max_age: EVENTS_AGE,
        duplicate_window: TWICE,
        storage: StorageType::File,
        ..stream::Config::default()
    };
    for stream in [nodes, events] {
        let made = jetstream.get_or_create_stream(stream).await;
        made.map_err(BusError::new)?;
    }
    Ok(())
}

impl NatsBus {
    /// Connects to a server (`nats://user:password@host:port`), or to the first that answers of several, separated by commas. Later
    /// interruptions end by themselves.
    ///
    /// # Errors
    /// No server answers, or it has no JetStream.
    pub async fn connect(servers: &str) -> Result<Self, BusError> {
        let servers: Vec<&str> = servers.split(',').map(str::trim).collect();
        let options = ConnectOptions::new().name("ocpp");
        let client = options.connect(servers).await.map_err(BusError::new)?;
        let jetstream = jetstream::new(client.clone());
        make_streams(&jetstream).await?;
        Ok(Self {
            client,
            jetstream,
            node: Mutex::default(),
            inbox: Mutex::default(),
            answering: Mutex::default(),
        })
    }

    /// Messages for this node, from where it has stopped.
    async fn open(&self, node: &str) -> Result<pull::Stream, BusError> {
        let stream = match self.jetstream.get_stream(NODES).await {
            Ok(stream) => stream,
            Err(_) => {
                make_streams(&self.jetstream).await?;
                let stream = self.jetstream.get_stream(NODES).await;
                stream.map_err(BusError::new)?
            }
        };
        let name = encoded(node).replace('%', "_");
        let config = pull::Config {
            durable_name: Some(name.clone()),
            filter_subjects: vec![format!("ocpp.node.{}", encoded(node)), "ocpp.nodes".into()],
            ack_policy: AckPolicy::Explicit,
            // What was said before it was there stands in the store.
            deliver_policy: DeliverPolicy::New,
            ack_wait: Duration::from_secs(10),
            ..pull::Config::default()
        };
        let consumer = stream.get_or_create_consumer(&name, config).await;
        let messages = consumer.map_err(BusError::new)?.messages().await;
        messages.map_err(BusError::new)
    }

    async fn put(&self, subject: String, id: Option<&str>, text: &str) -> Result<(), BusError> {
        let mut headers = async_nats::HeaderMap::new();
        if let Some(id) = id {
            headers.insert(async_nats::header::NATS_MESSAGE_ID, id);
        }
        let payload = text.as_bytes().to_vec().into();
        let sent = self
            .jetstream
            .publish_with_headers(subject, headers, payload);
        let taken = sent.await.map_err(BusError::new)?.await;
        if let Err(error) = &taken
            && error.kind() == PublishErrorKind::StreamNotFound
        {
            // Whoever sends tries again.
            make_streams(&self.jetstream).await?;
        }
        taken.map(drop).map_err(BusError::new)
    }
}

impl Drop for NatsBus {
    /// It is not alive any more, whoever else has the client.
    fn drop(&mut self) {
        if let Some(answering) = self.answering.get_mut().take() {
            answering.abort();
        }
    }
}

impl Bus for NatsBus {
    async fn join(&self, node: &str, process: &str) -> Result<(), BusError> {
        let questions = self.client.subscribe(alive(process)).await;
        let mut questions = questions.map_err(BusError::new)?;
        let client = self.client.clone();
        let answering = tokio::spawn(async move {
            while let Some(question) = questions.next().await {
                if let Some(reply) = question.reply {
                    // Whoever asks does so again.
                    let _ = client.publish(reply, "yes".into()).await;
                }
            }
        });
        *self.answering.lock().await = Some(answering.abort_handle());
        *self.inbox.lock().await = Some(self.open(node).await?);
        *self.node.lock().await = Some(node.into());
        Ok(())
    }

    async fn receive(&self) -> Result<Delivery, BusError> {
        let mut inbox = self.inbox.lock().await;
        if inbox.is_none() {
            let node = self.node.lock().await.clone();
            let node = node.ok_or_else(|| BusError::new("not joined"))?;
            *inbox = Some(self.open(&node).await?);
        }
        let next = match &mut *inbox {
            Some(messages) => messages.next().await,
            None => None,
        };
        match next {
            Some(Ok(message)) => {
                let (message, acker) = message.split();
                let text = String::from_utf8_lossy(&message.payload).into_owned();
                let done = async move {
                    let acked = timeout(PATIENCE, acker.double_ack()).await;
                    acked.map_err(BusError::new)?.map_err(BusError::new)
                };
                Ok(Delivery::new(text, done))
            }
            ended => {
                // It is opened anew.
                *inbox = None;
                let why = ended.and_then(Result::err);
                let why = why.map_or_else(|| "no more messages".into(), |why| why.to_string());
                Err(BusError::new(why))
            }
        }
    }

    async fn send(&self, node: Option<&str>, id: &str, text: &str) -> Result<(), BusError> {
        let subject = node.map(|node| format!("ocpp.node.{}", encoded(node)));
        let subject = subject.unwrap_or_else(|| "ocpp.nodes".into());
        self.put(subject, Some(id), text).await
    }

    async fn is_alive(&self, process: &str) -> Result<bool, BusError> {
        let asked = self.client.request(alive(process), "".into());
        match timeout(PATIENCE, asked).await {
            Ok(Ok(_)) => Ok(true),
            Ok(Err(error)) if error.kind() == RequestErrorKind::NoResponders => Ok(false),
            Ok(Err(error)) => Err(BusError::new(error)),
            Err(error) => Err(BusError::new(error)),
        }
    }

    async fn publish(&self, station: &str, id: Option<&str>, event: &str) -> Result<(), BusError> {
        let subject = format!("ocpp.event.{}", encoded(station));
        self.put(subject, id, event).await
    }
}
