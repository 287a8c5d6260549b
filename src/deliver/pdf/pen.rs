//! Marks of a page as what the page says.

use pdf_writer::{Content, Ref, Str};

use super::block::Mark;
use super::flow::PAGE_HEIGHT;
use super::font::{Ink, Style};
use super::fonts::Fonts;

/// Draws the marks of a page. Colour and font stay what they are until another is asked for, so they are said once.
pub(super) struct Pen<'a> {
    fonts: &'a Fonts,
    content: Content,
    /// What text is drawn with, where that was said.
    ink: Option<Ink>,
    font: Option<(Ref, f32)>,
}

impl<'a> Pen<'a> {
    /// What a page says that has these marks.
    pub(super) fn page(fonts: &'a Fonts, marks: &[Mark]) -> Vec<u8> {
        let mut pen = Self { fonts, content: Content::new(), ink: None, font: None };
        marks.iter().for_each(|mark| pen.draw(mark));
        pen.content.finish().into_vec()
    }

    fn draw(&mut self, mark: &Mark) {
        match mark {
            Mark::Text { x, y, style, text } => self.draw_text(*x, *y, *style, text),
            Mark::Rule { from, to, thickness, ink } => {
                match light(*ink) {
                    [red, green, blue] if red != green => self.content.set_stroke_rgb(red, green, blue),
                    [light, ..] => self.content.set_stroke_gray(light),
                };
                self.content.set_line_width(exact(*thickness));
                self.content.move_to(exact(from.0), from_below(from.1)).line_to(exact(to.0), from_below(to.1)).stroke();
            }
            Mark::Fill { x, y, width, height } => {
                self.content.set_fill_gray(0.94);
                self.content.rect(exact(*x), from_below(y + height), exact(*width), exact(*height)).fill_nonzero();
                self.ink = None; // Text is filled too.
            }
        }
    }

    fn draw_text(&mut self, x: f32, y: f32, style: Style, text: &str) {
        if self.ink != Some(style.ink) {
            self.ink = Some(style.ink);
            match light(style.ink) {
                [red, green, blue] if red != green => self.content.set_fill_rgb(red, green, blue),
                [light, ..] => self.content.set_fill_gray(light),
            };
        }
        self.content.begin_text();
        self.content.next_line(exact(x), from_below(y));
        for (font, codes) in self.fonts.pieces(style.face, text) {
            if self.font != Some((font.id, style.size)) {
                self.font = Some((font.id, style.size));
                self.content.set_font(font.name(), exact(style.size));
            }
            self.content.show(Str(&codes)); // The next piece goes on where this one ends.
        }
        self.content.end_text();
    }
}

/// To the thousandth of a point, finer than any printer.
fn exact(length: f32) -> f32 {
    (length * 1_000.0).round() / 1_000.0
}

/// Pages are measured from below.
fn from_below(y: f32) -> f32 {
    exact(PAGE_HEIGHT - y)
}

/// How much red, green and blue.
const fn light(ink: Ink) -> [f32; 3] {
    match ink {
        Ink::Black => [0.0; 3],
        Ink::Grey => [0.4; 3],
        Ink::Pale => [0.7; 3],
        Ink::Red => [0.75, 0.1, 0.1],
    }
}
