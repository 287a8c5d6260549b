//! What the integration tests share: the program, folders of their own, the shared data.
#![allow(dead_code, reason = "every test file uses its own part of this")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;

/// How a command ended.
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the program with arguments and arguments that are paths.
pub fn seikyu(arguments: &[&str], paths: &[(&str, &Path)]) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seikyu"));
    command.args(arguments);
    for (name, path) in paths {
        command.arg(name).arg(path);
    }
    let output = command.output().expect("the program was built for this test");
    Outcome {
        code: output.status.code().expect("the program was not killed"),
        stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// A folder of `../shared/data`, or a word that the test was skipped.
///
/// Where `SEIKYU_REQUIRE_SHARED` is set, a missing folder fails the test.
pub fn shared_data(name: &str) -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if place.exists() {
        return Some(place);
    }
    assert!(std::env::var_os("SEIKYU_REQUIRE_SHARED").is_none(), "{} is missing", place.display());
    println!("skipped: {} is not there", place.display());
    None
}

/// A folder that is removed at the end.
pub struct TempFolder(PathBuf);

impl TempFolder {
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let place = std::env::temp_dir().join(format!("seikyu-{name}-{}-{count}", std::process::id()));
        fs::create_dir_all(&place).expect("a temporary folder can be made");
        Self(place)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Every file below, by its path, without `run.json`, which alone depends on the clock.
    pub fn files_but_run_json(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.0, &self.0, &mut files);
        files.retain(|path, _| path.file_name().is_some_and(|name| name != "run.json"));
        assert!(!files.is_empty(), "nothing was written");
        files
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("it is below").to_owned();
            files.insert(name, fs::read(&path).expect("the file can be read"));
        }
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // A left-over in the temporary folder harms nobody.
    }
}

/// Copies a folder with everything below.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be listed") {
        let path = entry.expect("the entry can be read").path();
        let place = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy_folder(&path, &place);
        } else {
            fs::copy(&path, &place).expect("the file can be copied");
        }
    }
}

/// Files of this ending are packed into the file without it.
const TO_BE_PACKED: &str = ".gz.text";

/// Copies a folder over another, packing the reports that are kept as text.
pub fn lay(from: &Path, to: &Path) {
    if !from.exists() {
        return; // A case may differ by its command alone.
    }
    fs::create_dir_all(to).expect("the folders of the fixtures can be read and copied");
    for entry in fs::read_dir(from).expect("the folders of the fixtures can be read and copied") {
        let path = entry.expect("the folders of the fixtures can be read and copied").path();
        let name = path
            .file_name()
            .expect("the folders of the fixtures can be read and copied")
            .to_str()
            .expect("the folders of the fixtures can be read and copied");
        if path.is_dir() {
            lay(&path, &to.join(name));
        } else if name.ends_with(TO_BE_PACKED) {
            let mut packer = GzEncoder::new(Vec::new(), Compression::default());
            packer
                .write_all(&fs::read(&path).expect("the folders of the fixtures can be read and copied"))
                .expect("the folders of the fixtures can be read and copied");
            fs::write(
                to.join(name.strip_suffix(".text").expect("the folders of the fixtures can be read and copied")),
                packer.finish().expect("the folders of the fixtures can be read and copied"),
            )
            .expect("the folders of the fixtures can be read and copied");
        } else {
            fs::copy(&path, to.join(name)).expect("the folders of the fixtures can be read and copied");
        }
    }
}
