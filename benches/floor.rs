//! How fast a CSV.gz report could be read at all on this machine: `cargo bench --bench floor -- FILE.csv.gz`.
//!
//! Measures, on one thread and each best of three, what has to be done with every byte: unpacking it (`zlib-rs` in pieces
//! as the fold does, `libdeflate` the whole file at once into memory that is there already) and finding its fields (the
//! `csv` crate, `simd-csv` without copies). From the rates come floors: rows x (bytes / unpacking + bytes / splitting +
//! 45 ns) / cores. Prints lines of name and value. Under `--test` the file is a small one made here.

#![allow(clippy::float_arithmetic, reason = "rates are no money")]

use std::fs;
use std::io::{Read, Write};
use std::time::Instant;

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;

/// What is unpacked at once.
const PIECE: usize = 256 << 10;
/// Seconds that key, numbers and sums of a row take at least.
const ROW: f64 = 45e-9;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let packed = match words.iter().find(|word| word.ends_with(".gz")) {
        Some(file) => fs::read(file).expect("the file can be read"),
        None => sample(),
    };
    let text = unpack_in_pieces(&packed, &mut Vec::new());
    let (rows, bytes) = (memchr::memchr_iter(b'\n', &text).count() as u64, text.len() as u64);
    let (mut kept, mut piece) = (text.clone(), vec![0; PIECE]);
    let rates = [
        ("zlib_rs", rate(bytes, || count_in_pieces(&packed, &mut piece))),
        ("libdeflate", rate(bytes, || count_at_once(&packed, &mut kept))),
        ("csv", rate(bytes, || fields_by_csv(&text))),
        ("simd_csv", rate(bytes, || fields_without_copies(&text))),
    ];
    println!("rows {rows}\nbytes {bytes}");
    for (name, rate) in rates {
        println!("{name}_mb_per_second {:.0}", rate / 1e6);
    }
    let [zlib, libdeflate, csv, simd] = rates.map(|(_, rate)| rate);
    let row = bytes as f64 / rows as f64;
    let nanoseconds = |unpack: f64, split: f64| (row / unpack + row / split + ROW) * 1e9;
    println!("floor_zlib_rs_csv_ns_per_row {:.0}", nanoseconds(zlib, csv));
    println!("floor_zlib_rs_simd_csv_ns_per_row {:.0}", nanoseconds(zlib, simd));
    println!("floor_libdeflate_simd_csv_ns_per_row {:.0}", nanoseconds(libdeflate, simd));
}

/// Bytes a second, best of three.
fn rate(bytes: u64, mut work: impl FnMut() -> usize) -> f64 {
    let once = |_| {
        let start = Instant::now();
        assert_ne!(work(), 0, "something was done");
        start.elapsed().as_secs_f64()
    };
    bytes as f64 / (0..3).map(once).fold(f64::INFINITY, f64::min)
}

fn unpack_in_pieces(packed: &[u8], text: &mut Vec<u8>) -> Vec<u8> {
    MultiGzDecoder::new(packed).read_to_end(text).expect("it is a gzip file");
    std::mem::take(text)
}

fn count_in_pieces(packed: &[u8], piece: &mut [u8]) -> usize {
    let (mut decoder, mut count) = (MultiGzDecoder::new(packed), 0);
    loop {
        match decoder.read(piece).expect("it is a gzip file") {
            0 => return count,
            more => count += more,
        }
    }
}

fn count_at_once(packed: &[u8], text: &mut [u8]) -> usize {
    libdeflater::Decompressor::new().gzip_decompress(packed, text).expect("it is a gzip file of one member")
}

fn fields_by_csv(text: &[u8]) -> usize {
    let (mut reader, mut record) = (csv::Reader::from_reader(text), csv::ByteRecord::new());
    let mut count = 0;
    while reader.read_byte_record(&mut record).expect("it is CSV") {
        count += record.len();
    }
    count
}

fn fields_without_copies(text: &[u8]) -> usize {
    let mut reader = simd_csv::ZeroCopyReader::from_reader(text);
    let mut count = 0;
    while let Some(record) = reader.read_byte_record().expect("it is CSV") {
        count += record.len();
    }
    count
}

/// Some rows, so that a test needs no file.
fn sample() -> Vec<u8> {
    let mut file = GzEncoder::new(Vec::new(), Compression::new(6));
    writeln!(file, "id,cost,text").expect("memory has room");
    for row in 0..10_000 {
        writeln!(file, "{row},0.{row:010},\"a text, quoted\"").expect("memory has room");
    }
    file.finish().expect("memory has room")
}
