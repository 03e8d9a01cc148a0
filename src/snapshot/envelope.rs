//! An `Envelope` is what an answer wraps its records in: totals, a status, an SDK's headers and body, or
//! an error in place of all that.

use std::collections::HashSet;
use std::io::Read;
use std::sync::Arc;

use crate::json::{Kind, Number};
use crate::operation::Operation;
use crate::text::{Mark, Place};

use super::flaw::Error;
use super::page::{Page, Total, Weight};
use super::read::{Pointer, Reading, Stop, name};
use super::unlisted::{Cursor, Level, Unlisted, Unusual};
use super::words;

/// Members in which an SDK wraps the answer, beside its status.
const HEADERS: &str = "headers";
const BODY: &str = "body";

/// What an answer said so far beside its records.
pub(super) struct Envelope {
    page: usize,
    list: Option<Kind>,
    total: Total,
    number: Option<(i64, Mark)>,
    size: Option<i64>,
    unlisted: Unlisted,
    /// A member whose name differs from the records list's by case only.
    near: Option<String>,
    /// Whether records and total lie in a wrapper's body; `None` before the first of them.
    is_wrapped: Option<bool>,
    body: Option<Mark>,
}

impl Envelope {
    /// Keys by which an object shows that it is no record, in any case.
    pub(super) fn stops(operation: &Operation) -> Vec<&str> {
        let heads = operation.response.iter().filter_map(|path| path.first()).map(String::as_str);
        let heads = heads.chain(operation.records.first().map(String::as_str));
        let words = words::STATUS.into_iter().chain(words::ERROR);
        let is_field = |key: &&str| operation.schema.find(key).is_some();
        heads.chain([HEADERS, BODY]).chain(words).filter(|key| !is_field(key)).collect()
    }

    /// Reads the answer at the cursor as one page.
    pub(super) fn read<R: Read>(
        reading: &mut Reading<'_, R>,
        pointer: &Pointer,
    ) -> Result<(), Stop> {
        let index = reading.file.pages.len();
        let source = reading.page_name();
        let list = Some(pointer.below(&reading.plan.operation.records));
        let page = Page { list, ..Page::new(source, reading.mark(1)) };
        reading.file.pages.push(page);
        let mut envelope = Self::of(index);
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
            number: None,
            size: None,
            unlisted: Unlisted::default(),
            near: None,
            is_wrapped: None,
            body: None,
        }
    }

    /// The members of the object at the cursor, which lies at `path` below the answer's own object.
    fn members<R: Read>(
        &mut self,
        reading: &mut Reading<'_, R>,
        pointer: &Pointer,
        path: &mut Vec<String>,
    ) -> Result<(), Stop> {
        let mut keys = HashSet::new();
        let mut key = String::new();
        reading.reader.begin_object()?;
        while reading.reader.next_key(&mut key)? {
            cursor(reading, Level::Response).once(&mut keys, &key)?;
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
        let is_body = path.len() == 1 && below.is_empty();
        let is_headers = matches!(path.as_slice(), [first] if first == HEADERS);
        let leads = |path: &Vec<String>| path.len() > below.len() && path.starts_with(below);
        let is_on_way = !is_body
            && (below == operation.records
                || operation.total.as_deref() == Some(below)
                || operation.response.iter().chain(operation.total.iter()).any(leads)
                || leads(&operation.records));
        let is_wrapped = below.len() < path.len();
        if is_on_way && *self.is_wrapped.get_or_insert(is_wrapped) != is_wrapped {
            // One answer lies in a wrapper's body, and another beside it.
            let second = Unusual::of(&path.join("."), reading.mark(1));
            self.unlisted.second.get_or_insert(second);
            return self.other(reading, path);
        }
        let is_object = reading.reader.peek()? == Some(Kind::Object);
        if below == operation.records {
            return self.records(reading, pointer, path);
        }
        let key = path.last().map_or("", String::as_str);
        if operation.total.as_deref() == Some(below) {
            self.total = match self.count(reading, key)? {
                (Some(count), mark) if count >= 0 => Total::Known(count.unsigned_abs(), mark),
                (_, mark) => Total::Unreadable(mark),
            };
        } else if operation.page_number() == Some(below) {
            let (number, mark) = self.count(reading, key)?;
            self.number = number.map(|number| (number, mark));
        } else if operation.page_size() == Some(below) {
            self.size = self.count(reading, key)?.0;
        } else if is_object && (is_body || is_on_way) {
            if is_body {
                self.body = Some(reading.mark(1));
            }
            self.members(reading, pointer, path)?;
        } else if is_object && is_headers {
            self.headers(reading)?;
        } else {
            self.other(reading, path)?;
        }
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

    /// The total, the page's number or its size; a text may hold it too.
    fn count<R: Read>(
        &mut self,
        reading: &mut Reading<'_, R>,
        key: &str,
    ) -> Result<(Option<i64>, Mark), Stop> {
        let mut mark = reading.mark(1);
        if matches!(reading.reader.peek()?, Some(Kind::Object | Kind::Array)) {
            // It is no count, which is reported by itself.
            let structured = self.unlisted.structured.take();
            self.unlisted.member(&mut cursor(reading, Level::Within), key)?;
            self.unlisted.structured = structured;
            return Ok((None, mark));
        }
        let raw = reading.reader.scalar()?;
        mark.length = raw.text.len() as u64;
        let count = match Number::of(raw) {
            Some(Number::Integer(count)) => Some(count),
            _ => None,
        };
        Ok((count, mark))
    }

    fn headers<R: Read>(&mut self, reading: &mut Reading<'_, R>) -> Result<(), Stop> {
        let mut keys = HashSet::new();
        let mut key = String::new();
        reading.reader.begin_object()?;
        while reading.reader.next_key(&mut key)? {
            let mut cursor = cursor(reading, Level::Headers);
            cursor.once(&mut keys, &key)?;
            self.unlisted.member(&mut cursor, &key)?;
        }
        Ok(())
    }

    /// A member that holds neither records nor counts.
    fn other<R: Read>(
        &mut self,
        reading: &mut Reading<'_, R>,
        path: &[String],
    ) -> Result<(), Stop> {
        let operation = &reading.plan.operation;
        let is_listed = operation.response.iter().any(|listed| listed == body_path(path));
        let key = path.last().map_or("", String::as_str);
        if operation.records.last().is_some_and(|list| list.eq_ignore_ascii_case(key)) {
            self.near = Some(key.to_owned());
        }
        let level = if is_listed { Level::Within } else { Level::Response };
        self.unlisted.member(&mut cursor(reading, level), key)
    }

    fn finish<R: Read>(mut self, reading: &mut Reading<'_, R>, sha256: Option<String>) {
        let Some(page) = reading.file.pages.get_mut(self.page) else { return };
        if let (Some(false), Some(body)) = (self.is_wrapped, self.body.take()) {
            self.unlisted.second.get_or_insert(Unusual::of(BODY, body));
        }
        page.error = self.unlisted.api_error();
        page.total = std::mem::replace(&mut self.total, Total::Absent);
        page.number = self.number.take();
        page.size = self.size;
        page.sha256 = sha256;
        let page = page.clone();
        for (error, weight, mark) in self.flaws(page, &reading.plan.operation) {
            reading.flaw(&error, weight, Place::Evidence(mark));
        }
    }

    /// What is wrong with the page by itself.
    fn flaws(self, page: Page, operation: &Operation) -> Vec<(Error, Weight, Mark)> {
        let Unlisted { failure, more, second, structured, totals, scalars, .. } = self.unlisted;
        if let (Some(error), Some(failure)) = (&page.error, failure) {
            return vec![(Error::answered(error), Weight::Partial, failure.mark)];
        }
        let list = || operation.records.join(".");
        let mut flaws = Vec::new();
        if !matches!(self.list, Some(Kind::Array)) {
            let near = self.near.map(|near| format!("; here it is `{near}`")).unwrap_or_default();
            let found = if self.list.is_some() { "null" } else { "not there" };
            let error = Error::ListMissing { list: list(), found, near };
            flaws.push((error, Weight::Partial, page.start));
        }
        flaws.extend(more.map(|more| (Error::More(more.name), Weight::Partial, more.mark)));
        let unlisted = |one: Unusual| (Error::Unlisted(one.name), Weight::Noted, one.mark);
        match (second, structured) {
            (Some(one), _) => {
                flaws.push((Error::SecondList(one.name, list()), Weight::Unprovable, one.mark));
            }
            (None, Some(one)) if page.records == 0 => {
                flaws.push((Error::Unexplained(one.name, list()), Weight::Unprovable, one.mark));
            }
            (None, one) => flaws.extend(one.map(unlisted)),
        }
        if let Total::Known(total, _) = page.total {
            let other = totals.into_iter().find(|(other, _)| *other != total);
            flaws.extend(other.map(|(other, mark)| {
                (Error::SecondTotal { total, other }, Weight::Unprovable, mark)
            }));
        }
        flaws.extend(scalars.into_iter().map(unlisted));
        flaws
    }
}

/// A cursor on the value that is read.
fn cursor<'r, R: Read>(reading: &'r mut Reading<'_, R>, level: Level) -> Cursor<'r, R> {
    let source = Arc::clone(reading.source());
    let operation = &reading.plan.operation;
    Cursor { reader: &mut reading.reader, source, operation, level, text: None }
}

/// The part of a member's path that lies within the answer itself, an SDK's `body` taken off.
fn body_path(path: &[String]) -> &[String] {
    match path {
        [first, rest @ ..] if first == BODY => rest,
        _ => path,
    }
}
