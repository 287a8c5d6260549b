//! Writes files through to the disk, many at once and beside other work.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// How many files are waited for at once. A disk takes them together; one after the other each waits by itself.
const AT_ONCE: usize = 16;

/// Threads that wait for the disk, so that nobody else has to.
pub(super) struct Syncer {
    paths: Sender<PathBuf>,
    threads: Vec<JoinHandle<io::Result<()>>>,
}

impl Syncer {
    /// Begins to wait for files.
    pub(super) fn begin() -> Self {
        Self::with(|path| open(path)?.sync_all())
    }

    fn with(sync: fn(&Path) -> io::Result<()>) -> Self {
        let (paths, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let threads = (0..AT_ONCE).map(|_| {
            let waiting = Arc::clone(&waiting);
            thread::spawn(move || sync_all(&waiting, sync))
        });
        Self { paths, threads: threads.collect() }
    }

    /// A file that is written whole, or a folder whose names are all there.
    pub(super) fn add(&self, path: PathBuf) {
        self.paths.send(path).ok(); // Nobody takes it any more only after an error, which is told at the end.
    }

    /// Waits until everything is on the disk; an error of any is returned.
    pub(super) fn finish(self) -> io::Result<()> {
        drop(self.paths);
        let ends: Vec<io::Result<()>> = self
            .threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("a file was not synced"))))
            .collect();
        ends.into_iter().collect()
    }
}

/// Files are synced by a handle that may write: not every system lets others do it.
fn open(path: &Path) -> io::Result<fs::File> {
    if path.is_dir() { fs::File::open(path) } else { fs::OpenOptions::new().write(true).open(path) }
}

/// Takes paths as long as any come; stops at its first error.
fn sync_all(waiting: &Mutex<Receiver<PathBuf>>, sync: fn(&Path) -> io::Result<()>) -> io::Result<()> {
    loop {
        let path = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match path {
            Ok(path) => sync(&path)?,
            Err(_) => return Ok(()),
        }
    }
}

/// A folder and all below it, the outermost last.
pub(super) fn folders_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.extend(folders_below(&entry.path())?);
        }
    }
    folders.push(folder.to_owned());
    Ok(folders)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_file_that_cannot_be_synced_is_told() {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let syncer = Syncer::with(|_| {
            COUNT.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        (0..100).for_each(|number| syncer.add(PathBuf::from(format!("{number}"))));
        syncer.finish().unwrap();
        assert_eq!(COUNT.load(Ordering::Relaxed), 100);
        let syncer = Syncer::with(|path| if path.ends_with("57") { Err(io::Error::other("57")) } else { Ok(()) });
        (0..100).for_each(|number| syncer.add(PathBuf::from(format!("{number}"))));
        assert_eq!(syncer.finish().unwrap_err().to_string(), "57");
    }
}
