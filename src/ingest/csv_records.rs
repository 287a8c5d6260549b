//! Where the fields of a CSV record end: a block of bytes at a time.

/// What was found at a place of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// A record; the next one begins here.
    Record(usize),
    /// The buffer ends inside the record.
    Incomplete,
    /// A closing quote is followed by text. The next record begins after the line.
    BadQuote(usize),
}

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// For every byte of a block the bit of its place in its word of eight.
const WEIGHTS: [u8; BLOCK] = {
    let mut weights = [0; BLOCK];
    let mut place = 0;
    while place < BLOCK {
        weights[place] = 1 << (place % 8);
        place += 1;
    }
    weights
};

/// The weights of the commas and line feeds of a block.
///
/// Of its own and with plain places, so that the compiler compares sixteen bytes in one instruction.
#[inline(never)]
fn weights_of_separators(block: &[u8; BLOCK]) -> [u8; BLOCK] {
    let mut weights = [0; BLOCK];
    for place in 0..BLOCK {
        let is_separator = (block[place] == b',') | (block[place] == b'\n');
        weights[place] = if is_separator { WEIGHTS[place] } else { 0 };
    }
    weights
}

/// Bit by bit which bytes of a block are a comma or a line feed.
#[inline]
fn separators(block: &[u8; BLOCK]) -> u64 {
    let weights = weights_of_separators(block);
    let words = weights.as_chunks::<8>().0.iter();
    // The multiplication adds up the eight bytes of a word: their weights are different bits.
    let bits = words.map(|word| u64::from_le_bytes(*word).wrapping_mul(0x0101_0101_0101_0101) >> 56);
    bits.enumerate().fold(0, |mask, (place, bits)| mask | bits << (place * 8))
}

/// The separators from a place on, block by block.
struct Separators<'a> {
    buffer: &'a [u8],
    /// Where the block begins.
    base: usize,
    /// Those of the block that were not met yet.
    mask: u64,
}

impl<'a> Separators<'a> {
    #[inline]
    fn from(buffer: &'a [u8], base: usize) -> Self {
        let rest = buffer.get(base..).unwrap_or_default();
        let mask = if let Some(block) = rest.first_chunk::<BLOCK>() {
            separators(block)
        } else {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            separators(&block)
        };
        Self { buffer, base, mask }
    }

    /// The place of the next one.
    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            if self.buffer.len() - self.base.min(self.buffer.len()) <= BLOCK {
                return None;
            }
            *self = Self::from(self.buffer, self.base + BLOCK);
        }
        let place = self.base + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(place)
    }

    /// Goes on behind the separators before a place.
    #[inline]
    fn skip_to(&mut self, place: usize) {
        match place - self.base {
            inside @ 0..BLOCK => self.mask &= u64::MAX << inside,
            _ => *self = Self::from(self.buffer, place),
        }
    }
}

/// Finds the ends of the fields of the record that begins at `start`.
///
/// `ends` receives the place after each field, quotes included. `is_last`: nothing follows the buffer.
pub(super) fn scan_record(buffer: &[u8], start: usize, is_last: bool, ends: &mut Vec<u32>) -> Scan {
    ends.clear();
    let mut separators = Separators::from(buffer, start);
    let mut place = start; // Where a field begins.
    loop {
        if buffer.get(place) == Some(&b'"') {
            match quoted_field(buffer, place, is_last) {
                Quoted::Field(end, next) => {
                    ends.push(place_of(end));
                    separators.skip_to(next);
                    place = next;
                    continue;
                }
                Quoted::LastField(end, next) => {
                    ends.push(place_of(end));
                    return Scan::Record(next);
                }
                Quoted::Broken(scan) => return scan,
            }
        }
        // A quote inside a field without quotes around it is text.
        let Some(at) = separators.next() else {
            if is_last {
                ends.push(place_of(buffer.len()));
                return Scan::Record(buffer.len());
            }
            return Scan::Incomplete;
        };
        if buffer[at] == b'\n' {
            let has_return = at > place && buffer[at - 1] == b'\r';
            ends.push(place_of(if has_return { at - 1 } else { at }));
            return Scan::Record(at + 1);
        }
        ends.push(place_of(at));
        place = at + 1;
    }
}

/// A place of a buffer: pieces of a stream and records are far shorter than 4 GiB.
fn place_of(place: usize) -> u32 {
    u32::try_from(place).expect("a buffer is shorter than 4 GiB")
}

/// What a field with quotes around it is.
enum Quoted {
    /// Where it ends and the next field begins.
    Field(usize, usize),
    /// Where it and its record end, and the next record begins.
    LastField(usize, usize),
    /// It does not end here, or not as it must.
    Broken(Scan),
}

/// The field whose opening quote is at `start`.
fn quoted_field(buffer: &[u8], start: usize, is_last: bool) -> Quoted {
    let Some(after) = closing_quote(buffer, start + 1) else {
        return Quoted::Broken(if is_last { Scan::BadQuote(buffer.len()) } else { Scan::Incomplete });
    };
    match (buffer.get(after), buffer.get(after + 1)) {
        (Some(b','), _) => Quoted::Field(after, after + 1),
        (Some(b'\n'), _) => Quoted::LastField(after, after + 1),
        (Some(b'\r'), Some(b'\n')) => Quoted::LastField(after, after + 2),
        (None, _) if is_last => Quoted::LastField(after, after),
        (None, _) | (Some(b'\r'), None) if !is_last => Quoted::Broken(Scan::Incomplete),
        _ => {
            let line = memchr::memchr(b'\n', &buffer[after..]).map(|end| after + end + 1);
            Quoted::Broken(match line {
                Some(next) => Scan::BadQuote(next),
                None if is_last => Scan::BadQuote(buffer.len()),
                None => Scan::Incomplete,
            })
        }
    }
}

/// The place after the quote that closes a field; doubled quotes are text.
fn closing_quote(buffer: &[u8], start: usize) -> Option<usize> {
    let mut place = start;
    loop {
        place += memchr::memchr(b'"', buffer.get(place..)?)? + 1;
        if buffer.get(place) != Some(&b'"') {
            return Some(place);
        }
        place += 1;
    }
}
