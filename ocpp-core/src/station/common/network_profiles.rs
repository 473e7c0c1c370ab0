//! Slots for network connection profiles (2.x B09, B10, A05): which profile a connection is made with, and when it is time for
//! another one.
//!
//! The station left the factory with one profile, whose URL and secrets the application knows; it takes up the first slot
//! until the CSMS overwrites it, or until the security profile is raised.
//!
//! A slot says which version of OCPP is spoken in it. When that is 1.6, which knows no slots, the station goes on with them: only
//! so does it find back.
//!
//! **No station is lost.** The profile of the last connection that was made is kept as a whole, whatever becomes of its slot: it
//! is tried when all entries of `NetworkConfigurationPriority` have failed. What a power cut leaves half done is finished at the
//! next start.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use crate::security::{
    Prerequisites, ProfileChangeRefused, ProfileChangeRules, SecurityEventKind, SecurityProfile,
};
use crate::station::context::Context;
use crate::station::device_model::{Standard, record_key};
use crate::station::network::{NetworkProfile, is_csms_url, is_secured};
use crate::station::record::Records;

const SLOT: &str = "network-profile/";
const PROVEN: &str = "network-proven";
const ORDER: &str = "OCPPCommCtrlr.NetworkConfigurationPriority";
const ATTEMPTS: &str = "OCPPCommCtrlr.NetworkProfileConnectionAttempts";
/// What the CSMS may set as the time-out of messages, in seconds.
const TIMEOUTS: core::ops::RangeInclusive<u32> = 1..=600;

/// A profile in a slot; `None` stands for the one of the factory.
type Content = Option<Box<NetworkProfile>>;

/// The profile of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Target {
    slot: u32,
    #[serde(default)]
    profile: Content,
}

/// Why a profile or an order of slots is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is no such slot (B09.FR.05).
    Slot,
    /// It would lower the security profile (B09.FR.04, A05.FR.10).
    Downgrade,
    /// What is wrong with it (B09.FR.02, B10.FR.02, A05.FR.02, A05.FR.03).
    Invalid(&'static str),
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(crate) struct NetworkProfiles {
    /// What is set. The slot of the factory is empty if it is not there.
    slots: LiteMap<u32, Content>,
    /// What the last connection was made with.
    proven: Option<Target>,
    /// What attempts are made with now. The CSMS may have overwritten the slot since: that counts after a restart.
    using: Option<Target>,
    /// How many attempts in a row have failed with it.
    failures: u32,
    /// The slots that this round has been through.
    tried: Vec<u32>,
    /// All entries have failed: it is the one that worked last.
    fallback: bool,
    /// `NetworkConfigurationPriority` and `NetworkProfileConnectionAttempts`, while a version is spoken that has neither.
    order: Vec<u32>,
    attempts: u32,
}

impl NetworkProfiles {
    /// What was stored. What a power cut has left half done is finished.
    pub(crate) fn restore(core: &mut Context, records: &Records) -> Self {
        let mut slots = LiteMap::new();
        let factory = factory_slot(core);
        if records.text(&slot_key(factory)).is_none() {
            slots.insert(factory, None);
        }
        for (slot, profile) in records.numbered::<u32, Content>(SLOT) {
            // A slot without a profile is the factory's, which was given up. One that the station does not have any more is
            // left alone.
            if profile.is_some() && core.config.network_slots.contains(&slot) {
                slots.insert(slot, profile);
            }
        }
        let mut this = Self {
            slots,
            proven: records.get(PROVEN),
            using: None,
            failures: 0,
            tried: Vec::new(),
            fallback: false,
            order: stored(records, ORDER).map_or_else(
                || alloc::vec![factory],
                |list| slots_of(&list).flatten().collect(),
            ),
            attempts: stored(records, ATTEMPTS)
                .and_then(|number| number.parse().ok())
                .unwrap_or(3),
        };
        if let Some(proven) = this.proven.clone() {
            this.follow_security(core, &proven);
        }
        this
    }

    /// The slots in the order in which they are tried.
    fn priority(&self, core: &Context) -> Vec<u32> {
        if !knows_slots(core) {
            return self.order.clone();
        }
        let list = core.variables.text(Standard::NetworkPriority);
        slots_of(list).flatten().collect()
    }

    /// How many attempts in a row are made with a profile.
    fn attempts(&self, core: &Context) -> u32 {
        match knows_slots(core) {
            true => core.variables.u32(Standard::ConnectionAttempts).max(1),
            false => self.attempts.max(1),
        }
    }

    /// The same in a version that knows no slots; `None` if the CSMS has never set one.
    #[cfg(feature = "v1_6")]
    pub(crate) fn without_slots(mut self, core: &Context) -> Option<Self> {
        self.order = self.priority(core);
        self.attempts = self.attempts(core);
        let proven = self
            .proven
            .as_ref()
            .and_then(|proven| proven.profile.as_ref());
        let set = proven.is_some() || self.slots.values().any(Option::is_some);
        set.then_some(self)
    }

    // Setting

    /// Whether a profile may be set for a slot, and the slots be in the order that they are in.
    pub(crate) fn check_profile(
        &self,
        core: &Context,
        slot: Option<u32>,
        profile: &NetworkProfile,
        has: Prerequisites,
    ) -> Result<u32, Refused> {
        let slot = slot.filter(|slot| core.config.network_slots.contains(slot));
        let slot = slot.ok_or(Refused::Slot)?;
        // Whoever is in the order of priority already is used after the next restart. All others are judged when they get there.
        let judged = self.priority(core).contains(&slot);
        check_security(core, profile.security_profile, judged.then_some(has))?;
        let reason = if !core.config.versions.contains(&profile.version) {
            "the version of OCPP is not spoken"
        } else if !is_csms_url(&profile.url) {
            "the URL is not one of a CSMS"
        } else if is_secured(&profile.url) && profile.security_profile < 2 {
            "the URL says TLS, the security profile does not"
        } else if !TIMEOUTS.contains(&profile.message_timeout) {
            "the time-out of messages is out of range"
        } else if !core.config.network_interfaces.contains(&profile.interface) {
            "there is no such interface"
        } else if profile.apn.as_ref().is_some_and(|apn| apn.name.is_empty()) {
            "the access point has no name"
        } else if profile
            .vpn
            .as_ref()
            .is_some_and(|vpn| vpn.server.is_empty())
        {
            "the VPN has no server"
        } else {
            return Ok(slot);
        };
        Err(Refused::Invalid(reason))
    }

    /// Puts a profile into a slot (B09.FR.01). It is used from the next restart on.
    pub(crate) fn set(&mut self, core: &mut Context, slot: u32, profile: NetworkProfile) {
        let content = Some(Box::new(profile));
        core.store(&slot_key(slot), &content);
        self.slots.insert(slot, content);
    }

    /// Whether the slots may be used in this order (B10.FR.01, B10.FR.02, A05.FR.02, A05.FR.03, A05.FR.04, A05.FR.10).
    pub(crate) fn check_priority(
        &self,
        core: &Context,
        value: &str,
        has: Prerequisites,
    ) -> Result<(), Refused> {
        let mut seen = Vec::new();
        for entry in slots_of(value) {
            let slot = entry.filter(|slot| core.config.network_slots.contains(slot));
            let slot = slot.ok_or(Refused::Slot)?;
            if seen.contains(&slot) {
                return Err(Refused::Invalid("a slot is there twice"));
            }
            seen.push(slot);
            let Some(content) = self.slots.get(&slot) else {
                return Err(Refused::Invalid("nothing is set for the slot"));
            };
            check_security(core, security_profile(core, content), Some(has))?;
        }
        if seen.is_empty() {
            return Err(Refused::Invalid("at least one slot is needed"));
        }
        Ok(())
    }

    // Connecting

    /// The connection is about to be made: says with which profile. The one before has ended: there is one at a time
    /// (B10.FR.06).
    pub(crate) fn connecting(&mut self, core: &mut Context) {
        let using = match self.using.take() {
            Some(using) => using,
            None => self.next(core),
        };
        let security_profile = security_profile(core, &using.profile);
        let connection = &mut core.connection;
        connection.slot = Some(using.slot);
        let known = using.profile.as_ref();
        connection.url = known.map_or_else(String::new, |profile| profile.url.clone());
        connection.versions = match known {
            Some(profile) => alloc::vec![profile.version],
            None => core.config.versions.clone(),
        };
        connection.interface = known.map(|profile| profile.interface.clone());
        connection.apn = known.and_then(|profile| profile.apn.clone().map(Box::new));
        connection.vpn = known.and_then(|profile| profile.vpn.clone().map(Box::new));
        connection.security_profile = security_profile;
        self.using = Some(using);
    }

    /// Whether the attempt is made with another profile than the last connection (B10): the CSMS may be another one. Back at
    /// that profile it is the CSMS from before (M05.FR.16).
    pub(crate) fn migrates(&self) -> bool {
        let another = |proven: &Target| self.using.as_ref() != Some(proven);
        self.proven.as_ref().is_some_and(another)
    }

    /// An attempt has failed (B10.FR.03): after `NetworkProfileConnectionAttempts` it is the turn of the next slot; after all of
    /// them of the profile that worked last (B10.FR.07), and then of all of them again (B10.FR.08, B10.FR.09). Says whether
    /// one of the two begins: then it may be the certificate (A02.FR.28, A03.FR.24).
    pub(crate) fn failed(&mut self, core: &mut Context) -> bool {
        self.failures = self.failures.saturating_add(1);
        if self.failures < self.attempts(core) {
            return false;
        }
        self.failures = 0;
        if let Some(using) = self.using.take().filter(|_| !self.fallback) {
            self.tried.push(using.slot);
        }
        let fallback = self.fallback;
        self.using = Some(self.next(core));
        fallback != self.fallback || self.tried.is_empty()
    }

    /// The next profile to try: after a start the first entry of the order (B10.FR.04, A05.FR.05).
    fn next(&mut self, core: &Context) -> Target {
        let order = self.priority(core);
        let slots = &self.slots;
        let entry = |tried: &[u32]| {
            let mut open = order.iter().copied().filter(|slot| !tried.contains(slot));
            open.find_map(|slot| {
                let profile = slots.get(&slot)?.clone();
                Some(Target { slot, profile }).filter(|target| is_usable(core, target))
            })
        };
        if !self.fallback
            && let Some(next) = entry(&self.tried)
        {
            return next;
        }
        let proven = self
            .proven
            .as_ref()
            .filter(|target| is_usable(core, target));
        if !core::mem::replace(&mut self.fallback, true)
            && let Some(proven) = proven
        {
            return proven.clone();
        }
        let first = entry(&[]);
        let proven = proven.cloned();
        self.fallback = false;
        self.tried.clear();
        // With nothing to go by, what the station left the factory with.
        first.or(proven).unwrap_or_else(|| Target {
            slot: factory_slot(core),
            profile: None,
        })
    }

    /// The connection is open. Says whether it is made with another profile than the one before: then the station has to
    /// register (B10.FR.10).
    pub(crate) fn connected(&mut self, core: &mut Context) -> bool {
        self.failures = 0;
        self.tried.clear();
        self.fallback = false;
        let Some(using) = self.using.clone() else {
            return false;
        };
        let before = self.proven.replace(using.clone());
        let other = before.as_ref() != Some(&using);
        if other {
            core.store(PROVEN, &using);
        }
        core.set_standard(Standard::ActiveNetworkProfile, &using.slot.to_string());
        match &using.profile {
            Some(profile) => core.set_nearest(Standard::MessageTimeout, profile.message_timeout),
            // That of the configuration is there already unless another profile came in between.
            None if other && before.is_some() => {
                let seconds = u32::try_from(core.config.call_timeout.as_secs());
                core.set_nearest(Standard::MessageTimeout, seconds.unwrap_or(u32::MAX));
            }
            None => {}
        }
        self.follow_security(core, &using);
        other && before.is_some()
    }

    /// A connection was made with this profile: the station has its security profile now, and forgets all that have a lower
    /// one (A05.FR.06). Each step can be the last before the power goes: all are done again at the start.
    fn follow_security(&mut self, core: &mut Context, target: &Target) {
        let reached = security_profile(core, &target.profile);
        self.forget_lower(core, target, reached);
        // Last: as long as it is not stored, the factory's profile is known to be lower.
        if u32::from(reached) > core.variables.u32(Standard::SecurityProfile) {
            core.set_standard(Standard::SecurityProfile, &reached.to_string());
            let kind = SecurityEventKind::ReconfigurationOfSecurityParameters;
            core.security_event(kind, Some(&format!("SecurityProfile {reached}")));
        }
    }

    fn forget_lower(&mut self, core: &mut Context, target: &Target, reached: u8) {
        let lower = |content: &Content| security_profile(core, content) < reached;
        let lower: Vec<u32> = self
            .slots
            .iter()
            .filter(|(_, content)| lower(content))
            .map(|(slot, _)| *slot)
            .collect();
        if lower.is_empty() {
            return;
        }
        let order = self.priority(core).into_iter();
        let left: Vec<u32> = order.filter(|slot| !lower.contains(slot)).collect();
        let left = if left.is_empty() {
            // What has worked stays, though its slot has been given something else.
            self.slots.insert(target.slot, target.profile.clone());
            core.store(&slot_key(target.slot), &target.profile);
            alloc::vec![target.slot]
        } else {
            left
        };
        let names: Vec<String> = left.iter().map(ToString::to_string).collect();
        if knows_slots(core) {
            core.set_standard(Standard::NetworkPriority, &names.join(","));
        } else {
            core.store(&record_key(ORDER), &names.join(","));
        }
        self.order = left;
        let factory = factory_slot(core);
        for slot in lower.into_iter().filter(|slot| *slot != target.slot) {
            self.slots.remove(&slot);
            if slot == factory {
                // Without a record it would come back.
                core.store(&slot_key(slot), &Content::None);
            } else {
                core.remove(&slot_key(slot));
            }
        }
    }

    /// The owner has changed the security profile of the station, which the CSMS cannot (A00.FR.005): the profile in use has
    /// it from now on.
    pub(crate) fn security_profile_set(&mut self, core: &mut Context) {
        let wanted = u8::try_from(core.variables.u32(Standard::SecurityProfile)).unwrap_or(0);
        let Some(mut using) = self.using.clone() else {
            return;
        };
        if let Some(profile) = &mut using.profile {
            let stored = self.slots.get(&using.slot) == Some(&Some(profile.clone()));
            profile.security_profile = wanted;
            // Without TLS the URL of a profile that had it leads nowhere.
            if wanted < 2 && is_secured(&profile.url) {
                profile.url.replace_range(..4, "ws:");
            }
            if stored {
                let profile = profile.clone();
                self.set(core, using.slot, *profile);
            }
        }
        self.proven = Some(using.clone());
        core.store(PROVEN, &using);
        self.using = Some(using);
    }
}

fn slot_key(slot: u32) -> String {
    format!("{SLOT}{slot:010}")
}

/// The slot that the factory's profile is in.
fn factory_slot(core: &Context) -> u32 {
    core.config.network_slots.first().copied().unwrap_or(1)
}

/// The slots that a list names; `None` for what is none.
fn slots_of(list: &str) -> impl Iterator<Item = Option<u32>> {
    let entries = list.split(',').map(str::trim);
    let entries = entries.filter(|entry| !entry.is_empty());
    entries.map(|entry| entry.parse().ok())
}

/// Whether the version that is spoken has variables for slots.
fn knows_slots(core: &Context) -> bool {
    core.variables.id(Standard::NetworkPriority).is_some()
}

/// What is stored of a variable that the version which is spoken does not have.
fn stored(records: &Records, key: &str) -> Option<String> {
    records.get(&record_key(key))
}

/// The security profile of what is in a slot: that of the factory is the one that the station has, since it goes as soon as
/// the station has a higher one.
fn security_profile(core: &Context, content: &Content) -> u8 {
    match content {
        Some(profile) => profile.security_profile,
        None => u8::try_from(core.variables.u32(Standard::SecurityProfile)).unwrap_or(0),
    }
}

/// Whether a connection may be made with it: never with a lower security profile than the station has (A05.FR.07).
fn is_usable(core: &Context, target: &Target) -> bool {
    let reached = u32::from(security_profile(core, &target.profile));
    // Without slots the CSMS raises the security profile of the station alone, and it counts in each of them.
    !knows_slots(core) || reached >= core.variables.u32(Standard::SecurityProfile)
}

/// Whether the station may get to this security profile, and if that matters whether it has what it needs for it.
fn check_security(core: &Context, wanted: u8, has: Option<Prerequisites>) -> Result<(), Refused> {
    let current = i64::from(core.variables.u32(Standard::SecurityProfile));
    let current = SecurityProfile::try_from(current).unwrap_or_default();
    let wanted = SecurityProfile::try_from(i64::from(wanted));
    let wanted = wanted.map_err(|_| Refused::Invalid("there is no such security profile"))?;
    let everything = Prerequisites {
        password: true,
        csms_root: true,
        client_certificate: true,
    };
    let has = has.unwrap_or(everything);
    let change = current.check_change(wanted, has, ProfileChangeRules::V2);
    change.map_err(|why| match why {
        ProfileChangeRefused::Downgrade => Refused::Downgrade,
        ProfileChangeRefused::NoCsmsRoot => Refused::Invalid("there is no valid root of the CSMS"),
        ProfileChangeRefused::NoClientCertificate => {
            Refused::Invalid("there is no valid certificate of the station")
        }
        _ => Refused::Invalid("the security profile cannot be used"),
    })
}
