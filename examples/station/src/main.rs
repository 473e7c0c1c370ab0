//! A charging station for OCPP 1.6, to start one's own from: `cargo run -p example-csms`, and in another terminal
//! `cargo run -p example-station`. It charges once, until it is told to stop.

use std::error::Error;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ocpp_core::frame::ErrorCode;
use ocpp_core::time::DateTime;
use ocpp_tokio::session::{Driver, Handler, Peer, Reply, SessionOptions};
use ocpp_tokio::{CloseCode, ConnectOptions, Identity, Version};
use ocpp_types::v1_6::{
    AnyRequest, AuthorizeRequest, BootNotificationRequest, ChargePointErrorCode, ChargePointStatus,
    IdTagInfoStatus, MeterValue, MeterValuesRequest, Protocol, Reason, RemoteStartStopStatus,
    RemoteStopTransactionResponse, SampledValue, StartTransactionRequest,
    StatusNotificationRequest, StopTransactionRequest,
};
use ocpp_types::{NonEmpty, Text};
use tokio::sync::Notify;

/// What the CSMS calls.
struct Station<'a> {
    stop: &'a Notify,
}

impl Handler<Protocol> for Station<'_> {
    async fn handle(&self, request: AnyRequest, reply: Reply<Protocol>, _: &Peer<Protocol>) {
        println!("the CSMS calls: {request:?}");
        match request {
            AnyRequest::RemoteStopTransaction(request) => {
                let status = RemoteStartStopStatus::Accepted;
                reply.with(&request, &RemoteStopTransactionResponse::new(status));
                self.stop.notify_one();
            }
            _ => reply.refuse(ErrorCode::NotSupported, "not in this example"),
        }
    }
}

/// What the station calls.
async fn charge(csms: &Peer<Protocol>, stop: &Notify) -> Result<(), Box<dyn Error>> {
    let boot = BootNotificationRequest::new("Example".parse()?, "Station".parse()?);
    println!("{:?}", csms.call(&boot).await?);
    let (no_error, available) = (ChargePointErrorCode::NoError, ChargePointStatus::Available);
    csms.call(&StatusNotificationRequest::new(1, no_error, available))
        .await?;

    let card = "04A2B3C4";
    let answer = csms.call(&AuthorizeRequest::new(card.parse()?)).await?;
    if answer.id_tag_info.status != IdTagInfoStatus::Accepted {
        return Err("the card is not accepted".into());
    }
    let mut meter = 1000;
    let start = StartTransactionRequest::new(1, card.parse()?, meter, now());
    let transaction = csms.call(&start).await?.transaction_id;
    println!("transaction {transaction} has begun");
    while tokio::time::timeout(Duration::from_secs(1), stop.notified())
        .await
        .is_err()
    {
        meter += 6;
        let sample = SampledValue::new(Text::from_text(&meter.to_string()));
        let value = MeterValue::new(now(), NonEmpty::of(sample));
        let mut reading = MeterValuesRequest::new(1, NonEmpty::of(value));
        reading.transaction_id = Some(transaction);
        csms.call(&reading).await?;
    }
    let mut end = StopTransactionRequest::new(meter, now(), transaction);
    end.reason = Some(Reason::Remote);
    csms.call(&end).await?;
    println!("transaction {transaction} has ended");
    Ok(())
}

fn now() -> DateTime {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let millis = i64::try_from(since.as_millis()).unwrap_or_default();
    DateTime::from_unix_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let identity = Identity::new("EXAMPLE-1")?;
    let options = ConnectOptions::new("ws://127.0.0.1:9000/", identity, &[Version::V1_6]);
    let driver = Driver::<Protocol>::dialing(options, SessionOptions::station());
    let stop = Notify::new();
    let peer = driver.peer();
    let session = async {
        let charged = charge(&peer, &stop).await;
        peer.close(CloseCode::NORMAL, "");
        charged
    };
    let (_, charged) = tokio::join!(driver.run(Station { stop: &stop }), session);
    charged
}
