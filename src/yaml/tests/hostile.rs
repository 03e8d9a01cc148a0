//! Files made to hurt end in an error, or in a tree, at once.

use std::time::{Duration, Instant};

use super::super::{MAX_BYTES, MAX_DEPTH, MAX_NODES, MAX_PROBLEMS, parse};
use super::{document, nodes, problems, source, underlined};

/// Far above what any of these takes, far below what a quadratic one would take.
const AT_ONCE: Duration = Duration::from_secs(30);

fn codes(text: &str) -> Vec<String> {
    let start = Instant::now();
    let outcome = parse(&source(text));
    assert!(start.elapsed() < AT_ONCE, "took {:?}", start.elapsed());
    let problems = outcome.err().unwrap_or_default();
    problems.into_iter().map(|problem| problem.code).collect()
}

#[test]
fn depth_bombs_are_too_deep() {
    let nested = (0..3000).map(|depth| " ".repeat(depth) + "a:\n").collect::<String>();
    for (text, code) in [
        ("{a: ".repeat(100_000), "yaml/too-deep"),
        ("[".repeat(100_000), "yaml/too-deep"),
        ("- ".repeat(100_000), "yaml/too-deep"),
        ("? ".repeat(50_000), "yaml/too-deep"),
        ("[a: ".repeat(50_000), "yaml/too-deep"),
        ("[{".repeat(50_000), "yaml/too-deep"),
        (nested, "yaml/too-deep"),
    ] {
        assert_eq!(codes(&text), [code], "{}…", &text[..8]);
    }
}

#[test]
fn depth_is_counted_over_flow_and_block_and_ends_exactly_at_the_limit() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
        let nest = |depth: usize| open.repeat(depth) + "x" + &close.repeat(depth);
        document(&nest(MAX_DEPTH));
        assert_eq!(codes(&nest(MAX_DEPTH + 1)), ["yaml/too-deep"]);
    }
    let half = MAX_DEPTH / 2;
    let mixed =
        |more: usize| "- ".repeat(half) + &"[".repeat(half + more) + &"]".repeat(half + more);
    document(&mixed(0));
    assert_eq!(codes(&mixed(1)), ["yaml/too-deep"]);
}

#[test]
fn an_alias_is_as_deep_as_what_it_names() {
    let half = MAX_DEPTH / 2;
    let nest = |outer: usize| {
        let anchor = "[".repeat(half) + &"]".repeat(half);
        format!("a: &x {anchor}\nb: {}*x{}", "[".repeat(outer), "]".repeat(outer))
    };
    document(&nest(half - 1));
    let problems = problems(&nest(half));
    assert_eq!(underlined(&problems[0]), ("yaml/too-deep", "*x"));
}

#[test]
fn billion_laughs_run_out_of_values() {
    let mut text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert_eq!(codes(&text), ["yaml/too-many-values"]);
}

#[test]
fn aliases_of_one_long_text_share_it() {
    let text = format!("a: &a {}\nb: [{}]", "x".repeat(1 << 20), "*a, ".repeat(100_000));
    assert_eq!(codes(&text), Vec::<String>::new());
}

#[test]
fn anchors_inside_each_other_count_each_time() {
    let text = "&a [".to_owned() + &"x, ".repeat(40_000) + "]";
    let nested = (0..40).fold(text, |inner, level| format!("&b{level} [{inner}]"));
    assert_eq!(codes(&nested), ["yaml/too-many-values"]);
}

#[test]
fn a_file_with_many_values_is_read_and_one_with_too_many_is_not() {
    let list = |count: usize| "- 1\n".repeat(count);
    let many = MAX_NODES - 1;
    assert_eq!(nodes(&document(&list(many))).len(), MAX_NODES);
    assert_eq!(codes(&list(many + 1)), ["yaml/too-many-values"]);
}

#[test]
fn a_file_that_is_too_large_is_not_looked_at() {
    assert_eq!(codes(&"\0".repeat(MAX_BYTES + 1)), ["yaml/too-large"]);
}

#[test]
fn many_keys_are_quick_and_so_are_many_duplicates() {
    let keys = |count: usize| (0..count).map(|key| format!("key{key}: 1\n")).collect::<String>();
    assert_eq!(codes(&keys(80_000)), Vec::<String>::new());
    assert_eq!(codes(&keys(80_000).repeat(2)), vec!["yaml/duplicate-key"; MAX_PROBLEMS]);
    assert_eq!(codes(&"a: 1\n".repeat(80_000)), vec!["yaml/duplicate-key"; MAX_PROBLEMS]);
}

#[test]
fn repetitions_of_anything_end() {
    for piece in [
        "&a ", "*a ", "! ", "!!x ", "'", "''", "\"", "\\", "\"\\", "|\n", ">\n ", "#", "# \n",
        ": ", ":", "-", "--- ", "---\n", "...\n", "%a\n", "{", "}", "[]", "{}", ",", "?",
        "? a\n: ", "a: b: ", "\t", "\r", "\r\n", "\u{feff}", "中", "a\n\n", "&a [*a,", "\"\\\n",
        "  \n", "<<: ", "- a\n  ", "[\n", "@", "`",
    ] {
        let count = 200_000 / piece.len();
        for prefix in ["", "a: ", "a: |\n ", "a: >\n  x\n ", "a: \"", "- '", "[", "{a: "] {
            codes(&(prefix.to_owned() + &piece.repeat(count)));
        }
    }
}

#[test]
fn a_part_of_a_long_text_is_found_quickly() {
    let blanks = " ".repeat(1 << 20);
    let breaks = "\n".repeat(1 << 20);
    for text in [
        format!("'a{blanks}b'"),
        format!("'a{breaks}b'"),
        format!("\"a{breaks}\\x62\""),
        format!("a{breaks} b"),
        format!(">\n a{breaks} b\n"),
        format!("|\n a{breaks} b\n"),
        format!("\"{}b\"", "\\\n".repeat(1 << 19)),
    ] {
        let document = document(&text);
        let end = document.as_scalar().unwrap().text().trim_end().len();
        let start = Instant::now();
        let found = document.location_of(end - 1..end);
        assert!(start.elapsed() < AT_ONCE);
        assert!(["b", "\\x62"].contains(&found.text()), "{:?}", &text[..8]);
    }
}
