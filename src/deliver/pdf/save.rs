//! The only file that knows the PDF library's document: marks in, bytes out.
//!
//! Some characters share a glyph (an ideograph and its compatibility form), and a font can give back
//! only one text for a glyph. So each further character of a glyph is drawn with a further copy of the
//! font, which holds only such glyphs.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use printpdf::{
    Color, FontId, Line, LinePoint, Mm, Op, PaintMode, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions,
    Point, Pt, Rect, Rgb, TextItem,
};

use super::block::Mark;
use super::cut::Faces;
use super::flow::{PAGE_HEIGHT, PAGE_WIDTH};
use super::font::{Face, Ink, Style};
use super::laid_out::LaidOut;
use crate::deliver::DeliverError;

/// Makes the bytes. No clock and no random number.
pub(super) fn save(laid_out: LaidOut, faces: &Faces) -> Result<Vec<u8>, DeliverError> {
    let LaidOut { pages, properties, characters } = laid_out;
    let copies = Copies::of(&characters);
    let mut document = PdfDocument::new(&properties.title);
    document.metadata.info.author = properties.author;
    document.metadata.info.producer = concat!("seikyu ", env!("CARGO_PKG_VERSION")).to_owned();
    for ((face, _), name) in &copies.names {
        let font = PdfFont::new(faces.font(*face)?.clone());
        document.resources.fonts.map.insert(name.clone(), font);
    }
    for page in &pages {
        let mut pen = Pen::new(&copies);
        page.iter().for_each(|mark| pen.draw(mark));
        document.pages.push(PdfPage::new(points(PAGE_WIDTH), points(PAGE_HEIGHT), pen.ops));
    }
    write(&document, &properties.file_id)
}

fn write(document: &PdfDocument, file_id: &str) -> Result<Vec<u8>, DeliverError> {
    let mut warnings = Vec::new();
    let mut raw = document.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    if let Some(warning) = warnings.first() {
        return Err(DeliverError::Writer { detail: warning.msg.clone() });
    }
    // The library makes the two file ids up anew on every save.
    if let Ok(ids) = raw.trailer.get_mut(b"ID").and_then(|ids| ids.as_array_mut()) {
        for id in ids.iter_mut().filter_map(|id| id.as_str_mut().ok()) {
            *id = file_id.as_bytes().to_vec();
        }
    }
    let info = raw.trailer.get(b"Info").and_then(|info| info.as_reference());
    if let Ok(info) = info.and_then(|info| raw.get_object_mut(info)).and_then(|info| info.as_dict_mut()) {
        info.remove(b"GTS_PDFXVersion"); // This document claims no such standard,
        info.remove(b"CreationDate"); // and its dates are those on the pages.
        info.remove(b"ModDate");
    }
    let mut bytes = Vec::new();
    for stream in raw.objects.values_mut().filter_map(|object| object.as_stream_mut().ok()) {
        // The library would pack as hard as it can, which takes several times as long and saves some hundred bytes.
        if stream.dict.get(b"Filter").is_err() {
            let level = if stream.dict.has(b"Length1") { OF_FONTS } else { Compression::new(6) };
            let packed =
                pack(&stream.content, level).map_err(|error| DeliverError::Writer { detail: error.to_string() })?;
            if packed.len() + FILTER_BYTES < stream.content.len() {
                stream.dict.set("Filter", "FlateDecode");
                stream.set_content(packed);
            }
        }
    }
    raw.save_to(&mut bytes).map_err(|error| DeliverError::Writer { detail: error.to_string() })?;
    Ok(bytes)
}

/// What naming the filter of a stream takes.
const FILTER_BYTES: usize = 19;

/// Outlines hardly repeat: looking for more takes most of the time of a document, and saves some hundredths of it.
const OF_FONTS: Compression = Compression::new(2);

fn pack(content: &[u8], level: Compression) -> std::io::Result<Vec<u8>> {
    let mut packer = ZlibEncoder::new(Vec::new(), level);
    packer.write_all(content)?;
    packer.finish()
}

/// Which copy of its font each character is drawn with.
struct Copies {
    /// The few that are not drawn with the first copy, number 0.
    of_character: BTreeMap<(Face, char), usize>,
    /// What each copy in use is called.
    names: BTreeMap<(Face, usize), FontId>,
}

impl Copies {
    /// Of characters in the order of faces, glyphs and themselves.
    fn of(characters: &[(Face, u16, char)]) -> Self {
        let mut copies = Self { of_character: BTreeMap::new(), names: BTreeMap::new() };
        for sharing in characters.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)) {
            for (copy, (face, _, character)) in sharing.iter().enumerate() {
                copies.names.entry((*face, copy)).or_insert_with(|| font_id(*face, copy));
                if copy > 0 {
                    copies.of_character.insert((*face, *character), copy);
                }
            }
        }
        copies
    }

    /// Cuts text into runs of one copy.
    fn runs<'a>(&self, face: Face, text: &'a str) -> Vec<(usize, &'a str)> {
        if self.of_character.is_empty() && !text.is_empty() {
            return vec![(0, text)]; // The usual case.
        }
        let mut runs: Vec<(usize, usize, usize)> = Vec::new(); // Copy, start, end.
        for (start, character) in text.char_indices() {
            let copy = self.of_character.get(&(face, character)).copied().unwrap_or(0);
            let end = start + character.len_utf8();
            match runs.last_mut() {
                Some(last) if last.0 == copy => last.2 = end,
                _ => runs.push((copy, start, end)),
            }
        }
        runs.into_iter().map(|(copy, start, end)| (copy, &text[start..end])).collect()
    }
}

/// Six capitals, since the library makes the tag of the cut-down font from it.
fn font_id(face: Face, copy: usize) -> FontId {
    let face_letter = match face {
        Face::Regular => 'R',
        Face::Bold => 'B',
    };
    let letter = |number: usize| char::from(b'A' + u8::try_from(number % 26).unwrap_or(0));
    FontId(format!("SKY{face_letter}{}{}", letter(copy / 26), letter(copy)))
}

/// Draws the marks of a page. Colour and font stay what they are until another is asked for, so they are said once.
struct Pen<'a> {
    copies: &'a Copies,
    ops: Vec<Op>,
    /// What text is drawn with, where that was said.
    ink: Option<Ink>,
    font: Option<(Face, usize, f32)>,
}

impl<'a> Pen<'a> {
    fn new(copies: &'a Copies) -> Self {
        Self { copies, ops: Vec::new(), ink: None, font: None }
    }

    fn draw(&mut self, mark: &Mark) {
        match mark {
            Mark::Text { x, y, style, text } => self.draw_text(*x, *y, *style, text),
            Mark::Rule { from, to, thickness, ink } => self.ops.extend([
                Op::SetOutlineColor { col: colour(*ink) },
                Op::SetOutlineThickness { pt: Pt(*thickness) },
                Op::DrawLine { line: Line { points: vec![corner(*from), corner(*to)], is_closed: false } },
            ]),
            Mark::Fill { x, y, width, height } => {
                let mut rectangle = Rect::from_xywh(Pt(*x), Pt(PAGE_HEIGHT - y - height), Pt(*width), Pt(*height));
                rectangle.mode = Some(PaintMode::Fill);
                self.ops.extend([Op::SetFillColor { col: grey(0.94) }, Op::DrawRectangle { rectangle }]);
                self.ink = None; // Text is filled too.
            }
        }
    }

    fn draw_text(&mut self, x: f32, y: f32, style: Style, text: &str) {
        self.ops.push(Op::StartTextSection);
        if self.ink != Some(style.ink) {
            self.ink = Some(style.ink);
            self.ops.push(Op::SetFillColor { col: colour(style.ink) });
        }
        self.ops.push(Op::SetTextCursor { pos: Point { x: Pt(x), y: Pt(PAGE_HEIGHT - y) } });
        for (copy, run) in self.copies.runs(style.face, text) {
            if self.font != Some((style.face, copy, style.size)) {
                self.font = Some((style.face, copy, style.size));
                let name = self.copies.names.get(&(style.face, copy)).expect("a copy in use has a name").clone();
                self.ops.push(Op::SetFont { font: PdfFontHandle::External(name), size: Pt(style.size) });
            }
            self.ops.push(Op::ShowText { items: vec![TextItem::Text(run.to_owned())] });
        }
        self.ops.push(Op::EndTextSection);
    }
}

fn corner((x, y): (f32, f32)) -> LinePoint {
    LinePoint { p: Point { x: Pt(x), y: Pt(PAGE_HEIGHT - y) }, bezier: false }
}

fn colour(ink: Ink) -> Color {
    match ink {
        Ink::Black => grey(0.0),
        Ink::Grey => grey(0.4),
        Ink::Pale => grey(0.7),
        Ink::Red => Color::Rgb(Rgb::new(0.75, 0.1, 0.1, None)),
    }
}

fn grey(light: f32) -> Color {
    Color::Rgb(Rgb::new(light, light, light, None))
}

fn points(length: f32) -> Mm {
    Pt(length).into()
}
