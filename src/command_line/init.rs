use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The files of a new workspace: two customers, three accounts, one month of made-up usage.
const FILES: [(&str, &str); 20] = [
    ("README.md", include_str!("init_template/README.md")),
    ("seikyu.toml", include_str!("init_template/seikyu.toml")),
    ("accounts.csv", include_str!("init_template/accounts.csv")),
    ("projects.csv", include_str!("init_template/projects.csv")),
    ("fees.csv", include_str!("init_template/fees.csv")),
    ("credits.csv", include_str!("init_template/credits.csv")),
    ("tax_treatments.example.csv", include_str!("init_template/tax_treatments.example.csv")),
    ("plans/card-v2.toml", include_str!("../../plans/card-v2.toml")),
    ("plans/ec2-cdn.toml", include_str!("../../plans/ec2-cdn.toml")),
    ("plans/flat-5-old.toml", include_str!("../../plans/flat-5-old.toml")),
    ("plans/flat-v2.toml", include_str!("../../plans/flat-v2.toml")),
    ("plans/org-3-old.toml", include_str!("../../plans/org-3-old.toml")),
    ("plans/org-v2.toml", include_str!("../../plans/org-v2.toml")),
    ("plans/voucher-v2.toml", include_str!("../../plans/voucher-v2.toml")),
    ("rates/fx/usd_jpy_tts.csv", include_str!("../../rates/fx/usd_jpy_tts.csv")),
    ("rates/tax/consumption_tax.csv", include_str!("../../rates/tax/consumption_tax.csv")),
    ("rates/list_prices/README.md", include_str!("../../rates/list_prices/README.md")),
    ("rates/list_prices/sample.csv", include_str!("init_template/list_prices.csv")),
    ("reports/sample-2025-05.csv", include_str!("init_template/reports/sample-2025-05.csv")),
    (".gitignore", "/output/\n"),
];

/// Why no workspace was made.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is something already.
    #[error("{}: found files or a file of this name; accepted: a new or empty folder; choose another", dir.display())]
    NotEmpty {
        /// The folder asked for.
        dir: PathBuf,
    },
    /// The disk refused.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl InitError {
    /// Whether the machine is at fault and not the request.
    pub fn is_machine_fault(&self) -> bool {
        match self {
            Self::NotEmpty { .. } => false,
            Self::Write { .. } => true,
        }
    }
}

/// Writes a workspace that runs at once into a new or empty folder; returns the files written.
pub fn init_workspace(dir: &Path) -> Result<Vec<PathBuf>, InitError> {
    if !is_new_or_empty(dir)? {
        return Err(InitError::NotEmpty { dir: dir.to_owned() });
    }
    let mut written = Vec::new();
    for (name, text) in FILES {
        let path = dir.join(name);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder).map_err(|source| InitError::Write { path: folder.to_owned(), source })?;
        fs::write(&path, text).map_err(|source| InitError::Write { path: path.clone(), source })?;
        written.push(path);
    }
    Ok(written)
}

fn is_new_or_empty(dir: &Path) -> Result<bool, InitError> {
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Ok(false),
        Err(source) => Err(InitError::Write { path: dir.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::read_workspace;

    #[test]
    fn a_new_workspace_is_sound_and_is_never_written_over() {
        let dir = std::env::temp_dir().join(format!("seikyu-init-{}", std::process::id()));
        let written = init_workspace(&dir).unwrap();
        assert_eq!(written.len(), FILES.len());
        let workspace = read_workspace(&dir, "2025-05".parse().ok());
        let again = init_workspace(&dir);
        let on_file = init_workspace(&dir.join("README.md"));
        let inside = init_workspace(&dir.join("new/folder"));
        fs::remove_dir_all(&dir).unwrap();

        let workspace = workspace.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((workspace.reference.accounts.len(), workspace.reference.plans.len()), (4, 7));
        assert!(matches!(again, Err(InitError::NotEmpty { .. })));
        assert!(matches!(on_file, Err(InitError::NotEmpty { .. })));
        assert!(inside.is_ok());
    }

    #[test]
    fn every_key_of_the_settings_is_shown() {
        let text = include_str!("init_template/seikyu.toml");
        for key in [
            "name",
            "registration_number",
            "registered_from",
            "postal_code",
            "address",
            "phone",
            "email",
            "bank_name",
            "branch_name",
            "account_type",
            "account_number",
            "account_holder",
            "reports",
            "rates",
            "plans",
            "output",
            "ledger",
            "adjustments",
            "max_unpacked_bytes",
            "max_unpack_ratio",
            "max_memory_bytes",
            "mode",
            "tax_rounding",
        ] {
            let shown = text.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{key} = ")));
            assert!(shown, "{key}");
        }
    }
}
