//! The characters that an ordinary invoice shows whatever it charges to whom: the words of the form, and what figures and
//! ids are written in.
//!
//! They are most of a document, and the same in all: they are a font of their own, which is made once and copied. What is
//! in it hangs on nothing but these lists, so that a document has the same bytes whoever was drawn before it.

use std::sync::OnceLock;

use pdf_writer::{Chunk, Ref, Settings};

use super::embed::{Embedded, Part};
use super::font::Face;
use super::pack::Packer;
use crate::deliver::DeliverError;
use crate::invoice::Language;

/// Of Japanese documents, besides what is in ASCII.
const JAPANESE_REGULAR: &str = "\
    、。〒〜あいおきげこごしじすせたてでとにのはまもりるをんェクジトドプペルレロ・ー一上下世中乗予件会価先典円出分切利前協参口号合名\
    回均定対小平年座式払抜按振捨換支料方日明時暦書月期未末条株求法消満率用申界番発登社税算米細義翌考致行計記請象費込金銀録間額類";
const JAPANESE_BOLD: &str =
    "きごアウカサストビン・ー下中会価備内円別利割参合定容対式引御抜料書株求消率用社税紙考計訳請象費込金額";

/// Of English documents; digits are in any.
const ENGLISH: &str = "abcdefghijklmnopqrstuvwxyz";

/// What figures, ids and names of services are written in.
const ASCII: &str = " %&()*,-./0123456789:=ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
/// In bold there are figures and few names.
const ASCII_BOLD: &str = " %(),-./0123456789:ADNSUWo";

/// The first object of the common fonts: it is the same in all documents, so that a font can be copied.
const FIRST_OBJECT: i32 = 4;
/// How many objects a font has at most.
const OBJECTS: i32 = 6;
/// The last object that they may have.
pub(super) const LAST_COMMON_OBJECT: i32 = FIRST_OBJECT + 2 * OBJECTS - 1;

/// The common characters of a face in documents of a language, embedded.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) font: Embedded,
    /// What a document copies.
    pub(super) written: Chunk,
    words: &'static str,
}

impl Common {
    /// Made once, so that all share it.
    pub(super) fn of(face: Face, language: Language) -> Result<&'static Self, DeliverError> {
        type Slot = OnceLock<Result<Common, DeliverError>>;
        static FONTS: [Slot; 4] = [const { OnceLock::new() }; 4];
        let slot = match (face, language) {
            (Face::Regular, Language::Japanese) => &FONTS[0],
            (Face::Bold, Language::Japanese) => &FONTS[1],
            (Face::Regular, Language::English) => &FONTS[2],
            (Face::Bold, Language::English) => &FONTS[3],
        };
        slot.get_or_init(|| Self::make(face, language)).as_ref().map_err(Clone::clone)
    }

    fn make(face: Face, language: Language) -> Result<Self, DeliverError> {
        let words = words(face, language);
        let beside = if (face, language) == (Face::Bold, Language::Japanese) { ASCII_BOLD } else { ASCII };
        let mut characters = Vec::new();
        for character in words.chars().chain(beside.chars()) {
            characters.push((character, face.glyph(character, words)?));
        }
        characters.sort_unstable();
        characters.dedup();
        let mut last = match face {
            Face::Regular => FIRST_OBJECT,
            Face::Bold => FIRST_OBJECT + OBJECTS,
        };
        let font = Embedded::new(face, Part::Common, characters, Ref::new(last));
        let mut next = || {
            last += 1;
            Ref::new(last)
        };
        let mut written = Chunk::with_settings(Settings { pretty: false });
        font.write(&mut written, &mut Packer::thorough(), &mut next)?;
        Ok(Self { font, written, words })
    }

    /// Whether a document that shows these characters of the face, sorted, is an ordinary one: if it shows half of the
    /// words. Else it would hold much that it does not show.
    pub(super) fn suits(&self, shown: &[(char, u16)]) -> bool {
        let is_shown = |word: &char| shown.binary_search_by_key(word, |(one, _)| *one).is_ok();
        self.words.chars().filter(is_shown).count() * 2 >= self.words.chars().count()
    }
}

pub(super) fn words(face: Face, language: Language) -> &'static str {
    match (face, language) {
        (Face::Regular, Language::Japanese) => JAPANESE_REGULAR,
        (Face::Bold, Language::Japanese) => JAPANESE_BOLD,
        (Face::Regular | Face::Bold, Language::English) => ENGLISH,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::render::lay_out;
    use super::*;
    use crate::deliver::samples;
    use crate::invoice::LineKind;

    /// What an ordinary draft shows in a face besides ASCII and names.
    fn drawn(face: Face) -> BTreeSet<char> {
        let mut invoice = samples::invoice(3);
        let (issuer, project) = (&mut invoice.issuer, &mut invoice.project);
        for name in [&mut issuer.name, &mut issuer.address, &mut project.address] {
            name.clear();
        }
        project.customer_name = "株式会社".to_owned();
        if let Some(bank) = &mut issuer.bank {
            let names = [&mut bank.bank_name, &mut bank.branch_name, &mut bank.account_type, &mut bank.account_holder];
            names.into_iter().for_each(String::clear);
        }
        invoice.fx.iter_mut().for_each(|fx| fx.source.clear());
        for line in &mut invoice.lines {
            match &mut line.kind {
                LineKind::Aws { account_name, plan_name, .. } => {
                    [account_name, plan_name].into_iter().for_each(String::clear)
                }
                LineKind::Fee { .. } | LineKind::Adjustment { .. } => line.description.clear(),
            }
        }
        let drawn = lay_out(&invoice, b"").unwrap().characters.into_iter();
        drawn.filter(|(of, one, _)| *of == face && !one.is_ascii()).map(|(_, one, _)| one).collect()
    }

    #[test]
    fn the_words_are_those_of_an_ordinary_draft() {
        for face in [Face::Regular, Face::Bold] {
            let list = words(face, Language::Japanese);
            let words: BTreeSet<char> = list.chars().collect();
            assert_eq!(words.len(), list.chars().count(), "{face:?}: one stands there twice");
            let drawn = drawn(face);
            let [too_many, missing] = [&words - &drawn, &drawn - &words].map(String::from_iter);
            assert_eq!((too_many.as_str(), missing.as_str()), ("", ""), "{face:?}: not shown, and not in the list");
        }
    }
}
