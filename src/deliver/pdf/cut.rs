//! Faces cut down once for many documents, since the PDF library reads all of a face for each document it saves.
//!
//! Documents get the same bytes from a cut face as from the whole one. A cut keeps the order of the glyphs it has, so
//! the glyphs of one document are numbered alike whichever other glyphs stood between them, and it copies outlines,
//! widths and all other tables that a document's font is made of. It lacks the rest, what the font descriptor says
//! among it, so that is taken from the whole face.

use std::collections::BTreeMap;

use printpdf::ParsedFont;

use super::font::Face;
use super::laid_out::LaidOut;
use crate::deliver::DeliverError;

/// What documents are saved with.
#[derive(Debug)]
pub(super) struct Faces {
    /// Absent where the face is used whole.
    regular: Option<ParsedFont>,
    bold: Option<ParsedFont>,
}

impl Faces {
    /// Both faces with all their glyphs.
    #[cfg(test)]
    pub(super) const fn whole() -> Self {
        Self { regular: None, bold: None }
    }

    /// Both faces with the glyphs of these documents.
    pub(super) fn cut_for(documents: &[&LaidOut]) -> Self {
        let (regular, bold) = rayon::join(|| cut(Face::Regular, documents), || cut(Face::Bold, documents));
        Self { regular, bold }
    }

    /// The font as the PDF library knows it.
    pub(super) fn font(&self, face: Face) -> Result<&ParsedFont, DeliverError> {
        let cut = match face {
            Face::Regular => &self.regular,
            Face::Bold => &self.bold,
        };
        cut.as_ref().map_or_else(|| face.font(), Ok)
    }

    /// Which faces are cut.
    #[cfg(test)]
    pub(super) const fn are_cut(&self) -> [bool; 2] {
        [self.regular.is_some(), self.bold.is_some()]
    }
}

/// Absent where no document uses the face, and where the library cannot cut it so: whole it serves them as well.
fn cut(face: Face, documents: &[&LaidOut]) -> Option<ParsedFont> {
    let characters = || documents.iter().flat_map(|document| &document.characters).filter(|(of, _, _)| *of == face);
    // The texts are for documents alone; a face needs none.
    let glyphs: BTreeMap<u16, String> = characters().map(|(_, glyph, _)| (*glyph, String::new())).collect();
    if glyphs.is_empty() {
        return None;
    }
    let whole = face.font().ok()?;
    let subset = printpdf::font::subset_font(whole, &glyphs).ok()?;
    let mut font = ParsedFont::from_bytes(&subset.bytes, 0, &mut Vec::new())?;
    font.font_name.clone_from(&whole.font_name);
    font.pdf_font_metrics = whole.pdf_font_metrics;
    font.font_metrics = whole.font_metrics;
    // The library finds glyphs by characters, so each must lead to the glyph that it led to in the whole face.
    let leads = |glyph: &u16, character: char| {
        let place = subset.glyph_mapping.get(glyph).map(|(place, _)| *place);
        place.is_some() && font.lookup_glyph_index(u32::from(character)) == place
    };
    characters().all(|(_, glyph, character)| leads(glyph, *character)).then_some(font)
}
