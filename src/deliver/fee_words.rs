//! How the amount of a fee came about, in one line below its name: `10 × 500円 + 5 × 450.5円`.

use super::labels;
use crate::invoice::{FeeCalculation, FeeRule, Language};

/// Bands times their prices or percentages; then the minimum, where that is charged. Nothing for a fixed fee.
pub(super) fn fee_words(language: Language, calculation: &FeeCalculation) -> String {
    let bands: Vec<String> = match &calculation.rule {
        FeeRule::Fixed => Vec::new(),
        FeeRule::PerUnit { bands, .. } => {
            let price = |price: String| language.pick((format!("{price}円"), format!("JPY {price}")));
            let words = bands.iter().map(|band| (plain(band.quantity), price(plain(band.unit_price))));
            words.map(|(quantity, price)| format!("{quantity} × {price}")).collect()
        }
        FeeRule::Percent { bands, .. } => {
            let words = bands.iter().map(|band| (labels::sum(language, band.base_jpy), labels::percent(band.percent)));
            words.map(|(base, percent)| format!("{base} × {percent}")).collect()
        }
    };
    let words = bands.join(" + ");
    match calculation.minimum_jpy.filter(|_| calculation.is_minimum) {
        None => words,
        Some(minimum) => {
            let minimum = labels::sum(language, minimum);
            words + &language.pick((format!("、最低額 {minimum}"), format!("; the minimum is {minimum}")))
        }
    }
}

/// `1,234.5`: without needless zeros, a comma between thousands.
fn plain(number: impl ToString) -> String {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    for (place, digit) in whole.char_indices() {
        let left = whole.len() - place;
        if left.is_multiple_of(3) && out.ends_with(|before: char| before.is_ascii_digit()) {
            out.push(',');
        }
        out.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { out } else { format!("{out}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoice::{FeeBand, UnitBand};
    use crate::money::{Percent, Quantity, Yen, YenPrice};
    use crate::terms::AwsAmount;

    #[test]
    fn a_fee_says_how_it_came_about() {
        let unit = |quantity: &str, price: &str| UnitBand {
            above: Quantity::ZERO,
            quantity: Quantity::parse(quantity).unwrap(),
            unit_price: YenPrice::parse(price).unwrap(),
        };
        let share = |base: i128, percent: &str| FeeBand {
            above_jpy: Yen::ZERO,
            base_jpy: Yen::new(base),
            percent: Percent::parse(percent).unwrap(),
        };
        let units = |bands: &[UnitBand]| FeeRule::PerUnit { quantity: Quantity::ZERO, bands: bands.to_vec() };
        let shares =
            |bands: &[FeeBand]| FeeRule::Percent { of: AwsAmount::Net, base_jpy: Yen::ZERO, bands: bands.to_vec() };
        #[rustfmt::skip] // A table reads best as a table.
        let cases = [
            (FeeRule::Fixed,                                       None,         "",                              ""),
            (units(&[unit("12", "1500")]),                         None,         "12 × 1,500円",                   "12 × JPY 1,500"),
            (units(&[unit("1234567.5", "-0.35")]),                 None,         "1,234,567.5 × -0.35円",          "1,234,567.5 × JPY -0.35"),
            (units(&[unit("10", "500"), unit("90", "450.5")]),     None,         "10 × 500円 + 90 × 450.5円",      "10 × JPY 500 + 90 × JPY 450.5"),
            (units(&[unit("100", "-1234")]),                       None,         "100 × -1,234円",                 "100 × JPY -1,234"),
            (shares(&[share(10_000, "10"), share(5_000, "3.5")]),  None,         "10,000円 × 10% + 5,000円 × 3.5%", "JPY 10,000 × 10% + JPY 5,000 × 3.5%"),
            (shares(&[share(0, "5")]),                             Some(10_000), "0円 × 5%、最低額 10,000円",       "JPY 0 × 5%; the minimum is JPY 10,000"),
        ];
        for (rule, minimum, japanese, english) in cases {
            let minimum_jpy = minimum.map(Yen::new);
            let calculation = FeeCalculation { rule, minimum_jpy, is_minimum: minimum_jpy.is_some() };
            assert_eq!(fee_words(Language::Japanese, &calculation), japanese);
            assert_eq!(fee_words(Language::English, &calculation), english);
        }
    }
}
