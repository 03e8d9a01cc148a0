//! A `Page` takes the paragraphs of the `human` format: wrapped to the width, coloured where that is
//! asked for, and harmless whatever they are made of.

use std::io::{self, BufWriter, Write};

use anstyle::AnsiColor;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::text::{Position, printable};

use crate::output::{Colour, Style};

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Characters of a paragraph at most: a text from an API must not push everything else away.
const LONGEST: usize = 2_000;

/// What a piece of text is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    Strong,
    Faint,
    Bad,
    Doubtful,
    Unclear,
    Good,
    Place,
}

impl Paint {
    fn style(self) -> anstyle::Style {
        let style = anstyle::Style::new();
        let bold = |colour: AnsiColor| style.fg_color(Some(colour.into())).bold();
        match self {
            Self::Plain => style,
            Self::Strong => style.bold(),
            Self::Faint => style.dimmed(),
            Self::Bad => bold(AnsiColor::Red),
            Self::Doubtful => bold(AnsiColor::Yellow),
            Self::Unclear => bold(AnsiColor::Cyan),
            Self::Good => bold(AnsiColor::Green),
            Self::Place => bold(AnsiColor::Cyan).underline(),
        }
    }
}

/// Text as it is laid out and written.
pub(super) struct Page<'a> {
    pub(super) style: Style,
    out: BufWriter<&'a mut dyn Write>,
}

impl<'a> Page<'a> {
    pub(super) fn new(style: &Style, out: &'a mut dyn Write) -> Self {
        Self { style: style.clone(), out: BufWriter::with_capacity(BUFFER, out) }
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Text that is laid out already.
    pub(super) fn drawn(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        self.drawn("\n")
    }

    /// A paragraph behind a lead, its further lines indented by so many columns.
    pub(super) fn paragraph(
        &mut self,
        (lead, paint): (&str, Paint),
        text: &str,
        indent: usize,
    ) -> io::Result<()> {
        let lead = printable(lead);
        let text = one_line(text);
        let further = " ".repeat(indent);
        let options = Options::new(self.style.width.max(indent + 20))
            .initial_indent(&lead)
            .subsequent_indent(&further)
            .word_separator(WordSeparator::UnicodeBreakProperties)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        for (index, line) in textwrap::wrap(&text, options).iter().enumerate() {
            let line = line.replace('\u{a0}', " ");
            match line.strip_prefix(&*lead).filter(|_| index == 0) {
                Some(rest) => writeln!(self.out, "{}{rest}", painted(&self.style, paint, &lead))?,
                None => writeln!(self.out, "{line}")?,
            }
        }
        Ok(())
    }

    /// A line that is never broken: a path, an address.
    pub(super) fn line(&mut self, (lead, paint): (&str, Paint), text: &str) -> io::Result<()> {
        let lead = painted(&self.style, paint, &printable(lead));
        writeln!(self.out, "{lead}{}", one_line(text))
    }

    /// A place and, on its line as far as that goes, what is there.
    pub(super) fn entry(&mut self, place: &str, text: &str) -> io::Result<()> {
        let lead = format!("  {}  ", printable(place));
        let text = one_line(text);
        let room = self.style.width.saturating_sub(textwrap::core::display_width(&lead));
        // A narrow column says nothing; the text then has the next line to itself.
        let (lead, room) = if room < self.style.width / 3 {
            (format!("  {}\n    ", printable(place)), self.style.width.saturating_sub(4))
        } else {
            (lead, room)
        };
        writeln!(self.out, "{lead}{}", cut(&text, room))
    }

    /// Parts with a dot between them, on as many lines as they need.
    pub(super) fn parts(&mut self, parts: &[(String, Paint)]) -> io::Result<()> {
        let mut used = 0;
        for (index, (part, paint)) in parts.iter().enumerate() {
            let columns = textwrap::core::display_width(part);
            if index > 0 && used + 3 + columns > self.style.width {
                self.out.write_all(b"\n")?;
                used = 0;
            } else if index > 0 {
                self.out.write_all(" · ".as_bytes())?;
                used += 3;
            }
            write!(self.out, "{}", painted(&self.style, *paint, part))?;
            used += columns;
        }
        self.out.write_all(b"\n")
    }
}

/// Text in its colour, where colours are used.
pub(super) fn painted(style: &Style, paint: Paint, text: &str) -> String {
    match (style.colour, paint) {
        (Colour::Off, _) | (_, Paint::Plain) => text.to_owned(),
        (Colour::On, paint) => {
            let style = paint.style();
            format!("{style}{text}{style:#}")
        }
    }
}

/// White space as single spaces, and everything else harmless.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::new();
    // A space at which no line ends is no gap between words.
    for word in text.split(|c: char| c.is_whitespace() && c != '\u{a0}') {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&printable(word));
        if line.len() > 4 * LONGEST {
            break;
        }
    }
    if let Some((at, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(at);
        line.push('…');
    }
    line
}

/// As much of a line as so many columns take.
pub(super) fn cut(line: &str, columns: usize) -> String {
    if textwrap::core::display_width(line) <= columns {
        return line.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in line.chars() {
        used += textwrap::core::display_width(c.encode_utf8(&mut [0; 4]));
        if used > columns {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

/// A place as editors know it.
pub(super) fn place(source: &str, position: Option<Position>) -> String {
    match position {
        Some(Position { line, column }) => format!("{source}:{line}:{column}"),
        None => source.to_owned(),
    }
}
