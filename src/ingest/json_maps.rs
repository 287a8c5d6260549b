//! Map columns as JSON text. A map is read once and found again by its text: products repeat from row to row.

use std::collections::HashMap;
use std::fmt;

use ahash::RandomState;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// How many maps are remembered: beyond, all are forgotten, so that memory stays bounded.
const KNOWN_MAPS: usize = 50_000;

/// The entries of a map; without those that are null.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entries(pub(super) Vec<(String, String)>);

impl Entries {
    /// Reads a JSON object of texts, numbers, truths and nulls. Blank text is an empty map.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        if text.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(text).map_err(|error| error.to_string())
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries: Vec<(String, String)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, serde_json::Value>()? {
                    if entries.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom(format!("{name:?} stands twice")));
                    }
                    let text = match value {
                        serde_json::Value::Null => continue,
                        serde_json::Value::String(text) => text,
                        serde_json::Value::Number(number) => number.to_string(),
                        serde_json::Value::Bool(truth) => truth.to_string(),
                        serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                            return Err(A::Error::custom(format!("{name:?} is no single value")));
                        }
                    };
                    if text.contains('\0') || name.contains('\0') {
                        return Err(A::Error::custom("it holds a NUL"));
                    }
                    entries.push((name, text));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// What was made of maps, by their text as it stands in the file.
#[derive(Debug)]
pub(super) struct KnownMaps<T> {
    places: HashMap<Box<[u8]>, usize, RandomState>,
    made: Vec<T>,
}

impl<T> KnownMaps<T> {
    pub(super) fn new() -> Self {
        Self { places: HashMap::with_hasher(RandomState::new()), made: Vec::new() }
    }

    /// The place of what was made of a text. `make` is asked where the text is new.
    pub(super) fn place_of<E>(&mut self, text: &[u8], make: impl FnOnce() -> Result<T, E>) -> Result<usize, E> {
        if let Some(&place) = self.places.get(text) {
            return Ok(place);
        }
        let made = make()?;
        if self.made.len() >= KNOWN_MAPS {
            self.places.clear();
            self.made.clear();
        }
        self.made.push(made);
        self.places.insert(Box::from(text), self.made.len() - 1);
        Ok(self.made.len() - 1)
    }

    pub(super) fn at(&self, place: usize) -> &T {
        &self.made[place]
    }
}
