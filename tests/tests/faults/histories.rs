//! A property over random histories: whatever the bank does, whatever fails and in
//! whatever order webhooks, refreshes and sweeps come, once the failures end the
//! person's list is what the bank knows.
//!
//! Many people's histories run beside one another on one instance, each a sequence of its own
//! of one seed. They are as many as go into a minute; `BALANCE_HISTORIES=2000` plays so many,
//! however long that takes, and `BALANCE_SEED` those of another run. A history that fails is
//! made shorter while the others stop, and told.

mod event;
mod model;
mod play;

use std::env;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use end_to_end::TestApp;
use proptest::strategy::Strategy as _;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::json;

use self::event::{History, history};
use self::play::Player;
use super::seed;

/// People whose histories run at once: a history waits for messages most of its time. Fewer
/// where other tests run beside them, which have to come to an end too.
const PEOPLE: usize = 16;
const FEW_PEOPLE: usize = 4;
/// Where nobody says how many histories, they end after this.
const BOUND: Duration = Duration::from_mins(1);
/// That is less than a minute takes anywhere.
const AT_LEAST: u32 = 20;
/// Nobody's.
const NOBODY: usize = usize::MAX;

/// One run, as everyone in it sees it.
struct Run {
    app: TestApp,
    seed: u64,
    people: usize,
    /// How many histories each person has at most.
    share: u32,
    /// When no other begins.
    ends: Option<Instant>,
    played: AtomicU32,
    /// Whose history failed first.
    failed: AtomicUsize,
}

impl Run {
    fn begin() -> Self {
        let seed = seed();
        eprintln!("BALANCE_SEED={seed}");
        let wanted: Option<u32> = env::var("BALANCE_HISTORIES")
            .ok()
            .map(|wanted| wanted.parse().expect("BALANCE_HISTORIES is a number"));
        let people = if wanted.is_some() { PEOPLE } else { FEW_PEOPLE };
        let shares = u32::try_from(people).unwrap();
        let app = TestApp::start(None);
        app.bank().limit_calls(false);
        app.bank().webhooks(&json!({"enabled": false}));
        Self {
            app,
            seed,
            people,
            share: wanted.map_or(u32::MAX, |wanted| wanted.div_ceil(shares)),
            ends: wanted.is_none().then(|| Instant::now() + BOUND),
            played: AtomicU32::new(0),
            failed: AtomicUsize::new(NOBODY),
        }
    }

    /// Whether no other history is to begin.
    fn is_over(&self) -> bool {
        self.failed.load(Ordering::Relaxed) != NOBODY
            || self.ends.is_some_and(|ends| Instant::now() > ends)
    }

    /// One person's histories, one after another.
    fn play_all(&self, number: usize) -> Result<(), String> {
        let player = Player::join(&self.app);
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&self.seed.to_le_bytes());
        bytes[8..16].copy_from_slice(&(number as u64).to_le_bytes());
        let config = Config {
            failure_persistence: None,
            max_shrink_iters: 60,
            max_shrink_time: 240_000,
            ..Config::default()
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(config, rng);
        for _ in 0..self.share {
            if self.is_over() {
                break;
            }
            let tree = history().new_tree(&mut runner).expect("a history");
            let outcome = runner.run_one(tree, |history| self.play_one(number, &player, &history));
            outcome
                .map_err(|error| format!("BALANCE_SEED={}, person {number}: {error}", self.seed))?;
        }
        Ok(())
    }

    fn play_one(
        &self,
        number: usize,
        player: &Player<'_>,
        history: &History,
    ) -> Result<(), TestCaseError> {
        // A reply that is none of those expected is a panic.
        let outcome =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| player.play(history)));
        let failure = match outcome {
            Ok(Ok(())) => {
                self.played.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            Ok(Err(left)) => left,
            Err(panic) => said(&*panic),
        };
        let relaxed = Ordering::Relaxed;
        let first = self
            .failed
            .compare_exchange(NOBODY, number, relaxed, relaxed);
        // Of two that fail at once, one is made shorter: that tells enough.
        if first.is_err_and(|first| first != number) {
            return Ok(());
        }
        eprintln!("person {number}: {failure}");
        Err(TestCaseError::fail(failure))
    }
}

/// What a panic said.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic that says nothing".into())
}

#[test]
fn whatever_happens_in_whatever_order_her_list_becomes_what_the_bank_knows() {
    let run = Run::begin();
    let started = Instant::now();
    let failures: Vec<String> = thread::scope(|scope| {
        let people: Vec<_> = (0..run.people)
            .map(|number| {
                scope.spawn({
                    let run = &run;
                    move || run.play_all(number)
                })
            })
            .collect();
        let outcomes = people
            .into_iter()
            .map(|person| person.join().expect("a person plays"));
        outcomes.filter_map(Result::err).collect()
    });
    let played = run.played.load(Ordering::Relaxed);
    eprintln!("{played} histories in {} s", started.elapsed().as_secs());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let least = if run.ends.is_some() {
        AT_LEAST
    } else {
        run.share
    };
    assert!(played >= least, "only {played} histories were played");
}
