//! Local lists: what is sent, and what each station has.

use std::sync::Arc;

use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Command, CommandError, Operation, Outcome, TokenInfo};

use super::fleet::Fleet;
use super::station::Member;

impl Fleet {
    /// Sends what is missing from this node. `None`: the station has it.
    pub(super) async fn bring_list_here(
        self: &Arc<Self>,
        station: &str,
        wanted: Vec<(IdToken, TokenInfo)>,
    ) -> Result<Option<Outcome>, CommandError> {
        let bringing = self.with(station, |fleet, member| async move {
            fleet.bring_list(&member, &wanted).await
        });
        bringing.await.unwrap_or(Err(CommandError::TooMany))
    }

    /// Sends what is missing so that a station has these tokens and no others. `None`: it has them.
    pub(super) async fn bring_list(
        self: &Arc<Self>,
        member: &Arc<Member>,
        wanted: &[(IdToken, TokenInfo)],
    ) -> Result<Option<Outcome>, CommandError> {
        let _one = member.sending_list.lock().await;
        loop {
            let next = self.services.lists(|lists| lists.next(&member.id, wanted));
            let Some(operation) = next else {
                return Ok(None);
            };
            let is_full = matches!(operation, Operation::SendLocalList { full: true, .. });
            let outcome = self.send_list(member, operation).await?;
            let refused = matches!(outcome, Outcome::Refused { .. } | Outcome::Partial { .. });
            // D01.FR.02 and others: if the difference cannot be taken, all of it follows.
            if !refused || is_full {
                return Ok(Some(outcome));
            }
        }
    }

    /// Sends a list that the operator has made.
    pub(super) async fn send_own_list(
        self: &Arc<Self>,
        member: &Arc<Member>,
        command: Command,
    ) -> Result<Outcome, CommandError> {
        let _one = member.sending_list.lock().await;
        match command {
            Command::Operation(operation) => self.send_list(member, operation).await,
            other => {
                // What it says is the operator's.
                let records = &self.records;
                let unknown = self
                    .services
                    .change_list(records, &member.id, |lists| Some(lists.unknown(&member.id)));
                unknown.await.map_err(|_| CommandError::NotStored)?;
                self.perform(member, other).await
            }
        }
    }

    async fn send_list(
        self: &Arc<Self>,
        member: &Arc<Member>,
        operation: Operation,
    ) -> Result<Outcome, CommandError> {
        if !member.is_connected() {
            return Err(CommandError::NotConnected);
        }
        let (services, records, id) = (&self.services, &self.records, &*member.id);
        let sending = services.change_list(records, id, |lists| lists.sending(id, &operation));
        sending.await.map_err(|_| CommandError::NotStored)?;
        let command = Command::Operation(operation.clone());
        let outcome = self.perform(member, command).await;
        // If it cannot be stored, it stays unknown what the station has, and all of it is sent the next time.
        let _ = services
            .change_list(records, id, |lists| lists.sent(id, &operation, &outcome))
            .await;
        outcome
    }
}

/// Whether a command sends a local list.
pub(super) fn sends_list(command: &Command) -> bool {
    match command {
        Command::Operation(operation) => matches!(operation, Operation::SendLocalList { .. }),
        Command::Call { action, .. } => action.eq_ignore_ascii_case("SendLocalList"),
        _ => false,
    }
}
