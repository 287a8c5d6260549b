use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};

use super::is_there::is_there;
use super::lock::Lock;
use super::objects::{self, Found};
use super::seal::Seal;
use super::{Book, Entry, Event, LedgerError, documents};
use crate::period::Instant;

/// How long is waited for a program that has the file open in its own way.
pub(super) const BUSY: Duration = Duration::from_secs(10);

const SCHEMA: &str = include_str!("schema.sql");
/// `seky`.
const APPLICATION_ID: i32 = 0x7365_6b79;
const VERSION: i32 = 1;

/// The files of a ledger.
pub(super) struct Places {
    pub(super) dir: PathBuf,
    pub(super) database: PathBuf,
    pub(super) seal: PathBuf,
    pub(super) lock: PathBuf,
}

impl Places {
    pub(super) fn in_folder(dir: &Path) -> Self {
        let (database, seal, lock) = (dir.join("ledger.sqlite"), dir.join("ledger.seal"), dir.join("lock"));
        Self { dir: dir.to_owned(), database, seal, lock }
    }
}

/// A ledger that is open. While it is open for writing, nobody else reads or writes it.
pub struct Ledger {
    pub(super) places: Places,
    pub(super) connection: Connection,
    book: Book,
    pub(super) last: Option<Event>,
    _lock: Lock,
}

/// What is recorded together.
#[derive(Default)]
pub struct NewEntries<'a> {
    /// In their order. Their numbers follow those of the book.
    pub entries: Vec<Entry>,
    /// Bytes by their SHA-256; every hash that an entry keeps must be here or in the ledger.
    pub objects: Vec<(String, &'a [u8])>,
}

impl Ledger {
    /// Opens a ledger to read; nothing where there is none yet.
    pub fn open(dir: &Path) -> Result<Option<Self>, LedgerError> {
        let places = Places::in_folder(dir);
        if !is_there(&places.database)? && !is_there(&places.seal)? {
            return Ok(None);
        }
        let lock = Lock::for_reading(&places.lock)?;
        let connection = connect(&places)?;
        if is_new(&places, &connection)? {
            return Ok(None);
        }
        Self::read(places, connection, lock).map(Some)
    }

    /// Opens a ledger to write, and makes it where there is none. Finishes what a stopped program has left.
    pub fn open_for_writing(dir: &Path) -> Result<Self, LedgerError> {
        let places = Places::in_folder(dir);
        fs::create_dir_all(dir).map_err(|source| LedgerError::at(dir, source))?;
        let lock = Lock::for_writing(&places.lock)?;
        let is_made = is_there(&places.database)?;
        if !is_made && is_there(&places.seal)? {
            return Err(damaged(&places, vec!["the file is gone, but its seal is there".to_owned()]));
        }
        if !is_made {
            File::create_new(&places.database).map_err(|source| LedgerError::at(&places.database, source))?;
        }
        let connection = connect(&places)?;
        if is_new(&places, &connection)? {
            create(&connection).map_err(|source| LedgerError::of_sqlite(&places.database, source))?;
        }
        let ledger = Self::read(places, connection, lock)?;
        if ledger.book.is_empty() && !is_there(&ledger.places.seal)? {
            Seal::of(&ledger.places.database, 0, "")?.write(&ledger.places.seal)?; // Before the first entry: else a lost seal is damage.
        }
        let faults = ledger.faults_of_file()?;
        if !faults.is_empty() {
            return Err(damaged(&ledger.places, faults));
        }
        ledger.finish()?;
        Ok(ledger)
    }

    fn read(places: Places, connection: Connection, lock: Lock) -> Result<Self, LedgerError> {
        let (book, last, faults) = read_book(&places, &connection)?;
        if faults.is_empty() {
            return Ok(Self { places, connection, book, last, _lock: lock });
        }
        Err(damaged(&places, faults))
    }

    /// What the entries say.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// The bytes of a hash.
    pub fn object(&self, sha256: &str) -> Result<Vec<u8>, LedgerError> {
        let found = objects::get(&self.connection, sha256);
        match found.map_err(|source| LedgerError::of_sqlite(&self.places.database, source))? {
            Found::Bytes(bytes) => Ok(bytes),
            Found::Nothing => Err(LedgerError::NoObject { sha256: sha256.to_owned() }),
            Found::Damaged => {
                Err(damaged(&self.places, vec![format!("the kept bytes {sha256} are not what was kept")]))
            }
        }
    }

    /// Records entries and bytes together, then writes the documents and the seal.
    ///
    /// After the record stands, a failure says so: the same command finishes it.
    pub fn append(&mut self, new: &NewEntries<'_>, now: Instant) -> Result<(), LedgerError> {
        let at_commit = |source| LedgerError::of_sqlite(&self.places.database, source);
        let of_sqlite = |source| at_commit(source).before_the_record();
        let (mut book, mut last) = (self.book.clone(), self.last.clone());
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(of_sqlite)?;
        for (hash, bytes) in &new.objects {
            objects::put(&transaction, hash, bytes).map_err(of_sqlite)?;
        }
        let recorded_at = now.to_string();
        for entry in &new.entries {
            let event = Event::after(last.as_ref(), entry.kind(), &recorded_at, entry.to_payload());
            insert(&transaction, &event).map_err(of_sqlite)?;
            book.push(&event).map_err(LedgerError::before_the_record)?;
            last = Some(event);
        }
        transaction.commit().map_err(|source| LedgerError::Uncertain { source: Box::new(at_commit(source)) })?;
        (self.book, self.last) = (book, last);
        self.finish().map_err(|source| LedgerError::Unfinished { source: Box::new(source) })
    }

    /// Writes what can be written again from the record: the documents, then the seal.
    fn finish(&self) -> Result<(), LedgerError> {
        let places = &self.places;
        documents::write_missing(&places.dir, &self.book, &self.connection, &places.database)?;
        let head = self.last.as_ref().map_or("", |event| event.hash.as_str());
        let sealed = Seal::read(&places.seal)?;
        if !sealed.is_some_and(|seal| seal.is_ok_and(|seal| seal.head == head)) {
            Seal::of(&places.database, self.book.len(), head)?.write(&places.seal)?;
        }
        Ok(())
    }

    /// Whether the file is what was sealed; where the seal is older than the last entry, whether all that is kept is whole.
    fn faults_of_file(&self) -> Result<Vec<String>, LedgerError> {
        let places = &self.places;
        let head = self.last.as_ref().map_or("", |event| event.hash.as_str());
        let seal = match Seal::read(&places.seal)? {
            None => return Ok(vec!["its seal (ledger.seal) is missing".to_owned()]),
            Some(Err(fault)) => return Ok(vec![fault]),
            Some(Ok(seal)) => seal,
        };
        if seal.head == head && seal.entries == self.book.len() {
            return seal.differences(&places.database);
        }
        let mut faults = faults_of_age(&seal, &self.book, head);
        faults.extend(integrity(&self.connection).map_err(|source| LedgerError::of_sqlite(&places.database, source))?);
        for hash in self.book.entries().flat_map(|(_, entry)| entry.kept()) {
            let found = objects::get(&self.connection, hash);
            if !matches!(found.map_err(|source| LedgerError::of_sqlite(&places.database, source))?, Found::Bytes(_)) {
                faults.push(format!("the kept bytes {hash} are missing or not what was kept"));
            }
        }
        Ok(faults)
    }
}

/// A seal may be older than the ledger, by one command that was stopped; never newer, nor of other entries.
pub(super) fn faults_of_age(seal: &Seal, book: &Book, head: &str) -> Vec<String> {
    let (sealed, found) = (seal.entries, book.len());
    if (seal.head == head && sealed == found) || (seal.head != head && sealed < found) {
        return Vec::new();
    }
    vec![format!("the seal is of {sealed} entries and of another last one than the {found} that are there")]
}

pub(super) fn damaged(places: &Places, found: Vec<String>) -> LedgerError {
    LedgerError::Damaged { path: places.database.clone(), found }
}

/// Opens the file; to write where that is allowed, since a stopped program may have left something to take back.
pub(super) fn connect(places: &Places) -> Result<Connection, LedgerError> {
    let of_sqlite = |source| LedgerError::of_sqlite(&places.database, source);
    let base = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&places.database, base | OpenFlags::SQLITE_OPEN_READ_WRITE)
        .or_else(|_| Connection::open_with_flags(&places.database, base | OpenFlags::SQLITE_OPEN_READ_ONLY))
        .map_err(of_sqlite)?;
    connection.busy_timeout(BUSY).map_err(of_sqlite)?;
    let settings = "PRAGMA synchronous = EXTRA; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;";
    connection.execute_batch(settings).map_err(of_sqlite)?;
    Ok(connection)
}

/// Whether nothing is in the file yet. Something else than a ledger is refused.
pub(super) fn is_new(places: &Places, connection: &Connection) -> Result<bool, LedgerError> {
    let of_sqlite = |source| LedgerError::of_sqlite(&places.database, source);
    let number = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i32>(0)).map_err(of_sqlite);
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    let (application, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    if (application, version) == (APPLICATION_ID, VERSION) {
        return Ok(false);
    }
    let is_sealed = is_there(&places.seal)?;
    if tables == 0 && !is_sealed {
        return Ok(true);
    }
    let found = format!("a database of another program or version ({application:#x}, version {version})");
    if is_sealed {
        return Err(damaged(places, vec![found]));
    }
    Err(LedgerError::NotALedger { path: places.database.clone(), found })
}

fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; {SCHEMA} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
    ))
}

fn insert(connection: &Connection, event: &Event) -> rusqlite::Result<()> {
    let number = i64::try_from(event.number).unwrap_or(i64::MAX);
    connection
        .prepare(
            "INSERT INTO events (number, kind, recorded_at, payload, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![number, event.kind, event.recorded_at, event.payload, event.previous, event.hash])?;
    Ok(())
}

/// All entries, the last of them, and what does not fit in the chain.
pub(super) fn read_book(
    places: &Places,
    connection: &Connection,
) -> Result<(Book, Option<Event>, Vec<String>), LedgerError> {
    let of_sqlite = |source| LedgerError::of_sqlite(&places.database, source);
    let mut select = connection
        .prepare("SELECT number, kind, recorded_at, payload, previous, hash FROM events ORDER BY number")
        .map_err(of_sqlite)?;
    let mut rows = select.query([]).map_err(of_sqlite)?;
    let (mut book, mut last, mut faults) = (Book::default(), None, Vec::new());
    while let Some(row) = rows.next().map_err(of_sqlite)? {
        let read = || -> rusqlite::Result<Event> {
            let number: i64 = row.get(0)?;
            let number = u64::try_from(number).unwrap_or(0);
            let (kind, recorded_at, payload) = (row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(Event { number, kind, recorded_at, payload, previous: row.get(4)?, hash: row.get(5)? })
        };
        let event = match read() {
            Ok(event) => event,
            Err(error) => {
                faults.push(format!("entry {} cannot be read: {error}", book.len() + 1));
                break;
            }
        };
        if let Some(fault) = event.fault_after(last.as_ref()) {
            faults.push(fault);
            break; // What comes after hangs on it.
        }
        book.push(&event)?;
        last = Some(event);
    }
    Ok((book, last, faults))
}

/// What SQLite itself finds, and a table or trigger that is not as it was made.
pub(super) fn integrity(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare("PRAGMA integrity_check(20)")?;
    let found: Vec<String> = select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut faults: Vec<String> = found.into_iter().filter(|text| text != "ok").collect();
    let expected = Connection::open_in_memory()?;
    create(&expected)?;
    if schema(connection)? != schema(&expected)? {
        faults.push("its tables or triggers are not as they were made".to_owned());
    }
    Ok(faults)
}

fn schema(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut select = connection.prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name")?;
    select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
