//! Writes a tree of files through to the disk, many at once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many files are waited for at once. A disk takes them together; one after the other each waits by itself.
const AT_ONCE: usize = 16;

/// Writes all files below a folder through to the disk, then the names in its folders: else a folder could stand there
/// with some of them gone.
pub(super) fn sync_tree(folder: &Path) -> io::Result<()> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    list(folder, &mut files, &mut folders)?;
    sync_each(&files, |file| fs::OpenOptions::new().write(true).open(file)?.sync_all())?;
    sync_each(&folders, |folder| fs::File::open(folder)?.sync_all())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>, folders: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() { list(&entry.path(), files, folders)? } else { files.push(entry.path()) }
    }
    folders.push(folder.to_owned());
    Ok(())
}

/// Waits for all of them; the first error is returned.
fn sync_each(paths: &[PathBuf], sync: impl Fn(&Path) -> io::Result<()> + Sync) -> io::Result<()> {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Ok(())));
    let work = || {
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(error) = sync(path) {
                next.store(paths.len(), Ordering::Relaxed);
                *failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Err(error);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..paths.len().min(AT_ONCE) {
            scope.spawn(work);
        }
        work();
    });
    failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_synced_is_told() {
        let paths: Vec<PathBuf> = (0..100).map(|number| PathBuf::from(format!("{number}"))).collect();
        let count = AtomicUsize::new(0);
        sync_each(&paths, |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(())
        })
        .unwrap();
        assert_eq!(count.into_inner(), 100);
        let fails = |path: &Path| if path.ends_with("57") { Err(io::Error::other("57")) } else { Ok(()) };
        assert_eq!(sync_each(&paths, fails).unwrap_err().to_string(), "57");
    }
}
