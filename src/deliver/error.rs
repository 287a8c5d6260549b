/// Why a document could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliverError {
    /// The font of the PDF has no picture for a character.
    #[error(
        "the PDF font has no glyph for {character:?} (U+{:04X}) in {text:?}; expected characters of Noto Sans JP",
        u32::from(*character)
    )]
    MissingGlyph {
        /// The character.
        character: char,
        /// Where it stands.
        text: String,
    },

    /// A mark that joins the letter before it: it would be drawn beside its letter.
    #[error(
        "{text:?} holds the combining mark U+{:04X}; expected composed characters (NFC)",
        u32::from(*character)
    )]
    CombiningMark {
        /// The mark.
        character: char,
        /// Where it stands.
        text: String,
    },

    /// A font that is compiled in does not parse.
    #[error("the font {font} cannot be read")]
    Font {
        /// Its name.
        font: &'static str,
    },

    /// The PDF writer complained.
    #[error("the PDF cannot be written: {detail}")]
    Writer {
        /// What it said.
        detail: String,
    },
}
