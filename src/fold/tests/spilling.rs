//! Sums that outgrow memory: the same bytes, and clear words where the disk fails.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Mutex;

use super::parquet_reports::parquet_of;
use super::*;

/// So many bytes of memory as make room for so many facts in the shared sum.
fn room_for(facts: u64) -> u64 {
    facts * 2 * 320
}

pub(super) fn nameless(folder: &TestFolder) -> impl Fn() -> io::Result<File> + Sync + use<> {
    let scratch = crate::deliver::ScratchFolder::in_folder(&folder.path().join("aside"));
    move || scratch.file()
}

fn fold_in(reports: &Path, bytes: u64, scratch: ScratchFiles<'_>) -> Result<FoldedMonth, FoldError> {
    let plan = find_reports(reports, "2025-05".parse().unwrap(), &[])?;
    let memory = Memory { bytes, scratch };
    fold_within(&plan, &Limits::default(), &memory, &PriceInstants::new(), &Silent)
}

pub(super) fn bytes_of(facts: &crate::usage::Facts) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_facts(facts, &mut bytes).unwrap();
    bytes
}

/// The bytes of a facts file that is written as the facts come.
pub(super) fn streamed(month: FoldedMonth) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FactsWriter::begin(month.facts.head(), &mut bytes).unwrap();
    month
        .facts
        .for_each_chunk::<FoldError>(|piece| {
            writer.write(piece).unwrap();
            Ok(())
        })
        .unwrap();
    writer.finish().unwrap();
    bytes
}

/// Rows of which each is a fact of its own.
fn hours(count: usize) -> Vec<TestRow> {
    let row = |place: usize| {
        let start = format!("2025-05-{:02}T{:02}:00:00Z", place / 24 % 31 + 1, place % 24);
        let row = TestRow::new().with(Column::LineItemType, "DiscountedUsage").with(Column::UsageStartDate, &start);
        row.with(Column::UsageAccountId, &format!("{:012}", place / 744 * 7 % 1_000))
            .with(Column::UnblendedCost, &format!("0.{place:09}"))
    };
    (0..count).map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_tiny_memory_changes_no_byte(
        rows in prop::collection::vec(any_row(), 1..60), cuts in (0..60_usize, 0..60_usize), threads in 1..4_usize,
        room in 1..8_u64,
    ) {
        let whole = bytes_of(&fold_rows(&rows).facts);
        let (one, two) = (cuts.0.min(rows.len()), cuts.1.min(rows.len()));
        let (first, last) = (one.min(two), one.max(two));
        let folder = TestFolder::new();
        folder.write("reports/a.csv.gz", gzip(csv(&rows[..first])));
        folder.write("reports/b.parquet", parquet_of(&rows[first..last], Vec::new()));
        folder.write("reports/c.csv", csv(&rows[last..]));
        let scratch = nameless(&folder);
        let fold = || fold_in(&folder.path().join("reports"), room_for(room), &scratch);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        // Files of the same rows are found as ever: that is compared in a test of its own.
        let Ok(month) = pool.install(fold) else {
            prop_assert!(pool.install(|| fold_folder(&folder.path().join("reports"), "2025-05", &[])).is_err());
            return Ok(());
        };
        prop_assert_eq!(&streamed(month), &whole);
        let facts = pool.install(fold).unwrap().facts.into_facts().unwrap();
        prop_assert_eq!(&bytes_of(&facts), &whole);
        prop_assert_eq!(std::fs::read_dir(folder.path().join("aside")).map_or(0, Iterator::count), 0);
    }
}

#[test]
fn more_facts_than_a_row_group_come_in_the_same_groups() {
    let folder = TestFolder::new();
    let rows = hours(70_000);
    folder.write("reports/a.csv", csv(&rows[..40_000]));
    folder.write("reports/b.csv", csv(&rows[40_000..]));
    let reports = folder.path().join("reports");
    let whole = fold_folder(&reports, "2025-05", &[]).unwrap().facts;
    assert_eq!(whole.facts.len(), 70_000);
    let scratch = nameless(&folder);
    assert!(streamed(fold_in(&reports, room_for(9_000), &scratch).unwrap()) == bytes_of(&whole));
}

#[test]
fn the_same_content_is_found_in_files_that_did_not_fit_into_memory() {
    let rows = hours(40);
    let turned: Vec<TestRow> = rows.iter().rev().cloned().collect();
    let folder = TestFolder::new();
    let reports = folder.path().join("reports");
    folder.write("reports/a.csv", csv(&rows)).write("reports/b.csv.gz", gzip(csv(&turned)));
    let scratch = nameless(&folder);
    let error = fold_in(&reports, room_for(3), &scratch).err().unwrap();
    assert!(error.to_string().contains("b.csv.gz: has the same content as a.csv"), "{error}");
    // Each key has the same sums, but one hour is another one.
    let mut other = turned;
    other[0] = other[0].clone().with(Column::UsageStartDate, "2025-05-31T23:00:00Z");
    folder.write("reports/b.csv.gz", gzip(csv(&other)));
    assert_eq!(fold_in(&reports, room_for(3), &scratch).unwrap().facts.into_facts().unwrap().totals.rows, 80);
}

#[test]
fn sums_too_large_are_refused_also_where_they_meet_on_disk() {
    let large = TestRow::new().with(Column::UsageAmount, "1e20");
    let folder = TestFolder::new();
    // So many rows between them that the first has gone to disk when the last comes.
    let rows = [vec![large.clone()], hours(70), vec![large]].concat();
    folder.write("reports/a.csv", csv(&rows));
    let scratch = nameless(&folder);
    let error = fold_in(&folder.path().join("reports"), room_for(1), &scratch).err().unwrap();
    assert!(matches!(error, FoldError::TooLarge), "{error}");
}

#[test]
fn a_disk_that_fails_is_the_machines_fault_and_told() {
    let folder = TestFolder::new();
    folder.write("reports/a.csv", csv(&hours(40)));
    let reports = folder.path().join("reports");
    let denied = || Err(io::ErrorKind::PermissionDenied.into());
    let full = || File::options().read(true).write(true).open("/dev/full");
    let mut cases: Vec<(ScratchFiles<'_>, &str)> = vec![(&denied, "permission denied")];
    if cfg!(target_os = "linux") {
        cases.push((&full, "No space left"));
    }
    for (scratch, expected) in cases {
        let error = fold_in(&reports, room_for(3), scratch).err().unwrap();
        assert!(error.is_machine_fault());
        let text = error.to_string();
        assert!(text.contains(expected) && text.contains("--memory") && text.contains("nothing was written"), "{text}");
    }
}

#[test]
fn what_comes_back_otherwise_than_it_was_put_aside_is_refused() {
    let folder = TestFolder::new();
    folder.write("reports/a.csv", csv(&hours(400)));
    let nameless = nameless(&folder);
    let files: Mutex<Vec<File>> = Mutex::new(Vec::new());
    let scratch = || {
        let file = nameless()?;
        files.lock().unwrap().push(file.try_clone()?);
        Ok(file)
    };
    let month = fold_in(&folder.path().join("reports"), room_for(100), &scratch).unwrap();
    let mut files = files.into_inner().unwrap();
    let file = files.last_mut().unwrap(); // The sorted runs, of which nothing but the beginnings was read.
    let length = file.seek(SeekFrom::End(0)).unwrap();
    assert!(length > 30_000, "{length} bytes may be in buffers already");
    let mut byte = [0];
    file.seek(SeekFrom::Start(length - 1)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(length - 9)).unwrap();
    file.write_all(&[byte[0] ^ 0x11]).unwrap();
    let error = month.facts.into_facts().unwrap_err();
    assert!(error.is_machine_fault(), "{error}");
}
