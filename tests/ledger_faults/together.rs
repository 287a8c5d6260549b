//! Many processes issue the same month.

use std::thread;

use seikyu::ledger::verify;

use crate::is_full;
use crate::scene::{ISSUE, Scene, files, must, state};

#[test]
fn many_processes_issue_a_month_once() {
    let scene = Scene::issue();
    let workspace = scene.copy("together");
    let each = if is_full() { 125 } else { 3 };
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..each).for_each(|_| must(&ISSUE, workspace.path())));
        }
    });
    assert_eq!(state(workspace.path()), scene.after);
    let ledger = workspace.path().join("ledger");
    let verified = verify(&ledger).unwrap().unwrap();
    assert!(verified.findings.is_empty() && verified.notes.is_empty(), "{verified:?}");
    assert!(files(&ledger.join("documents")) == scene.documents);
    println!("issued {} times by 8 processes: {} documents", each * 8, scene.after.documents.len());
}

#[test]
fn a_replay_gives_the_same_bytes_after_a_correction() {
    let scene = Scene::correct();
    let workspace = scene.copy("replay");
    must(&scene.command, workspace.path());
    let replayed = seikyu::run::replay(&workspace.path().join("ledger"), None).unwrap();
    assert_eq!(replayed.len(), scene.after.documents.len());
    assert!(replayed.iter().all(|document| document.differing.is_empty()), "{replayed:?}");
}
