//! Ids of sentences that stand alone: sentences that mean different things have different ids.

use crate::compare;
use crate::json::{self, Json};
use crate::policies;
use crate::random::Random;
use crate::verdict::{File, PLAIN};

/// Longest id, and how much of the text a longer one keeps.
const LONGEST: usize = 64;
const KEPT: usize = 57;

/// Writes every operator as its word, everything else that is not a letter or a digit as a hyphen.
fn slug(sentence: &str) -> String {
    let characters: Vec<char> = sentence.chars().collect();
    let at = |index: usize| characters.get(index).copied().unwrap_or(' ');
    let is_blank = |c: char| c.is_whitespace();
    let mut words = String::new();
    let mut index = 0;
    while index < characters.len() {
        let before = if index == 0 { ' ' } else { at(index - 1) };
        let (here, next) = (at(index), at(index + 1));
        let is_between_blanks = is_blank(before) && is_blank(next);
        let is_sign = next.is_ascii_digit() && !before.is_alphanumeric();
        let (word, length) = match (here, next) {
            ('<', '=') => ("le", 2),
            ('>', '=') => ("ge", 2),
            ('!', '=') => ("ne", 2),
            ('.', '.') => ("to", 2),
            ('<', _) => ("lt", 1),
            ('>', _) => ("gt", 1),
            ('+', _) => ("plus", 1),
            ('*', _) => ("times", 1),
            ('%', _) => ("percent", 1),
            ('-', _) if is_between_blanks || is_sign => ("minus", 1),
            ('/', _) if is_between_blanks => ("over", 1),
            _ => ("", 0),
        };
        if length > 0 {
            words += &format!(" {word} ");
            index += length;
        } else {
            words.push(here);
            index += 1;
        }
    }
    let parts: Vec<String> = words
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    parts.join("-")
}

/// Returns whether an id is that of a sentence; the digits of the hash are not looked at.
fn is_id_of(id: &str, sentence: &str) -> bool {
    let slug = slug(sentence);
    if slug.len() <= LONGEST {
        return id == slug;
    }
    let kept = slug[..KEPT].trim_end_matches('-');
    let hash = id.strip_prefix(kept).and_then(|rest| rest.strip_prefix('-'));
    hash.is_some_and(|hash| hash.len() == 6 && hash.chars().all(|c| c.is_ascii_hexdigit()))
}

/// Returns the ids that the program gives sentences.
fn ids(sentences: &[String]) -> Vec<String> {
    let mut yaml = "sets: {databases: [MySQL, Redis]}\npolicies:\n".to_owned();
    for sentence in sentences {
        yaml += &format!("  - '{}'\n", sentence.replace('\'', "''"));
    }
    let text = r#"{"PageInfo": {"TotalCount": 0}, "DataList": []}"#.to_owned();
    let file = File { name: "a.json".to_owned(), text };
    let (answer, told) = compare::run(&yaml, &[file], &PLAIN);
    assert_ne!(answer.exit, 2, "{told}");
    let end = told.rfind("\n}").unwrap() + 2;
    let report = json::documents(&told[..end]).unwrap().remove(0);
    let id = |policy: &Json| match policy.get("id") {
        Some(Json::Text(id)) => id.clone(),
        other => panic!("an id is {other:?}"),
    };
    report.get("policies").unwrap().elements().iter().map(id).collect()
}

fn assert_ids(sentences: &[String]) {
    let ids = ids(sentences);
    let wrong: Vec<String> = sentences
        .iter()
        .zip(&ids)
        .filter(|(sentence, id)| !is_id_of(id, sentence))
        .map(|(sentence, id)| format!("`{sentence}` is `{id}`, not `{}`", slug(sentence)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut different = ids.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), ids.len(), "two sentences have one id: {ids:#?}");
}

#[test]
fn an_operator_keeps_its_meaning_in_an_id() {
    let told = [
        ("deny RDP if RiskLevel 3", "deny-rdp-if-risklevel-3"),
        ("alert if traffic > 0", "alert-if-traffic-gt-0"),
        ("deny RDP if RiskLevel < 3", "deny-rdp-if-risklevel-lt-3"),
        ("deny RDP if RiskLevel <= 2", "deny-rdp-if-risklevel-le-2"),
        ("deny RDP if RiskLevel >= 2", "deny-rdp-if-risklevel-ge-2"),
        ("deny RDP if RiskLevel != 3", "deny-rdp-if-risklevel-ne-3"),
        ("deny RDP if RiskLevel -1", "deny-rdp-if-risklevel-minus-1"),
        ("deny RDP if RiskLevel = 2", "deny-rdp-if-risklevel-2"),
        ("deny RDP if RiskLevel == 1", "deny-rdp-if-risklevel-1"),
        ("deny RDP if RiskLevel is not 1", "deny-rdp-if-risklevel-is-not-1"),
        ("deny if InBytes + OutBytes > 1KB", "deny-if-inbytes-plus-outbytes-gt-1kb"),
        ("deny if InBytes - OutBytes > 1KB", "deny-if-inbytes-minus-outbytes-gt-1kb"),
        ("deny if InBytes * 2 > 1KB", "deny-if-inbytes-times-2-gt-1kb"),
        ("deny if InBytes / OutBytes > 2", "deny-if-inbytes-over-outbytes-gt-2"),
        ("deny if TrafficPercent1Day > 10%", "deny-if-trafficpercent1day-gt-10-percent"),
        ("deny if Port in 1..1023", "deny-if-port-in-1-to-1023"),
        ("deny 135..139/tcp", "deny-135-to-139-tcp"),
        ("deny 3389/tcp", "deny-3389-tcp"),
        ("deny MS-SQL, RDP", "deny-ms-sql-rdp"),
    ];
    for (sentence, id) in told {
        assert_eq!(slug(sentence), id);
    }
    let is_published = |sentence: &str| !sentence.contains("MS-SQL");
    let sentences: Vec<String> =
        told.iter().map(|(text, _)| (*text).to_owned()).filter(|text| is_published(text)).collect();
    assert_ids(&sentences);
    let long = "deny RDP, SSH, Telnet, FTP or SMB if RiskLevel high and SuggestLevel deny and Port";
    assert_ids(&[format!("{long} < 100"), format!("{long} > 100"), format!("{long} 100")]);
}

#[test]
fn random_sentences_have_ids_of_their_own() {
    let mut random = Random(7);
    let mut sentences: Vec<String> = Vec::new();
    while sentences.len() < 150 {
        for policy in policies::file(&mut random).policies {
            let sentence = policy.sentence();
            if !sentences.iter().any(|known| slug(known) == slug(&sentence)) {
                sentences.push(sentence);
            }
        }
    }
    assert_ids(&sentences);
}
