//! Responses as the API may send them: escapes in keys and texts, numbers as texts, printed lists,
//! Chinese, members absent, null or malformed, in any order and with any white space.

use proptest::prelude::*;

/// A JSON value by its tokens.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Scalar(String),
    List(Vec<String>),
}

/// A record: each key and value as a token.
pub(super) type Record = Vec<(String, Value)>;

/// White space between tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Compact,
    Pretty,
    Odd,
}

impl Layout {
    fn space(self, depth: usize) -> String {
        match self {
            Self::Compact => String::new(),
            Self::Pretty => format!("\n{}", "  ".repeat(depth)),
            Self::Odd => [" \r\n", "", "\t", "\n \n", "  "][depth].to_owned(),
        }
    }
}

/// A response, how it was laid out, and whether it begins with a byte order mark.
#[derive(Clone, Debug)]
pub(super) struct Response {
    pub(super) records: Vec<Record>,
    pub(super) layout: Layout,
    pub(super) has_mark: bool,
}

impl Response {
    pub(super) fn text(&self) -> String {
        let space = |depth| self.layout.space(depth);
        let total = self.records.len();
        let mut text = String::from(if self.has_mark { "\u{feff}" } else { "" });
        text += &format!("{{{}\"RequestId\":\"请求🔒\",{}", space(1), space(1));
        text += &format!("\"PageInfo\":{{\"TotalCount\":{total}}},{}\"DataList\":[", space(1));
        for (index, record) in self.records.iter().enumerate() {
            text += if index > 0 { "," } else { "" };
            text += &space(2);
            text += "{";
            for (index, (key, value)) in record.iter().enumerate() {
                text += if index > 0 { "," } else { "" };
                text += &format!("{}{key}{}:{}", space(3), self.colon(), self.colon());
                match value {
                    Value::Scalar(token) => text += token,
                    Value::List(tokens) => {
                        let separator = format!(",{}", space(4));
                        let tokens = tokens.join(&separator);
                        text += &format!("[{}{tokens}{}]", space(4), space(3));
                    }
                }
            }
            text += &format!("{}}}", space(2));
        }
        text + &format!("{}]{}}}", space(1), space(0))
    }

    fn colon(&self) -> &str {
        if self.layout == Layout::Odd { " " } else { "" }
    }
}

pub(super) fn responses() -> impl Strategy<Value = Response> {
    let layouts = prop_oneof![Just(Layout::Compact), Just(Layout::Pretty), Just(Layout::Odd)];
    (prop::collection::vec(records(), 0..6), layouts, any::<bool>())
        .prop_map(|(records, layout, has_mark)| Response { records, layout, has_mark })
}

fn records() -> impl Strategy<Value = Record> {
    let members = (
        member("Port", numbers(0..65536)),
        member("Protocol", tokens(&["\"tcp\"", "\"UDP\"", "\"\\u0074cp\""])),
        member("RiskLevel", tokens(&["3", "\"3\"", "3.0", "30e-1", "2", "-1", "null", "7", "{}"])),
        member("SuggestLevel", tokens(&["10", "20", "\"30\"", "0", "-1", "true"])),
        member("ServiceNameList", lists()),
        member("RiskReason", texts()),
        member("ProbRisk", texts()),
        (member("InBytes", numbers(0..100)), member("OutBytes", numbers(0..5000))),
        member(
            "TotalBytes",
            tokens(&["5", "1456536639.0", "null", "1e400", "99999999999999999999"]),
        ),
    );
    members
        .prop_map(|(a, b, c, d, e, f, g, (h, i), j)| {
            [a, b, c, d, e, f, g, h, i, j].into_iter().flatten().collect::<Record>()
        })
        .prop_shuffle()
}

/// A member that is mostly there, its key sometimes escaped.
fn member(
    name: &'static str,
    values: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Option<(String, Value)>> {
    let first = name.chars().next().unwrap();
    let escaped = format!("\\u{:04x}", u32::from(first));
    let keys = prop_oneof![
        9 => Just(format!("\"{name}\"")),
        1 => Just(format!("\"{}\"", name.replacen(first, &escaped, 1))),
    ];
    prop::option::weighted(0.9, (keys, values))
}

fn tokens(all: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::select(all).prop_map(|token| Value::Scalar(token.to_owned()))
}

fn numbers(range: std::ops::Range<u32>) -> impl Strategy<Value = Value> {
    (range, 0..4).prop_map(|(number, form)| {
        Value::Scalar(match form {
            0 => format!("\"{number}\""),
            1 => format!("{number}.0"),
            _ => number.to_string(),
        })
    })
}

fn lists() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(&[
        "\"RDP\"",
        "\"rdp\"",
        "\"\\u0052DP\"",
        "\"SSL\"",
        "\"Unknown\"",
        "\"数据库\"",
        "\"['HTTPS', 'RDP', 'SSL', 'Unknown']\"",
        "\"[broken\"",
        "7",
        "\"\"",
    ]);
    prop_oneof![
        8 => prop::collection::vec(names.prop_map(str::to_owned), 0..5).prop_map(Value::List),
        1 => tokens(&["\"RDP\"", "\"['RDP']\"", "null", "3"]),
    ]
}

/// Texts that are long, foreign or hostile, with and without escapes.
fn texts() -> impl Strategy<Value = Value> {
    let piece = prop_oneof![
        Just("存在弱口令,".to_owned()),
        Just("\u{1b}[31m\u{202e}".to_owned()),
        Just("\"\\/\u{7f}\u{2028}".to_owned()),
        Just("a\tb\r\nc".to_owned()),
        Just("word ".repeat(40)),
        "[a-z 🔒é]{0,20}",
    ];
    (prop::collection::vec(piece, 0..5), any::<bool>()).prop_map(|(pieces, is_ascii)| {
        let token = serde_json::to_string(&pieces.concat()).unwrap();
        let escape = |c: char| {
            let mut units = [0; 2];
            let units = c.encode_utf16(&mut units).iter();
            units.map(|unit| format!("\\u{unit:04x}")).collect::<String>()
        };
        Value::Scalar(match is_ascii {
            false => token,
            true => token
                .chars()
                .map(|c| if c.is_ascii() { c.to_string() } else { escape(c) })
                .collect(),
        })
    })
}
