use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;
use crate::ingest::{Limits, Silent, find_reports};
use crate::money::Usd;
use crate::usage::PriceInstants;

mod real_data;

fn fold_folder(reports: &Path, month: &str, adjustments: &[&str]) -> Result<FoldOutcome, FoldError> {
    let adjustments: Vec<String> = adjustments.iter().map(|name| (*name).to_owned()).collect();
    let plan = find_reports(reports, month.parse().unwrap(), &adjustments)?;
    fold_reports(&plan, &Limits::default(), &PriceInstants::new(), &Silent)
}

/// A folder of its own for one test, gone at its end.
struct TestFolder(PathBuf);

impl TestFolder {
    fn new() -> Self {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("seikyu-fold-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
