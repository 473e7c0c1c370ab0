//! `cargo run -p example-axum`, and in another terminal
//! `cargo run -p ocpp-cli -- station --url ws://127.0.0.1:9000/ocpp --id CP1 --password "correct horse battery"`.

use std::error::Error;
use std::net::SocketAddr;

use example_axum::Application;
use ocpp_core::csms::{Config, Csms};
use ocpp_tokio::Password;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let password = Password::text("correct horse battery")?;
    let routes = Application::new(Csms::new(Config::default()), password).routes();
    let listener = TcpListener::bind("127.0.0.1:9000").await?;
    println!("stations connect to ws://{}/ocpp/", listener.local_addr()?);
    // Whoever connects is told by its address, which limits need.
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}
