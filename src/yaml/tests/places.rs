//! Every node and every word knows where it was written.

use super::super::{Node, Style, Value, parse};
use super::{document, nodes, source};

/// What stands in the file for `decoded`, which is part of exactly one scalar's text.
fn written(text: &str, decoded: &str) -> String {
    let document = document(text);
    let all = nodes(&document);
    let mut holders = all.iter().filter_map(|node| {
        let start = node.as_scalar()?.text().find(decoded)?;
        Some(node.location_of(start..start + decoded.len()))
    });
    let location = holders.next().unwrap_or_else(|| panic!("{decoded:?} is not in {text:?}"));
    assert_eq!(holders.next(), None, "{decoded:?} is more than once in {text:?}");
    location.text().to_owned()
}

/// A file, a part of a decoded text, and what stands in the file for it.
const PARTS: &[(&str, &str, &str)] = &[
    // Plain, on one line and on several.
    ("rule: deny RDP if RiskLevel 3", "RiskLevel", "RiskLevel"),
    ("规则: 禁止 远程桌面 服务", "远程桌面", "远程桌面"),
    ("\u{feff}规则: 禁止 远程桌面", "远程桌面", "远程桌面"),
    ("rule: deny RDP\n  if RiskLevel 3", "RiskLevel", "RiskLevel"),
    ("rule: deny RDP\n  if RiskLevel 3", "RDP if", "RDP\n  if"),
    ("rule: deny RDP   \r\n  \tif RiskLevel 3", "if", "if"),
    ("rule: one\n\n\n  two", "two", "two"),
    ("rule: one\n\n\n  two", "\n\n", "\n\n"),
    ("rule: a  b", "a  b", "a  b"),
    // Single quotes.
    ("rule: 'it''s RiskLevel'", "RiskLevel", "RiskLevel"),
    ("rule: 'it''s RiskLevel'", "t's", "t''s"),
    ("rule: 'it''s RiskLevel'", "'", "''"),
    ("规则: '名 ''中'' 文'", "文", "文"),
    ("rule: 'one\n  two  \n\n  three'", "two", "two"),
    ("rule: 'one\n  two  \n\n  three'", "three", "three"),
    ("rule: '  one  two'", "two", "two"),
    // Double quotes.
    (r#"rule: "a\tb\nRiskLevel""#, "RiskLevel", "RiskLevel"),
    (r#"rule: "a\tb\nRiskLevel""#, "\t", r"\t"),
    (r#"rule: "say \"RDP\" now""#, "RDP", "RDP"),
    (r#"rule: "say \"RDP\" now""#, "\"RDP\"", r#"\"RDP\""#),
    (r#"rule: "C:\\Windows\/x""#, "Windows/x", r"Windows\/x"),
    (r#"rule: "\x52DP and \u4e2d\u6587 x""#, "RDP", r"\x52DP"),
    (r#"rule: "\x52DP and \u4e2d\u6587 x""#, "中文", r"\u4e2d\u6587"),
    (r#"rule: "\U0001F512 locked""#, "locked", "locked"),
    (r#"rule: "\U0001F512 locked""#, "🔒", r"\U0001F512"),
    (r#"rule: "\uD83D\uDD12 locked""#, "🔒", r"\uD83D\uDD12"),
    (r#"rule: "\0\a\b\v\f\r\e\ \N\_\L\P end""#, "end", "end"),
    (r#"规则: "远程 \"桌面\" 服务""#, "服务", "服务"),
    ("rule: \"one \\\n    two\\\n  \\  three\"", "two", "two"),
    ("rule: \"one \\\n    two\\\n  \\  three\"", "three", "three"),
    ("rule: \"one\\\n\n\n  two\"", "two", "two"),
    ("rule: \"one\\\r\n\r\n  two\"", "two", "two"),
    ("rule: \"one  \n  two\n\n  three\"", "two\nthree", "two\n\n  three"),
    // Literal blocks.
    ("rule: |\n  deny RDP\n  if RiskLevel 3\n", "RiskLevel", "RiskLevel"),
    ("rule: |\n\n\n  deny RDP\n", "RDP", "RDP"),
    ("rule: |\n  deny:\n    RDP\n\n  if  x\n", "  RDP", "  RDP"),
    ("rule: |\n  deny:\n    RDP\n\n  if  x\n", "if  x", "if  x"),
    ("rule: |2-\n    deny\n   RDP\n", "RDP", "RDP"),
    ("rule: |2-\n    deny\n   RDP\n", "  deny", "  deny"),
    ("rule: |+ # kept\n  deny\n  RDP\n\n\n", "RDP", "RDP"),
    ("rule: |\r\n  deny\r\n  RDP 3\r\n", "RDP", "RDP"),
    ("- |\n 中文\n 远程 桌面\n", "桌面", "桌面"),
    ("|\ndeny\nRDP\n", "RDP", "RDP"),
    // Folded blocks.
    ("rule: >\n  deny RDP\n  if RiskLevel 3\n", "RiskLevel", "RiskLevel"),
    ("rule: >\n  deny RDP\n  if RiskLevel 3\n", "RDP if", "RDP\n  if"),
    ("rule: >-\n  one\n\n  two\n  three\n", "three", "three"),
    ("rule: >-\n  one\n\n  two\n  three\n", "two three", "two\n  three"),
    ("rule: >\n  one\n    two\n  three\n  four\n", "three", "three"),
    ("rule: >\n  one\n\n    two\n\n\n  three\n  four\n", "four", "four"),
    ("rule: >1-\n   one\n  two\n three\n", "three", "three"),
    ("\u{feff}rule: >\r\n  一 二\r\n  三 四\r\n", "四", "四"),
    ("rule: >\n\n  one\n  two\n", "two", "two"),
    // Keys, in flow collections too.
    ("{ '键 ''名': [x, \"\\u0079es\"] }", "名", "名"),
    ("{ '键 ''名': [x, \"\\u0079es\"] }", "yes", r"\u0079es"),
    ("? |\n  a long\n  key\n: x", "key", "key"),
];

#[test]
fn a_part_of_a_decoded_text_is_found_as_it_was_written() {
    for (text, decoded, expected) in PARTS {
        assert_eq!(written(text, decoded), *expected, "{decoded:?} in {text:?}");
    }
}

#[test]
fn an_empty_range_lies_between_its_neighbours() {
    let document = document("rule: \"a\\tb\"");
    let rule = document.get("rule").unwrap();
    let starts: Vec<usize> =
        (0..=3).map(|at| rule.location_of(at..at).span).map(|span| span.start).collect();
    assert_eq!(starts, [7, 8, 10, 11]);
    assert!((0..=3).all(|at| rule.location_of(at..at).span.is_empty()));
}

#[test]
fn a_range_beyond_the_text_ends_with_it() {
    let document = document("- 'it''s'\n- |\n  x\n\n");
    let elements = document.as_sequence().unwrap();
    assert_eq!(elements[0].location_of(2..900).text(), "''s");
    assert_eq!(elements[1].as_scalar().unwrap().text(), "x\n");
    assert_eq!(elements[1].location_of(0..2).text(), "x");
    assert!(elements[1].location_of(7..9).span.is_empty());
}

#[test]
#[expect(clippy::reversed_empty_ranges, reason = "it comes from arithmetic of others")]
fn a_reversed_range_is_empty() {
    let document = document("it's a text");
    assert!(document.location_of(5..2).span.is_empty());
}

#[test]
fn a_part_of_a_collection_is_the_collection() {
    assert_eq!(document("[a, b]").location_of(1..2).text(), "[a, b]");
}

/// Location texts of all collections, parents first.
fn collections(text: &str) -> Vec<String> {
    let document = document(text);
    let all = nodes(&document);
    let collections = all.iter().filter(|node| node.as_scalar().is_none());
    collections.map(|node| node.location.text().to_owned()).collect()
}

#[test]
fn collections_reach_from_their_first_to_their_last_byte() {
    let table: [(&str, &[&str]); 14] = [
        ("a: 1\nb: 2\n\n# end\n", &["a: 1\nb: 2"]),
        ("a:\n  - 1\n  - 2\nb: 3\n", &["a:\n  - 1\n  - 2\nb: 3", "- 1\n  - 2"]),
        ("a:\n- 1\n- - 2\n", &["a:\n- 1\n- - 2", "- 1\n- - 2", "- 2"]),
        ("a:\n- - 1\n", &["a:\n- - 1", "- - 1", "- 1"]),
        ("a:\n- -1\n", &["a:\n- -1", "- -1"]),
        ("a: # c\n-\n  # d\n  x\n", &["a: # c\n-\n  # d\n  x", "-\n  # d\n  x"]),
        (
            "- a: [1, {b: 2} ]\n",
            &["- a: [1, {b: 2} ]", "a: [1, {b: 2} ]", "[1, {b: 2} ]", "{b: 2}"],
        ),
        ("[ a: b , c ]", &["[ a: b , c ]", "a: b"]),
        (
            "a: |\n  x\n\n\nb:\n  c: >-\n    y\n\n",
            &["a: |\n  x\n\n\nb:\n  c: >-\n    y", "c: >-\n    y"],
        ),
        ("a:\n  b:\n", &["a:\n  b:", "b:"]),
        ("-\n-\n", &["-\n-"]),
        ("\u{feff}甲: {乙: 丙}\r\n", &["甲: {乙: 丙}", "{乙: 丙}"]),
        ("a: &x {b: 1}\nc: *x\n", &["a: &x {b: 1}\nc: *x", "{b: 1}", "{b: 1}"]),
        ("--- \n{}\n...\n", &["{}"]),
    ];
    for (text, expected) in table {
        assert_eq!(collections(text), expected, "{text:?}");
    }
}

#[test]
fn what_is_absent_is_null_after_its_colon_or_dash() {
    let text = "a:\nb: # c\nc: {d: , e}\nf:\n-\n";
    let document = document(text);
    let absent: Vec<usize> = nodes(&document)
        .into_iter()
        .filter(|node| node.as_scalar().is_some_and(|scalar| scalar.value() == Value::Null))
        .map(|node| node.location.span.start)
        .collect();
    let before = |at: &usize| text[..*at].chars().last().unwrap();
    assert_eq!(absent.iter().map(before).collect::<String>(), ":::e-");
}

#[test]
fn an_alias_is_what_the_anchor_names_and_lies_there() {
    let document = document("sets: &ports [22, 3389]\nuse: *ports\n");
    let (first, second) = (document.get("sets").unwrap(), document.get("use").unwrap());
    assert_eq!(first.location, second.location);
    assert_eq!(second.location.text(), "[22, 3389]");
    assert_eq!(second.as_sequence().unwrap()[1].location_of(0..2).text(), "33");
}

#[test]
fn a_file_without_content_is_none() {
    for text in ["", "\n\n", "# only a comment\n", "\u{feff}", "---\n", "---\n...\n", " \t\n"] {
        assert!(matches!(parse(&source(text)), Ok(None)), "{text:?}");
    }
    for text in ["null", "~", "''", "[]"] {
        assert!(matches!(parse(&source(text)), Ok(Some(_))), "{text:?}");
    }
}

#[test]
fn styles_are_told_apart_and_only_plain_scalars_are_more_than_text() {
    let document = document("- 1\n- '1'\n- \"1\"\n- |-\n  1\n- >-\n  1\n");
    let seen: Vec<(Style, Value<'_>)> = document
        .as_sequence()
        .unwrap()
        .iter()
        .filter_map(Node::as_scalar)
        .map(|scalar| (scalar.style(), scalar.value()))
        .collect();
    let text = Value::Text("1");
    assert_eq!(
        seen,
        [
            (Style::Plain, Value::Integer(1)),
            (Style::SingleQuoted, text),
            (Style::DoubleQuoted, text),
            (Style::Literal, text),
            (Style::Folded, text),
        ]
    );
}

#[test]
fn a_plain_scalar_is_a_number_only_where_no_reader_would_see_a_word() {
    for word in
        ["no", "on", "off", "y", "Yes", "017", "-007", "1_000", "1e400", "0x", "0b12", "tRue"]
    {
        let text = format!("- {word}");
        let document = document(&text);
        let scalar = document.as_sequence().unwrap()[0].as_scalar().unwrap();
        assert_eq!(scalar.value(), Value::Text(word));
    }
    for (word, value) in [
        ("9223372036854775807", Value::Integer(i64::MAX)),
        ("-9223372036854775808", Value::Integer(i64::MIN)),
        ("9223372036854775808", Value::Float(9_223_372_036_854_775_808.0)),
        ("0x1F", Value::Integer(31)),
        ("+0o17", Value::Integer(15)),
        ("-0b11", Value::Integer(-3)),
        ("-.5", Value::Float(-0.5)),
        ("1e3", Value::Float(1000.0)),
        ("TRUE", Value::Bool(true)),
        ("False", Value::Bool(false)),
    ] {
        let text = format!("- {word}");
        let document = document(&text);
        let scalar = document.as_sequence().unwrap()[0].as_scalar().unwrap();
        assert_eq!(scalar.value(), value, "{word}");
    }
}
