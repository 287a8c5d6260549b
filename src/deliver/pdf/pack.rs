//! How the streams of a document are packed.

use libdeflater::{CompressionLvl, Compressor};
use pdf_writer::{Chunk, Filter, Name, Ref};

/// Packs the streams of a document, one after the other.
pub(super) struct Packer(Compressor);

impl Packer {
    /// For one document: outlines hardly repeat, and looking longer saves some hundredths of them.
    pub(super) fn quick() -> Self {
        Self::of_level(1) // 0 would not pack at all.
    }

    /// For what is packed once and copied.
    pub(super) fn thorough() -> Self {
        Self::of_level(9)
    }

    fn of_level(level: i32) -> Self {
        Self(Compressor::new(CompressionLvl::new(level).expect("the library has the level")))
    }

    /// Writes a stream.
    pub(super) fn write(&mut self, pdf: &mut Chunk, id: Ref, content: &[u8]) {
        pdf.stream(id, &self.pack(content)).filter(Filter::FlateDecode);
    }

    /// Writes a font's file.
    pub(super) fn write_font(&mut self, pdf: &mut Chunk, id: Ref, content: &[u8]) {
        let length = i32::try_from(content.len()).expect("part of a font is smaller than two gigabytes");
        pdf.stream(id, &self.pack(content)).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
    }

    fn pack(&mut self, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; self.0.zlib_compress_bound(content.len())];
        let length = self.0.zlib_compress(content, &mut bytes).expect("there is room for the worst case");
        bytes.truncate(length);
        bytes
    }
}
