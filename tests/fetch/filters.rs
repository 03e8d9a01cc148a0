//! What a filter leaves out is no pass of what looks for it.

use crate::home::{Home, serving};
use crate::server::slice;

#[test]
fn a_pass_is_one_where_the_filter_leaves_out_nothing_that_would_not_pass() {
    let server = serving(|asked| slice(asked, 0, 50, 1));
    let home = Home::asking(&server);
    for (filter, policy, more, code) in [
        ("Lang=en", "deny RDP", "", 0),
        ("Port=3389", "deny 3389/tcp", "", 0),
        ("Port=3389", "deny RDP if Port in 3389..3389 and RiskLevel >= 2", "", 0),
        ("Port=3389", "deny RDP if Port in 3389..3390", "", 3),
        ("Port=3389", "deny RDP or 3389/tcp", "", 3),
        ("Port=22", "deny 3389/tcp", "", 3),
        ("Port=22", "alert 3389/tcp", "", 0),
        ("Port=22", "alert 3389/tcp", " --fail-on alert", 3),
        ("Port=22", "deny 3389/tcp", " --fail-on never", 0),
        ("RiskLevel=1", "deny RDP if RiskLevel 3", "", 3),
        ("RiskLevel=1", "deny RDP if RiskLevel 3", " --inconclusive pass", 3),
        // What is in assessment is left out too, and is not known to pass.
        ("RiskLevel=3", "deny RDP if RiskLevel 3", "", 3),
        ("RiskLevel=3", "deny RDP if RiskLevel 3", " --inconclusive report", 0),
        ("RiskLevel=3", "deny RDP if RiskLevel is known and RiskLevel 3", "", 0),
        ("ServiceName=RDP", "deny RDP", "", 3),
        ("SourceIp=10.0.0.1", "deny RDP", "", 3),
    ] {
        home.write("p.yaml", &format!("policies: [{{id: own, rule: {policy}}}]"));
        let line = format!("check --live --filter {filter} -p p.yaml -f json{more}");
        let ended = home.run(&line);
        assert_eq!(ended.code, code, "{filter}: {policy}{more}: {ended:?}");
        let report = ended.json();
        let problems = report["evidence"][0]["problems"].to_string();
        let is_said = problems.contains("evidence/filtered") && problems.contains("`own`");
        let is_noted = policy.starts_with("alert") || more.ends_with("never");
        assert_eq!(is_said, code == 3 || is_noted, "{filter}: {policy}: {problems}");
    }
}
