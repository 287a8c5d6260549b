use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::delivery::ReportFormat;
use super::error::{Fault, IngestError};
use super::fault_kind::FaultKind;
use super::manifest::partition_of;
use super::source::ReportSource;

/// A file of the reports folder.
#[derive(Clone, Debug)]
pub(super) struct FoundFile {
    pub(super) path: PathBuf,
    pub(super) source: ReportSource,
    /// Relative to the reports folder, with `/`; the whole address of an object.
    pub(super) name: String,
    pub(super) bytes: u64,
    /// Which of the places it was found in.
    pub(super) place: usize,
}

impl FoundFile {
    /// The name of its folder; empty for the reports folder itself.
    pub(super) fn folder(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// Report files and manifests below a folder, by name.
#[derive(Debug, Default)]
pub(super) struct FoundFiles {
    pub(super) reports: Vec<FoundFile>,
    pub(super) manifests: Vec<FoundFile>,
    pub(super) faults: Vec<Fault>,
}

/// Walks a reports folder. Links are followed inside of it and refused out of it. Names begin with that of the folder,
/// if it has one.
pub(super) fn walk(root: &Path, root_name: &str, place: usize) -> Result<FoundFiles, IngestError> {
    if !root.exists() {
        let fault = Fault::of_file(&root.display().to_string(), "", FaultKind::NoFolder);
        return Err(IngestError::Refused { faults: vec![fault], more: 0 });
    }
    let real_root = fs::canonicalize(root).map_err(|source| IngestError::machine(root, source))?;
    let mut walk = Walk { real_root: real_root.clone(), seen: BTreeSet::new(), place, found: FoundFiles::default() };
    walk.folder(root, root_name, &real_root)?;
    Ok(walk.found)
}

struct Walk {
    real_root: PathBuf,
    /// Folders and linked files that were entered, by their real path: no cycle, nothing twice.
    seen: BTreeSet<PathBuf>,
    place: usize,
    found: FoundFiles,
}

impl Walk {
    fn folder(&mut self, folder: &Path, name: &str, real: &Path) -> Result<(), IngestError> {
        if !self.seen.insert(real.to_owned()) {
            return Ok(());
        }
        let machine = |source| IngestError::machine(folder, source);
        let mut entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(machine)?;
        // Real folders before links to them, so that a folder keeps its own name.
        entries.sort_by_key(|entry| (entry.file_type().is_ok_and(|kind| kind.is_symlink()), entry.file_name()));
        for entry in entries {
            let entry_name = entry.file_name().to_string_lossy().into_owned();
            let name = if name.is_empty() { entry_name.clone() } else { format!("{name}/{entry_name}") };
            self.entry(&entry.path(), &entry_name, name)?;
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, entry_name: &str, name: String) -> Result<(), IngestError> {
        let machine = |source| IngestError::machine(path, source);
        let is_link = fs::symlink_metadata(path).map_err(machine)?.is_symlink();
        let is_manifest = is_manifest(&name);
        let is_wanted = is_manifest || ReportFormat::of_name(entry_name).is_some();
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(_) if is_link && !is_wanted => return Ok(()), // A dangling link to something else.
            Err(source) => return Err(machine(source)),
        };
        let metadata = fs::metadata(&real).map_err(machine)?;
        if !metadata.is_dir() && !is_wanted {
            return Ok(());
        }
        if is_link && !real.starts_with(&self.real_root) {
            self.found.faults.push(Fault::of_file(&name, "", FaultKind::OutsideLink));
            return Ok(());
        }
        if metadata.is_dir() {
            return self.folder(path, &name, &real);
        }
        if is_link && !self.seen.insert(real) {
            return Ok(());
        }
        let source = ReportSource::Disk(path.to_owned());
        let file = FoundFile { path: path.to_owned(), source, name, bytes: metadata.len(), place: self.place };
        if is_manifest {
            self.found.manifests.push(file)
        } else {
            self.found.reports.push(file)
        }
        Ok(())
    }
}

/// Whether a file is a manifest, by its name. Data exports may call it `Manifest.json` alone; elsewhere that could be anything.
pub fn is_manifest(name: &str) -> bool {
    let entry_name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    entry_name.ends_with("-manifest.json") || entry_name == "manifest.json" && partition_of(name).is_some()
}
