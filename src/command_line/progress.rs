//! How far a run is: bars on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::ingest::Progress;
use crate::run::Watcher;

/// Nothing is shown.
pub(super) struct Quiet;

impl Progress for Quiet {
    fn on_bytes(&self, _bytes: u64) {}
    fn on_rows(&self, _rows: u64) {}
}

impl Watcher for Quiet {
    fn on_step(&self, _name: &str, _bytes: Option<u64>) {}
    fn on_step_end(&self) {}
}

/// A line when a step begins, and about every tenth of the bytes of a long one.
#[derive(Default)]
pub(super) struct Lines {
    rows: AtomicU64,
    bytes: AtomicU64,
    total: AtomicU64,
}

impl Progress for Lines {
    fn on_bytes(&self, bytes: u64) {
        const WORTH_TELLING: u64 = 50_000_000; // A small month is read before anybody looks.
        let total = self.total.load(Ordering::Relaxed);
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let tenth = |bytes: u64| (bytes * 10).checked_div(total).unwrap_or_default();
        if total > WORTH_TELLING && tenth(before + bytes) > tenth(before) {
            let rows = self.rows.load(Ordering::Relaxed);
            eprintln!("  {} of {} MB, {rows} rows", (before + bytes) / 1_000_000, total / 1_000_000);
        }
    }

    fn on_rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }
}

impl Watcher for Lines {
    fn on_step(&self, name: &str, bytes: Option<u64>) {
        self.rows.store(0, Ordering::Relaxed);
        self.bytes.store(0, Ordering::Relaxed);
        self.total.store(bytes.unwrap_or_default(), Ordering::Relaxed);
        match bytes {
            Some(bytes) => eprintln!("{name} ({bytes} bytes) ..."),
            None => eprintln!("{name} ..."),
        }
    }

    fn on_step_end(&self) {}
}

/// A bar with rows, bytes and time left.
#[derive(Default)]
pub(super) struct OnTerminal {
    rows: AtomicU64,
    bar: Mutex<Option<ProgressBar>>,
}

impl OnTerminal {
    pub(super) fn is_here() -> bool {
        std::io::stderr().is_terminal()
    }

    fn with_bar(&self, act: impl FnOnce(&ProgressBar)) {
        let bar = self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(bar) = bar.as_ref() {
            act(bar);
        }
    }
}

impl Progress for OnTerminal {
    fn on_bytes(&self, bytes: u64) {
        self.with_bar(|bar| bar.inc(bytes));
    }

    fn on_rows(&self, rows: u64) {
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        self.with_bar(|bar| bar.set_message(format!("{rows} rows")));
    }
}

impl Watcher for OnTerminal {
    fn on_step(&self, name: &str, bytes: Option<u64>) {
        self.rows.store(0, Ordering::Relaxed);
        let (bar, template) = match bytes {
            Some(bytes) => (ProgressBar::new(bytes), "{prefix} {wide_bar} {msg} {bytes}/{total_bytes} {eta}"),
            None => (ProgressBar::new_spinner(), "{spinner} {prefix}"),
        };
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        *self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(bar);
    }

    fn on_step_end(&self) {
        let bar = self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for OnTerminal {
    fn drop(&mut self) {
        self.on_step_end();
    }
}
