//! Tables that are shipped with the program and replaced file by file in a workspace.

use std::path::Path;
use std::sync::Arc;

use super::csv_table::read_csv;
use super::table::{Columns, Table};
use super::{Intake, ReferenceError};

/// A table: its place below the folder of rates, what the program ships, and its columns.
pub(super) struct ShippedTable {
    pub(super) folder: &'static str,
    pub(super) file: &'static str,
    pub(super) shipped: &'static str,
    pub(super) columns: Columns,
}

impl ShippedTable {
    /// The workspace's own file, else the shipped one; nothing where the own one cannot be read.
    pub(super) fn read(&self, intake: &mut Intake, rates: &Path) -> Result<Option<Table>, ReferenceError> {
        let faults_before = intake.faults.len();
        let path = rates.join(self.folder).join(self.file);
        let (file, text) = match intake.text(&path)? {
            None if intake.faults.len() > faults_before => return Ok(None),
            Some(found) => found,
            None => {
                intake.shipped(&path, self.shipped);
                (Arc::from(format!("shipped rates/{}/{}", self.folder, self.file)), self.shipped.to_owned())
            }
        };
        Ok(read_csv(&file, &text, &self.columns, &mut intake.faults))
    }
}
