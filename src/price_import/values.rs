//! Numbers and dates as offer files write them.

use super::error::{Faults, Spot};
use crate::money::{MoneyError, parse_grid};
use crate::period::{Instant, parse_instant};
use crate::reference::quoted;

/// The cells of a price, as texts.
#[derive(Clone, Copy)]
pub(super) struct PriceTexts<'a> {
    pub(super) begin: &'a str,
    pub(super) end: &'a str,
    pub(super) price: &'a str,
    pub(super) effective: &'a str,
}

/// What they mean.
pub(super) struct PriceValues {
    pub(super) begin: i128,
    pub(super) end: Option<i128>,
    pub(super) price: i128,
    pub(super) effective_from: Instant,
    pub(super) is_from_spreadsheet: bool,
}

/// Reads the cells of a price; notes what is wrong under the names that the format has for them.
pub(super) fn price_values(
    texts: &PriceTexts<'_>,
    names: [&str; 4],
    place: (Spot, &str),
    faults: &mut Faults,
) -> Option<PriceValues> {
    let [begin_name, end_name, price_name, date_name] = names;
    let (spot, rate_code) = place;
    let mut fault = |name: &str, text: &str, accepted: &str, remedy: &str| {
        faults.push(spot, format!("{name} of rate {rate_code}"), quoted(text), accepted, remedy);
    };
    let mut number = |name: &str, text: &str, accepted: &str| match parse_grid(text) {
        Ok(units) if units >= 0 => Some(units),
        Ok(_) => {
            fault(name, text, accepted, "");
            None
        }
        Err(error) => {
            fault(name, text, accepted, &hint(&error));
            None
        }
    };
    let begin = number(begin_name, texts.begin, "a quantity, 0 or more");
    let end = match texts.end.eq_ignore_ascii_case("inf") {
        true => Some(None),
        false => number(end_name, texts.end, "a quantity, or Inf").map(Some),
    };
    let price = number(price_name, texts.price, "dollars for one unit, 0 or more");
    if let (Some(begin), Some(Some(end))) = (begin, end)
        && end <= begin
    {
        fault(end_name, texts.end, "a quantity above the begin of the range", "");
        return None;
    }
    let date = read_date(texts.effective);
    if date.is_none() {
        let accepted = "YYYY-MM-DD, YYYY-MM-DDTHH:MM:SSZ, or a date with slashes of which one reading alone is the first of a month";
        fault(
            date_name,
            texts.effective,
            accepted,
            "a spreadsheet may have rewritten it: download the offer file again",
        );
    }
    let (effective_from, is_from_spreadsheet) = date?;
    Some(PriceValues { begin: begin?, end: end?, price: price?, effective_from, is_from_spreadsheet })
}

fn hint(error: &MoneyError) -> String {
    match error {
        MoneyError::NotANumber { .. } => String::new(),
        MoneyError::TooFine { .. } | MoneyError::OutOfRange | MoneyError::NoShares => error.to_string(),
    }
}

/// A date or instant, and whether a spreadsheet has written it.
pub(super) fn read_date(text: &str) -> Option<(Instant, bool)> {
    if text.contains('/') {
        return read_slashes(text).map(|instant| (instant, true));
    }
    let midnight = format!("{text}T00:00:00Z");
    parse_instant(if text.len() == 10 { midnight.as_bytes() } else { text.as_bytes() }).map(|instant| (instant, false))
}

/// `01/05/2017` is 1 May or 5 January. Prices begin on the first of a month: where only one reading does, it is meant.
fn read_slashes(text: &str) -> Option<Instant> {
    let mut parts = text.split('/');
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_short = |part: &str| matches!(part.len(), 1 | 2);
    if parts.next().is_some() || year.len() != 4 || !is_short(first) || !is_short(second) {
        return None;
    }
    let reading = |day: &str, month: &str| {
        let is_first = day.trim_start_matches('0') == "1";
        let instant = parse_instant(format!("{year}-{month:0>2}-{day:0>2}T00:00:00Z").as_bytes())?;
        is_first.then_some(instant)
    };
    match (reading(first, second), reading(second, first)) {
        (Some(one), Some(other)) if one != other => None,
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_where_they_can_mean_one_thing() {
        #[rustfmt::skip]
        let cases = [
            ("2017-04-01",               Some(("2017-04-01T00:00:00Z", false))),
            ("2016-01-01T00:00:00Z",     Some(("2016-01-01T00:00:00Z", false))),
            ("2025-05-15T12:00:00.000Z", Some(("2025-05-15T12:00:00Z", false))),
            ("01/05/2017",               Some(("2017-05-01T00:00:00Z", true))),
            ("1/5/2017",                 Some(("2017-05-01T00:00:00Z", true))),
            ("05/01/2017",               Some(("2017-05-01T00:00:00Z", true))), // Never 5 January.
            ("13/01/2017",               None), // 13 January, or nothing.
            ("01/13/2017",               None), // Month 13 does not exist, and the 13th is no first.
            ("01/01/2017",               Some(("2017-01-01T00:00:00Z", true))),
            ("30/04/2015",               None),
            ("01/05/17",                 None),
            ("01/05/2017/1",             None),
            ("2017/05/01",               None),
            ("2017-02-30",               None),
            ("2017-04-01T00:00:00",      None),
            ("2017-04-01T00:00:00+00:00",None),
            ("42826",                    None), // A spreadsheet's number of days.
            ("",                         None),
        ];
        for (text, expected) in cases {
            let found = read_date(text).map(|(instant, is_edited)| (instant.to_string(), is_edited));
            let found = found.as_ref().map(|(instant, is_edited)| (instant.as_str(), *is_edited));
            assert_eq!(found, expected, "{text}");
        }
    }
}
