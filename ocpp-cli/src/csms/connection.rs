//! One connection of one station.

use std::sync::Arc;

use ocpp_core::csms::remote::{Input, Link};
use ocpp_core::security::SecurityProfile as CoreProfile;
use ocpp_tokio::{Connection, SecurityProfile};
use tokio::sync::mpsc;
use tracing::info;

use super::fleet::{Fleet, Member, ToStation};

/// Serves a connection until it ends.
pub(super) async fn serve(fleet: Arc<Fleet>, mut connection: Connection, profile: SecurityProfile) {
    let id = connection.info().identity.to_string();
    let version = connection.info().version;
    // The door has let it in.
    let Some(member) = fleet.get_or_add(&id) else {
        return;
    };
    let from = connection.info().remote;
    let from = from.map_or_else(String::new, |remote| format!(" from {remote}"));
    info!("{id}: connected{from}, OCPP {version}");
    let proof = member.proof();
    let link = Link {
        version,
        profile: match profile {
            SecurityProfile::Unsecured => CoreProfile::None,
            SecurityProfile::Basic => CoreProfile::Basic,
            SecurityProfile::TlsBasic => CoreProfile::TlsBasic,
            SecurityProfile::TlsCertificate => CoreProfile::TlsClientCertificate,
        },
        common_name: proof.common_name,
        shown: proof.shown,
    };
    let (texts, mut outgoing) = mpsc::unbounded_channel();
    let number = fleet.connected(&member, link, texts).await;
    let why = run(&fleet, &member, number, &mut connection, &mut outgoing).await;
    info!("{id}: disconnected: {why}");
    fleet.disconnected(&member, number).await;
}

/// Gives the reason of the end.
async fn run(
    fleet: &Arc<Fleet>,
    member: &Arc<Member>,
    number: u64,
    connection: &mut Connection,
    outgoing: &mut mpsc::UnboundedReceiver<ToStation>,
) -> String {
    loop {
        let wake_up = member.station.lock().await.next_timeout();
        let sleep = async {
            match wake_up {
                Some(at) => tokio::time::sleep_until(fleet.clock().at(at)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            what = outgoing.recv() => match what {
                Some(ToStation::Text(text)) => {
                    if let Err(end) = connection.send(&text).await {
                        return end.to_string();
                    }
                }
                Some(ToStation::Close) => return "ended by the CSMS".into(),
                None => return "the station has connected once more".into(),
            },
            received = connection.recv() => match received {
                Ok(text) => {
                    let _ = fleet.of_line(member, number, Input::Received(text)).await;
                }
                Err(end) => return end.to_string(),
            },
            () = sleep => {
                let _ = fleet.of_line(member, number, Input::TimePassed).await;
            }
        }
    }
}
