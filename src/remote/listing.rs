use std::sync::Arc;

use aws_sdk_s3::types::Object;
use tokio::task::JoinSet;

use super::Bucket;
use super::object::S3Object;
use crate::ingest::{FolderScope, ListedFile, ReportSource, StoreError, folder_scope, is_manifest_name};
use crate::period::BillingPeriod;

/// How many folders are listed at the same time.
const AT_ONCE: usize = 8;
const PERMISSION: &str = "s3:ListBucket";

/// A folder that is to be listed.
#[derive(Clone, Debug)]
struct Folder {
    prefix: String,
    scope: FolderScope,
}

/// What is directly in a folder, or all that is below it where its scope is the whole.
#[derive(Default)]
struct Listed {
    folders: Vec<String>,
    files: Vec<ListedFile>,
}

impl Bucket {
    /// Every object below the address that may matter for a month. Folders of other months are looked into for manifests
    /// only: their names say whose rows they hold.
    pub fn list_reports(self: &Arc<Self>, period: BillingPeriod) -> Result<Vec<ListedFile>, StoreError> {
        let mut files = self.network.wait(self.list_all(period))?;
        files.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(files)
    }

    async fn list_all(self: &Arc<Self>, period: BillingPeriod) -> Result<Vec<ListedFile>, StoreError> {
        let mut waiting = vec![Folder { prefix: self.address.prefix.clone(), scope: FolderScope::Below }];
        let mut running: JoinSet<Result<(Folder, Listed), StoreError>> = JoinSet::new();
        let mut files = Vec::new();
        loop {
            while running.len() < AT_ONCE
                && let Some(folder) = waiting.pop()
            {
                let bucket = Arc::clone(self);
                running.spawn(async move { bucket.list_folder(&folder).await.map(|listed| (folder, listed)) });
            }
            let Some(done) = running.join_next().await else { return Ok(files) };
            let (folder, listed) = done.expect("listing does not panic, and nobody stops it")?;
            match folder.scope {
                FolderScope::ManifestsOnly => {
                    let is_manifest = |file: &ListedFile| is_manifest_name(&file.name);
                    files.extend(listed.files.into_iter().filter(is_manifest));
                    continue;
                }
                FolderScope::Whole | FolderScope::Below => files.extend(listed.files),
                FolderScope::Nothing => {}
            }
            for prefix in listed.folders {
                let scope = folder_scope(&prefix, period);
                if scope != FolderScope::Nothing {
                    waiting.push(Folder { prefix, scope });
                }
            }
        }
    }

    async fn list_folder(self: &Arc<Self>, folder: &Folder) -> Result<Listed, StoreError> {
        let shown = self.address.of_key(&folder.prefix);
        let about = self.about(&shown, PERMISSION);
        let mut listed = Listed::default();
        let mut token: Option<String> = None;
        loop {
            let page = self
                .ask(&shown, || {
                    let request = self.client.list_objects_v2().bucket(&self.address.bucket).prefix(&folder.prefix);
                    let delimiter = (folder.scope != FolderScope::Whole).then(|| String::from("/"));
                    let request = request.set_delimiter(delimiter).set_continuation_token(token.clone());
                    async move { request.send().await.map_err(|error| about.judge(&error)) }
                })
                .await?;
            listed
                .folders
                .extend(page.common_prefixes().iter().filter_map(|common| common.prefix().map(str::to_owned)));
            for object in page.contents() {
                listed.files.extend(self.listed(object)?);
            }
            let next = page.next_continuation_token().map(str::to_owned);
            match (page.is_truncated().unwrap_or(false), next) {
                (false, _) => return Ok(listed),
                (true, Some(next)) if token.as_ref() != Some(&next) => token = Some(next),
                (true, _) => {
                    return Err(about.refused("the listing does not go on where it stopped; check endpoint_url"));
                }
            }
        }
    }

    /// An object as listed; nothing for the marker of a folder.
    fn listed(self: &Arc<Self>, object: &Object) -> Result<Option<ListedFile>, StoreError> {
        let Some(key) = object.key().filter(|key| !key.ends_with('/')) else { return Ok(None) };
        let name = self.address.of_key(key);
        let about = self.about(&name, PERMISSION);
        let Some(e_tag) = object.e_tag().filter(|e_tag| !e_tag.is_empty()) else {
            return Err(about.refused("is listed without an ETag, so its version is not known; check endpoint_url"));
        };
        let bytes = object.size().and_then(|size| u64::try_from(size).ok());
        let bytes = bytes.ok_or_else(|| about.refused("is listed without a size; check endpoint_url"))?;
        let object = S3Object::new(Arc::clone(self), key, e_tag, bytes);
        Ok(Some(ListedFile { name, bytes, source: ReportSource::Stored(Arc::new(object)) }))
    }
}
