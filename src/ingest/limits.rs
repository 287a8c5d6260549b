/// How much a reader takes on before it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Unpacked bytes up to which a packed file is never called a bomb.
    pub unpacked_bytes: u64,
    /// Beyond that, how many times its packed size a file may unpack to.
    pub unpack_ratio: u64,
    /// The longest record of a CSV file, in bytes. A forgotten quote swallows the rest of a file.
    pub record_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { unpacked_bytes: 256 << 20, unpack_ratio: 200, record_bytes: 16 << 20 }
    }
}

/// Whoever wants to know how far the reading is. Called about once per chunk, from several threads.
pub trait Progress: Sync {
    /// So many more bytes of report files, as they lie on disk, were read.
    fn on_bytes(&self, bytes: u64);
    /// So many more rows were read.
    fn on_rows(&self, rows: u64);
}

/// Nobody wants to know.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn on_bytes(&self, _bytes: u64) {}
    fn on_rows(&self, _rows: u64) {}
}
