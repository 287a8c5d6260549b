//! Sums of frames against sums of our own.

use std::fs::{self, File};
use std::path::PathBuf;

use super::{read_account_sums, read_fact_sums};
use crate::deliver::write_charges;
use crate::fold::write_facts;
use crate::money::Usd;
use crate::testing::*;
use crate::usage::Facts;

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let place = std::env::temp_dir().join(format!("seikyu-read-back-{name}-{}", std::process::id()));
        fs::create_dir_all(&place).unwrap();
        Self(place)
    }

    fn facts(&self, facts: &Facts) -> PathBuf {
        let path = self.0.join("facts.parquet");
        write_facts(facts, File::create(&path).unwrap()).unwrap();
        path
    }

    fn charges(&self, billed: &Billed) -> PathBuf {
        let path = self.0.join("charges.parquet");
        let Billed { facts, bill } = billed;
        let keys = write_facts(facts, std::io::sink()).unwrap();
        write_charges(facts, &keys, &bill.list, &bill.discounted.charges, File::create(&path).unwrap()).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // A left-over in the temporary folder harms nobody.
    }
}

fn world() -> World {
    World::new().price("M5", "0.124").plan(percent_plan("p", "7", &["AmazonEC2"])).account(A, "P-A", "p")
}

fn rows() -> [Row; 5] {
    [
        Row { quantity: "100", cost: "12.4", ..Row::default() },
        Row { quantity: "3", cost: "0.372", usage_type: "SpotUsage:m5.large", ..Row::default() },
        Row { line_type: "Tax", cost: "1.24", ..Row::default() },
        Row { operation: "EKSPod-EC2", cost: "99", ..Row::default() },
        Row { account: B, quantity: "10", cost: "0.000000000000000001", ..Row::default() },
    ]
}

#[test]
fn frames_sum_exactly_and_leave_split_cost_rows_out() {
    let (billed, folder) = (world().bill(&rows()), Folder::new("sums"));
    let sums = read_fact_sums(&folder.facts(&billed.facts)).unwrap();
    assert_eq!(sums.period, may());
    let of =
        |account: &str| sums.rows.iter().filter(|row| row.account_id == account).map(|row| row.amount).sum::<Usd>();
    assert_eq!((of(A), of(B)), (usd("14.012"), usd("0.000000000000000001"))); // 12.4 + 0.372 + 1.24.
    let accounts = read_account_sums(&folder.charges(&billed), &sums.rows).unwrap();
    let told: Vec<_> =
        accounts.iter().map(|sums| (sums.account_id.as_str(), sums.unblended, sums.list, sums.net)).collect();
    // List 12.4 + 0.372 of Spot; 7 % off: 12.772 - 0.89404. B has no plan: 10 x 0.124.
    let expected = [
        (A, usd("14.012"), usd("12.772"), usd("11.87796")),
        (B, usd("0.000000000000000001"), usd("1.24"), usd("1.24")),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_month_of_nothing_but_tax_has_no_charges() {
    let (billed, folder) = (world().bill(&[Row { line_type: "Tax", cost: "5", ..Row::default() }]), Folder::new("tax"));
    let sums = read_fact_sums(&folder.facts(&billed.facts)).unwrap();
    let accounts = read_account_sums(&folder.charges(&billed), &sums.rows).unwrap();
    assert_eq!(accounts.len(), 1);
    assert_eq!((accounts[0].unblended, accounts[0].net), (usd("5"), Usd::ZERO));
}

#[test]
fn sums_that_are_not_the_control_totals_or_could_wrap_are_refused() {
    let (billed, folder) = (world().bill(&rows()), Folder::new("refused"));
    let mut tampered = billed.facts.clone();
    tampered.totals.unblended += usd("0.01");
    let told = read_fact_sums(&folder.facts(&tampered)).unwrap_err().to_string();
    assert!(told.contains("but says") && told.contains("run the month again"), "{told}");

    let mut huge = billed.facts.clone();
    for fact in &mut huge.facts {
        fact.measures.unblended = Usd::from_units(i128::MAX / 4); // Five of them wrap around.
    }
    let told = read_fact_sums(&folder.facts(&huge)).unwrap_err().to_string();
    assert!(told.contains("too large"), "{told}");

    let path = folder.0.join("no.parquet");
    fs::write(&path, "no parquet").unwrap();
    assert!(read_fact_sums(&path).is_err());
    assert!(read_fact_sums(&folder.charges(&billed)).unwrap_err().to_string().contains("no facts file"));
}
