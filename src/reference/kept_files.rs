use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of a workspace in memory, by name relative to it: what the ledger keeps and reads again.
///
/// A name that ends with `/` is a folder that was there, whatever was in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptFiles {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl KeptFiles {
    /// Puts a file in, in the place of an earlier one of its name.
    pub fn insert(&mut self, name: String, bytes: Arc<[u8]>) {
        self.files.insert(name, bytes);
    }

    /// Takes a file out.
    pub fn remove(&mut self, name: &str) {
        self.files.remove(name);
    }

    /// By name, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<[u8]>)> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes))
    }

    /// What a file holds.
    pub fn get(&self, name: &str) -> Option<&Arc<[u8]>> {
        self.files.get(name)
    }

    pub(super) fn insert_folder(&mut self, name: &str) {
        self.files.insert(format!("{name}/"), Arc::from([]));
    }

    /// The files right below a folder, sorted; `None` where there was no such folder.
    pub(super) fn folder(&self, name: &str) -> Option<Vec<PathBuf>> {
        let prefix = format!("{name}/");
        let below = self.files.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        let mut paths = below.map(|(path, _)| path).peekable();
        paths.peek()?;
        let is_right_below = |path: &&String| path.len() > prefix.len() && !path[prefix.len()..].contains('/');
        Some(paths.filter(is_right_below).map(|path| Path::new(path).to_owned()).collect())
    }
}
