//! Breaks text into lines by the widths of its glyphs.

use super::font::Style;
use crate::deliver::DeliverError;

/// What a line must not begin with.
const NOT_FIRST: &str = "、。・,.:;?!)]}〉》」』】〕〟’”ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%円\
                         \u{FF01}\u{FF09}\u{FF0C}\u{FF0E}\u{FF1A}\u{FF1B}\u{FF1F}\u{FF3D}\u{FF5D}"; // Full width.
/// What a line must not end with.
const NOT_LAST: &str = "([{〈《「『【〔〝‘“¥$\u{FF08}\u{FF3B}\u{FF5B}";

/// The lines of `text` at most `limit` points wide; joined again they are the text.
///
/// Breaks between Japanese characters and after blanks; a word breaks only where a whole line is too
/// short for it.
pub(super) fn wrap(text: &str, style: Style, limit: f32) -> Result<Vec<String>, DeliverError> {
    if style.width(text)? <= limit {
        return Ok(vec![text.to_owned()]); // The usual case; and all of the text is checked here.
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0.0;
    for piece in pieces(text) {
        let wide = style.width(piece)?;
        let visible = style.width(piece.trim_end_matches(' '))?; // A blank may hang over the edge.
        if used + visible > limit && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
        if visible <= limit {
            line.push_str(piece);
            used += wide;
            continue;
        }
        for character in piece.chars() {
            let wide = style.face.advance(character, text)? * style.size;
            if used + wide > limit && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(character);
            used += wide;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    Ok(lines)
}

/// Cuts text where a line may end.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((_, this)) = characters.next() {
        let Some(&(place, next)) = characters.peek() else { break };
        if may_break(this, next) {
            pieces.push(&text[start..place]);
            start = place;
        }
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

fn may_break(this: char, next: char) -> bool {
    let is_word = |character: char| character.is_ascii() && character != ' ';
    if NOT_FIRST.contains(next) || NOT_LAST.contains(this) || next == ' ' {
        return false;
    }
    !(is_word(this) && is_word(next))
}
