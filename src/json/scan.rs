//! A `Scanner` steps over the tokens of a text that is at hand. It stops at the end of that text with
//! [`Flaw::End`], whatever it was in the middle of: more may follow.

use super::digest;

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

/// Bytes of a string that are looked at together, once it has proved to be a long one.
const BLOCK: usize = 32;

pub(super) const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

const HIGH_BITS: u64 = repeat(0x80);

/// Marks bytes that end a plain run of a string, `"`, `\` and control characters, by their high bits.
/// The lowest mark is exact; above it there may be false ones.
#[inline(always)]
const fn ends_of_run(word: u64) -> u64 {
    // With bit 1 flipped the quote (0x22) comes right after the control characters (0x00 to 0x1f).
    let quote_or_control = (word ^ repeat(0x02)).wrapping_sub(repeat(0x21));
    let backslash = (word ^ repeat(b'\\')).wrapping_sub(repeat(0x01));
    (quote_or_control & !word | backslash & !(word ^ repeat(b'\\'))) & HIGH_BITS
}

/// Marks bytes that are no digits, the same way.
#[inline(always)]
const fn non_digits(word: u64) -> u64 {
    let digits = word ^ repeat(b'0');
    (digits.wrapping_add(repeat(0x80 - 10)) | digits) & HIGH_BITS
}

/// The bytes of `word` below the lowest mark, and eight times their count.
#[inline(always)]
const fn below(word: u64, marks: u64) -> (u64, u32) {
    let bits = marks.trailing_zeros() & !7;
    (word & !(u64::MAX << bits), bits)
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

    /// The next eight bytes, zeros beyond the end of the text.
    #[inline(always)]
    fn word(&self) -> u64 {
        digest::word(self.rest)
    }

    /// Steps over whitespace.
    #[inline(never)]
    pub(super) fn space(&mut self) {
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
            // Indented text has runs of spaces after each newline.
            while let Some((chunk, rest)) = self.rest.split_first_chunk() {
                let other = u64::from_le_bytes(*chunk) ^ repeat(b' ');
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
            let word = self.word();
            let ends = ends_of_run(word);
            if ends == 0 {
                state = digest::absorb(state, word);
                self.advance(8)?;
                state = self.blocks(state);
                continue;
            }
            let (run, bits) = below(word, ends);
            state = digest::absorb(state, run);
            if (word >> bits) as u8 == b'"' {
                self.advance(bits as usize / 8 + 1)?;
                return Ok(state);
            }
            self.advance(bits as usize / 8)?;
            state = self.apart(|scanner| scanner.escape(state))?;
        }
    }

    /// Steps over whole blocks of a string in which no run ends.
    #[inline(always)]
    fn blocks(&mut self, mut state: u64) -> u64 {
        while let Some((block, rest)) = self.rest.split_first_chunk::<BLOCK>() {
            let words = block.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
            if words.clone().fold(0, |ends, word| ends | ends_of_run(word)) != 0 {
                break;
            }
            state = words.fold(state, digest::absorb);
            self.rest = rest;
        }
        state
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
        Ok(digest::absorb(state, digest::padded(token)))
    }

    /// Steps over a number, and returns its digest. At the end of the text it may be unfinished.
    #[inline(always)]
    pub(super) fn number(&mut self) -> Result<u64, Flaw> {
        let token = self.rest;
        let mut state = digest::NUMBER;
        if let [b'-', rest @ ..] = token {
            state = digest::NEGATIVE;
            self.rest = rest;
        }
        let digits = self.rest;
        let next = loop {
            let word = self.word();
            let others = non_digits(word);
            if others == 0 {
                state = digest::absorb(state, word);
                self.advance(8)?;
                continue;
            }
            let (run, bits) = below(word, others);
            state = digest::absorb(state, run);
            self.advance(bits as usize / 8)?;
            break (word >> bits) as u8;
        };
        let count = digits.len() - self.rest.len();
        if count == 0 {
            return Err(self.apart(|scanner| scanner.no_digit(token)));
        }
        if count > 1 && digits.first() == Some(&b'0') {
            self.rest = token;
            return Err(Flaw::Number);
        }
        if matches!(next, b'.' | b'e' | b'E') {
            return self.apart(|scanner| scanner.fraction(token, state));
        }
        Ok(state)
    }

    /// Steps over the fraction and exponent of the number that begins `token`.
    #[inline(never)]
    fn fraction(&mut self, token: &'a [u8], state: u64) -> Result<u64, Flaw> {
        let tail = self.rest;
        if let [b'.', rest @ ..] = self.rest {
            self.rest = rest;
            self.digits(token)?;
        }
        if let [b'e' | b'E', rest @ ..] = self.rest {
            self.rest = rest;
            if let b'+' | b'-' = self.next()? {
                self.advance(1)?;
            }
            self.digits(token)?;
        }
        let length = tail.len() - self.rest.len();
        Ok(digest::absorb_bytes(state, tail.get(..length).unwrap_or_default()))
    }

    /// Steps over at least one digit of the number that begins `token`.
    fn digits(&mut self, token: &'a [u8]) -> Result<(), Flaw> {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 { Err(self.no_digit(token)) } else { self.advance(count) }
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
            return Ok(digest::absorb(digest::LITERAL, digest::padded(word)));
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
        match first {
            b'"' => {
                self.advance(1)?;
                self.string()
            }
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.apart(Self::literal),
        }
    }
}
