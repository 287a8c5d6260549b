//! `issue` and `correct`, killed or failing at their system calls.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::scene::{Scene, command, state};
use crate::strace::{self, CHANGING, READING, Site, disturb, sites};
use crate::{is_full, sample};

/// What became of all faults of a kind.
#[derive(Default)]
struct Tally(BTreeMap<String, u32>);

impl Tally {
    fn add(&mut self, outcome: &str, is_after: bool) {
        let state = if is_after { "after" } else { "before" };
        *self.0.entry(format!("{outcome}, state {state}")).or_default() += 1;
    }

    fn print(&self, what: &str) {
        let all: u32 = self.0.values().sum();
        println!("{what}: {all} faults: {:?}", self.0);
    }
}

fn kill_everywhere(scene: &Scene, name: &str, bounded: usize) {
    if !strace::is_there() {
        return;
    }
    let whole = scene.copy("count");
    let mut tally = Tally::default();
    for site in sample(sites(&scene.command, whole.path(), CHANGING), bounded) {
        let workspace = scene.copy("kill");
        let fault = format!("{name} killed at {} {}", site.call, site.count);
        let disturbed = disturb(&scene.command, workspace.path(), &site, "signal=KILL", false);
        assert_eq!((disturbed.is_injected, disturbed.code), (true, None), "{fault}: it was not killed");
        tally.add("killed", scene.check(workspace.path(), &fault));
    }
    tally.print(&format!("{name}, kill -9"));
}

/// An error is told with its place, is no panic, and what is said of the record is true.
fn fail_everywhere(scene: &Scene, name: &str, bounded: usize) {
    if !strace::is_there() {
        return;
    }
    let whole = scene.copy("count");
    let changing = sites(&scene.command, whole.path(), CHANGING);
    let whole = scene.copy("count");
    let reading = sites(&scene.command, whole.path(), READING);
    let writing = |site: &&Site| ["write", "pwrite64"].contains(&site.call.as_str());
    let short: Vec<Site> = changing.iter().filter(writing).cloned().collect();
    let everything: Vec<Site> = changing.iter().chain(&reading).cloned().collect();
    let kinds = [
        ("error=EIO", false, everything),
        ("error=ENOSPC", false, changing.clone()),
        ("error=ENOSPC", true, changing.clone()),
        ("error=EIO", true, changing),
        ("retval=0", false, short),
    ];
    let mut wrong = Vec::new();
    for (kind, is_lasting, sites) in kinds {
        let mut tally = Tally::default();
        for site in sample(sites, bounded) {
            let workspace = scene.copy("fail");
            let lasting = if is_lasting { " and later" } else { "" };
            let fault = format!("{name}: {kind} at {} {}{lasting}", site.call, site.count);
            let disturbed = disturb(&scene.command, workspace.path(), &site, kind, is_lasting);
            let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                // Of a lasting fault of all writes, standard error is no longer written either.
                let is_mute = is_lasting && site.call == "write" && disturbed.stderr.is_empty();
                check_message(scene, workspace.path(), &disturbed, is_mute, &fault);
                scene.check(workspace.path(), &fault)
            }));
            match checked {
                Ok(is_after) => tally.add(&format!("exit {:?}", disturbed.code.unwrap_or(-1)), is_after),
                Err(_) => wrong.push(format!("{fault}: exit {:?}: {}", disturbed.code, disturbed.stderr.trim())),
            }
        }
        tally.print(&format!("{name}, {kind}{}", if is_lasting { " and later" } else { "" }));
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

fn check_message(scene: &Scene, workspace: &Path, disturbed: &strace::Disturbed, is_mute: bool, fault: &str) {
    let stderr = &disturbed.stderr;
    assert!(disturbed.is_injected, "{fault}: it did not happen");
    assert!(!stderr.contains("panicked"), "{fault}: {stderr}");
    let left = state(workspace);
    match disturbed.code {
        Some(0) => assert_eq!(left, scene.after, "{fault}: exit 0"),
        Some(3) => {
            assert!(is_mute || names_a_file(stderr, workspace), "{fault}: the message names no file: {stderr}");
            if stderr.contains("nothing was recorded") {
                assert_eq!(left, scene.before, "{fault}: {stderr}");
            }
            if stderr.contains("is recorded and stands") {
                assert_eq!(left, scene.after, "{fault}: {stderr}");
            }
        }
        // A draft or the workspace's folder that cannot be read is still told as one that is not there or has changed:
        // the wrong code, and nothing was done.
        // 127: a lasting fault kept the system from starting the program at all.
        Some(2 | 127) => assert_eq!(left, scene.before, "{fault}: {stderr}"),
        other => panic!("{fault}: exit {other:?}: {stderr}"),
    }
}

/// A message names a place by its whole path, or a file or folder as the workspace calls it.
fn names_a_file(message: &str, workspace: &Path) -> bool {
    message.contains(&workspace.display().to_string()) || message.contains("cannot read ")
}

#[test]
fn issue_is_killed_at_its_system_calls() {
    kill_everywhere(&Scene::issue(), "issue", 16);
}

#[test]
fn correct_is_killed_at_its_system_calls() {
    kill_everywhere(&Scene::correct(), "correct", 12);
}

#[test]
fn issue_fails_at_its_system_calls() {
    fail_everywhere(&Scene::issue(), "issue", 5);
}

#[test]
fn correct_fails_at_its_system_calls() {
    fail_everywhere(&Scene::correct(), "correct", 4);
}

/// A limit on the size of files cuts writes short in the middle, as a disk does that fills.
#[test]
fn files_that_may_not_grow_leave_a_legal_state() {
    let scene = Scene::issue();
    let limits: Vec<u32> = (0..640).collect(); // Blocks of 512 bytes: the ledger has less than 320 kB.
    let mut tally = Tally::default();
    for limit in sample(limits, 8) {
        let workspace = scene.copy("limit");
        let inner = command(&scene.command, workspace.path());
        let mut limited = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$@\"");
        limited.arg("-c").arg(script).arg("sh").arg(inner.get_program()).args(inner.get_args());
        let output = limited.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let disturbed = strace::Disturbed { is_injected: true, code: output.status.code(), stderr };
        let fault = format!("files of at most {limit} blocks");
        check_message(&scene, workspace.path(), &disturbed, false, &fault);
        tally.add(&format!("exit {:?}", disturbed.code.unwrap_or(-1)), scene.check(workspace.path(), &fault));
    }
    tally.print("issue, short writes");
    assert!(!is_full() || tally.0.len() > 1, "no limit was ever reached");
}
