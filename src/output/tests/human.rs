//! What people read, by eye.

use super::*;

const EXAMPLE: &str =
    include_str!("../../../examples/01-first-check/DescribeInternetOpenPort.json");

#[test]
fn look() {
    let text = rendered(
        &report(
            policies(),
            &[("DescribeInternetOpenPort.json", EXAMPLE)],
            STRICT,
        ),
        Format::Human,
        &Style::default(),
    );
    println!("{text}");
    let one = EXAMPLE.split_whitespace().collect::<String>().replace(
        "\"test\"",
        "\"存在弱口令,建议尽快修改并开启多因素认证,存在弱口令,建议尽快修改并开启多因素认证\"",
    );
    let text = rendered(
        &report(
            policies(),
            &[("DescribeInternetOpenPort.json", &one)],
            STRICT,
        ),
        Format::Human,
        &Style::default(),
    );
    println!("{text}");
    let records: Vec<String> = (0..70).map(|port| format!("{{\"Port\":{port},\"Protocol\":\"tcp\",\"RiskLevel\":{},\"ServiceNameList\":[\"RDP\",\"Unknown\"],\"InBytes\":{}}}", [3,-1][port%2], if port % 3 == 0 {"5,\"OutBytes\":700"} else {"null"})).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let report = report(
        policies(),
        &[("ports.json", &response(&records, 70))],
        Terms {
            allow_partial: true,
            ..STRICT
        },
    );
    let text = rendered(
        &report,
        Format::Human,
        &Style {
            max_findings: Some(50),
            ..Style::default()
        },
    );
    println!("{text}");
    println!(
        "{}",
        rendered(
            &report,
            Format::Short,
            &Style {
                max_findings: Some(5),
                ..Style::default()
            }
        )
    );
    println!(
        "{}",
        rendered(
            &report,
            Format::Json,
            &Style {
                max_findings: Some(5),
                ..Style::default()
            }
        )
        .chars()
        .take(6000)
        .collect::<String>()
    );
}
