use super::*;

#[test]
fn line_types_are_read_without_blanks_and_case() {
    #[rustfmt::skip]
    let cases = [
        ("Usage",                  LineType::Usage),
        ("Discounted Usage",       LineType::DiscountedUsage), // Older AWS documents.
        ("RI Fee",                 LineType::RiFee),
        ("rifee",                  LineType::RiFee),
        ("SavingsPlanNegation",    LineType::SavingsPlanNegation),
        ("BundledDiscount",        LineType::BundledDiscount),
        ("EdpDiscount",            LineType::PrivateDiscount),
        ("Discount",               LineType::PrivateDiscount),
        ("DistributorDiscount",    LineType::PrivateDiscount),
        ("FlatRateSubscription",   LineType::Unknown),
        ("",                       LineType::Unknown),
    ];
    for (spelled, expected) in cases {
        assert_eq!(LineType::parse(spelled), expected, "{spelled}");
    }
}

#[test]
fn symbols_are_ordered_as_their_texts() {
    let table = SymbolTable::from_texts(["b", "a", "b", "請求"].map(Box::from));
    assert_eq!(table.texts().collect::<Vec<_>>(), ["", "a", "b", "請求"]);
    assert_eq!(table.find("a"), Some(Sym(1)));
    assert_eq!(table.find("c"), None);
    assert!(Sym::EMPTY.is_empty());
}
