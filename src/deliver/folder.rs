//! Writes a folder beside its place and renames it at the end: a stopped run leaves the previous one whole.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::WriteError;

/// A folder being written.
///
/// Dropped before [`publish`](Self::publish), it removes what it has written.
pub struct PendingFolder {
    pending: PathBuf,
    place: PathBuf,
    is_published: bool,
}

impl PendingFolder {
    /// Begins a folder that will stand at `place`.
    pub fn begin(place: &Path) -> Result<Self, WriteError> {
        let parent = place.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|source| WriteError::at(parent, source))?;
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        remove_left_overs(parent, &name);
        let pending = parent.join(format!(".{name}.writing-{}", std::process::id()));
        fs::create_dir(&pending).map_err(|source| WriteError::at(&pending, source))?;
        Ok(Self { pending, place: place.to_owned(), is_published: false })
    }

    /// Where a file of the folder is written for now; makes the folders above it.
    fn path(&self, name: &str) -> Result<PathBuf, WriteError> {
        let path = self.pending.join(name);
        let parent = path.parent().unwrap_or(&self.pending);
        fs::create_dir_all(parent).map_err(|source| WriteError::at(parent, source))?;
        Ok(path)
    }

    /// Writes one file through to the disk.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.write_with(name, |file| file.write_all(bytes))
    }

    /// Writes one file through to the disk, piece by piece.
    pub fn write_with<E: Into<io::Error>>(
        &self,
        name: &str,
        write: impl FnOnce(&mut fs::File) -> Result<(), E>,
    ) -> Result<(), WriteError> {
        let path = self.path(name)?;
        write_through(&path, write)
    }

    /// Puts the folder in its place, in one step where the file system can exchange two names.
    pub fn publish(mut self) -> Result<(), WriteError> {
        let place = self.place.clone();
        let failed = |source| WriteError::at(&place, source);
        if place.exists() {
            exchange(&self.pending, &place).map_err(failed)?;
            self.is_published = true;
            fs::remove_dir_all(&self.pending).map_err(|source| WriteError::at(&self.pending, source))?;
        } else {
            fs::rename(&self.pending, &place).map_err(failed)?;
            self.is_published = true;
        }
        if let Some(parent) = place.parent() {
            fs::File::open(parent).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        Ok(())
    }
}

/// Removes what runs that were killed have left, and what a run of this process id may have.
fn remove_left_overs(parent: &Path, name: &str) {
    let prefix = format!(".{name}.writing-");
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(id) = file_name.strip_prefix(&prefix) else { continue };
        let is_alive = Path::new("/proc").join(id).exists() && id != std::process::id().to_string();
        if Path::new("/proc/self").exists() && !is_alive {
            let _ = fs::remove_dir_all(&path); // What cannot be removed is told when its name is needed.
        }
    }
}

/// Exchanges two folders; where the system cannot, moves the old one aside first.
fn exchange(new: &Path, old: &Path) -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    let aside = new.with_extension("previous");
    fs::rename(old, &aside)?;
    if let Err(error) = fs::rename(new, old) {
        fs::rename(&aside, old)?;
        return Err(error);
    }
    fs::rename(&aside, new)
}

impl Drop for PendingFolder {
    fn drop(&mut self) {
        if !self.is_published {
            // Nothing more can be done about a left-over; the next run of this process id removes it.
            let _ = fs::remove_dir_all(&self.pending);
        }
    }
}

fn write_through<E: Into<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> Result<(), E>,
) -> Result<(), WriteError> {
    let all = || {
        let mut file = fs::File::create(path)?;
        write(&mut file).map_err(Into::into)?;
        file.sync_all()
    };
    all().map_err(|source| WriteError::at(path, source))
}

/// Writes one file beside its place and renames it.
pub fn write_file_aside<E: Into<io::Error>>(
    place: &Path,
    write: impl FnOnce(&mut fs::File) -> Result<(), E>,
) -> Result<(), WriteError> {
    let parent = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(|source| WriteError::at(parent, source))?;
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let pending = parent.join(format!(".{name}.writing-{}", std::process::id()));
    let renamed = |()| fs::rename(&pending, place).map_err(|source| WriteError::at(place, source));
    let written = write_through(&pending, write).and_then(renamed);
    if written.is_err() {
        let _ = fs::remove_file(&pending); // The error that matters is the first.
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str) -> PathBuf {
        let place = std::env::temp_dir().join(format!("seikyu-folder-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        place.join("2025-05")
    }

    fn names(folder: &Path) -> Vec<String> {
        let names =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn a_published_folder_replaces_the_previous_one_as_a_whole() {
        let place = place("published");
        let first = PendingFolder::begin(&place).unwrap();
        first.write("a.csv", b"1").unwrap();
        first.write("invoices/P-1/old.pdf", b"1").unwrap();
        assert!(!place.exists(), "nothing is visible before it is published");
        first.publish().unwrap();
        let second = PendingFolder::begin(&place).unwrap();
        second.write("a.csv", b"2").unwrap();
        assert_eq!(fs::read(place.join("a.csv")).unwrap(), b"1");
        second.publish().unwrap();
        assert_eq!(fs::read(place.join("a.csv")).unwrap(), b"2");
        assert_eq!(names(&place), ["a.csv"]);
        assert_eq!(names(place.parent().unwrap()), ["2025-05"]);
        fs::remove_dir_all(place.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_folder_that_is_not_published_leaves_nothing() {
        let place = place("dropped");
        let pending = PendingFolder::begin(&place).unwrap();
        pending.write("a.csv", b"1").unwrap();
        drop(pending);
        assert!(names(place.parent().unwrap()).is_empty());
        // What a killed run left goes with the next one; 4194305 is beyond every process id.
        fs::create_dir(place.parent().unwrap().join(".2025-05.writing-4194305")).unwrap();
        PendingFolder::begin(&place).unwrap().publish().unwrap();
        assert_eq!(names(place.parent().unwrap()), ["2025-05"]);
        fs::remove_dir_all(place.parent().unwrap()).unwrap();
    }
}
