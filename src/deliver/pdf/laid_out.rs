//! A document after layout: marks on pages, and which characters they show.

use super::block::Mark;
use super::font::Face;
use crate::deliver::DeliverError;
use crate::invoice::Language;

/// What the document says of itself.
#[derive(Clone, Debug)]
pub(super) struct Properties {
    pub(super) title: String,
    pub(super) author: String,
    pub(super) language: Language,
    /// Stands for what is in it: the same for the same content.
    pub(super) file_id: [u8; 16],
}

/// A document that needs nothing more but fonts to be saved.
#[derive(Clone, Debug)]
pub(super) struct LaidOut {
    pub(super) pages: Vec<Vec<Mark>>,
    pub(super) properties: Properties,
    /// Every character that is drawn, once: its face, itself, its glyph, in this order.
    pub(super) characters: Vec<(Face, char, u16)>,
}

impl LaidOut {
    /// Looks the characters of the pages up.
    pub(super) fn new(pages: Vec<Vec<Mark>>, properties: Properties) -> Result<Self, DeliverError> {
        let mut characters = Vec::new();
        for mark in pages.iter().flatten() {
            if let Mark::Text { style, text, .. } = mark {
                for character in text.chars() {
                    characters.push((style.face, character, style.face.glyph(character, text)?));
                }
            }
        }
        characters.sort_unstable();
        characters.dedup();
        Ok(Self { pages, properties, characters })
    }
}
