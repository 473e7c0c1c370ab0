//! `cargo run -p example-axum`, and in another terminal
//! `cargo run -p ocpp-cli -- station --url ws://127.0.0.1:9000/ocpp --id CP1 --password "correct horse battery"`. Operators show the
//! token of the environment variable `OPERATOR_TOKEN`:
//! `curl -H "Authorization: Bearer $OPERATOR_TOKEN" http://127.0.0.1:9000/stations`.

use std::error::Error;
use std::net::SocketAddr;

use example_axum::routes;
use ocpp_core::csms::remote::Command;
use ocpp_tokio::csms::{Csms, CsmsConfig, MemoryStore};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let token = std::env::var("OPERATOR_TOKEN").map_err(|_| "set OPERATOR_TOKEN")?;
    if token.len() < 16 {
        return Err("OPERATOR_TOKEN has at least 16 characters".into());
    }
    let csms = Csms::open(CsmsConfig::default(), MemoryStore::new(), ()).await?;
    let station = csms.put_station("CP1").await?;
    let password = Command::Password(Some("correct horse battery".into()));
    // Nothing is in its way.
    let _ = station.command(password).await;
    let listener = TcpListener::bind("127.0.0.1:9000").await?;
    println!("stations connect to ws://{}/ocpp/", listener.local_addr()?);
    // Whoever connects is told by its address, which limits need.
    let service = routes(csms, &token).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}
