//! Every mistake has its code and is underlined where it is to be corrected.

use super::{document, parse, problems, source, underlined};

/// A file, the code of its one problem, and what is underlined.
const MISTAKES: &[(&str, &str, &str)] = &[
    // Tabs and indentation.
    ("a:\n\tb: 1", "yaml/tab", "\t"),
    ("a:\n  b: 1\n\tc: 2", "yaml/tab", "\t"),
    ("-\ta: 1\n\tb: 2", "yaml/tab", "\t"),
    ("a: |\n \n\tx", "yaml/tab", "\t"),
    ("a:\n    b: 1\n  c: 2", "yaml/indentation", "c: 2"),
    ("a: 1\n  b: 2", "yaml/indentation", "b"),
    ("a: |\n   x\n  y", "yaml/indentation", "y"),
    // Quotes.
    ("a: \"x\nb: 1", "yaml/unclosed-quote", "\""),
    ("a: '端口", "yaml/unclosed-quote", "'"),
    ("a: \"x\" y # z", "yaml/after-quote", "y"),
    ("a: 'it's'", "yaml/after-quote", "s'"),
    ("a: \"ok \\n\\\n  \\q\"", "yaml/bad-escape", "\\q"),
    ("a: \"\\\\\\xZZ\"", "yaml/bad-escape", "\\x"),
    ("a: \"中\\ud800 x\"", "yaml/bad-escape", "\\ud800"),
    ("a: \"\\udc00\"", "yaml/bad-escape", "\\udc00"),
    ("a: \"\\U00110000\"", "yaml/bad-escape", "\\U00110000"),
    // Brackets.
    ("a: {b: 1", "yaml/unclosed-bracket", "{"),
    ("a: [1, 2}", "yaml/wrong-bracket", "["),
    ("a: ]", "yaml/stray-bracket", "]"),
    ("{a: 1 b: 2}", "yaml/missing-comma", ":"),
    ("a: [1, 2\nb: 3", "yaml/stray-colon", ":"),
    ("a: [ - c]", "yaml/list-in-line", "-"),
    ("a: - b", "yaml/list-in-line", "-"),
    // Colons.
    ("a: 1\nb:2\nc: 3", "yaml/space-after-colon", ":"),
    ("operation:Describe\npolicies: []", "yaml/space-after-colon", ":"),
    ("a: deny X: y", "yaml/colon-in-text", ":"),
    ("a: 1\nb # c\n", "yaml/key-without-colon", "b"),
    ("a: 1\nsee http://x/", "yaml/key-without-colon", "see http://x/"),
    ("a: {b: 1, Port:3389}", "yaml/space-after-colon", ":"),
    ("{端口:3389, c: 1}", "yaml/space-after-colon", ":"),
    // Lists and keys mixed.
    ("- a\nb: c", "yaml/key-among-elements", "b: c"),
    ("a: 1\n- b", "yaml/element-among-keys", "- b"),
    // Signs that begin something else.
    ("a: @x", "yaml/reserved-character", "@"),
    ("a: `x`", "yaml/reserved-character", "`"),
    ("a: %x", "yaml/reserved-character", "%"),
    ("a: *", "yaml/missing-name", "*"),
    ("a: & x", "yaml/missing-name", "&"),
    ("a: |x", "yaml/block-header", "|x"),
    ("a: x # c\n  y", "yaml/comment-in-text", "# c"),
    // What YAML has and a policy needs not.
    ("a: !!str x", "yaml/tag", "!!str"),
    ("a: ! x", "yaml/tag", "!"),
    ("a: !e!x b", "yaml/tag", "!e!x"),
    ("a: !!map\n  b: c", "yaml/tag", "!!map"),
    ("%YAML 1.1\n---\na: 1", "yaml/directive", "%YAML 1.1"),
    ("%YAML 1.3\n---\na: 1", "yaml/directive", "%YAML 1.3"),
    ("%YAML 2.0\n---\na: 1", "yaml/directive", "%YAML 2.0"),
    ("%YAML\n---\na: 1", "yaml/directive", "%YAML"),
    ("%YAML 1.2 x\n---\na: 1", "yaml/directive", "%YAML 1.2 x"),
    ("%yaml 1.2\n---\na: 1", "yaml/directive", "%yaml 1.2"),
    ("%TAG ! tag:x,2026:\n---\na: 1", "yaml/directive", "%TAG ! tag:x,2026:"),
    ("%YAML 1.2\n%TAG ! x\n---\na: 1", "yaml/directive", "%TAG ! x"),
    ("%YAML 1.2\n%FOO\n---\na: 1", "yaml/directive", "%FOO"),
    ("# c\n\n%FOO\n---\na: 1", "yaml/directive", "%FOO"),
    ("%YAML 1.2\na: 1", "yaml/directive", "%YAML 1.2"),
    ("%YAML 1.2\n", "yaml/directive", "%YAML 1.2"),
    ("\u{feff}%YAML 1.1\n---\na: 1", "yaml/directive", "%YAML 1.1"),
    ("<<: {a: 1}", "yaml/merge-key", "<<"),
    ("[a]: b", "yaml/key-not-text", "[a]"),
    ("? {a: 1}\n: b", "yaml/key-not-text", "{a: 1}"),
    (": b", "yaml/missing-key", ""),
    ("a: *who", "yaml/unknown-anchor", "*who"),
    ("*who : b", "yaml/unknown-anchor", "*who"),
    ("a: &x [1, *x]", "yaml/endless-alias", "*x"),
    ("a: 1\n---\nb: 1", "yaml/several-documents", "---"),
    ("a: 1\n...\nb: 1", "yaml/several-documents", ""),
    ("a: b\0c", "yaml/control-character", "\0"),
    ("# \u{1b}[31m", "yaml/control-character", "\u{1b}"),
    ("a: 1\n\u{feff}b: 2", "yaml/control-character", "\u{feff}"),
    ("a: \u{ffff}", "yaml/control-character", "\u{ffff}"),
];

#[test]
fn each_mistake_is_underlined_where_it_is_corrected() {
    for (text, code, place) in MISTAKES {
        let problems = problems(text);
        assert_eq!(problems.len(), 1, "{text:?} gives {problems:?}");
        assert_eq!(underlined(&problems[0]), (*code, *place), "{text:?}");
    }
}

#[test]
fn places_count_bytes_in_files_with_a_byte_order_mark_and_other_scripts() {
    for (text, position) in [
        ("\u{feff}端口: @x", (1, 5)),
        ("\u{feff}端口: 1\r\n端口: 2", (2, 1)),
        ("端口: '远程'' 桌面' x", (1, 15)),
    ] {
        let problems = problems(text);
        let place = problems[0].place.position().unwrap();
        assert_eq!((place.line, place.column), position, "{text:?}");
    }
}

#[test]
fn a_second_key_points_at_the_first() {
    let problems = problems("port: 1\nname: x\n'port': 2\n\"p\\u006frt\": 3\n");
    let places: Vec<(&str, &str)> = problems.iter().map(underlined).collect();
    assert_eq!(
        places,
        [("yaml/duplicate-key", "'port'"), ("yaml/duplicate-key", "\"p\\u006frt\"")]
    );
    for problem in &problems {
        assert_eq!(problem.message, "key `port` is written twice");
        let [(label, first)] = &problem.related[..] else { panic!("{problem:?}") };
        assert_eq!((label.as_str(), first.span.start), ("the first", 0));
    }
}

#[test]
fn a_key_with_a_colon_in_it_is_a_key_where_it_has_one_of_its_own() {
    super::document("a:b: {c:d: , 'e:f', \"g:h\", i}\nj:k:\n");
}

#[test]
fn the_same_key_in_another_mapping_is_another_key() {
    super::document("a: {b: 1}\nc: {b: 2}\nd: [{b: 1}, {b: 2}]\n");
}

#[test]
fn the_directive_of_the_version_changes_nothing() {
    for text in [
        "%YAML 1.2\n---\na: 1\n",
        "\u{feff}%YAML 1.2\n---\na: 1\n",
        "%YAML 1.2\r\n---\r\na: 1\r\n",
        "# about\n\n%YAML  1.2  # version\n# more\n---\na: 1\n",
        "%YAML 1.2\n--- # policies\na: 1\n",
        "%YAML 1.2\n--- {a: 1}\n",
        "%YAML 1.2\n---\na: 1\n...\n",
        "---\na: 1\n",
    ] {
        let root = document(text);
        let value = root.get("a").unwrap_or_else(|| panic!("{text:?}"));
        assert_eq!(value.location.text(), "1", "{text:?}");
    }
    let empty = parse(&source("%YAML 1.2\n---\n"));
    assert!(empty.is_ok_and(|root| root.is_none()));
}

#[test]
fn duplicates_are_found_among_few_and_among_many_keys() {
    for count in [1, 7, 8, 9, 10, 200] {
        let mut text: String = (0..count).map(|key| format!("k{key}: x\n")).collect();
        for repeated in [0, count / 2, count - 1] {
            text.push_str(&format!("k{repeated}: y\n"));
        }
        let problems = problems(&text);
        assert_eq!(problems.len(), 3, "{count} keys");
        for (problem, repeated) in problems.iter().zip([0, count / 2, count - 1]) {
            let first = &problem.related[0].1;
            assert_eq!(first.position().line, repeated + 1, "{count} keys");
        }
    }
}

#[test]
fn every_problem_is_reported_in_the_order_of_the_file() {
    let text = "a: !x 1\na: 2\nb: *c\n[d]: 1\n<<: 2\nb: @\n";
    let problems = problems(text);
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "yaml/tag",
            "yaml/duplicate-key",
            "yaml/unknown-anchor",
            "yaml/key-not-text",
            "yaml/merge-key",
            "yaml/duplicate-key",
            "yaml/reserved-character",
        ]
    );
}

#[test]
fn messages_are_lower_case_without_a_period_and_repeat_no_more_than_a_line() {
    let long = "x".repeat(5000);
    for text in [
        format!("a: 1\n{long}\n"),
        format!("'{long}': 1\n'{long}': 2"),
        format!("? '{long}'\n: 1\n? '{long}'\n: 2"),
        format!("a: !{long} 1"),
        format!("a: *{long}"),
        format!("a: |{long}"),
        "a: @".to_owned(),
        "a: 1\n... x".to_owned(),
    ] {
        for problem in problems(&text) {
            let first = problem.message.chars().next().unwrap();
            assert!(!first.is_uppercase(), "{}", problem.message);
            assert!(!problem.message.ends_with('.'), "{}", problem.message);
            assert!(problem.message.chars().count() < 200, "{}", problem.message);
            assert!(problem.help.is_some(), "{}", problem.message);
        }
    }
}
