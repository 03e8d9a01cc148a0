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
    pub(super) text: &'a str,
    /// The next byte; the offending one after a flaw.
    pub(super) at: usize,
}

const fn repeat(byte: u8) -> u64 {
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
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte.
    #[inline(always)]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte, where one has to follow.
    #[inline(always)]
    pub(super) fn next(&self) -> Result<u8, Flaw> {
        self.peek().ok_or(Flaw::End)
    }

    /// What is at hand from here on.
    #[inline(always)]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline(always)]
    fn word(&self) -> Option<u64> {
        self.rest()
            .first_chunk()
            .map(|chunk| u64::from_le_bytes(*chunk))
    }

    /// Steps over whitespace.
    #[inline(always)]
    pub(super) fn space(&mut self) {
        if self.peek().is_some_and(|byte| byte <= b' ') {
            self.run_of_space();
        }
    }

    fn run_of_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
            // Indented text has runs of spaces after each newline.
            while let Some(word) = self.word() {
                let spaces = (word ^ repeat(b' ')).trailing_zeros() / 8;
                self.at += spaces as usize;
                if spaces < 8 {
                    break;
                }
            }
        }
    }

    /// Steps over the rest of a string whose opening quote was passed, and returns its digest.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<u64, Flaw> {
        let mut state = digest::STRING;
        loop {
            let word = self.word().unwrap_or_else(|| digest::padded(self.rest()));
            let ends = ends_of_run(word);
            if ends == 0 {
                state = digest::absorb(state, word);
                self.at += 8;
                continue;
            }
            let (run, bits) = below(word, ends);
            state = digest::absorb(state, run);
            self.at += bits as usize / 8;
            if (word >> bits) as u8 == b'"' {
                self.at += 1;
                return Ok(state);
            }
            state = self.escape(state)?;
        }
    }

    /// Steps over an escape. What else can interrupt a run is the end of the text, which was padded
    /// with zeros, or a control character.
    #[inline(never)]
    fn escape(&mut self, state: u64) -> Result<u64, Flaw> {
        if self.next()? != b'\\' {
            return Err(Flaw::Control);
        }
        let rest = self.rest();
        let length = match rest.get(1).ok_or(Flaw::End)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
            b'u' => 6,
            _ => return Err(Flaw::Escape),
        };
        let token = rest.get(..length).unwrap_or(rest);
        if token
            .get(2..)
            .is_some_and(|digits| !digits.iter().all(u8::is_ascii_hexdigit))
        {
            return Err(Flaw::Escape);
        }
        if token.len() < length {
            return Err(Flaw::End);
        }
        self.at += length;
        Ok(digest::absorb(state, digest::padded(token)))
    }

    /// Steps over a number, and returns its digest. At the end of the text it may be unfinished.
    #[inline(always)]
    pub(super) fn number(&mut self) -> Result<u64, Flaw> {
        // Up to seven digits and what ends a number, within one word.
        if let Some(word) = self.word()
            && let others = non_digits(word)
            && others != 0
        {
            let (digits, bits) = below(word, others);
            let next = (word >> bits) as u8;
            let plain = bits == 8 || bits != 0 && word as u8 != b'0';
            if plain && matches!(next, b',' | b'}' | b']' | b'\n' | b'\r' | b' ') {
                self.at += bits as usize / 8;
                return Ok(digest::absorb(digest::NUMBER, digits));
            }
        }
        self.any_number()
    }

    #[inline(never)]
    fn any_number(&mut self) -> Result<u64, Flaw> {
        let token = self.rest();
        let start = self.at;
        self.number_grammar().map_err(|flaw| {
            if flaw == Flaw::Number {
                self.at = start;
            }
            flaw
        })?;
        let length = self.at - start;
        Ok(digest::absorb_bytes(
            digest::NUMBER,
            token.get(..length).unwrap_or_default(),
        ))
    }

    fn number_grammar(&mut self) -> Result<(), Flaw> {
        if self.next()? == b'-' {
            self.at += 1;
        }
        let zero = self.next()? == b'0';
        let digits = self.digits()?;
        if zero && digits > 1 {
            return Err(Flaw::Number);
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let b'+' | b'-' = self.next()? {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// Steps over at least one digit.
    fn digits(&mut self) -> Result<usize, Flaw> {
        let start = self.at;
        loop {
            let word = self.word().unwrap_or_else(|| digest::padded(self.rest()));
            let others = non_digits(word);
            if others != 0 {
                self.at += others.trailing_zeros() as usize / 8;
                break;
            }
            self.at += 8;
        }
        match self.at - start {
            0 if self.peek().is_none() => Err(Flaw::End),
            0 => Err(Flaw::Number),
            count => Ok(count),
        }
    }

    /// Steps over `true`, `false` or `null`, and returns its digest.
    #[inline]
    pub(super) fn literal(&mut self) -> Result<u64, Flaw> {
        let rest = self.rest();
        let word: &[u8] = match self.next()? {
            b't' => b"true",
            b'f' => b"false",
            b'n' => b"null",
            _ => return Err(Flaw::Value),
        };
        if rest.starts_with(word) {
            self.at += word.len();
            return Ok(digest::absorb(digest::LITERAL, digest::padded(word)));
        }
        Err(if word.starts_with(rest) {
            Flaw::End
        } else {
            Flaw::Value
        })
    }

    /// Steps over a key and its colon; returns the key's token, quotes included.
    pub(super) fn key(&mut self) -> Result<&'a str, Flaw> {
        let start = self.at;
        if self.next()? != b'"' {
            return Err(Flaw::Key);
        }
        self.at += 1;
        self.string()?;
        let token = self.text.get(start..self.at).unwrap_or_default();
        self.space();
        if self.next()? != b':' {
            return Err(Flaw::Colon);
        }
        self.at += 1;
        Ok(token)
    }

    /// After a value in an object or array: steps over the comma, or stops before `close`.
    #[inline(always)]
    pub(super) fn another(&mut self, close: u8, flaw: Flaw) -> Result<bool, Flaw> {
        self.space();
        match self.next()? {
            b',' => {
                self.at += 1;
                self.space();
                Ok(true)
            }
            byte if byte == close => Ok(false),
            _ => Err(flaw),
        }
    }

    /// Steps over a scalar: anything but an object or array.
    #[inline(always)]
    pub(super) fn scalar(&mut self, first: u8) -> Result<u64, Flaw> {
        match first {
            b'"' => {
                self.at += 1;
                self.string()
            }
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.literal(),
        }
    }
}
