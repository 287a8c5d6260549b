//! Files that are read from their end and in pieces: Parquet and ZIP, on the disk and in a store.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use super::source::StoredObject;

/// How much of an object is asked for at once where nobody said what will be wanted.
const WINDOW_BYTES: usize = 4 << 20;

/// Bytes that are read here and there. They keep what the store said where it could not give them: decoders tell any
/// error as a damaged file.
pub(super) struct ScatteredBytes {
    place: Place,
    failure: Failure,
    chunks: Arc<Mutex<Chunks>>,
}

/// What a store said, for whoever reads through a decoder.
pub(super) type Failure = Arc<Mutex<Option<io::Error>>>;

enum Place {
    Disk(File),
    Stored(Arc<dyn StoredObject>),
}

/// The pieces of an object that a decoder will want, in groups that are wanted together. A group is asked for whole, since a
/// request for each page of a column would take longer than its bytes. A decoder goes through the groups column by column
/// where they are small, so a piece stays until it was read to its end.
#[derive(Default)]
pub(super) struct Chunks {
    /// Start, length and group, by start.
    expected: BTreeMap<u64, (usize, usize)>,
    /// Groups that were asked for.
    asked: BTreeSet<usize>,
    /// Bytes that are still wanted, by the start of their piece.
    fetched: BTreeMap<u64, Bytes>,
}

impl Chunks {
    /// Says which pieces of which group will be wanted: group, start, length.
    pub(super) fn expect(&mut self, pieces: impl Iterator<Item = (usize, u64, u64)>) {
        let pieces = pieces.filter_map(|(group, start, length)| Some((start, (usize::try_from(length).ok()?, group))));
        self.expected = pieces.collect();
    }

    /// The piece that holds a place: its start, its length, its group.
    fn around(&self, place: u64) -> Option<(u64, usize, usize)> {
        let (start, (length, group)) = self.expected.range(..=place).next_back()?;
        (place < start + *length as u64).then_some((*start, *length, *group))
    }
}

impl ScatteredBytes {
    pub(super) fn of_file(file: File) -> Self {
        Self { place: Place::Disk(file), failure: Arc::default(), chunks: Arc::default() }
    }

    pub(super) fn of_object(object: Arc<dyn StoredObject>) -> Self {
        Self { place: Place::Stored(object), failure: Arc::default(), chunks: Arc::default() }
    }

    /// Where a failure of the store will be found.
    pub(super) fn failure(&self) -> Failure {
        Arc::clone(&self.failure)
    }

    /// Where to say which pieces will be wanted.
    pub(super) fn chunks(&self) -> Arc<Mutex<Chunks>> {
        Arc::clone(&self.chunks)
    }

    /// The same as a stream that can be wound.
    pub(super) fn into_seekable(self) -> Wound {
        let length = Length::len(&self);
        Wound { bytes: self, length, place: 0, window: Bytes::new(), window_start: 0 }
    }

    /// `is_last`: whether nobody will want the end of these bytes again.
    fn within(&self, start: u64, length: usize, is_last: bool) -> parquet::errors::Result<Bytes> {
        // A damaged footer may ask for more than there is, and for more than fits into memory.
        if start.checked_add(length as u64).is_none_or(|end| end > Length::len(self)) {
            return Err(ParquetError::EOF(format!("{length} bytes from {start} on lie beyond the end of the file")));
        }
        Ok(self.read_at(start, length, is_last)?)
    }

    fn read_at(&self, start: u64, length: usize, is_last: bool) -> io::Result<Bytes> {
        let read = match &self.place {
            Place::Disk(file) => read_of_file(file, start, length),
            Place::Stored(object) => self.read_of_object(object.as_ref(), start, length, is_last),
        };
        read.map_err(|error| {
            let told = io::Error::new(error.kind(), error.to_string());
            *self.failure.lock().expect(NOT_POISONED) = Some(error);
            told
        })
    }

    /// From the pieces that are at hand; the first one of a group fetches all of it.
    fn read_of_object(&self, object: &dyn StoredObject, start: u64, length: usize, is_last: bool) -> io::Result<Bytes> {
        let mut chunks = self.chunks.lock().expect(NOT_POISONED);
        let Some((piece, piece_length, group)) = chunks.around(start) else {
            return only(object.read_ranges(&[(start, length)])?);
        };
        if chunks.asked.insert(group) {
            let pieces = chunks.expected.iter().filter(|(_, (_, of))| *of == group);
            let ranges: Vec<(u64, usize)> = pieces.map(|(start, (length, _))| (*start, *length)).collect();
            let fetched = object.read_ranges(&ranges)?;
            chunks.fetched.extend(ranges.iter().map(|(start, _)| *start).zip(fetched));
        }
        let offset = usize::try_from(start - piece).expect("the place is in the piece, which fits into memory");
        let bytes = chunks.fetched.get(&piece).filter(|_| offset + length <= piece_length);
        let Some(bytes) = bytes.map(|bytes| bytes.slice(offset..offset + length)) else {
            return only(object.read_ranges(&[(start, length)])?);
        };
        if is_last && offset + length == piece_length {
            chunks.fetched.remove(&piece);
        }
        Ok(bytes)
    }
}

fn only(mut read: Vec<Bytes>) -> io::Result<Bytes> {
    read.pop().ok_or_else(|| io::Error::other("a store gave nothing for a range"))
}

fn read_of_file(file: &File, start: u64, length: usize) -> io::Result<Bytes> {
    let mut file = file;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(Bytes::from(bytes))
}

impl Length for ScatteredBytes {
    fn len(&self) -> u64 {
        match &self.place {
            Place::Disk(file) => file.metadata().map_or(0, |metadata| metadata.len()),
            Place::Stored(object) => object.bytes(),
        }
    }
}

impl ChunkReader for ScatteredBytes {
    type T = Box<dyn Read + Send>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        if let Place::Disk(file) = &self.place {
            let mut file = file.try_clone()?;
            file.seek(SeekFrom::Start(start))?;
            return Ok(Box::new(io::BufReader::new(file)));
        }
        let piece = self.chunks.lock().expect(NOT_POISONED).around(start);
        let end = piece.map_or_else(
            || Length::len(self).min(start.saturating_add(WINDOW_BYTES as u64)),
            |(piece, length, _)| piece + length as u64,
        );
        let length = usize::try_from(end.saturating_sub(start)).unwrap_or(WINDOW_BYTES);
        // A decoder reads no more of it than the head of a page.
        Ok(Box::new(io::Cursor::new(self.within(start, length, false)?)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        self.within(start, length, true)
    }
}

/// A stream over scattered bytes, a window at a time.
pub(super) struct Wound {
    bytes: ScatteredBytes,
    length: u64,
    place: u64,
    window: Bytes,
    window_start: u64,
}

impl Read for Wound {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let window_end = self.window_start + self.window.len() as u64;
        if self.place < self.window_start || self.place >= window_end {
            let length = self.length.saturating_sub(self.place).min(WINDOW_BYTES as u64);
            if length == 0 {
                return Ok(0);
            }
            self.window = self.bytes.read_at(self.place, usize::try_from(length).unwrap_or(WINDOW_BYTES), true)?;
            self.window_start = self.place;
        }
        let from = usize::try_from(self.place - self.window_start).expect("the place is in the window");
        let count = buffer.len().min(self.window.len() - from);
        buffer[..count].copy_from_slice(&self.window[from..from + count]);
        self.place += count as u64;
        Ok(count)
    }
}

impl Seek for Wound {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.place.checked_add_signed(by),
        };
        self.place = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.place)
    }
}

const NOT_POISONED: &str = "nobody stops while it is held";
