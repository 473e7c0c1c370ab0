use std::net::Ipv4Addr;

use proptest::prelude::*;
use tokio::sync::oneshot::error::TryRecvError;

use super::*;

const SHARE: usize = 8;

fn gate() -> Arc<Gate> {
    Gate::new(Shares {
        places: 20,
        waiting: 40,
        fair: Duration::from_secs(5),
        own: Duration::from_secs(10),
    })
}

fn source(number: u8) -> Source {
    Source::of(Ipv4Addr::new(10, 0, 0, number).into())
}

/// Connections and what became of them.
struct Crowd {
    gate: Arc<Gate>,
    now: Instant,
    connections: Vec<(u8, Turn, Option<Pass>)>,
}

impl Crowd {
    fn new() -> Self {
        Self {
            gate: gate(),
            now: Instant::now(),
            connections: Vec::new(),
        }
    }

    fn arrive(&mut self, number: u8) {
        let pass = self.gate.arrive(source(number), SHARE, self.now);
        self.connections.push((number, pass, None));
    }

    /// Lets time pass.
    fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
        self.gate.fill(&mut self.gate.state(), self.now);
        self.settle();
    }

    /// Takes what was given, and gives up what was taken away.
    fn settle(&mut self) {
        loop {
            let mut evicted = false;
            self.connections.retain_mut(|(_, waiting, pass)| {
                if let Some(pass) = pass {
                    let stays = pass.stopped.try_recv() != Ok(());
                    evicted |= !stays;
                    return stays;
                }
                match waiting.try_pass() {
                    Ok(given) => *pass = Some(given),
                    Err(TryRecvError::Empty) => {}
                    Err(TryRecvError::Closed) => return false,
                }
                true
            });
            if !evicted {
                return;
            }
        }
    }

    /// How many handshakes of a source go on, and how many of its connections wait.
    fn count(&mut self, number: u8) -> (usize, usize) {
        self.settle();
        let of = self.connections.iter().filter(|it| it.0 == number);
        let active = of.clone().filter(|it| it.2.is_some()).count();
        (active, of.count() - active)
    }

    /// The longest handshake of a source ends.
    fn end(&mut self, number: u8) {
        self.settle();
        let at = self
            .connections
            .iter()
            .position(|it| it.0 == number && it.2.is_some());
        self.connections.remove(at.unwrap());
        self.gate.fill(&mut self.gate.state(), self.now);
        self.settle();
    }
}

/// Nobody keeps more than its share; others come in at once (C12: 1,500 handshakes that drip).
#[tokio::test(start_paused = true)]
async fn a_thousand_slow_handshakes_of_one_address_keep_nobody_else_waiting() {
    let mut crowd = Crowd::new();
    for _ in 0..1500 {
        crowd.arrive(1);
    }
    assert_eq!(crowd.count(1), (SHARE, 40), "the others are turned away");
    for other in 2..9 {
        crowd.arrive(other);
        assert_eq!(crowd.count(other), (1, 0), "{other}");
    }
    assert_eq!(crowd.count(1), (SHARE, 40), "nobody was disturbed");
}

#[tokio::test(start_paused = true)]
async fn when_all_places_are_taken_those_with_most_make_room_after_a_fair_time() {
    let mut crowd = Crowd::new();
    for slow in 1..=3 {
        for _ in 0..SHARE {
            crowd.arrive(slow);
        }
    }
    assert_eq!(
        (crowd.count(1), crowd.count(2), crowd.count(3)),
        ((8, 0), (8, 0), (4, 4))
    );
    crowd.arrive(9);
    assert_eq!(crowd.count(9), (0, 1));
    assert!(crowd.gate.state().due.is_some());
    crowd.wait(4);
    assert_eq!(crowd.count(9), (0, 1), "everybody has a fair time");
    crowd.wait(1);
    assert_eq!(crowd.count(9), (1, 0));
    let (all, most) = (1..=3)
        .map(|slow| crowd.count(slow).0)
        .fold((0, 0), |(sum, most), n| (sum + n, most.max(n)));
    assert_eq!((all, most), (19, 7), "shares become equal");
}

#[tokio::test(start_paused = true)]
async fn places_go_to_those_with_fewest_and_in_order() {
    let mut crowd = Crowd::new();
    for source in [1, 2, 3] {
        for _ in 0..12 {
            crowd.arrive(source);
        }
    }
    crowd.arrive(4);
    assert_eq!(crowd.count(4), (0, 1));
    crowd.end(1);
    assert_eq!(crowd.count(4), (1, 0), "the one that has none");
    crowd.end(1);
    assert_eq!(crowd.count(3), (5, 7), "the one that has fewest");
}

#[tokio::test(start_paused = true)]
async fn an_address_makes_room_for_its_own_only_after_long() {
    let mut crowd = Crowd::new();
    for _ in 0..10 {
        crowd.arrive(1);
    }
    crowd.wait(9);
    assert_eq!(crowd.count(1), (8, 2));
    crowd.wait(1);
    assert_eq!(crowd.count(1), (8, 0), "two gave way");
    assert_eq!(crowd.connections.len(), 8);
}

/// A fleet behind one address: each connection gets its turn, however many there are, as those before it succeed.
#[tokio::test(start_paused = true)]
async fn a_fleet_behind_one_address_comes_in_completely() {
    let mut crowd = Crowd::new();
    for _ in 0..48 {
        crowd.arrive(1);
    }
    let mut done = 0;
    while crowd.count(1).0 > 0 {
        crowd.end(1);
        done += 1;
    }
    assert_eq!(done, 48);
    assert!(
        crowd.gate.state().sources.is_empty(),
        "nothing is left behind"
    );
}

#[tokio::test(start_paused = true)]
async fn a_finished_handshake_keeps_its_place_until_the_application_takes_it() {
    let mut crowd = Crowd::new();
    for _ in 0..20 {
        crowd.arrive(1);
    }
    crowd.settle();
    for (_, _, pass) in &mut crowd.connections {
        if let Some(pass) = pass {
            assert!(pass.finish());
        }
    }
    let gate = Arc::clone(&crowd.gate);
    gate.fill(&mut gate.state(), crowd.now);
    assert_eq!(
        crowd.count(1),
        (16, 4),
        "the share is free, the places are not"
    );
    crowd.arrive(2);
    crowd.arrive(2);
    crowd.arrive(2);
    crowd.arrive(2);
    crowd.arrive(2);
    assert_eq!(crowd.count(2), (4, 1));
    crowd.connections.remove(0);
    crowd.wait(0);
    assert_eq!(crowd.count(2).0 + crowd.count(1).0, 20);
}

/// Without room in the system those go that wait in the largest crowd.
#[tokio::test(start_paused = true)]
async fn shedding_takes_from_the_largest_crowd() {
    let mut crowd = Crowd::new();
    for _ in 0..12 {
        crowd.arrive(1);
    }
    crowd.arrive(2);
    for waiting in (0..4).rev() {
        crowd.gate.shed();
        assert_eq!((crowd.count(1), crowd.count(2)), ((8, waiting), (1, 0)));
    }
    crowd.gate.shed();
    assert_eq!((crowd.count(1), crowd.count(2)), ((7, 0), (1, 0)));
}

/// The accept loop learns of places that come free.
#[tokio::test(start_paused = true)]
async fn whoever_waits_is_woken() {
    let gate = gate();
    let now = Instant::now();
    let mut passes = Vec::new();
    for _ in 0..SHARE {
        passes.push(gate.arrive(source(1), SHARE, now).pass().await.unwrap());
    }
    let mut waiting = gate.arrive(source(1), SHARE, now);
    let turns = Arc::clone(&gate);
    let pumping = tokio::spawn(async move {
        loop {
            turns.changed().await;
        }
    });
    passes.remove(3);
    let pass = waiting.pass().await.unwrap();
    // By time alone: the longest handshake is stopped for the next one.
    let mut waiting = gate.arrive(source(1), SHARE, Instant::now());
    let mut first = passes.remove(0);
    let (_pass, ()) = tokio::join!(async { waiting.pass().await.unwrap() }, first.stopped());
    assert_eq!(now.elapsed(), Duration::from_secs(10));
    drop(pass);
    pumping.abort();
}

proptest! {
    /// Whatever comes and goes: the numbers hold, and nobody with fewer waits for a place that is free.
    #[test]
    fn shares_hold_whatever_happens(events in prop::collection::vec((0_u8..8, 0_u8..6), 1..300)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let _time = runtime.enter();
        let mut crowd = Crowd::new();
        for (kind, number) in events {
            match kind {
                0..=3 => crowd.arrive(number),
                4 if crowd.count(number).0 > 0 => crowd.end(number),
                5 => {
                    // Somebody goes while waiting.
                    let at = crowd.connections.iter().position(|it| it.0 == number && it.2.is_none());
                    if let Some(at) = at { crowd.connections.remove(at); }
                }
                6 => crowd.wait(1),
                _ => crowd.wait(u64::from(number)),
            }
            crowd.settle();
            let state = crowd.gate.state();
            let active: usize = state.sources.values().map(|queue| queue.active.len()).sum();
            let waiting: usize = state.sources.values().map(|queue| queue.waiting.len()).sum();
            prop_assert_eq!((state.taken, state.waiting), (active, waiting));
            prop_assert!(active <= 20 && waiting <= 40);
            prop_assert!(state.sources.values().all(|queue| queue.active.len() <= SHARE));
            prop_assert!(state.ready.is_empty() || active == 20);
        }
        crowd.connections.clear();
        let mut state = crowd.gate.state();
        crowd.gate.fill(&mut state, crowd.now);
        prop_assert!(state.sources.is_empty() && state.taken == 0 && state.waiting == 0);
        prop_assert!(state.ready.is_empty() && state.stuck.is_empty() && state.busy.is_empty() && state.queued.is_empty());
    }
}
