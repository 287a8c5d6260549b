//! Where the fields of a CSV record end: eight bytes at a time.

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

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of every byte of `word` that equals the byte repeated in `pattern`; exact, no neighbours.
#[inline]
const fn bytes_equal(word: u64, pattern: u64) -> u64 {
    let differs = word ^ pattern;
    !(((differs & !HIGH) + !HIGH) | differs) & HIGH
}

/// Finds the ends of the fields of the record that begins at `start`.
///
/// `ends` receives the place after each field, quotes included. `is_last`: nothing follows the buffer.
pub(super) fn scan_record(buffer: &[u8], start: usize, is_last: bool, ends: &mut Vec<usize>) -> Scan {
    ends.clear();
    let mut place = start;
    loop {
        if buffer.get(place) != Some(&b'"') {
            match scan_plain(buffer, place, ends) {
                Plain::Line(next) => return Scan::Record(next),
                Plain::Quoted(next) => place = next,
                Plain::End if is_last => {
                    ends.push(buffer.len());
                    return Scan::Record(buffer.len());
                }
                Plain::End => return Scan::Incomplete,
            }
        }
        let Some(after) = closing_quote(buffer, place + 1) else {
            return if is_last { Scan::BadQuote(buffer.len()) } else { Scan::Incomplete };
        };
        match (buffer.get(after), buffer.get(after + 1)) {
            (Some(b','), _) => {
                ends.push(after);
                place = after + 1;
            }
            (Some(b'\n'), _) => {
                ends.push(after);
                return Scan::Record(after + 1);
            }
            (Some(b'\r'), Some(b'\n')) => {
                ends.push(after);
                return Scan::Record(after + 2);
            }
            (None, _) if is_last => {
                ends.push(after);
                return Scan::Record(after);
            }
            (None, _) | (Some(b'\r'), None) if !is_last => return Scan::Incomplete,
            _ => {
                let line = memchr::memchr(b'\n', &buffer[after..]).map(|end| after + end + 1);
                return match line {
                    Some(next) => Scan::BadQuote(next),
                    None if is_last => Scan::BadQuote(buffer.len()),
                    None => Scan::Incomplete,
                };
            }
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

enum Plain {
    /// The record ended; the next one begins here.
    Line(usize),
    /// A quoted field begins here.
    Quoted(usize),
    /// The buffer ended.
    End,
}

/// Goes over fields without quotes around them. A quote inside such a field is text.
fn scan_plain(buffer: &[u8], start: usize, ends: &mut Vec<usize>) -> Plain {
    let mut place = start;
    let words = buffer.get(start..).unwrap_or_default().chunks_exact(8);
    let tail = words.remainder();
    for word in words {
        let word = u64::from_le_bytes(word.try_into().expect("a chunk of exactly eight bytes"));
        let mut hits = bytes_equal(word, ONES * b',' as u64) | bytes_equal(word, ONES * b'\n' as u64);
        while hits != 0 {
            let at = place + hits.trailing_zeros() as usize / 8;
            hits &= hits - 1;
            if let Some(found) = end_field(buffer, start, at, ends) {
                return found;
            }
        }
        place += 8;
    }
    for (offset, byte) in tail.iter().enumerate() {
        if matches!(byte, b',' | b'\n')
            && let Some(found) = end_field(buffer, start, place + offset, ends)
        {
            return found;
        }
    }
    Plain::End
}

/// Ends the field at a comma or line feed. `start` is where the scan began: a carriage return belongs to the
/// line's end only if it is inside the record.
#[inline]
fn end_field(buffer: &[u8], start: usize, at: usize, ends: &mut Vec<usize>) -> Option<Plain> {
    if buffer[at] == b'\n' {
        let has_return = at > start && buffer[at - 1] == b'\r';
        ends.push(if has_return { at - 1 } else { at });
        return Some(Plain::Line(at + 1));
    }
    ends.push(at);
    (buffer.get(at + 1) == Some(&b'"')).then_some(Plain::Quoted(at + 1))
}
