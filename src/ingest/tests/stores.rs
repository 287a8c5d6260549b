//! Files that lie in a store: the same rows as from the disk, or what the store said.

use std::fmt;
use std::io::{self, Cursor, Read, Write};
use std::sync::{Arc, Mutex};

use ::bytes::Bytes;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use super::*;

/// A store in memory that counts what it is asked, and fails when it was asked often enough.
struct Memory {
    bytes: Bytes,
    requests: Mutex<Vec<(u64, usize)>>,
    fails_after: usize,
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes in memory", self.bytes.len())
    }
}

impl Memory {
    fn ask(&self, start: u64, length: usize) -> io::Result<Bytes> {
        let mut requests = self.requests.lock().unwrap();
        requests.push((start, length));
        if requests.len() > self.fails_after {
            return Err(StoreError { fault: StoreFault::Changed, text: "it was replaced".to_owned() }.into());
        }
        let start = usize::try_from(start).unwrap();
        Ok(self.bytes.slice(start..start + length))
    }
}

impl StoredObject for Memory {
    fn address(&self) -> &str {
        "s3://bucket/a"
    }
    fn version(&self) -> &str {
        "\"1\""
    }
    fn version_id(&self) -> Option<String> {
        None
    }
    fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }
    fn endpoint(&self) -> &str {
        ""
    }
    fn md5(&self) -> Option<String> {
        None
    }
    fn open_at(&self, start: u64) -> io::Result<Box<dyn Read + Send>> {
        let (half, all) = (self.bytes.len() / 2, self.bytes.len());
        let first = self.ask(start, half)?;
        match self.ask(half as u64, all - half) {
            Ok(second) => Ok(Box::new(Cursor::new(first).chain(Cursor::new(second)))),
            Err(error) => Ok(Box::new(Cursor::new(first).chain(Failing(Some(error))))),
        }
    }
    fn read_ranges(&self, ranges: &[(u64, usize)]) -> io::Result<Vec<Bytes>> {
        ranges.iter().map(|(start, length)| self.ask(*start, *length)).collect()
    }
}

struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self.0.take().unwrap_or_else(|| io::Error::other("asked again after an error")))
    }
}

fn stored(name: &str, bytes: &[u8], fails_after: usize) -> (Arc<Memory>, ReportPlan) {
    let memory = Arc::new(Memory { bytes: Bytes::copy_from_slice(bytes), requests: Mutex::default(), fails_after });
    let source = ReportSource::Stored(Arc::clone(&memory) as Arc<dyn StoredObject>);
    let file = ListedFile { name: format!("s3://bucket/{name}"), bytes: bytes.len() as u64, source };
    let (name, payer_id) = ("s3://bucket".to_owned(), String::new());
    let place = ReportPlace::Listed { name, payer_id, files: vec![file] };
    let plan = find_reports_in(&[place], "2025-05".parse().unwrap(), &[]).unwrap();
    (memory, plan)
}

#[derive(Default)]
struct Costs(Vec<String>);

impl RowSink for Costs {
    fn take(&mut self, row: &Row<'_>, _: &mut FaultList) {
        self.0.push(String::from_utf8(row.text(Column::UnblendedCost).to_vec()).unwrap());
    }
}

fn read(plan: &ReportPlan) -> Result<Vec<String>, IngestError> {
    let (mut costs, mut faults) = (Costs::default(), FaultList::new("a"));
    let seal = read_report(&plan.files[0], &Limits::default(), &Silent, false, &mut costs, &mut faults)?;
    assert!(faults.is_empty(), "{:?}", faults.into_parts());
    assert_eq!(seal.bytes, plan.files[0].bytes);
    Ok(costs.0)
}

/// Each format of the same rows; the Parquet file has groups of 100 rows and a large column that nobody wants.
fn formats(rows: &[TestRow]) -> Vec<(&'static str, Vec<u8>)> {
    let text = csv(rows);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.csv", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    let column = |column: &Column| {
        let texts = rows.iter().map(|row| row.text(*column).to_owned());
        (column.name(), Arc::new(StringArray::from_iter_values(texts)) as ArrayRef)
    };
    let unwanted = (0..rows.len()).map(|row| format!("{row:0>200}{}", row.wrapping_mul(2_654_435_761)));
    let unwanted = ("identity/LineItemId", Arc::new(StringArray::from_iter_values(unwanted)) as ArrayRef);
    let batch = RecordBatch::try_from_iter(Column::ALL.iter().map(column).chain([unwanted])).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(100)).build();
    let mut parquet = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut parquet, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let zipped = zip.finish().unwrap().into_inner();
    vec![("a.csv", text.clone().into_bytes()), ("a.csv.gz", gzip(&text)), ("a.zip", zipped), ("a.parquet", parquet)]
}

fn thousand_rows() -> Vec<TestRow> {
    (0..1_000).map(|place| TestRow::new().with(Column::UnblendedCost, &format!("{place}"))).collect()
}

#[test]
fn a_store_gives_the_rows_that_the_disk_gives() {
    let expected: Vec<String> = (0..1_000).map(|place| place.to_string()).collect();
    for (name, bytes) in formats(&thousand_rows()) {
        let (_, plan) = stored(name, &bytes, usize::MAX);
        assert_eq!(read(&plan).unwrap(), expected, "{name}");
    }
}

/// Each column chunk that is used is asked for once, though the decoder goes through ten groups of rows at a time.
#[test]
fn of_parquet_each_used_chunk_is_asked_for_once() {
    let (_, bytes) = formats(&thousand_rows()).pop().unwrap();
    let (memory, plan) = stored("a.parquet", &bytes, usize::MAX);
    read(&plan).unwrap();
    let requests = memory.requests.lock().unwrap().clone();
    let mut distinct = requests.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), requests.len(), "{requests:?}");
    let groups =
        requests.iter().filter(|(start, length)| *length > 8 && start + (*length as u64) < bytes.len() as u64 - 8);
    assert!(groups.count() <= 10 * Column::ALL.len() + 2, "one request for each chunk, and the end of the file");
}

/// What the store said is told, and never as a damaged file; whichever request it was that failed.
#[test]
fn a_store_that_fails_is_told_as_such() {
    for (name, bytes) in formats(&thousand_rows()) {
        for fails_after in 0..2 {
            let (_, plan) = stored(name, &bytes, fails_after);
            match (read(&plan), name, fails_after) {
                (Err(error @ IngestError::Store(_)), _, _) => {
                    assert_eq!(error.to_string(), "it was replaced");
                    assert!(error.is_change() && !error.is_machine_fault());
                }
                (Ok(_), "a.zip", 1) => {} // It was read at once.
                (other, name, fails_after) => panic!("{name}, {fails_after}: {other:?}"),
            }
        }
    }
}

#[test]
fn folders_of_a_store_are_looked_into_as_their_names_say() {
    use FolderScope::{Below, ManifestsOnly, Nothing, Whole};
    #[rustfmt::skip]
    let cases = [
        ("cur/",                                        Below),
        ("cur/20250501-20250601/",                      Whole),
        ("cur/20250401-20250501/",                      ManifestsOnly),
        ("cur/20250501-2025060/",                       Below),
        ("e/data/BILLING_PERIOD=2025-05/",              Whole),
        ("e/metadata/BILLING_PERIOD=2025-06/",          ManifestsOnly),
        ("f/metadata/billing_period=2025-06/",          ManifestsOnly), // As FOCUS exports have it.
        ("e/data/BILLING_PERIOD=may/",                  Below),
        ("cur/cur/year=2025/",                          Below),
        ("cur/cur/year=2025/month=5/",                  Whole),
        ("cur/cur/year=2025/month=05/",                 Whole),
        ("cur/cur/year=2024/month=5/",                  Nothing),
        ("cur/cur/year=2025/month=13/",                 Below),
        ("cur/cur/month=4/",                            Below),
        ("",                                            Below),
    ];
    for (path, expected) in cases {
        assert_eq!(folder_scope(path, "2025-05".parse().unwrap()), expected, "{path}");
    }
}

/// Names begin with the place where there are several, so one folder at the top of a place covers nothing of another.
#[test]
fn places_do_not_cover_each_other() {
    let folder = TestFolder::new();
    folder.write(
        "one/20250501-20250601/cur-Manifest.json",
        manifest("111111111111", "202505", &["x/20250501-20250601/a.csv"]),
    );
    folder.write("one/20250501-20250601/a.csv", csv(&[TestRow::new()]));
    folder.write("two/a.csv", csv(&[TestRow::new()]));
    let place = |name: &str, payer_id: &str| ReportPlace::Folder {
        dir: folder.path().join(name),
        name: name.to_owned(),
        payer_id: payer_id.to_owned(),
    };
    let plan = |one: &str| find_reports_in(&[place("one", one), place("two", "")], "2025-05".parse().unwrap(), &[]);
    let files: Vec<String> = plan("").unwrap().files.into_iter().map(|file| file.name).collect();
    assert_eq!(files, ["one/20250501-20250601/a.csv", "two/a.csv"]);
    let error = plan("222222222222").unwrap_err().to_string();
    assert!(
        error.contains("\"111111111111\" is the payer of the manifest, and the source is for 222222222222"),
        "{error}"
    );
    let twice = find_reports_in(&[place("two", ""), place("two", "")], "2025-05".parse().unwrap(), &[]).unwrap_err();
    assert!(twice.to_string().contains("two/a.csv: lies in two of the places"), "{twice}");
}
