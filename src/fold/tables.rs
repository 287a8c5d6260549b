//! Numbers for what repeats: texts, and groups of a key's fields.

use std::collections::HashMap;
use std::hash::Hash;

use ahash::RandomState;

use crate::usage::Sym;

const FEW: &str = "a month has fewer than 2^32 different texts and keys";

/// Texts in the order in which they were met.
#[derive(Debug)]
pub(super) struct Interner {
    places: HashMap<Box<[u8]>, u32, RandomState>, // Bytes, so that a known text is found without a check of UTF-8.
}

impl Interner {
    pub(super) fn new() -> Self {
        let mut places = HashMap::with_hasher(RandomState::new());
        places.insert(Box::default(), 0);
        Self { places }
    }

    /// The symbol of a text, the empty text being [`Sym::EMPTY`]. Symbols are in no order. Nothing if the bytes are
    /// not UTF-8.
    pub(super) fn intern(&mut self, text: &[u8]) -> Option<Sym> {
        if let Some(&place) = self.places.get(text) {
            return Some(Sym(place));
        }
        std::str::from_utf8(text).ok()?;
        let place = u32::try_from(self.places.len()).expect(FEW);
        self.places.insert(Box::from(text), place);
        Some(Sym(place))
    }

    /// How many texts there are, the empty one included.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The texts by their symbols, for a look.
    pub(super) fn texts(&self) -> Vec<&[u8]> {
        let mut texts: Vec<&[u8]> = vec![b""; self.places.len()];
        for (text, place) in &self.places {
            texts[Sym(*place).index()] = text;
        }
        texts
    }

    /// The texts by their symbols.
    pub(super) fn into_texts(self) -> Vec<Box<str>> {
        let mut texts = vec![Box::from(""); self.places.len()];
        for (text, place) in self.places {
            let text = String::from_utf8(text.into_vec()).expect("checked when it was interned");
            texts[Sym(place).index()] = text.into_boxed_str();
        }
        texts
    }
}

/// Different values in the order in which they were met.
#[derive(Debug)]
pub(super) struct Table<T> {
    places: HashMap<T, u32, RandomState>,
    values: Vec<T>,
}

impl<T: Copy + Eq + Hash> Table<T> {
    pub(super) fn new() -> Self {
        Self { places: HashMap::with_hasher(RandomState::new()), values: Vec::new() }
    }

    /// The number of a value.
    #[inline]
    pub(super) fn number_of(&mut self, value: &T) -> u32 {
        if let Some(&place) = self.places.get(value) {
            return place;
        }
        let place = u32::try_from(self.values.len()).expect(FEW);
        self.places.insert(*value, place);
        self.values.push(*value);
        place
    }

    /// The values by their numbers.
    pub(super) fn values(&self) -> &[T] {
        &self.values
    }
}
