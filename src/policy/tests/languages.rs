//! Every error of a rule is told at the exact word, however the rule stands in its file.

use super::*;

/// Ways to write a sentence into a file; each takes it with its marks.
const STYLES: &[fn(&str) -> String] = &[
    |rule| format!("policies:\n  - {rule}\n"),
    |rule| format!("# 策略\npolicies:\n  - '{}'\n", rule.replace('\'', "''")),
    |rule| format!("policies:\n  - \"{}\"\n", escaped(rule)),
    |rule| format!("policies: [{{title: 远程桌面, rule: \"{}\"}}]\n", escaped(rule)),
    |rule| format!("policies:\n  - title: 远程\n    rule: |\n      {rule}\n"),
    |rule| format!("policies:\n  - rule: |2-\n      {rule}\n    title: x\n"),
    |rule| format!("policies:\n  - rule: >-\n      {}\n", rule.replacen(' ', "\n      ", 1)),
    |rule| format!("\u{feff}policies:\r\n  - rule: >\r\n      {rule}\r\n    title: x\r\n"),
    |rule| format!("policies:\n  - {}\n", rule.replacen(' ', "\n    ", 1)),
];

fn escaped(rule: &str) -> String {
    rule.replace('\\', "\\\\").replace('"', "\\\"").replacen(' ', "\\x20", 1)
}

#[test]
fn an_error_of_a_rule_lies_at_its_word_in_every_style() {
    for (sentence, help) in [
        ("deny if RiskReason \"远程\" and «RiskLvl» 3", "`RiskLevel`"),
        ("deny if RiskReason \"远程\" and RiskLevel «5»", "3"),
        ("deny if RiskLevel «hgih»", "`high`"),
        ("deny if Port >= «high» or RiskReason \"远程\"", ""),
        ("deny if RiskReason «<» \"远程\"", ""),
        ("deny if Port < «65536»", "65535"),
        ("deny if Port = «3KB»", ""),
        ("deny if Port in «dbs»", ""),
        ("deny if Port = «$busy»", ""),
        ("deny if Port = «\"tcp\"»", ""),
    ] {
        for style in STYLES {
            let (text, spans) = unmarked(&style(sentence));
            let problems = bad(&text);
            let [problem] = problems.as_slice() else {
                panic!("{text}\n{}", told(&problems));
            };
            let found = location(problem);
            assert_eq!(found.span.range(), spans[0], "{text}\n{}", told(&problems));
            assert!(problem.code.starts_with("policy/"), "{}", told(&problems));
            assert!(!problem.message.is_empty() && !problem.label.is_empty());
            let said = problem.help.clone().unwrap_or_default();
            assert!(!said.is_empty() && said.contains(help), "{}", told(&problems));
        }
    }
}

#[test]
fn an_error_of_a_pattern_lies_at_its_part_or_at_the_pattern() {
    let mut exact = 0;
    for style in STYLES {
        let (text, spans) = unmarked(&style("deny if RiskReason matches \"远«(»\""));
        let problems = bad(&text);
        let found = location(&problems[0]);
        assert_eq!((problems.len(), problems[0].code.as_str()), (1, "policy/bad-pattern"));
        let pattern = spans[0].start - "\\\"远".len()..spans[0].end + "\\\"".len();
        let span = found.span.range();
        assert!(span.start <= spans[0].start && spans[0].end <= span.end, "{text}");
        assert!(pattern.start <= span.start && span.end <= pattern.end, "{text}");
        exact += usize::from(span == spans[0]);
    }
    assert!(exact >= STYLES.len() - 2, "{exact}");
}
