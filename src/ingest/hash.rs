use std::io::Read;

use sha2::{Digest, Sha256};

use super::delivery::ReportFile;
use super::error::IngestError;
use super::limits::Progress;

/// Size and SHA-256 of a report file as it lies there now; its rows are not read.
pub fn hash_report(file: &ReportFile, progress: &dyn Progress) -> Result<(u64, String), IngestError> {
    let machine = |source| IngestError::machine(&file.path, source);
    let mut input = file.source.open().map_err(machine)?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 20]);
    loop {
        let count = input.read(&mut buffer).map_err(machine)?;
        if count == 0 {
            let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            return Ok((size, sha256));
        }
        hash.update(&buffer[..count]);
        size += count as u64;
        progress.on_bytes(count as u64);
    }
}
