//! What every form of the language reads as, and what each mistake is answered with.

use super::{expression, operand, sentence};
use crate::policy::Operator;
use crate::policy::syntax::{
    Comparison, Expr, Op, Operand, OperandKind, Ports, Sentence, Target, TargetKind,
};
use crate::text::{Place, Problem, Source};
use crate::yaml::{Node, parse};

/// The one element of a YAML list.
fn element(yaml: &str) -> Node {
    let node = parse(&Source::new("test.yaml", yaml)).unwrap().unwrap();
    node.as_sequence().unwrap()[0].clone()
}

/// A text as a literal block scalar, which needs no YAML quoting.
fn block(text: &str) -> Node {
    element(&format!("- |-\n  {text}\n"))
}

fn read_sentence(text: &str) -> Result<Sentence, Box<Problem>> {
    let mut problems = Vec::new();
    let sentence = sentence(&block(text), &mut problems);
    sentence.ok_or_else(|| Box::new(problems.remove(0)))
}

fn read(text: &str) -> Expr {
    let mut problems = Vec::new();
    expression(&block(text), &mut problems).unwrap_or_else(|| panic!("{text}: {problems:?}"))
}

/// The condition with every bracket written out.
fn shown(expr: &Expr) -> String {
    let join = |parts: &[Expr], word: &str| {
        let parts: Vec<_> = parts.iter().map(shown).collect();
        format!("({})", parts.join(word))
    };
    match expr {
        Expr::All(parts) => join(parts, " and "),
        Expr::Any(parts) => join(parts, " or "),
        Expr::Not(part) => format!("not {}", shown(part)),
        Expr::Approved(_) => "approved".to_owned(),
        Expr::Target(target) => target_shown(target),
        Expr::Comparison(Comparison { left, op, right, .. }) => {
            let right = right.as_ref().map(|right| format!(" {}", value(right)));
            format!("{} {}{}", value(left), op.spelling(), right.unwrap_or_default())
        }
    }
}

fn target_shown(target: &Target) -> String {
    match &target.kind {
        TargetKind::Name { name, quoted: true } => format!("<{name:?}>"),
        TargetKind::Name { name, .. } => format!("<{name}>"),
        TargetKind::Ports(Ports { range: (first, last), location, protocol }) => {
            let (protocol, place) = match protocol {
                Some((protocol, place)) => (protocol.as_str(), place.text()),
                None => ("", ""),
            };
            assert_eq!(protocol, place);
            assert!(location.text().starts_with(&first.to_string()));
            format!("<{first}..{last}:{protocol}>")
        }
    }
}

fn value(operand: &Operand) -> String {
    match &operand.kind {
        OperandKind::Name(name) => name.clone(),
        OperandKind::Text(text) => format!("{text:?}"),
        OperandKind::Number(number, unit) => {
            format!("{number}{}", unit.clone().unwrap_or_default())
        }
        OperandKind::Address(text) => format!("<{text}>"),
        OperandKind::Param(name) => format!("${name}"),
        OperandKind::Range(low, high) => format!("{}..{}", value(low), value(high)),
        OperandKind::List(elements) => {
            let elements: Vec<_> = elements.iter().map(value).collect();
            format!("[{}]", elements.join(", "))
        }
        OperandKind::Aggregate(aggregate) => {
            let field = aggregate.field.as_ref().map(value).unwrap_or_default();
            let records = aggregate.records.as_ref().map(shown).unwrap_or_default();
            format!("{}({field}|{records})", aggregate.function.name())
        }
        OperandKind::Binary(left, operator, right) => {
            let sign = match operator {
                Operator::Add => "+",
                Operator::Subtract => "-",
                Operator::Multiply => "*",
                Operator::Divide => "/",
            };
            format!("({} {sign} {})", value(left), value(right))
        }
    }
}

fn place(problem: &Problem) -> &str {
    match &problem.place {
        Place::Text(location) => location.text(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn conditions_bind_not_before_and_before_or() {
    let table = [
        ("RiskLevel 3", "RiskLevel = 3"),
        ("RiskLevel is high", "RiskLevel = high"),
        ("RiskLevel IS NOT high", "RiskLevel != high"),
        ("RiskLevel == 3", "RiskLevel = 3"),
        ("a 1 or b 2 and c 3", "(a = 1 or (b = 2 and c = 3))"),
        ("(a 1 or b 2) and c 3", "((a = 1 or b = 2) and c = 3)"),
        ("not a 1 and b 2", "(not a = 1 and b = 2)"),
        ("not (a 1 and b 2)", "not (a = 1 and b = 2)"),
        ("NOT not approved OR Approved", "(not not approved or approved)"),
        ("((approved))", "approved"),
        ("a not in [1, 2,]", "a not in [1, 2]"),
        ("a is in [1]", "a in [1]"),
        ("a is not in [1]", "a not in [1]"),
        ("a is known and b is unknown", "(a is known and b is unknown)"),
        ("a is not known", "a is unknown"),
        ("a is not unknown", "a is known"),
        ("a is empty and b is not empty", "(a is empty and not b is empty)"),
        ("a contains any of [b, c]", "a contains any of [b, c]"),
        ("a contains ALL of d", "a contains all of d"),
        ("a contains any", "a contains any"),
        ("a not contains b", "not a contains b"),
        ("a starts with b or a ends with 'c'", "(a starts with b or a ends with \"c\")"),
        ("a matches \"^\\d+\\\\.\\\"$\"", "a matches \"^\\\\d+\\\\.\\\"$\""),
        ("a matches '^\\d'", "a matches \"^\\\\d\""),
        ("a is 'it''s'", "a = \"it's\""),
        ("a is deny", "a = deny"),
        ("a is \"and\"", "a = \"and\""),
        ("a starts", "a = starts"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(&read(text)), expected, "{text}");
    }
}

#[test]
fn aggregates_are_operands() {
    for (text, expected) in [
        ("count > 2", "count > 2"),
        ("COUNT(a 1 and b 2) > 2", "count(|(a = 1 and b = 2)) > 2"),
        ("count(where a 1) >= 2 and c 3", "(count(|a = 1) >= 2 and c = 3)"),
        ("count() = 0", "count(|) = 0"),
        ("sum(a) > 1GB", "sum(a|) > 1GB"),
        ("1 GB < Sum(a where not (b 1 or c 2))", "1GB < sum(a|not (b = 1 or c = 2))"),
        ("distinct(a where b in [1, 2]) > 2", "distinct(a|b in [1, 2]) > 2"),
        ("count(a 1) / count * 100 > 50", "((count(|a = 1) / count) * 100) > 50"),
        (
            "10 * count(a 1) - sum(b) < count (c 2)",
            "((10 * count(|a = 1)) - sum(b|)) < count(|c = 2)",
        ),
        ("count(count(a 1) > 2) > 3", "count(|count(|a = 1) > 2) > 3"),
        ("count > count(a 1)", "count > count(|a = 1)"),
    ] {
        assert_eq!(shown(&read(text)), expected, "{text}");
    }
}

#[test]
fn operands_are_read_in_every_form() {
    let table = [
        ("a > 1GB", "a > 1GB"),
        ("a > 1 GB and b 2", "(a > 1GB and b = 2)"),
        ("a > 1.5 KiB", "a > 1.5KiB"),
        ("a > 50%", "a > 50%"),
        ("a > 50 %", "a > 50%"),
        ("a in 1..1023", "a in 1..1023"),
        ("a in low..high", "a in low..high"),
        ("a in [1..3, 5]", "a in [1..3, 5]"),
        ("a -1", "a = -1"),
        ("a in [3, -1]", "a in [3, -1]"),
        ("a = -5..-1", "a = -5..-1"),
        ("a - 1 > 2", "(a - 1) > 2"),
        ("a + b * c > 10 * d - 2", "(a + (b * c)) > ((10 * d) - 2)"),
        ("a - b - c > 0", "((a - b) - c) > 0"),
        ("(a + b) * 2 > c", "((a + b) * 2) > c"),
        ("((a + b)) > 2", "(a + b) > 2"),
        ("((a + b) > 2)", "(a + b) > 2"),
        ("c < (a + b) / 2", "c < ((a + b) / 2)"),
        ("a/b > 2", "(a / b) > 2"),
        ("a>2", "a > 2"),
        ("3 < a", "3 < a"),
        ("a > $busy", "a > $busy"),
        ("a in 10.0.0.0/8", "a in <10.0.0.0/8>"),
        ("a in [2001:db8::/32, ::1, fe80::1]", "a in [<2001:db8::/32>, <::1>, <fe80::1>]"),
        ("a = 192.0.2.1", "a = <192.0.2.1>"),
        ("a > 2025-01-02", "a > 2025-01-02"),
        ("a > 2025-01-02T03:04:05+08:00", "a > 2025-01-02T03:04:05+08:00"),
        ("a contains MS-SQL", "a contains MS-SQL"),
        ("a contains Node.js", "a contains Node.js"),
        ("a contains 远程桌面", "a contains 远程桌面"),
        ("a = 9p", "a = 9p"),
        ("a = 1e3", "a = 1000"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(&read(text)), expected, "{text}");
    }
}

#[test]
fn sentences_have_effect_targets_and_clauses() {
    let targets = |text: &str| {
        let sentence = read_sentence(text).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
        let targets = sentence.targets.iter().map(|target| {
            assert!(text.contains(target.location.text()));
            target_shown(target)
        });
        let but = if sentence.is_anything_but { "but " } else { "" };
        format!("{but}{}", targets.collect::<Vec<_>>().join(" "))
    };
    let table = [
        ("deny", ""),
        ("deny if approved", ""),
        ("deny RDP", "<RDP>"),
        ("deny RDP, SSH or Telnet if approved", "<RDP> <SSH> <Telnet>"),
        ("deny RDP, SSH, or Telnet when approved", "<RDP> <SSH> <Telnet>"),
        ("deny 3389/tcp, 3389 or SSL/TLS", "<3389..3389:tcp> <3389..3389:> <SSL/TLS>"),
        ("deny port 3389", "<3389..3389:>"),
        ("deny Port 3389/TCP or PORT 22", "<3389..3389:TCP> <22..22:>"),
        ("deny tcp/3389,udp/135..139", "<3389..3389:tcp> <135..139:udp>"),
        ("deny 135..139", "<135..139:>"),
        ("deny 135 .. 139 or port 8000..8010/tcp", "<135..139:> <8000..8010:tcp>"),
        ("deny anything but HTTPS", "but <HTTPS>"),
        (
            "deny Anything But HTTPS, 443/tcp or port 80 if approved",
            "but <HTTPS> <443..443:tcp> <80..80:>",
        ),
        ("deny anything but \"a b\" unless approved", "but <\"a b\">"),
        ("deny \"3389/tcp\" or 'a b'", "<\"3389/tcp\"> <\"a b\">"),
        ("deny 9p or 802.1x", "<9p> <802.1x>"),
    ];
    for (text, expected) in table {
        assert_eq!(targets(text), expected, "{text}");
    }
    let whole = read_sentence("Alert RDP IF RiskLevel 3 UNLESS approved").unwrap();
    assert_eq!(whole.effect.name(), "alert");
    assert_eq!(shown(&whole.condition.unwrap()), "RiskLevel = 3");
    assert_eq!(shown(&whole.unless.unwrap()), "approved");
    assert_eq!(whole.location.text(), "Alert RDP IF RiskLevel 3 UNLESS approved");
}

#[test]
fn targets_are_conditions_where_they_cannot_be_the_rest_of_a_comparison() {
    for (text, expected) in [
        ("HTTPS", "<HTTPS>"),
        ("\"BT Panel\"", "<\"BT Panel\">"),
        ("HTTPS or 443/tcp", "(<HTTPS> or <443..443:tcp>)"),
        ("443/tcp and a 3", "(<443..443:tcp> and a = 3)"),
        ("a 3 and 443/tcp", "(a = 3 and <443..443:tcp>)"),
        ("a 3 or tcp/443 or RDP", "(a = 3 or <443..443:tcp> or <RDP>)"),
        ("a 3 or port 443", "(a = 3 or <443..443:>)"),
        ("port 135..139 or 135..139/udp", "(<135..139:> or <135..139:udp>)"),
        ("not HTTPS and not (RDP or SSH)", "(not <HTTPS> and not (<RDP> or <SSH>))"),
        ("RDP and a 3", "(<RDP> and a = 3)"),
        ("a is known or RDP", "(a is known or <RDP>)"),
        ("a is empty and RDP", "(a is empty and <RDP>)"),
        ("approved or RDP", "(approved or <RDP>)"),
        ("(a 3) or RDP", "(a = 3 or <RDP>)"),
        ("a 3 and (RDP or SSH)", "(a = 3 and (<RDP> or <SSH>))"),
        ("count(RDP) > 2", "count(|<RDP>) > 2"),
        ("count(443/tcp or a 1) > 2", "count(|(<443..443:tcp> or a = 1)) > 2"),
        // One side of a comparison is no target.
        ("Port 443", "Port = 443"),
        ("Port 443 + 1", "Port = (443 + 1)"),
        ("Port 443/tcp", "<443..443:tcp>"),
        ("Port in 135..139", "Port in 135..139"),
        ("a/1000 > 3", "(a / 1000) > 3"),
        ("1000/a > 3", "(1000 / a) > 3"),
        ("1..3 = a", "1..3 = a"),
        ("3 < a", "3 < a"),
        ("tcp/3 + 1 > 2", "((tcp / 3) + 1) > 2"),
    ] {
        assert_eq!(shown(&read(text)), expected, "{text}");
    }
}

#[test]
fn a_comparison_knows_the_place_of_each_of_its_parts() {
    let Expr::Comparison(comparison) = read("OutBytes  not in  [1, 2 KB]") else {
        panic!("a comparison")
    };
    assert_eq!(comparison.left.location.text(), "OutBytes");
    assert_eq!(comparison.op_location.text(), "not in");
    assert_eq!(comparison.op, Op::NotIn);
    assert_eq!(comparison.location.text(), "OutBytes  not in  [1, 2 KB]");
    let right = comparison.right.unwrap();
    assert_eq!(right.location.text(), "[1, 2 KB]");
    let OperandKind::List(elements) = &right.kind else { panic!("a list") };
    assert_eq!(elements[1].location.text(), "2 KB");
    let Expr::Comparison(implicit) = read("RiskLevel 3") else { panic!("a comparison") };
    assert_eq!(implicit.op_location.text(), "3");
}

/// Each line has a text, the code of its problem, the words underlined, and a part of the help.
const MISTAKES: &str = r#"
block RDP | policy/unknown-effect | block | did you mean `deny`
dney RDP | policy/unknown-effect | dney | did you mean `deny`
RDP if RiskLevel 3 | policy/unknown-effect | RDP | begins with `deny` or `alert`
deny RDP if | policy/missing-condition | if | RiskLevel 3
deny RDP unless | policy/missing-condition | unless | RiskLevel 3
deny RDP if unless approved | policy/missing-condition | if | approved
deny if a 1 and | policy/missing-condition | and | comparison
deny if a 1 or or b 2 | policy/missing-condition | or | comparison
deny if () | policy/missing-condition | ( | comparison
deny if not | policy/missing-condition | not | comparison
deny RDP RiskLevel 3 | policy/missing-if | RiskLevel | write `if`
deny RDP and SSH | policy/missing-if | and | join targets by `or`
deny Remote Desktop if a 1 | policy/missing-if | Desktop | quotes around a name
deny RDP, if a 1 | policy/missing-target | , | a service
deny RDP or | policy/missing-target | or | a service
deny or RDP | policy/missing-target | deny | a service
deny not RDP | policy/bad-target | not | `anything but`
deny all if a 1 | policy/bad-target | all | leave it out
deny everything but RDP | policy/bad-target | everything | `anything but`
deny anything except RDP | policy/bad-target | anything | `anything but`
deny all other RDP | policy/bad-target | all | `anything but`
deny anything but | policy/missing-target | but | a service
deny anything but if a 1 | policy/missing-target | but | a service
deny on port 80 | policy/bad-target | on | `port 80`
deny on 80/tcp | policy/bad-target | on | `port 80`
deny RDP on port 80 | policy/missing-if | on | `if port 80`
deny RDP on 3389/tcp | policy/missing-if | on | `if port 3389`
deny RDP over tcp | policy/missing-if | over | `if Protocol = tcp`
deny 3389 tcp | policy/missing-if | tcp | `3389/tcp`
deny port 3389 udp | policy/missing-if | udp | `3389/udp`
deny tcp 3389 | policy/missing-if | 3389 | `3389/tcp`
deny udp port 53 | policy/missing-if | port | `53/udp`
deny tcp RDP | policy/missing-if | RDP | write `if`
deny 3389 / tcp | policy/missing-if | / | `3389/tcp`
deny ports 80 | policy/missing-if | 80 | `port 80, 8000..8010`
deny 3389/tcp/udp | policy/bad-target | 3389/tcp/udp | a port such as
deny tcp3389 | policy/bad-target | tcp3389 | `3389/tcp`
deny TCP-3389 | policy/bad-target | TCP-3389 | `3389/tcp`
deny 3389tcp | policy/bad-target | 3389tcp | `3389/tcp`
deny 80-443 | policy/bad-target | 80-443 | `80..443`
deny tcp:3389 | policy/unknown-character | : | `3389/tcp`
deny 443.5/tcp | policy/bad-target | 443.5/tcp | a port such as
deny 33.5 | policy/bad-target | 33.5 | a port such as
deny $port | policy/bad-target | $port | a param is a value
deny [RDP] | policy/bad-target | [RDP] | a port such as
deny if 3 | policy/missing-comparison | 3 | `port 3`
deny if approved and 443 | policy/missing-comparison | 443 | `port 443`
deny if 135..139 | policy/missing-comparison | 135..139 | `port 135..139` or `135..139/tcp`
deny if [80, 443] | policy/missing-comparison | [80, 443] | compare it
deny if a 2 or 3 | policy/missing-comparison | 3 | `a in [2, 3]`, or `port 3`
deny if a = 2 or 3 or 4 and b 1 | policy/missing-comparison | 3 | `a in [2, 3, 4]`
deny if a != 2 and 3 | policy/missing-comparison | 3 | `a not in [2, 3]`
deny if a in [1, 2] or 3 | policy/missing-comparison | 3 | `a in [1, 2, 3]`
deny if a 1..3 or 5..7 | policy/missing-comparison | 5..7 | `a in [1..3, 5..7]`
deny if a < 2 or 3 | policy/missing-comparison | 3 | `port 3`
deny if a 2 and 3 | policy/missing-comparison | 3 | `port 3`
deny if a 2 or not 3 | policy/missing-comparison | 3 | `port 3`
deny if a is high or medium | policy/missing-comparison | medium | `a in [high, medium]`
deny if a is high and RDP | policy/missing-comparison | RDP | `RDP and a is high`
deny if a > 0 or RDP | policy/missing-comparison | RDP | `RDP or a > 0`
deny if a 1 or b 2 and not RDP | policy/missing-comparison | RDP | `not RDP and b 2`
deny if a contains b or c or d | policy/missing-comparison | c | `a contains any of [b, c, d]`
deny if a contains b and c | policy/missing-comparison | c | `a contains all of [b, c]`
deny if a not contains b and c | policy/missing-comparison | c | `a not contains any of [b, c]`
deny if a contains only b or "c d" | policy/missing-comparison | "c d" | `a contains only [b, "c d"]`
deny if a contains any of [b] or c | policy/missing-comparison | c | `a contains any of [b, c]`
deny if count(a 1) > 2 or RDP | policy/missing-comparison | RDP | `RDP or count(a 1) > 2`
deny if anything but RDP | policy/unexpected-word | anything | `not (HTTPS or 443/tcp)`
deny if a = | policy/missing-value | = | a number
deny if a in and b 2 | policy/missing-value | in | a range
deny if a = or | policy/missing-value | = | a number
deny if a in [1,,2] | policy/missing-value | , | a number
deny if a + > 2 | policy/missing-value | + | a number
deny if a in [] | policy/empty-list | [] | at least one
deny if a in [1 2] | policy/unexpected-word | 2 | commas
deny if a in (80, 443) | policy/unexpected-word | , | `[80, 443]`
deny if a 80, 443 | policy/unexpected-word | , | list in brackets
deny if a 1 b 2 | policy/unexpected-word | b | `and`
deny if a > 1 PB | policy/unexpected-word | PB | KiB
deny if a > 10 -5 | policy/unexpected-word | -5 | spaces on both sides
deny if -a > 1 | policy/unexpected-word | - | 0 - 
deny if a 1 if b 2 | policy/unexpected-word | if | one `if`
deny unless a 1 if b 2 | policy/unexpected-word | if | one `if`
deny if 1 < a < 9 | policy/chained-comparison | < | `1 < a and …`
deny if a in [1] in [2] | policy/chained-comparison | in | by `and`
deny if a 1 && b 2 | policy/foreign-operator | && | write `and`
deny if a 1 || b 2 | policy/foreign-operator | || | write `or`
deny if !approved | policy/foreign-operator | ! | write `not`
deny if a => 2 | policy/foreign-operator | => | write `>=`
deny if a =< 2 | policy/foreign-operator | =< | write `<=`
deny if a <> 2 | policy/foreign-operator | <> | write `!=`
deny if a =~ 'x' | policy/foreign-operator | =~ | write `matches`
deny if a ≥ 2 | policy/foreign-operator | ≥ | write `>=`
deny if a is “x” | policy/foreign-operator | “ | write `"`
deny if a eq 2 | policy/foreign-operator | eq | write `=`
deny if a GTE 2 | policy/foreign-operator | GTE | write `>=`
deny if a exists | policy/foreign-operator | exists | write `is known`
deny if a empty | policy/foreign-operator | empty | write `is empty`
deny if a contians RDP | policy/unknown-operator | contians | did you mean `contains`
deny if a starts_with x | policy/unknown-operator | starts_with | `starts with`
deny if a frob x | policy/unknown-operator | frob | `contains`
deny if a is "x | policy/unclosed-text | " | end the text with "
deny if a is 'x | policy/unclosed-text | ' | end the text with '
deny if (a 1 | policy/unclosed-bracket | ( | close it with `)`
deny if a in [1 | policy/unclosed-bracket | [ | close it with `]`
deny if a in [1) | policy/unclosed-bracket | [ | close it with `]`
deny if a 1) | policy/unopened-bracket | ) | open it with `(`
deny if a $ | policy/nameless-param | $ | `$busy`
deny if a 007 | policy/bad-number | 007 | leading zeros
deny if a 00.5 | policy/bad-number | 00.5 | leading zeros
deny if a 1e999 | policy/number-too-long | 1e999 | 64 bits
deny if a 9223372036854775808 | policy/number-too-long | 9223372036854775808 | 64 bits
deny if a -9223372036854775809 | policy/number-too-long | -9223372036854775809 | 64 bits
deny if a < 0.000000000000000000000000000000000000001 | policy/number-too-long | 0.000000000000000000000000000000000000001 | 38 digits
deny if a 1e-39 | policy/number-too-long | 1e-39 | 38 digits
deny if a {1} | policy/unknown-character | { | in quotes
deny C# if a 1 | policy/unknown-character | # | in quotes
"#;

#[test]
fn every_mistake_has_a_code_a_word_and_a_help() {
    for row in MISTAKES.lines().skip(1) {
        let [text, code, word, help] = *row.split(" | ").collect::<Vec<_>>() else {
            panic!("{row}");
        };
        let problem = read_sentence(text).expect_err(text);
        assert_eq!(problem.code, code, "{text}: {problem:?}");
        assert_eq!(place(&problem), word, "{text}: {problem:?}");
        let found = problem.help.unwrap_or_default();
        assert!(found.contains(help), "{text}: {found}");
    }
}

#[test]
fn the_place_is_exact_in_every_yaml_style() {
    let table = [
        "- deny RDP if 中文 1 && b 2\n",
        "- 'deny RDP if 中文 ''x'' && b 2'\n",
        "- \"deny RDP if \\u4e2d\\t1 && b 2\"\n",
        "- |\n  deny RDP\n  if 中文 1\n  && b 2\n",
        "- >\n  deny RDP\n  if 中文 1\n  && b 2\n",
        "\u{feff}- deny RDP\n   if 中文 1\n   && b 2\n",
    ];
    for yaml in table {
        let mut problems = Vec::new();
        assert!(sentence(&element(yaml), &mut problems).is_none());
        assert_eq!(place(&problems[0]), "&&", "{yaml}");
        assert_eq!(problems.len(), 1);
    }
}

#[test]
fn a_yaml_value_is_an_operand_or_a_text() {
    let table = [
        ("3389", "3389"),
        ("'3389'", "\"3389\""),
        ("\"$busy\"", "\"$busy\""),
        ("1..1023", "1..1023"),
        ("$busy", "$busy"),
        ("2KB", "2KB"),
        ("2 KB", "2KB"),
        ("databases", "databases"),
        ("weak password", "weak password"),
        ("'weak password'", "\"weak password\""),
        ("or", "or"),
        ("InBytes * 10", "(InBytes * 10)"),
        ("10.0.0.0/8", "<10.0.0.0/8>"),
        ("50%", "50%"),
        ("true", "true"),
        ("-1", "-1"),
    ];
    for (yaml, expected) in table {
        let read = operand(&element(&format!("- {yaml}\n")));
        assert_eq!(value(&read), expected, "{yaml}");
        assert_eq!(read.location.text(), yaml);
    }
}

#[test]
fn a_rule_is_a_text_that_is_not_empty() {
    for (yaml, code) in [("- ''\n", "policy/empty-rule"), ("- '  '\n", "policy/empty-rule")] {
        let mut problems = Vec::new();
        assert!(sentence(&element(yaml), &mut problems).is_none());
        assert_eq!(problems[0].code, code, "{yaml}");
    }
    let mut problems = Vec::new();
    assert!(expression(&element("- ''\n"), &mut problems).is_none());
    assert_eq!(problems[0].code, "policy/empty-condition");
}

#[test]
fn hostile_depth_and_length_are_refused() {
    for (open, code) in [
        ("(".repeat(10_000), "policy/unclosed-bracket"),
        ("not ".repeat(4_000), "policy/too-deep"),
        ("(".repeat(100) + "a 1" + &")".repeat(100), "policy/too-deep"),
        ("a in ".to_owned() + &"[".repeat(100) + "1" + &"]".repeat(100), "policy/too-deep"),
        ("a > ".to_owned() + &"(".repeat(100) + "1" + &")".repeat(100), "policy/too-deep"),
        ("a > ".to_owned() + &"1 + ".repeat(3_000) + "1", "policy/too-deep"),
        ("not ".repeat(100_000), "policy/too-long"),
        ("(".repeat(100_000), "policy/too-long"),
    ] {
        let problem = read_sentence(&format!("deny if {open}")).expect_err("too much");
        assert_eq!(problem.code, code);
    }
    let deepest = "(".repeat(64) + "a 1" + &")".repeat(64);
    assert_eq!(shown(&read(&deepest)), "a = 1");
}

#[test]
fn an_operator_is_read_from_a_key_in_each_plain_spelling() {
    for op in Op::ALL {
        assert_eq!(Op::parse(op.spelling()), Some(op));
    }
    assert_eq!(Op::parse("Not  In"), Some(Op::NotIn));
    assert_eq!(Op::parse("=="), Some(Op::Equal));
    assert_eq!(Op::parse("not contains"), None);
    assert_eq!(Op::parse("frob"), None);
}

proptest::proptest! {
    #[test]
    fn no_text_panics_and_every_place_lies_in_it(text in "[ -~中é\"'()\\[\\],.<>=!$%-]{0,60}") {
        let node = element(&format!("- |-2\n  {text}x\n"));
        let mut problems = Vec::new();
        let read = sentence(&node, &mut problems);
        proptest::prop_assert!(read.is_some() == problems.is_empty());
        let _ = operand(&node);
        let _ = expression(&node, &mut problems);
        for problem in &problems {
            proptest::prop_assert!(!place(problem).is_empty());
        }
    }

    #[test]
    fn words_in_any_order_never_panic(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "deny", "if", "unless", "and", "or", "not", "(", ")", "[", "]", ",", "..", "a", "3", "1GB",
            "in", "is", "contains", "any", "of", "known", "'x'", "$p", "+", "-", "/", "<", "approved",
            "anything", "but", "port", "443/tcp", "tcp/1..2", "only", "on",
        ]), 0..14)) {
        let text = format!("deny {}", words.join(" "));
        let problem = read_sentence(&text).err();
        if let Some(problem) = problem {
            proptest::prop_assert!(!place(&problem).is_empty());
            proptest::prop_assert!(problem.help.is_some());
        }
    }
}
