//! The program is killed, its disk fails, many of it run at once, bytes flip: nothing is lost, doubled or half written.
//!
//! Every test takes a bounded part of the faults. All of them, in the order of half an hour:
//! `SEIKYU_ALL_FAULTS=1 cargo test --release --test ledger_faults -- --nocapture`
#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

#[path = "../common/mod.rs"]
mod common;
mod flips;
mod kills_of_run;
mod scene;
mod strace;
mod system_calls;
mod together;

/// All faults instead of a part of them.
fn is_full() -> bool {
    std::env::var_os("SEIKYU_ALL_FAULTS").is_some()
}

/// A part of many faults, spread over all of them, or all where that is asked for.
fn sample<T>(faults: Vec<T>, bounded: usize) -> Vec<T> {
    if is_full() || faults.len() <= bounded {
        return faults;
    }
    let count = faults.len();
    let is_taken = |place: usize| (place * bounded) / count != ((place + 1) * bounded) / count;
    faults.into_iter().enumerate().filter(|(place, _)| is_taken(*place)).map(|(_, fault)| fault).collect()
}
