//! The whole list in virtual time: how long it takes on one core, and how much of the heap the station holds meanwhile.
//! `cargo bench -p ocpp-conformance --bench list`
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use ocpp_conformance::bench::{Bench as _, HeapProbe, VirtualBench};
use ocpp_conformance::lab::Parameters;
use ocpp_conformance::runner::{Verdict, run_on, run_virtual};
use ocpp_conformance::{cases, preset};

/// Bytes held now, and the most held at any moment.
#[derive(Debug, Clone, Default)]
struct Probe {
    held: Rc<Cell<i64>>,
    peak: Rc<Cell<i64>>,
}

impl HeapProbe for Probe {
    fn run(&mut self, work: &mut dyn FnMut()) {
        let counted = allocation_counter::measure(work);
        let highest = self.held.get() + i64::try_from(counted.bytes_max).unwrap();
        self.peak.set(self.peak.get().max(highest));
        self.held.set(self.held.get() + counted.bytes_current);
    }
}

fn main() {
    for name in preset::NAMES {
        let product = preset::named(name).unwrap();
        let begun = Instant::now();
        let (mut passed, mut failed) = (0, 0);
        for case in cases::of(product.version) {
            match run_virtual(case, &product, None).unwrap().verdict {
                Verdict::Pass => passed += 1,
                Verdict::Fail(_) => failed += 1,
                Verdict::NotApplicable(_) => {}
            }
        }
        let seconds = begun.elapsed().as_secs_f64();
        println!("{name:<14} {passed} pass, {failed} fail in {seconds:.3} s");

        let mut highest = (0, "");
        for case in cases::of(product.version) {
            let probe = Probe::default();
            let mut bench = VirtualBench::new(product.station().unwrap());
            bench.measure_heap(Box::new(probe.clone()));
            let outcome = run_on(case, &product, &mut bench, Parameters::of(&product));
            if !matches!(outcome.verdict, Verdict::NotApplicable(_)) {
                highest = highest.max((probe.peak.get(), case.id));
            }
        }
        let probe = Probe::default();
        let mut bench = VirtualBench::new(product.station().unwrap());
        bench.measure_heap(Box::new(probe.clone()));
        bench.act(&ocpp_conformance::bench::Act::PowerOn).unwrap();
        let (peak, case) = highest;
        let new = probe.held.get();
        println!(
            "{:<14} heap: {new} bytes when switched on, {peak} at its highest, in {case}",
            ""
        );
    }
}
