use std::sync::Arc;

use super::*;
use crate::websocket::RateLimit;

fn passwords() -> Arc<Passwords> {
    Arc::new(Passwords::new(Some(PasswordDelays::default())))
}

fn source(number: u8) -> Option<Source> {
    Some(Source::of([10, 0, 0, number].into()))
}

fn id(text: &str) -> Identity {
    Identity::new(text).unwrap()
}

/// How long an attempt waits until it is judged, and how; seconds.
async fn attempt(passwords: &Passwords, from: u8, identity: &str, right: bool) -> Result<u64, u64> {
    let begin = Instant::now();
    match passwords.admit(source(from), &id(identity)).await {
        Ok(guess) => {
            if right {
                guess.right();
            } else {
                guess.wrong();
            }
            Ok(begin.elapsed().as_secs())
        }
        Err(wait) => Err(wait.as_secs()),
    }
}

#[tokio::test(start_paused = true)]
async fn wrong_passwords_cost_more_and_more_time() {
    let passwords = passwords();
    for wait in [0, 0, 0, 1, 2, 4] {
        assert_eq!(attempt(&passwords, 1, "CP1", false).await, Ok(wait));
    }
    // Longer waits are for the station.
    for wait in [8, 16, 32, 60, 60, 60] {
        assert_eq!(attempt(&passwords, 1, "CP1", false).await, Err(wait));
        assert_eq!(
            attempt(&passwords, 1, "CP1", false).await,
            Err(wait),
            "asking costs nothing"
        );
        tokio::time::sleep(Duration::from_secs(wait)).await;
        assert_eq!(attempt(&passwords, 1, "CP1", false).await, Ok(0));
    }
}

/// Guessing at a station from one address costs nobody else anything: not the station, and not its neighbours.
#[tokio::test(start_paused = true)]
async fn the_right_password_from_elsewhere_never_waits() {
    let passwords = passwords();
    for _ in 0..1000 {
        let _ = attempt(&passwords, 1, "CP1", false).await;
        assert_eq!(attempt(&passwords, 2, "CP1", true).await, Ok(0));
        assert_eq!(attempt(&passwords, 1, "CP2", true).await, Ok(0));
    }
    assert!(attempt(&passwords, 1, "CP1", false).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn the_right_password_ends_it_and_so_does_time() {
    let passwords = passwords();
    for _ in 0..5 {
        attempt(&passwords, 1, "CP1", false).await.unwrap();
    }
    assert_eq!(
        attempt(&passwords, 1, "CP1", true).await,
        Ok(4),
        "it waits its turn"
    );
    assert_eq!(attempt(&passwords, 1, "CP1", false).await, Ok(0));
    for _ in 0..4 {
        attempt(&passwords, 1, "CP1", false).await.unwrap();
    }
    tokio::time::sleep(SPAN * 2).await;
    for wait in [0, 0, 0, 1] {
        assert_eq!(attempt(&passwords, 1, "CP1", false).await, Ok(wait));
    }
}

/// Many guesses at the same time are judged no faster than one after the other.
#[tokio::test(start_paused = true)]
async fn guessing_in_parallel_does_not_help() {
    let passwords = passwords();
    let begin = Instant::now();
    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..1000 {
        let passwords = Arc::clone(&passwords);
        attempts.spawn(async move { attempt(&passwords, 1, "CP1", false).await });
    }
    let judged = attempts
        .join_all()
        .await
        .into_iter()
        .filter(Result::is_ok)
        .count();
    // Three at once, then after one, three, and (too late for waiting) seven seconds.
    assert_eq!(judged, 5);
    assert_eq!(begin.elapsed().as_secs(), 3);
}

/// A station that breaks off, or is refused for another reason, has guessed nothing.
#[tokio::test(start_paused = true)]
async fn only_wrong_passwords_count() {
    let passwords = passwords();
    for _ in 0..100 {
        let guess = passwords.admit(source(1), &id("CP1")).await.unwrap();
        drop(guess);
    }
    assert_eq!(passwords.state().len(), 0);
    // Without an address, or without delays, nothing is remembered.
    for _ in 0..100 {
        passwords.admit(None, &id("CP1")).await.unwrap().wrong();
    }
    assert_eq!(passwords.state().len(), 0);
    let off = Passwords::new(None);
    for _ in 0..100 {
        assert_eq!(attempt(&off, 1, "CP1", false).await, Ok(0));
    }
}

#[tokio::test(start_paused = true)]
async fn the_table_is_bounded() {
    let passwords = passwords();
    for n in 0..3 * MAX {
        attempt(&passwords, 1, &format!("made up {n}"), false)
            .await
            .unwrap();
    }
    assert!(passwords.state().len() <= MAX + 1);
}

/// An address that fails all the time gets a small share, and its answers late; what it does right is served.
#[tokio::test(start_paused = true)]
async fn failing_handshakes_become_few() {
    let limit = FailureLimit {
        rate: RateLimit {
            burst: 10,
            per_second: 1,
        },
        ..FailureLimit::default()
    };
    let failures = Failures::new(Some(limit));
    let (bad, good) = (source(1), source(2));
    let begin = Instant::now();
    for n in 0..10 {
        assert_eq!(failures.share(bad.unwrap(), 128), 128, "{n}");
        failures.failed(bad).await;
    }
    assert_eq!(begin.elapsed(), Duration::ZERO);
    assert_eq!(failures.share(bad.unwrap(), 128), 4);
    assert_eq!(failures.share(good.unwrap(), 128), 128);
    failures.failed(bad).await;
    assert_eq!(begin.elapsed(), Duration::from_millis(500));
    // As many as the share wait for their answers; others are not even asked.
    let mut waiting = Vec::new();
    for n in 0..4 {
        assert!(failures.admits(bad), "{n}");
        let mut failed = Box::pin(failures.failed(bad));
        assert!(
            std::future::poll_fn(|cx| std::task::Poll::Ready(failed.as_mut().poll(cx)))
                .await
                .is_pending()
        );
        waiting.push(failed);
    }
    assert!(!failures.admits(bad) && failures.admits(good) && failures.admits(None));
    waiting.pop();
    assert!(failures.admits(bad), "one has gone without its answer");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        failures.share(bad.unwrap(), 128),
        128,
        "a failure is forgiven"
    );
}
