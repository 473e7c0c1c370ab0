//! Nodes that share a store and talk over a bus.

use std::sync::Arc;

use ocpp_core::csms::remote::{Command, CommandError, Outcome};
use ocpp_tokio::csms::{Bus, Csms, MemoryStore, Switchboard};
use ocpp_tokio::{StationSecurity, Version};
use serde_json::{Value, json};

use crate::peer::{Peer, accepted, config, listen, open_as, until};

async fn node(name: &str, store: &Arc<MemoryStore>, bus: impl Bus) -> Csms {
    Csms::open_node(config(name), Arc::clone(store), bus, ())
        .await
        .unwrap()
}

/// What two nodes must do for each other, whichever bus is between them.
async fn nodes_work_together(one: Csms, two: Csms) {
    let (at_one, at_two) = (listen(&one).await, listen(&two).await);
    // A token that is put at one counts at the other.
    one.put_token("A1", &accepted()).await.unwrap();
    until(|| two.tokens(|tokens| tokens.get("A1").is_some())).await;
    let mut peer = Peer::connect(at_two, "CP1", Version::V1_6).await;
    peer.boot().await;

    // A command reaches the node that has the station, also one that did not know it.
    let handle = one.put_station("CP1").await;
    let handle = handle.unwrap_or_else(|error| panic!("{error}"));
    assert!(!handle.is_connected(), "it is connected elsewhere");
    let calling = handle.clone();
    let calling = tokio::spawn(async move { calling.call("ClearCache", "{}").await });
    assert_eq!(peer.serve().await[2], "ClearCache");
    assert_eq!(calling.await.unwrap().unwrap(), r#"{"status":"Accepted"}"#);
    let nonsense = handle.call("Nonsense", "{}").await;
    assert_eq!(
        nonsense,
        Err(CommandError::NotInThisVersion),
        "errors come back as they are"
    );

    // A token that charges at one does not charge at the other (ConcurrentTx), until it has ended.
    let id = peer.begin().await;
    let mut other = Peer::connect(at_one, "CP2", Version::V1_6).await;
    other.boot().await;
    let mut minute = 0;
    let mut begins = async |other: &mut Peer| {
        minute += 1;
        let at = format!("2024-05-15T13:{minute:02}:00Z");
        let start = json!({"connectorId": 1, "idTag": "A1", "meterStart": 0, "timestamp": at});
        let begun = other.ask("StartTransaction", &start).await;
        let stop =
            json!({"transactionId": begun["transactionId"], "meterStop": 0, "timestamp": at});
        other.ask("StopTransaction", &stop).await;
        begun["idTagInfo"]["status"].clone()
    };
    while begins(&mut other).await != "ConcurrentTx" {}
    peer.end(&id, 1, 300).await;
    while begins(&mut other).await != "Accepted" {}

    // The station goes over to the other node: the command goes there, and the old connection ends.
    let mut moved = Peer::connect(at_one, "CP1", Version::V1_6).await;
    moved.ask("Heartbeat", &json!({})).await;
    peer.ended().await;
    let from_two = two.station("CP1").unwrap();
    let calling = tokio::spawn(async move { from_two.call("ClearCache", "{}").await });
    assert_eq!(moved.serve().await[2], "ClearCache");
    assert!(calling.await.unwrap().is_ok());

    // Nobody has it connected: still it is one node that answers.
    drop(moved);
    until(|| {
        one.station("CP1")
            .is_none_or(|station| !station.is_connected())
    })
    .await;
    let from_two = two.station("CP1").unwrap();
    let gone = from_two.call("ClearCache", "{}").await;
    assert_eq!(gone, Err(CommandError::NotConnected));
    let set = Command::Password(Some("correct horse battery".into()));
    assert_eq!(from_two.command(set).await, Ok(Outcome::Done));
    let without = StationSecurity::Unsecured;
    let without = Peer::try_connect(at_one, "CP1", Version::V1_6, without).await;
    assert!(without.is_err());
    let clear = from_two.command(Command::Password(None)).await;
    assert_eq!(clear, Ok(Outcome::Done));

    // The node that has it is gone: another one takes it.
    let mut peer = Peer::connect(at_one, "CP1", Version::V1_6).await;
    peer.ask("Heartbeat", &json!({})).await;
    one.shutdown(std::time::Duration::from_secs(5)).await;
    drop((handle, one));
    let back = loop {
        // Its tasks let go of it a moment later.
        match from_two.command(Command::Password(None)).await {
            Ok(outcome) => break outcome,
            Err(error) => assert!(matches!(error, CommandError::Call(_)), "{error:?}"),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(back, Outcome::Done);
    let mut peer = Peer::connect(at_two, "CP1", Version::V1_6).await;
    peer.ask("Heartbeat", &json!({})).await;
}

#[tokio::test]
async fn nodes_in_one_program_work_together() {
    let (board, store) = (Switchboard::new(), Arc::new(MemoryStore::new()));
    let mut events = board.events();
    let one = node("one", &store, board.node()).await;
    let two = node("two", &store, board.node()).await;
    nodes_work_together(one, two).await;
    let mut told = Vec::new();
    while let Ok(text) = events.try_recv() {
        told.push(serde_json::from_str::<Value>(&text).unwrap());
    }
    let bills = told.iter().filter(|it| !it["bill"].is_null());
    let bills: Vec<&Value> = bills.collect();
    let of_cp1: Vec<&&Value> = bills.iter().filter(|it| it["station"] == "CP1").collect();
    assert_eq!(of_cp1.len(), 1, "{bills:?}");
    let bills = of_cp1;
    let energy = bills[0]["bill"]["energyWh"].to_string();
    assert_eq!(energy.trim_matches('"'), "200");
    assert!(
        told.iter().any(|it| !it["event"]["Booted"].is_null()),
        "{told:?}"
    );
}

/// A message that comes twice is carried out once.
#[tokio::test]
async fn a_command_that_is_delivered_twice_is_carried_out_once() {
    let (board, store) = (Switchboard::new(), Arc::new(MemoryStore::new()));
    let csms = node("one", &store, Twice(board.node())).await;
    let (two, _) = {
        let two = node("two", &store, Twice(board.node())).await;
        let at = listen(&two).await;
        (two, at)
    };
    let address = listen(&csms).await;
    let mut peer = Peer::connect(address, "CP1", Version::V1_6).await;
    peer.boot().await;
    let handle = two.put_station("CP1").await.unwrap();
    for number in 0..5 {
        let payload = json!({"vendorId": "me", "data": number.to_string()}).to_string();
        let calling = handle.clone();
        let calling = tokio::spawn(async move { calling.call("DataTransfer", &payload).await });
        assert_eq!(peer.serve().await[3]["data"], number.to_string());
        calling.await.unwrap().unwrap();
    }
}

/// A bus that delivers everything twice.
#[derive(Debug)]
struct Twice<B>(B);

impl<B: Bus> Bus for Twice<B> {
    async fn join(&self, node: &str, process: &str) -> Result<(), ocpp_tokio::csms::BusError> {
        self.0.join(node, process).await
    }

    async fn receive(&self) -> Result<ocpp_tokio::csms::Delivery, ocpp_tokio::csms::BusError> {
        self.0.receive().await
    }

    async fn send(
        &self,
        node: Option<&str>,
        id: &str,
        text: &str,
    ) -> Result<(), ocpp_tokio::csms::BusError> {
        self.0.send(node, id, text).await?;
        self.0.send(node, id, text).await
    }

    async fn is_alive(&self, process: &str) -> Result<bool, ocpp_tokio::csms::BusError> {
        self.0.is_alive(process).await
    }

    async fn publish(
        &self,
        station: &str,
        id: Option<&str>,
        event: &str,
    ) -> Result<(), ocpp_tokio::csms::BusError> {
        self.0.publish(station, id, event).await
    }
}

#[cfg(feature = "nats")]
#[tokio::test]
async fn nodes_over_nats_work_together() {
    use crate::servers;
    use ocpp_tokio::csms::NatsBus;
    let Some(server) = servers::nats("together").await else {
        return;
    };
    let address = format!("nats://127.0.0.1:{}", server.port);
    let bus = async || NatsBus::connect(&address).await.unwrap();
    let store = Arc::new(MemoryStore::new());
    let one = node("one", &store, bus().await).await;
    let two = node("node.2 *>", &store, bus().await).await;
    nodes_work_together(one, two).await;
}

/// The bus comes back with nothing of what it had: nodes make their streams anew, and work together as before.
#[cfg(feature = "nats")]
#[tokio::test]
async fn a_bus_that_has_lost_everything_is_used_again() {
    use crate::servers;
    use ocpp_tokio::csms::NatsBus;
    let Some(mut server) = servers::nats("lost").await else {
        return;
    };
    let address = format!("nats://127.0.0.1:{}", server.port);
    let bus = async || NatsBus::connect(&address).await.unwrap();
    let store = Arc::new(MemoryStore::new());
    let one = node("one", &store, bus().await).await;
    let two = node("two", &store, bus().await).await;
    let at_one = listen(&one).await;
    let mut peer = Peer::connect(at_one, "CP1", Version::V1_6).await;
    peer.boot().await;
    server.lose_everything();
    server.start_again().await;
    let handle = two.station_called("CP1");
    let mut asking = tokio::spawn(async move {
        // Until the bus is there again, the command is refused or waits.
        while handle.call("ClearCache", "{}").await.is_err() {}
    });
    let began = std::time::Instant::now();
    loop {
        tokio::select! {
            asked = &mut asking => break asked.unwrap(),
            call = peer.serve() => assert_eq!(call[2], "ClearCache"),
        }
        assert!(began.elapsed().as_secs() < 120, "the bus is not used");
    }
    // What services tell each other arrives too.
    one.put_token("A1", &accepted()).await.unwrap();
    until(|| two.tokens(|tokens| tokens.get("A1").is_some())).await;
}

/// Without a bus the nodes do not know of each other; the store keeps them apart.
#[tokio::test]
async fn a_node_without_a_bus_takes_the_station_for_its_command() {
    let store = Arc::new(MemoryStore::new());
    let (_one, at_one) = open_as("one", Arc::clone(&store), ()).await;
    let (two, _) = open_as("two", Arc::clone(&store), ()).await;
    let mut peer = Peer::connect(at_one, "CP1", Version::V1_6).await;
    peer.boot().await;
    let handle = two.put_station("CP1").await.unwrap();
    let gone = handle.call("ClearCache", "{}").await;
    assert_eq!(gone, Err(CommandError::NotConnected));
    let start = json!({"connectorId": 1, "idTag": "A1", "meterStart": 0, "timestamp": "2024-05-15T12:00:00Z"});
    let begun = peer.try_ask("StartTransaction", &start).await;
    assert!(begun.is_err(), "it is not this node's any more: {begun:?}");
    peer.ended().await;
}
