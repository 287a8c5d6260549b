//! Names in a cache, and what is noted beside its files.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hexadecimal::hexadecimal;
use crate::ingest::StoredObject;

const FORMAT: &str = "seikyu cache 1";
/// How much of a key's last part is kept in a file name, for people.
const SHOWN_CHARS: usize = 40;

/// What was fetched, beside the file of the same name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    format: String,
    address: String,
    endpoint: String,
    e_tag: String,
    bytes: u64,
    /// Of the bytes when they came.
    pub(super) sha256: String,
}

impl Note {
    pub(super) fn of(object: &dyn StoredObject, sha256: &str) -> Self {
        Self {
            format: FORMAT.to_owned(),
            address: object.address().to_owned(),
            endpoint: object.endpoint().to_owned(),
            e_tag: object.version().to_owned(),
            bytes: object.bytes(),
            sha256: sha256.to_owned(),
        }
    }
}

/// The files of one version of an object. Their names are hashes, so that no key leads out of the folder, is too long, or
/// differs from another one by the case of letters alone; and another version never takes the place of one that is read.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub(super) dir: PathBuf,
    /// What the names of all versions of the object begin with.
    pub(super) key_part: String,
    /// The bytes.
    pub(super) file: PathBuf,
    /// The [`Note`].
    pub(super) note: PathBuf,
    /// Bytes that are still coming.
    pub(super) part: PathBuf,
    /// How many of them are known to be on the disk.
    pub(super) synced: PathBuf,
}

impl Places {
    pub(super) fn of(dir: &Path, object: &dyn StoredObject) -> Self {
        let key_part = hexadecimal(&Sha256::digest(format!("{}\n{}", object.endpoint(), object.address()))[..16]);
        let version = hexadecimal(&Sha256::digest(format!("{}\n{}", object.version(), object.bytes()))[..8]);
        let name = format!("{key_part}-{version}-{}", shown(object.address()));
        let of = |end: &str| dir.join(format!("{name}{end}"));
        Self {
            dir: dir.to_owned(),
            file: of(""),
            note: of(".json"),
            part: of(".part"),
            synced: of(".synced"),
            key_part,
        }
    }

    /// The note, if there is one that can be read.
    pub(super) fn read_note(&self) -> Option<Note> {
        serde_json::from_slice(&fs::read(&self.note).ok()?).ok()
    }

    pub(super) fn write_note(&self, note: &Note) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(note).expect("texts and numbers are JSON");
        write_aside(&self.note, &text)
    }

    /// How many bytes a stopped program has left on the disk for certain.
    pub(super) fn left_over(&self) -> u64 {
        let synced = fs::read_to_string(&self.synced).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        let length = fs::metadata(&self.part).map_or(0, |metadata| metadata.len());
        if length < synced { 0 } else { synced }
    }

    /// Takes away what is kept of other versions of the object.
    pub(super) fn remove_others(&self) -> io::Result<()> {
        let own = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(&self.key_part) && !name.starts_with(&own) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Writes a small file beside its place and renames it.
pub(super) fn write_aside(place: &Path, text: &[u8]) -> io::Result<()> {
    let aside = PathBuf::from(format!("{}.writing", place.display()));
    let mut file = File::create(&aside)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&aside, place)
}

/// Size, SHA-256 and MD5 of bytes as they pass.
#[derive(Clone, Default)]
pub(super) struct Hashes {
    pub(super) bytes: u64,
    sha256: Sha256,
    md5: Md5,
}

impl Hashes {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.sha256.update(bytes);
        self.md5.update(bytes);
    }

    /// SHA-256 and MD5 in hexadecimal.
    pub(super) fn finish(self) -> (String, String) {
        (hexadecimal(&self.sha256.finalize()), hexadecimal(&self.md5.finalize()))
    }
}

/// The SHA-256 of a file.
pub(super) fn sha256_of(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// The last part of an address in letters that every disk takes.
fn shown(address: &str) -> String {
    let name = address.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-') { letter } else { '_' };
    let name: Vec<char> = name.chars().map(plain).collect();
    name[name.len().saturating_sub(SHOWN_CHARS)..].iter().collect()
}
