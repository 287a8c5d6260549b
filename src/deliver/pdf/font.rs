//! The two faces, parsed once, and how wide their text is.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

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

/// A parsed font with a memory of the glyphs asked for, since the search in its table is slow.
struct Parsed {
    font: ParsedFont,
    /// By code point: 0 where not yet asked, else the glyph and one more.
    glyphs: Vec<AtomicU32>,
}

impl Parsed {
    fn read(bytes: &[u8]) -> Option<Self> {
        const CODE_POINTS: usize = 0x3_0000; // The planes that hold ideographs; the font has none beyond.
        let font = ParsedFont::from_bytes(bytes, 0, &mut Vec::new())?;
        Some(Self { font, glyphs: (0..CODE_POINTS).map(|_| AtomicU32::new(0)).collect() })
    }

    /// The glyph; 0 where the font has none.
    fn glyph(&self, character: char) -> u16 {
        let code_point = u32::from(character);
        let known = usize::try_from(code_point).ok().and_then(|place| self.glyphs.get(place));
        let Some(known) = known else { return 0 };
        match known.load(Ordering::Relaxed) {
            0 => {
                let glyph = self.font.lookup_glyph_index(code_point).unwrap_or(0);
                known.store(u32::from(glyph) + 1, Ordering::Relaxed); // Another thread finds the same.
                glyph
            }
            found => u16::try_from(found - 1).unwrap_or(0),
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

    /// Parsing five megabytes costs more than drawing an invoice, so it is done once.
    fn parsed(self) -> Result<&'static Parsed, DeliverError> {
        static FONTS: [OnceLock<Option<Parsed>>; 2] = [OnceLock::new(), OnceLock::new()];
        let (slot, bytes) = match self {
            Self::Regular => (&FONTS[0], REGULAR),
            Self::Bold => (&FONTS[1], BOLD),
        };
        slot.get_or_init(|| Parsed::read(bytes)).as_ref().ok_or(DeliverError::Font { font: self.name() })
    }

    /// The font as the PDF library knows it.
    pub(super) fn font(self) -> Result<&'static ParsedFont, DeliverError> {
        Ok(&self.parsed()?.font)
    }

    /// The glyph of one character of `text`.
    pub(super) fn glyph(self, character: char, text: &str) -> Result<u16, DeliverError> {
        if is_combining_mark(character) {
            return Err(DeliverError::CombiningMark { character, text: text.to_owned() });
        }
        match self.parsed()?.glyph(character) {
            0 => Err(DeliverError::MissingGlyph { character, text: text.to_owned() }),
            glyph => Ok(glyph),
        }
    }

    /// How wide `character` is, in em.
    pub(super) fn advance(self, character: char, text: &str) -> Result<f32, DeliverError> {
        let glyph = self.glyph(character, text)?;
        let font = self.font()?;
        let units_per_em = f32::from(font.pdf_font_metrics.units_per_em.max(1));
        Ok(f32::from(font.get_horizontal_advance(glyph)) / units_per_em)
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
