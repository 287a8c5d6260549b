//! Bytes kept by their hash: the same bytes are kept once.

use rusqlite::{Connection, OptionalExtension, params};

use super::sha256;

/// Well below what a row of the database may hold.
const PART: usize = 16 * 1024 * 1024;

/// Keeps bytes, if they are not kept yet.
pub(super) fn put(connection: &Connection, hash: &str, bytes: &[u8]) -> rusqlite::Result<()> {
    let known = "SELECT 1 FROM objects WHERE sha256 = ?1 LIMIT 1";
    if connection.query_row(known, [hash], |_| Ok(())).optional()?.is_some() {
        return Ok(());
    }
    let empty: &[u8] = &[];
    let parts: Vec<&[u8]> = if bytes.is_empty() { vec![empty] } else { bytes.chunks(PART).collect() };
    let mut insert =
        connection.prepare("INSERT INTO objects (sha256, part, parts, content) VALUES (?1, ?2, ?3, ?4)")?;
    let count = i64::try_from(parts.len()).unwrap_or(i64::MAX);
    for (number, part) in (0_i64..).zip(parts) {
        insert.execute(params![hash, number, count, part])?;
    }
    Ok(())
}

/// What is kept under a hash.
pub(super) enum Found {
    /// What was put in.
    Bytes(Vec<u8>),
    /// Nothing.
    Nothing,
    /// Something else than what was put in.
    Damaged,
}

pub(super) fn get(connection: &Connection, hash: &str) -> rusqlite::Result<Found> {
    let mut select = connection.prepare("SELECT part, parts, content FROM objects WHERE sha256 = ?1 ORDER BY part")?;
    let mut rows = select.query([hash])?;
    let (mut bytes, mut count, mut parts) = (Vec::new(), 0, 0);
    while let Some(row) = rows.next()? {
        let part: i64 = row.get(0)?;
        parts = row.get(1)?;
        if part != count {
            return Ok(Found::Damaged);
        }
        bytes.extend_from_slice(row.get_ref(2)?.as_bytes()?);
        count += 1;
    }
    if count == 0 {
        return Ok(Found::Nothing);
    }
    let is_whole = count == parts && sha256(&bytes) == hash;
    Ok(if is_whole { Found::Bytes(bytes) } else { Found::Damaged })
}

/// The hashes under which something is kept, sorted.
pub(super) fn hashes(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare("SELECT DISTINCT sha256 FROM objects ORDER BY sha256")?;
    select.query_map([], |row| row.get(0))?.collect()
}
