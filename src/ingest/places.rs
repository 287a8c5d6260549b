use std::path::PathBuf;

use super::error::{Fault, IngestError};
use super::fault_kind::FaultKind;
use super::file_walk::{FoundFile, FoundFiles, is_manifest, walk};
use super::source::ReportSource;

/// Where reports are looked for.
#[derive(Clone, Debug)]
pub enum ReportPlace {
    /// A folder of this machine.
    Folder {
        /// The folder.
        dir: PathBuf,
        /// What its files are called before their path in it; empty where it is the only place.
        name: String,
        /// The payer whose deliveries are expected there; empty where any is.
        payer_id: String,
    },
    /// What a listing of a store has found.
    Listed {
        /// The address that was listed.
        name: String,
        /// The payer whose deliveries are expected there; empty where any is.
        payer_id: String,
        /// What was found, in any order; files that are no part of a report too.
        files: Vec<ListedFile>,
    },
}

/// A file that a listing has found.
#[derive(Clone, Debug)]
pub struct ListedFile {
    /// Its whole address.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its bytes.
    pub source: ReportSource,
}

impl ReportPlace {
    /// The address, for people.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Folder { dir, .. } => dir.display().to_string(),
            Self::Listed { name, .. } => name.clone(),
        }
    }

    pub(super) fn payer_id(&self) -> &str {
        match self {
            Self::Folder { payer_id, .. } | Self::Listed { payer_id, .. } => payer_id,
        }
    }

    fn find(&self, place: usize) -> Result<FoundFiles, IngestError> {
        match self {
            Self::Folder { dir, name, .. } => walk(dir, name, place),
            Self::Listed { files, .. } => Ok(of_listing(files, place)),
        }
    }
}

/// Report files and manifests of all places together, by name.
pub(super) fn find_files(places: &[ReportPlace]) -> Result<FoundFiles, IngestError> {
    let mut all = FoundFiles::default();
    for (number, place) in places.iter().enumerate() {
        let found = place.find(number)?;
        all.reports.extend(found.reports);
        all.manifests.extend(found.manifests);
        all.faults.extend(found.faults);
    }
    for files in [&mut all.reports, &mut all.manifests] {
        files.sort_by(|left, right| left.name.cmp(&right.name));
        let twice = files.windows(2).filter(|pair| pair[0].name == pair[1].name);
        all.faults.extend(twice.map(|pair| Fault::of_file(&pair[0].name, "", FaultKind::TwoPlaces)));
        files.dedup_by(|left, right| left.name == right.name);
    }
    Ok(all)
}

fn of_listing(files: &[ListedFile], place: usize) -> FoundFiles {
    let mut found = FoundFiles::default();
    for file in files {
        let (path, name) = (PathBuf::from(&file.name), file.name.clone());
        let listed = FoundFile { path, source: file.source.clone(), name, bytes: file.bytes, place };
        let last = file.name.rsplit('/').next().unwrap_or_default();
        if is_manifest(&file.name) {
            found.manifests.push(listed);
        } else if super::ReportFormat::of_name(last).is_some() {
            found.reports.push(listed);
        }
    }
    found
}
