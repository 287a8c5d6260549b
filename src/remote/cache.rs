use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::cache_file::{Hashes, Note, Places, sha256_of, write_aside};
use crate::ingest::{StoreError, StoreFault, StoredObject};

/// After so many bytes a download makes sure that the disk has them, to go on from there if it is stopped.
const SYNC_BYTES: u64 = 4 << 20;
const READ_BYTES: usize = 1 << 20;
/// How often an object is fetched whose bytes are not those of its ETag.
const WHOLE_ATTEMPTS: u32 = 2;

/// A folder that keeps objects. While it is open, no other program changes it.
pub struct Cache {
    dir: PathBuf,
    _lock: File,
}

/// An object that lies in the cache now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    /// Where.
    pub path: PathBuf,
    /// What was found damaged and fetched again.
    pub notice: Option<String>,
}

/// Why bytes did not come into the cache.
enum Stopped {
    Store(StoreError),
    Disk(PathBuf, io::Error),
}

impl Cache {
    /// Opens a cache, and makes it where there is none. Waits where another program is filling it.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let failed = |error: io::Error| disk_error(dir, &error);
        fs::create_dir_all(dir).map_err(failed)?;
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(dir.join("lock")).map_err(failed)?;
        lock.lock().map_err(failed)?;
        Ok(Self { dir: dir.to_owned(), _lock: lock })
    }

    /// The file of an object's version: what is kept where it is whole, else fetched; what a stopped program has left of
    /// it is gone on with.
    pub fn fetch(&self, object: &dyn StoredObject) -> Result<Cached, StoreError> {
        let places = Places::of(&self.dir, object);
        let kept = kept(&places, object).map_err(|error| disk_error(&places.file, &error))?;
        let notice = match kept {
            Kept::Whole => return Ok(Cached { path: places.file, notice: None }),
            Kept::Nothing => None,
            Kept::Damaged(found) => {
                let (address, file) = (object.address(), places.file.display());
                Some(format!("{address}: the file in the cache was damaged ({found}) and was fetched again: {file}"))
            }
        };
        for attempt in 1.. {
            match download(&places, object) {
                Ok(None) => break,
                Ok(Some(_)) if attempt < WHOLE_ATTEMPTS => {}
                Ok(Some(found)) => {
                    let text = format!(
                        "{}: what was fetched is not what the store says it is ({found}), {attempt} times; check the network \
                         and the object",
                        object.address()
                    );
                    return Err(StoreError { fault: StoreFault::Failed, text });
                }
                Err(Stopped::Store(error)) => return Err(error),
                Err(Stopped::Disk(path, error)) => return Err(disk_error(&path, &error)),
            }
        }
        places.remove_others().map_err(|error| disk_error(&self.dir, &error))?;
        Ok(Cached { path: places.file, notice })
    }
}

fn disk_error(path: &Path, error: &io::Error) -> StoreError {
    let text = format!("cannot use the cache at {}: {error}; check permissions and space", path.display());
    StoreError { fault: StoreFault::Failed, text }
}

enum Kept {
    Whole,
    Nothing,
    Damaged(&'static str),
}

/// Whether the cache has the version, byte for byte as it came.
fn kept(places: &Places, object: &dyn StoredObject) -> io::Result<Kept> {
    let length = match fs::metadata(&places.file) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Kept::Nothing),
        Err(error) => return Err(error),
    };
    let Some(note) = places.read_note() else { return Ok(Kept::Nothing) }; // It was stopped just before the note.
    if length != object.bytes() {
        return Ok(Kept::Damaged("another size"));
    }
    let sha256 = sha256_of(&places.file)?;
    Ok(if note == Note::of(object, &sha256) { Kept::Whole } else { Kept::Damaged("another SHA-256") })
}

/// Fetches an object, or the rest of it, and puts it in its place. Tells what is wrong with the bytes, if anything is;
/// then nothing of them is left.
fn download(places: &Places, object: &dyn StoredObject) -> Result<Option<String>, Stopped> {
    let disk = |path: &Path| {
        let path = path.to_owned();
        move |error: io::Error| match StoreError::of_io(&error) {
            Some(error) => Stopped::Store(error),
            None => Stopped::Disk(path.clone(), error),
        }
    };
    let hashes = fill(places, object).map_err(disk(&places.part))?;
    let bytes = hashes.bytes;
    let (sha256, md5) = hashes.finish();
    let fault = match object.md5() {
        _ if bytes != object.bytes() => Some(format!("{bytes} bytes instead of {}", object.bytes())),
        Some(expected) if expected != md5 => Some(format!("MD5 {md5}, its ETag is {expected}")),
        Some(_) | None => None,
    };
    if fault.is_some() {
        fs::remove_file(&places.part).map_err(disk(&places.part))?;
        remove_if_there(&places.synced).map_err(disk(&places.synced))?;
        return Ok(fault);
    }
    fs::rename(&places.part, &places.file).map_err(disk(&places.file))?;
    places.write_note(&Note::of(object, &sha256)).map_err(disk(&places.note))?;
    remove_if_there(&places.synced).map_err(disk(&places.synced))?;
    File::open(&places.dir).and_then(|dir| dir.sync_all()).map_err(disk(&places.dir))?;
    Ok(None)
}

/// Writes the part file to its end.
fn fill(places: &Places, object: &dyn StoredObject) -> io::Result<Hashes> {
    let left = places.left_over().min(object.bytes());
    let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&places.part)?;
    file.set_len(left)?;
    let (mut hashes, mut buffer) = (Hashes::default(), vec![0; READ_BYTES]);
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => hashes.update(&buffer[..count]),
        }
    }
    file.seek(SeekFrom::Start(left))?;
    let mut stream = object.open_at(left)?;
    let mut unsynced = 0;
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count])?;
        hashes.update(&buffer[..count]);
        unsynced += count as u64;
        if unsynced >= SYNC_BYTES {
            file.sync_data()?;
            write_aside(&places.synced, hashes.bytes.to_string().as_bytes())?;
            unsynced = 0;
        }
    }
    file.sync_all()?;
    Ok(hashes)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
