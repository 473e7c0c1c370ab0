//! The cases of a station, by functional block and use case.

mod a_security;
mod b_provisioning;
mod c_authorization;
mod d_local_list;
mod e_transactions;
mod f_remote_control;
mod g_availability;
mod j_meter_values;
mod k_smart_charging;
mod l_firmware;
mod m_certificates;
mod n_diagnostics;
mod p_data_transfer;
mod payload;

use ocpp_types::Version;
use serde_json::Value;

use crate::case::{Case, Profile, Setting, Side, always};
use crate::lab::{Call, Lab};
use crate::product::Product;
use crate::unmet::Failed;

/// All of them.
pub(super) const ALL: &[&[Case]] = &[
    a_security::password::CASES,
    a_security::certificate::CASES,
    a_security::tls::CASES,
    a_security::security_profile::CASES,
    b_provisioning::boot::CASES,
    b_provisioning::offline::CASES,
    b_provisioning::set_variables::CASES,
    b_provisioning::get_variables::CASES,
    b_provisioning::base_report::CASES,
    b_provisioning::custom_report::CASES,
    b_provisioning::network_profile::CASES,
    b_provisioning::reset::CASES,
    c_authorization::local::CASES,
    c_authorization::cache::CASES,
    c_authorization::cache_store::CASES,
    c_authorization::groups::CASES,
    c_authorization::offline::CASES,
    c_authorization::list::CASES,
    c_authorization::offline_list::CASES,
    c_authorization::master_pass::CASES,
    d_local_list::CASES,
    e_transactions::start::CASES,
    e_transactions::stop::CASES,
    e_transactions::disconnect::CASES,
    e_transactions::session::CASES,
    e_transactions::status::CASES,
    e_transactions::offline::CASES,
    e_transactions::retry::CASES,
    f_remote_control::start::CASES,
    f_remote_control::stop::CASES,
    f_remote_control::trigger::CASES,
    f_remote_control::unlock::CASES,
    g_availability::status::CASES,
    g_availability::change::CASES,
    g_availability::with_transaction::CASES,
    g_availability::persistent::CASES,
    g_availability::lock_failure::CASES,
    j_meter_values::aligned::CASES,
    j_meter_values::sampled::CASES,
    k_smart_charging::set::CASES,
    k_smart_charging::clear::CASES,
    k_smart_charging::report::CASES,
    k_smart_charging::composite::CASES,
    k_smart_charging::combined::CASES,
    k_smart_charging::remote::CASES,
    k_smart_charging::external::CASES,
    l_firmware::update::CASES,
    l_firmware::with_transaction::CASES,
    m_certificates::install::CASES,
    m_certificates::list::CASES,
    m_certificates::delete::CASES,
    m_certificates::additional_check::CASES,
    n_diagnostics::logs::CASES,
    n_diagnostics::customer::CASES,
    p_data_transfer::CASES,
];

/// What most cases have in common; to be completed with `..CASE`.
const CASE: Case = Case {
    id: "",
    version: Version::V2_0_1,
    side: Side::Station,
    profile: Profile::Core,
    name: "",
    about: "",
    requirements: &[],
    applies: always,
    file_server: false,
    config: &[],
    facts: &[],
    secured: |_| 0,
    highest: |_| 3,
    raises: false,
    run: |_| Ok(()),
    steps: &[],
    mutations: &[],
};

/// The station asks about tokens.
const ASK: Setting = Setting::if_possible("AuthCtrlr.Enabled", |_| "true".to_owned());
/// It asks the CSMS.
const REMOTE_ASK: Setting = Setting::if_possible("AuthCtrlr.DisableRemoteAuthorization", |_| {
    "false".to_owned()
});
/// Tokens that the station knows are not asked about.
const PRE_AUTHORIZE: Setting = Setting::on("AuthCtrlr.LocalPreAuthorize");

/// The cache is on.
const fn cache_on() -> Setting {
    Setting::if_implemented("AuthCacheCtrlr.Enabled", |_| "true".to_owned())
}

/// The local list is on.
const LIST: Setting = Setting::if_implemented("LocalAuthListCtrlr.Enabled", |_| "true".to_owned());

fn file_transfer(product: &Product) -> Result<(), &'static str> {
    match product.limits.file_transfer.is_empty() {
        true => Err("no file transfer protocol"),
        false => Ok(()),
    }
}

/// With a reader.
fn with_cache(product: &Product) -> Result<(), &'static str> {
    local_start(product)?;
    with_cached_tokens(product)
}

/// With a reader or a remote start.
fn with_cached_tokens(product: &Product) -> Result<(), &'static str> {
    authorizes(product)?;
    match product.features.authorization_cache {
        true => Ok(()),
        false => Err("no authorization cache (C-49)"),
    }
}

fn with_list(product: &Product) -> Result<(), &'static str> {
    match product.features.local_list {
        true => Ok(()),
        false => Err("no local authorization list (LA-1)"),
    }
}

fn start_point(
    product: &Product,
    point: &str,
    otherwise: &'static str,
) -> Result<(), &'static str> {
    match product.v2_0_1.start_points.contains(&point) {
        true => Ok(()),
        false => Err(otherwise),
    }
}

fn stop_point(product: &Product, point: &str, otherwise: &'static str) -> Result<(), &'static str> {
    match product.v2_0_1.stop_points.contains(&point) {
        true => Ok(()),
        false => Err(otherwise),
    }
}

/// The transaction at the EVSE under test goes on, as the station says.
fn still_ongoing(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let payload = serde_json::json!({"transactionId": transaction(lab)});
    let status = Call::new("goes-on.status", "GetTransactionStatus", payload);
    lab.call(status.with("/ongoingIndicator", true)).map(|_| ())
}

fn local_start(product: &Product) -> Result<(), &'static str> {
    match product.features.local_start {
        true => Ok(()),
        false => Err("no local start (C-30 to C-35)"),
    }
}

/// Somebody can be authorized: at the station, or by a remote start about which it asks.
fn authorizes(product: &Product) -> Result<(), &'static str> {
    let remote = product.v2_0_1.authorize_remote_start.contains(&true);
    match product.features.local_start || remote {
        true => Ok(()),
        false => Err("neither a local start (C-30 to C-35) nor AuthorizeRemoteStart (C-48.1)"),
    }
}

/// Cars of IEC 61851-1, which can be told from a cable that was cut.
fn iec_61851(product: &Product) -> Result<(), &'static str> {
    match product.v2_0_1.iec_61851 {
        true => Ok(()),
        false => Err("no cars of IEC 61851-1 (AQ-9)"),
    }
}

/// The EVSE under test.
fn evse(lab: &Lab<'_>) -> Value {
    lab.parameters.connector.into()
}

/// The transaction that has begun last.
fn transaction(lab: &Lab<'_>) -> Value {
    lab.sessions.last.clone().into()
}

/// Goes on with the reusable states after StopAuthorized until the transaction has ended.
fn until_ended(lab: &mut Lab<'_>) -> Result<(), Failed> {
    use crate::step::State;

    let evse = lab.parameters.connector;
    for state in [
        State::EvConnectedPostSession,
        State::EvDisconnected,
        State::ParkingBayUnoccupied,
    ] {
        if lab.sessions.seat(evse).transaction.is_some() {
            lab.reach(state)?;
        }
    }
    Ok(())
}
