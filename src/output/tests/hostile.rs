//! Texts from an API, a file name or a policy are shown, never obeyed, in every format.

use super::*;
use crate::output::Colour;
use crate::text::{Level, Mark, Place, Position, is_hostile};

const EVIL: &str = "a\"<&'\u{1b}[31m\u{202e}\0##[error]x9\r\n::set-output name=x9::y\n=cmd()x9</script>x9]]>x9\u{e0041}\u{7f}`|\u{2028}.json";

/// What of it may stand in a policy file as it is.
const EVIL_COMMENT: &str = "\u{202e}##[error]\u{e0041}\u{2066}";

/// What a loaded policy file may be told, in every kind of place.
pub(super) fn load_problems() -> Vec<Problem> {
    let source = location("").source;
    let here = |words: &str| Location { source: Arc::clone(&source), ..location(words) };
    let text = |words: &str| Place::Text(here(words));
    let mark = Mark {
        source: Arc::from("ports.json"),
        position: Position { line: 3, column: 7 },
        offset: 40,
        length: 2,
    };
    let problem = |level, message: &str, place| Problem {
        level,
        code: "policy/unknown-field".to_owned(),
        message: message.to_owned(),
        label: "here".to_owned(),
        help: None,
        place,
        related: Vec::new(),
    };
    vec![
        Problem {
            help: Some("did you mean `RiskLevel`?".to_owned()),
            ..problem(Level::Error, "`RiskLevel` is no field of it", text("RiskLevel"))
        },
        problem(Level::Error, "duplicate id", text("one-sided"))
            .labelled("the same again, and this goes on for longer than a label may be wide")
            .related("the first one", here("rdp-exposed")),
        problem(Level::Warning, "the list ends too early", Place::Evidence(mark)),
        problem(Level::Note, "nothing is here", Place::Whole(Arc::from("policies"))),
    ]
}

/// Holds what a format writes of the evil text, wherever it stands: it is shown, and does nothing.
#[track_caller]
fn is_inert(written: &str, format: Format) {
    let plain = written.replace('\\', "");
    for shown in ["x9", "error]", "set-output", "cmd()"] {
        // A command is broken within its first word.
        let is_shown = plain.contains(shown) || plain.contains(&broken(shown));
        assert!(is_shown, "{format:?} does not show {shown}:\n{written}");
    }
    let number = ["U+202E", "\\u202e"].iter().any(|number| written.contains(number));
    assert!(number, "{format:?}\n{written}");
    // Runners read these anywhere in a line, and at its start.
    assert!(!written.contains("##["), "{format:?}\n{written}");
    let command = regex::Regex::new("(?m)^\\s*::[a-zA-Z]").unwrap();
    let commands = command.find_iter(written).count();
    let own = written.lines().filter(|line| {
        ["::error ", "::warning ", "::notice "].iter().any(|own| line.starts_with(own))
    });
    assert_eq!(commands, if format == Format::Github { own.count() } else { 0 }, "{format:?}");
    // In Markdown they stand between backticks or behind backslashes.
    if written.starts_with('<') {
        assert!(!written.contains("</script>x9"), "{format:?}\n{written}");
        assert!(!written.contains("]]>x9"), "{format:?}\n{written}");
    }
}

/// A word with its first letter by number.
fn broken(word: &str) -> String {
    let first = word.chars().next().unwrap();
    word.replacen(first, &format!("<U+{:04X}>", u32::from(first)), 1)
}

/// Whether nothing but lines and, where they are meant, colours is in a text.
#[track_caller]
fn is_harmless(text: &str, colour: Colour) {
    let mut rest = text.replace('\n', "");
    if colour == Colour::On {
        let colours = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
        assert!(colours.is_match(&rest) || !text.contains('╭'), "{text:?}");
        // The one that the evil text brings must not be among them.
        rest = colours.replace_all(&rest, "").into_owned();
    }
    assert!(!rest.contains(is_hostile), "{text:?}");
}

fn styles() -> [Style; 2] {
    [Colour::Off, Colour::On].map(|colour| Style { colour, ..Style::default() })
}

#[test]
fn problems_are_harmless() {
    let source = Source::new(EVIL, format!("a: {EVIL}\nb"));
    let location = Location { source, span: Span::new(3, 30) };
    let evil = || EVIL.to_owned();
    let problem = |place| Problem {
        level: Level::Error,
        code: evil(),
        message: evil(),
        label: evil(),
        help: Some(evil()),
        place,
        related: vec![(evil(), location.clone())],
    };
    let all = [problem(Place::Text(location.clone())), problem(Place::Whole(Arc::from(EVIL)))];
    for format in Format::ALL {
        for style in styles() {
            let written = shown(&all, format, &style);
            is_harmless(&written, style.colour);
            is_inert(&written, format);
        }
    }
}

#[test]
fn reports_are_harmless() {
    let escaped = |c: char| format!("\\U{:08x}", u32::from(c));
    let evil: String = format!("{EVIL} {{RiskReason}}").chars().map(escaped).collect();
    let evil = format!("\"{evil}\"");
    let file = format!(
        "operation: DescribeInternetOpenPort
policies:
  - id: a
    rule: deny if RiskReason is known or RiskReason is unknown # {EVIL_COMMENT}
    title: {evil}
    message: {evil}
    why: {evil}
    remediation: {evil}
    controls: {{ evil: [{evil}] }}
    tags: [{evil}]
"
    );
    let controls = format!("{evil}: {{title: {evil}, strength: direct, use: {evil}}}");
    let framework = format!(
        "{{framework: evil, name: {evil}, version: {evil}, note: {evil}, controls: {{{controls}}}}}"
    );
    let sources = [Source::new(EVIL, file), Source::new(EVIL, framework)];
    let mut set = policy::load(&sources, &Catalogue::built_in().unwrap(), &[]).unwrap();
    set.policies[0].references.push(EVIL.to_owned());
    assert!(set.policies[0].title.contains('\u{1b}'), "the file brings what is hostile");
    let token = serde_json::to_string(EVIL).unwrap();
    let escaped = token.replace('\u{202e}', "\\u202e");
    for reason in [token, escaped, "\"\\ud800 口令\"".to_owned()] {
        let record = format!("{{\"RiskReason\": {reason}, \"ProbRisk\": {reason}}}");
        let text = response(&[&record], 1);
        let report = report_of(set.clone(), &[(EVIL, &text)], Terms::STRICT);
        assert_eq!(report.findings.len(), 1);
        let framework = policy::find_framework(&set.frameworks, "evil").unwrap();
        let view = report.clone().viewed(framework);
        for format in Format::ALL {
            for style in styles() {
                for report in [&report, &view] {
                    let written = rendered(report, format, &style);
                    is_harmless(&written, style.colour);
                    is_inert(&written, format);
                }
            }
        }
    }
}

#[test]
fn long_texts_do_not_push_everything_else_away() {
    let policies = loaded(
        NAME,
        "operation: DescribeInternetOpenPort
policies:
  - {id: a, rule: deny if RiskReason is known, message: '{RiskReason}'}
",
    );
    for long in ["x".repeat(1_000_000), "口令".repeat(300_000), "口 令 ".repeat(200_000)] {
        let record = format!("{{\"RiskReason\":\"{long}\",\"ProbRisk\":\"{long}\"}}");
        let text = response(&[&record], 1);
        let report = report(policies.clone(), &[("ports.json", &text)], Terms::STRICT);
        let human = rendered(&report, Format::Human, &Style::default());
        assert!(human.lines().count() < 100, "{}", human.lines().count());
        let widest = human.lines().map(textwrap::core::display_width).max();
        assert!(widest.unwrap() <= 80, "{widest:?}");
    }
}
