//! An `Envelope` is what an answer wraps its records in: totals, a status, an SDK's headers and body, or
//! an error in place of all that.

use std::io::Read;

use crate::json::{Kind, Number, decode_lossy};
use crate::operation::Operation;
use crate::text::Place;

use super::flaw::Error;
use super::page::{Page, Total, Weight};
use super::read::{Pointer, Reading, Stop, name};

/// Members in which an SDK wraps the answer.
const WRAPPER: [&str; 3] = ["headers", "statusCode", "body"];

/// Members that only an error has.
const ERROR: [&str; 2] = ["Code", "Message"];

/// Characters of an API's message that are repeated.
const MAX_MESSAGE: usize = 300;

/// What an answer said so far beside its records.
pub(super) struct Envelope {
    page: usize,
    list: Option<Kind>,
    total: Total,
    code: Option<String>,
    message: Option<String>,
    request: Option<String>,
    status: Option<String>,
    success: Option<String>,
    /// A member whose name differs from the records list's by case only.
    near: Option<String>,
    seen: Vec<String>,
}

impl Envelope {
    /// Keys by which an object shows that it is no record, in any case.
    pub(super) fn stops(operation: &Operation) -> Vec<&str> {
        let heads =
            [operation.records.first(), operation.total.as_ref().and_then(|path| path.first())];
        let heads = heads.into_iter().flatten().map(String::as_str);
        let is_field = |key: &&str| operation.schema.find(key).is_some();
        heads.chain(WRAPPER).chain(ERROR).filter(|key| !is_field(key)).collect()
    }

    /// Reads the answer at the cursor as one page.
    pub(super) fn read<R: Read>(
        reading: &mut Reading<'_, R>,
        pointer: &Pointer,
    ) -> Result<(), Stop> {
        let page = reading.file.pages.len();
        let source = reading.page_name();
        let list = Some(pointer.below(&reading.plan.operation.records));
        let start = reading.mark(1);
        reading.file.pages.push(Page {
            source,
            list,
            records: 0,
            total: Total::Absent,
            sha256: None,
            start,
            has_list: false,
            is_error: false,
        });
        let mut envelope = Self::of(page);
        reading.begin_page_hash();
        envelope.members(reading, pointer, &mut Vec::new())?;
        let sha256 = reading.end_page_hash();
        envelope.finish(reading, sha256);
        Ok(())
    }

    fn of(page: usize) -> Self {
        Self {
            page,
            list: None,
            total: Total::Absent,
            code: None,
            message: None,
            request: None,
            status: None,
            success: None,
            near: None,
            seen: Vec::new(),
        }
    }

    /// The members of the object at the cursor, which lies at `path` below the answer's own object.
    fn members<R: Read>(
        &mut self,
        reading: &mut Reading<'_, R>,
        pointer: &Pointer,
        path: &mut Vec<String>,
    ) -> Result<(), Stop> {
        let mut key = String::new();
        reading.reader.begin_object()?;
        while reading.reader.next_key(&mut key)? {
            path.push(std::mem::take(&mut key));
            self.member(reading, pointer, path)?;
            path.pop();
        }
        Ok(())
    }

    fn member<R: Read>(
        &mut self,
        reading: &mut Reading<'_, R>,
        pointer: &Pointer,
        path: &mut Vec<String>,
    ) -> Result<(), Stop> {
        let operation = &reading.plan.operation;
        let below = body_path(path);
        let is_on_way = operation.records.starts_with(below)
            || operation.total.as_ref().is_some_and(|total| total.starts_with(below));
        let is_wrapper = path.len() == 1 && path.iter().any(|key| WRAPPER.contains(&key.as_str()));
        if is_on_way || is_wrapper {
            self.only_once(reading, if below.is_empty() { path } else { below })?;
        }
        let kind = reading.reader.peek()?;
        let is_body = path.len() == 1 && below.is_empty() && kind == Some(Kind::Object);
        if below == operation.records {
            return self.records(reading, pointer, path);
        }
        if operation.total.as_deref() == Some(below) {
            return self.total(reading);
        }
        if is_body || (is_on_way && kind == Some(Kind::Object)) {
            return self.members(reading, pointer, path);
        }
        match (below.len(), path.last().map(String::as_str)) {
            (1, Some(key)) => self.scalar(reading, key),
            _ => Ok(reading.reader.skip()?),
        }
    }

    /// A key that decides must not come twice, nor both within an SDK's `body` and beside it.
    fn only_once<R: Read>(
        &mut self,
        reading: &mut Reading<'_, R>,
        path: &[String],
    ) -> Result<(), Stop> {
        let key = path.join(".");
        if self.seen.contains(&key) {
            let place = reading.place();
            return Err(reading.stop(&Error::DuplicateKey(key), place));
        }
        self.seen.push(key);
        Ok(())
    }

    fn records<R: Read>(
        &mut self,
        reading: &mut Reading<'_, R>,
        pointer: &Pointer,
        path: &[String],
    ) -> Result<(), Stop> {
        let place = reading.place();
        let kind = reading.reader.peek()?;
        self.list = kind;
        match kind {
            Some(Kind::Array) => {
                if let Some(page) = reading.file.pages.get_mut(self.page) {
                    page.list = Some(pointer.below(path));
                    page.has_list = true;
                }
                reading.list(self.page)
            }
            Some(Kind::Null) => Ok(reading.reader.skip()?),
            other => {
                let found = other.map_or("nothing", name);
                let list = reading.plan.operation.records.join(".");
                Err(reading.stop(&Error::ListType { list, found }, place))
            }
        }
    }

    /// A count, also where it was sent as a text.
    fn total<R: Read>(&mut self, reading: &mut Reading<'_, R>) -> Result<(), Stop> {
        if matches!(reading.reader.peek()?, Some(Kind::Object | Kind::Array)) {
            self.total = Total::Unreadable(reading.mark(1));
            return Ok(reading.reader.skip()?);
        }
        let mut mark = reading.mark(1);
        let raw = reading.reader.scalar()?;
        mark.length = raw.text.len() as u64;
        let count = match raw.kind {
            Kind::Null => None,
            _ => Number::parse(raw.text.trim_matches('"')),
        };
        self.total = match count {
            Some(Number::Integer(count)) if count >= 0 => Total::Known(count.unsigned_abs(), mark),
            _ => Total::Unreadable(mark),
        };
        Ok(())
    }

    /// Any other member of the answer: an error's words, a status, or nothing of interest.
    fn scalar<R: Read>(&mut self, reading: &mut Reading<'_, R>, key: &str) -> Result<(), Stop> {
        if reading.plan.operation.records.last().is_some_and(|list| list.eq_ignore_ascii_case(key))
        {
            self.near = Some(key.to_owned());
        }
        let slot = match key.to_ascii_lowercase().as_str() {
            "code" => &mut self.code,
            "message" => &mut self.message,
            "requestid" => &mut self.request,
            "statuscode" => &mut self.status,
            "success" => &mut self.success,
            _ => return Ok(reading.reader.skip()?),
        };
        match reading.reader.peek()? {
            Some(Kind::Object | Kind::Array) => {
                *slot = Some("an object".to_owned());
                Ok(reading.reader.skip()?)
            }
            Some(Kind::Null) => Ok(reading.reader.skip()?),
            _ => {
                let raw = reading.reader.scalar()?;
                let text = if raw.kind == Kind::String {
                    decode_lossy(raw.text)
                } else {
                    raw.text.to_owned()
                };
                *slot = Some(text.chars().take(MAX_MESSAGE).collect());
                Ok(())
            }
        }
    }

    fn finish<R: Read>(self, reading: &mut Reading<'_, R>, sha256: Option<String>) {
        let page = reading.file.pages.get(self.page);
        let Some(place) = page.map(|page| Place::Evidence(page.start.clone())) else { return };
        let is_error = self.is_error(reading);
        if is_error {
            reading.flaw(&self.answered(), Weight::Partial, place.clone());
        }
        if !matches!(self.list, Some(Kind::Array)) && !is_error {
            let list = reading.plan.operation.records.join(".");
            let near = self.near.map(|near| format!("; here it is `{near}`")).unwrap_or_default();
            let found = if self.list.is_some() { "null" } else { "not there" };
            reading.flaw(&Error::ListMissing { list, found, near }, Weight::Partial, place);
        }
        if let Some(page) = reading.file.pages.get_mut(self.page) {
            page.is_error = is_error;
            page.total = self.total;
            page.sha256 = sha256;
        }
    }

    /// What the error says: its code, or what there is in its place, its message and its request.
    fn answered(&self) -> Error {
        let status = self.status.as_ref().map(|status| format!("status {status}"));
        let code = self.code.clone().or(status.filter(|_| self.has_failed()));
        let words = code.iter().chain(&self.message).map(|word| format!("`{word}`"));
        let words: Vec<String> = words.collect();
        let request = self.request.as_ref().map(|request| format!(", request `{request}`"));
        Error::Answered {
            what: if words.is_empty() { "no success".to_owned() } else { words.join(": ") },
            request: request.unwrap_or_default(),
        }
    }

    /// Whether the answer is an error: it says that it failed, it has a code and a message, or one of
    /// them and no row.
    fn is_error<R>(&self, reading: &Reading<'_, R>) -> bool {
        let rows = reading.file.pages.get(self.page).map_or(0, |page| page.records);
        match (&self.code, &self.message) {
            (Some(_), Some(_)) => true,
            (Some(_), None) | (None, Some(_)) if rows == 0 => true,
            _ => self.has_failed(),
        }
    }

    /// Whether a status says that the request failed.
    fn has_failed(&self) -> bool {
        let status = self.status.as_ref().and_then(|status| Number::parse(status));
        status.is_some_and(|status| status >= Number::Integer(400))
            || self.success.as_ref().is_some_and(|success| success.eq_ignore_ascii_case("false"))
    }
}

/// The part of a member's path that lies within the answer itself, an SDK's `body` taken off.
fn body_path(path: &[String]) -> &[String] {
    match path {
        [first, rest @ ..] if first == "body" => rest,
        _ => path,
    }
}
