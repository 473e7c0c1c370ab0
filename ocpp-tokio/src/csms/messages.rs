//! What people are shown while they charge follows what the operator says of their tokens.

use std::sync::Arc;

use ocpp_core::csms::services::Tokens;

use super::fleet::Fleet;

impl Fleet {
    /// What whoever has a token is shown.
    pub(super) fn message_of(&self, token: &str) -> Option<String> {
        let message = |tokens: &Tokens| tokens.get(token)?.message.clone();
        self.services.tokens(message)
    }

    /// A token was put: whoever charges with it at a station of this node is shown what is new.
    pub(super) async fn message_changed(self: &Arc<Self>, token: &str, before: Option<String>) {
        let now = self.message_of(token);
        let Some(now) = now.filter(|now| before.as_ref() != Some(now)) else {
            return;
        };
        let places: Vec<_> = self
            .services
            .tokens(|tokens| tokens.places(token).cloned().collect());
        for place in places {
            // Another node tells its own.
            if let Some(member) = self.get(&place.station).filter(|it| it.is_connected()) {
                let mut remote = member.remote.lock().await;
                remote.show_message(place.reference, &now);
            }
        }
    }
}
