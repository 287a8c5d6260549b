//! A document after layout: marks on pages, and which characters they show.

use super::block::Mark;
use super::font::Face;
use crate::deliver::DeliverError;

/// What the document says of itself.
#[derive(Clone, Debug)]
pub(super) struct Properties {
    pub(super) title: String,
    pub(super) author: String,
    /// Stands for what is in it: the same for the same content.
    pub(super) file_id: String,
}

/// A document that needs nothing more but fonts to be saved.
#[derive(Clone, Debug)]
pub(super) struct LaidOut {
    pub(super) pages: Vec<Vec<Mark>>,
    pub(super) properties: Properties,
    /// Every character that is drawn, once: its face, its glyph, itself, in this order.
    pub(super) characters: Vec<(Face, u16, char)>,
}

impl LaidOut {
    /// Looks the characters of the pages up.
    pub(super) fn new(pages: Vec<Vec<Mark>>, properties: Properties) -> Result<Self, DeliverError> {
        let mut characters = Vec::new();
        for mark in pages.iter().flatten() {
            if let Mark::Text { style, text, .. } = mark {
                for character in text.chars() {
                    characters.push((style.face, style.face.glyph(character, text)?, character));
                }
            }
        }
        characters.sort_unstable();
        characters.dedup();
        characters.shrink_to_fit(); // A document waits for others, and most of its characters were repetitions.
        Ok(Self { pages, properties, characters })
    }
}
