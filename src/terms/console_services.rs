use regex::Regex;

/// What AWS's console calls a product: one row of `rates/console/services.csv`.
#[derive(Clone, Debug)]
pub struct ConsoleService {
    /// `lineItem/ProductCode`.
    pub product_code: String,
    /// Pattern searched in the usage type; matches all where empty.
    pub usage_type: Regex,
    /// The name of the service.
    pub service: String,
    /// Other names that consoles and exports print.
    pub names: Vec<String>,
}

/// Names of services: the first row that fits counts.
#[derive(Clone, Debug, Default)]
pub struct ConsoleServices {
    /// In order of the file.
    pub rows: Vec<ConsoleService>,
}

impl ConsoleServices {
    /// The service of a product's usage; absent where the table does not know the product.
    pub fn service_of(&self, product_code: &str, usage_type: &str) -> Option<&str> {
        let fits = |row: &&ConsoleService| row.product_code == product_code && row.usage_type.is_match(usage_type);
        self.rows.iter().find(fits).map(|row| row.service.as_str())
    }

    /// The service that a printed name stands for, whatever its case and blanks.
    pub fn service_named(&self, printed: &str) -> Option<&str> {
        let printed = plain(printed);
        let is_named = |row: &&ConsoleService| {
            plain(&row.service) == printed || row.names.iter().any(|name| plain(name) == printed)
        };
        self.rows.iter().find(is_named).map(|row| row.service.as_str())
    }

    /// Whether a text is a product code of the table.
    pub fn has_code(&self, text: &str) -> bool {
        self.rows.iter().any(|row| row.product_code == text)
    }
}

/// Names are compared without case, and with one blank for any run of them.
fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
