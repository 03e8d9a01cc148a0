//! A `Trace` says, part by part, what a record made of a condition: why a policy came out as it did.

use crate::json::{self, Projection, Reader};
use crate::policy::{Bounds, Condition, Policy};

use super::aggregate::{Open, Tallies};
use super::evaluate::{Fields, Scratch};
use super::program::Program;
use super::truth::Truth;
use super::whole::Whole;

/// What a record made of a condition and of each of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// What came out.
    pub truth: Truth,
    /// What was asked.
    pub part: TracePart,
}

/// One node of a traced condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TracePart {
    /// All of these.
    All(Vec<Trace>),
    /// Any of these.
    Any(Vec<Trace>),
    /// Not this.
    Not(Box<Trace>),
    /// A predicate: its words, and the members that it asked, as they stood; `None` where absent.
    Test(String, Vec<(String, Option<String>)>),
}

impl Trace {
    /// The predicates that decided, with their truths: of `and` and `or` those parts whose truth is the
    /// whole's.
    pub fn deciding<'a>(&'a self, visit: &mut dyn FnMut(Truth, &'a TracePart)) {
        match &self.part {
            TracePart::Test(..) => visit(self.truth, &self.part),
            TracePart::Not(part) => part.deciding(visit),
            TracePart::All(parts) | TracePart::Any(parts) => {
                for part in parts.iter().filter(|part| part.truth == self.truth) {
                    part.deciding(visit);
                }
            }
        }
    }
}

/// Judges single records, and says why.
#[derive(Debug)]
pub struct Tracer<'a> {
    program: &'a Program,
    scratch: Scratch,
}

impl<'a> Tracer<'a> {
    /// A tracer for a program's policies.
    #[must_use]
    pub fn new(program: &'a Program) -> Self {
        Self { program, scratch: Scratch::new(program) }
    }

    /// What a record makes of a policy of the program.
    pub fn trace(&mut self, policy: &Policy, record: &json::Record<'_>) -> Trace {
        let fields = Fields { program: self.program, record };
        self.scratch.begin();
        self.condition(&fields, &policy.condition)
    }

    /// What a record that stands by itself makes of a policy of the program.
    ///
    /// # Errors
    /// Where the text is not one JSON object.
    pub fn trace_text(&mut self, policy: &Policy, record: &str) -> Result<Trace, json::Error> {
        self.read(record, &mut |tracer, record| tracer.trace(policy, record))
    }

    /// What a record that stands by itself makes of policies of the program, in their order.
    ///
    /// # Errors
    /// Where the text is not one JSON object.
    pub fn truths(
        &mut self,
        policies: &[&Policy],
        record: &str,
    ) -> Result<Vec<Truth>, json::Error> {
        self.read(record, &mut |tracer, record| {
            let fields = Fields { program: tracer.program, record };
            tracer.scratch.begin();
            policies.iter().map(|policy| tracer.truth(&fields, &policy.condition)).collect()
        })
    }

    /// What records make of a policy of the program that judges the whole. Each counts, and there are no
    /// others.
    ///
    /// # Errors
    /// Where a text is not one JSON object.
    pub fn judge_texts(
        &mut self,
        policy: &Policy,
        records: &[String],
    ) -> Result<Whole, json::Error> {
        let mut tallies = Tallies::new(&self.program.aggregates);
        for record in records {
            self.read(record, &mut |tracer, record| {
                let fields = Fields { program: tracer.program, record };
                tracer.scratch.begin();
                if tallies.visit(&fields, &mut tracer.scratch) {
                    tallies.keep(None, record.digest());
                }
            })?;
        }
        let tallies = tallies.finish();
        let operation = &self.program.operation;
        let open = Open { may_have_more: false, changed: 0 };
        Ok(Whole::of(&policy.condition, &operation.schema, &|aggregate| {
            let tally = tallies.iter().find(|tally| tally.aggregate() == aggregate);
            tally.map_or(Bounds::ANY, |tally| tally.bounds(operation, open))
        }))
    }

    /// Reads a record that stands by itself.
    fn read<T>(
        &mut self,
        record: &str,
        take: &mut dyn FnMut(&mut Self, &json::Record<'_>) -> T,
    ) -> Result<T, json::Error> {
        let schema = &self.program.operation.schema;
        let names: Vec<&str> =
            self.program.slots().iter().map(|id| schema.field(*id).name.as_str()).collect();
        let mut projection = Projection::new(&names, &[]);
        let mut reader = Reader::new(record.as_bytes());
        reader.peek()?;
        reader.record(&mut projection)?;
        Ok(take(self, &reader.last_record(&projection)))
    }

    fn truth(&mut self, fields: &Fields<'_>, condition: &Condition) -> Truth {
        match condition {
            Condition::All(parts) => {
                let truths = parts.iter().map(|part| self.truth(fields, part));
                truths.fold(Truth::True, Truth::and)
            }
            Condition::Any(parts) => {
                let truths = parts.iter().map(|part| self.truth(fields, part));
                truths.fold(Truth::False, Truth::or)
            }
            Condition::Not(part) => !self.truth(fields, part),
            Condition::Test(test) => self.scratch.atom(fields, self.program.atom(&test.predicate)),
        }
    }

    fn condition(&mut self, fields: &Fields<'_>, condition: &Condition) -> Trace {
        match condition {
            Condition::All(parts) => {
                let parts: Vec<Trace> =
                    parts.iter().map(|part| self.condition(fields, part)).collect();
                let truth = parts.iter().fold(Truth::True, |truth, part| truth.and(part.truth));
                Trace { truth, part: TracePart::All(parts) }
            }
            Condition::Any(parts) => {
                let parts: Vec<Trace> =
                    parts.iter().map(|part| self.condition(fields, part)).collect();
                let truth = parts.iter().fold(Truth::False, |truth, part| truth.or(part.truth));
                Trace { truth, part: TracePart::Any(parts) }
            }
            Condition::Not(part) => {
                let part = self.condition(fields, part);
                Trace { truth: !part.truth, part: TracePart::Not(Box::new(part)) }
            }
            Condition::Test(test) => {
                let atom = self.program.atom(&test.predicate);
                let truth = self.scratch.atom(fields, atom);
                let mut asked = Vec::new();
                for field in self.program.fields(atom) {
                    fields.origins(*field, &mut |field| {
                        let name = fields.schema().field(field).name.clone();
                        asked.push((name, fields.raw(field).map(|raw| raw.text.to_owned())));
                    });
                }
                Trace { truth, part: TracePart::Test(test.location.text().to_owned(), asked) }
            }
        }
    }
}
