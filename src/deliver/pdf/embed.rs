//! A face inside a document: cut down to the characters shown, which are numbered.
//!
//! Text is written in these numbers (CIDs), not in glyphs: some characters share a glyph (an ideograph and its
//! compatibility form), and each must be extracted as the character it was.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Chunk, Finish, Name, Rect, Ref, Str};
use subsetter::GlyphRemapper;

use super::font::Face;
use super::pack::Packer;
use crate::deliver::DeliverError;

/// Numbers say which glyph: the ordering that means none.
const IDENTITY: SystemInfo = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Which of the fonts of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// What ordinary documents share.
    Common,
    /// What a document shows besides.
    Own,
}

/// Some characters of a face, as a font.
#[derive(Debug)]
pub(super) struct Embedded {
    face: Face,
    part: Part,
    /// In their order, each with its glyph.
    characters: Vec<(char, u16)>,
    /// Of the font's dictionary.
    pub(super) id: Ref,
}

impl Embedded {
    /// Takes characters, sorted and each once.
    pub(super) const fn new(face: Face, part: Part, characters: Vec<(char, u16)>, id: Ref) -> Self {
        Self { face, part, characters, id }
    }

    pub(super) const fn face(&self) -> Face {
        self.face
    }

    /// What the pages call it.
    pub(super) const fn name(&self) -> Name<'static> {
        match (self.face, self.part) {
            (Face::Regular, Part::Common) => Name(b"R"),
            (Face::Regular, Part::Own) => Name(b"r"),
            (Face::Bold, Part::Common) => Name(b"B"),
            (Face::Bold, Part::Own) => Name(b"b"),
        }
    }

    /// As fonts are named of which a part is embedded: no two in one document have the same name.
    const fn base_name(&self) -> Name<'static> {
        match (self.face, self.part) {
            (Face::Regular, Part::Common) => Name(b"SKYRCA+NotoSansJP-Regular"),
            (Face::Regular, Part::Own) => Name(b"SKYRAA+NotoSansJP-Regular"),
            (Face::Bold, Part::Common) => Name(b"SKYBCA+NotoSansJP-Bold"),
            (Face::Bold, Part::Own) => Name(b"SKYBAA+NotoSansJP-Bold"),
        }
    }

    /// The number of a character, where the font has it, counted from 1 since 0 stands for what is missing.
    pub(super) fn code(&self, character: char) -> Option<u16> {
        self.characters.binary_search_by_key(&character, |(one, _)| *one).ok().map(code_at)
    }

    /// Writes the font and what it refers to.
    pub(super) fn write(
        &self,
        pdf: &mut Chunk,
        packer: &mut Packer,
        next: &mut impl FnMut() -> Ref,
    ) -> Result<(), DeliverError> {
        let (descendant, descriptor, program, texts) = (next(), next(), next(), next());
        let mut glyphs = GlyphRemapper::new();
        let numbered: Vec<u16> = self.characters.iter().map(|(_, glyph)| glyphs.remap(*glyph)).collect();
        let face = self.face.parsed()?;
        let name = self.base_name();

        let mut font = pdf.type0_font(self.id);
        font.base_font(name).encoding_predefined(Name(b"Identity-H")).descendant_font(descendant).to_unicode(texts);
        font.finish();

        // Without shared glyphs the numbers of characters and glyphs are the same.
        let map = (!numbered.iter().copied().eq((0..numbered.len()).map(code_at))).then(&mut *next);
        let mut font = pdf.cid_font(descendant);
        font.subtype(CidFontType::Type2).base_font(name).system_info(IDENTITY).font_descriptor(descriptor);
        match map {
            Some(map) => font.cid_to_gid_map_stream(map),
            None => font.cid_to_gid_map_predefined(Name(b"Identity")),
        };
        font.widths().consecutive(1, self.characters.iter().map(|(_, glyph)| face.thousandths(*glyph)));
        font.finish();
        if let Some(map) = map {
            let glyphs = std::iter::once(0).chain(numbered); // Nothing has the number 0.
            packer.write(pdf, map, &glyphs.flat_map(u16::to_be_bytes).collect::<Vec<u8>>());
        }

        let metrics = face.metrics();
        let [left, bottom, right, top] = metrics.bounds;
        let mut about = pdf.font_descriptor(descriptor);
        about.name(name).flags(FontFlags::SYMBOLIC).bbox(Rect::new(left, bottom, right, top)).italic_angle(0.0);
        about.ascent(metrics.ascent).descent(metrics.descent).cap_height(metrics.cap_height).stem_v(metrics.stem);
        about.font_file2(program);
        about.finish();

        let cut = subsetter::subset(self.face.bytes(), 0, &glyphs)
            .map_err(|error| DeliverError::Writer { detail: error.to_string() })?;
        packer.write_font(pdf, program, &cut);

        let mut characters = UnicodeCmap::new(Name(b"Characters"), IDENTITY);
        self.characters.iter().enumerate().for_each(|(place, (one, _))| characters.pair(code_at(place), *one));
        packer.write(pdf, texts, &characters.finish());
        Ok(())
    }
}

fn code_at(place: usize) -> u16 {
    u16::try_from(place + 1).expect("a font has fewer characters than there are codes")
}
