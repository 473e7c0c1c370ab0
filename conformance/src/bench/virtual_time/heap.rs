//! What the station holds of the heap, and the calls of it through which that is measured.

use std::fmt;

use ocpp_core::station::{Input, Output};

use super::{Driven, VirtualBench};

/// Runs pieces of work and counts what they allocate and free: a benchmark brings one.
pub trait HeapProbe: fmt::Debug {
    /// Runs the work. What it allocates from now on belongs to the station, what it frees does not any more.
    fn run(&mut self, work: &mut dyn FnMut());
}

impl VirtualBench {
    /// From now on everything that the station allocates or frees goes through a probe.
    pub fn measure_heap(&mut self, probe: Box<dyn HeapProbe>) {
        self.probe = Some(probe);
    }

    /// Does something that only concerns the station.
    pub(super) fn probed<T>(&mut self, work: impl FnOnce(&mut Option<Driven>) -> T) -> Option<T> {
        let station = &mut self.station;
        let Some(probe) = &mut self.probe else {
            return Some(work(station));
        };
        let (mut work, mut result) = (Some(work), None);
        probe.run(&mut || {
            if let Some(work) = work.take() {
                result = Some(work(station));
            }
        });
        result
    }

    /// Hands an input to the station, if it is on.
    pub(super) fn hand(&mut self, input: Input) {
        let now = self.time();
        if self.probe.is_none() {
            if let Some(station) = &mut self.station {
                station.handle(now, input);
            }
            return;
        }
        // What the station is given is its own from then on.
        self.probed(|station| {
            if let Some(station) = station {
                station.handle(now, input.clone());
            }
        });
    }

    /// The next output of the station, which does not hold it any longer.
    pub(super) fn take(&mut self) -> Option<Output> {
        let output = self.probed(|station| station.as_mut()?.poll_output())??;
        if self.probe.is_none() {
            return Some(output);
        }
        let copy = output.clone();
        self.probed(|_| drop(output));
        Some(copy)
    }
}
