//! Writes a folder beside its place and renames it at the end: a stopped run leaves the previous one whole.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::WriteError;
use super::sync::{beside, folders_below, sync_all};

/// A folder being written. Whoever holds it is alone in writing to the folder above.
///
/// Dropped before [`publish`](Self::publish), it removes what it has written.
pub struct PendingFolder {
    pending: PathBuf,
    place: PathBuf,
    is_published: bool,
    scratches: AtomicU32,
    /// Every file that is written and perhaps not on the disk yet.
    written: Mutex<Vec<PathBuf>>,
    /// Freed when this is dropped, or when the process ends.
    _lock: fs::File,
}

impl PendingFolder {
    /// Begins a folder that will stand at `place`. Waits until no other run writes to the folder above.
    pub fn begin(place: &Path) -> Result<Self, WriteError> {
        let parent = place.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|source| WriteError::at(parent, source))?;
        let (lock, is_alone) = lock_folder(parent)?;
        let prefix = pending_prefix(place);
        if is_alone {
            remove_left_overs(parent, &prefix);
        }
        let pending = make_new_folder(parent, &prefix)?;
        Ok(Self {
            pending,
            place: place.to_owned(),
            is_published: false,
            scratches: AtomicU32::new(0),
            written: Mutex::new(Vec::new()),
            _lock: lock,
        })
    }

    /// Where a file of the folder is written for now; makes the folders between.
    fn path(&self, name: &str) -> Result<PathBuf, WriteError> {
        let mut folder = self.pending.clone();
        let mut parts = name.split('/').peekable();
        while let Some(part) = parts.next() {
            folder.push(part);
            if parts.peek().is_some() {
                match fs::create_dir(&folder) {
                    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                        return Err(WriteError::at(&folder, error));
                    }
                    _ => {}
                }
            }
        }
        Ok(folder)
    }

    /// Writes one file; it is written through to the disk before any is published.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.write_with(name, |file| file.write_all(bytes))
    }

    /// The same, piece by piece.
    pub fn write_with<E: Into<io::Error>>(
        &self,
        name: &str,
        write: impl FnOnce(&mut fs::File) -> Result<(), E>,
    ) -> Result<(), WriteError> {
        let path = self.path(name)?;
        write_new(&path, write)?;
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(path);
        Ok(())
    }

    /// Does some work while what is written by now goes through to the disk: the wait for it is not the processor's. What
    /// the work writes is not waited for.
    pub fn sync_beside<T>(&self, work: impl FnOnce() -> T) -> Result<T, WriteError> {
        let files = std::mem::take(&mut *self.written.lock().unwrap_or_else(PoisonError::into_inner));
        let (synced, made) = beside(|| sync_all(&files), work);
        synced.map_err(|source| WriteError::at(&self.pending, source))?;
        Ok(made)
    }

    /// Waits until all files are on the disk, then the names in their folders: else a folder could stand there with some of
    /// them gone.
    fn sync(&mut self) -> Result<(), WriteError> {
        let files = std::mem::take(self.written.get_mut().unwrap_or_else(PoisonError::into_inner));
        let all = sync_all(&files).and_then(|()| sync_all(&folders_below(&self.pending)?));
        all.map_err(|source| WriteError::at(&self.pending, source))
    }

    /// A file for what is put aside while the folder is written: it has no name and vanishes with its handle.
    pub fn scratch(&self) -> io::Result<fs::File> {
        let path = self.pending.join(format!("scratch-{}", self.scratches.fetch_add(1, Ordering::Relaxed)));
        let file = fs::OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        fs::remove_file(&path)?;
        Ok(file)
    }

    /// Puts the files in their place one by one, each in one step; what else lies there stays.
    pub fn publish_files(mut self, names: &[String]) -> Result<(), WriteError> {
        self.sync()?;
        for name in names {
            let place = self.place.join(name);
            let parent = place.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(parent).map_err(|source| WriteError::at(parent, source))?;
            fs::rename(self.pending.join(name), &place).map_err(|source| WriteError::at(&place, source))?;
        }
        fs::File::open(&self.place)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| WriteError::at(&self.place, source))
    }

    /// Puts the folder in its place, in one step where the file system can exchange two names.
    pub fn publish(mut self) -> Result<(), WriteError> {
        let place = self.place.clone();
        let failed = |source| WriteError::at(&place, source);
        self.sync()?;
        if place.exists() {
            exchange(&self.pending, &place).map_err(failed)?;
            self.is_published = true;
            let _ = remove_tree(&self.pending); // The new month stands; where this fails the next run does it.
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

fn pending_prefix(place: &Path) -> String {
    format!(".{}.writing-", place.file_name().unwrap_or_default().to_string_lossy())
}

/// Locks a folder for this process; waits for another that has it. Where the file system knows no locks,
/// says that nobody can be sure to be alone.
fn lock_folder(folder: &Path) -> Result<(fs::File, bool), WriteError> {
    let file = fs::File::open(folder).map_err(|source| WriteError::at(folder, source))?;
    #[cfg(unix)]
    let is_alone = rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).is_ok();
    #[cfg(not(unix))]
    let is_alone = false;
    Ok((file, is_alone))
}

/// Removes a folder of a month with many folders in it, several at once.
fn remove_tree(folder: &Path) -> io::Result<()> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.par_iter().try_for_each(|entry| {
        if entry.file_type()?.is_dir() { remove_tree(&entry.path()) } else { fs::remove_file(entry.path()) }
    })?;
    fs::remove_dir(folder)
}

/// Removes what runs that were killed have left. Only for who is alone.
fn remove_left_overs(parent: &Path, prefix: &str) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)) {
            let _ = fs::remove_dir_all(&path); // Harmless where it cannot be removed.
        }
    }
}

/// A folder that nobody else has: process ids repeat, in containers always.
fn make_new_folder(parent: &Path, prefix: &str) -> Result<PathBuf, WriteError> {
    let mut number = 0_u32;
    loop {
        let folder = parent.join(format!("{prefix}{}-{number}", std::process::id()));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 10_000 => number += 1,
            Err(error) => return Err(WriteError::at(&folder, error)),
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
            // Nothing more can be done about a left-over; the next run removes it.
            let _ = fs::remove_dir_all(&self.pending);
        }
    }
}

fn write_new<E: Into<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> Result<(), E>,
) -> Result<fs::File, WriteError> {
    let all = || {
        let mut file = fs::File::create(path)?;
        write(&mut file).map_err(Into::into)?;
        Ok(file)
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
    let folder = make_new_folder(parent, &pending_prefix(place))?;
    let pending = folder.join("file");
    let renamed = |()| fs::rename(&pending, place).map_err(|source| WriteError::at(place, source));
    let through = |file: fs::File| file.sync_all().map_err(|source| WriteError::at(&pending, source));
    let written = write_new(&pending, write).and_then(through).and_then(renamed);
    let _ = fs::remove_dir_all(&folder); // The error that matters is the first.
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
    fn runs_at_the_same_time_publish_one_whole_folder_after_the_other() {
        let place = place("together");
        std::thread::scope(|scope| {
            for run in 0..8_u8 {
                let place = &place;
                scope.spawn(move || {
                    let pending = PendingFolder::begin(place).unwrap();
                    for file in 0..20 {
                        pending.write(&format!("invoices/{file}.json"), &[run]).unwrap();
                    }
                    pending.publish().unwrap();
                });
            }
        });
        let bytes: Vec<Vec<u8>> =
            (0..20).map(|file| fs::read(place.join(format!("invoices/{file}.json"))).unwrap()).collect();
        assert!(bytes.iter().all(|other| *other == bytes[0]), "a mixture of runs: {bytes:?}");
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
        // What a killed run left goes with the next one.
        fs::create_dir(place.parent().unwrap().join(".2025-05.writing-1-0")).unwrap();
        PendingFolder::begin(&place).unwrap().publish().unwrap();
        assert_eq!(names(place.parent().unwrap()), ["2025-05"]);
        fs::remove_dir_all(place.parent().unwrap()).unwrap();
    }
}
