//! Where the fields of many CSV records end, found together: a block of bytes at a time, without a branch per field.

use wide::u8x16;

/// Bytes that are looked at together.
const BLOCK: usize = 64;
/// Bytes that are indexed together: their index stays in the processor's nearest memory.
pub(super) const WINDOW: usize = 32 << 10;
/// Ends of fields that are written at once, wanted or not.
const STEP: usize = 8;

/// The fields of the whole records at the beginning of a buffer.
///
/// Says the same as [`scan_record`](super::csv_records::scan_record), record by record, as long as quotes stand where
/// they should. From the first one that does not, it says nothing.
#[derive(Debug, Default)]
pub(super) struct FieldIndex {
    /// The place after each field, quotes included.
    ends: Vec<u32>,
    /// Per record the fields that it and those before it have, and where the next one begins.
    records: Vec<(u32, u32)>,
    may_have_doubled_quotes: bool,
    is_whole: bool,
}

/// What a block must know of the one before.
struct Carried {
    /// All ones inside of quotes, else 0.
    inside: u64,
    /// 1 if the last byte was a separator.
    separator: u64,
    /// 1 if the last byte was a quote that closes.
    closing: u64,
}

impl FieldIndex {
    /// Indexes the records that end in the first bytes of `buffer`, which begins with a record. What it said of
    /// another buffer is forgotten.
    pub(super) fn read(&mut self, buffer: &[u8]) {
        let window = &buffer[..buffer.len().min(WINDOW)];
        self.records.clear();
        (self.may_have_doubled_quotes, self.is_whole) = (false, false);
        if self.ends.len() < window.len() + BLOCK {
            self.ends.resize(window.len() + BLOCK, 0);
        }
        let mut carried = Carried { inside: 0, separator: 1, closing: 0 };
        let mut count = 0;
        let (blocks, rest) = window.as_chunks::<BLOCK>();
        let mut base = 0;
        for block in blocks {
            let Some(found) = self.add_block(block, base, count, &mut carried, buffer) else { return };
            count += found;
            base += BLOCK;
        }
        if !rest.is_empty() {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            if self.add_block(&block, base, count, &mut carried, buffer).is_none() {
                return;
            }
        }
        self.is_whole = true;
    }

    /// Whether it knows all records that end among the bytes that were looked at.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// How many records it knows.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// The ends of the fields of a record, and where the next one begins.
    #[inline]
    pub(super) fn record(&self, place: usize) -> (&[u32], usize) {
        let from = place.checked_sub(1).map_or(0, |before| self.records[before].0);
        let (to, next) = self.records[place];
        (&self.ends[from as usize..to as usize], next as usize)
    }

    /// Whether two quotes stand side by side somewhere.
    pub(super) fn may_have_doubled_quotes(&self) -> bool {
        self.may_have_doubled_quotes
    }

    /// Adds the fields that end in a block. Returns how many, or nothing where a quote stands as it should not.
    #[inline(always)]
    fn add_block(
        &mut self,
        block: &[u8; BLOCK],
        base: usize,
        count: usize,
        carried: &mut Carried,
        buffer: &[u8],
    ) -> Option<usize> {
        let [commas, mut feeds, quotes] = bits_of(block);
        let mut separators = commas | feeds;
        if (quotes | carried.inside | carried.closing) == 0 {
            carried.separator = separators >> (BLOCK - 1);
        } else {
            let inside = prefix_xor(quotes) ^ carried.inside;
            separators &= !inside;
            feeds &= !inside;
            let (opening, closing) = (quotes & inside, quotes & !inside);
            let after_closing = closing << 1 | carried.closing;
            let after_separator = separators << 1 | carried.separator;
            let is_amiss = |at: u32| {
                // A closing quote may also stand before the end of a line that begins with a carriage return.
                let at = base + at as usize;
                buffer.get(at..at + 2) != Some(b"\r\n")
            };
            if opening & !(after_separator | after_closing) != 0
                || Bits(after_closing & !(separators | opening)).any(is_amiss)
            {
                return None;
            }
            self.may_have_doubled_quotes |= opening & after_closing != 0;
            *carried = Carried {
                inside: (inside >> (BLOCK - 1)).wrapping_neg(),
                separator: separators >> (BLOCK - 1),
                closing: closing >> (BLOCK - 1),
            };
        }
        let found = separators.count_ones() as usize;
        write_places(&mut self.ends[count..count + BLOCK], separators, found, base as u32);
        if feeds != 0 {
            self.add_records(feeds, separators, base, count, buffer);
        }
        Some(found)
    }

    #[inline(never)]
    fn add_records(&mut self, feeds: u64, separators: u64, base: usize, count: usize, buffer: &[u8]) {
        for at in Bits(feeds) {
            let last = count + (separators & ((1 << at) - 1)).count_ones() as usize;
            let at = base + at as usize;
            if at > 0 && buffer[at - 1] == b'\r' {
                self.ends[last] -= 1;
            }
            self.records.push((last as u32 + 1, at as u32 + 1));
        }
    }
}

/// The places of the bits that are set, from the lowest.
struct Bits(u64);

impl Iterator for Bits {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let place = self.0.trailing_zeros();
        (self.0 != 0).then(|| {
            self.0 &= self.0 - 1;
            place
        })
    }
}

/// Writes the places of the bits that are set; behind them stands anything.
#[inline(always)]
fn write_places(places: &mut [u32], mut bits: u64, count: usize, base: u32) {
    for step in places.as_chunks_mut::<STEP>().0.iter_mut().take(count.div_ceil(STEP)) {
        for place in step {
            *place = base.wrapping_add(bits.trailing_zeros()); // No check for every byte: a window is short.
            bits &= bits.wrapping_sub(1);
        }
    }
}

/// Per byte of a block one bit: whether it is a comma, a line feed, a quote.
#[inline(always)]
fn bits_of(block: &[u8; BLOCK]) -> [u64; 3] {
    let mut bits = [0; 3];
    for (part, shift) in block.as_chunks::<16>().0.iter().zip([0, 16, 32, 48]) {
        let part = u8x16::new(*part);
        for (bits, byte) in bits.iter_mut().zip([b',', b'\n', b'"']) {
            *bits |= u64::from(part.simd_eq(u8x16::splat(byte)).to_bitmask() as u16) << shift;
        }
    }
    bits
}

/// Per bit whether an odd number of bits is set up to it and at it.
#[inline(always)]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
