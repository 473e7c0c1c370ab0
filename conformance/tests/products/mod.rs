//! The certified products, and some that have what those have not.

#![allow(dead_code, reason = "no test needs the products of every version")]

use ocpp_conformance::preset;
use ocpp_conformance::product::Product;
use ocpp_types::Version;

fn certified() -> Vec<Product> {
    let all = preset::NAMES
        .iter()
        .map(|name| preset::named(name).unwrap());
    all.filter(|product| product.version == Version::V1_6)
        .collect()
}

/// Products for the cases that no certificate lists.
fn others() -> Vec<Product> {
    let mut socket = preset::chaevi();
    socket.name = "with sockets";
    socket.features.detachable_cable = true;
    socket.features.single_reader = false;
    socket.features.keep_on_ev_disconnect = true;
    socket.features.unlock_on_ev_disconnect = true;
    let mut bare = preset::cs_technology();
    bare.name = "with nothing optional";
    let features = &mut bare.features;
    features.local_list = false;
    features.reservation = false;
    features.local_start = false;
    features.remote_trigger = false;
    features.authorization_cache = false;
    let mut one = preset::evsis();
    one.name = "with one connector";
    one.connectors = 1;
    let mut remote = preset::chaevi();
    remote.name = "without reader";
    remote.features.local_start = false;
    remote.features.local_stop = false;
    let mut secure = preset::evsis();
    secure.name = "with TLS only";
    secure.features.security_profile_1 = false;
    let mut open = preset::chaevi();
    open.name = "without security";
    open.features.secure_firmware_update = false;
    open.features.security_profile_1 = false;
    open.features.security_profile_2 = false;
    open.features.security_profile_3 = false;
    let mut resuming = preset::evsis();
    resuming.name = "with transactions that go on";
    resuming.features.resume_after_power_loss = true;
    let mut locked = socket.clone();
    locked.name = "with locks that prevent plugging in";
    locked.features.lock_prevents_plug_in = true;
    vec![socket, bare, one, remote, secure, open, resuming, locked]
}

/// Of OCPP 1.6.
pub(crate) fn all() -> Vec<Product> {
    certified().into_iter().chain(others()).collect()
}

/// Of OCPP 2.0.1: the certified product, the same with other start and stop points, one that has everything, and those that have
/// what excludes some of it.
pub(crate) fn all_v2_0_1() -> Vec<Product> {
    let mut all = vec![preset::alpitronic()];
    for (name, point) in [
        ("alpitronic, Authorized", "Authorized"),
        ("alpitronic, EVConnected", "EVConnected"),
        ("alpitronic, EnergyTransfer", "EnergyTransfer"),
    ] {
        let mut product = preset::alpitronic();
        product.name = name;
        product.v2_0_1.points = (point, point);
        all.push(product);
    }
    all.push(preset::full_v2_0_1());
    let mut plain = preset::full_v2_0_1();
    plain.name = "full-2.0.1, without display, with locks that prevent plugging in";
    plain.features.lock_prevents_plug_in = true;
    plain.v2_0_1.master_pass_with_ui = false;
    plain.v2_0_1.master_pass_without_ui = true;
    all.push(plain);
    let mut remote = preset::full_v2_0_1();
    remote.name = "full-2.0.1, without reader";
    remote.features.local_start = false;
    remote.features.local_stop = false;
    all.push(remote);
    let mut watts = preset::full_v2_0_1();
    watts.name = "full-2.0.1, watts only";
    watts.features.rate_in_amperes = false;
    all.push(watts);
    let mut careful = preset::full_v2_0_1();
    careful.name = "full-2.0.1, careful";
    careful.features.download_while_charging = false;
    careful.v2_0_1.cancel_firmware_update = false;
    careful.v2_0_1.additional_root_check = true;
    all.push(careful);
    let mut bold = preset::full_v2_0_1();
    bold.name = "full-2.0.1, updated while it charges";
    bold.v2_0_1.install_while_charging = true;
    all.push(bold);
    let mut secure = preset::full_v2_0_1();
    secure.name = "full-2.0.1, with TLS only";
    secure.features.security_profile_1 = false;
    secure.v2_0_1.delete_last_certificate = false;
    all.push(secure);
    let mut fixed = preset::full_v2_0_1();
    fixed.name = "full-2.0.1 with fixed cables";
    fixed.features.detachable_cable = false;
    fixed.features.unlock_on_ev_disconnect = false;
    // Fixed cables carry direct current, of which limits have one phase and not the three of the cases.
    fixed.features.smart_charging = false;
    fixed.v2_0_1.start_points = &["ParkingBayOccupancy", "Authorized", "PowerPathClosed"];
    fixed.v2_0_1.points = ("Authorized", "Authorized");
    all.push(fixed);
    all
}
