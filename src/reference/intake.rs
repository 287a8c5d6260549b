use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::kept_files::KeptFiles;
use super::{Fault, Place, ReferenceError};
use crate::hexadecimal::hexadecimal;

/// A file that was read, for the record of the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadFile {
    /// Relative to the workspace, with `/` between folders.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

/// A file's name in messages and what it holds; nothing where there is no such file.
type Found<T> = Result<Option<(Arc<str>, T)>, ReferenceError>;

/// What has been read so far, and what was wrong with it.
pub(super) struct Intake {
    dir: PathBuf,
    /// Read instead of the disk.
    source: Option<Arc<KeptFiles>>,
    /// What was read, where it is to be kept.
    pub(super) kept: Option<KeptFiles>,
    pub(super) files: Vec<ReadFile>,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<String>,
}

impl Intake {
    pub(super) fn new(dir: &Path) -> Self {
        let (files, faults, warnings) = (Vec::new(), Vec::new(), Vec::new());
        Self { dir: dir.to_owned(), source: None, kept: None, files, faults, warnings }
    }

    /// Reads files that were kept, as if they stood in a workspace.
    pub(super) fn of_kept(source: Arc<KeptFiles>) -> Self {
        Self { source: Some(source), ..Self::new(Path::new("")) }
    }

    /// Keeps what is read from now on.
    pub(super) fn keeping(self) -> Self {
        Self { kept: Some(KeptFiles::default()), ..self }
    }

    /// How a path is named in messages and records.
    pub(super) fn name_of(&self, path: &Path) -> Arc<str> {
        let relative = path.strip_prefix(&self.dir).unwrap_or(path);
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        Arc::from(parts.join("/"))
    }

    /// The bytes of a file; `None` where there is no such file.
    pub(super) fn bytes(&mut self, path: &Path) -> Found<Vec<u8>> {
        let name = self.name_of(path);
        let bytes = match &self.source {
            Some(kept) => match kept.get(&name) {
                Some(bytes) => bytes.to_vec(),
                None => return Ok(None),
            },
            None => match fs::read(path) {
                Ok(bytes) => bytes,
                Err(error) if is_absence(error.kind()) => return Ok(None),
                Err(source) => return Err(ReferenceError::Unreadable { file: name.to_string(), source }),
            },
        };
        if let Some(kept) = &mut self.kept {
            kept.insert(name.to_string(), Arc::from(bytes.as_slice()));
        }
        let sha256 = hexadecimal(&Sha256::digest(&bytes));
        let size = u64::try_from(bytes.len()).expect("a file in memory is smaller than 2^64");
        self.files.push(ReadFile { path: name.to_string(), bytes: size, sha256 });
        Ok(Some((name, bytes)))
    }

    /// Notes that the program's own text of a file counts, since the workspace has none.
    pub(super) fn shipped(&mut self, path: &Path, text: &str) {
        let name = self.name_of(path);
        if let Some(kept) = &mut self.kept {
            kept.insert(name.to_string(), Arc::from(text.as_bytes()));
        }
    }

    /// The text of a file without its byte order mark; `None` where there is no such file or it is no text.
    pub(super) fn text(&mut self, path: &Path) -> Found<String> {
        let Some((name, bytes)) = self.bytes(path)? else { return Ok(None) };
        Ok(self.decoded(&name, bytes).map(|text| (name, text)))
    }

    /// Like [`text`](Self::text), and a missing file is a fault.
    pub(super) fn needed_text(&mut self, path: &Path, why: &str) -> Found<String> {
        let faults_before = self.faults.len();
        let found = self.text(path)?;
        if found.is_none() && self.faults.len() == faults_before {
            self.missing(path, why);
        }
        Ok(found)
    }

    /// Notes that a file or folder is not there.
    pub(super) fn missing(&mut self, path: &Path, why: &str) {
        self.faults.push(Fault {
            at: Place::of_file(&self.name_of(path)),
            column: String::new(),
            found: String::from("nothing of this name"),
            accepted: why.to_owned(),
            remedy: String::from("put it there, or correct [paths] in seikyu.toml"),
        });
    }

    fn decoded(&mut self, name: &Arc<str>, bytes: Vec<u8>) -> Option<String> {
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = 1 + valid.iter().filter(|&&byte| byte == b'\n').count();
                self.faults.push(Fault {
                    at: Place::of_line(name, line),
                    column: String::new(),
                    found: format!("byte 0x{:02x}, which is not UTF-8", error.as_bytes()[valid.len()]),
                    accepted: String::from("UTF-8 text"),
                    remedy: String::from("save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"),
                });
                return None;
            }
        };
        Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    /// The files of a folder, sorted by name; `None` where there is no such folder. Hidden files are left out.
    pub(super) fn folder(&mut self, path: &Path) -> Result<Option<Vec<PathBuf>>, ReferenceError> {
        let name = self.name_of(path);
        if let Some(kept) = &self.source {
            return Ok(kept.folder(&name));
        }
        let unreadable = |source| ReferenceError::Unreadable { file: self.name_of(path).to_string(), source };
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if is_absence(error.kind()) => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            if !entry.file_name().to_string_lossy().starts_with('.') {
                files.push(entry.path());
            }
        }
        files.sort();
        if let Some(kept) = &mut self.kept {
            kept.insert_folder(&name);
        }
        Ok(Some(files))
    }
}

fn is_absence(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory)
}
