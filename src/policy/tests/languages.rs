//! Every error of a rule is told at the exact word, however the rule stands in its file.

use super::*;

/// Ways to write a sentence into a file; each takes it with its marks.
const STYLES: &[fn(&str) -> String] = &[
    |rule| format!("policies:\n  - {rule}\n"),
    |rule| format!("# 策略\npolicies:\n  - '{}'\n", rule.replace('\'', "''")),
    |rule| format!("policies:\n  - \"{}\"\n", escaped(rule)),
    |rule| {
        format!(
            "policies: [{{title: 远程桌面, rule: \"{}\"}}]\n",
            escaped(rule)
        )
    },
    |rule| format!("policies:\n  - title: 远程\n    rule: |\n      {rule}\n"),
    |rule| format!("policies:\n  - rule: |2-\n      {rule}\n    title: x\n"),
    |rule| {
        format!(
            "policies:\n  - rule: >-\n      {}\n",
            rule.replacen(' ', "\n      ", 1)
        )
    },
    |rule| format!("\u{feff}policies:\r\n  - rule: >\r\n      {rule}\r\n    title: x\r\n"),
    |rule| format!("policies:\n  - {}\n", rule.replacen(' ', "\n    ", 1)),
];

fn escaped(rule: &str) -> String {
    rule.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replacen(' ', "\\x20", 1)
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
        ("deny if RiskReason matches \"远«(»\"", ""),
    ] {
        for style in STYLES {
            let (text, spans) = unmarked(&style(sentence));
            let problems = bad(&text);
            let [problem] = problems.as_slice() else {
                panic!("{text}\n{}", told(&problems));
            };
            let found = location(problem);
            assert!(
                found.span.range() == spans[0] || sentence.contains("matches"),
                "{text}\n{}",
                told(&problems)
            );
            assert!(
                found.span.start >= spans[0].start.saturating_sub(4)
                    && found.span.start <= spans[0].end,
                "{text}"
            );
            assert!(problem.code.starts_with("policy/"), "{}", told(&problems));
            assert!(!problem.message.is_empty() && !problem.label.is_empty());
            let said = problem.help.clone().unwrap_or_default();
            assert!(
                !said.is_empty() && said.contains(help),
                "{}",
                told(&problems)
            );
        }
    }
}
