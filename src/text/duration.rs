//! Durations as people write them: a whole number and its unit, such as `30s`, `24h` or `30d`.

use jiff::SignedDuration;

/// Milliseconds of each unit.
const UNITS: [(&str, i64); 6] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
];

/// Reads a duration; none where it is no whole number and a unit, or longer than can be counted.
#[must_use]
pub fn duration(text: &str) -> Option<SignedDuration> {
    let (digits, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
    let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let count: i64 = digits.parse().ok()?;
    count.checked_mul(*millis).map(SignedDuration::from_millis)
}

/// A duration as it is written: a whole number of the greatest unit up to a day.
#[must_use]
pub fn spelled(duration: SignedDuration) -> String {
    let millis = duration.as_millis();
    let fits = |(_, unit): &&(&str, i64)| millis != 0 && millis % i128::from(*unit) == 0;
    match UNITS.iter().rev().skip(1).find(fits) {
        Some((name, unit)) => format!("{}{name}", millis / i128::from(*unit)),
        None => "0s".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_whole_number_and_a_unit() {
        for (text, seconds) in
            [("0s", 0), ("90m", 5_400), ("24h", 86_400), ("30d", 2_592_000), ("2w", 1_209_600)]
        {
            assert_eq!(duration(text), Some(SignedDuration::from_secs(seconds)), "{text}");
        }
        assert_eq!(duration("250ms"), Some(SignedDuration::from_millis(250)));
        for text in [
            "",
            "d",
            "30",
            "1.5d",
            "-1d",
            "+1d",
            " 1d",
            "1 d",
            "1day",
            "1D",
            "１d",
            "9999999999999999999s",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
        assert_eq!(duration("99999999999999999w"), None);
        for text in ["0s", "90m", "25h", "30d", "90s", "1500ms"] {
            assert_eq!(spelled(duration(text).unwrap()), text);
        }
        assert_eq!(spelled(duration("24h").unwrap()), "1d");
    }
}
