//! The fonts of a document: of each face that it shows what is common to ordinary documents, and what is its own.

use pdf_writer::{Chunk, Ref};

use super::common::Common;
use super::embed::{Embedded, Part};
use super::font::Face;
use super::pack::Packer;
use crate::deliver::DeliverError;
use crate::invoice::Language;

/// The fonts of a document, by face.
pub(super) struct Fonts {
    common: Vec<&'static Common>,
    own: Vec<Embedded>,
}

impl Fonts {
    /// Divides characters, sorted by face and each once.
    pub(super) fn of(
        characters: &[(Face, char, u16)],
        language: Language,
        mut next: impl FnMut() -> Ref,
    ) -> Result<Self, DeliverError> {
        let (mut common, mut own) = (Vec::new(), Vec::new());
        for of_face in characters.chunk_by(|one, other| one.0 == other.0) {
            let face = of_face[0].0;
            let mut shown: Vec<(char, u16)> =
                of_face.iter().map(|(_, character, glyph)| (*character, *glyph)).collect();
            let shared = Common::of(face, language)?;
            if shared.suits(&shown) {
                shown.retain(|(character, _)| shared.font.code(*character).is_none());
                common.push(shared);
            }
            if !shown.is_empty() {
                own.push(Embedded::new(face, Part::Own, shown, next()));
            }
        }
        Ok(Self { common, own })
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Embedded> {
        self.common.iter().map(|common| &common.font).chain(&self.own)
    }

    /// Text of a face in pieces, each of one font, two bytes a character.
    pub(super) fn pieces(&self, face: Face, text: &str) -> Vec<(&Embedded, Vec<u8>)> {
        let mut pieces: Vec<(&Embedded, Vec<u8>)> = Vec::new();
        for character in text.chars() {
            let coded = self.all().filter(|font| font.face() == face);
            let coded = coded.filter_map(|font| Some((font, font.code(character)?))).next();
            let (font, code) = coded.expect("every character of the pages was collected");
            match pieces.last_mut() {
                Some((last, codes)) if last.id == font.id => codes.extend(code.to_be_bytes()),
                _ => pieces.push((font, code.to_be_bytes().to_vec())),
            }
        }
        pieces
    }

    /// Writes them and what they refer to.
    pub(super) fn write(
        &self,
        pdf: &mut Chunk,
        packer: &mut Packer,
        next: &mut impl FnMut() -> Ref,
    ) -> Result<(), DeliverError> {
        self.common.iter().for_each(|common| pdf.extend(&common.written));
        self.own.iter().try_for_each(|font| font.write(pdf, packer, next))
    }
}
