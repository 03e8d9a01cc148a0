//! Random evidence: pages of rows in files of every shape, and what may go wrong with their envelopes.

use crate::json::Json;
use crate::random::Random;
use crate::rows::{self, Mood};
use crate::verdict::File;

/// How a file holds its documents.
#[derive(Clone, Debug)]
pub struct Draft {
    pub name: String,
    pub documents: Vec<Json>,
    /// Whether every text is written with an escape.
    pub is_escaped: bool,
    /// What is written after the documents.
    pub tail: &'static str,
}

impl Draft {
    pub fn file(&self) -> File {
        let documents: Vec<String> = self
            .documents
            .iter()
            .map(
                |document| {
                    if self.is_escaped { document.print_escaped() } else { document.print() }
                },
            )
            .collect();
        File { name: self.name.clone(), text: documents.join("\n") + self.tail }
    }
}

/// Returns the files of one case.
pub fn files(random: &mut Random) -> Vec<Draft> {
    let mood = match random.below(10) {
        0..=2 => Mood::Calm,
        3..=5 => Mood::Risky,
        _ => Mood::Broken,
    };
    let count = if random.percent(20) { 0 } else { 1 + random.below(5) };
    let mut rows: Vec<Json> = (0..count).map(|index| rows::row(random, index, mood)).collect();
    let total = rows.len() + if random.percent(18) { 1 } else { 0 };
    if random.percent(10) {
        repeat_a_row(random, &mut rows);
    }
    let mut pages = pages(random, &rows, total);
    if random.percent(30) {
        for _ in 0..1 + random.below(2) {
            let index = random.below(pages.len());
            mutate(random, &mut pages[index], &rows);
        }
    }
    let mut files = shaped(random, pages, &rows);
    if random.percent(5) {
        files[0].name = random.pick(&FOREIGN).to_owned();
    }
    if files.len() > 1 && random.percent(15) {
        let last = files.len() - 1;
        files[last].name =
            random.pick(&["sub/page.json", "sub/deep/x.ndjson", ".hidden.json"]).to_owned();
    }
    if random.percent(3) {
        files[0].tail = random.pick(&[" x", "\n}", "{", ",", "NaN"]);
    }
    files
}

const FOREIGN: [&str; 6] = [
    "DescribeInternetOpenIp.json",
    "ListThings_1.json",
    "Listing.json",
    "DescribeInternetOpenPort-2.json",
    "GetX.json",
    "QueryAll (1).json",
];

fn repeat_a_row(random: &mut Random, rows: &mut Vec<Json>) {
    if rows.is_empty() {
        return;
    }
    let mut again = rows[random.below(rows.len())].clone();
    if random.percent(50) {
        again.set("DetailNum", Json::number(12));
    }
    rows.push(again);
}

/// Splits rows into pages that add up to a total.
fn pages(random: &mut Random, rows: &[Json], total: usize) -> Vec<Json> {
    let size = if random.percent(60) { rows.len().max(1) } else { 1 + random.below(3) };
    let mut chunks: Vec<&[Json]> = rows.chunks(size).collect();
    if chunks.is_empty() {
        chunks.push(&[]);
    }
    let numbered = |(index, chunk): (usize, &&[Json])| {
        let info = Json::object([
            ("CurrentPage", Json::number(index + 1)),
            ("PageSize", Json::number(size)),
            ("TotalCount", Json::number(total)),
        ]);
        Json::object([
            ("RequestId", Json::text("F3637663-991B-547F-9163-1A5AC367")),
            ("PageInfo", info),
            ("DataList", Json::List(chunk.to_vec())),
        ])
    };
    chunks.iter().enumerate().map(numbered).collect()
}

/// Puts pages into files: raw, in an SDK's wrapper, as arrays, streams, or without envelopes.
fn shaped(random: &mut Random, mut pages: Vec<Json>, rows: &[Json]) -> Vec<Draft> {
    let is_escaped = random.percent(10);
    let draft =
        |name: &str, documents| Draft { name: name.to_owned(), documents, is_escaped, tail: "" };
    if random.percent(20) {
        pages = pages.into_iter().map(|page| wrapped(page, Json::number(200))).collect();
    }
    match random.below(12) {
        0 => vec![draft("array.json", vec![Json::List(pages)])],
        1 => vec![draft("stream.ndjson", pages)],
        2 => vec![draft("stream.json", pages)],
        3 if random.percent(40) => {
            let pager = Json::object([("DataList", Json::List(rows.to_vec()))]);
            vec![draft("pager.json", vec![pager])]
        }
        4 if random.percent(40) => vec![draft("bare.json", vec![Json::List(rows.to_vec())])],
        5 if random.percent(40) && !rows.is_empty() => vec![draft("bare.ndjson", rows.to_vec())],
        6 => {
            let mut files = one_each(pages, &draft);
            let other = Json::object([("Code", Json::text("Throttling.User"))]);
            let odd = [other, Json::object([]), Json::Null, Json::List(Vec::new())];
            if random.percent(30) {
                files.push(draft("odd.json", vec![random.pick(&odd)]));
            }
            files
        }
        _ => one_each(pages, &draft),
    }
}

fn one_each(pages: Vec<Json>, draft: &dyn Fn(&str, Vec<Json>) -> Draft) -> Vec<Draft> {
    let name = |index: usize| format!("page-{}.json", index + 1);
    pages.into_iter().enumerate().map(|(index, page)| draft(&name(index), vec![page])).collect()
}

fn wrapped(page: Json, status: Json) -> Json {
    Json::object([("headers", Json::object([])), ("statusCode", status), ("body", page)])
}

/// Says something else in the envelope of a page.
fn mutate(random: &mut Random, page: &mut Json, rows: &[Json]) {
    match random.below(12) {
        0..=5 => add_member(random, page, rows),
        6..=8 => damage_page_info(random, page),
        9 => {
            let name = random.pick(&["PageInfo", "DataList", "RequestId"]);
            let old = page.get(name).cloned().unwrap_or(Json::Null);
            page.remove(name);
            if random.percent(50) {
                page.set(&name.to_lowercase(), old);
            }
        }
        10 => page.set("DataList", one_of(random, &["null", "{}", "\"x\"", "5"])),
        _ => {
            let bodies = [
                Json::Text(page.print()),
                Json::List(vec![page.clone()]),
                wrapped(page.clone(), Json::number(200)),
            ];
            *page = wrapped(random.pick(&bodies), Json::number(200));
        }
    }
}

fn add_member(random: &mut Random, page: &mut Json, rows: &[Json]) {
    const STATUS: [&str; 5] = ["success", "Success", "statusCode", "STATUSCODE", "HttpStatusCode"];
    const ERRORS: [&str; 7] =
        ["Code", "code", "Message", "Error", "errors", "ErrorCode", "ERRCODE"];
    const UNKNOWN: [&str; 7] = ["Data", "datalist", "Result", "Extra", "Response", "Body", "Items"];
    const MORE: [&str; 4] = ["NextToken", "HasMore", "IsTruncated", "nextToken"];
    let (name, value) = match random.below(7) {
        0 => {
            *page = wrapped(page.clone(), verdict(random));
            return;
        }
        1 => {
            let name = random.pick(&STATUS);
            page.set(name, verdict(random));
            return;
        }
        2 | 3 => (random.pick(&ERRORS), verdict(random)),
        4 | 5 => (random.pick(&UNKNOWN), unknown_member(random, rows)),
        _ => {
            let values = ["null", "\"\"", "false", "\"abc\"", "true"];
            (random.pick(&MORE), one_of(random, &values))
        }
    };
    match random.percent(25) {
        true => in_page_info(page, name, Some(value)),
        false => page.set(name, value),
    }
}

fn damage_page_info(random: &mut Random, page: &mut Json) {
    let totals = ["null", "\"x\"", "-1", "true", "[]", "0", "7", "\"3\"", "1.0"];
    let numbers = ["1", "2", "\"1\"", "null", "\"one\"", "[1]"];
    let (name, values) = match random.percent(50) {
        true => ("TotalCount", totals.as_slice()),
        false => ("CurrentPage", numbers.as_slice()),
    };
    let value = (!random.percent(20)).then(|| one_of(random, values));
    in_page_info(page, name, value);
}

/// Reads one of several values.
fn one_of(random: &mut Random, texts: &[&str]) -> Json {
    crate::json::documents(random.pick(texts)).unwrap().remove(0)
}

fn in_page_info(page: &mut Json, name: &str, value: Option<Json>) {
    let mut info = page.get("PageInfo").cloned().unwrap_or(Json::object([]));
    match value {
        Some(value) => info.set(name, value),
        None => info.remove(name),
    }
    page.set("PageInfo", info);
}

/// Returns what a status, a success or an error member may hold.
fn verdict(random: &mut Random) -> Json {
    let values = [
        "200",
        "\"200\"",
        "\"OK\"",
        "\"ok\"",
        "true",
        "\"True\"",
        "\"Success\"",
        "null",
        "\"\"",
        "[]",
        "{}",
        "500",
        "\"500 Internal Server Error\"",
        "[500]",
        "[200]",
        "false",
        "0",
        "1",
        "201",
        "206",
        "\"200 OK\"",
        "\"Throttling.User\"",
        "{\"a\": 1}",
        "\"false\"",
    ];
    one_of(random, &values)
}

fn unknown_member(random: &mut Random, rows: &[Json]) -> Json {
    let row = rows.first().cloned().unwrap_or(Json::object([("Port", Json::number(3389))]));
    let list = Json::List(vec![row]);
    let values = [
        Json::Null,
        Json::number(5),
        Json::text("text"),
        Json::text(" [1"),
        Json::text("{\"a\": 1}"),
        Json::List(Vec::new()),
        Json::List(vec![Json::number(1)]),
        Json::object([]),
        Json::object([("a", Json::number(1))]),
        Json::object([("DataList", Json::List(Vec::new()))]),
        Json::object([("x", list.clone())]),
        list,
    ];
    random.pick(&values)
}
