//! A station that somebody works with: nobody forgets it meanwhile.

use std::ops::Deref;
use std::sync::Arc;

use super::fleet::Fleet;
use super::station::Member;

/// See the [module documentation](self).
pub(super) struct Pin {
    fleet: Arc<Fleet>,
    member: Arc<Member>,
}

impl Fleet {
    /// The station of this name, whether it is known or not; `None` if there is no room.
    pub(super) fn pin(self: &Arc<Self>, id: &str) -> Option<Pin> {
        let (member, ()) = self.get_or_add(id, Member::pin)?;
        Some(Pin {
            fleet: Arc::clone(self),
            member,
        })
    }
}

impl Deref for Pin {
    type Target = Arc<Member>;

    fn deref(&self) -> &Arc<Member> {
        &self.member
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        self.member.unpin();
        self.fleet.drop_unknown(&self.member);
    }
}
