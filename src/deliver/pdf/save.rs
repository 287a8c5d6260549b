//! A document's parts in their order: marks in, bytes out. No clock and no random number.

use pdf_writer::{Finish, Pdf, Rect, Ref, Settings, TextStr};

use super::common::LAST_COMMON_OBJECT;
use super::flow::{PAGE_HEIGHT, PAGE_WIDTH};
use super::fonts::Fonts;
use super::laid_out::LaidOut;
use super::pack::Packer;
use super::pen::Pen;
use crate::deliver::DeliverError;

/// Makes the bytes.
pub(super) fn save(laid_out: &LaidOut) -> Result<Vec<u8>, DeliverError> {
    let LaidOut { pages, properties, characters } = laid_out;
    let mut last = LAST_COMMON_OBJECT;
    let mut next = || {
        last += 1;
        Ref::new(last)
    };
    let (catalog, page_tree, about) = (Ref::new(1), Ref::new(2), Ref::new(3)); // Then come the common fonts.
    let fonts = Fonts::of(characters, properties.language, &mut next)?;
    let placed: Vec<(Ref, Ref)> = pages.iter().map(|_| (next(), next())).collect();

    let mut packer = Packer::quick();
    let mut pdf = Pdf::with_settings(Settings { pretty: false });
    pdf.catalog(catalog).pages(page_tree).lang(TextStr(properties.language.tag()));
    let mut tree = pdf.pages(page_tree);
    tree.kids(placed.iter().map(|(page, _)| *page));
    tree.count(i32::try_from(pages.len()).expect("a document has fewer than two thousand million pages"));
    tree.media_box(Rect::new(0.0, 0.0, PAGE_WIDTH, PAGE_HEIGHT));
    tree.resources().fonts().pairs(fonts.all().map(|font| (font.name(), font.id)));
    tree.finish();
    for ((page, content), marks) in placed.iter().zip(pages) {
        pdf.page(*page).parent(page_tree).contents(*content);
        packer.write(&mut pdf, *content, &Pen::page(&fonts, marks));
    }
    fonts.write(&mut pdf, &mut packer, &mut next)?;
    let mut info = pdf.document_info(about);
    info.title(TextStr(&properties.title)).author(TextStr(&properties.author));
    info.producer(TextStr(concat!("seikyu ", env!("CARGO_PKG_VERSION"))));
    info.finish();
    pdf.set_file_id((properties.file_id.to_vec(), properties.file_id.to_vec()));
    Ok(pdf.finish())
}
