//! A piece of a page: marks with their places from its own upper left corner.

use super::font::{Ink, Style};
use super::wrap::wrap;
use crate::deliver::DeliverError;

/// Where text stands in its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// Something drawn. Places are in points, `y` from the top down.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// Text from `x` on, its baseline at `y`.
    Text { x: f32, y: f32, style: Style, text: String },
    /// A line from one point to another.
    Rule { from: (f32, f32), to: (f32, f32), thickness: f32, ink: Ink },
    /// A filled rectangle, in light grey.
    Fill { x: f32, y: f32, width: f32, height: f32 },
}

/// Room for text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) x: f32,
    pub(super) width: f32,
    pub(super) align: Align,
}

/// Marks, and the height they take.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Block {
    pub(super) height: f32,
    pub(super) marks: Vec<Mark>,
}

impl Block {
    /// Nothing, so high.
    pub(super) const fn space(height: f32) -> Self {
        Self { height, marks: Vec::new() }
    }

    /// One paragraph, wrapped.
    pub(super) fn paragraph(text: &str, style: Style, room: Room) -> Result<Self, DeliverError> {
        let mut block = Self::default();
        block.add_paragraph(text, style, room)?;
        Ok(block)
    }

    /// Puts a wrapped paragraph below what is there.
    pub(super) fn add_paragraph(&mut self, text: &str, style: Style, room: Room) -> Result<(), DeliverError> {
        for line in wrap(text, style, room.width)? {
            self.add_line(line, style, room)?;
        }
        Ok(())
    }

    /// Puts one line below what is there; set smaller where it is too wide.
    pub(super) fn add_line(&mut self, text: String, style: Style, room: Room) -> Result<(), DeliverError> {
        let mut style = style;
        let leading = style.leading();
        let mut wide = style.width(text.trim_end_matches(' '))?;
        if wide > room.width {
            style.size *= room.width / wide;
            wide = room.width;
        }
        let x = match room.align {
            Align::Left => room.x,
            Align::Centre => room.x + (room.width - wide) / 2.0,
            Align::Right => room.x + room.width - wide,
        };
        // Kanji fill the em from 0.12 below the baseline to 0.88 above: their middle is 0.38 above it.
        let y = self.height + leading / 2.0 + style.size * 0.38;
        if !text.is_empty() {
            self.marks.push(Mark::Text { x, y, style, text });
        }
        self.height += leading;
        Ok(())
    }

    /// A rule across at the present height.
    pub(super) fn add_rule(&mut self, x: f32, width: f32, thickness: f32, ink: Ink) {
        let y = self.height;
        self.marks.push(Mark::Rule { from: (x, y), to: (x + width, y), thickness, ink });
    }

    /// Puts another block below.
    pub(super) fn stack(mut self, below: Self) -> Self {
        let top = self.height;
        self.marks.extend(below.marks.into_iter().map(|mark| mark.moved(0.0, top)));
        self.height += below.height;
        self
    }

    /// Puts another block on the same place; the higher one counts.
    pub(super) fn beside(mut self, other: Self) -> Self {
        self.marks.extend(other.marks);
        self.height = self.height.max(other.height);
        self
    }

    /// Cuts a block that is higher than a page: what fits into `room`, and the rest.
    ///
    /// Lines of text stay whole: the rest begins with a little air, where a line may reach into.
    pub(super) fn split(self, room: f32) -> (Self, Self) {
        const REACH: f32 = 12.0;
        let cut = room - REACH;
        let (upper, lower): (Vec<_>, Vec<_>) = self.marks.into_iter().partition(|mark| mark.top() <= cut);
        let lower = lower.into_iter().map(|mark| mark.moved(0.0, REACH - cut)).collect();
        (Self { height: room, marks: upper }, Self { height: self.height - cut + REACH, marks: lower })
    }

    /// Puts light grey behind all of it.
    pub(super) fn shaded(mut self, x: f32, width: f32) -> Self {
        self.marks.insert(0, Mark::Fill { x, y: 0.0, width, height: self.height });
        self
    }
}

impl Mark {
    /// Where it begins; text is told by its baseline.
    fn top(&self) -> f32 {
        match self {
            Self::Text { y, .. } | Self::Fill { y, .. } => *y,
            Self::Rule { from, .. } => from.1,
        }
    }

    /// The same mark elsewhere.
    pub(super) fn moved(self, dx: f32, dy: f32) -> Self {
        match self {
            Self::Text { x, y, style, text } => Self::Text { x: x + dx, y: y + dy, style, text },
            Self::Rule { from, to, thickness, ink } => {
                Self::Rule { from: (from.0 + dx, from.1 + dy), to: (to.0 + dx, to.1 + dy), thickness, ink }
            }
            Self::Fill { x, y, width, height } => Self::Fill { x: x + dx, y: y + dy, width, height },
        }
    }
}
