//! Random records: harmless ones in every encoding, dangerous ones, and ones with every kind of
//! malformed value.

use crate::json::Json;
use crate::random::Random;

/// How bad the rows of a case are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mood {
    /// Harmless and well-formed.
    Calm,
    /// Some are dangerous, all are well-formed.
    Risky,
    /// Some hold unknown codes, names that are not identified, malformed and missing values.
    Broken,
}

/// Returns a row of the port with a number.
pub fn row(random: &mut Random, index: usize, mood: Mood) -> Json {
    let mut row = harmless(random, 8000 + index as i64);
    if mood != Mood::Calm && random.percent(50) {
        for _ in 0..1 + random.below(3) {
            endanger(random, &mut row);
        }
    }
    if mood == Mood::Broken && random.percent(75) {
        for _ in 0..1 + random.below(4) {
            break_one(random, &mut row);
        }
    }
    row
}

/// Writes an integer as a number, a decimal or a text.
fn spelt(random: &mut Random, value: i64) -> Json {
    match random.below(8) {
        0 => Json::number(format!("{value}.0")),
        1 => Json::Text(value.to_string()),
        2 => Json::Text(format!("{value}.0")),
        _ => Json::number(value),
    }
}

fn names(names: &[&str]) -> Json {
    Json::List(names.iter().map(|name| Json::text(name)).collect())
}

fn harmless(random: &mut Random, port: i64) -> Json {
    let services = match random.below(6) {
        0 => names(&["['HTTP', 'HTTPS']"]),
        1 => Json::text("HTTP"),
        2 => names(&["https"]),
        _ => names(&["HTTP"]),
    };
    let mut small = |most: i64| {
        let value = random.below(most as usize) as i64;
        spelt(random, value)
    };
    Json::object([
        ("PublicIpNum", small(9)),
        ("DetailNum", small(9)),
        ("InBytes", small(300)),
        ("OutBytes", small(90)),
        ("TotalBytes", small(300)),
        ("TrafficPercent1Day", Json::text("0.1")),
        ("TrafficPercent7Day", Json::text("0.2")),
        ("TrafficPercent30Day", Json::text("30")),
        ("RiskLevel", spelt(random, 1)),
        ("SuggestLevel", spelt(random, 10)),
        ("Port", spelt(random, port)),
        ("Protocol", Json::text(random.pick(&["tcp", "tcp", "TCP"]))),
        ("ServiceNameList", services),
        ("ProbRisk", Json::text("no risk 无风险")),
        ("RiskReason", Json::text("-")),
        ("UnknownReason", names(&["short"])),
    ])
}

fn endanger(random: &mut Random, row: &mut Json) {
    match random.below(11) {
        0 | 1 => {
            let lists = [
                names(&["RDP"]),
                names(&["SSH", "HTTP"]),
                names(&["['HTTPS', 'RDP']"]),
                names(&["mysql"]),
                names(&[]),
                Json::text("Telnet"),
            ];
            row.set("ServiceNameList", random.pick(&lists));
        }
        2 => row.set("RiskLevel", spelt(random, 3)),
        3 => row.set("RiskLevel", spelt(random, 2)),
        4 => row.set("SuggestLevel", spelt(random, 30)),
        5 => {
            let port = random.pick(&[22, 3389, 445, 80, 135, 139, 8080]);
            row.set("Port", spelt(random, port));
        }
        6 => row.set("Protocol", Json::text(random.pick(&["udp", "UDP", "icmp"]))),
        7 => {
            let field = random.pick(&["PublicIpNum", "DetailNum"]);
            let value = 20 + random.below(30) as i64;
            row.set(field, spelt(random, value));
        }
        8 => {
            let field = random.pick(&["InBytes", "OutBytes", "TotalBytes"]);
            let value = random.pick(&[1000, 1024, 1025, 2500, 999, 2_000_000_000]);
            row.set(field, spelt(random, value));
        }
        9 => {
            let field = random.pick(&["TrafficPercent1Day", "TrafficPercent7Day"]);
            let value = random.pick(&["0.7", "0.6", "11.1", "11.1000000000000000001", "50", "100"]);
            row.set(field, Json::text(value));
            row.set("TrafficPercent30Day", Json::number("50.0"));
        }
        _ => {
            let field = random.pick(&["ProbRisk", "RiskReason"]);
            let texts = ["weak password", "left open", "Weak Password", ""];
            row.set(field, Json::text(random.pick(&texts)));
        }
    }
}

/// Names that are not identified, and printed lists, good and bad.
const STRANGE_NAMES: [&str; 15] = [
    "Unknown",
    "unknown",
    "",
    "RDP ",
    " HTTP",
    "'RDP'",
    "RDP,HTTP",
    "RDP;SSH",
    "RDP|SSH",
    "RDP\u{200b}",
    "RDP\n",
    "RDP]",
    "['RDP'",
    "['SSH ', 'HTTP']",
    "[]",
];

fn break_one(random: &mut Random, row: &mut Json) {
    const ANY: [&str; 14] = [
        "RiskLevel",
        "SuggestLevel",
        "PublicIpNum",
        "DetailNum",
        "InBytes",
        "OutBytes",
        "TotalBytes",
        "TotalBytes",
        "TrafficPercent1Day",
        "TrafficPercent7Day",
        "ProbRisk",
        "ServiceNameList",
        "UnknownReason",
        "Protocol",
    ];
    match random.below(10) {
        0 | 1 => {
            let mut list = vec![Json::text(random.pick(&STRANGE_NAMES))];
            if random.percent(30) {
                list.insert(0, Json::text(random.pick(&["HTTP", "RDP"])));
            }
            row.set("ServiceNameList", Json::List(list));
        }
        2 => {
            let elements = [Json::Null, Json::number(5), Json::object([]), names(&["RDP"])];
            let list = vec![random.pick(&elements), Json::text("HTTP")];
            row.set("ServiceNameList", Json::List(list));
        }
        3 => row.set("RiskLevel", random.pick(&codes(&["-1", "0", "7", "4"]))),
        4 => row.set("SuggestLevel", random.pick(&codes(&["-1", "0", "15", "40"]))),
        5 => row.remove(random.pick(&ANY)),
        6 => row.set(random.pick(&ANY), Json::Null),
        7 if random.percent(30) => {
            let ports = ["70000", "-1", "80.5", "\"x\"", "null"];
            row.set("Port", crate::json::documents(random.pick(&ports)).unwrap().remove(0));
        }
        8 => {
            let field = random.pick(&["InBytes", "OutBytes", "TotalBytes"]);
            row.set(field, Json::number(random.pick(&HUGE)));
        }
        _ => {
            let field = random.pick(&ANY[..10]);
            row.set(field, random.pick(&malformed()));
        }
    }
}

/// The greatest integer of 64 bits, its neighbour, and numbers far beyond.
const HUGE: [&str; 5] = [
    "9223372036854775807",
    "9223372036854775808",
    "1e30",
    "100000000000000000000000000000000000000000",
    "1.5",
];

fn codes(codes: &[&str]) -> Vec<Json> {
    let texts = codes.iter().map(|code| Json::text(code));
    codes.iter().map(Json::number).chain(texts).collect()
}

fn malformed() -> Vec<Json> {
    let texts = ["", " 3", "+3", "03", "3 ", "0x3", "three", "3,0", "NaN", "hight"];
    let others = [
        Json::Bool(true),
        Json::List(vec![Json::number(3)]),
        Json::object([("a", Json::number(3))]),
    ];
    texts.iter().map(|text| Json::text(text)).chain(others).collect()
}
