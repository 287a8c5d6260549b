use super::delivery::ReportFile;
use super::error::IngestError;
use super::limits::Progress;
use super::unpack::Tap;

/// Size and SHA-256 of a report file as it lies there now; its rows are not read.
pub fn hash_report(file: &ReportFile, progress: &dyn Progress) -> Result<(u64, String), IngestError> {
    Tap::seal_by_reading(&file.source, progress).map_err(|source| IngestError::machine(&file.path, source))
}
