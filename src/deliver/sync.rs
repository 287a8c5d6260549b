//! Writes files through to the disk, many at once and beside other work.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

/// How many files are waited for at once. A disk takes them together; one after the other each waits by itself.
const AT_ONCE: usize = 16;

/// Threads that wait for the disk, so that nobody else has to: no more than there are files.
pub(super) struct Syncer {
    paths: Sender<PathBuf>,
    waiting: Arc<Mutex<Receiver<PathBuf>>>,
    threads: Mutex<Vec<JoinHandle<io::Result<()>>>>,
    /// Whether the files are still wanted.
    counts: Arc<AtomicBool>,
    sync: fn(&Path) -> io::Result<()>,
}

impl Syncer {
    /// Nothing to wait for yet.
    pub(super) fn begin() -> Self {
        Self::with(|path| open(path)?.sync_all())
    }

    fn with(sync: fn(&Path) -> io::Result<()>) -> Self {
        let (paths, waiting) = channel();
        let (waiting, counts) = (Arc::new(Mutex::new(waiting)), Arc::new(AtomicBool::new(true)));
        Self { paths, waiting, threads: Mutex::new(Vec::new()), counts, sync }
    }

    /// A file that is written whole, or a folder whose names are all there.
    pub(super) fn add(&self, path: PathBuf) -> io::Result<()> {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        if threads.len() < AT_ONCE {
            let (waiting, counts, sync) = (Arc::clone(&self.waiting), Arc::clone(&self.counts), self.sync);
            match Builder::new().spawn(move || sync_all(&waiting, &counts, sync)) {
                Ok(thread) => threads.push(thread),
                Err(_) if threads.is_empty() => return sync(&path), // The system has no thread for us: it takes longer.
                Err(_) => {}
            }
        }
        self.paths.send(path).map_err(|_| io::Error::other("nobody syncs files any more"))
    }

    /// Waits until everything is on the disk; an error of any is returned.
    pub(super) fn finish(self) -> io::Result<()> {
        drop((self.paths, self.waiting));
        let threads = self.threads.into_inner().unwrap_or_else(PoisonError::into_inner);
        let end = |thread: JoinHandle<io::Result<()>>| {
            thread.join().unwrap_or_else(|_| Err(io::Error::other("a file was not synced")))
        };
        threads.into_iter().map(end).fold(Ok(()), Result::and) // All are waited for.
    }

    /// Ends without what still waits: the files will be removed.
    pub(super) fn give_up(self) {
        self.counts.store(false, Ordering::Relaxed);
        let _ = self.finish(); // Nobody cares any more.
    }
}

/// Files are synced by a handle that may write: not every system lets others do it.
fn open(path: &Path) -> io::Result<fs::File> {
    if path.is_dir() { fs::File::open(path) } else { fs::OpenOptions::new().write(true).open(path) }
}

/// Takes paths as long as any come and count. After an error the others are taken, but not waited for.
fn sync_all(
    waiting: &Mutex<Receiver<PathBuf>>,
    counts: &AtomicBool,
    sync: fn(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let mut end = Ok(());
    loop {
        let path = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match path {
            Ok(path) if end.is_ok() && counts.load(Ordering::Relaxed) => end = sync(&path),
            Ok(_) => {}
            Err(_) => return end,
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
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn a_file_that_cannot_be_synced_is_told() {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let syncer = Syncer::with(|_| {
            COUNT.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        (0..100).for_each(|number| syncer.add(PathBuf::from(format!("{number}"))).unwrap());
        syncer.finish().unwrap();
        assert_eq!(COUNT.load(Ordering::Relaxed), 100);
        let syncer = Syncer::with(|path| if path.ends_with("57") { Err(io::Error::other("57")) } else { Ok(()) });
        (0..100).for_each(|number| syncer.add(PathBuf::from(format!("{number}"))).unwrap());
        assert_eq!(syncer.finish().unwrap_err().to_string(), "57");
    }

    #[test]
    fn there_are_no_more_threads_than_files() {
        let syncer = Syncer::with(|_| Ok(()));
        assert!(syncer.threads.lock().unwrap().is_empty());
        (0..3).for_each(|number| syncer.add(PathBuf::from(format!("{number}"))).unwrap());
        assert_eq!(syncer.threads.lock().unwrap().len(), 3);
        (0..100).for_each(|number| syncer.add(PathBuf::from(format!("{number}"))).unwrap());
        assert_eq!(syncer.threads.lock().unwrap().len(), AT_ONCE);
        syncer.finish().unwrap();
    }

    #[test]
    fn what_is_given_up_is_not_waited_for() {
        static SLOW: AtomicUsize = AtomicUsize::new(0);
        let syncer = Syncer::with(|_| {
            SLOW.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(std::time::Duration::from_millis(20));
            Ok(())
        });
        (0..1_000).for_each(|number| syncer.add(PathBuf::from(format!("{number}"))).unwrap());
        syncer.give_up();
        assert!(SLOW.load(Ordering::Relaxed) < 1_000, "all were waited for");
    }
}
