//! Sums that were put aside: runs of facts in one file that has no name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::key_parts::{ShortKey, TEXT_PARTS};
use super::memory::ScratchFiles;
use super::partial::{AMOUNT_COUNT, amounts_of, measures_of};
use crate::period::Instant;
use crate::usage::Measures;

/// How much is written at once.
const WRITE_BYTES: usize = 1 << 20;
/// The longest fact: key, counts, times, which amounts there are, and all of them.
const LONGEST: usize = 4 * (TEXT_PARTS + 1) + 4 * 8 + 2 + 16 * AMOUNT_COUNT;

/// Runs one after the other in a file.
pub(super) struct Runs {
    file: File,
    places: Vec<RunPlace>,
    end: u64,
    put: Control,
}

/// Where a run is.
#[derive(Clone, Copy)]
struct RunPlace {
    start: u64,
    end: u64,
    facts: usize,
}

/// Sums over everything that went to disk, to compare with what comes back. They wrap: only equality counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Control {
    counts: [u64; 2],
    amounts: [i128; AMOUNT_COUNT],
}

impl Control {
    pub(super) fn add(&mut self, measures: &Measures) {
        for (sum, count) in self.counts.iter_mut().zip([measures.rows, measures.net_rows]) {
            *sum = sum.wrapping_add(count);
        }
        for (sum, units) in self.amounts.iter_mut().zip(amounts_of(measures)) {
            *sum = sum.wrapping_add(units);
        }
    }
}

impl Runs {
    pub(super) fn new(scratch: ScratchFiles<'_>) -> io::Result<Self> {
        Ok(Self { file: scratch()?, places: Vec::new(), end: 0, put: Control::default() })
    }

    /// How many runs there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Sums over all facts of all runs.
    pub(super) fn control(&self) -> &Control {
        &self.put
    }

    /// Adds a run, in the order in which the facts come.
    pub(super) fn push(&mut self, facts: impl Iterator<Item = (ShortKey, Measures)>) -> io::Result<()> {
        let (start, mut count) = (self.end, 0);
        let mut buffer = Vec::with_capacity(WRITE_BYTES + LONGEST);
        self.file.seek(SeekFrom::Start(start))?;
        for (short, measures) in facts {
            encode(short, &measures, &mut buffer);
            self.put.add(&measures);
            count += 1;
            if buffer.len() >= WRITE_BYTES {
                self.write(&mut buffer)?;
            }
        }
        self.write(&mut buffer)?;
        self.places.push(RunPlace { start, end: self.end, facts: count });
        Ok(())
    }

    fn write(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        self.file.write_all(buffer)?;
        self.end += buffer.len() as u64;
        buffer.clear();
        Ok(())
    }

    /// A whole run, as it was put aside.
    pub(super) fn read(&self, run: usize) -> io::Result<(Vec<ShortKey>, Vec<Measures>)> {
        let mut reader = self.reader(run, WRITE_BYTES);
        let count = self.places[run].facts;
        let (mut shorts, mut sums) = (Vec::with_capacity(count), Vec::with_capacity(count));
        while let Some((short, measures)) = reader.next(&self.file)? {
            shorts.push(short);
            sums.push(measures);
        }
        Ok((shorts, sums))
    }

    /// Reads a run piece by piece.
    pub(super) fn reader(&self, run: usize, buffer_bytes: usize) -> RunReader {
        let RunPlace { start, end, .. } = self.places[run];
        RunReader { place: start, end, buffer: Vec::new(), at: 0, buffer_bytes: buffer_bytes.max(LONGEST) }
    }

    /// The next fact of a reader of this file.
    pub(super) fn next_of(&self, reader: &mut RunReader) -> io::Result<Option<(ShortKey, Measures)>> {
        reader.next(&self.file)
    }
}

/// How far a run has been read.
pub(super) struct RunReader {
    place: u64,
    end: u64,
    buffer: Vec<u8>,
    at: usize,
    buffer_bytes: usize,
}

impl RunReader {
    fn next(&mut self, file: &File) -> io::Result<Option<(ShortKey, Measures)>> {
        if self.buffer.len() - self.at < LONGEST && self.place < self.end {
            self.refill(file)?;
        }
        if self.at == self.buffer.len() {
            return Ok(None);
        }
        let (fact, length) = decode(&self.buffer[self.at..]).ok_or(io::ErrorKind::InvalidData)?;
        self.at += length;
        Ok(Some(fact))
    }

    fn refill(&mut self, mut file: &File) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let held = self.buffer.len();
        let left = usize::try_from(self.end - self.place).unwrap_or(usize::MAX);
        let more = left.min(self.buffer_bytes);
        self.buffer.resize(held + more, 0);
        file.seek(SeekFrom::Start(self.place))?;
        file.read_exact(&mut self.buffer[held..])?;
        self.place += more as u64;
        Ok(())
    }
}

/// Most amounts of most facts are 0 and take no place.
fn encode(short: ShortKey, measures: &Measures, out: &mut Vec<u8>) {
    for number in short {
        out.extend(number.to_le_bytes());
    }
    for count in [measures.rows, measures.net_rows] {
        out.extend(count.to_le_bytes());
    }
    for instant in [measures.first_start, measures.last_end] {
        out.extend(instant.seconds().to_le_bytes());
    }
    let amounts = amounts_of(measures);
    let mask = amounts.iter().enumerate().fold(0_u16, |mask, (place, units)| mask | (u16::from(*units != 0) << place));
    out.extend(mask.to_le_bytes());
    for units in amounts.into_iter().filter(|units| *units != 0) {
        out.extend(units.to_le_bytes());
    }
}

/// A fact and how many bytes it had; nothing where the bytes end before it does.
fn decode(bytes: &[u8]) -> Option<((ShortKey, Measures), usize)> {
    let mut rest = bytes;
    let mut short: ShortKey = [0; TEXT_PARTS + 1];
    for number in &mut short {
        *number = u32::from_le_bytes(take(&mut rest)?);
    }
    let counts = [u64::from_le_bytes(take(&mut rest)?), u64::from_le_bytes(take(&mut rest)?)];
    let times = [i64::from_le_bytes(take(&mut rest)?), i64::from_le_bytes(take(&mut rest)?)];
    let mask = u16::from_le_bytes(take(&mut rest)?);
    let mut amounts = [0_i128; AMOUNT_COUNT];
    for (place, units) in amounts.iter_mut().enumerate() {
        if mask & (1 << place) != 0 {
            *units = i128::from_le_bytes(take(&mut rest)?);
        }
    }
    let measures = measures_of(counts, amounts, times.map(Instant::from_seconds));
    Some(((short, measures), bytes.len() - rest.len()))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}
