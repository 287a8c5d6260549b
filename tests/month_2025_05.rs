//! The shared month of made-up data: every expected figure, digit by digit.

use std::path::Path;

use seikyu::deliver::month_tables;
use seikyu::fold::fold_reports;
use seikyu::ingest::{Limits, Silent, find_reports};
use seikyu::pipeline::bill;
use seikyu::reference::read_workspace;

#[test]
fn scratch() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/month_2025-05");
    let period = "2025-05".parse().unwrap();
    let workspace = read_workspace(&dir, Some(period)).unwrap();
    let plan = find_reports(&workspace.settings.reports_dir, period, &workspace.settings.adjustments, Limits::default()).unwrap();
    let instants = workspace.reference.price_list.price_instants(period);
    println!("{instants:?}");
    let folded = fold_reports(&plan, &instants, &Silent).unwrap();
    println!("{} facts", folded.facts.facts.len());
    let bill = bill(&folded.facts, &workspace.reference).unwrap();
    for h in &bill.holds { println!("{h:?}"); }
    println!("{:?}", bill.list.notes);
    std::fs::create_dir_all("/tmp/m").unwrap();
    for (name, bytes) in month_tables(&folded.facts, &bill) {
        std::fs::write(format!("/tmp/m/{name}"), bytes).unwrap();
    }
}
