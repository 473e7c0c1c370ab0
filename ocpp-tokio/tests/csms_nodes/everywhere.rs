//! What the operator does works at every node, and a name is one station's at all of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Command, CommandError, Outcome, TokenInfo};
use ocpp_core::csms::services::Token;
use ocpp_core::session::CallFailure;
use ocpp_tokio::csms::{
    Bus, BusError, Csms, Delivery, MemoryStore, PutError, StationLink, Store, Switchboard, Table,
};
use ocpp_tokio::{ConnectError, StationSecurity, Version};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::peer::{Peer, config, listen, until};

pub async fn node(name: &str, store: &Arc<MemoryStore>, bus: impl Bus) -> (Csms, SocketAddr) {
    let opened = Csms::open_node(config(name), Arc::clone(store), bus, ()).await;
    let csms = opened.unwrap();
    let address = listen(&csms).await;
    (csms, address)
}

async fn two_nodes() -> (Arc<MemoryStore>, Switchboard, [(Csms, SocketAddr); 2]) {
    let (store, board) = (Arc::new(MemoryStore::new()), Switchboard::new());
    let one = node("one", &store, board.node()).await;
    let two = node("two", &store, board.node()).await;
    (store, board, [one, two])
}

fn provision(serial: &str) -> Command {
    let serial_number = Some(serial.to_owned());
    Command::Provision { serial_number }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_two_nodes_give_one_name_to_two_stations() {
    let (store, _board, [(one, _), (two, at_two)]) = two_nodes().await;
    for round in 0..20 {
        let serial = format!("SN{round}");
        let (a, b) = (format!("A{round}"), format!("B{round}"));
        let (first, second) = (
            one.put_station(&a).await.unwrap(),
            two.put_station(&b).await.unwrap(),
        );
        // Two stations with one serial number, at the same moment.
        let outcomes = tokio::join!(
            first.command(provision(&serial)),
            second.command(provision(&serial))
        );
        let taken = Err(CommandError::NameTaken);
        match &outcomes {
            (Ok(_), other) | (other, Ok(_)) => assert_eq!(*other, taken, "{round}"),
            both => panic!("{round}: {both:?}"),
        }
        // A station of this name, and a serial number, at the same moment.
        let name = format!("X{round}");
        let (put, provisioned) =
            tokio::join!(two.put_station(&name), first.command(provision(&name)));
        assert_ne!(
            put.is_ok(),
            provisioned.is_ok(),
            "{round}: {put:?} {provisioned:?}"
        );
        assert!(
            put.is_ok() || matches!(put, Err(PutError::Taken(_))),
            "{put:?}"
        );
    }
    // Whoever calls himself so is turned away at the other node at once.
    one.put_station("CP1")
        .await
        .unwrap()
        .command(provision("NUMBER"))
        .await
        .unwrap();
    let come = async |name: &str| {
        Peer::try_connect(at_two, name, Version::V1_6, StationSecurity::Unsecured).await
    };
    assert!(
        matches!(come("NUMBER").await, Err(ConnectError::Refused(403))),
        "taken"
    );
    // Given up at one node, it is free at the other.
    let cp1 = two.station_called("CP1");
    cp1.command(provision("OTHER")).await.unwrap();
    assert!(come("NUMBER").await.is_ok());
    two.put_station("CP2")
        .await
        .unwrap()
        .command(provision("NUMBER"))
        .await
        .unwrap();
    assert!(one.station_called("CP2").forget().await.unwrap());
    one.put_station("CP3")
        .await
        .unwrap()
        .command(provision("NUMBER"))
        .await
        .unwrap();
    let rows = store.read(Table::Nodes, "name/", 1000).await.unwrap();
    assert!(
        !rows.iter().any(|(_, station)| station == "CP2"),
        "{rows:?}"
    );
}

/// What stands in a row of a name decides, also against what a build without such rows has stored.
#[tokio::test]
async fn names_of_an_earlier_build_are_taken_over() {
    let store = Arc::new(MemoryStore::new());
    let (csms, _) = crate::peer::open(Arc::clone(&store), ()).await;
    csms.put_station("CP1")
        .await
        .unwrap()
        .command(provision("SN1"))
        .await
        .unwrap();
    csms.shutdown(Duration::from_secs(5)).await;
    drop(csms);
    for key in ["format", "name/CP1", "name/SN1"] {
        assert!(
            store.get(Table::Nodes, key).await.unwrap().is_some(),
            "{key}"
        );
        let row = ocpp_tokio::csms::Row::remove(Table::Nodes, key);
        store.write(vec![row]).await.unwrap();
    }
    let (csms, _) = crate::peer::open(Arc::clone(&store), ()).await;
    let other = csms.put_station("CP2").await.unwrap();
    assert_eq!(
        other.command(provision("SN1")).await,
        Err(CommandError::NameTaken)
    );
    assert_eq!(
        other.command(provision("CP1")).await,
        Err(CommandError::NameTaken)
    );
    let put = csms.put_station("SN1").await;
    assert!(matches!(put, Err(PutError::Taken(_))), "{put:?}");
}

#[tokio::test]
async fn every_node_knows_which_stations_are_connected_where() {
    let (_store, _board, [(one, at_one), (two, at_two)]) = two_nodes().await;
    let mut here = Peer::connect(at_one, "CP1", Version::V1_6).await;
    here.boot().await;
    let mut there = Peer::connect(at_two, "CP2", Version::V2_0_1).await;
    there.boot().await;
    for csms in [&one, &two] {
        let stations = csms.stations_after("", 10).await.unwrap();
        let names: Vec<&str> = stations.iter().map(|it| it.identity()).collect();
        assert_eq!(names, ["CP1", "CP2"]);
        let links = csms.links(&stations).await;
        let told: Vec<_> = links.iter().map(|it| (it.node(), it.version())).collect();
        let wanted = [
            (Some("one"), Some(Version::V1_6)),
            (Some("two"), Some(Version::V2_0_1)),
        ];
        assert_eq!(told, wanted);
        let after = csms.stations_after("CP1", 10).await.unwrap();
        assert_eq!((after.len(), after[0].identity()), (1, "CP2"));
        // What that node has stored is told here.
        let found = csms.find_station("CP2").await.unwrap().unwrap();
        let vendor = found
            .look(|it| it.info().map(|info| info.vendor.clone()))
            .await;
        assert_eq!(vendor.as_deref(), Some("V"));
        assert!(csms.find_station("CP3").await.unwrap().is_none());
    }
    drop(there);
    until(|| two.station("CP2").is_some_and(|it| !it.is_connected())).await;
    assert_eq!(one.station_called("CP2").link().await, StationLink::None);
}

/// A node that has a station and does not answer: nobody knows.
#[tokio::test]
async fn a_link_of_a_node_that_does_not_answer_is_not_known() {
    let (store, board) = (Arc::new(MemoryStore::new()), Switchboard::new());
    let (one, _) = node("one", &store, board.node()).await;
    let (two, at_two) = node("two", &store, Deaf(board.node())).await;
    let mut peer = Peer::connect(at_two, "CP1", Version::V1_6).await;
    peer.boot().await;
    let link = one.station_called("CP1").link().await;
    assert_eq!((link.node(), link.version()), (Some("two"), None));
    // When it is gone, so is the connection.
    two.shutdown(Duration::from_secs(5)).await;
    drop((two, peer));
    while one.station_called("CP1").link().await != StationLink::None {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_operator_may_ask_any_node() {
    let (store, _board, [(one, at_one), (two, _)]) = two_nodes().await;
    let mut peer = Peer::connect(at_one, "CP1", Version::V1_6).await;
    peer.boot().await;
    let from_two = two.station_called("CP1");
    // A call, and an answer.
    let calling = from_two.clone();
    let calling = tokio::spawn(async move { calling.call("ClearCache", "{}").await });
    assert_eq!(peer.serve().await[2], "ClearCache");
    calling.await.unwrap().unwrap();
    // A local list; the second time the station has it.
    let list = [(IdToken::of_1_6("A1"), TokenInfo::of(TokenStatus::Accepted))];
    let (bringing, tokens) = (from_two.clone(), list.clone());
    let bringing = tokio::spawn(async move { bringing.bring_local_list(&tokens).await });
    assert_eq!(peer.serve().await[2], "SendLocalList");
    let brought = bringing.await.unwrap().unwrap();
    assert!(
        matches!(brought, Some(Outcome::Accepted { .. })),
        "{brought:?}"
    );
    assert_eq!(from_two.bring_local_list(&list).await, Ok(None));
    until(|| from_two.local_list_version() == Some(1)).await;
    // It is forgotten everywhere, but not while it charges.
    let id = peer.begin().await;
    assert!(!from_two.forget().await.unwrap(), "a transaction is open");
    peer.end(&id, 1, 300).await;
    assert!(from_two.forget().await.unwrap());
    peer.ended().await;
    until(|| one.station("CP1").is_none_or(|it| !it.is_connected())).await;
    assert_eq!(store.get(Table::Stations, "CP1").await.unwrap(), None);
    for csms in [&one, &two] {
        assert!(csms.find_station("CP1").await.unwrap().is_none());
    }
}

/// A message for whoever has a token is changed at one node: it is shown at the station that another one has, once, with the next answer.
#[tokio::test]
async fn whoever_charges_is_shown_what_the_operator_has_changed() {
    let (_store, _board, [(one, _), (two, at_two)]) = two_nodes().await;
    let token = |message: &str| {
        let mut token = Token::of(TokenStatus::Accepted);
        token.message = Some(message.into());
        token
    };
    one.put_token("A1", &token("cheap")).await.unwrap();
    until(|| two.tokens(|tokens| tokens.get("A1").is_some())).await;
    let mut peer = Peer::connect(at_two, "CP1", Version::V2_0_1).await;
    peer.boot().await;
    peer.begin().await;
    let mut seq = 0;
    let mut told = async |with_token: bool| {
        seq += 1;
        let mut event = json!({"eventType": "Updated", "timestamp": "2024-05-15T12:30:00Z",
            "triggerReason": "MeterValuePeriodic", "seqNo": seq,
            "transactionInfo": {"transactionId": "T1-1"}, "evse": {"id": 1, "connectorId": 1}});
        if with_token {
            event["idToken"] = json!({"idToken": "A1", "type": "ISO14443"});
        }
        let answer = peer.ask("TransactionEvent", &event).await;
        let updated = answer["updatedPersonalMessage"]["content"].clone();
        (
            updated,
            answer["idTokenInfo"]["personalMessage"]["content"].clone(),
        )
    };
    let none = json!(null);
    assert_eq!(told(false).await, (none.clone(), none.clone()));
    one.put_token("a1", &token("dear")).await.unwrap();
    while told(false).await.0 != "dear" {}
    assert_eq!(told(false).await, (none.clone(), none.clone()), "once");
    // The same again is no news; with the token it is said of the token.
    two.put_token("A1", &token("dear")).await.unwrap();
    assert_eq!(told(false).await.0, none);
    two.put_token("A1", &token("free")).await.unwrap();
    assert_eq!(told(true).await, (none.clone(), json!("free")));
    assert_eq!(told(false).await.0, none);
}

/// A bus that never delivers anything.
#[derive(Debug)]
struct Deaf<B>(B);

impl<B: Bus> Bus for Deaf<B> {
    async fn join(&self, node: &str, process: &str) -> Result<(), BusError> {
        self.0.join(node, process).await
    }

    async fn receive(&self) -> Result<Delivery, BusError> {
        std::future::pending().await
    }

    async fn send(&self, node: Option<&str>, id: &str, text: &str) -> Result<(), BusError> {
        self.0.send(node, id, text).await
    }

    async fn is_alive(&self, process: &str) -> Result<bool, BusError> {
        self.0.is_alive(process).await
    }

    async fn publish(&self, station: &str, id: Option<&str>, event: &str) -> Result<(), BusError> {
        self.0.publish(station, id, event).await
    }
}

/// A node that can be killed: nothing that it is doing comes to its end.
struct Mortal {
    runtime: Option<Runtime>,
    address: SocketAddr,
}

impl Mortal {
    async fn new(name: &'static str, store: &Arc<MemoryStore>, bus: impl Bus) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let store = Arc::clone(store);
        let opening = runtime.spawn(async move {
            let (csms, address) = node(name, &store, bus).await;
            // It lives as long as the runtime.
            tokio::spawn(async move {
                std::future::pending::<()>().await;
                drop(csms);
            });
            address
        });
        let address = opening.await.unwrap();
        let runtime = Some(runtime);
        Self { runtime, address }
    }

    fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        self.kill();
    }
}

fn data(text: &str) -> String {
    json!({"vendorId": "me", "data": text}).to_string()
}

/// The node that was to carry a command out dies before it has begun: whoever the station connects to next carries it out, once, also
/// when the dead node comes back and finds the command.
#[tokio::test]
async fn a_command_that_had_not_begun_is_carried_out_once_by_another_node() {
    let (store, board) = (Arc::new(MemoryStore::new()), Switchboard::new());
    let (one, at_one) = node("one", &store, board.node()).await;
    let mut two = Mortal::new("two", &store, Deaf(board.node())).await;
    let mut peer = Peer::connect(two.address, "CP1", Version::V1_6).await;
    peer.boot().await;
    let handle = one.station_called("CP1");
    let calling = tokio::spawn(async move { handle.call("DataTransfer", &data("once")).await });
    // It waits for the node, which takes nothing. Then the node dies.
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(peer);
    let mut peer = Peer::connect(at_one, "CP1", Version::V1_6).await;
    peer.ask("Heartbeat", &json!({})).await;
    two.kill();
    let call = peer.serve().await;
    assert_eq!(call[3]["data"], "once");
    assert!(calling.await.unwrap().is_ok());
    // The node is there again: what waited for it is not carried out any more.
    let (again, at_again) = node("two", &store, board.node()).await;
    let mut moved = Peer::connect(at_again, "CP1", Version::V1_6).await;
    moved.ask("Heartbeat", &json!({})).await;
    let handle = again.station_called("CP1");
    let calling = tokio::spawn(async move { handle.call("DataTransfer", &data("next")).await });
    assert_eq!(
        moved.serve().await[3]["data"],
        "next",
        "nothing comes before"
    );
    assert!(calling.await.unwrap().is_ok());
}

/// The node dies after it has begun: whoever has asked is told that nobody knows, and nobody begins anew.
#[tokio::test]
async fn a_command_that_had_begun_is_told_as_lost() {
    let (store, board) = (Arc::new(MemoryStore::new()), Switchboard::new());
    let (one, at_one) = node("one", &store, board.node()).await;
    let mut two = Mortal::new("two", &store, board.node()).await;
    let mut peer = Peer::connect(two.address, "CP1", Version::V1_6).await;
    peer.boot().await;
    let handle = one.station_called("CP1");
    let calling = tokio::spawn(async move { handle.call("DataTransfer", &data("lost")).await });
    // It reaches the station, which does not answer in time.
    assert_eq!(peer.receive().await[3]["data"], "lost");
    two.kill();
    let lost = Err(CommandError::Call(CallFailure::Disconnected));
    assert_eq!(calling.await.unwrap(), lost);
    let mut peer = Peer::connect(at_one, "CP1", Version::V1_6).await;
    peer.ask("Heartbeat", &json!({})).await;
    let _again = node("two", &store, board.node()).await;
    let handle = one.station_called("CP1");
    let calling = tokio::spawn(async move { handle.call("DataTransfer", &data("next")).await });
    assert_eq!(
        peer.serve().await[3]["data"],
        "next",
        "nothing comes before"
    );
    assert!(calling.await.unwrap().is_ok());
}

/// Nobody has the station when its node dies: the command is told as not carried out.
#[tokio::test]
async fn a_command_for_a_station_that_is_nowhere_is_told_as_such() {
    let (store, board) = (Arc::new(MemoryStore::new()), Switchboard::new());
    let (one, _) = node("one", &store, board.node()).await;
    let mut two = Mortal::new("two", &store, Deaf(board.node())).await;
    let mut peer = Peer::connect(two.address, "CP1", Version::V1_6).await;
    peer.boot().await;
    let handle = one.station_called("CP1");
    let calling = tokio::spawn(async move { handle.call("DataTransfer", &data("x")).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    two.kill();
    assert_eq!(calling.await.unwrap(), Err(CommandError::NotConnected));
}
