//! The two faces, and how wide their text is.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use ttf_parser::GlyphId;
use unicode_normalization::char::is_combining_mark;

use crate::deliver::DeliverError;

static REGULAR: &[u8] = include_bytes!("../../../assets/fonts/NotoSansJP-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../assets/fonts/NotoSansJP-Bold.ttf");

/// A weight of Noto Sans JP. Its digits are all equally wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Face {
    Regular,
    Bold,
}

/// A parsed font with a memory of the glyphs asked for, since the search in its tables is slow.
pub(super) struct Parsed {
    font: ttf_parser::Face<'static>,
    /// By code point: `NOT_ASKED`, or the glyph in the lower half and its advance in the upper one.
    glyphs: Vec<AtomicU32>,
}

/// What a document tells of a font, in thousandths of an em.
pub(super) struct Metrics {
    /// Left, bottom, right and top of all glyphs.
    pub(super) bounds: [f32; 4],
    pub(super) ascent: f32,
    pub(super) descent: f32,
    pub(super) cap_height: f32,
    /// How thick upright strokes are, about.
    pub(super) stem: f32,
}

/// No glyph has this number: a font has at most 65,535, counted from 0.
const NOT_ASKED: u32 = u32::MAX;

impl Parsed {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        const CODE_POINTS: usize = 0x3_0000; // The planes that hold ideographs; the font has none beyond.
        let font = ttf_parser::Face::parse(bytes, 0).ok()?;
        Some(Self { font, glyphs: (0..CODE_POINTS).map(|_| AtomicU32::new(NOT_ASKED)).collect() })
    }

    /// The glyph and its advance in units of the font; glyph 0 where the font has none.
    fn glyph(&self, character: char) -> (u16, u16) {
        let known = usize::try_from(u32::from(character)).ok().and_then(|place| self.glyphs.get(place));
        let Some(known) = known else { return (0, 0) };
        let mut found = known.load(Ordering::Relaxed);
        if found == NOT_ASKED {
            let glyph = self.font.glyph_index(character).unwrap_or_default();
            found = u32::from(glyph.0) | u32::from(self.font.glyph_hor_advance(glyph).unwrap_or(0)) << 16;
            known.store(found, Ordering::Relaxed); // Another thread finds the same.
        }
        let [advance_high, advance_low, high, low] = found.to_be_bytes();
        (u16::from_be_bytes([high, low]), u16::from_be_bytes([advance_high, advance_low]))
    }

    /// Glyph and advance of one character of `text`; refuses what cannot be drawn.
    fn drawn(&self, character: char, text: &str) -> Result<(u16, u16), DeliverError> {
        if is_combining_mark(character) {
            return Err(DeliverError::CombiningMark { character, text: text.to_owned() });
        }
        match self.glyph(character) {
            (0, _) => Err(DeliverError::MissingGlyph { character, text: text.to_owned() }),
            found => Ok(found),
        }
    }

    fn units_per_em(&self) -> f32 {
        f32::from(self.font.units_per_em())
    }

    /// How wide a glyph is, in thousandths of an em.
    pub(super) fn thousandths(&self, glyph: u16) -> f32 {
        f32::from(self.font.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0)) * 1_000.0 / self.units_per_em()
    }

    pub(super) fn metrics(&self) -> Metrics {
        let font = &self.font;
        let bounds = font.global_bounding_box();
        let thousandths = |length: i16| f32::from(length) * 1_000.0 / self.units_per_em();
        let weight = f32::from(font.weight().to_number());
        Metrics {
            bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(thousandths),
            ascent: thousandths(font.ascender()),
            descent: thousandths(font.descender()),
            cap_height: thousandths(font.capital_height().unwrap_or_else(|| font.ascender())),
            stem: (50.0 + (weight / 65.0).powi(2)).round(), // No font says it, and only a substitute is chosen by it.
        }
    }
}

impl Face {
    const fn name(self) -> &'static str {
        match self {
            Self::Regular => "Noto Sans JP Regular",
            Self::Bold => "Noto Sans JP Bold",
        }
    }

    /// The font's file.
    pub(super) const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => REGULAR,
            Self::Bold => BOLD,
        }
    }

    /// Read once, so that all share the memory.
    pub(super) fn parsed(self) -> Result<&'static Parsed, DeliverError> {
        static FONTS: [OnceLock<Option<Parsed>>; 2] = [OnceLock::new(), OnceLock::new()];
        let slot = match self {
            Self::Regular => &FONTS[0],
            Self::Bold => &FONTS[1],
        };
        slot.get_or_init(|| Parsed::read(self.bytes())).as_ref().ok_or(DeliverError::Font { font: self.name() })
    }

    /// The glyph of one character of `text`.
    pub(super) fn glyph(self, character: char, text: &str) -> Result<u16, DeliverError> {
        Ok(self.parsed()?.drawn(character, text)?.0)
    }

    /// How wide `character` is, in em.
    pub(super) fn advance(self, character: char, text: &str) -> Result<f32, DeliverError> {
        let parsed = self.parsed()?;
        let (_, advance) = parsed.drawn(character, text)?;
        Ok(f32::from(advance) / parsed.units_per_em())
    }
}

/// How a piece of text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    pub(super) face: Face,
    /// In points.
    pub(super) size: f32,
    pub(super) ink: Ink,
}

/// A colour of text and rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    Grey,
    /// For thin rules.
    Pale,
    Red,
}

impl Style {
    pub(super) const fn regular(size: f32) -> Self {
        Self { face: Face::Regular, size, ink: Ink::Black }
    }

    pub(super) const fn bold(size: f32) -> Self {
        Self { face: Face::Bold, size, ink: Ink::Black }
    }

    pub(super) const fn with_ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    /// How wide the text is, in points. Every text passes here before it is placed.
    pub(super) fn width(self, text: &str) -> Result<f32, DeliverError> {
        let mut ems = 0.0;
        for character in text.chars() {
            ems += self.face.advance(character, text)?;
        }
        Ok(ems * self.size)
    }

    /// From one line to the next.
    pub(super) fn leading(self) -> f32 {
        self.size * 1.5
    }
}
