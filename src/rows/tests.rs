use std::fs::File;
use std::io;

use super::*;
use crate::fold::fold_reports;
use crate::ingest::test_support::{TestFolder, TestRow, csv};
use crate::ingest::{Column, Limits, Silent, find_reports};
use crate::money::Quantity;
use crate::pipeline::{Bill, bill};
use crate::testing::World;
use crate::usage::{Facts, PriceInstants};

const ACCOUNT: &str = "000000000104";
const SKU: &str = "FKYYTRYVU2GJMJEE";

/// What is proved, the rows, and their lines.
type Case<'a> = (&'a str, Vec<TestRow>, &'a [[&'a str; 4]]);

/// Reports in a folder, their facts, and what these cost.
struct Priced {
    folder: TestFolder,
    world: World,
    facts: Facts,
    bill: Bill,
}

fn priced(rows: &[TestRow]) -> Priced {
    let folder = TestFolder::new();
    folder.write("r.csv", csv(rows));
    let world =
        World::new().account(ACCOUNT, "P-A", "none").ladder(SKU, "2025-01-01", &[("1", "0.1"), ("Inf", "0.05")]);
    let plan = find_reports(folder.path(), "2025-05".parse().unwrap(), &[]).unwrap();
    let facts = fold_reports(&plan, &Limits::default(), &PriceInstants::new(), &Silent).unwrap().facts;
    let bill = bill(&facts, &world.0).unwrap();
    Priced { folder, world, facts, bill }
}

impl Priced {
    fn plan(&self) -> DetailPlan<'_> {
        let Bill { list, discounted, .. } = &self.bill;
        DetailPlan::of(&self.facts, &self.world.0, list, discounted, vec![String::from("P-A")])
    }

    /// Description, quantity, rate and cost of each line.
    fn lines(&self, limit: usize) -> Vec<[String; 4]> {
        let reports = find_reports(self.folder.path(), "2025-05".parse().unwrap(), &[]).unwrap();
        let plan = self.plan();
        let scratch = || self.aside();
        let new_taker = || DetailTaker::new(&plan, &scratch, limit);
        let takers = scan_rows(&reports, &Limits::default(), &self.facts, &Silent, new_taker).unwrap();
        let mut lines = DetailLines::of(&plan, takers).unwrap();
        let text = |amount: Option<String>| amount.unwrap_or_default();
        let mut found = Vec::new();
        while let Some(line) = lines.next_of(0).unwrap() {
            let (quantity, rate) = (line.quantity.map(|it| it.to_string()), line.rate.map(|it| it.to_string()));
            found.push([line.description, text(quantity), text(rate), line.cost.to_string()]);
        }
        found
    }

    fn aside(&self) -> io::Result<File> {
        let path = self.folder.path().join("aside");
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(file)
    }
}

fn row(description: &str, quantity: &str, cost: &str) -> TestRow {
    TestRow::new()
        .with(Column::LineItemDescription, description)
        .with(Column::UsageAmount, quantity)
        .with(Column::UnblendedCost, cost)
}

#[test]
fn rows_come_to_their_share_of_the_fact() {
    let other = |line_type: &str, description: &str, quantity: &str, cost: &str| {
        row(description, quantity, cost).with(Column::LineItemType, line_type)
    };
    let spot = |quantity: &str, cost: &str| row("spot", quantity, cost).with(Column::UsageType, "SpotUsage:m5.large");
    let unlisted = |quantity: &str, public: &str| {
        row("unlisted", quantity, "0.3").with(Column::Sku, "UNLISTED").with(Column::PublicOnDemandCost, public)
    };
    #[rustfmt::skip] // A table reads best as a table.
    let cases: [Case<'_>; 7] = [
        ("by quantity: 1 x 0.1 + 2 x 0.05 = 0.2 over 3; what is left is a line of its own",
            vec![row("a", "1", "0.05"), row("b", "2", "0.1")],
            &[["a", "1.0", "0.066666666666666667", "0.066666666666666667"],
              ["b", "2.0", "0.066666666666666667", "0.133333333333333333"]]),
        ("three thirds of 0.2 are 10^-18 too much",
            vec![row("a", "1", "0.05"), row("b", "1", "0.05"), row("c", "1", "0.05")],
            &[["a", "1.0", "0.066666666666666667", "0.066666666666666667"],
              ["b", "1.0", "0.066666666666666667", "0.066666666666666667"],
              ["c", "1.0", "0.066666666666666667", "0.066666666666666667"],
              ["rounding", "", "", "-0.000000000000000001"]]),
        ("a correction takes its share back",
            vec![row("a", "3", "0.15"), row("b", "-1", "-0.05")],
            &[["a", "3.0", "0.075", "0.225"], ["b", "-1.0", "0.075", "-0.075"]]),
        ("quantities that leave nothing are charged as billed: each row at its own cost",
            vec![row("a", "1", "0.05"), row("b", "-1", "-0.04")],
            &[["a", "1.0", "0.05", "0.05"], ["b", "-1.0", "0.04", "-0.04"]]),
        ("passed on: each row at its own cost, whatever its quantity",
            vec![spot("1", "0.02"), spot("1", "0.03")],
            &[["spot", "1.0", "0.02", "0.02"], ["spot", "1.0", "0.03", "0.03"]]),
        ("in no list: each row at its public on-demand cost",
            vec![unlisted("1", "0.4"), unlisted("1", "0.7")],
            &[["unlisted", "1.0", "0.4", "0.4"], ["unlisted", "1.0", "0.7", "0.7"]]),
        ("without quantity there is no rate; what is removed has no line",
            vec![other("Fee", "domain", "", "14"), other("Tax", "tax", "1", "5"), other("Credit", "credit", "", "-3")],
            &[["domain", "0.0", "", "14.0"]]),
    ];
    for (name, rows, expected) in cases {
        let priced = priced(&rows);
        assert_eq!(priced.lines(SORT_BYTES), expected, "{name}");
        assert_eq!(priced.lines(1), expected, "put aside row by row: {name}");
    }
}

#[test]
fn many_runs_are_merged_to_the_order_of_one() {
    let rows: Vec<TestRow> = (0..199).map(|place| row(&format!("row {}", (place * 77) % 199), "1", "0.05")).collect();
    let priced = priced(&rows);
    let (one, many) = (priced.lines(SORT_BYTES), priced.lines(300));
    assert_eq!(one, many);
    let mut names: Vec<&str> = one.iter().map(|line| line[0].as_str()).collect();
    assert_eq!(names.pop(), Some("rounding")); // 0.1 + 198 x 0.05 = 10 is no whole number of 199 x 10^-18.
    assert!(names.is_sorted() && names.len() == 199);
}

#[test]
fn rows_tell_where_they_stand() {
    let rows = [row("first", "1", "0.05"), row("two\nlines", "1", "0.05"), row("third", "2", "0.1")];
    let priced = priced(&rows);
    let reports = find_reports(priced.folder.path(), "2025-05".parse().unwrap(), &[]).unwrap();
    let wanted = (0..priced.facts.facts.len()).collect();
    let new_taker = || PlaceTaker::new(&wanted);
    let places =
        PlaceTaker::places(scan_rows(&reports, &Limits::default(), &priced.facts, &Silent, new_taker).unwrap());
    let found: Vec<(&str, u64, Option<u64>, Quantity)> =
        places.iter().map(|place| (place.file.as_str(), place.row, place.line, place.quantity)).collect();
    let one = Quantity::parse("1").unwrap();
    // The header is line 1; the second row takes the lines 3 and 4.
    assert_eq!(found, [("r.csv", 1, Some(2), one), ("r.csv", 2, Some(3), one), ("r.csv", 3, Some(5), one + one)]);
}
