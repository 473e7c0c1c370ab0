//! A station as the operator handles it, and the transactions in the store.

use std::sync::Arc;

use ocpp_core::csms::ledger::{IdToken, Outside};
use ocpp_core::csms::remote::{
    Command, CommandError, Operation, Outcome, RemoteStation, TokenInfo,
};

use super::bus::Work;
use super::fleet::Fleet;
use super::journal::Message;
use super::links::StationLink;
use super::station::{Member, lock};
use super::store::{StoreError, Table, meters_outside, read_from};
use super::unreadable::UnreadableRecord;
use crate::Version;

/// A station that is known or connected. It stays valid whatever becomes of the station: it is its name.
#[derive(Debug, Clone)]
pub struct StationHandle {
    fleet: Arc<Fleet>,
    id: Arc<str>,
}

impl StationHandle {
    pub(super) const fn new(fleet: Arc<Fleet>, id: Arc<str>) -> Self {
        Self { fleet, id }
    }

    /// Its identity.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.id
    }

    fn member(&self) -> Option<Arc<Member>> {
        self.fleet.get(&self.id)
    }

    /// Whether it is connected to this node; [`link`](Self::link) knows of the others too.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.member().is_some_and(|member| member.is_connected())
    }

    /// Whether the operator has [put](super::Csms::put_station) it. Of others so many are remembered
    /// ([`max_strangers`](super::CsmsConfig::max_strangers)), and no certificates are signed for them.
    #[must_use]
    pub fn is_put(&self) -> bool {
        self.member().is_some_and(|member| member.is_put())
    }

    /// The version of its connection to this node, if it has one.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.member()?.version()
    }

    /// Looks at what is known of it; nothing, if it was forgotten. Waits while something is being stored for it.
    pub async fn look<T>(&self, look: impl FnOnce(&RemoteStation) -> T) -> T {
        match self.member() {
            Some(member) => look(&*member.remote.lock().await),
            None => look(&self.fleet.stranger(&self.id)),
        }
    }

    /// Carries a command out, and waits for what comes of it. It is carried out even if this is dropped.
    ///
    /// # Errors
    /// Why nothing came of it.
    pub async fn command(&self, command: Command) -> Result<Outcome, CommandError> {
        self.fleet.command(&self.id, command).await
    }

    /// Carries a typed operation out.
    ///
    /// # Errors
    /// Why nothing came of it.
    pub async fn operate(&self, operation: Operation) -> Result<Outcome, CommandError> {
        self.command(Command::Operation(operation)).await
    }

    /// Ends its connection. It may connect again.
    ///
    /// # Errors
    /// It is not connected.
    pub async fn disconnect(&self) -> Result<(), CommandError> {
        self.command(Command::Disconnect).await.map(drop)
    }

    /// Sees to it that its local list has these tokens and no others (D01): sends the differences, or all of them if they are fewer, if
    /// it is not known what the station has, or if it does not take the differences; split as the station wants it. `None`: it has
    /// them. What each station has is stored.
    ///
    /// # Errors
    /// Why nothing came of it. The next time all of them are sent.
    pub async fn bring_local_list(
        &self,
        tokens: &[(IdToken, TokenInfo)],
    ) -> Result<Option<Outcome>, CommandError> {
        self.fleet
            .bring_list_anywhere(&self.id, tokens.to_vec())
            .await
    }

    /// The version of its local list, 0 if none was sent (D02). `None`: it is not known what it has.
    #[must_use]
    pub fn local_list_version(&self) -> Option<i64> {
        self.fleet.services.lists(|lists| lists.version(&self.id))
    }

    /// Sends a request as it is, both it and the response JSON.
    ///
    /// # Errors
    /// Why there is no response.
    pub async fn call(&self, action: &str, payload: &str) -> Result<String, CommandError> {
        let command = Command::Call {
            action: action.into(),
            payload: payload.into(),
        };
        match self.command(command).await? {
            Outcome::Response(response) => Ok(response),
            other => Err(CommandError::InvalidResponse(format!("{other:?}"))),
        }
    }

    /// The last messages, oldest first; how many are kept says the [configuration](super::CsmsConfig::journal_messages).
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        let member = self.member();
        member.map_or_else(Vec::new, |member| {
            lock(&member.journal).all().cloned().collect()
        })
    }

    /// The meter values that came outside of transactions, the newest ones in the order of their times; how many are kept says
    /// [`Limits::outside_records`](ocpp_core::csms::ledger::Limits::outside_records).
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn meter_values_outside(&self) -> Result<Vec<Outside>, StoreError> {
        let prefix = meters_outside(self.identity());
        let store = self.fleet.records.store();
        let mut all = Vec::new();
        read_from(store, Table::Meters, &prefix, |key, value| {
            match serde_json::from_str(value) {
                Ok(read) => all.push(read),
                Err(why) => {
                    let record = UnreadableRecord::new(Table::Meters, key, why);
                    self.fleet.records.set_aside(record);
                }
            }
            Ok(())
        })
        .await?;
        all.sort_by_key(|outside: &Outside| {
            let first = outside.samples.first();
            first.map(|sample| sample.at.unix_millis())
        });
        Ok(all)
    }

    /// Forgets the station, as far as it is not needed for bills: transactions stay in the store. Its connection ends, at whichever node
    /// it is. `false`: a transaction of it is open.
    ///
    /// # Errors
    /// It could not be stored, or the node that has the station does not answer.
    pub async fn forget(&self) -> Result<bool, StoreError> {
        match self.fleet.carry_out(&self.id, Work::Forget).await {
            Ok(_) => {
                // What another node has forgotten, this one need not remember.
                self.refresh().await?;
                Ok(true)
            }
            Err(CommandError::TransactionOpen) => Ok(false),
            Err(_) => {
                let why = self.fleet.records.check().await.err();
                Err(why.unwrap_or_else(|| StoreError::new("the station is not forgotten")))
            }
        }
    }

    /// Reads what is stored of it if another node has it, so that [`look`](Self::look) and [`is_put`](Self::is_put) tell what that node
    /// has stored. With one node nothing is read.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        if self.fleet.has_others() {
            self.fleet.read_anew(&self.id).await?;
        }
        Ok(())
    }

    /// Where it is connected, also if that is another node.
    pub async fn link(&self) -> StationLink {
        let links = self.fleet.links(std::slice::from_ref(&self.id)).await;
        links.into_iter().next().unwrap_or(StationLink::None)
    }
}
