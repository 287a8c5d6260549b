//! Sorts more records than memory holds: sorted runs, put aside where they are many, then merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

/// How many bytes of records one thread keeps before it puts them aside.
pub const SORT_BYTES: usize = 64 << 20;

/// Makes files to put records aside, which vanish by themselves.
pub type Scratch<'a> = &'a (dyn Fn() -> io::Result<File> + Sync);

/// By what records are sorted: group, fact, then their own bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Record {
    pub(super) group: u32,
    pub(super) fact: u32,
    pub(super) bytes: Vec<u8>,
}

/// Takes records in any order.
pub(super) struct Sorter<'a> {
    scratch: Scratch<'a>,
    limit: usize,
    bytes: Vec<u8>,
    /// Group, fact, and where the bytes are.
    index: Vec<(u32, u32, usize, usize)>,
    runs: Vec<Run>,
}

/// Records in order.
pub(super) enum Run {
    Here { bytes: Vec<u8>, index: std::vec::IntoIter<(u32, u32, usize, usize)> },
    Aside(BufReader<File>),
}

impl<'a> Sorter<'a> {
    pub(super) fn new(scratch: Scratch<'a>, limit: usize) -> Self {
        Self { scratch, limit, bytes: Vec::new(), index: Vec::new(), runs: Vec::new() }
    }

    pub(super) fn push(&mut self, group: u32, fact: u32, record: &[u8]) -> io::Result<()> {
        if self.bytes.len() + record.len() > self.limit && !self.index.is_empty() {
            self.put_aside()?;
        }
        self.index.push((group, fact, self.bytes.len(), record.len()));
        self.bytes.extend_from_slice(record);
        Ok(())
    }

    /// The records in runs; the last one stays in memory.
    pub(super) fn into_runs(mut self) -> Vec<Run> {
        self.sort();
        self.runs.push(Run::Here { bytes: self.bytes, index: self.index.into_iter() });
        self.runs
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        self.index.sort_unstable_by(|one, other| {
            let text = |entry: &(u32, u32, usize, usize)| &bytes[entry.2..entry.2 + entry.3];
            (one.0, one.1).cmp(&(other.0, other.1)).then_with(|| text(one).cmp(text(other)))
        });
    }

    fn put_aside(&mut self) -> io::Result<()> {
        self.sort();
        let mut out = BufWriter::with_capacity(1 << 20, (self.scratch)()?);
        for &(group, fact, start, length) in &self.index {
            let size = u32::try_from(length).map_err(io::Error::other)?;
            out.write_all(&group.to_le_bytes())?;
            out.write_all(&fact.to_le_bytes())?;
            out.write_all(&size.to_le_bytes())?;
            out.write_all(&self.bytes[start..start + length])?;
        }
        let mut file = out.into_inner().map_err(|error| error.into_error())?;
        file.seek(SeekFrom::Start(0))?;
        self.runs.push(Run::Aside(BufReader::with_capacity(1 << 16, file)));
        self.index.clear();
        self.bytes.clear();
        Ok(())
    }
}

impl Run {
    fn next(&mut self) -> io::Result<Option<Record>> {
        match self {
            Self::Here { bytes, index } => {
                let record =
                    |(group, fact, start, length)| Record { group, fact, bytes: bytes[start..start + length].to_vec() };
                Ok(index.next().map(record))
            }
            Self::Aside(file) => {
                let mut word = || {
                    let mut bytes = [0; 4];
                    file.read_exact(&mut bytes).map(|()| u32::from_le_bytes(bytes))
                };
                let group = match word() {
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                    group => group?,
                };
                let (fact, size) = (word()?, word()?);
                let mut bytes = vec![0; usize::try_from(size).map_err(io::Error::other)?];
                file.read_exact(&mut bytes)?;
                Ok(Some(Record { group, fact, bytes }))
            }
        }
    }
}

/// The records of all runs, in order.
pub(super) struct Merge {
    runs: Vec<Run>,
    heads: BinaryHeap<Reverse<(Record, usize)>>,
}

impl Merge {
    pub(super) fn of(mut runs: Vec<Run>) -> io::Result<Self> {
        let mut heads = BinaryHeap::new();
        for (place, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next()?.map(|record| Reverse((record, place))));
        }
        Ok(Self { runs, heads })
    }

    /// The next record, without taking it.
    pub(super) fn peek(&self) -> Option<&Record> {
        self.heads.peek().map(|Reverse((record, _))| record)
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Record>> {
        let Some(Reverse((record, place))) = self.heads.pop() else { return Ok(None) };
        self.heads.extend(self.runs[place].next()?.map(|record| Reverse((record, place))));
        Ok(Some(record))
    }
}
