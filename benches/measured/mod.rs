//! The measured part of a benchmark runs in a process of its own, and tells what it took as lines of name and value.

use std::ffi::OsStr;
use std::process::Command;

/// What such a process told.
#[derive(Debug)]
pub struct Told(String);

impl Told {
    /// Runs this program again with these words.
    pub fn by_another_process(words: &[&OsStr]) -> Self {
        let program = std::env::current_exe().expect("the system knows this program");
        let told = Command::new(program).args(words).output().expect("the program runs again");
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        Self(String::from_utf8_lossy(&told.stdout).into_owned())
    }

    /// The text of a value.
    pub fn value(&self, name: &str) -> &str {
        let line = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("the program tells everything, also {name}"))
    }

    /// A value that is a number.
    pub fn number(&self, name: &str) -> u64 {
        self.value(name).parse().expect("a number is told")
    }
}

/// A number of kB that the system tells of this process; 0 where it does not tell.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|size| size.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// The most memory this process has held, in kB.
pub fn peak_memory() -> u64 {
    memory("VmHWM:")
}

/// The memory this process holds now, in kB.
pub fn held_memory() -> u64 {
    memory("VmRSS:")
}

/// From here on the peak counts anew, where the system can do that.
pub fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").ok();
}

/// Processor time of all threads so far, user and system, in hundredths of a second; 0 where it is not told.
pub fn processor_ticks() -> (u64, u64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |place: usize| after_name.split_whitespace().nth(place).and_then(|word| word.parse().ok()).unwrap_or(0);
    (ticks(11), ticks(12))
}
