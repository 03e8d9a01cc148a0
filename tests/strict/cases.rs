//! Hand-written cases, class by class: each states the exit code that the contract wants, and both the
//! model and the program must come to it.

use crate::compare;
use crate::json::{self, Json};
use crate::parse;
use crate::policy::PolicyFile;
use crate::verdict::{self, File, PLAIN};

/// A harmless record, with members set to other values; `null` as a text removes nothing.
fn record(changes: &str) -> Json {
    let mut record = json::documents(
        r#"{"Port": 8080, "Protocol": "tcp", "ServiceNameList": ["HTTP"], "RiskLevel": 1,
            "SuggestLevel": 10, "InBytes": 5, "OutBytes": 6, "TotalBytes": 11, "PublicIpNum": 1,
            "DetailNum": 1, "TrafficPercent1Day": "1", "TrafficPercent7Day": "1",
            "TrafficPercent30Day": "1", "ProbRisk": "x", "ProbRiskDesc": "y", "RiskReason": "z",
            "UnknownReason": []}"#,
    )
    .unwrap()
    .remove(0);
    for change in json::documents(&format!("{{{changes}}}")).unwrap() {
        for (name, value) in change.members() {
            match value {
                Json::Text(text) if text == "absent" => record.remove(name),
                value => record.set(name, value.clone()),
            }
        }
    }
    record
}

/// Replaces `<…>` by a record with these members.
fn expanded(text: &str) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        let (changes, after) = after.split_once('>').unwrap();
        expanded += before;
        expanded += &record(changes).print();
        rest = after;
    }
    expanded + rest
}

/// One answer with a total.
fn page(total: usize, rows: &str) -> String {
    format!(r#"{{"PageInfo": {{"CurrentPage": 1, "TotalCount": {total}}}, "DataList": [{rows}]}}"#)
}

fn policies(sentences: &[&str]) -> (PolicyFile, String) {
    let databases = ["MySQL", "PostgreSQL", "Redis", "MongoDB"].map(str::to_owned).to_vec();
    let sets = vec![("databases".to_owned(), databases)];
    let policies = sentences.iter().map(|sentence| parse::sentence(sentence)).collect();
    let mut yaml = PolicyFile { sets: sets.clone(), policies: Vec::new() }.print();
    for (index, sentence) in sentences.iter().enumerate() {
        yaml += &format!("  - id: p{index}\n    rule: '{}'\n", sentence.replace('\'', "''"));
    }
    (PolicyFile { sets, policies }, yaml)
}

/// Compares the model, the program and the exit code of a case; returns what is wrong.
fn check(sentence: &str, files: &[(&str, String)], exit: i32) -> Vec<String> {
    let files: Vec<File> = files
        .iter()
        .map(|(name, text)| File { name: (*name).to_owned(), text: expanded(text) })
        .collect();
    let (policies, yaml) = policies(&[sentence]);
    let model = verdict::answer(&policies, &files, &PLAIN);
    let (program, _) = compare::run(&yaml, &files, &PLAIN);
    let show = || {
        let files: Vec<String> =
            files.iter().map(|f| format!("\n    {}: {}", f.name, f.text)).collect();
        format!("`{sentence}` on{}", files.concat())
    };
    let mut wrong = Vec::new();
    if model.exit != exit {
        wrong.push(format!("the model says {model:?}, not {exit}: {}", show()));
    }
    if program != model {
        wrong.push(format!("model {model:?}\n  program {program:?}\n  {}", show()));
    }
    wrong
}

pub fn assert_nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Checks snapshots one by one: a sentence, the total, the rows, the exit code.
pub fn check_snapshots(cases: &[(&str, usize, &str, i32)]) -> Vec<String> {
    cases
        .iter()
        .flat_map(|(sentence, total, rows, exit)| {
            check(sentence, &[("a.json", page(*total, rows))], *exit)
        })
        .collect()
}

/// Checks that the program refuses sentences, whatever the evidence; the model reads only right ones.
pub fn refused(sentences: &[&str]) {
    let file = File { name: "a.json".to_owned(), text: page(0, "") };
    let mut wrong = Vec::new();
    for sentence in sentences {
        let (_, mut yaml) = policies(&[]);
        yaml += &format!("  - id: p0\n    rule: '{sentence}'\n");
        let (program, _) = compare::run(&yaml, std::slice::from_ref(&file), &PLAIN);
        if program.exit != 2 {
            wrong.push(format!("`{sentence}` is not refused: {program:?}"));
        }
    }
    assert_nothing(&wrong);
}

/// Checks records one by one: a sentence, the members of the record, the exit code.
pub fn check_records(cases: &[(&str, &str, i32)]) -> Vec<String> {
    cases
        .iter()
        .flat_map(|(sentence, changes, exit)| {
            check(sentence, &[("a.json", page(1, &format!("<{changes}>")))], *exit)
        })
        .collect()
}

/// Checks answers one by one, by a policy that no record here violates.
fn check_answers(cases: &[(String, i32)]) -> Vec<String> {
    cases
        .iter()
        .flat_map(|(text, exit)| check("deny RDP", &[("a.json", text.clone())], *exit))
        .collect()
}

#[test]
fn identity_proves_a_total() {
    let no_port = r#"<"Port": null>"#;
    let cases = [
        (page(2, r#"<"Port": 1>, <"Port": 2>"#), 0),
        (page(2, &format!("{no_port}, {no_port}")), 3),
        (page(1, no_port), 3),
        (page(1, r#"<"Port": "absent">"#), 3),
        (page(1, r#"<"Port": 70000>"#), 3),
        (page(1, r#"<"Port": "http">"#), 3),
        (page(1, r#"<"Port": -1>"#), 3),
        (page(1, r#"<"Port": 80.5>"#), 3),
        (page(1, r#"<"Port": "80.0">"#), 0),
        (page(1, r#"<"Protocol": null>"#), 3),
        (page(1, r#"<"Protocol": "">"#), 3),
        (page(1, r#"<"Protocol": 6>"#), 3),
        (page(1, "<>, <>"), 0),
        (page(2, "<>, <>"), 3),
        (page(1, r#"<>, <"RiskLevel": 2>"#), 3),
        (page(2, r#"<>, <"RiskLevel": 2>"#), 3),
        (page(1, r#"<>, <"Protocol": "TCP">"#), 3),
        (page(2, r#"<>, <"Protocol": "udp">"#), 0),
        (page(2, r#"<>, 5"#), 3),
        (page(1, r#"<>, null"#), 3),
        (page(0, "<>"), 3),
        (page(2, "<>"), 3),
        (page(0, ""), 0),
    ];
    assert_nothing(&check_answers(&cases));
}

fn numbered(number: &str, total: &str, rows: &str) -> String {
    format!(
        r#"{{"PageInfo": {{"CurrentPage": {number}, "TotalCount": {total}}}, "DataList": [{rows}]}}"#
    )
}

#[test]
fn pages_are_told_apart_by_their_numbers() {
    let (one, two) = (r#"<"Port": 1>"#, r#"<"Port": 2>"#);
    let both = |first: &str, second: &str| {
        [numbered(first, "2", one), numbered(second, "2", two)].join("\n")
    };
    let totals =
        |first: &str, last: &str| [numbered("1", first, one), numbered("2", last, two)].join("\n");
    assert_nothing(&check_answers(&[
        (both("1", "2"), 0),
        (both("1", "1"), 3),
        (both("1", "\"1\""), 3),
        (both("\"1\"", "\"1\""), 3),
        (both("1", "null"), 0),
        (both("null", "null"), 0),
        (both("1", "\"one\""), 0),
        (both("2", "1"), 0),
        ([numbered("1", "1", one), numbered("1", "1", one)].join("\n"), 0),
        ([numbered("1", "1", one), numbered("1", "1", "")].join("\n"), 3),
        (totals("2", "2"), 0),
        (totals("2", "3"), 3),
        (totals("3", "2"), 3),
        (totals("1", "2"), 3),
        (totals("2", "\"2\""), 0),
        (totals("2", "2.0"), 0),
        (totals("2", "null"), 3),
        (totals("\"x\"", "2"), 3),
        (totals("2", "-2"), 3),
    ]));
}

const EMPTY: &str = r#""PageInfo": {"CurrentPage": 1, "TotalCount": 0}, "DataList": []"#;

/// An empty answer with further members.
fn beside(members: &str) -> String {
    format!("{{{EMPTY}, {members}}}")
}

fn wrapped(status: &str, members: &str) -> String {
    format!(r#"{{"headers": {{}}, "statusCode": {status}, "body": {{{EMPTY}, {members}}}}}"#)
}

#[test]
fn errors_cannot_be_overwritten() {
    let cases = [
        (wrapped("500", r#""StatusCode": 200"#), 3),
        (wrapped("200", r#""StatusCode": 500"#), 3),
        (wrapped("200", r#""StatusCode": 200"#), 0),
        (wrapped("206", r#""RequestId": "x""#), 3),
        (wrapped("299", r#""RequestId": "x""#), 3),
        (wrapped("null", r#""RequestId": "x""#), 0),
        (wrapped("\"200\"", r#""RequestId": "x""#), 0),
        (wrapped("[500]", r#""RequestId": "x""#), 3),
        (wrapped("\"500 Internal Server Error\"", r#""RequestId": "x""#), 3),
        (beside(r#""success": false, "Success": true"#), 3),
        (beside(r#""Success": true, "success": false"#), 3),
        (beside(r#""success": true, "Success": true"#), 0),
        (beside(r#""success": 0"#), 3),
        (beside(r#""success": "TRUE""#), 0),
        (beside(r#""SUCCESS": "no""#), 3),
        (beside(r#""success": null"#), 0),
        (beside(r#""httpStatusCode": 500"#), 3),
        (beside(r#""Error": {"Code": "Throttling"}"#), 3),
        (beside(r#""error": "denied""#), 3),
        (beside(r#""errors": ["denied"]"#), 3),
        (beside(r#""errors": []"#), 0),
        (beside(r#""Errors": null"#), 0),
        (beside(r#""ErrorCode": "Throttling.User""#), 3),
        (beside(r#""ErrCode": 7"#), 3),
        (beside(r#""errorMessage": "denied""#), 3),
        (beside(r#""Error": true"#), 3),
        (beside(r#""ErrorCode": "true""#), 3),
        (beside(r#""Error": "OK""#), 0),
        (beside(r#""Code": "Throttling.User""#), 3),
        (beside(r#""Code": "200""#), 0),
        (beside(r#""Code": 200, "Message": "success""#), 0),
        (beside(r#""code": "OK""#), 0),
        (beside(r#""Code": "", "Message": """#), 0),
        (beside(r#""Code": [200]"#), 3),
        (r#"{"PageInfo": {"TotalCount": 0, "Code": "Throttling"}, "DataList": []}"#.to_owned(), 3),
        (r#"{"PageInfo": {"TotalCount": 0, "code": "200"}, "DataList": []}"#.to_owned(), 0),
        (r#"{"PageInfo": {"TotalCount": 0, "Error": {"a": 1}}, "DataList": []}"#.to_owned(), 3),
        (r#"{"Code": "Throttling.User", "Message": "denied"}"#.to_owned(), 3),
    ];
    assert_nothing(&check_answers(&cases));
}

#[test]
fn nothing_unexplained_stands_beside_a_list() {
    let rdp = r#"<"ServiceNameList": ["RDP"]>"#;
    let one = |members: &str| {
        format!(r#"{{"PageInfo": {{"TotalCount": 1}}, "DataList": [<>], {members}}}"#)
    };
    assert_nothing(&check_answers(&[
        (beside(&format!(r#""datalist": [{rdp}]"#)), 3),
        (beside(&format!(r#""Data": [{rdp}]"#)), 3),
        (beside(&format!(r#""Data": {{"DataList": [{rdp}]}}"#)), 3),
        (beside(&format!(r#""Body": {{"DataList": [{rdp}]}}"#)), 3),
        (beside(&format!(r#""Response": {{"x": [{rdp}]}}"#)), 3),
        (beside(&format!(r#""body": {{"DataList": [{rdp}]}}"#)), 3),
        (beside(r#""Extra": {}"#), 3),
        (beside(r#""Extra": [1]"#), 3),
        (beside(r#""Extra": []"#), 0),
        (beside(r#""Extra": " [1, 2""#), 3),
        (beside(r#""Extra": "{}""#), 3),
        (beside(r#""Extra": "text""#), 0),
        (beside(r#""Extra": 5"#), 0),
        (beside(r#""Extra": null"#), 0),
        (beside(r#""NextToken": "abc""#), 3),
        (beside(r#""NextToken": """#), 0),
        (beside(r#""HasMore": true"#), 3),
        (beside(r#""HasMore": false"#), 0),
        (beside(r#""IsTruncated": "true""#), 3),
        (r#"{"PageInfo": {"TotalCount": 0, "NextToken": "abc"}, "DataList": []}"#.to_owned(), 3),
        (r#"{"PageInfo": {"TotalCount": 0, "Extra": {"a": 1}}, "DataList": []}"#.to_owned(), 3),
        (one(r#""Extra": {"a": 1}"#), 0),
        (one(r#""Extra": [1]"#), 0),
        (one(r#""Extra": [{"a": 1}]"#), 3),
        (one(r#""Extra": {"DataList": []}"#), 3),
        (one(r#""Body": "{\"a\": 1}""#), 3),
        (one(r#""Body": "text""#), 0),
        (one(r#""body": {}"#), 3),
        (one(r#""NextToken": "abc""#), 3),
        (format!(r#"{{"statusCode": 200, "body": {}}}"#, Json::text(&page(0, "")).print()), 3),
        (format!(r#"{{"statusCode": 200, "body": [{}]}}"#, page(0, "")), 3),
        (format!(r#"{{"statusCode": 200, "body": {{"body": {}}}}}"#, page(0, "")), 3),
        (format!(r#"{{"statusCode": 200, "body": {}, "Data": [{{"a": 1}}]}}"#, page(0, "")), 3),
        (r#"{"PageInfo": {"TotalCount": 0}}"#.to_owned(), 3),
        (r#"{"PageInfo": {"TotalCount": 0}, "DataList": null}"#.to_owned(), 3),
        (r#"{"PageInfo": {"TotalCount": 0}, "DataList": {}}"#.to_owned(), 2),
        (r#"{"PageInfo": {"TotalCount": 0}, "DataList": "[]"}"#.to_owned(), 2),
        (r#"{"DataList": []}"#.to_owned(), 3),
    ]));
}

#[test]
fn what_is_no_evidence_never_passes() {
    let texts = [
        ("", 2),
        (" \n", 2),
        ("{", 2),
        ("{} x", 2),
        ("NaN", 2),
        (r#"{"DataList": [], "DataList": []}"#, 2),
        (r#"{"DataList": [], "\u0044ataList": []}"#, 2),
        (r#"{"DataList": [{"Port": 1, "Port": 1}], "PageInfo": {"TotalCount": 1}}"#, 2),
        ("{}", 3),
        ("null", 3),
        ("[]", 3),
        ("[{}]", 3),
    ];
    let mut wrong = check_answers(&texts.map(|(text, exit)| (text.to_owned(), exit)));
    let deep =
        |depth: usize| beside(&format!(r#""Extra": [{}{}]"#, "[".repeat(depth), "]".repeat(depth)));
    wrong.extend(check_answers(&[(deep(126), 3), (deep(127), 2), (deep(200), 2)]));
    assert_nothing(&wrong);
}

#[test]
fn a_file_of_another_operation_is_not_judged() {
    let clean = || page(1, "<>");
    let violating = || page(1, r#"<"ServiceNameList": ["RDP"]>"#);
    let names = [
        ("DescribeInternetOpenPort.json", 0),
        ("DescribeInternetOpenPort-1.json", 0),
        ("DescribeInternetOpenPort_1.json", 0),
        ("DescribeInternetOpenPort (1).json", 0),
        ("DescribeInternetOpenPort.page.json", 0),
        ("DescribeInternetOpenIp.json", 2),
        ("DescribeInternetOpenIp-1.json", 2),
        ("DescribeInternetOpenPorts.json", 2),
        ("DescribeAssetList.2026.json", 2),
        ("ListAssets.json", 2),
        ("GetThings_2.json", 2),
        ("QueryAll 3.json", 2),
        ("Listing.json", 0),
        ("Getaway.json", 0),
        ("GetX.json", 0),
        ("Description.json", 0),
        ("page-DescribeInternetOpenIp.json", 0),
        ("describeInternetOpenIp.json", 0),
    ];
    let mut wrong = Vec::new();
    for (name, exit) in names {
        wrong.extend(check("deny RDP", &[(name, clean())], exit));
    }
    let foreign = "DescribeInternetOpenIp.json";
    wrong.extend(check("deny RDP", &[("a.json", clean()), (foreign, violating())], 0));
    wrong.extend(check("deny RDP", &[("a.json", violating()), (foreign, clean())], 1));
    wrong.extend(check("deny RDP", &[(foreign, clean()), ("ListAll.json", clean())], 2));
    assert_nothing(&wrong);
}
