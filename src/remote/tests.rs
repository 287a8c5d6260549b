use super::retry::pause;

#[test]
fn pauses_double_up_to_a_limit_and_are_at_most_a_half_shorter() {
    for (attempt, longest) in [(1, 200), (2, 400), (3, 800), (7, 12_800), (8, 20_000), (60, 20_000), (u64::MAX, 20_000)]
    {
        let longest = std::time::Duration::from_millis(longest);
        assert_eq!(pause(200, attempt, 0), longest, "attempt {attempt}");
        for chance in [1, 99, 12_345, u64::MAX] {
            let pause = pause(200, attempt, chance);
            assert!(pause >= longest / 2 && pause <= longest, "attempt {attempt}, chance {chance}: {pause:?}");
        }
    }
}
