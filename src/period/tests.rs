use super::*;

#[test]
fn a_month_is_read_ordered_and_written() {
    let may: BillingPeriod = "2025-05".parse().unwrap();
    assert_eq!((may.year(), may.month(), may.last_day()), (2025, 5, 31));
    assert_eq!(may.start().to_string(), "2025-05-01T00:00:00Z");
    assert_eq!(may.end().to_string(), "2025-06-01T00:00:00Z");
    assert_eq!("2024-12".parse::<BillingPeriod>().unwrap().next().to_string(), "2025-01");
    assert_eq!("2024-02".parse::<BillingPeriod>().unwrap().last_day(), 29);
    assert_eq!(BillingPeriod::of(may.start()), may);
    for text in ["2025-5", "2025-13", "2025-00", "25-05", "2025/05", "", "2025-05-01", "+202-05"] {
        assert!(text.parse::<BillingPeriod>().is_err(), "{text}");
    }
}

#[test]
fn times_are_utc_to_the_second() {
    #[rustfmt::skip]
    let cases = [
        ("2025-05-13T15:00:00Z",      Some("2025-05-13T15:00:00Z")),
        ("2025-05-13T15:00:00.000Z",  Some("2025-05-13T15:00:00Z")),
        ("2019-10-10T00:03:54Z",      Some("2019-10-10T00:03:54Z")),
        ("2024-02-29T23:59:59Z",      Some("2024-02-29T23:59:59Z")),
        ("1970-01-01T00:00:00Z",      Some("1970-01-01T00:00:00Z")),
        ("2025-02-29T00:00:00Z",      None), // No such day.
        ("2025-05-32T00:00:00Z",      None),
        ("2025-05-13T24:00:00Z",      None),
        ("2025-05-13T15:00:00.5Z",    None), // A fraction is told, not dropped.
        ("2025-05-13 15:00:00+00:00", None),
        ("2025-05-13T15:00:00+09:00", None),
        ("2025-05-13T15:00:00",       None),
        ("2025-05-13",                None),
        ("",                          None),
    ];
    for (text, expected) in cases {
        let found = parse_instant(text.as_bytes()).map(|instant| instant.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }
}

#[test]
fn dates_agree_with_day_counting() {
    let mut day = Instant::from_date(1999, 12, 31).seconds();
    let mut before = Instant::from_seconds(day).date();
    for _ in 0..20_000 {
        day += 86_400;
        let date = Instant::from_seconds(day).date();
        assert!(date > before, "{date:?} follows {before:?}");
        let month = i32::try_from(date.1).unwrap();
        assert_eq!(Instant::from_date(date.0, month, i32::try_from(date.2).unwrap()).seconds(), day);
        before = date;
    }
    assert_eq!(Instant::from_date(2000, 3, 1).seconds(), 951_868_800); // A known value: `date -u -d`.
}
