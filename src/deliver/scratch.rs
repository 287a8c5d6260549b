//! Files for what memory may not hold, beside the output: they have no name and vanish with their handle.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// How the names begin that such files have for a moment.
const PREFIX: &str = ".sums-aside-";

/// Makes them. Nothing is touched before the first is asked for.
///
/// Several processes may do so in one folder at once.
pub struct ScratchFolder {
    folder: PathBuf,
    count: AtomicU32,
    /// Folders that had to be made, the outermost first; none before the first file.
    made: Mutex<Option<Vec<PathBuf>>>,
}

impl ScratchFolder {
    /// In this folder, which need not be there yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), count: AtomicU32::new(0), made: Mutex::new(None) }
    }

    /// A file to read and write.
    pub fn file(&self) -> io::Result<File> {
        self.begin()?;
        loop {
            let number = self.count.fetch_add(1, Ordering::Relaxed);
            let path = self.folder.join(format!("{PREFIX}{}-{number}", std::process::id()));
            let file = match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
                // Process ids repeat, in containers always: another may be about to take this name away.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 10_000_000 => continue,
                file => file?,
            };
            return match fs::remove_file(&path) {
                // Where it is gone, another took it for a left-over: the file is there without its name.
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                Ok(()) | Err(_) => Ok(file),
            };
        }
    }

    /// Makes the folder, and removes what was left by who was killed between making a file and taking its name away.
    fn begin(&self) -> io::Result<()> {
        let mut made = self.made.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if made.is_some() {
            return Ok(());
        }
        let missing = self.folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let mut missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        missing.reverse();
        fs::create_dir_all(&self.folder)?;
        *made = Some(missing);
        for entry in fs::read_dir(&self.folder)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                let _ = fs::remove_file(entry.path()); // Harmless where it cannot be removed: it is empty.
            }
        }
        Ok(())
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        let made = self.made.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        for folder in made.take().unwrap_or_default().iter().rev() {
            let _ = fs::remove_dir(folder); // Where something was written meanwhile, it stays.
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, Write};

    use super::*;

    fn place(name: &str) -> PathBuf {
        let place = std::env::temp_dir().join(format!("seikyu-scratch-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        fs::create_dir(&place).unwrap();
        place
    }

    #[test]
    fn scratch_files_have_no_name_and_leave_no_folder() {
        let place = place("nameless");
        let scratch = ScratchFolder::in_folder(&place.join("output/deep"));
        assert!(!place.join("output").exists(), "nothing is made before it is needed");
        let mut files = [scratch.file().unwrap(), scratch.file().unwrap()];
        for (number, file) in (0..).zip(&mut files) {
            file.write_all(&[number; 9]).unwrap();
        }
        assert_eq!(fs::read_dir(place.join("output/deep")).unwrap().count(), 0);
        for (number, file) in (0..).zip(&mut files) {
            let mut bytes = Vec::new();
            file.rewind().unwrap();
            file.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, [number; 9]);
        }
        drop(scratch);
        assert!(!place.join("output").exists());
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn left_overs_go_and_all_else_stays() {
        let place = place("left");
        fs::write(place.join(".sums-aside-1-0"), "").unwrap();
        fs::write(place.join("kept.csv"), "1").unwrap();
        let scratch = ScratchFolder::in_folder(&place);
        drop(scratch.file().unwrap());
        drop(scratch);
        let names: Vec<_> = fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["kept.csv"]);
        fs::remove_dir_all(place).unwrap();
    }
}
