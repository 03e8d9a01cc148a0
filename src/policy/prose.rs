//! A policy in prose, for a reader who wants to know what it means before it blocks a release.

use std::fmt::Write as _;
use std::ops::Bound;
use std::sync::Arc;

use crate::json::Number;
use crate::operation::{Field, FieldId, Kind, Schema};

use super::aggregate::Measure;
use super::condition::{
    Comparison, Condition, Expression, Operator, Predicate, Ranges, Test, TextTest,
};
use super::controls::{Control, Framework};
use super::policy::{Policy, WhenUnknown};
use super::unit::Unit;

/// The policy in prose, a line a thought; `frameworks` tell what the controls that it names ask for.
#[must_use]
pub fn prose(policy: &Policy, frameworks: &[Arc<Framework>]) -> String {
    let mut text = format!("{} ({}, {} severity)\n", policy.id, policy.effect, policy.severity);
    if policy.title != policy.rule.text() {
        let _ = writeln!(text, "{}", policy.title);
    }
    let at = policy.location.position();
    let _ = writeln!(text, "from {}:{}:{}\n", policy.location.source.name(), at.line, at.column);
    let judged = if policy.judges_whole() { "snapshot" } else { "record" };
    let _ = writeln!(text, "A {judged} of {} violates it when", policy.operation.name);
    condition(&policy.condition, &policy.operation.schema, 1, &mut text);
    if let Some(at_most) = policy.at_most {
        let records = if at_most == 1 { "record" } else { "records" };
        let _ = writeln!(text, "\nOf a snapshot, {at_most} such {records} at most are tolerated.");
    }
    let unknown = match policy.when_unknown {
        Some(WhenUnknown::Fail) => "is listed, and the evidence is insufficient",
        Some(WhenUnknown::Report) => "is listed only",
        Some(WhenUnknown::Pass) => "is counted only",
        None => "does what `--inconclusive` says",
    };
    let _ = writeln!(
        text,
        "\nWhere the evidence does not say, the outcome is inconclusive: it {unknown}."
    );
    for (name, words) in [("why", &policy.why), ("fix", &policy.remediation)] {
        if let Some(words) = words {
            let _ = writeln!(text, "{name}: {}", words.trim());
        }
    }
    for reference in &policy.references {
        let _ = writeln!(text, "see {reference}");
    }
    controls(policy, frameworks, &mut text);
    text
}

/// What the controls ask for that a policy names, and how much its findings say about each.
fn controls(policy: &Policy, frameworks: &[Arc<Framework>], text: &mut String) {
    let all = frameworks
        .iter()
        .flat_map(|framework| framework.controls.iter().map(move |control| (framework, control)));
    let named = all.filter(|(framework, control)| framework.is_named_by(policy, control));
    let mut framework_before = None;
    for (framework, control) in named {
        if framework_before != Some(&framework.id) {
            let _ = writeln!(text, "\n{} {} ({})", framework.name, framework.version, framework.id);
            framework_before = Some(&framework.id);
        }
        let Control { id, title, strength, .. } = control;
        let _ = writeln!(text, "- {id} ({}): {title}", strength.name());
    }
}

/// What a condition in words says where it asks for an approval.
pub const APPROVED_IN_WORDS: &str = "an approval in force covers it";

/// When a policy is violated, a line a thought: its condition with sets and parameters put in.
#[must_use]
pub fn condition_in_words(policy: &Policy) -> String {
    let mut text = String::new();
    condition(&policy.condition, &policy.operation.schema, 0, &mut text);
    text
}

/// An aggregate on one line.
pub(super) fn aggregate(measure: Measure, records: &Condition, schema: &Schema) -> String {
    let field = measure.field().map(|field| schema.field(field).name.clone());
    let records = match records {
        Condition::All(parts) if parts.is_empty() => None,
        records => Some(on_one_line(records, schema)),
    };
    let within = match (field, records) {
        (Some(field), Some(records)) => format!("({field} where {records})"),
        (Some(within), None) | (None, Some(within)) => format!("({within})"),
        (None, None) => String::new(),
    };
    format!("{}{within}", measure.name())
}

fn on_one_line(condition: &Condition, schema: &Schema) -> String {
    let joined = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(|part| on_one_line(part, schema)).collect();
        format!("({})", parts.join(word))
    };
    match condition {
        Condition::All(parts) => joined(parts, " and "),
        Condition::Any(parts) => joined(parts, " or "),
        Condition::Not(part) => format!("not {}", on_one_line(part, schema)),
        Condition::Test(test) => predicate(&test.predicate, schema),
    }
}

fn condition(condition: &Condition, schema: &Schema, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match condition {
        Condition::All(parts) => several("all of these hold", parts, schema, (depth, text)),
        Condition::Any(parts) => several("any of these holds", parts, schema, (depth, text)),
        Condition::Not(part) => match part.as_ref() {
            Condition::Test(Test { predicate: Predicate::Known(field), .. }) => {
                let _ = writeln!(text, "{indent}- {} is unknown", schema.field(*field).name);
            }
            Condition::Test(test) => {
                let _ = writeln!(text, "{indent}- not: {}", predicate(&test.predicate, schema));
            }
            other => {
                let _ = writeln!(text, "{indent}- not:");
                self::condition(other, schema, depth + 1, text);
            }
        },
        Condition::Test(test) => {
            let _ = writeln!(text, "{indent}- {}", predicate(&test.predicate, schema));
        }
    }
}

fn several(words: &str, parts: &[Condition], schema: &Schema, (depth, text): (usize, &mut String)) {
    if let [only] = parts {
        return condition(only, schema, depth, text);
    }
    let _ = writeln!(text, "{}- {words}:", "  ".repeat(depth));
    parts.iter().for_each(|part| condition(part, schema, depth + 1, text));
}

fn predicate(predicate: &Predicate, schema: &Schema) -> String {
    let name = |field: &FieldId| schema.field(*field).name.as_str();
    match predicate {
        Predicate::Approved => APPROVED_IN_WORDS.to_owned(),
        Predicate::Known(field) => format!("{} is known", name(field)),
        Predicate::Empty(field) => format!("{} is empty", name(field)),
        Predicate::Boolean(field, value) => format!("{} is {value}", name(field)),
        Predicate::Number(field, within) => {
            format!("{} is {}", name(field), ranges(schema.field(*field), within))
        }
        Predicate::Code(field, within) => {
            let label = |value: &i64| match schema.field(*field).kind.code(*value) {
                Some(code) => format!("{value} ({})", code.label),
                None => value.to_string(),
            };
            format!("{} is {}", name(field), list(within.iter().map(label).collect()))
        }
        Predicate::Member(field, names) | Predicate::Only(field, names) => {
            let only = if matches!(predicate, Predicate::Only(..)) { " only" } else { "" };
            let names = names.iter().map(|name| schema.field(*field).spelled(name));
            format!("{} contains{only} {}", name(field), list(names.collect()))
        }
        Predicate::Text(field, test) => {
            format!("{} {}", name(field), text_test(schema.field(*field), test))
        }
        Predicate::Address(field, nets) => {
            format!(
                "{} is in {}",
                name(field),
                list(nets.iter().map(ToString::to_string).collect())
            )
        }
        Predicate::Compare(left, how, right) => comparison((left, *how, right), schema),
    }
}

fn comparison(
    (left, comparison, right): (&Expression, Comparison, &Expression),
    schema: &Schema,
) -> String {
    let (op, mirrored) = match comparison {
        Comparison::Equal => ("=", "="),
        Comparison::Less => ("<", ">"),
        Comparison::LessOrEqual => ("<=", ">="),
    };
    let (first, second) = (expression(left, schema), expression(right, schema));
    let is_asked =
        |side: &Expression| matches!(side, Expression::Field(_) | Expression::Aggregate(_));
    match !is_asked(left) && is_asked(right) {
        true => format!("{second} {mirrored} {first}"),
        false => format!("{first} {op} {second}"),
    }
}

fn text_test(field: &Field, test: &TextTest) -> String {
    match test {
        TextTest::OneOf(names) => {
            format!("is {}", list(names.iter().map(|name| field.spelled(name)).collect()))
        }
        TextTest::Contains(part) => format!("contains `{part}`"),
        TextTest::StartsWith(start) => format!("starts with `{start}`"),
        TextTest::EndsWith(end) => format!("ends with `{end}`"),
        TextTest::Matches(pattern) => format!("matches `{}`", pattern.0.as_str()),
    }
}

/// A number of a field with its unit, the greatest that keeps it whole.
#[must_use]
pub fn amount(field: &Field, number: Number) -> String {
    match (&field.kind, number) {
        (Kind::Percent, number) => format!("{number}%"),
        (Kind::Bytes, Number::Integer(bytes)) => match Unit::whole(bytes) {
            Some((count, unit)) => format!("{count}{unit}"),
            None => bytes.to_string(),
        },
        (_, number) => number.to_string(),
    }
}

fn ranges(field: &Field, ranges: &Ranges) -> String {
    let amount = |number: &Number| amount(field, *number);
    let part = |(low, high): &(Bound<Number>, Bound<Number>)| match (low, high) {
        (Bound::Included(low), Bound::Included(high)) if low == high => amount(low),
        (Bound::Included(low), Bound::Included(high)) => {
            format!("{}..{}", amount(low), amount(high))
        }
        (low, high) => {
            let low = match low {
                Bound::Unbounded => None,
                Bound::Included(low) => Some(format!("at least {}", amount(low))),
                Bound::Excluded(low) => Some(format!("more than {}", amount(low))),
            };
            let high = match high {
                Bound::Unbounded => None,
                Bound::Included(high) => Some(format!("at most {}", amount(high))),
                Bound::Excluded(high) => Some(format!("less than {}", amount(high))),
            };
            low.into_iter().chain(high).collect::<Vec<_>>().join(" and ")
        }
    };
    list(ranges.as_slice().iter().map(part).collect())
}

fn expression(expression: &Expression, schema: &Schema) -> String {
    match expression {
        Expression::Field(field) => schema.field(*field).name.clone(),
        Expression::Number(number) => number.to_string(),
        Expression::Aggregate(aggregate) => aggregate.meaning().to_owned(),
        Expression::Binary(left, operator, right) => {
            let operator = match operator {
                Operator::Add => "+",
                Operator::Subtract => "-",
                Operator::Multiply => "*",
                Operator::Divide => "/",
            };
            let part = |part: &Expression| match part {
                Expression::Binary(..) => format!("({})", self::expression(part, schema)),
                Expression::Number(number) if !number.is_decimal() => format!("({number})"),
                _ => self::expression(part, schema),
            };
            format!("{} {operator} {}", part(left), part(right))
        }
    }
}

/// `a`, `a or b`, `a, b or c`.
fn list(mut words: Vec<String>) -> String {
    match words.pop() {
        None => "nothing".to_owned(),
        Some(only) if words.is_empty() => only,
        Some(last) => format!("{} or {last}", words.join(", ")),
    }
}
