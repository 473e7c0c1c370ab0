//! The CSMS: the driver of [`ocpp_tokio`], with an operator that calls stations.

use std::net::Ipv4Addr;

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::Transaction;
use ocpp_core::csms::remote::RemoteStation;
use ocpp_core::csms::services::Token;
use ocpp_tokio::CsmsSecurity;
use ocpp_tokio::csms::{self, CsmsConfig, MemoryStore, StationHandle};
use tokio::net::TcpListener;

use crate::{Failure, STATION};

/// A CSMS that listens on a free port of this machine.
pub(crate) struct Csms {
    csms: csms::Csms,
    url: String,
}

impl Csms {
    pub(crate) async fn start() -> Result<Self, Failure> {
        // Nothing is stored: everything is forgotten at the end.
        let store = MemoryStore::new();
        let csms = csms::Csms::open(CsmsConfig::default(), store, ()).await?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = csms.listen(listener, CsmsSecurity::Unsecured)?;
        Ok(Self {
            csms,
            url: format!("ws://{address}"),
        })
    }

    /// Where stations connect to.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Lets a card charge.
    pub(crate) async fn accept(&self, card: &str) -> Result<(), Failure> {
        let accepted = Token::of(TokenStatus::Accepted);
        Ok(self.csms.put_token(card, &accepted).await?)
    }

    fn station(&self) -> Result<StationHandle, Failure> {
        let station = self.csms.station(STATION);
        station.ok_or_else(|| "the station is not connected".into())
    }

    /// Looks at what the CSMS knows of the station, if it knows it.
    pub(crate) async fn look<T>(
        &self,
        look: impl FnOnce(&RemoteStation) -> Option<T>,
    ) -> Option<T> {
        self.station().ok()?.look(look).await
    }

    /// The transactions, oldest first.
    pub(crate) async fn transactions(&self) -> Result<Vec<Transaction>, Failure> {
        let page = self.csms.transactions(0, usize::MAX, |_, _| true).await?;
        let all = page.transactions.into_iter();
        Ok(all.map(|stored| stored.transaction).collect())
    }

    /// Calls the station as its operator does.
    pub(crate) async fn call(&self, action: &str, payload: &str) -> Result<String, Failure> {
        let called = self.station()?.call(action, payload).await;
        called.map_err(|error| format!("{action}: {error:?}").into())
    }
}
