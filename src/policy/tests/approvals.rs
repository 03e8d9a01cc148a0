//! The register of approvals.

use super::*;

const WHO: &str = "owner: it, reason: because, approved_by: ciso, expires: 2026-12-31";

fn approvals(entries: &str) -> String {
    format!("policies: [deny RDP]\napprovals: [{entries}]\n")
}

#[test]
fn an_approval_says_what_and_who_and_until_when() {
    let set = good(&approvals(&format!(
        "{{service: HTTPS, port: 443, protocol: TCP, {WHO}}}, {{service: [SSH, SFTP], {WHO}}}, {{port: 8000..8010, {WHO}}}"
    )));
    let [https, shells, range] = set.approvals.as_slice() else {
        panic!("{}", set.approvals.len());
    };
    assert_eq!(https.services, ["https"]);
    assert_eq!(https.ports, Some(443..=443));
    assert_eq!(https.protocol.as_deref(), Some("tcp"));
    assert_eq!(https.owner, "it");
    assert_eq!(https.reason, "because");
    assert_eq!(https.approved_by, "ciso");
    assert_eq!(https.expires.to_string(), "2026-12-31");
    assert_eq!(shells.services, ["ssh", "sftp"]);
    assert_eq!((&shells.ports, &shells.protocol), (&None, &None));
    assert_eq!(range.ports, Some(8000..=8010));
    assert!(range.services.is_empty());
}

#[test]
fn a_register_may_be_empty_and_may_stand_in_its_own_file() {
    let policies = Source::new("p.yaml", "policies: [deny RDP unless approved]");
    let register = Source::new("r.yaml", format!("approvals: [{{port: 1, {WHO}}}]"));
    let set = load(&[register, policies], &catalogue(), &[]).unwrap();
    assert_eq!((set.policies.len(), set.approvals.len()), (1, 1));
    assert!(good(&approvals("")).approvals.is_empty());
}

/// An entry with its underline, the code, a part of the help.
const SLIPS: &[(&str, &str, &str)] = &[
    ("{«protocol»: tcp, WHO}", "policy/boundless-approval", "`service:` or `port:`"),
    ("{service: «''», WHO}", "policy/wrong-shape", ""),
    ("{«service»: [], WHO}", "policy/empty-list", ""),
    ("{«service»: , WHO}", "policy/wrong-shape", ""),
    ("{«port»: , WHO}", "policy/wrong-shape", ""),
    ("{port: «65536», WHO}", "policy/bad-port", "65535"),
    ("{port: «-1», WHO}", "policy/bad-port", "65535"),
    ("{port: «80.5», WHO}", "policy/bad-port", "65535"),
    ("{port: «'80'», WHO}", "policy/bad-port", "65535"),
    ("{port: «any», WHO}", "policy/bad-port", "65535"),
    ("{port: «9..8», WHO}", "policy/bad-port", "8000..8010"),
    ("{port: «[80, 81]», WHO}", "policy/bad-port", "8000..8010"),
    ("{port: 80, protocol: «6», WHO}", "policy/wrong-shape", "quote it"),
    ("{port: 80, «until»: x, WHO}", "policy/unknown-key", "`expires`"),
    (
        "{«port»: 80, reason: a, approved_by: b, expires: 2026-12-31}",
        "policy/missing-key",
        "add `owner:`",
    ),
    (
        "{port: 80, owner: a, reason: «' '», approved_by: b, expires: 2026-12-31}",
        "policy/wrong-shape",
        "",
    ),
    ("{«port»: 80, owner: a, reason: b, approved_by: c}", "policy/missing-key", "add `expires:`"),
    (
        "{port: 80, owner: a, reason: b, approved_by: c, expires: «2026-02-30»}",
        "policy/bad-date",
        "2026-12-31",
    ),
    (
        "{port: 80, owner: a, reason: b, approved_by: c, expires: «never»}",
        "policy/bad-date",
        "2026-12-31",
    ),
    (
        "{port: 80, owner: a, reason: b, approved_by: c, expires: «2026-12-31T00:00:00»}",
        "policy/bad-date",
        "",
    ),
    ("{service: «RPD», WHO}", "policy/misspelt-name", "`RDP`"),
    ("{service: [SSH, «Frobnicator»], WHO}", "policy/unknown-name", "in quotes"),
    ("{service: «ms-wbt-server», port: 3389, WHO}", "policy/unknown-name", "`RDP`"),
    ("{service: «tcp», WHO}", "policy/unknown-name", "Protocol = tcp"),
    ("{service: «SSL/TLS», WHO}", "policy/impossible-name", "`SSL` and `TLS`"),
    ("{service: '«RDP »', WHO}", "policy/impossible-name", "without it"),
    ("{port: 443, protocol: «quic», WHO}", "policy/unknown-name", "`tcp`"),
    ("{port: 443, protocol: '«tcp/udp»', WHO}", "policy/impossible-name", "`tcp` and `udp`"),
    ("«x»", "policy/wrong-shape", "`approved_by`"),
];

#[test]
fn a_slip_in_an_approval_is_told_at_its_place() {
    for (entry, code, help) in SLIPS {
        let text = approvals(&entry.replace("WHO", WHO));
        each_is_told(&[(&text, code, help)]);
    }
    each_is_told(&[
        ("policies: [deny RDP]\n«approvals»:\n", "policy/empty-list", ""),
        ("policies: [deny RDP]\napprovals: «{port: 80}»\n", "policy/wrong-shape", "`- `"),
    ]);
}

#[test]
fn a_quoted_service_of_an_approval_is_taken_as_written() {
    let set = good(&approvals(&format!("{{service: [\"Frobnicator\", BT Panel], {WHO}}}")));
    assert_eq!(set.approvals[0].services, ["frobnicator", "bt panel"]);
}
