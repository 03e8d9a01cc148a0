//! Writes modelled files as the bytes that some tool would have saved.

use serde_json::{Map, Value, json};

use crate::model::{Broken, File, Page, Row, Says, Shape};
use crate::random::Random;

/// How one capture was saved.
pub struct Style {
    /// Ports as texts.
    port_as_text: bool,
    total_as_text: bool,
    names_printed: bool,
    indent: Option<&'static str>,
    has_mark: bool,
}

impl Style {
    pub fn any(random: &mut Random) -> Self {
        Self {
            port_as_text: random.once_in(4),
            total_as_text: random.once_in(4),
            names_printed: random.once_in(4),
            indent: random.pick(&[None, Some("\t"), Some("  ")]),
            has_mark: random.once_in(5),
        }
    }

    /// The bytes of a file.
    pub fn bytes(&self, file: &File, random: &mut Random) -> Vec<u8> {
        let text = self.file(file, random);
        let mut bytes = match file.broken {
            None => text.into_bytes(),
            Some(broken) => break_up(broken, &text, random),
        };
        if self.has_mark {
            bytes.splice(0..0, *b"\xef\xbb\xbf");
        }
        bytes
    }

    fn file(&self, file: &File, random: &mut Random) -> String {
        let page = file.pages.first();
        let pages: Vec<Value> = file.pages.iter().map(|page| self.page(page, random)).collect();
        let rows = page.and_then(|page| page.rows.as_ref()).into_iter().flatten();
        let rows: Vec<Value> = rows.map(|row| self.row(row, random)).collect();
        let lines = |values: &[Value]| {
            let lines: Vec<String> = values.iter().map(Value::to_string).collect();
            lines.join("\n")
        };
        match file.shape {
            Shape::Raw => self.written(&pages[0]),
            Shape::Sdk => self
                .written(&json!({"headers": {"x": "Code"}, "statusCode": random.pick(&[json!(200), json!("200"), json!("ok"), json!(true)]), "body": pages[0]})),
            Shape::Array => self.written(&Value::Array(pages)),
            Shape::Stream => lines(&pages),
            Shape::BareArray => self.written(&Value::Array(rows)),
            Shape::BareStream => lines(&rows),
        }
    }

    fn page(&self, page: &Page, random: &mut Random) -> Value {
        let mut members = vec![("RequestId", json!("F3637663"))];
        let mut info = Map::new();
        match page.number {
            Some(number) if self.total_as_text => {
                info.insert("CurrentPage".into(), json!(number.to_string()));
            }
            Some(number) => {
                info.insert("CurrentPage".into(), json!(number));
            }
            None => {
                let nothing = [json!("x"), json!(1.5), Value::Null, json!([1]), json!(true)];
                info.insert("CurrentPage".into(), random.pick(&nothing));
            }
        }
        match page.says {
            Says::Total(total) if self.total_as_text => {
                info.insert("TotalCount".into(), json!(total.to_string()));
            }
            Says::Total(total) => {
                info.insert("TotalCount".into(), json!(total));
            }
            Says::Nothing => {}
            Says::Nonsense => {
                let nonsense = [json!(-1), json!("many"), json!(2.5), Value::Null, json!([3])];
                info.insert("TotalCount".into(), random.pick(&nonsense));
            }
        }
        members.push(("PageInfo", Value::Object(info)));
        if let Some(rows) = &page.rows {
            let mut list: Vec<Value> = rows.iter().map(|row| self.row(row, random)).collect();
            if page.has_scalar {
                list.insert(random.below(list.len() + 1), random.pick(&[json!(5), Value::Null]));
            }
            members.push(("DataList", Value::Array(list)));
        } else if random.once_in(2) {
            members.push(("DataList", Value::Null));
        }
        if page.is_error {
            members.push((random.pick(&["Code", "code", "cODE"]), json!("Throttling")));
            members.push((random.pick(&["Message", "message", "MESSAGE"]), json!("slow down")));
        }
        random.shuffle(&mut members);
        object(members)
    }

    fn row(&self, row: &Row, random: &mut Random) -> Value {
        let services = if self.names_printed && !row.services.is_empty() {
            let quoted: Vec<String> = row.services.iter().map(|name| format!("'{name}'")).collect();
            json!([format!("[{}]", quoted.join(", "))])
        } else {
            json!(row.services)
        };
        let mut members = vec![
            ("Protocol", json!(row.protocol)),
            ("ServiceNameList", services),
            ("RiskLevel", json!(row.risk)),
            ("InBytes", json!(row.bytes)),
            ("备注", json!("端口 \u{1f512} \"x\"")),
        ];
        match row.port {
            Some(port) if self.port_as_text => members.push(("Port", json!(port.to_string()))),
            Some(port) => members.push(("Port", json!(port))),
            None => {}
        }
        random.shuffle(&mut members);
        object(members)
    }

    fn written(&self, value: &Value) -> String {
        let Some(indent) = self.indent else {
            return value.to_string();
        };
        let mut bytes = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
        let mut writer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
        serde::Serialize::serialize(value, &mut writer).unwrap();
        String::from_utf8(bytes).unwrap()
    }
}

fn object(members: Vec<(&str, Value)>) -> Value {
    members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>().into()
}

fn break_up(broken: Broken, text: &str, random: &mut Random) -> Vec<u8> {
    let record = r#"{"Port":1,"Protocol":"tcp","RiskLevel":1}"#;
    let with = |list: &str| format!(r#"{{"PageInfo":{{"TotalCount":1}},"DataList":{list}}}"#);
    match broken {
        // The first document is cut, so that none of the bytes that are left is whole.
        Broken::Truncated => {
            let mut documents =
                serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
            documents.next();
            text.as_bytes()[..1 + random.below(documents.byte_offset() - 1)].to_vec()
        }
        Broken::Garbage => {
            format!("{text} {}", random.pick(&["}", "]", "x", ",", "\0", "5"])).into()
        }
        Broken::Utf8 => {
            let at = text.find("RiskLevel").unwrap_or(1);
            let mut bytes = text.as_bytes().to_vec();
            bytes.insert(at, random.pick(&[0xff, 0xc0, 0x80]));
            bytes
        }
        Broken::DuplicateKey => {
            with(&format!("[{}]", record.replace("RiskLevel", "\\u0050ort"))).into()
        }
        Broken::ListType => with(random.pick(&["{}", "\"\"", "0", "true", record])).into(),
        Broken::Blank => random.pick(&["", " ", "\n\t\r "]).as_bytes().to_vec(),
        Broken::Nan => with(&format!("[{}]", record.replace(":1", ":NaN"))).into(),
        Broken::Deep => {
            let depth = 127 + random.below(40);
            with(&format!("[{}{}]", "[".repeat(depth), "]".repeat(depth))).into()
        }
    }
}
