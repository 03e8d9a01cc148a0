//! Policies as trees, and how they are written: as sentences and in mapping form.

/// A file of policies.
#[derive(Clone, Debug, Default)]
pub struct PolicyFile {
    pub sets: Vec<(String, Vec<String>)>,
    pub policies: Vec<Policy>,
}

#[derive(Clone, Debug)]
pub struct Policy {
    pub is_deny: bool,
    pub subject: Subject,
    pub condition: Option<Condition>,
    pub unless: Option<Condition>,
    pub when_unknown: Option<Unknown>,
    pub at_most: Option<usize>,
    /// Whether it is written in mapping form.
    pub is_mapping: bool,
}

/// Effect of an inconclusive outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unknown {
    Pass,
    Report,
    Fail,
}

impl Unknown {
    pub fn name(self) -> &'static str {
        match self {
            Unknown::Pass => "pass",
            Unknown::Report => "report",
            Unknown::Fail => "fail",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    Anything,
    Targets(Vec<Target>),
    AnythingBut(Vec<Target>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A service or a set of services.
    Service(String),
    Ports {
        low: i64,
        high: i64,
        protocol: Option<String>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Target(Target),
    Compare(Operand, Operator, Operand),
    Is(String, State),
    /// No register of approvals is given in these tests, so nothing is approved.
    Approved,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum State {
    Known,
    Unknown,
    Empty,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operator {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    NotIn,
    Contains,
    ContainsAll,
    ContainsOnly,
    StartsWith,
    EndsWith,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    Field(String),
    /// A literal with its unit.
    Number(String),
    /// A label, a name or a set.
    Word(String),
    Text(String),
    List(Vec<Operand>),
    Range(String, String),
    Math(Box<Operand>, char, Box<Operand>),
    Aggregate(Measure, Option<Box<Condition>>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    Count,
    Sum(String),
    Distinct(String),
}

impl PolicyFile {
    /// Writes the file as YAML.
    pub fn print(&self) -> String {
        let mut yaml = String::new();
        if !self.sets.is_empty() {
            yaml += "sets:\n";
        }
        for (name, members) in &self.sets {
            yaml += &format!("  {name}: [{}]\n", members.join(", "));
        }
        yaml += "policies:\n";
        for (index, policy) in self.policies.iter().enumerate() {
            yaml += &format!("  - id: p{index}\n{}", policy.print());
        }
        yaml
    }
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Policy {
    fn print(&self) -> String {
        let effect = if self.is_deny { "deny" } else { "alert" };
        let mut yaml = match (&self.condition, self.is_mapping) {
            (Some(condition), true) => {
                let exception = self.unless.iter().map(|e| Condition::Not(Box::new(e.clone())));
                let all = [condition.clone()].into_iter().chain(exception).collect();
                let when = Condition::All(all).flow();
                let list = when.strip_prefix("{all: ").and_then(|when| when.strip_suffix('}'));
                let when = list.filter(|list| list.len() % 2 == 0).unwrap_or(&when);
                format!("    effect: {effect}\n    when: {when}\n")
            }
            _ => format!("    rule: {}\n", single_quoted(&self.sentence())),
        };
        if let Some(action) = self.when_unknown {
            yaml += &format!("    when_unknown: {}\n", action.name());
        }
        if let Some(most) = self.at_most {
            yaml += &format!("    at_most: {most}\n");
        }
        yaml
    }

    /// Writes the policy as a sentence.
    pub fn sentence(&self) -> String {
        let list =
            |targets: &[Target]| targets.iter().map(Target::print).collect::<Vec<_>>().join(" or ");
        let mut sentence = if self.is_deny { "deny" } else { "alert" }.to_owned();
        match &self.subject {
            Subject::Anything => {}
            Subject::Targets(targets) => sentence += &format!(" {}", list(targets)),
            Subject::AnythingBut(targets) => {
                sentence += &format!(" anything but {}", list(targets));
            }
        }
        let word = if sentence.len() % 2 == 0 { "if" } else { "when" };
        for (word, clause) in [(word, &self.condition), ("unless", &self.unless)] {
            if let Some(condition) = clause {
                sentence += &format!(" {word} {}", condition.print());
            }
        }
        sentence
    }
}

impl Target {
    fn print(&self) -> String {
        match self {
            Target::Service(name) => name.clone(),
            Target::Ports { low, high, protocol } => {
                let ports = match low == high {
                    true => low.to_string(),
                    false => format!("{low}..{high}"),
                };
                match protocol {
                    None => format!("port {ports}"),
                    Some(protocol) if low % 2 == 0 => format!("{protocol}/{ports}"),
                    Some(protocol) => format!("{ports}/{protocol}"),
                }
            }
        }
    }
}

impl Condition {
    pub fn print(&self) -> String {
        let join = |parts: &[Condition], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| part.inside(self)).collect();
            parts.join(word)
        };
        match self {
            Condition::All(parts) => join(parts, " and "),
            Condition::Any(parts) => join(parts, " or "),
            Condition::Not(part) => format!("not {}", part.inside(self)),
            Condition::Target(target) => target.print(),
            Condition::Compare(left, operator, right) => {
                format!("{}{}{}", left.print(), operator.between(left, right), right.print())
            }
            Condition::Is(field, state) => format!("{field} is {}", state.print()),
            Condition::Approved => "approved".to_owned(),
        }
    }

    /// Writes the condition as a part of another, in parentheses only if it binds less.
    fn inside(&self, outer: &Condition) -> String {
        let binding = |condition: &Condition| match condition {
            Condition::Any(_) => 0,
            Condition::All(_) => 1,
            Condition::Not(_) => 2,
            // After a comparison it would be another value.
            Condition::Target(Target::Service(_)) => 0,
            _ => 3,
        };
        match binding(self) > binding(outer) {
            true => self.print(),
            false => format!("({})", self.print()),
        }
    }

    /// Writes the condition as a YAML flow mapping, or as a text if it has no such form.
    fn flow(&self) -> String {
        let list =
            |parts: &[Condition]| parts.iter().map(Condition::flow).collect::<Vec<_>>().join(", ");
        match self {
            Condition::All(parts) => format!("{{all: [{}]}}", list(parts)),
            Condition::Any(parts) => format!("{{any: [{}]}}", list(parts)),
            Condition::Not(part) => format!("{{not: {}}}", part.flow()),
            Condition::Compare(Operand::Field(field), operator, right) if right.is_constant() => {
                let right = right.print();
                match (operator, right.len() % 2) {
                    (Operator::In, 0) if right.starts_with('[') => format!("{{{field}: {right}}}"),
                    (Operator::Equal, 0) => format!("{{{field}: {right}}}"),
                    _ => format!("{{{field}: {{'{}': {right}}}}}", operator.print(&right)),
                }
            }
            _ => single_quoted(&self.print()),
        }
    }
}

impl State {
    fn print(self) -> &'static str {
        match self {
            State::Known => "known",
            State::Unknown => "unknown",
            State::Empty => "empty",
        }
    }
}

impl Operator {
    /// Writes the operator with its blanks; equality in all its spellings.
    fn between(self, left: &Operand, right: &Operand) -> String {
        let right = right.print();
        let is_field = matches!(left, Operand::Field(_));
        let operator = match (self, right.len() % 4) {
            (Operator::Equal, 0) if is_field => return " ".to_owned(),
            (Operator::Equal, 1) if is_field => "is",
            (Operator::Equal, 2) => "==",
            (Operator::Unequal, 0) if is_field => "is not",
            _ => self.print(&right),
        };
        format!(" {operator} ")
    }

    fn print(self, right: &str) -> &'static str {
        match self {
            Operator::Contains if !right.starts_with('[') => "contains",
            Operator::Equal => "=",
            Operator::Unequal => "!=",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::Greater => ">",
            Operator::AtLeast => ">=",
            Operator::In => "in",
            Operator::NotIn => "not in",
            Operator::Contains => "contains any of",
            Operator::ContainsAll => "contains all of",
            Operator::ContainsOnly => "contains only",
            Operator::StartsWith => "starts with",
            Operator::EndsWith => "ends with",
        }
    }
}

impl Operand {
    fn is_constant(&self) -> bool {
        !matches!(self, Operand::Field(_) | Operand::Math(..) | Operand::Aggregate(..))
    }

    pub fn print(&self) -> String {
        match self {
            Operand::Field(text) | Operand::Number(text) | Operand::Word(text) => text.clone(),
            Operand::Text(text) => format!("\"{text}\""),
            Operand::List(elements) => {
                let elements: Vec<String> = elements.iter().map(Operand::print).collect();
                format!("[{}]", elements.join(", "))
            }
            Operand::Range(low, high) => format!("{low}..{high}"),
            Operand::Math(left, operator, right) => {
                let side = |side: &Operand| match side {
                    Operand::Math(..) => format!("({})", side.print()),
                    _ => side.print(),
                };
                format!("{} {operator} {}", side(left), side(right))
            }
            Operand::Aggregate(measure, filter) => {
                let inner = match measure {
                    Measure::Count => String::new(),
                    Measure::Sum(field) | Measure::Distinct(field) => field.clone(),
                };
                let filter = filter.as_ref().map(|filter| filter.print());
                match (measure, filter) {
                    (Measure::Count, None) => "count".to_owned(),
                    (Measure::Count, Some(filter)) => format!("count({filter})"),
                    (Measure::Sum(_), None) => format!("sum({inner})"),
                    (Measure::Sum(_), Some(filter)) => format!("sum({inner} where {filter})"),
                    (Measure::Distinct(_), None) => format!("distinct({inner})"),
                    (Measure::Distinct(_), Some(filter)) => {
                        format!("distinct({inner} where {filter})")
                    }
                }
            }
        }
    }
}
