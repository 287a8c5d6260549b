//! `rates/console/services.csv`: what AWS's console calls products.

use std::path::Path;

use super::row_lists::read_pattern;
use super::shipped_table::ShippedTable;
use super::table::{Columns, Row};
use super::{Fault, Intake, ReferenceError};
use crate::terms::{ConsoleService, ConsoleServices};

const SERVICES: ShippedTable = ShippedTable {
    folder: "console",
    file: "services.csv",
    shipped: include_str!("../../rates/console/services.csv"),
    columns: Columns { needed: &["product_code", "usage_type_pattern", "service", "names", "source"], optional: &[] },
};

/// Reads the workspace's names, or the shipped ones where there is no such file.
pub(super) fn read_console_services(intake: &mut Intake, rates: &Path) -> Result<ConsoleServices, ReferenceError> {
    let Some(table) = SERVICES.read(intake, rates)? else { return Ok(ConsoleServices::default()) };
    let rows = table.read_rows(&mut intake.faults, read_service);
    Ok(ConsoleServices { rows: rows.into_iter().map(|row| row.value).collect() })
}

fn read_service(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<ConsoleService> {
    let product_code = row.key("product_code", faults);
    let usage_type = read_pattern(row, "usage_type_pattern", row.cell("usage_type_pattern"), faults);
    let service = row.key("service", faults);
    row.needed_text("source", faults)?;
    let names = row.cell("names").split(';').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let names = names.collect();
    Some(ConsoleService { product_code: product_code?, usage_type: usage_type?, service: service?, names })
}

/// What the program ships, for tests.
#[cfg(test)]
pub(crate) fn shipped_console_services() -> ConsoleServices {
    let nowhere = Path::new("no such folder");
    read_console_services(&mut Intake::new(nowhere), nowhere).expect("the shipped table can be read")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::shipped_console_services;

    #[test]
    fn a_name_stands_for_one_service_and_a_code_for_one_at_a_time() {
        let table = shipped_console_services();
        for row in &table.rows {
            for name in row.names.iter().chain([&row.service]) {
                assert_eq!(table.service_named(name), Some(row.service.as_str()), "{name}");
            }
        }
        let codes: Vec<&str> = table.rows.iter().map(|row| row.product_code.as_str()).collect();
        let distinct: BTreeSet<&str> = codes.iter().copied().collect();
        assert_eq!(codes.len(), distinct.len() + 1, "only EC2 is divided");
    }

    #[test]
    fn ec2_is_divided_by_usage_type() {
        #[rustfmt::skip] // A table reads best as a table.
        let cases = [
            ("APN1-BoxUsage:m5.large",      "Amazon Elastic Compute Cloud - Compute"),
            ("APN1-HeavyUsage:m5.large",    "Amazon Elastic Compute Cloud - Compute"),
            ("APN1-SpotUsage:c5.large",     "Amazon Elastic Compute Cloud - Compute"),
            ("APN1-EBS:VolumeUsage.gp3",    "EC2 - Other"),
            ("APN1-NatGateway-Hours",       "EC2 - Other"),
            ("APN1-DataTransfer-Out-Bytes", "EC2 - Other"),
            ("",                            "EC2 - Other"),
        ];
        for (usage_type, service) in cases {
            assert_eq!(shipped_console_services().service_of("AmazonEC2", usage_type), Some(service), "{usage_type}");
        }
    }
}
