//! Puts blocks on A4 pages, one below the other.

use super::block::{Block, Mark};

/// A4, in points.
pub(super) const PAGE_WIDTH: f32 = 595.28;
pub(super) const PAGE_HEIGHT: f32 = 841.89;
/// Left and right.
pub(super) const MARGIN: f32 = 48.0;
/// Between the margins.
pub(super) const CONTENT_WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;
const TOP: f32 = 58.0;
/// What must be left for the beginning of something higher than a page.
const LEAST: f32 = 60.0;
const BOTTOM: f32 = PAGE_HEIGHT - 44.0;

/// Pages as they fill.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) pages: Vec<Vec<Mark>>,
    y: f32,
}

impl Flow {
    /// One empty page.
    pub(super) fn new() -> Self {
        Self { pages: vec![Vec::new()], y: TOP }
    }

    /// What is left of the page.
    pub(super) fn room(&self) -> f32 {
        BOTTOM - self.y
    }

    /// Goes to a new page, unless this one is still empty.
    pub(super) fn new_page(&mut self) {
        if self.y > TOP {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    /// Places a block; on a new page where it does not fit, on several where it is higher than a page.
    pub(super) fn place(&mut self, block: Block) {
        if block.height > self.room() && (block.height <= BOTTOM - TOP || self.room() < LEAST) {
            self.new_page();
        }
        let mut block = block;
        while block.height > self.room() {
            let (upper, lower) = block.split(self.room());
            self.put(upper);
            self.new_page();
            block = lower;
        }
        self.put(block);
    }

    fn put(&mut self, block: Block) {
        let top = self.y;
        self.y += block.height;
        if let Some(page) = self.pages.last_mut() {
            page.extend(block.marks.into_iter().map(|mark| mark.moved(0.0, top)));
        }
    }

    /// Places rows below a head that is repeated on every page; the first row stays with title and head.
    pub(super) fn table(&mut self, title: Block, head: &Block, rows: Vec<Block>) {
        let mut above = title.stack(head.clone());
        for row in rows {
            let fits_a_page = head.height + row.height <= BOTTOM - TOP;
            if above.height + row.height > self.room() && (fits_a_page || self.room() < above.height + LEAST) {
                self.new_page();
                if above.height == 0.0 {
                    above = head.clone();
                }
            }
            self.place(std::mem::take(&mut above));
            self.place(row);
        }
    }
}
