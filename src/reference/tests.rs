use std::path::Path;

use super::*;

fn month_2025_05() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/month_2025-05")
}

#[test]
fn the_example_month_is_read_whole() {
    let dir = month_2025_05();
    if !dir.exists() {
        assert!(std::env::var_os("SEIKYU_REQUIRE_SHARED").is_none(), "{} is missing", dir.display());
        println!("skipped: {} is not there", dir.display());
        return;
    }
    let workspace = read_workspace(&dir, "2025-05".parse().ok()).unwrap_or_else(|error| panic!("{error}"));
    println!("{:#?}", workspace);
}
