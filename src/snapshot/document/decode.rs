//! Reads snapshot documents: every member is looked at, and every page against its hash.

use std::io::Read;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};

use crate::json::Reader;
use crate::operation::{Catalogue, Operation};
use crate::text::{Mark, Place};

use super::super::capture::{Answer, Capture, MAX_CLOCK_STEP, Origin, check_window};
use super::super::flaw;
use super::super::read::name;
use super::super::whole::Wholeness;
use super::error::Error;
use super::members::{Decoded, Members};
use super::{Document, MAX_BYTES, MAX_PAGE_BYTES, MAX_PAGES, MEMBERS, SCHEMA};

/// An escape may take six bytes for one.
const MAX_TEXT_BYTES: usize = 6 * MAX_PAGE_BYTES + 2;

/// What was read so far.
#[derive(Default)]
struct Draft {
    operation: Option<(Mark, String)>,
    product: String,
    version: String,
    request: Request,
    started: Timestamp,
    finished: (Option<Mark>, Timestamp),
    said: Option<(Option<bool>, Mark)>,
    pages: Vec<(Mark, Answer)>,
    bytes: usize,
}

#[derive(Default)]
struct Request {
    endpoint: String,
    region: Option<String>,
    account: Option<String>,
    profile: Option<String>,
    filters: Vec<(String, String)>,
    window: Option<(Mark, (Timestamp, Timestamp))>,
}

/// Reads a whole document. `input` stands at its beginning.
pub(super) fn decode<R: Read>(
    input: R,
    source: &Arc<str>,
    catalogue: &Catalogue,
) -> Decoded<Document> {
    let mut members = Members { reader: Reader::new(input).up_to(MAX_TEXT_BYTES), source };
    let mut draft = Draft::default();
    members.object("", &MEMBERS, &mut |members, index| draft.member(members, index))?;
    if let Some(kind) = members.kind()? {
        let place = members.place()?;
        return Err(flaw::Error::TrailingScalar(name(kind)).at(place).into());
    }
    draft.finish(source, catalogue)
}

impl Draft {
    fn member<R: Read>(&mut self, members: &mut Members<'_, R>, index: usize) -> Decoded<()> {
        let name = MEMBERS.get(index).copied().unwrap_or_default();
        match name {
            "schema" => schema(members)?,
            "tool" => tool(members)?,
            "operation" => self.operation = Some(members.place_and_text(name)?),
            "product" => self.product = members.text(name)?,
            "version" => self.version = members.text(name)?,
            "request" => self.request = request(members)?,
            "started" => self.started = members.time(name)?,
            "finished" => self.finished = (Some(members.mark()?), members.time(name)?),
            "complete" => {
                let mark = members.mark()?;
                self.said = Some((members.truth(name)?, mark));
            }
            "incomplete" => incomplete(members)?,
            _ => members.list(name, &mut |members, index| self.page(members, index))?,
        }
        Ok(())
    }

    fn page<R: Read>(&mut self, members: &mut Members<'_, R>, index: usize) -> Decoded<()> {
        let place = members.place()?;
        if index >= MAX_PAGES {
            return Err(Error::TooMuch(format!("{MAX_PAGES} pages")).at(place).into());
        }
        let path = format!("pages.{index}");
        let (mut taken, mut hash, mut body) = (None, None, None);
        let names = ["taken", "sha256", "body?", "base64?"];
        members.object(&path, &names, &mut |members, member| {
            match member {
                0 => taken = Some((members.mark()?, members.time(&format!("{path}.taken"))?)),
                1 => hash = Some(members.place_and_text(&format!("{path}.sha256"))?),
                _ if body.is_some() => return Err(one_body(&path, members.place()?)),
                2 => body = Some(members.text(&format!("{path}.body"))?.into_bytes()),
                _ => body = Some(base64(members, &format!("{path}.base64"))?),
            }
            Ok(())
        })?;
        let (Some((at, taken)), Some((mark, hash)), Some(body)) = (taken, hash, body) else {
            return Err(Error::Missing(format!("{path}.body")).at(place).into());
        };
        self.bytes += body.len();
        if self.bytes > MAX_BYTES || body.len() > MAX_PAGE_BYTES {
            let most = if body.len() > MAX_PAGE_BYTES { MAX_PAGE_BYTES } else { MAX_BYTES };
            return Err(Error::TooMuch(format!("{} MiB", most >> 20)).at(place).into());
        }
        let answer = Answer { taken, body: Arc::from(body) };
        if answer.sha256() != hash {
            return Err(Error::Hash(index + 1).at(Place::Evidence(mark)).into());
        }
        self.pages.push((at, answer));
        Ok(())
    }

    fn finish(self, source: &Arc<str>, catalogue: &Catalogue) -> Decoded<Document> {
        let operation = self.operation(source, catalogue)?;
        self.times()?;
        let Self { request, started, finished, .. } = self;
        let Some((said, mark)) = self.said else {
            return Err(Error::Missing("complete".to_owned()).at(whole(source)).into());
        };
        let wholeness = match said {
            Some(true) => Wholeness::Complete,
            None => Wholeness::Unprovable,
            Some(false) => Wholeness::Partial,
        };
        let origin = Origin {
            endpoint: request.endpoint,
            region: request.region,
            account: request.account,
            profile: request.profile,
            filters: request.filters,
            window: request.window.map(|(_, window)| window),
            started,
            finished: finished.1,
        };
        let pages = self.pages.into_iter().map(|(_, answer)| answer).collect();
        Ok(Document { capture: Capture { operation, origin, pages }, said: (wholeness, mark) })
    }

    fn operation(&self, source: &Arc<str>, catalogue: &Catalogue) -> Decoded<Arc<Operation>> {
        let Some((mark, name)) = &self.operation else {
            return Err(Error::Missing("operation".to_owned()).at(whole(source)).into());
        };
        let place = || Place::Evidence(mark.clone());
        let Some(operation) = catalogue.find(name) else {
            let known = catalogue.names().collect::<Vec<_>>().join(", ");
            return Err(Error::Operation { operation: name.clone(), known }.at(place()).into());
        };
        let api = |product: &str, version: &str| format!("{product} {version}");
        if (&self.product, &self.version) != (&operation.product, &operation.version) {
            let found = api(&self.product, &self.version);
            let known = api(&operation.product, &operation.version);
            return Err(Error::Api { found, known }.at(place()).into());
        }
        Ok(Arc::clone(operation))
    }

    /// Checks that every page was taken between the begin and the end of the capture, clocks that are put
    /// right in between allowed for, and that its window was over by then.
    fn times(&self) -> Decoded<()> {
        let (place, finished) = &self.finished;
        let is_before = |one: Timestamp, other: Timestamp| {
            other.duration_since(one) >= SignedDuration::ZERO - MAX_CLOCK_STEP
        };
        let error = |path: String, expected, mark: &Mark| {
            Box::new(Error::Member { path, expected }.at(Place::Evidence(mark.clone())))
        };
        match place {
            Some(mark) if !is_before(self.started, *finished) => {
                return Err(error("finished".to_owned(), "after `started`", mark));
            }
            _ => {}
        }
        if let Some((mark, window)) = &self.request.window {
            let place = || Place::Evidence(mark.clone());
            check_window(*window, *finished).map_err(|error| Error::Window(error).at(place()))?;
        }
        for (index, (mark, page)) in self.pages.iter().enumerate() {
            if !is_before(self.started, page.taken) || !is_before(page.taken, *finished) {
                let path = format!("pages.{index}.taken");
                return Err(error(path, "between `started` and `finished`", mark));
            }
        }
        Ok(())
    }
}

fn whole(source: &Arc<str>) -> Place {
    Place::Whole(Arc::clone(source))
}

fn one_body(path: &str, place: Place) -> Box<crate::text::Problem> {
    Error::Member { path: path.to_owned(), expected: "a page with one body" }.at(place).into()
}

fn schema<R: Read>(members: &mut Members<'_, R>) -> Decoded<()> {
    let (mark, schema) = members.place_and_text("schema")?;
    if schema == SCHEMA {
        return Ok(());
    }
    Err(Error::Version(schema).at(Place::Evidence(mark)).into())
}

fn tool<R: Read>(members: &mut Members<'_, R>) -> Decoded<()> {
    members.object("tool", &["name", "version"], &mut |members, index| {
        members.text(if index == 0 { "tool.name" } else { "tool.version" }).map(|_| ())
    })
}

fn request<R: Read>(members: &mut Members<'_, R>) -> Decoded<Request> {
    let mut request = Request::default();
    let names = ["endpoint", "region", "account", "profile", "filters", "window"];
    members.object("request", &names, &mut |members, index| {
        match index {
            0 => request.endpoint = members.text("request.endpoint")?,
            1 => request.region = members.optional_text("request.region")?,
            2 => request.account = members.optional_text("request.account")?,
            3 => request.profile = members.optional_text("request.profile")?,
            4 => {
                request.filters = members.texts("request.filters")?;
                request.filters.sort();
            }
            _ => request.window = window(members)?,
        }
        Ok(())
    })?;
    Ok(request)
}

fn window<R: Read>(
    members: &mut Members<'_, R>,
) -> Decoded<Option<(Mark, (Timestamp, Timestamp))>> {
    if members.null()? {
        return Ok(None);
    }
    let mark = members.mark()?;
    let mut window = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
    members.object("request.window", &["since", "until"], &mut |members, index| {
        match index {
            0 => window.0 = members.time("request.window.since")?,
            _ => window.1 = members.time("request.window.until")?,
        }
        Ok(())
    })?;
    Ok(Some((mark, window)))
}

/// What it says of its numbers is for a reader: they are counted anew.
fn incomplete<R: Read>(members: &mut Members<'_, R>) -> Decoded<()> {
    if members.null()? {
        return Ok(());
    }
    let names = ["records", "expected", "problems"];
    members.object("incomplete", &names, &mut |members, index| match index {
        0 => members.count("incomplete.records"),
        1 => members.count("incomplete.expected"),
        _ => members.list("incomplete.problems", &mut |members, index| {
            let path = format!("incomplete.problems.{index}");
            members.object(&path, &["code", "message"], &mut |members, _| {
                members.text(&path).map(|_| ())
            })
        }),
    })
}

fn base64<R: Read>(members: &mut Members<'_, R>, path: &str) -> Decoded<Vec<u8>> {
    let (mark, text) = members.place_and_text(path)?;
    STANDARD.decode(text).map_err(|_| {
        let error = Error::Member { path: path.to_owned(), expected: "Base64" };
        error.at(Place::Evidence(mark)).into()
    })
}
