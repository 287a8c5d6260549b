//! `run` is killed at random moments: the month before or the month after, never a mixture.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::common::TempFolder;
use crate::is_full;
use crate::scene::{Files, ISSUE, RUN, change_rate, command, files, must, quickstart, state};

/// `run.json` alone depends on the clock; it must be whole.
fn month(workspace: &Path) -> Files {
    let mut found = files(&workspace.join("output/2025-05"));
    let record = found.remove("run.json").expect("the month has its record");
    serde_json::from_slice::<serde_json::Value>(&record).expect("the record is whole");
    found
}

#[test]
fn run_is_killed_at_random_moments() {
    let folder = TempFolder::new("faults-run");
    let workspace = folder.path();
    quickstart(workspace);
    must(&RUN, workspace);
    must(&ISSUE, workspace);
    must(&RUN, workspace); // It says now what is issued.
    let (mut before, issued) = (month(workspace), state(workspace));
    let file = workspace.join("rates/fx/usd_jpy_tts.csv");
    let old_rate = std::fs::read(&file).unwrap();
    change_rate(workspace);
    let new_rate = std::fs::read(&file).unwrap();
    let start = Instant::now();
    must(&RUN, workspace);
    let length = start.elapsed();
    let mut after = month(workspace);
    assert!(before != after);
    // From now on the rate changes back and forth, so that every finished run changes the month.
    std::mem::swap(&mut before, &mut after);
    std::fs::write(&file, &old_rate).unwrap();
    let seed = if let Ok(seed) = std::env::var("SEIKYU_SEED") { seed.parse().unwrap() } else { 20_250_501_u64 };
    println!("seed {seed} (SEIKYU_SEED)");
    let mut random = seed;
    let (mut killed, mut finished, mut changed) = (0, 0, 0);
    for turn in 0..if is_full() { 200 } else { 10 } {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = Duration::from_nanos((random >> 33) % (length.as_nanos() as u64 * 6 / 5));
        let mut child = command(&RUN, workspace).spawn().unwrap();
        sleep(moment);
        child.kill().unwrap(); // SIGKILL; nothing where it has ended.
        let status = child.wait().unwrap();
        if status.code().is_some() {
            finished += 1
        } else {
            killed += 1
        }
        let left = month(workspace);
        assert!(left == before || left == after, "turn {turn}: neither month, killed after {moment:?}");
        assert_eq!(state(workspace), issued, "turn {turn}");
        if left == after {
            changed += 1;
        }
        must(&RUN, workspace);
        assert!(month(workspace) == after, "turn {turn}: the next run does not finish");
        let names: Vec<_> =
            std::fs::read_dir(workspace.join("output")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["2025-05"], "turn {turn}: left-overs");
        std::mem::swap(&mut before, &mut after);
        std::fs::write(&file, if turn % 2 == 0 { &new_rate } else { &old_rate }).unwrap();
    }
    println!("run: {killed} killed, {finished} had ended; {changed} months were after, the others before");
}
