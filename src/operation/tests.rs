//! How values are read, kind by kind: what stands in a record, and what it means.

use std::time::{Duration, Instant};

use super::reading::{self, Case, Members, Scratch, Unknown};
use super::{Catalogue, Field, Kind};
use crate::json::Raw;

fn raw(value: &str) -> Option<Raw<'_>> {
    (value != "absent").then(|| Raw::of(value).unwrap())
}

/// A field of the built-in operation, or one like it of another kind.
fn field(name: &str, kind: Option<Kind>) -> Field {
    let catalogue = Catalogue::built_in().unwrap();
    let schema = &catalogue.only().unwrap().schema;
    let field = schema.field(schema.find(name).unwrap()).clone();
    match kind {
        Some(kind) => Field { kind, range: None, ..field },
        None => field,
    }
}

#[test]
fn numbers() {
    for (name, value, expected) in [
        ("Port", "3389", Ok("3389")),
        ("Port", "3389.0", Ok("3389")),
        ("Port", "3.389e3", Ok("3389")),
        ("Port", r#""3389""#, Ok("3389")),
        ("Port", r#""3389.0""#, Ok("3389")),
        ("Port", r#""\u0033\u0033\u0038\u0039""#, Ok("3389")),
        ("Port", r#""338\u0039""#, Ok("3389")),
        ("Port", "0", Ok("0")),
        ("Port", "-0", Ok("0")),
        ("Port", "65535", Ok("65535")),
        ("Port", "65536", Err(Unknown::Malformed)),
        ("Port", "-1", Err(Unknown::Malformed)),
        ("Port", "80.5", Err(Unknown::Malformed)),
        ("Port", r#"" 80""#, Err(Unknown::Malformed)),
        ("Port", r#""80 ""#, Err(Unknown::Malformed)),
        ("Port", r#""+80""#, Err(Unknown::Malformed)),
        ("Port", r#""080""#, Err(Unknown::Malformed)),
        ("Port", r#""0x50""#, Err(Unknown::Malformed)),
        ("Port", r#""٨٠""#, Err(Unknown::Malformed)),
        ("Port", r#""""#, Err(Unknown::Malformed)),
        ("Port", "true", Err(Unknown::Malformed)),
        ("Port", "[80]", Err(Unknown::Malformed)),
        ("Port", "null", Err(Unknown::Null)),
        ("Port", "absent", Err(Unknown::Absent)),
        ("InBytes", "1456536639.0", Ok("1456536639")),
        ("InBytes", "9223372036854775807", Ok("9223372036854775807")),
        ("InBytes", "9223372036854775808", Err(Unknown::Malformed)),
        ("InBytes", "1e400", Err(Unknown::Malformed)),
        ("InBytes", "-1", Err(Unknown::Malformed)),
        ("InBytes", "0.5", Err(Unknown::Malformed)),
        ("TrafficPercent1Day", r#""99.9""#, Ok("99.9")),
        ("TrafficPercent1Day", r#""99\u002e9""#, Ok("99.9")),
        ("TrafficPercent1Day", "11.1000000000000000001", Ok("11.1000000000000000001")),
        ("TrafficPercent1Day", r#""1e-30""#, Ok("0.000000000000000000000000000001")),
        ("TrafficPercent1Day", "100.00", Ok("100")),
        ("TrafficPercent1Day", "100.0000000000000000000001", Err(Unknown::Malformed)),
        ("TrafficPercent1Day", "-0.1", Err(Unknown::Malformed)),
        ("TrafficPercent1Day", r#""99.9%""#, Err(Unknown::Malformed)),
        (
            "TrafficPercent1Day",
            "0.000000000000000000000000000000000000001",
            Err(Unknown::Malformed),
        ),
    ] {
        let read = reading::number(&field(name, None), raw(value));
        assert_eq!(read.map(|read| read.to_string()), expected.map(str::to_owned), "{value}");
    }
}

#[test]
fn codes_booleans_times_and_addresses() {
    for (value, expected) in [
        ("3", Ok(3)),
        ("3.0", Ok(3)),
        (r#""-1""#, Ok(-1)),
        (r#""\u0033""#, Ok(3)),
        (r#""\u002d\u0031""#, Ok(-1)),
        ("3.5", Err(Unknown::Malformed)),
        (r#""high""#, Err(Unknown::Malformed)),
    ] {
        assert_eq!(reading::code(raw(value)), expected, "{value}");
    }
    for (value, expected) in [
        ("true", Ok(true)),
        ("false", Ok(false)),
        (r#""True""#, Ok(true)),
        (r#""FALSE""#, Ok(false)),
        (r#""tru\u0065""#, Ok(true)),
        (r#""\u0066alse""#, Ok(false)),
        (r#""true ""#, Err(Unknown::Malformed)),
        (r#""yes""#, Err(Unknown::Malformed)),
        ("1", Err(Unknown::Malformed)),
        ("null", Err(Unknown::Null)),
    ] {
        assert_eq!(reading::boolean(raw(value)), expected, "{value}");
    }
    for (value, expected) in [
        ("1735264800", Some("1735264800")),
        (r#""1735264800.0""#, Some("1735264800")),
        (r#""\u0031735264800""#, Some("1735264800")),
        (r#""2024-12-27T02:00:00Z""#, Some("1735264800")),
        (r#""2024-12-27T02:00:00.25Z""#, Some("1735264800.25")),
        (r#""2024-12-27T02:00:00.000000001Z""#, Some("1735264800.000000001")),
        (r#""1969-12-31T23:59:59.5Z""#, Some("-0.5")),
        (r#""2024\u002d12-27T02:00:00\u005a""#, Some("1735264800")),
        (r#""yesterday""#, None),
        ("true", None),
    ] {
        let read = reading::time(raw(value)).ok().map(|read| read.to_string());
        assert_eq!(read.as_deref(), expected, "{value}");
    }
    for (value, expected) in [
        (r#""10.1.2.3""#, Some("10.1.2.3")),
        (r#""10\u002e1.2.3""#, Some("10.1.2.3")),
        (r#""2001:db8::1""#, Some("2001:db8::1")),
        (r#""10.1.2.3 ""#, None),
        (r#""10.1.2.XXX""#, None),
        ("10.1", None),
    ] {
        let read = reading::address(raw(value)).ok().map(|read| read.to_string());
        assert_eq!(read.as_deref(), expected, "{value}");
    }
}

#[test]
fn texts_of_a_field_with_a_vocabulary_are_names() {
    for (value, expected) in [
        (r#""tcp""#, Some("tcp")),
        (r#""TCP""#, Some("tcp")),
        (r#""t\u0063p""#, Some("tcp")),
        (r#""icmp""#, Some("icmp")),
        (r#""tcp ""#, None),
        (r#"" tcp""#, None),
        (r#""tcp\n""#, None),
        (r#""tcp\u200b""#, None),
        (r#""tcp,udp""#, None),
        (r#""tcp/udp""#, None),
        (r#""[tcp]""#, None),
        (r#""'tcp'""#, None),
        (r#""""#, None),
        ("6", None),
    ] {
        let mut scratch = Scratch::default();
        let read = reading::text(&field("Protocol", None), raw(value), &mut scratch).ok();
        assert_eq!(read, expected, "{value}");
    }
    // Any other text says what it says.
    for (value, expected) in
        [(r#""tcp ""#, "tcp "), (r#""""#, ""), (r#""a, 'b'\u200b""#, "a, 'b'\u{200b}")]
    {
        let mut scratch = Scratch::default();
        let read = reading::text(&field("ProbRisk", None), raw(value), &mut scratch);
        assert_eq!(read, Ok(expected), "{value}");
    }
}

/// The names of a list, and how many elements are not identified; `None` where there is no list.
fn listed(value: &str) -> Option<(Vec<String>, usize)> {
    let mut names = Vec::new();
    let mut take = |name: &str| names.push(name.to_owned());
    let read = reading::list(Case::Kept, raw(value), &mut Scratch::default(), &mut take);
    let Members { count, malformed } = read.ok()?;
    assert_eq!(count, names.len() + malformed, "{value}");
    Some((names, malformed))
}

#[test]
fn elements_that_are_names() {
    for (value, expected) in [
        ("[]", &[][..]),
        (r#"["RDP"]"#, &["RDP"]),
        (r#""RDP""#, &["RDP"]),
        (r#"["\u0052DP"]"#, &["RDP"]),
        (
            r#"["BT Panel", "HTTP-Proxy", "SSL_No_Cert", "SSL/TLS", "S7comm+", "C#", "a.b:c@d"]"#,
            &["BT Panel", "HTTP-Proxy", "SSL_No_Cert", "SSL/TLS", "S7comm+", "C#", "a.b:c@d"],
        ),
        (r#"["远程桌面", "Ｒ", "é", "Кaфка"]"#, &["远程桌面", "Ｒ", "é", "Кaфка"]),
        (r#"["['HTTPS', 'RDP']"]"#, &["HTTPS", "RDP"]),
        (r#""['HTTPS', 'RDP']""#, &["HTTPS", "RDP"]),
        (r#"["[\"HTTPS\",\"RDP\"]", "SSH"]"#, &["HTTPS", "RDP", "SSH"]),
        (r#"["[HTTPS, RDP]"]"#, &["HTTPS", "RDP"]),
        (r#"["[ 'HTTPS' ,\t'RDP' ]"]"#, &["HTTPS", "RDP"]),
        (r#"["\u005b'RDP'\u005d"]"#, &["RDP"]),
        (r#"["[]"]"#, &[]),
        (r#""[ ]""#, &[]),
    ] {
        let expected: Vec<String> = expected.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(listed(value), Some((expected, 0)), "{value}");
    }
}

#[test]
fn elements_that_are_not_identified() {
    for (value, expected, unidentified) in [
        ("[null]", &[][..], 1),
        ("[3]", &[], 1),
        ("[true]", &[], 1),
        (r#"[["RDP"]]"#, &[], 1),
        (r#"[{"name":"RDP"}]"#, &[], 1),
        (r#"["\ud800"]"#, &[], 1),
        (r#"[""]"#, &[], 1),
        (r#"[" "]"#, &[], 1),
        (r#""""#, &[], 1),
        (r#"["RDP "]"#, &[], 1),
        (r#"[" RDP"]"#, &[], 1),
        (r#"["RDP\t"]"#, &[], 1),
        (r#"["'RDP'"]"#, &[], 1),
        (r#"["\"RDP\""]"#, &[], 1),
        (r#"["RDP,HTTP"]"#, &[], 1),
        (r#""RDP,HTTP""#, &[], 1),
        (r#"["RDP;HTTP"]"#, &[], 1),
        (r#"["RDP|HTTP"]"#, &[], 1),
        (r#"["RDP，HTTP"]"#, &[], 1),
        (r#"["RDP、HTTP"]"#, &[], 1),
        (r#"["“RDP”"]"#, &[], 1),
        (r#"["【RDP】"]"#, &[], 1),
        (r#"["(RDP)"]"#, &[], 1),
        (r#"["{RDP}"]"#, &[], 1),
        (r#"["<RDP>"]"#, &[], 1),
        (r#"["[RDP"]"#, &[], 1),
        (r#"["RDP]"]"#, &[], 1),
        (r#"["'RDP"]"#, &[], 1),
        (r#"["RDP\u0000"]"#, &[], 1),
        (r#"["RDP\u007f"]"#, &[], 1),
        (r#"["HTTP", null, "SSH"]"#, &["HTTP", "SSH"], 1),
        // Printed lists: each name by itself, and one that is broken as a whole.
        (r#"["['RDP ', 'HTTP']"]"#, &["HTTP"], 1),
        (r#"["['RDP,HTTP', 'SSH']"]"#, &["SSH"], 1),
        (r#"["['', 'HTTP']"]"#, &["HTTP"], 1),
        (r#"["[None, 'HTTP']"]"#, &["HTTP"], 1),
        (r#"["[null]"]"#, &[], 1),
        (r#"["[3]"]"#, &[], 1),
        (r#"["[BT\u00a0Panel, RDP]"]"#, &["RDP"], 1),
        (r#"["['HTTPS', 'RDP'"]"#, &[], 1),
        (r#"["['HTTPS', 'RDP]"]"#, &[], 1),
        (r#"["['HTTPS' 'RDP']"]"#, &[], 1),
        (r#"["['HTTPS',]"]"#, &[], 1),
        (r#"["[,]"]"#, &[], 1),
        (r#"["[['RDP']]"]"#, &[], 1),
        (r#"["['R\\x44P']"]"#, &[], 1),
        (r#"[" ['RDP']"]"#, &[], 1),
        (r#"["['RDP'] "]"#, &[], 1),
        (r#"["['RDP'], ['SSH']"]"#, &[], 1),
    ] {
        let expected: Vec<String> = expected.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(listed(value), Some((expected, unidentified)), "{value}");
    }
    for value in ["null", "5", "true", "{}", "absent"] {
        assert_eq!(listed(value), None, "{value}");
    }
}

#[test]
fn characters_that_do_not_show_are_in_no_name() {
    let hidden = [
        0x85, 0xa0, 0xad, 0x34f, 0x600, 0x61c, 0x115f, 0x1160, 0x1680, 0x17b4, 0x180e, 0x2000,
        0x200b, 0x200c, 0x200d, 0x200e, 0x2028, 0x2029, 0x202e, 0x202f, 0x205f, 0x2060, 0x2066,
        0x2800, 0x3000, 0x3164, 0xe000, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xfffd, 0xfffe,
        0x1_d173, 0xe_0001, 0xe_0041, 0xe_0100, 0xf_0000, 0x10_ffff,
    ];
    for hidden in hidden.map(|code| char::from_u32(code).unwrap()) {
        for text in [format!("RDP{hidden}"), format!("{hidden}RDP"), format!("R{hidden}DP")] {
            assert!(!super::is_name(&text), "{text:?}");
            let value = serde_json::to_string(&[text]).unwrap();
            assert_eq!(listed(&value), Some((Vec::new(), 1)), "{value}");
        }
    }
    for control in (0_u8..=0x20).chain([0x7f]).map(char::from) {
        assert!(!super::is_name(&format!("RDP{control}")), "{control:?}");
    }
}

#[test]
fn a_printed_list_is_read_in_linear_time() {
    for text in [
        format!("[{}{}]", "a,".repeat(80_000), " ".repeat(80_000)),
        format!("[{}a]", "a,".repeat(80_000)),
        format!("[{}'a']", "'a', ".repeat(80_000)),
        format!("[{}]", "'a' ".repeat(80_000)),
        format!("[{}]", " ".repeat(160_000)),
        format!("[{}]", "'".repeat(160_000)),
        format!("[a{},b]", " ".repeat(160_000)),
    ] {
        let started = Instant::now();
        let value = serde_json::to_string(&[text]).unwrap();
        assert!(listed(&value).is_some());
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    }
}
