//! Rows of a table: cells wrap, amounts stand right.

use super::block::{Align, Block, Room};
use super::font::{Ink, Style};
use crate::deliver::DeliverError;
use crate::deliver::labels::Phrase;
use crate::invoice::Language;

/// Blank on each side within a cell.
const PADDING: f32 = 4.0;
/// Blank above and below within a row.
const AIR: f32 = 2.5;

/// A column: its title, its width in points, where its text stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) title: Phrase,
    pub(super) width: f32,
    pub(super) align: Align,
}

impl Column {
    pub(super) const fn new(title: Phrase, width: f32, align: Align) -> Self {
        Self { title, width, align }
    }
}

/// The paragraphs of one cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    paragraphs: Vec<(String, Style)>,
}

impl Cell {
    pub(super) fn new(text: impl Into<String>, style: Style) -> Self {
        Self { paragraphs: vec![(text.into(), style)] }
    }

    /// With another paragraph below, unless it is empty.
    pub(super) fn with(mut self, text: impl Into<String>, style: Style) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.paragraphs.push((text, style));
        }
        self
    }
}

/// The columns of a table and where it begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    pub(super) x: f32,
    pub(super) columns: &'static [Column],
}

impl Table {
    pub(super) fn width(&self) -> f32 {
        self.columns.iter().map(|column| column.width).sum()
    }

    /// The titles, repeated on every page.
    pub(super) fn head(&self, language: Language) -> Result<Block, DeliverError> {
        let style = Style::bold(8.0);
        let cells: Vec<Cell> =
            self.columns.iter().map(|column| Cell::new(language.pick(column.title), style)).collect();
        let mut head = self.cells(&cells)?.shaded(self.x, self.width());
        head.add_rule(self.x, self.width(), 0.8, Ink::Black);
        Ok(head)
    }

    /// One row with a thin rule below.
    pub(super) fn row(&self, cells: &[Cell]) -> Result<Block, DeliverError> {
        let mut row = self.cells(cells)?;
        row.add_rule(self.x, self.width(), 0.4, Ink::Pale);
        Ok(row)
    }

    fn cells(&self, cells: &[Cell]) -> Result<Block, DeliverError> {
        let mut row = Block::default();
        let mut x = self.x;
        for (column, cell) in self.columns.iter().zip(cells) {
            let room = Room { x: x + PADDING, width: column.width - 2.0 * PADDING, align: column.align };
            let mut block = Block::space(AIR);
            for (text, style) in &cell.paragraphs {
                match column.align {
                    Align::Left => block.add_paragraph(text, *style, room)?,
                    Align::Centre | Align::Right => block.add_line(text.clone(), *style, room)?,
                }
            }
            block.height += AIR;
            row = row.beside(block);
            x += column.width;
        }
        Ok(row)
    }
}
