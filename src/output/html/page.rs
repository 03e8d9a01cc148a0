//! A `Page` is the document as it is written, and the few forms that its parts are made of. What it
//! shows was made harmless before it was escaped.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::io::{self, BufWriter, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, Render, html};
use sha2::{Digest, Sha256};

use crate::text::{Position, printable};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Characters of one text at most, so that a text from an API does not push everything else away.
const LONGEST: usize = 4_000;

/// Bytes of the name that the page's own script goes by.
const NONCE_BYTES: usize = 18;

/// What the elements around the parts are closed by.
const END: &str = "</main>\n";

/// The document, written part by part: a report may be longer than what should be held at once.
pub(super) struct Page<'a> {
    out: BufWriter<&'a mut dyn Write>,
    nonce: String,
}

impl<'a> Page<'a> {
    /// Writes everything above the first part.
    pub(super) fn begin(
        title: &str,
        time: Option<Timestamp>,
        nonce: String,
        out: &'a mut dyn Write,
    ) -> io::Result<Self> {
        let mut page = Self { out: BufWriter::with_capacity(BUFFER, out), nonce };
        let nonce = page.nonce.clone();
        page.put(html! {
            (DOCTYPE)
            (PreEscaped("<html lang=\"en\">\n"))
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(security(&nonce));
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content=(tool());
                title { (title) }
                style nonce=(nonce) { (PreEscaped(STYLE)) }
            }
            (PreEscaped("\n<body>\n"))
            a.skip href="#main" { "Skip to the verdict" }
            header.top {
                p.brand { "Portcullis" }
                @if let Some(time) = time { p.when { "Report of " (moment(time)) } }
            }
            (PreEscaped("\n<main id=\"main\">\n"))
        })?;
        Ok(page)
    }

    /// Writes a part.
    pub(super) fn put(&mut self, part: Markup) -> io::Result<()> {
        let part = part.into_string();
        if part.is_empty() {
            return Ok(());
        }
        self.out.write_all(part.as_bytes())?;
        self.out.write_all(b"\n")
    }

    /// Writes everything below the last part of a report.
    pub(super) fn end(mut self) -> io::Result<()> {
        let script = html! { script nonce=(self.nonce) { (PreEscaped(SCRIPT)) } };
        self.close("portcullis check --format json", script)
    }

    /// Writes everything below the last part of a difference, which has nothing to filter.
    pub(super) fn end_of_difference(mut self) -> io::Result<()> {
        self.close("portcullis diff --format json", html! {})
    }

    /// The same of a change of policies.
    pub(super) fn end_of_revision(mut self) -> io::Result<()> {
        self.close("portcullis diff --policies OLD NEW --format json", html! {})
    }

    fn close(&mut self, command: &str, script: Markup) -> io::Result<()> {
        self.out.write_all(END.as_bytes())?;
        self.put(html! {
            footer {
                p {
                    "Written by " (tool()) ". The report says what the evidence named above shows about "
                    "the policies that judged it, and nothing beyond: it is no certification of anything."
                }
                p { "The same in a form for programs: " code { (command) } "." }
            }
            (script)
            (PreEscaped("</body>\n</html>"))
        })?;
        self.out.flush()
    }
}

/// The name and version of the program.
pub(super) fn tool() -> &'static str {
    concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"))
}

/// What the page may do: show its own style, run its own script, and ask nobody anything.
fn security(nonce: &str) -> String {
    format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; \
         form-action 'none'"
    )
}

/// The name that the page's own style and script go by: a hash of what the page is made of. A text in
/// it that brings a script cannot know it, since the text is a part of what is hashed. A hash of the
/// script itself would say as much, but validators of pages do not know that form.
pub(super) fn nonce<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    STANDARD.encode(hash.finalize().get(..NONCE_BYTES).unwrap_or_default())
}

/// A text from anywhere: harmless, not too long, and escaped where it is put into the page.
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl Render for Text<'_> {
    fn render_to(&self, out: &mut String) {
        self.0.render_to(out);
    }
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text on one line.
pub(super) fn text(text: &str) -> Text<'_> {
    let text = text.trim_end();
    let cut = match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    };
    Text(match cut {
        Cow::Borrowed(text) => printable(text),
        Cow::Owned(text) => Cow::Owned(printable(&text).into_owned()),
    })
}

/// A text whose lines end where the page wants.
pub(super) fn flowing(words: &str) -> Text<'static> {
    let words: Vec<&str> = words.split_whitespace().collect();
    Text(Cow::Owned(text(&words.join(" ")).0.into_owned()))
}

/// What a problem says, its quoted words as code.
pub(super) fn said(words: &str) -> Markup {
    let words = flowing(words).to_string();
    let parts: Vec<&str> = words.split('`').collect();
    // An odd number of quotes quotes nothing.
    if parts.len().is_multiple_of(2) {
        return html! { (words) };
    }
    html! { @for (index, part) in parts.iter().enumerate() {
        @if index % 2 == 1 { code { (part) } } @else { (part) }
    } }
}

/// The lines of a text, each harmless, without the indent that all but the first have in common.
pub(super) fn lines(words: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let further = words.trim_end().lines().skip(1).filter(|line| !line.trim().is_empty());
    let common = further.map(indent).min().unwrap_or_default();
    let shown = words.trim_end().lines().enumerate().map(|(index, line)| {
        let own = if index == 0 { 0 } else { common.min(indent(line)) };
        text(line.get(own..).unwrap_or_default()).to_string()
    });
    shown.collect::<Vec<String>>().join("\n")
}

/// A time, to the second, in UTC.
pub(super) fn moment(time: Timestamp) -> Markup {
    let seconds = time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    html! { time datetime=(seconds) { (time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()) } }
}

/// A number, its thousands apart.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            // It does not break a line, and is narrow.
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number and its noun.
pub(super) fn count(count: u64, one: &str, several: &str) -> String {
    format!("{}\u{a0}{}", number(count), if count == 1 { one } else { several })
}

/// A place as editors know it.
pub(super) fn place(source: &str, position: Option<Position>) -> Markup {
    html! {
        code.place {
            (text(source))
            @if let Some(Position { line, column }) = position { ":" (line) ":" (column) }
        }
    }
}

/// A part of the page under a heading.
pub(super) fn section(id: &str, title: &str, body: Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } { (title) }
            (body)
        }
    }
}

/// A table, which scrolls by itself where it is too wide. `rows` are `tr` elements.
pub(super) fn table(caption: &str, head: &[&str], rows: Markup) -> Markup {
    html! {
        div.scroll role="group" tabindex="0" aria-label=(caption) {
            table {
                caption { (caption) }
                thead { tr { @for cell in head { (head_cell(cell)) } } }
                tbody { (rows) }
            }
        }
    }
}

/// A column's head; those of numbers begin with `#`.
fn head_cell(cell: &str) -> Markup {
    match cell.strip_prefix('#') {
        Some(cell) => html! { th.n scope="col" { (cell) } },
        None => html! { th scope="col" { (cell) } },
    }
}

/// A word on a ground of its colour; the word says what the colour does.
pub(super) fn badge(class: &str, words: &str) -> Markup {
    html! { span class={ "badge " (class) } { (words) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (value, shown) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1\u{202f}000"),
            (65_535, "65\u{202f}535"),
            (1_234_567, "1\u{202f}234\u{202f}567"),
        ] {
            assert_eq!(number(value), shown);
        }
    }

    #[test]
    fn the_page_holds_nothing_that_ends_its_style_or_script() {
        for text in [STYLE, SCRIPT] {
            assert!(!text.contains("</") && !text.contains("<!--"), "{text}");
            assert!(!text.contains("http") && !text.contains("url(") && !text.contains("@import"));
        }
    }
}
