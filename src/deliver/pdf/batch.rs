//! Draws many documents at once: lays them out, cuts the faces down for all of them, saves each.

use rayon::prelude::*;

use super::cut::Faces;
use super::font::prepare_fonts;
use super::laid_out::LaidOut;
use super::save::save;
use crate::deliver::DeliverError;

/// How many documents share a cut: enough that cutting costs little beside saving.
pub const DRAWN_TOGETHER: usize = 64;
/// How many lines they have together, about: a page that is laid out but not saved takes some kilobytes for each.
const MOST_LINES: usize = 1_000;

/// The bytes of a document for each item, or why there are none; in the order of the items.
///
/// `lines` tells how much will be on the document of an item.
pub(super) fn draw_all<T: Sync>(
    items: &[T],
    lines: impl Fn(&T) -> usize,
    lay_out: impl Fn(&T) -> Result<LaidOut, DeliverError> + Sync,
) -> Vec<Result<Vec<u8>, DeliverError>> {
    if !items.is_empty() {
        prepare_fonts(); // Else the second face would wait for the first.
    }
    let groups = groups(items, lines).into_par_iter();
    groups.flat_map_iter(|group| draw_together(group.par_iter().map(&lay_out).collect())).collect()
}

/// Cuts a list where enough is together; an item with more lines than that is a group of its own, or ends one.
pub(super) fn groups<T>(items: &[T], lines: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let mut groups = Vec::new();
    let mut rest = items;
    while !rest.is_empty() {
        let mut sum = 0;
        let fits = |item: &&T| {
            let fits = sum < MOST_LINES;
            sum += lines(item);
            fits
        };
        let (group, later) = rest.split_at(rest.iter().take(DRAWN_TOGETHER).take_while(fits).count());
        groups.push(group);
        rest = later;
    }
    groups
}

/// Saves documents with faces cut for them; what could not be laid out stays an error in its place.
pub(super) fn draw_together(documents: Vec<Result<LaidOut, DeliverError>>) -> Vec<Result<Vec<u8>, DeliverError>> {
    let faces = Faces::cut_for(&documents.iter().flatten().collect::<Vec<_>>());
    documents.into_par_iter().map(|document| save(document?, &faces)).collect()
}
