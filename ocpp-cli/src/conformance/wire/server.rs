//! The CSMS of the wire bench: WebSocket, one station at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

use ocpp_conformance::bench::{Connected, Event};
use ocpp_tokio::server::{Attempt, Refusal, Server, ServerOptions};
use ocpp_tokio::{CloseCode, Connection, CsmsSecurity, Version};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// What the bench wants of the connection.
#[derive(Debug)]
pub(super) enum Order {
    Send(String),
    Close,
}

/// The orders of the open connection.
pub(super) type Line = Arc<Mutex<Option<mpsc::UnboundedSender<Order>>>>;

/// Accepts connections until the bench is gone.
pub(super) async fn serve(
    listener: TcpListener,
    reachable: Arc<AtomicBool>,
    line: Line,
    events: Sender<Event>,
) -> std::io::Result<()> {
    let refused = events.clone();
    let gate = move |attempt: &Attempt<'_>| {
        if reachable.load(Ordering::Relaxed) {
            return Ok(());
        }
        let identity = attempt.identity.to_string();
        // Nobody listens any more when the bench is gone.
        let _ = refused.send(Event::Refused(Connected {
            identity,
            ..Connected::default()
        }));
        Err(Refusal::Unavailable)
    };
    let server = Server::new(ServerOptions::new(&[Version::V1_6]), gate);
    let mut incoming = server.listen(listener, CsmsSecurity::Unsecured)?;
    while let Some(connection) = incoming.accept().await {
        let (orders, given) = mpsc::unbounded_channel();
        let connected = Connected {
            identity: connection.info().identity.to_string(),
            ..Connected::default()
        };
        if let Ok(mut line) = line.lock() {
            *line = Some(orders);
        }
        if events.send(Event::Connected(connected)).is_err() {
            return Ok(());
        }
        carry(connection, given, &events).await;
        let _ = events.send(Event::Disconnected);
    }
    Ok(())
}

/// Carries messages until the connection ends.
async fn carry(
    mut connection: Connection,
    mut orders: mpsc::UnboundedReceiver<Order>,
    events: &Sender<Event>,
) {
    loop {
        tokio::select! {
            received = connection.recv() => match received {
                Ok(text) => {
                    let _ = events.send(Event::Text(text));
                }
                Err(_) => return,
            },
            order = orders.recv() => match order {
                Some(Order::Send(text)) => connection.queue(&text),
                Some(Order::Close) | None => {
                    connection.close(CloseCode::NORMAL, "").await;
                    return;
                }
            },
        }
    }
}
