//! Targets: services, sets and ports, in the subject of a sentence and as conditions.

use super::cursor::{Compared, Parsed, Parser};
use super::error::SyntaxError;
use super::lexer::TokenKind;
use crate::json::Number;
use crate::policy::syntax::{Expr, Op, Operand, OperandKind, Ports, Target, TargetKind};
use crate::text::Location;

/// Words that look as if they meant every service.
const EVERYTHING: [&str; 5] = ["all", "any", "every", "everything", "anything"];

/// Words that look as if they excluded services.
const EXCEPTIONS: [&str; 4] = ["but", "except", "other", "besides"];

/// Words that lead to a port in English, but not here.
const PREPOSITIONS: [&str; 6] = ["on", "over", "via", "at", "through", "using"];

/// Protocols that are recognized where no schema is at hand, for help alone.
const PROTOCOLS: [&str; 3] = ["tcp", "udp", "icmp"];

const ANYTHING_BUT: &str =
    "write `anything but` and the services, sets or ports that are meant to be open";

impl Parser<'_> {
    /// The targets of a sentence, and whether `anything but` stands before them.
    pub(super) fn subject(&mut self) -> Parsed<(Vec<Target>, bool)> {
        let is_anything_but = self.at_anything_but();
        self.advance(2 * usize::from(is_anything_but));
        let mut targets = Vec::new();
        if !is_anything_but && (self.peek().is_none() || self.at_clause()) {
            return Ok((targets, false));
        }
        loop {
            targets.push(self.target()?);
            let comma = self.eat_sign(",");
            if !self.eat_word("or") && !comma {
                break;
            }
        }
        if self.peek().is_none() || self.at_clause() {
            return Ok((targets, is_anything_but));
        }
        let help = self.help_after_targets();
        self.fail(|found| SyntaxError::MissingIf { found, help })
    }

    /// Whether `anything but` comes next, which no condition takes.
    pub(super) fn at_anything_but(&self) -> bool {
        self.at_word("anything") && self.peek_at(1).is_some_and(|token| token.is_word("but"))
    }

    /// A quoted name, ports, or a run of tokens with no space between them: `RDP`, `802.1x`.
    fn target(&mut self) -> Parsed<Target> {
        let mark = self.mark();
        let missing = match self.peek() {
            None => true,
            Some(token) => ["or", "and", ","].iter().any(|word| token.is_joint(word)),
        };
        if missing || self.at_clause() {
            return self.fail_after(|after| SyntaxError::MissingTarget { after });
        }
        if let Some(TokenKind::Text(name)) = self.peek().map(|token| &token.kind) {
            let name = name.clone();
            self.advance(1);
            return Ok(self.named(mark, TargetKind::Name { name, quoted: true }));
        }
        if let Some((count, ports)) = self.ports_ahead() {
            self.advance(count);
            return Ok(self.named(mark, TargetKind::Ports(ports)));
        }
        let follows_preposition = self.is_one_of(0, &PREPOSITIONS)
            && (self.is_one_of(1, &["port", "ports"]) || self.whole_number_at(1).is_some());
        if follows_preposition {
            let help = format!("leave it out: `port {}`", self.port_text());
            return self.fail(|found| SyntaxError::BadTarget { found, help });
        }
        let run = self.run();
        let text = self.text(self.range_since(mark));
        match target_kind(&run, &text, self.peek().map(|token| &token.kind)) {
            Ok(kind) => Ok(self.named(mark, kind)),
            Err(help) => {
                Err(SyntaxError::BadTarget { found: text, help }.at(self.range_since(mark)))
            }
        }
    }

    fn named(&self, mark: usize, kind: TargetKind) -> Target {
        Target { kind, location: self.since(mark) }
    }

    /// Goes over the next token and those that follow it without a space, up to a comma.
    fn run(&mut self) -> Vec<TokenKind> {
        let mut run = Vec::new();
        while let Some(token) = self.peek() {
            if !run.is_empty() && (!self.is_joined(0) || token.is_sign(",")) {
                break;
            }
            run.push(token.kind.clone());
            self.advance(1);
        }
        run
    }

    /// `port 443`, `443/tcp` or `tcp/443` as a condition, if it is not one side of a comparison.
    pub(super) fn ports_condition(&mut self) -> Option<Expr> {
        let mark = self.mark();
        let (count, ports) = self.ports_ahead()?;
        // `Port 443` compares a field.
        let is_keyword = self.at_word("port") && !self.at_exactly("Port");
        let goes_on = ["+", "-", "*", "/", ".."].iter().any(|sign| self.is_sign_at(count, sign))
            || self.operator_at(mark + count).is_some();
        if goes_on || (ports.protocol.is_none() && !is_keyword) {
            return None;
        }
        self.advance(count);
        Some(Expr::Target(self.named(mark, TargetKind::Ports(ports))))
    }

    /// An operand that is compared with nothing: a service or a set, unless it may be one more value of the
    /// comparison before it.
    pub(super) fn uncompared(&self, mark: usize, operand: Operand) -> Parsed<Expr> {
        let before = self.comparison_before(mark);
        let kind = match (&operand.kind, &before) {
            (OperandKind::Name(name), None) => {
                TargetKind::Name { name: name.clone(), quoted: false }
            }
            (OperandKind::Text(name), None) => {
                TargetKind::Name { name: name.clone(), quoted: true }
            }
            _ => {
                let range = self.range_since(mark);
                let found = self.text(range.clone());
                let help = self.comparison_help(mark, &operand.kind, before);
                return Err(SyntaxError::MissingComparison { found, help }.at(range));
            }
        };
        Ok(Expr::Target(Target { kind, location: operand.location }))
    }

    /// The comparison with a value that ends before the `or` or `and` in front of a token, and that word.
    fn comparison_before(&self, mark: usize) -> Option<(Compared, &'static str)> {
        let is = |at: usize, word| self.token(at).is_some_and(|token| token.is_word(word));
        let mut joint = mark.checked_sub(1)?;
        while is(joint, "not") {
            joint = joint.checked_sub(1)?;
        }
        let word = ["or", "and"].into_iter().find(|word| is(joint, word))?;
        self.compared.filter(|compared| compared.end == joint).map(|compared| (compared, word))
    }

    /// What to write in place of an operand that stands alone.
    fn comparison_help(
        &self,
        mark: usize,
        operand: &OperandKind,
        before: Option<(Compared, &'static str)>,
    ) -> String {
        let found = self.text(self.range_since(mark));
        let port = match operand {
            OperandKind::Number(_, None) => Some(format!("`port {found}`")),
            OperandKind::Range(..) => Some(format!("`port {found}` or `{found}/tcp`")),
            _ => None,
        };
        // After `not`, it is no further value.
        let list = before
            .filter(|(compared, _)| compared.end + 1 == mark)
            .and_then(|before| self.with_list(before, mark));
        match (before, list, port) {
            (_, Some(list), Some(port)) => format!("write `{list}`, or {port} if it is a port"),
            (_, None, Some(port)) => format!("if it is a port, write {port}"),
            (Some((compared, joint)), list, None) => {
                let comparison = self.text_between(compared.start, compared.end);
                let target = self.text_between(compared.end + 1, self.mark());
                let first = format!("`{target} {joint} {comparison}`");
                let first = format!("a service or a set stands before a comparison: {first}");
                list.map_or_else(|| first.clone(), |list| format!("write `{list}`; {first}"))
            }
            (None, _, None) => {
                "compare it, such as `RiskLevel 3`, `Port in 1..1023` or `ServiceNameList contains RDP`; join names by `or`"
                    .to_owned()
            }
        }
    }

    /// The comparison with its values, and those that follow it, in one list.
    fn with_list(&self, (compared, joint): (Compared, &str), mark: usize) -> Option<String> {
        let spelling = compared.op.map(|(spelling, _)| spelling);
        let is_negated = spelling.is_some_and(|spelling| spelling.negated);
        let op = match (spelling.map_or(Op::Equal, |spelling| spelling.op), joint) {
            (Op::Equal | Op::In, "or") => "in",
            (Op::NotEqual | Op::NotIn, _) => "not in",
            (Op::Contains | Op::ContainsAnyOf, _) if is_negated => "not contains any of",
            (Op::Contains | Op::ContainsAnyOf, "or") => "contains any of",
            (Op::Contains | Op::ContainsAllOf, "and") => "contains all of",
            (Op::ContainsOnly, "or") if !is_negated => "contains only",
            _ => return None,
        };
        let first = compared.value + compared.op.map_or(0, |(_, count)| count);
        let first = self.text_between(first, compared.end);
        let first = first.trim_start_matches('[').trim_end_matches([']', ',', ' ']);
        let mut values = vec![first.to_owned(), self.text(self.range_since(mark))];
        let mut ahead = 0;
        while self.peek_at(ahead).is_some_and(|token| token.is_word(joint))
            && self.operand_at(ahead + 1)
            && !self.operand_at(ahead + 2)
            && self.operator_at(self.mark() + ahead + 2).is_none()
        {
            let value = self.peek_at(ahead + 1).map(|token| self.text(token.range.clone()));
            values.extend(value);
            ahead += 2;
        }
        let field = self.text_between(compared.start, compared.value);
        Some(format!("{field} {op} [{}]", values.join(", ")))
    }

    /// The ports at the next token, and how many tokens they take: `3389`, `port 135..139`, `3389/tcp` or
    /// `tcp/3389`.
    fn ports_ahead(&self) -> Option<(usize, Ports)> {
        let before = self.protocol_at(0).filter(|_| self.is_sign_at(1, "/") && self.is_joined(2));
        let before = before.filter(|_| self.is_joined(1));
        let start = match &before {
            Some(_) => 2,
            None => usize::from(self.at_word("port")),
        };
        let first = self.whole_number_at(start)?;
        let (last, mut next) = match self.is_sign_at(start + 1, "..") {
            true => (self.whole_number_at(start + 2)?, start + 3),
            false => (first, start + 1),
        };
        let location = self.location_ahead(start, next);
        let is_slash = self.is_sign_at(next, "/") && self.is_joined(next);
        let after = self.protocol_at(next + 1).filter(|_| is_slash && self.is_joined(next + 1));
        next += 2 * usize::from(after.is_some());
        let is_end = [",", ")"].iter().any(|sign| self.is_sign_at(next, sign));
        if (before.is_some() && after.is_some()) || (self.is_joined(next) && !is_end) {
            return None;
        }
        Some((next, Ports { range: (first, last), location, protocol: before.or(after) }))
    }

    fn protocol_at(&self, ahead: usize) -> Option<(String, Location)> {
        match &self.peek_at(ahead)?.kind {
            TokenKind::Word(word) => Some((word.clone(), self.location_ahead(ahead, ahead + 1))),
            _ => None,
        }
    }

    fn whole_number_at(&self, ahead: usize) -> Option<i64> {
        match self.peek_at(ahead)?.kind {
            TokenKind::Number(Number::Integer(number), None) => Some(number),
            _ => None,
        }
    }

    /// What was meant by the words that follow a target.
    fn help_after_targets(&self) -> String {
        let is_word = |ahead: usize, words: &[&str]| self.is_one_of(ahead, words);
        let text = |ahead: usize| {
            self.peek_at(ahead).map_or_else(String::new, |token| self.text(token.range.clone()))
        };
        let previous = self.previous().map(|token| self.text(token.range.clone()));
        let previous = previous.unwrap_or_default();
        let port = usize::from(is_word(0, &["port"]));
        if is_word(0, &PREPOSITIONS) && is_word(1, &PROTOCOLS) {
            return format!("write `if Protocol = {}`", text(1));
        }
        if is_word(0, &PREPOSITIONS) {
            return format!(
                "write `if` before a condition, such as `if port {}`",
                self.port_text()
            );
        }
        if PROTOCOLS.iter().any(|protocol| previous.eq_ignore_ascii_case(protocol)) {
            return match self.whole_number_at(port) {
                Some(number) => format!("write `{number}/{previous}`"),
                None => "write `if` before a condition, or `or` between targets".to_owned(),
            };
        }
        if is_word(0, &PROTOCOLS) {
            return format!("write `{previous}/{}` without a space", text(0));
        }
        let help = if previous.eq_ignore_ascii_case("ports") {
            "write `port` and a number for each, or a range: `port 80, 8000..8010`"
        } else if self.is_sign_at(0, "/") {
            "write a port and its protocol without a space: `3389/tcp`"
        } else if is_word(0, &["and"]) {
            "join targets by `or`, and write `if` before a condition"
        } else {
            "write `if` before a condition, `or` between targets, and quotes around a name of several words"
        };
        help.to_owned()
    }

    /// Whether the token some places after the next one is one of these words.
    fn is_one_of(&self, ahead: usize, words: &[&str]) -> bool {
        self.peek_at(ahead).is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    }

    /// The first number that follows, for an example.
    fn port_text(&self) -> String {
        let number = (1..=3).find_map(|ahead| self.whole_number_at(ahead));
        number.map_or_else(|| "3389".to_owned(), |number| number.to_string())
    }
}

/// What a run of tokens names, or what to write in its place; `next` is the token after it.
fn target_kind(
    run: &[TokenKind],
    text: &str,
    next: Option<&TokenKind>,
) -> Result<TargetKind, String> {
    let is_one_of =
        |word: &str, words: &[&str]| words.iter().any(|one| word.eq_ignore_ascii_case(one));
    let help = match run {
        [TokenKind::Word(word)] if word.eq_ignore_ascii_case("not") => {
            "write `anything but` and the targets, or `if not` and a condition"
        }
        [TokenKind::Word(word)] if is_one_of(word, &EVERYTHING) => match next {
            Some(TokenKind::Word(next)) if is_one_of(next, &EXCEPTIONS) => ANYTHING_BUT,
            _ => {
                "leave it out: a sentence without a target is about every record; quote it if a service has that name"
            }
        },
        [TokenKind::Sign("*")] => "leave it out: a sentence without a target is about every record",
        [TokenKind::Number(first, None), TokenKind::Number(last, None)]
            if *last < Number::Integer(0) =>
        {
            return Err(format!(
                "for a range of ports write `{first}..{}`",
                last.to_string().trim_start_matches('-')
            ));
        }
        [TokenKind::Param(_), ..] => {
            "a param is a value; name a service, a set of `sets:` or a port such as `3389/tcp`"
        }
        [TokenKind::Word(_) | TokenKind::Number(_, Some(_)), rest @ ..]
            if rest.iter().all(is_part_of_name) && ports_meant(text).is_none() =>
        {
            return Ok(TargetKind::Name { name: text.to_owned(), quoted: false });
        }
        _ => match ports_meant(text) {
            Some(ports) => return Err(format!("write `{ports}`")),
            None => {
                "name a service, a set or a port such as `3389/tcp`; quote a name that has other signs in it"
            }
        },
    };
    Err(help.to_owned())
}

fn is_part_of_name(kind: &TokenKind) -> bool {
    matches!(kind, TokenKind::Word(_) | TokenKind::Number(..) | TokenKind::Sign("/" | "+" | "-"))
}

/// `tcp3389`, `TCP-3389` and `3389_tcp` as a rule writes them.
pub(in crate::policy) fn ports_meant(text: &str) -> Option<String> {
    let folded = text.to_lowercase();
    PROTOCOLS.into_iter().find_map(|protocol| {
        let rest = folded.strip_prefix(protocol).or_else(|| folded.strip_suffix(protocol))?;
        let digits = rest.trim_matches(['-', '_', '.', '/']);
        let is_port = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_port.then(|| format!("{digits}/{protocol}"))
    })
}
