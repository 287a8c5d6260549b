use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::LedgerError;

/// How long is waited for another program.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);

/// Who holds it reads or writes the ledger; it is freed when the program ends, however that happens.
pub(super) struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// Alone with the ledger. Makes the lock's file where there is none.
    pub(super) fn for_writing(path: &Path) -> Result<Self, LedgerError> {
        let file = File::options().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(|source| LedgerError::at(path, source))?;
        wait_for(&file, FlockOperation::NonBlockingLockExclusive, path)?;
        Ok(Self { _file: Some(file) })
    }

    /// While nobody writes. On a medium without the lock's file nobody can.
    pub(super) fn for_reading(path: &Path) -> Result<Self, LedgerError> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self { _file: None }),
            Err(source) => return Err(LedgerError::at(path, source)),
        };
        wait_for(&file, FlockOperation::NonBlockingLockShared, path)?;
        Ok(Self { _file: Some(file) })
    }
}

fn wait_for(file: &File, operation: FlockOperation, path: &Path) -> Result<(), LedgerError> {
    let start = Instant::now();
    loop {
        match flock(file, operation) {
            Ok(()) => return Ok(()),
            Err(Errno::WOULDBLOCK | Errno::INTR) if start.elapsed() < PATIENCE => sleep(PAUSE),
            Err(Errno::WOULDBLOCK) => {
                return Err(LedgerError::InUse { path: path.to_owned(), seconds: PATIENCE.as_secs() });
            }
            Err(error) => return Err(LedgerError::at(path, error.into())),
        }
    }
}
