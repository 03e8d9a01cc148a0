//! Reads a sentence as a policy. It knows only sentences that are right: any other one panics.

use crate::fields;
use crate::json::is_number;
use crate::policy::{Condition, Measure, Operand, Operator, Policy, State, Subject, Target};

/// Reads a sentence.
pub fn sentence(text: &str) -> Policy {
    let mut parser = Parser { tokens: tokens(text), at: 0 };
    let is_deny = parser.eat("deny") || !parser.eat("alert");
    let subject = parser.subject();
    let has_condition = parser.eat("if") || parser.eat("when");
    let condition = has_condition.then(|| parser.condition());
    let unless = parser.eat("unless").then(|| parser.condition());
    assert!(parser.peek().is_none(), "`{text}` goes on: {:?}", parser.peek());
    Policy {
        is_deny,
        subject,
        condition,
        unless,
        when_unknown: None,
        at_most: None,
        is_mapping: false,
    }
}

/// Splits a sentence. A text keeps its opening quote; `443/tcp` is one token, ` / ` another.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' {
            rest[1..].find('"').unwrap() + 1
        } else if "()[],".contains(first) {
            1
        } else {
            rest.find(|c: char| c.is_whitespace() || "()[],\"".contains(c)).unwrap_or(rest.len())
        };
        tokens.push(rest[..length].to_owned());
        let after = &rest[length..];
        rest = if first == '"' { after[1..].trim_start() } else { after.trim_start() };
    }
    tokens
}

struct Parser {
    tokens: Vec<String>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> String {
        let token = self.tokens.get(self.at).unwrap().clone();
        self.at += 1;
        token
    }

    /// Takes a phrase of one or more words.
    fn eat(&mut self, phrase: &str) -> bool {
        let words: Vec<&str> = phrase.split(' ').collect();
        let here: Vec<&str> =
            self.tokens[self.at..].iter().take(words.len()).map(String::as_str).collect();
        if here == words {
            self.at += words.len();
        }
        here == words
    }

    fn subject(&mut self) -> Subject {
        if self.eat("anything but") {
            return Subject::AnythingBut(self.targets());
        }
        match self.peek() {
            None | Some("if" | "when" | "unless") => Subject::Anything,
            _ => Subject::Targets(self.targets()),
        }
    }

    fn targets(&mut self) -> Vec<Target> {
        let mut targets = vec![self.target()];
        while self.eat(",") || self.eat("or") {
            targets.push(self.target());
        }
        targets
    }

    fn target(&mut self) -> Target {
        self.eat("port");
        let token = self.next();
        ports(&token).unwrap_or_else(|| Target::Service(token.trim_start_matches('"').to_owned()))
    }

    fn condition(&mut self) -> Condition {
        let mut parts = vec![self.conjunction()];
        while self.eat("or") {
            parts.push(self.conjunction());
        }
        if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) }
    }

    fn conjunction(&mut self) -> Condition {
        let mut parts = vec![self.negation()];
        while self.eat("and") {
            parts.push(self.negation());
        }
        if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) }
    }

    fn negation(&mut self) -> Condition {
        if self.eat("not") {
            return Condition::Not(Box::new(self.negation()));
        }
        if self.eat("approved") {
            return Condition::Approved;
        }
        let is_arithmetic = |token: &str| "+-*/=<>!".contains(&token[..1]) || token == "is";
        if self.peek() == Some("(") && !self.after_parenthesis().is_some_and(is_arithmetic) {
            self.next();
            let inner = self.condition();
            assert!(self.eat(")"));
            return inner;
        }
        let token = self.peek().unwrap().to_owned();
        let is_quantity = token == "("
            || fields::kind(&token).is_some()
            || ["count", "sum", "distinct"].contains(&token.as_str())
            || number(&token);
        match is_quantity {
            true => self.comparison(),
            false => Condition::Target(self.target()),
        }
    }

    /// Returns the token after the parenthesis that opens here.
    fn after_parenthesis(&self) -> Option<&str> {
        let mut depth = 0;
        for (index, token) in self.tokens.iter().enumerate().skip(self.at) {
            match token.as_str() {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return self.tokens.get(index + 1).map(String::as_str);
            }
        }
        None
    }

    fn comparison(&mut self) -> Condition {
        let left = self.operand();
        if let Operand::Field(field) = &left {
            for (phrase, state) in [
                ("is known", State::Known),
                ("is unknown", State::Unknown),
                ("is empty", State::Empty),
            ] {
                if self.eat(phrase) {
                    return Condition::Is(field.clone(), state);
                }
            }
        }
        let operator = self.operator();
        let right = self.operand();
        Condition::Compare(left, operator, right)
    }

    fn operator(&mut self) -> Operator {
        const PHRASES: [(&str, Operator); 17] = [
            ("is not", Operator::Unequal),
            ("is", Operator::Equal),
            ("==", Operator::Equal),
            ("=", Operator::Equal),
            ("!=", Operator::Unequal),
            ("<=", Operator::AtMost),
            ("<", Operator::Less),
            (">=", Operator::AtLeast),
            (">", Operator::Greater),
            ("not in", Operator::NotIn),
            ("in", Operator::In),
            ("contains any of", Operator::Contains),
            ("contains all of", Operator::ContainsAll),
            ("contains only", Operator::ContainsOnly),
            ("contains", Operator::Contains),
            ("starts with", Operator::StartsWith),
            ("ends with", Operator::EndsWith),
        ];
        let found = PHRASES.into_iter().find(|(phrase, _)| self.eat(phrase));
        found.map_or(Operator::Equal, |(_, operator)| operator)
    }

    fn operand(&mut self) -> Operand {
        let mut left = self.product();
        while let Some(operator @ ("+" | "-")) = self.peek() {
            let operator = operator.chars().next().unwrap();
            self.next();
            left = Operand::Math(Box::new(left), operator, Box::new(self.product()));
        }
        left
    }

    fn product(&mut self) -> Operand {
        let mut left = self.factor();
        while let Some(operator @ ("*" | "/")) = self.peek() {
            let operator = operator.chars().next().unwrap();
            self.next();
            left = Operand::Math(Box::new(left), operator, Box::new(self.factor()));
        }
        left
    }

    fn factor(&mut self) -> Operand {
        let token = self.next();
        if token == "(" {
            let inner = self.operand();
            assert!(self.eat(")"));
            return inner;
        }
        if token == "[" {
            let mut elements = vec![self.operand()];
            while self.eat(",") {
                elements.push(self.operand());
            }
            assert!(self.eat("]"));
            return Operand::List(elements);
        }
        if ["count", "sum", "distinct"].contains(&token.as_str()) {
            return self.aggregate(&token);
        }
        if let Some(text) = token.strip_prefix('"') {
            return Operand::Text(text.to_owned());
        }
        match token.split_once("..") {
            Some((low, high)) => Operand::Range(low.to_owned(), high.to_owned()),
            None if number(&token) => Operand::Number(token),
            None if fields::kind(&token).is_some() => Operand::Field(token),
            None => Operand::Word(token),
        }
    }

    fn aggregate(&mut self, name: &str) -> Operand {
        if !self.eat("(") {
            return Operand::Aggregate(Measure::Count, None);
        }
        let measure = match name {
            "sum" => Measure::Sum(self.next()),
            "distinct" => Measure::Distinct(self.next()),
            _ => Measure::Count,
        };
        let has_filter = measure == Measure::Count || self.eat("where");
        let filter = has_filter.then(|| Box::new(self.condition()));
        assert!(self.eat(")"));
        Operand::Aggregate(measure, filter)
    }
}

fn number(token: &str) -> bool {
    is_number(token.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%'))
        && !token.contains("..")
}

/// Reads `3389`, `135..139`, `3389/tcp` or `tcp/3389`.
fn ports(token: &str) -> Option<Target> {
    let range = |text: &str| {
        let (low, high) = text.split_once("..").unwrap_or((text, text));
        Some((low.parse().ok()?, high.parse().ok()?))
    };
    let target = |ports: (i64, i64), protocol: Option<&str>| Target::Ports {
        low: ports.0,
        high: ports.1,
        protocol: protocol.map(str::to_owned),
    };
    match token.split_once('/') {
        None => Some(target(range(token)?, None)),
        Some((left, right)) => match (range(left), range(right)) {
            (Some(ports), _) => Some(target(ports, Some(right))),
            (_, Some(ports)) => Some(target(ports, Some(left))),
            _ => None,
        },
    }
}
