//! The two faces, parsed once, and how wide their text is.

use std::sync::OnceLock;

use printpdf::ParsedFont;
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

impl Face {
    pub(super) const ALL: [Self; 2] = [Self::Regular, Self::Bold];

    const fn name(self) -> &'static str {
        match self {
            Self::Regular => "Noto Sans JP Regular",
            Self::Bold => "Noto Sans JP Bold",
        }
    }

    /// The parsed font. Parsing five megabytes costs more than drawing an invoice, so it is done once.
    pub(super) fn parsed(self) -> Result<&'static ParsedFont, DeliverError> {
        static FONTS: [OnceLock<Option<ParsedFont>>; 2] = [OnceLock::new(), OnceLock::new()];
        let (slot, bytes) = match self {
            Self::Regular => (&FONTS[0], REGULAR),
            Self::Bold => (&FONTS[1], BOLD),
        };
        let parsed = slot.get_or_init(|| ParsedFont::from_bytes(bytes, 0, &mut Vec::new()));
        parsed.as_ref().ok_or(DeliverError::Font { font: self.name() })
    }

    /// The glyph of one character of `text`.
    pub(super) fn glyph(self, character: char, text: &str) -> Result<u16, DeliverError> {
        if is_combining_mark(character) {
            return Err(DeliverError::CombiningMark { character, text: text.to_owned() });
        }
        match self.parsed()?.lookup_glyph_index(u32::from(character)) {
            Some(glyph) if glyph != 0 => Ok(glyph),
            _ => Err(DeliverError::MissingGlyph { character, text: text.to_owned() }),
        }
    }

    /// How wide `character` is, in em.
    pub(super) fn advance(self, character: char, text: &str) -> Result<f32, DeliverError> {
        let parsed = self.parsed()?;
        let glyph = self.glyph(character, text)?;
        let units_per_em = f32::from(parsed.pdf_font_metrics.units_per_em.max(1));
        Ok(f32::from(parsed.get_horizontal_advance(glyph)) / units_per_em)
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

/// A colour of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    Grey,
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
