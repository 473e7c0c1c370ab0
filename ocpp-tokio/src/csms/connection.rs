//! One connection of one station.

use std::sync::Arc;

use ocpp_core::csms::remote::{Input, Link};
use ocpp_core::security::SecurityProfile as CoreProfile;
use tokio::sync::mpsc;

use super::fleet::Fleet;
use super::station::{Line, Member, ToStation};
use crate::security::SecurityProfile;
use crate::websocket::{Admission, CloseCode, Connection, End};

/// Serves a connection until it ends.
pub(super) async fn serve(fleet: Arc<Fleet>, mut connection: Connection) {
    let info = Arc::clone(connection.info());
    let (number, version) = (info.number, info.version);
    let (texts, mut outgoing) = mpsc::unbounded_channel();
    let line = Line {
        number,
        version,
        texts,
        is_heard: false,
    };
    let Some(member) = fleet.attach(&info.identity, line) else {
        connection.close(CloseCode::POLICY, "no room").await;
        return;
    };
    let mut link = Link::unsecured(version);
    let mut password = None;
    if let Some(admission) = connection.take_admission() {
        let Admission {
            profile,
            credentials,
            common_name,
        } = *admission;
        link.profile = core_profile(profile);
        link.common_name = common_name;
        // Without a profile that asks for it the user name is not compared before.
        let credentials = credentials.filter(|given| *given.username == *info.identity);
        password = credentials.map(|given| given.password);
    }
    fleet.application.connected(&info);
    let heard = fleet.connected(&member, number, link, password.as_deref());
    let end = match heard.await {
        Ok(()) => run(&fleet, &member, number, &mut connection, &mut outgoing).await,
        Err(_) => {
            // What is known of it cannot be read. It comes again.
            let (code, reason) = (CloseCode::TRY_AGAIN_LATER, "try again later".to_owned());
            connection.close(code, &reason).await;
            End::ClosedHere { code, reason }
        }
    };
    fleet.application.disconnected(&info, &end);
    fleet.disconnected(&member, number).await;
}

pub(super) const fn core_profile(profile: SecurityProfile) -> CoreProfile {
    match profile {
        SecurityProfile::Unsecured => CoreProfile::None,
        SecurityProfile::Basic => CoreProfile::Basic,
        SecurityProfile::TlsBasic => CoreProfile::TlsBasic,
        SecurityProfile::TlsCertificate => CoreProfile::TlsClientCertificate,
    }
}

async fn run(
    fleet: &Arc<Fleet>,
    member: &Arc<Member>,
    number: u64,
    connection: &mut Connection,
    outgoing: &mut mpsc::UnboundedReceiver<ToStation>,
) -> End {
    loop {
        let wake_up = member.remote.lock().await.next_timeout();
        let sleep = async {
            match wake_up {
                Some(at) => tokio::time::sleep_until(fleet.clock.at(at)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            what = outgoing.recv() => match what {
                Some(ToStation::Text(text)) => {
                    if let Err(end) = connection.send(&text).await {
                        return end;
                    }
                }
                Some(ToStation::Close(why)) => {
                    let reason = format!("{why:?}");
                    let code = CloseCode::POLICY;
                    connection.close(code, &reason).await;
                    return End::ClosedHere { code, reason };
                }
                Some(ToStation::Elsewhere) => {
                    let code = CloseCode::TRY_AGAIN_LATER;
                    let reason = "another node has taken the station".to_owned();
                    connection.close(code, &reason).await;
                    return End::ClosedHere { code, reason };
                }
                Some(ToStation::Restart) => {
                    let code = CloseCode::SERVICE_RESTART;
                    let reason = "this node is restarted".to_owned();
                    connection.close(code, &reason).await;
                    return End::ClosedHere { code, reason };
                }
                #[cfg(feature = "testing")]
                Some(ToStation::Cut) => return End::Lost(std::io::ErrorKind::ConnectionAborted),
                // The station has connected once more.
                None => return End::Replaced,
            },
            received = connection.recv() => match received {
                #[cfg(feature = "testing")]
                Ok(text) if fleet.is_taken_by_tap(member, &text) => {}
                Ok(text) => fleet.of_line(member, number, Input::Received(text)).await,
                Err(end) => return end,
            },
            () = sleep => fleet.of_line(member, number, Input::TimePassed).await,
        }
    }
}
