//! Faults put into system calls by `strace`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use crate::common::TempFolder;
use crate::scene::command;

/// Calls that change what is on the disk, or who may.
pub const CHANGING: &str = "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,\
                            rmdir,mkdir,mkdirat,ftruncate,flock,fcntl,fallocate,fchmod,fchown";
/// Calls that read.
pub const READING: &str = "read,pread64,statx,newfstatat,getdents64,lseek";

/// The k-th time that a thread makes a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    pub call: String,
    pub count: u32,
}

/// How a disturbed command ended.
pub struct Disturbed {
    /// Whether the fault happened.
    pub is_injected: bool,
    /// Nothing where it was killed.
    pub code: Option<i32>,
    pub stderr: String,
}

/// Whether faults can be put in, or a word that the test was skipped.
pub fn is_there() -> bool {
    let is_there = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).output();
    if is_there.is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert!(std::env::var_os("SEIKYU_REQUIRE_SHARED").is_none(), "strace is missing, or may not trace");
    println!("skipped: strace is not there");
    false
}

/// Every place where a command makes one of the calls on a file of its workspace.
pub fn sites(arguments: &[&str], workspace: &Path, calls: &str) -> Vec<Site> {
    let trace = TempFolder::new("trace");
    let file = trace.path().join("trace");
    let filter = format!("trace={calls}");
    let status = traced(&["-f", "-y", "-qq", "-e", &filter], &file, arguments, workspace).status().unwrap();
    assert!(status.success());
    let place = workspace.display().to_string();
    let (mut counts, mut found): (BTreeMap<(String, String), u32>, _) = (BTreeMap::new(), Vec::new());
    for line in fs::read_to_string(&file).unwrap().lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((call, of_call)) = rest.trim_start().split_once('(') else { continue };
        if !call.chars().all(|letter| letter.is_ascii_alphanumeric()) {
            continue; // The end of a call that began on another line, or of a thread.
        }
        let count = counts.entry((thread.to_owned(), call.to_owned())).or_default();
        *count += 1; // `strace` counts for each thread alone.
        if of_call.contains(&place) {
            found.push(Site { call: call.to_owned(), count: *count });
        }
    }
    found.sort();
    found.dedup();
    assert!(!found.is_empty());
    found
}

/// Runs a command with a fault: `signal=KILL`, `error=EIO` …; `is_lasting` puts it into all later calls too.
pub fn disturb(arguments: &[&str], workspace: &Path, site: &Site, fault: &str, is_lasting: bool) -> Disturbed {
    let trace = TempFolder::new("trace");
    let file = trace.path().join("trace");
    let (call, count, lasting) = (&site.call, site.count, if is_lasting { "+" } else { "" });
    let (filter, inject) = (format!("trace={call}"), format!("inject={call}:{fault}:when={count}{lasting}"));
    let output = traced(&["-f", "-qq", "-e", &filter, "-e", &inject], &file, arguments, workspace).output().unwrap();
    let seen = fs::read_to_string(&file).unwrap();
    let is_killed = output.status.signal() == Some(9);
    Disturbed {
        is_injected: seen.contains("INJECTED") || is_killed,
        code: output.status.code(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn traced(options: &[&str], file: &Path, arguments: &[&str], workspace: &Path) -> Command {
    let inner = command(arguments, workspace);
    let mut outer = Command::new("strace");
    outer.args(options).arg("-o").arg(file).arg("--").arg(inner.get_program()).args(inner.get_args());
    outer
}
