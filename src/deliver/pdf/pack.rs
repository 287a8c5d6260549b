//! How the streams of a document are packed.

use libdeflater::{CompressionLvl, Compressor};
use pdf_writer::{Filter, Name, Pdf, Ref};

/// Packs the streams of a document, one after the other.
pub(super) struct Packer(Compressor);

impl Packer {
    /// Outlines hardly repeat: looking longer saves some hundredths of a document.
    pub(super) fn new() -> Self {
        const QUICKEST: i32 = 1; // 0 would not pack at all.
        Self(Compressor::new(CompressionLvl::new(QUICKEST).expect("the library has the level")))
    }

    /// Writes a stream.
    pub(super) fn write(&mut self, pdf: &mut Pdf, id: Ref, content: &[u8]) {
        pdf.stream(id, &self.pack(content)).filter(Filter::FlateDecode);
    }

    /// Writes a font's file.
    pub(super) fn write_font(&mut self, pdf: &mut Pdf, id: Ref, content: &[u8]) {
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
