//! Free offers from the files of several regions, and of several publications.

use super::*;

fn workspace(rows: &[(&str, &str)]) -> Workspace {
    let folder = Folder::sound();
    for (name, rows) in rows {
        folder.write(&format!("rates/list_prices/{name}.csv"), format!("{PRICES}{rows}"));
    }
    folder.read().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_files_of_two_regions_share_one_allowance() {
    let tokyo = "O,0,100,0,GB,2025-05-01,T1;T2,tokyo\n";
    let virginia = "O,0,100,0,GB,2025-05-01,T2;V,virginia\n";
    let offers = workspace(&[("tokyo", tokyo), ("virginia", virginia)]).reference.price_list.free_offers;
    assert_eq!(offers["O"].len(), 1);
    assert_eq!(offers["O"][0].applies_to, ["T1", "T2", "V"]);
}

#[test]
fn a_later_version_that_forgets_a_sku_is_told() {
    let lost = |rows: &[(&str, &str)]| -> Vec<String> {
        workspace(rows).warnings.into_iter().filter(|warning| warning.contains("no longer names")).collect()
    };
    let tokyo = ("tokyo", "O,0,100,0,GB,2025-04-01,T1;T2,tokyo\n");
    let virginia = ("virginia", "O,0,100,0,GB,2025-05-01,V,virginia\n");
    assert_eq!(
        lost(&[tokyo, virginia]),
        [
            "list prices: free offer O from 2025-05-01T00:00:00Z no longer names 2 SKUs that it named before, such as T1; \
          import the offer files of all regions of that publication, if they still share it"
        ]
    );
    // With the file of the other region too, nothing is lost; and what begins after the month is not yet a loss.
    assert!(lost(&[tokyo, virginia, ("tokyo-may", "O,0,100,0,GB,2025-05-01,T1;T2,tokyo\n")]).is_empty());
    assert!(lost(&[tokyo, ("virginia", "O,0,100,0,GB,2025-06-01,V,virginia\n")]).is_empty());
}
