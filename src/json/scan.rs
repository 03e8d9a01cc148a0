//! A `Scanner` steps over the tokens of a text that is at hand. It stops at the end of that text with
//! [`Flaw::End`], whatever it was in the middle of: more may follow.

use wide::u8x16;

use super::digest::{self, STEP};

/// Why a scanner stopped; where is its `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The text ends here.
    End,
    /// No value begins here.
    Value,
    /// No key begins here.
    Key,
    /// A key is not followed by a colon.
    Colon,
    /// A member is followed neither by a comma nor by `}`.
    ObjectEnd,
    /// An element is followed neither by a comma nor by `]`.
    ArrayEnd,
    /// A number that JSON does not have begins here.
    Number,
    /// A control character within a string.
    Control,
    /// An escape that JSON does not have begins here.
    Escape,
    /// An object or array begins here that is nested too deep.
    Depth,
    /// A key begins here that the same object already has.
    Duplicate,
}

/// A place in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// The text from here on; from the offending byte on after a flaw.
    pub(super) rest: &'a [u8],
}

/// Marks, by a bit each, the bytes that end a plain run of a string: `"`, `\` and control characters.
#[inline(always)]
fn ends_of_run(step: [u8; STEP]) -> u32 {
    let bytes = u8x16::new(step);
    let quote = bytes.simd_eq(u8x16::splat(b'"'));
    let backslash = bytes.simd_eq(u8x16::splat(b'\\'));
    let control = bytes.simd_eq(bytes.min(u8x16::splat(0x1f)));
    (quote | backslash | control).to_bitmask()
}

/// Marks bytes that are no digits the same way, and what lies beyond the step.
#[inline(always)]
fn non_digits(step: [u8; STEP]) -> u32 {
    let digits = u8x16::new(step) - u8x16::splat(b'0');
    !digits.simd_eq(digits.min(u8x16::splat(9))).to_bitmask()
}

impl<'a> Scanner<'a> {
    #[inline(always)]
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, rest: text.as_bytes() }
    }

    /// Takes a step that is not inlined, on a copy: a place whose address nobody takes stays in registers.
    #[inline(always)]
    pub(super) fn apart<T>(&mut self, step: impl FnOnce(&mut Self) -> T) -> T {
        let mut copy = *self;
        let outcome = step(&mut copy);
        *self = copy;
        outcome
    }

    /// Bytes of the text before this place.
    #[inline(always)]
    pub(super) const fn at(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// Goes to a place, in bytes of the text.
    pub(super) fn go_to(&mut self, at: usize) {
        self.rest = self.text.as_bytes().get(at..).unwrap_or_default();
    }

    /// The next byte, where one has to follow.
    #[inline(always)]
    pub(super) fn next(&self) -> Result<u8, Flaw> {
        self.rest.first().copied().ok_or(Flaw::End)
    }

    /// The next byte that is no whitespace, after stepping over what is.
    #[inline(always)]
    pub(super) fn next_solid(&mut self) -> Result<u8, Flaw> {
        match self.rest {
            [byte, ..] if *byte > b' ' => Ok(*byte),
            [b' ', rest @ ..] if rest.first().is_some_and(|byte| *byte > b' ') => {
                self.rest = rest;
                self.next()
            }
            _ => {
                self.apart(Self::space);
                self.next()
            }
        }
    }

    /// Steps over as many bytes.
    #[inline(always)]
    pub(super) fn advance(&mut self, bytes: usize) -> Result<(), Flaw> {
        match self.rest.get(bytes..) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => Err(Flaw::End),
        }
    }

    /// Steps over whitespace.
    #[inline(never)]
    pub(super) fn space(&mut self) {
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
            // Indented text has runs of spaces after each newline.
            while let Some((chunk, rest)) = self.rest.split_first_chunk() {
                let other = u64::from_le_bytes(*chunk) ^ u64::from_le_bytes([b' '; 8]);
                if other == 0 {
                    self.rest = rest;
                    continue;
                }
                let spaces = other.trailing_zeros() as usize / 8;
                self.rest = self.rest.get(spaces..).unwrap_or_default();
                break;
            }
        }
    }

    /// Steps over the rest of a string whose opening quote was passed, and returns its digest.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<u64, Flaw> {
        let mut state = digest::STRING;
        loop {
            let (step, ends) = match self.rest.split_first_chunk() {
                Some((step, rest)) => {
                    let ends = ends_of_run(*step);
                    if ends == 0 {
                        state = digest::absorb(state, u128::from_le_bytes(*step));
                        self.rest = rest;
                        continue;
                    }
                    (*step, ends)
                }
                None => self.last_step(),
            };
            let length = ends.trailing_zeros() as usize;
            state = digest::absorb_start(state, step, length);
            self.advance(length)?;
            if let [b'"', rest @ ..] = self.rest {
                self.rest = rest;
                return Ok(state);
            }
            state = self.apart(|scanner| scanner.escape(state))?;
        }
    }

    /// What is left of the text, which is less than a step, and where a run ends in it.
    #[cold]
    fn last_step(&self) -> ([u8; STEP], u32) {
        let step = digest::padded(self.rest);
        (step, ends_of_run(step))
    }

    /// Steps over an escape. What else can interrupt a run is the end of the text, which was padded
    /// with zeros, or a control character.
    #[inline(never)]
    fn escape(&mut self, state: u64) -> Result<u64, Flaw> {
        if self.next()? != b'\\' {
            return Err(Flaw::Control);
        }
        let length = match self.rest.get(1).ok_or(Flaw::End)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
            b'u' => 6,
            _ => return Err(Flaw::Escape),
        };
        let token = self.rest.get(..length).unwrap_or(self.rest);
        if token.get(2..).is_some_and(|digits| !digits.iter().all(u8::is_ascii_hexdigit)) {
            return Err(Flaw::Escape);
        }
        self.advance(length)?;
        Ok(digest::absorb(state, u128::from_le_bytes(digest::padded(token))))
    }

    /// Steps over a number that begins with the digit `first`, and returns its digest. At the end of the
    /// text it may be unfinished.
    #[inline(always)]
    pub(super) fn digits(&mut self, first: u8) -> Result<u64, Flaw> {
        let token = self.rest;
        let Some(step) = token.first_chunk::<STEP>() else {
            return self.apart(Self::number);
        };
        let length = non_digits(*step).trailing_zeros() as usize;
        match token.get(length..) {
            Some([b'.' | b'e' | b'E' | b'0'..=b'9', ..]) | None => self.apart(Self::number),
            Some(_) if length > 1 && first == b'0' => Err(Flaw::Number),
            Some(rest) => {
                self.rest = rest;
                Ok(digest::absorb_start(digest::NUMBER, *step, length))
            }
        }
    }

    /// The same of any number.
    #[inline(never)]
    pub(super) fn number(&mut self) -> Result<u64, Flaw> {
        let token = self.rest;
        if let [b'-', rest @ ..] = token {
            self.rest = rest;
        }
        let whole = self.rest;
        self.some_digits(token)?;
        if whole.first() == Some(&b'0') && whole.len() - self.rest.len() > 1 {
            self.rest = token;
            return Err(Flaw::Number);
        }
        if let [b'.', rest @ ..] = self.rest {
            self.rest = rest;
            self.some_digits(token)?;
        }
        if let [b'e' | b'E', rest @ ..] = self.rest {
            self.rest = rest;
            if let b'+' | b'-' = self.next()? {
                self.advance(1)?;
            }
            self.some_digits(token)?;
        }
        Ok(digest::absorb_text(digest::NUMBER, token, token.len() - self.rest.len()))
    }

    /// Steps over at least one digit of the number that begins `token`.
    fn some_digits(&mut self, token: &'a [u8]) -> Result<(), Flaw> {
        let before = self.rest.len();
        loop {
            let count = match self.rest.first_chunk() {
                Some(step) => non_digits(*step).trailing_zeros() as usize,
                None => self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count(),
            };
            self.advance(count)?;
            if count < STEP {
                break;
            }
        }
        if self.rest.len() == before { Err(self.no_digit(token)) } else { Ok(()) }
    }

    /// No digit where the number that begins `token` needs one.
    #[cold]
    fn no_digit(&mut self, token: &'a [u8]) -> Flaw {
        if self.rest.is_empty() {
            return Flaw::End;
        }
        self.rest = token;
        Flaw::Number
    }

    /// Steps over `true`, `false` or `null`, and returns its digest.
    #[inline(never)]
    pub(super) fn literal(&mut self) -> Result<u64, Flaw> {
        let word: &[u8] = match self.next()? {
            b't' => b"true",
            b'f' => b"false",
            b'n' => b"null",
            _ => return Err(Flaw::Value),
        };
        if let Some(rest) = self.rest.strip_prefix(word) {
            self.rest = rest;
            return Ok(digest::absorb_text(digest::LITERAL, word, word.len()));
        }
        Err(if word.starts_with(self.rest) { Flaw::End } else { Flaw::Value })
    }

    /// Steps over a key and its colon; returns the key's token, quotes included.
    pub(super) fn key(&mut self) -> Result<&'a str, Flaw> {
        let start = self.at();
        if self.next()? != b'"' {
            return Err(Flaw::Key);
        }
        self.advance(1)?;
        self.string()?;
        let token = self.text.get(start..self.at()).unwrap_or_default();
        if self.next_solid()? != b':' {
            return Err(Flaw::Colon);
        }
        self.advance(1)?;
        Ok(token)
    }

    /// After a value in an object or array: steps over the comma to what comes next, or over `close`.
    #[inline(always)]
    pub(super) fn another(&mut self, close: u8, flaw: Flaw) -> Result<bool, Flaw> {
        // Without whitespace, and a string follows: most often so.
        if let [b',', b'"', ..] = self.rest {
            self.advance(1)?;
            return Ok(true);
        }
        let byte = self.next_solid()?;
        if byte != b',' && byte != close {
            return Err(flaw);
        }
        self.advance(1)?;
        if byte == close {
            return Ok(false);
        }
        self.next_solid()?;
        Ok(true)
    }

    /// After the opening bracket: whether something comes before `close`, which is stepped over.
    #[inline(always)]
    pub(super) fn any(&mut self, close: u8) -> Result<bool, Flaw> {
        self.advance(1)?;
        if self.next_solid()? != close {
            return Ok(true);
        }
        self.advance(1)?;
        Ok(false)
    }

    /// Steps over a scalar: anything but an object or array.
    #[inline(always)]
    pub(super) fn scalar(&mut self, first: u8) -> Result<u64, Flaw> {
        let digest = match first {
            b'"' => {
                self.advance(1)?;
                self.string()?
            }
            b'0'..=b'9' => self.digits(first)?,
            b'-' => self.apart(Self::number)?,
            _ => self.apart(Self::literal)?,
        };
        Ok(digest)
    }
}
