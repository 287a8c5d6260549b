//! The folder of Savings Plan rates, and where each price of a list comes from.

use super::*;
use crate::terms::SavingsPlanKind;

const RATES: &str = "offering,payment_option,term,sku,rate,unit,effective_from,source\n";

fn write(folder: &Folder, name: &str, rows: &str) {
    folder.write(&format!("rates/savings_plans/{name}"), format!("{RATES}{rows}"));
}

#[test]
fn rates_are_put_together_from_all_files_and_versions() {
    let folder = Folder::sound();
    let row = "ComputeSavingsPlans,No Upfront,1yr,SKU1,0.0800,Hrs";
    write(&folder, "b.csv", &format!("{row},2024-05-01,b\n{row},2025-05-01T12:00:00Z,b\n"));
    write(&folder, "a.csv", "ComputeSavingsPlan,NoUpfront,1 yr,SKU1,0.08,Hrs,2024-05-01,a\n"); // The same once more.
    write(&folder, "c.csv", "EC2InstanceSavingsPlans,All Upfront,3yr,SKU1,0.05,Hrs,2024-05-01,c\n");
    folder.write("rates/savings_plans/README.md", "# Notes");
    let rates = folder.read().unwrap_or_else(|error| panic!("{error}")).reference.savings_plan_rates;
    let at = |day: i32| Instant::from_date(2025, 5, day);
    let found = |offering: &str, payment: &str, term: &str, day: i32| {
        let rate = rates.rate(&SavingsPlanKind::new(offering, payment, term), "SKU1", at(day)).unwrap();
        (rate.rate, rate.effective_from, rate.source.clone())
    };
    let price = |text: &str| UnitPrice::parse(text).unwrap();
    let first = Instant::from_date(2024, 5, 1);
    assert_eq!(found("ComputeSavingsPlans", "No Upfront", "1yr", 1), (price("0.08"), first, String::from("a")));
    assert_eq!(found("ComputeSavingsPlans", "No Upfront", "1yr", 2).2, "b");
    assert_eq!(found("EC2InstanceSavingsPlans", "All Upfront", "3yr", 1), (price("0.05"), first, String::from("c")));
}

#[test]
fn faults_of_rates_name_file_row_and_column() {
    #[rustfmt::skip]
    let cases = [
        ("Compute,No Upfront,1yr,SKU1,x,Hrs,2024-05-01,a\n",   "row 1 (line 2) | rate | \"x\""),
        ("Compute,No Upfront,1yr,SKU1,-1,Hrs,2024-05-01,a\n",  "row 1 (line 2) | rate | \"-1\""),
        ("Compute,No Upfront,1yr,SKU1,1,Hrs,1 May,a\n",        "row 1 (line 2) | effective_from | \"1 May\""),
        (",No Upfront,1yr,SKU1,1,Hrs,2024-05-01,a\n",          "row 1 (line 2) | offering | nothing"),
        ("Compute,No Upfront,1yr,SKU1,1,Hrs,2024-05-01,\n",    "row 1 (line 2) | source | nothing"),
        ("Compute,No Upfront,1yr,SKU1,1,Hrs,2024-05-01,a\nCompute,No Upfront,1yr,SKU1,2,Hrs,2024-05-01,a\n",
         "row 2 (line 3) | rate | 2.0 Hrs, which contradicts 1.0 Hrs in rates/savings_plans/a.csv, row 1 (line 2)"),
    ];
    for (rows, fault) in cases {
        let folder = Folder::sound();
        write(&folder, "a.csv", rows);
        assert_eq!(folder.faults(), [format!("rates/savings_plans/a.csv | {fault}")], "{rows}");
    }
    let folder = Folder::sound();
    folder.write("rates/savings_plans/rates.xlsx", "x");
    assert_eq!(
        folder.faults(),
        ["rates/savings_plans/rates.xlsx | the file |  | a file or folder that is no table of Savings Plan rates"]
    );
}

#[test]
fn every_range_says_which_row_it_comes_from() {
    let folder = Folder::sound();
    let rows = "S,10,Inf,0.4,GB,2025-01-01,,row two\nS,0,10,0.5,GB,2025-01-01,,row one\n\
                S,0,10,0.5,GB,2025-05-01,,later one\nS,10,Inf,0.4,GB,2025-05-01,,later two\n";
    folder.write("rates/list_prices/b.csv", format!("{PRICES}{rows}"));
    let list = folder.read().unwrap_or_else(|error| panic!("{error}")).reference.price_list;
    let versions = &list.versions["S"];
    assert_eq!(versions.len(), 1, "another source is no other price");
    assert_eq!(versions[0].unit, "GB");
    let ranges: Vec<(String, &str)> =
        versions[0].ranges().map(|(range, source)| (range.price.to_string(), source.as_ref())).collect();
    assert_eq!(ranges, [(String::from("0.5"), "row one"), (String::from("0.4"), "row two")]);
}
