use crate::deliver::csv_table::Table;
use crate::period::BillingPeriod;
use crate::reconcile::{Comparison, DifferenceCause, Way};

/// `reconcile.csv`: every account, service or invoice of either side; the columns of causes sum to the difference.
pub fn reconcile_table(period: BillingPeriod, comparison: &Comparison) -> Vec<u8> {
    let causes = DifferenceCause::ALL.map(|cause| format!("{}_usd", cause.name()));
    let mut columns = vec!["billing_period", "payer_id", "invoice_id", "account_id", "service", "seen"];
    columns.extend(["ours_usd", "theirs_usd", "difference_usd", "cause"]);
    columns.extend(causes.iter().map(String::as_str));
    columns.push("tolerance_usd");
    let mut table = Table::for_programs(&columns);
    for row in &comparison.rows {
        let mut cells = vec![
            period.to_string(),
            row.key.payer_id.clone(),
            row.key.invoice_id.clone(),
            row.key.account_id.clone(),
            row.key.service.clone(),
            row.seen.name().to_owned(),
            row.ours.to_string(),
            row.theirs.to_string(),
            row.difference().to_string(),
            row.causes.keys().map(|cause| cause.name()).collect::<Vec<_>>().join(";"),
        ];
        cells.extend(DifferenceCause::ALL.map(|cause| row.part(cause).to_string()));
        cells.push(row.tolerance.to_string());
        table.row(&cells);
    }
    table.finish()
}

/// `way.csv`: every project's steps from the console to the invoice; a level is the sum of what stands before it.
pub fn way_table(period: BillingPeriod, ways: &[Way]) -> Vec<u8> {
    let columns = ["billing_period", "project_id", "step", "kind", "item", "detail", "usd", "jpy"];
    let mut table = Table::for_programs(&columns);
    for way in ways {
        for (place, item) in way.items.iter().enumerate() {
            table.row(&[
                period.to_string(),
                way.project.project_id.clone(),
                (place + 1).to_string(),
                item.kind.name().to_owned(),
                item.name.to_owned(),
                item.detail.clone(),
                item.usd.map(|usd| usd.to_string()).unwrap_or_default(),
                item.jpy.to_string(),
            ]);
        }
    }
    table.finish()
}
