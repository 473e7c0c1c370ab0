//! Every case with every mishap: power cuts after every output, faults of the link at every message.

#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_conformance::cases;
use ocpp_conformance::preset;
use ocpp_conformance::proof::prove;

#[test]
fn no_mishap_loses_a_transaction_or_reports_it_with_different_data() {
    let product = preset::chaevi();
    let (mut cuts, mut link_faults, mut broken) = (0, 0, Vec::new());
    for case in cases::all() {
        let proof = prove(case, &product).unwrap();
        cuts += proof.cuts;
        link_faults += proof.link_faults;
        broken.extend(proof.broken);
    }
    println!("{cuts} power cuts, {link_faults} faults of the link");
    let some: Vec<_> = broken.iter().take(40).cloned().collect();
    assert!(
        broken.is_empty(),
        "{} broken:\n{}",
        broken.len(),
        some.join("\n")
    );
    assert!(cuts > 1_000, "{cuts}");
}
