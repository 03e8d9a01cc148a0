//! The judge takes records one by one, as a page is read, and keeps what they violate.

use std::ops::Range;
use std::sync::Arc;

use crate::json::Record;
use crate::operation::FieldId;
use crate::policy::WhenUnknown;
use crate::snapshot::{Flaw, RecordPlace, Visitor};

use super::aggregate::Tallies;
use super::drift::Drift;
use super::evaluate::{Fields, Scratch};
use super::finding::{Capture, EXCERPTS_PER_POLICY, Finding, Findings, Hit, Outcome};
use super::program::Program;
use super::truth::Truth;

/// Judges the records of one file.
#[derive(Debug)]
pub struct Judge<'a> {
    program: &'a Program,
    scratch: Scratch,
    /// Policies that are not false on the record, as indices of the program's.
    outcomes: Vec<(usize, Truth)>,
    deciding: Vec<FieldId>,
    kept: Vec<usize>,
    findings: Findings,
    drift: Drift,
    has_drift: bool,
    tallies: Tallies,
    is_counted: bool,
}

impl<'a> Judge<'a> {
    /// A judge of the file `source` by the policies of one operation.
    #[must_use]
    pub fn new(program: &'a Program, source: &Arc<str>) -> Self {
        Self {
            program,
            scratch: Scratch::new(program),
            outcomes: Vec::with_capacity(program.policies.len()),
            deciding: Vec::new(),
            kept: vec![0; program.policies.len()],
            findings: Findings {
                approvals: vec![Truth::False; program.register.len()],
                ..Findings::default()
            },
            drift: Drift::new(source),
            has_drift: false,
            tallies: Tallies::new(&program.aggregates),
            is_counted: false,
        }
    }

    /// What was found, and which values the schema does not list.
    #[must_use]
    pub fn finish(mut self) -> (Findings, Vec<Flaw>) {
        self.findings.tallies = self.tallies.finish();
        (self.findings, self.drift.finish())
    }

    /// Keeps one policy's outcome on the record that was visited last.
    fn keep_outcome(&mut self, fields: &Fields<'_>, hit: &mut Hit, (index, truth): (usize, Truth)) {
        let Some(&policy) = self.program.policies.get(index) else {
            return;
        };
        let outcome = match truth {
            Truth::True => Outcome::Fail,
            Truth::Unknown => Outcome::Inconclusive,
            Truth::False => return,
        };
        let first = (self.findings.evidence.len(), self.findings.absent.len());
        if !self.is_only_counted(index, outcome) {
            self.keep_evidence(fields, hit, index);
        }
        let evidence = first.0..self.findings.evidence.len();
        let absent = first.1..self.findings.absent.len();
        let waivers = self.waivers(fields, index);
        self.findings.findings.push(Finding {
            policy,
            hit: self.findings.hits.len(),
            outcome,
            evidence,
            absent,
            waivers,
        });
    }

    /// Keeps which waivers match; of what is unknown, none is certain to.
    fn waivers(&mut self, fields: &Fields<'_>, index: usize) -> Range<usize> {
        let first = self.findings.waivers.len();
        for waives in self.program.waivers.get(index).into_iter().flatten() {
            let matches = match &waives.records {
                Some(records) => self.scratch.truth(fields, records) == Truth::True,
                None => true,
            };
            if matches {
                self.findings.waivers.push(waives.waiver);
            }
        }
        first..self.findings.waivers.len()
    }

    /// Whether an outcome ends as a number and nothing else.
    fn is_only_counted(&self, index: usize, outcome: Outcome) -> bool {
        outcome == Outcome::Inconclusive
            && self.program.when_unknown.get(index) == Some(&WhenUnknown::Pass)
    }

    /// Keeps the values that decided, and those that the message shows.
    fn keep_evidence(&mut self, fields: &Fields<'_>, hit: &mut Hit, index: usize) {
        let mut deciding = std::mem::take(&mut self.deciding);
        deciding.clear();
        if let Some(formula) = self.program.formulas.get(index) {
            self.scratch.deciding(fields, formula, &mut deciding);
        }
        self.in_written_order(fields, index, &mut deciding);
        for field in &deciding {
            match self.capture(fields, hit, *field) {
                Some(capture) => self.findings.evidence.push(capture),
                None if fields.raw(*field).is_none() => self.findings.absent.push(*field),
                None => {}
            }
        }
        self.deciding = deciding;
        for field in self.program.shown.get(index).into_iter().flatten() {
            fields.origins(*field, &mut |field| {
                self.capture(fields, hit, field);
            });
        }
        if let Some(kept) = self.kept.get_mut(index).filter(|kept| **kept < EXCERPTS_PER_POLICY) {
            *kept += 1;
            hit.excerpt.get_or_insert_with(|| {
                self.findings.excerpts.push(fields.record.text().to_owned());
                self.findings.excerpts.len() - 1
            });
        }
    }

    /// Keeps what a picture of the record shows, as far as some policy asks it: what runs there, and how
    /// much goes over it.
    fn keep_picture(&mut self, fields: &Fields<'_>, hit: &Hit) {
        let operation = &self.program.operation;
        self.capture(fields, hit, operation.subject);
        if let Some(volume) = operation.schema.volume() {
            fields.origins(volume, &mut |field| {
                self.capture(fields, hit, field);
            });
        }
    }

    /// Puts the fields that decided in the order of the rule, each once, and what was computed by what it
    /// came from.
    fn in_written_order(&self, fields: &Fields<'_>, index: usize, deciding: &mut Vec<FieldId>) {
        let mut members = Vec::new();
        for field in self.program.asked.get(index).into_iter().flatten() {
            if deciding.contains(field) {
                fields.origins(*field, &mut |member| members.push(member));
            }
        }
        deciding.clear();
        for member in members {
            if !deciding.contains(&member) {
                deciding.push(member);
            }
        }
    }

    /// Captures one member of a hit; its index among the hit's captures.
    fn capture(&mut self, fields: &Fields<'_>, hit: &Hit, field: FieldId) -> Option<u8> {
        let captured = self.findings.captures.get(hit.captures.start..).unwrap_or_default();
        if let Some(index) = captured.iter().position(|capture| capture.field == field) {
            return u8::try_from(index).ok();
        }
        let index = u8::try_from(captured.len()).ok()?;
        let raw = fields.raw(field)?;
        let start = fields.start(field);
        let before = fields.record.text().as_bytes().get(..start).unwrap_or_default();
        let text = self.findings.text.len();
        self.findings.text.push_str(raw.text);
        self.findings.captures.push(Capture {
            field,
            kind: raw.kind,
            start,
            position: hit.place.position.after(before),
            text: text..self.findings.text.len(),
        });
        Some(index)
    }
}

impl Visitor for Judge<'_> {
    fn enter(&mut self, page: &Arc<str>) {
        self.drift.enter(page);
    }

    fn visit(&mut self, record: &Record<'_>) -> bool {
        let fields = Fields { program: self.program, record };
        self.scratch.begin();
        self.has_drift = self.drift.is_new(&fields);
        for (approval, open) in self.program.register.iter().zip(&mut self.findings.approvals) {
            if *open != Truth::True {
                *open = open.or(self.scratch.is_open(&fields, approval));
            }
        }
        self.scratch.outcomes(&fields, &mut self.outcomes);
        self.is_counted = self.tallies.visit(&fields, &mut self.scratch);
        !self.outcomes.is_empty() || self.has_drift || self.is_counted
    }

    fn keep(&mut self, record: &Record<'_>, place: RecordPlace) {
        let fields = Fields { program: self.program, record };
        if self.has_drift {
            self.drift.keep(&fields, &place);
        }
        if self.is_counted {
            self.tallies.keep(place.identity, place.digest);
        }
        if self.outcomes.is_empty() {
            return;
        }
        let first = self.findings.captures.len();
        let mut hit =
            Hit { place, length: record.text().len(), captures: first..first, excerpt: None };
        for field in &self.program.operation.identity {
            self.capture(&fields, &hit, *field);
        }
        let outcomes = std::mem::take(&mut self.outcomes);
        for outcome in &outcomes {
            self.keep_outcome(&fields, &mut hit, *outcome);
        }
        self.outcomes = outcomes;
        self.keep_picture(&fields, &hit);
        hit.captures = first..self.findings.captures.len();
        self.findings.hits.push(hit);
    }
}
