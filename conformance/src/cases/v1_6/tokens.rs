//! Tokens that the station knows already, or that the CSMS refuses: TC_007, TC_008, TC_023, TC_061.

use serde_json::json;

use super::CASE;
use super::session::plug_in_first;
use crate::case::{Case, Setting};
use crate::lab::{Call, Expected, Lab, REMOTE_KEY, list_of};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

const CACHE_ON: Setting = Setting::on("AuthorizationCacheEnabled");
const PRE_AUTHORIZE: Setting = Setting::on("LocalPreAuthorize");
const AUTHORIZE: &str = r#"{"idTag": "VALID0001"}"#;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_007_1_CS",
        name: "Regular Start Charging Session Cached Id",
        about: "A token in the authorization cache starts a transaction without Authorize.req. The cache is filled by \
                presenting the token and giving the authorization up again.",
        requirements: &["1.6 section 3.5.1", "1.6 section 9.1.16"],
        applies: local_cache,
        config: &[CACHE_ON, PRE_AUTHORIZE],
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.cached(&tag)?;
            lab.present(&tag)?;
            known_session(lab, &tag)
        },
        mutations: &[
            fails(Key("AuthorizationCacheEnabled", "false"), "preparing"),
            fails(Key("LocalPreAuthorize", "false"), "preparing"),
            fails(
                Before("StatusNotification", 2, "Authorize", AUTHORIZE),
                "preparing",
            ),
            fails(Drop("Authorize", 0), "cached"),
            fails(Drop("StatusNotification", 2), "preparing/status"),
            fails(
                Replace("StatusNotification", 2, "/status", r#""Reserved""#),
                "preparing/status",
            ),
            fails(
                Before("StartTransaction", 0, "Authorize", AUTHORIZE),
                "session.start",
            ),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""X""#),
                "session.start/idTag",
            ),
            fails(Drop("StatusNotification", 3), "session.charging"),
        ],
        ..CASE
    },
    Case {
        id: "TC_007_2_CS",
        name: "Remote Start Charging Session Cached Id",
        about: "A remote start with a token in the authorization cache needs no Authorize.req. The key \
                AuthorizeRemoteTxRequests is set to true if it can be, so that the cache makes the difference.",
        requirements: &["1.6 section 3.5.1", "1.6 section 5.11"],
        applies: |product| {
            cache(product)?;
            remote_start_only(product)
        },
        config: &[CACHE_ON, PRE_AUTHORIZE, Setting::on_if_writable(REMOTE_KEY)],
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.cached(&tag)?;
            remote_start_known(lab, &tag)?;
            known_session(lab, &tag)
        },
        mutations: &[
            fails(
                Answer("RemoteStartTransaction", 1, "/status", r#""Rejected""#),
                "remote/status",
            ),
            fails(Key("LocalPreAuthorize", "false"), "preparing"),
            fails(Drop("StatusNotification", 2), "preparing/status"),
            fails(
                Before("StartTransaction", 0, "Authorize", AUTHORIZE),
                "session.start",
            ),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""X""#),
                "session.start/idTag",
            ),
            fails(Drop("StartTransaction", 0), "session.start"),
            fails(Drop("StatusNotification", 3), "session.charging"),
        ],
        ..CASE
    },
    Case {
        id: "TC_008_1_CS",
        name: "Regular Start Charging Session Id in Local Authorization List",
        about: "A token in the local authorization list starts a transaction without Authorize.req. Decided: the list \
                version is that of the station plus one.",
        requirements: &["1.6 section 3.5.2", "1.6 section 5.10", "1.6 section 5.15"],
        applies: local_listed,
        config: LISTED,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            send_list(lab, &tag)?;
            lab.present(&tag)?;
            known_session(lab, &tag)
        },
        mutations: &[
            fails(NoAnswer("GetLocalListVersion", 0), "version"),
            fails(
                Answer("SendLocalList", 0, "/status", r#""Failed""#),
                "list/status",
            ),
            fails(Key("LocalPreAuthorize", "false"), "preparing"),
            fails(Drop("StatusNotification", 0), "preparing/status"),
            fails(
                Before("StartTransaction", 0, "Authorize", AUTHORIZE),
                "session.start",
            ),
            fails(
                Replace("StartTransaction", 0, "/idTag", r#""X""#),
                "session.start/idTag",
            ),
            fails(Drop("StatusNotification", 1), "session.charging"),
        ],
        ..CASE
    },
    Case {
        id: "TC_008_2_CS",
        name: "Remote Start Charging Session Id in Local Authorization List",
        about: "A remote start with a token in the local list needs no Authorize.req, also if AuthorizeRemoteTxRequests \
                is true, to which it is set if it can be.",
        requirements: &["1.6 section 3.5.2", "1.6 section 5.11"],
        applies: |product| {
            listed(product)?;
            remote_start_only(product)
        },
        config: &[
            PRE_AUTHORIZE,
            Setting::on("LocalAuthListEnabled"),
            Setting::if_implemented("AuthorizationCacheEnabled", |_| "false".to_owned()),
            Setting::on_if_writable(REMOTE_KEY),
        ],
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            send_list(lab, &tag)?;
            remote_start_known(lab, &tag)?;
            known_session(lab, &tag)
        },
        mutations: &[
            fails(Key("LocalPreAuthorize", "false"), "preparing"),
            fails(
                Answer("RemoteStartTransaction", 0, "/status", r#""Rejected""#),
                "remote/status",
            ),
            fails(Drop("StatusNotification", 1), "session.charging"),
        ],
        ..CASE
    },
    Case {
        id: "TC_023_4_CS",
        name: "Start local Charging Session Authorize invalid",
        about: "A token that the CSMS does not accept starts nothing; the cable that is plugged in makes the connector \
                Preparing. Waiting time for a StartTransaction: 20 s.",
        requirements: &["1.6 section 4.1", "1.6 section 4.9"],
        applies: |product| {
            plug_in_first(product)?;
            local_start(product)
        },
        config: &[
            Setting::if_implemented("MinimumStatusDuration", |_| "10".to_owned()),
            PRE_AUTHORIZE,
        ],
        run: |lab| {
            let tag = lab.parameters.invalid.clone();
            lab.present(&tag)?;
            lab.expect(Expected::new("authorize", "Authorize").with("/idTag", tag.as_str()))?;
            lab.plug()?;
            lab.expect(lab.status_here("preparing", "Preparing"))?;
            lab.silence("no-start", 20, &[])
        },
        mutations: &[
            fails(Drop("Authorize", 0), "authorize"),
            fails(
                Replace("Authorize", 0, "/idTag", r#""X""#),
                "authorize/idTag",
            ),
            fails(
                Before(
                    "Authorize",
                    0,
                    "StatusNotification",
                    r#"{"connectorId": 1, "errorCode": "NoError", "status": "Preparing"}"#,
                ),
                "authorize",
            ),
            fails(Drop("StatusNotification", 0), "preparing"),
            fails(
                Replace("StatusNotification", 0, "/status", r#""Charging""#),
                "preparing/status",
            ),
            fails(
                After("StatusNotification", 0, "StartTransaction", START_INVALID),
                "no-start",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_023_5_CS",
        name: "Start remote Charging Session Authorize invalid",
        about: "A remote start with a token that the CSMS does not accept when asked starts nothing.",
        requirements: &["1.6 section 5.11"],
        applies: |product| {
            plug_in_first(product)?;
            remote_start_only(product)
        },
        config: &[Setting::on_if_writable(REMOTE_KEY), PRE_AUTHORIZE],
        run: |lab| {
            lab.asks_at_remote_starts()?;
            let tag = lab.parameters.invalid.clone();
            lab.remote_start("remote", &tag)?;
            lab.plug()?;
            lab.expect(lab.status_here("preparing", "Preparing"))?;
            lab.silence("no-start", 20, &[])
        },
        mutations: &[
            fails(Key(REMOTE_KEY, "false"), "remote.asks"),
            fails(Drop("Authorize", 0), "remote.authorize"),
            fails(Drop("StatusNotification", 0), "preparing"),
            fails(
                After("StatusNotification", 0, "StartTransaction", START_INVALID),
                "no-start",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_061_1_CS",
        name: "Clear Authorization Data in Authorization Cache - Local",
        about: "After ClearCache a token that was cached is asked about again. The station gives the first authorization \
                up when the token is presented again, or after ConnectionTimeOut. Decided: Preparing counts as the end of \
                the state Authorized; it must come once, before the token is presented again.",
        requirements: &["1.6 section 5.4", "1.6 section 3.5.1"],
        applies: local_cache,
        config: &[
            CACHE_ON,
            PRE_AUTHORIZE,
            Setting::new("ConnectionTimeOut", |p| p.connection_timeout.to_string()),
        ],
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.authorized(&tag)?;
            lab.withdraw("withdrawn", &tag)?;
            lab.call(Call::new("clear", "ClearCache", json!({})).status("Accepted"))?;
            lab.present(&tag)?;
            let again = Expected::new("again", "Authorize").with("/idTag", tag.as_str());
            lab.expect(again)?;
            lab.expect(lab.status_here("again.preparing", "Preparing"))?;
            Ok(())
        },
        mutations: &[
            fails(Drop("StatusNotification", 1), "withdrawn.available"),
            fails(
                Answer("ClearCache", 0, "/status", r#""Rejected""#),
                "clear/status",
            ),
            fails(Drop("Authorize", 1), "again"),
            fails(Replace("Authorize", 1, "/idTag", r#""X""#), "again/idTag"),
        ],
        ..CASE
    },
    Case {
        id: "TC_061_2_CS",
        name: "Clear Authorization Data in Authorization Cache - Remote",
        about: "After ClearCache a remote start with a token that was cached asks about it again. Decided: the cache is \
                filled by a remote start that nobody follows with a cable, with AuthorizeRemoteTxRequests = true.",
        requirements: &["1.6 section 5.4", "1.6 section 5.11"],
        applies: |product| {
            cache(product)?;
            remote_start_only(product)
        },
        config: &[
            CACHE_ON,
            PRE_AUTHORIZE,
            Setting::on_if_writable(REMOTE_KEY),
            Setting::new("ConnectionTimeOut", |p| p.connection_timeout.to_string()),
        ],
        run: |lab| {
            lab.asks_at_remote_starts()?;
            let tag = lab.parameters.valid.clone();
            lab.cached_remotely(&tag)?;
            lab.call(Call::new("clear", "ClearCache", json!({})).status("Accepted"))?;
            lab.remote_start("again", &tag)?;
            lab.expect(lab.status_here("again.preparing", "Preparing"))?;
            Ok(())
        },
        mutations: &[
            fails(Key(REMOTE_KEY, "false"), "remote.asks"),
            fails(Drop("StatusNotification", 1), "cached.available"),
            fails(
                Answer("ClearCache", 0, "/status", r#""Rejected""#),
                "clear/status",
            ),
            fails(Drop("Authorize", 1), "again.authorize"),
        ],
        ..CASE
    },
];

const START_INVALID: &str = r#"{"connectorId": 1, "idTag": "INVALID001", "meterStart": 0,
    "timestamp": "2024-05-15T12:00:00Z"}"#;

const LISTED: &[Setting] = &[
    PRE_AUTHORIZE,
    Setting::on("LocalAuthListEnabled"),
    Setting::if_implemented("AuthorizationCacheEnabled", |_| "false".to_owned()),
];

/// Variants with a remote start are for products without C-07 (section 1.4 of the descriptions).
pub(super) const fn remote_start_only(product: &Product) -> Result<(), &'static str> {
    if product.features.local_start {
        Err("with local start (C-07) the local variant applies")
    } else {
        Ok(())
    }
}

/// C-07.
pub(super) const fn local_start(product: &Product) -> Result<(), &'static str> {
    if product.features.local_start {
        Ok(())
    } else {
        Err("no local start (C-07)")
    }
}

const fn cache(product: &Product) -> Result<(), &'static str> {
    if product.features.authorization_cache {
        Ok(())
    } else {
        Err("no authorization cache (C-04)")
    }
}

fn local_cache(product: &Product) -> Result<(), &'static str> {
    cache(product)?;
    local_start(product)
}

/// LA-0.
pub(super) const fn listed(product: &Product) -> Result<(), &'static str> {
    if product.features.local_list {
        Ok(())
    } else {
        Err("no local authorization list (LA-0)")
    }
}

fn local_listed(product: &Product) -> Result<(), &'static str> {
    listed(product)?;
    local_start(product)
}

fn send_list(lab: &mut Lab<'_>, tag: &str) -> Result<(), Failed> {
    let version = lab.call(Call::new("version", "GetLocalListVersion", json!({})))?;
    let version = version.payload["listVersion"].as_i64().unwrap_or_default();
    let list = list_of(version.max(0) + 1, tag);
    lab.call(Call::new("list", "SendLocalList", list).status("Accepted"))?;
    Ok(())
}

fn remote_start_known(lab: &mut Lab<'_>, tag: &str) -> Result<(), Failed> {
    let payload = json!({"connectorId": lab.parameters.connector, "idTag": tag});
    let call = Call::new("remote", "RemoteStartTransaction", payload);
    lab.call(call.status("Accepted")).map(|_| ())
}

/// Preparing, the cable, StartTransaction and Charging, without Authorize.req.
fn known_session(lab: &mut Lab<'_>, tag: &str) -> Result<(), Failed> {
    lab.expect(lab.status_here("preparing", "Preparing"))?;
    lab.plug()?;
    lab.started("session", tag, None).map(|_| ())
}
