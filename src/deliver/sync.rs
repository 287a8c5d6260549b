//! Writes files through to the disk, many at once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, ScopedJoinHandle, scope};

/// How many files are waited for at once. A disk takes them together; one after the other each waits by itself.
const AT_ONCE: usize = 64;

/// Waits until all of these are on the disk: files that are written whole, and folders whose names are all there. An
/// error of any is returned.
pub(super) fn sync_all(paths: &[PathBuf]) -> io::Result<()> {
    sync_each(paths, |path| open(path)?.sync_all())
}

fn sync_each(paths: &[PathBuf], sync: fn(&Path) -> io::Result<()>) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            sync(path)?;
        }
        Ok(())
    };
    scope(|scope| {
        // This thread only waits, so that its own calls to the system do not hang on how quick others are. Where there are
        // fewer threads for us it takes longer.
        let threads = (0..AT_ONCE.min(paths.len())).map_while(|_| Builder::new().spawn_scoped(scope, work).ok());
        let threads: Vec<ScopedJoinHandle<'_, io::Result<()>>> = threads.collect();
        let here = if threads.is_empty() { work() } else { Ok(()) };
        threads.into_iter().map(ended).fold(here, Result::and) // All are waited for.
    })
}

/// Waits on a thread of its own while `work` is done on this one: the pool's threads have other work than to wait. Where
/// there is no thread for it, it is waited for afterwards.
pub(super) fn beside<T>(wait: impl Fn() -> io::Result<()> + Sync, work: impl FnOnce() -> T) -> (io::Result<()>, T) {
    scope(|scope| {
        let waiting = Builder::new().spawn_scoped(scope, &wait);
        let made = work();
        (waiting.map_or_else(|_| wait(), ended), made)
    })
}

/// What a thread that synced has found.
fn ended(thread: ScopedJoinHandle<'_, io::Result<()>>) -> io::Result<()> {
    thread.join().unwrap_or_else(|_| Err(io::Error::other("a file was not synced")))
}

/// Files are synced by a handle that may write: not every system lets others do it.
fn open(path: &Path) -> io::Result<fs::File> {
    if path.is_dir() { fs::File::open(path) } else { fs::OpenOptions::new().write(true).open(path) }
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
    use super::*;

    fn paths(count: usize) -> Vec<PathBuf> {
        (0..count).map(|number| PathBuf::from(number.to_string())).collect()
    }

    #[test]
    fn every_file_is_synced_once() {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        for count in [0, 1, 3, AT_ONCE, 1_000] {
            COUNT.store(0, Ordering::Relaxed);
            let synced = sync_each(&paths(count), |_| {
                COUNT.fetch_add(1, Ordering::Relaxed);
                Ok(())
            });
            synced.unwrap();
            assert_eq!(COUNT.load(Ordering::Relaxed), count);
        }
    }

    #[test]
    fn work_is_done_beside_and_neither_hides_the_other() {
        let (synced, made) = beside(|| Err(io::Error::other("disk")), || 7);
        assert_eq!((synced.unwrap_err().to_string().as_str(), made), ("disk", 7));
        let (synced, made) = beside(|| Ok(()), || Err::<(), &str>("work"));
        assert!(synced.is_ok());
        assert_eq!(made, Err("work"));
    }

    #[test]
    fn a_file_that_cannot_be_synced_is_told() {
        for count in [58, 1_000] {
            let synced =
                sync_each(
                    &paths(count),
                    |path| if path.ends_with("57") { Err(io::Error::other("57")) } else { Ok(()) },
                );
            assert_eq!(synced.unwrap_err().to_string(), "57");
        }
        let gone = std::env::temp_dir().join("seikyu-no-such-file");
        assert_eq!(sync_all(&[gone]).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
