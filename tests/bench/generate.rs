//! Generated evidence: the same records, which depend on the seed alone, in each shape in which a
//! capture is kept: one document, a folder of pages, a stream of records, a stream of responses.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::random::Random;
use crate::record::{self, Member, Value};

/// How records are kept on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    /// One response that holds every record.
    Document,
    /// A folder of responses, one a file.
    Pages,
    /// Records, one a line.
    Ndjson,
    /// Responses, one a line.
    Responses,
}

impl Shape {
    /// The name that the command line and the table give it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Pages => "pages",
            Self::Ndjson => "ndjson",
            Self::Responses => "responses",
        }
    }
}

/// White space between tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// None.
    Compact,
    /// Two spaces a level, as the API's documentation prints it.
    Pretty,
}

impl Layout {
    fn line(self, depth: usize) -> &'static str {
        match (self, depth) {
            (Self::Compact, _) => "",
            (Self::Pretty, 0) => "\n",
            (Self::Pretty, 1) => "\n  ",
            (Self::Pretty, 2) => "\n    ",
            (Self::Pretty, 3) => "\n      ",
            (Self::Pretty, _) => "\n        ",
        }
    }

    fn colon(self) -> &'static str {
        match self {
            Self::Compact => ":",
            Self::Pretty => ": ",
        }
    }
}

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Corpus {
    /// The same seed gives the same bytes.
    pub(crate) seed: u64,
    /// How many records.
    pub(crate) records: u64,
    /// The share of records that look dangerous, 0.0 to 1.0.
    pub(crate) violating: f64,
    /// White space of responses; streams are compact always.
    pub(crate) layout: Layout,
    /// Records a response, of pages and of a stream of responses.
    pub(crate) page_size: u64,
}

impl Corpus {
    /// Writes the corpus into `folder` and answers what to give to the tool as input.
    pub(crate) fn save(&self, shape: Shape, folder: &Path) -> io::Result<PathBuf> {
        const NAME: &str = "DescribeInternetOpenPort";
        match shape {
            Shape::Document => {
                let path = folder.join(format!("{NAME}.json"));
                write_file(&path, |out| self.document(out))?;
                Ok(path)
            }
            Shape::Pages => {
                let pages = folder.join("pages");
                fs::create_dir_all(&pages)?;
                self.pages(&pages, NAME)?;
                Ok(pages)
            }
            Shape::Ndjson => {
                let path = folder.join(format!("{NAME}.ndjson"));
                write_file(&path, |out| self.records(out))?;
                Ok(path)
            }
            Shape::Responses => {
                let path = folder.join(format!("{NAME}.jsonl"));
                write_file(&path, |out| self.responses(out))?;
                Ok(path)
            }
        }
    }

    /// One response with every record.
    pub(crate) fn document(&self, out: &mut impl Write) -> io::Result<()> {
        let whole = Self { page_size: self.records.max(1), ..*self };
        whole.response(1, &mut Stream::new(self), out)?;
        out.write_all(b"\n")
    }

    /// One file a response, named so that their order is that of the pages.
    pub(crate) fn pages(&self, folder: &Path, name: &str) -> io::Result<()> {
        let mut stream = Stream::new(self);
        for number in 1..=self.page_count() {
            let path = folder.join(format!("{name}-{number:06}.json"));
            write_file(&path, |out| {
                self.response(number, &mut stream, out)?;
                out.write_all(b"\n")
            })?;
        }
        Ok(())
    }

    /// One record a line.
    pub(crate) fn records(&self, out: &mut impl Write) -> io::Result<()> {
        let mut stream = Stream::new(self);
        let mut text = String::new();
        for _ in 0..self.records {
            text.clear();
            write_record(&mut text, &stream.next(), Layout::Compact);
            text.push('\n');
            out.write_all(text.as_bytes())?;
        }
        Ok(())
    }

    /// One response a line.
    pub(crate) fn responses(&self, out: &mut impl Write) -> io::Result<()> {
        let compact = Self { layout: Layout::Compact, ..*self };
        let mut stream = Stream::new(self);
        for number in 1..=self.page_count() {
            compact.response(number, &mut stream, out)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn page_count(&self) -> u64 {
        self.records.div_ceil(self.page_size.max(1)).max(1)
    }

    /// Response `number`, counted from 1: the envelope around that page's share of the records.
    fn response(&self, number: u64, stream: &mut Stream, out: &mut impl Write) -> io::Result<()> {
        let (line, colon) = (|depth| self.layout.line(depth), self.layout.colon());
        let before = number.saturating_sub(1) * self.page_size;
        let count = self.records.saturating_sub(before).min(self.page_size);
        write!(out, "{{{}\"RequestId\"{colon}\"F3637663-991B-547F-9163-{number:012X}\",", line(1))?;
        write!(out, "{}\"PageInfo\"{colon}{{", line(1))?;
        write!(out, "{}\"CurrentPage\"{colon}{number},", line(2))?;
        write!(out, "{}\"PageSize\"{colon}{},", line(2), self.page_size)?;
        write!(out, "{}\"TotalCount\"{colon}{}{}}},", line(2), self.records, line(1))?;
        write!(out, "{}\"DataList\"{colon}[", line(1))?;
        let mut text = String::new();
        for place in 0..count {
            text.clear();
            text.push_str(if place == 0 { "" } else { "," });
            text.push_str(line(2));
            write_record(&mut text, &stream.next(), self.layout);
            out.write_all(text.as_bytes())?;
        }
        let close = if count == 0 { "" } else { line(1) };
        write!(out, "{close}]{}}}", line(0))
    }
}

/// The records of a corpus in their order.
struct Stream {
    random: Random,
    index: u64,
    violating: f64,
}

impl Stream {
    fn new(corpus: &Corpus) -> Self {
        Self { random: Random::new(corpus.seed), index: 0, violating: corpus.violating }
    }

    fn next(&mut self) -> Vec<Member> {
        let risky = self.random.chance(self.violating);
        let members = record::members(&mut self.random, self.index, risky);
        self.index += 1;
        members
    }
}

fn write_file(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 18, File::create(path)?);
    content(&mut out)?;
    out.flush()
}

fn write_record(text: &mut String, members: &[Member], layout: Layout) {
    text.push('{');
    for (place, (key, value)) in members.iter().enumerate() {
        text.push_str(if place == 0 { "" } else { "," });
        text.push_str(layout.line(3));
        text.push('"');
        text.push_str(key);
        text.push('"');
        text.push_str(layout.colon());
        match value {
            Value::Scalar(token) => text.push_str(token),
            Value::List(tokens) => write_list(text, tokens, layout),
        }
    }
    text.push_str(layout.line(2));
    text.push('}');
}

fn write_list(text: &mut String, tokens: &[String], layout: Layout) {
    text.push('[');
    for (place, token) in tokens.iter().enumerate() {
        text.push_str(if place == 0 { "" } else { "," });
        text.push_str(layout.line(4));
        text.push_str(token);
    }
    text.push_str(if tokens.is_empty() { "" } else { layout.line(3) });
    text.push(']');
}
