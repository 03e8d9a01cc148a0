//! Reads the envelope of one answer: its rows, its total, and everything that says that it is not the
//! answer it seems to be.

use crate::fields;
use crate::json::Json;

/// One answer of the API, or one list of bare records.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// `None` if there is no list.
    pub rows: Option<Vec<Json>>,
    pub total: Option<i64>,
    pub number: Option<i64>,
    pub is_error: bool,
    /// An element of the list is not an object.
    pub has_other_rows: bool,
    /// A scalar such as `NextToken` announces more rows.
    pub announces_more: bool,
    /// Something unexplained could hold rows.
    pub is_unexplained: bool,
}

/// Members that say whether a request succeeded, in lower case.
const STATUS: [&str; 6] =
    ["statuscode", "status", "success", "httpstatuscode", "httpstatus", "httpcode"];

/// Members that say what went wrong, in lower case.
const ERRORS: [&str; 10] = [
    "code",
    "message",
    "error",
    "errors",
    "errorcode",
    "errcode",
    "errormessage",
    "errormsg",
    "errmessage",
    "errmsg",
];

/// Scalars that announce more rows unless they are empty, false or zero, in lower case.
const MORE: [&str; 3] = ["nexttoken", "hasmore", "istruncated"];

/// Members of an SDK's wrapper, of a response, and of its page information.
const WRAPPER: &[&str] = &["headers", "statusCode", "body"];
const RESPONSE: &[&str] = &["RequestId", "PageInfo", "DataList"];
const PAGE_INFO: &[&str] = &["CurrentPage", "PageSize", "TotalCount"];

/// Reads the documents of a file as pages. An error means that the file cannot be judged at all.
pub fn pages(documents: &[Json]) -> Result<Vec<Page>, String> {
    let mut pages = Vec::new();
    let mut records = Vec::new();
    let mut has_other_rows = false;
    let parts = documents.iter().flat_map(|document| match document {
        Json::List(elements) => elements.as_slice(),
        _ => std::slice::from_ref(document),
    });
    for part in parts {
        if is_response(part) {
            pages.push(response(part)?);
        } else if is_record(part) {
            records.push(part.clone());
        } else {
            has_other_rows |= !part.is_object() && *part != Json::Null;
            pages.push(Page::default());
        }
    }
    if !records.is_empty() {
        pages.push(Page { rows: Some(records), has_other_rows, ..Page::default() });
    }
    if pages.is_empty() {
        pages.push(Page::default());
    }
    Ok(pages)
}

fn is_response(document: &Json) -> bool {
    let is_told = |name: &String| {
        let lower = name.to_lowercase();
        STATUS.contains(&lower.as_str()) || ERRORS.contains(&lower.as_str())
    };
    let names_envelope = |name: &str| ["body", "DataList", "PageInfo"].contains(&name);
    let has =
        |test: &dyn Fn(&String) -> bool| document.members().iter().any(|(name, _)| test(name));
    has(&|name| names_envelope(name) || is_told(name))
}

/// A bare record is told by one of the fields that are always in one.
fn is_record(document: &Json) -> bool {
    const FIELDS: [&str; 5] = ["Port", "Protocol", "ServiceNameList", "RiskLevel", "SuggestLevel"];
    document.members().iter().any(|(name, _)| FIELDS.contains(&name.as_str()))
}

/// Reads a response, in an SDK's wrapper or without one.
fn response(document: &Json) -> Result<Page, String> {
    // Of a wrapper and a list in one object, the first is the answer, the other a second one. A body
    // without a list and page information wraps nothing.
    let wraps = |body: &Json| body.get("DataList").is_some() || body.get("PageInfo").is_some();
    let has_list = document.get("DataList").is_some();
    let is_answer = |name: &str, value: &Json| match name {
        "DataList" => true,
        "body" => value.is_object() && (wraps(value) || !has_list),
        _ => false,
    };
    let first = document.members().iter().find(|(name, value)| is_answer(name, value));
    if first.is_none_or(|(name, _)| name == "DataList") {
        let mut page = body(document)?;
        look_at(document.members(), RESPONSE, &mut page);
        return Ok(page);
    }
    let inner = document.get("body").unwrap_or(&Json::Null);
    let mut page = body(inner)?;
    look_at(inner.members(), RESPONSE, &mut page);
    look_at(document.members(), WRAPPER, &mut page);
    page.is_unexplained |= document.get("DataList").is_some_and(|list| *list != Json::Null);
    if !inner.is_object() && !inner.is_empty() {
        page.is_unexplained = true;
    }
    Ok(page)
}

fn body(response: &Json) -> Result<Page, String> {
    let mut page = Page::default();
    match response.get("DataList") {
        None | Some(Json::Null) => {}
        Some(Json::List(elements)) => {
            page.has_other_rows = !elements.iter().all(Json::is_object);
            page.rows = Some(elements.iter().filter(|e| e.is_object()).cloned().collect());
        }
        Some(_) => return Err("the list of records is not a list".to_owned()),
    }
    if let Some(info) = response.get("PageInfo") {
        page.total = count(info.get("TotalCount"));
        page.number = count(info.get("CurrentPage"));
        look_at(info.members(), PAGE_INFO, &mut page);
    }
    Ok(page)
}

/// Reads a number of rows or pages; `None` of anything that is not an integer from 0.
fn count(value: Option<&Json>) -> Option<i64> {
    let number = fields::number(value?)?.to_integer()?;
    (number >= 0).then_some(number)
}

/// Looks at every member of one level that is not expected there.
fn look_at(members: &[(String, Json)], expected: &[&str], page: &mut Page) {
    for (name, value) in members {
        let lower = name.to_lowercase();
        if STATUS.contains(&lower.as_str()) || ERRORS.contains(&lower.as_str()) {
            // `Error: true` says that there is one.
            let is_yes = lower.starts_with("err") && means(value, "true");
            page.is_error |= !value.is_empty() && (is_yes || !is_success(value));
            continue;
        }
        if expected.contains(&name.as_str()) {
            continue;
        }
        let has_rows = page.rows.as_ref().is_some_and(|rows| !rows.is_empty());
        let is_second = is_wrapper(name) && could_hide_rows(value);
        page.is_unexplained |= is_second || hides_rows(value);
        page.is_unexplained |= !has_rows && could_hide_rows(value);
        page.announces_more |= announces_more(name, value);
    }
}

/// Returns whether a member, or one within it, announces more rows.
fn announces_more(name: &str, value: &Json) -> bool {
    MORE.contains(&name.to_lowercase().as_str()) && announces(value)
        || value.members().iter().any(|(name, value)| announces_more(name, value))
}

fn is_success(value: &Json) -> bool {
    ["200", "ok", "success", "true"].iter().any(|word| means(value, word))
}

fn means(value: &Json, word: &str) -> bool {
    match value {
        Json::Bool(value) => value.to_string() == word,
        Json::Number(_) => count(Some(value)).is_some_and(|number| number.to_string() == word),
        Json::Text(text) => text.to_lowercase() == word,
        _ => false,
    }
}

/// Returns whether a member is named like one that holds an answer or its rows.
fn is_wrapper(name: &str) -> bool {
    ["datalist", "pageinfo", "body"].contains(&name.to_lowercase().as_str())
}

/// A second list of objects or a second wrapper, at whatever depth.
fn hides_rows(value: &Json) -> bool {
    value.elements().iter().any(|element| element.is_object() || hides_rows(element))
        || value.members().iter().any(|(name, value)| is_wrapper(name) || hides_rows(value))
}

/// An object, a list that is not empty, or a text that starts like JSON.
fn could_hide_rows(value: &Json) -> bool {
    match value {
        Json::Object(_) => true,
        Json::List(elements) => !elements.is_empty(),
        Json::Text(text) => text.trim_start().starts_with(['{', '[']),
        _ => false,
    }
}

fn announces(value: &Json) -> bool {
    match value {
        Json::Bool(value) => *value,
        Json::Number(_) => fields::number(value).and_then(|n| n.to_integer()) != Some(0),
        Json::Text(text) => {
            let lower = text.trim().to_lowercase();
            !["", "false", "0", "null", "none"].contains(&lower.as_str())
        }
        value => !value.is_empty(),
    }
}
