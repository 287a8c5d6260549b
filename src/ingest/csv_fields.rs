//! The fields of one CSV record, and their texts.

use std::borrow::Cow;
use std::fmt;

/// A record and where its fields end.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) buffer: &'a [u8],
    pub(super) start: usize,
    /// Where the next record begins.
    pub(super) next: usize,
    pub(super) ends: &'a [u32],
    /// Whether no quotes are doubled in it, for sure.
    pub(super) is_plain: bool,
}

impl<'a> Fields<'a> {
    /// A field, quotes included.
    #[inline(always)]
    pub(super) fn get(&self, place: usize) -> &'a [u8] {
        let from = if place == 0 { self.start } else { self.ends[place - 1] as usize + 1 };
        &self.buffer[from..self.ends[place] as usize]
    }

    /// The text of a field in which no quotes are doubled.
    #[inline(always)]
    pub(super) fn text(&self, place: usize) -> &'a [u8] {
        match self.get(place) {
            [b'"', inner @ .., b'"'] => inner,
            field => field,
        }
    }

    /// The fields as names of columns; those that are no text are told.
    pub(super) fn names(&self, mut tell: impl FnMut(&[u8])) -> Vec<String> {
        let mut names = Vec::with_capacity(self.ends.len());
        for field in (0..self.ends.len()).map(|place| self.get(place)) {
            let mut name = Vec::new();
            write_text(field, &mut name);
            match String::from_utf8(name) {
                Ok(name) => names.push(name.trim().to_owned()),
                Err(_) => tell(field),
            }
        }
        names
    }

    /// The whole record, its line end included.
    pub(super) fn record(&self) -> &'a [u8] {
        &self.buffer[self.start..self.next]
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.record()))
    }
}

/// The text of a field, copied only where quotes are doubled in it.
pub(super) fn text_of(field: &[u8]) -> Cow<'_, [u8]> {
    match field {
        [b'"', inner @ .., b'"'] if memchr::memchr(b'"', inner).is_none() => Cow::Borrowed(inner),
        [b'"', .., b'"'] => {
            let mut text = Vec::new();
            write_text(field, &mut text);
            Cow::Owned(text)
        }
        _ => Cow::Borrowed(field),
    }
}

pub(super) fn write_text(field: &[u8], text: &mut Vec<u8>) {
    let [b'"', inner @ .., b'"'] = field else {
        text.extend_from_slice(field);
        return;
    };
    let mut is_second = false;
    for &byte in inner {
        is_second = byte == b'"' && !is_second;
        if !is_second {
            text.push(byte);
        }
    }
}
