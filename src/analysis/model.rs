//! A `Model` says by linear inequalities what is wanted of numbers: of the fields of a record and the ranges that
//! the schema gives them, or of the numbers of records of each sort. A product of two fields is a number by
//! itself, within the bounds of what it is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::json::Number;
use crate::operation::{FieldId, Kind, Schema};
use crate::policy::{
    Aggregate, Bounds, Comparison, Expression, Measure, Operator, Predicate, Ranges,
};

use super::census::Census;
use super::linear::{Form, MINUS_ONE, ONE, Row, System, ZERO};
use super::mutants::turned;

/// What a variable stands for.
#[derive(Clone, Copy, PartialEq)]
enum Term<'a> {
    Field(FieldId),
    /// Arithmetic that is not linear, or an aggregate that no census counts.
    Other(&'a Expression),
    /// Records of a sort.
    Records(usize),
    /// The sum of a field over a sort.
    Sum(usize, FieldId),
    Distinct(&'a Aggregate),
}

/// A system, and what its variables stand for.
pub(super) struct Model<'a, 's> {
    schema: &'s Schema,
    census: Option<&'s Census<'a>>,
    terms: Vec<Term<'a>>,
    pub(super) system: System,
}

impl<'a, 's> Model<'a, 's> {
    pub(super) fn new(schema: &'s Schema, census: Option<&'s Census<'a>>) -> Self {
        Self { schema, census, terms: Vec::new(), system: System::default() }
    }

    /// Adds what makes a predicate true or false; nothing if a number overflows.
    pub(super) fn want(&mut self, predicate: &'a Predicate, holds: bool) {
        match predicate {
            Predicate::Number(id, ranges) => {
                let form = self.variable(Term::Field(*id));
                let others = || complement(ranges);
                let ranges = if holds { ranges.as_slice().to_vec() } else { others() };
                let options = ranges.into_iter().map(|(low, high)| within(&form, low, high));
                self.system.choices.push(options.collect());
            }
            Predicate::Compare(left, comparison, right) => {
                let (left, right) = self.sides(left, right);
                let less = left.clone().plus(MINUS_ONE, &right);
                let more = right.plus(MINUS_ONE, &left);
                let (Some(less), Some(more)) = (less, more) else { return };
                let row = |form: &Form, is_strict| Row { form: form.clone(), is_strict };
                match (comparison, holds) {
                    (Comparison::Less, true) => self.system.rows.push(row(&less, true)),
                    (Comparison::Less, false) => self.system.rows.push(row(&more, false)),
                    (Comparison::LessOrEqual, true) => self.system.rows.push(row(&less, false)),
                    (Comparison::LessOrEqual, false) => self.system.rows.push(row(&more, true)),
                    (Comparison::Equal, true) => {
                        self.system.rows.extend([row(&less, false), row(&more, false)]);
                    }
                    (Comparison::Equal, false) => {
                        let options = [vec![row(&less, true)], vec![row(&more, true)]];
                        self.system.choices.push(options.into());
                    }
                }
            }
            _ => {}
        }
    }

    /// The sides of a comparison. One with a quotient is multiplied by what is divided by, if that is never
    /// negative: as there is a quotient, it is not zero.
    fn sides(&mut self, left: &'a Expression, right: &'a Expression) -> (Form, Form) {
        if let Expression::Binary(dividend, Operator::Divide, divisor) = left {
            let is_positive = over(self.schema, divisor).low.is_some_and(|low| low >= ZERO);
            let (divisor, other) = (self.form(divisor), self.form(right));
            let multiplied = other.value().and_then(|number| divisor.times(number));
            let negative = divisor.times(MINUS_ONE);
            if let (true, None, Some(other), Some(form)) =
                (is_positive, divisor.value(), multiplied, negative)
            {
                self.system.rows.push(Row { form, is_strict: true });
                return (self.form(dividend), other);
            }
        }
        if matches!(right, Expression::Binary(_, Operator::Divide, _))
            && matches!(left, Expression::Number(_))
        {
            let (right, left) = self.sides(right, left);
            return (left, right);
        }
        (self.form(left), self.form(right))
    }

    /// Says what a derived field is made from: the first where that may be there, or the sum of the others.
    pub(super) fn derive(
        &mut self,
        id: FieldId,
        present: &BTreeSet<FieldId>,
        absent: &BTreeSet<FieldId>,
    ) {
        let Some(from) = &self.schema.field(id).derived else { return };
        let made = self.variable(Term::Field(id));
        let mut options = Vec::new();
        if !absent.contains(&from.first) {
            options.push(equal(&made, &self.variable(Term::Field(from.first))));
        }
        let is_absent = |id: &FieldId| absent.contains(id);
        if !present.contains(&from.first) && !from.otherwise.iter().any(is_absent) {
            let sum = from.otherwise.iter().try_fold(Form::constant(ZERO), |sum, id| {
                sum.plus(ONE, &self.variable(Term::Field(*id)))
            });
            options.push(sum.map(|sum| equal(&made, &sum)).unwrap_or_default());
        }
        self.system.choices.push(options);
    }

    /// Whether all that was wanted is in the system as it is.
    pub(super) fn is_linear(&self) -> bool {
        !self.terms.iter().any(|term| matches!(term, Term::Other(_)))
    }

    /// The values of fields.
    pub(super) fn fields(&self, values: &[Number]) -> BTreeMap<FieldId, Number> {
        let fields = self.terms.iter().zip(values).filter_map(|(term, value)| match term {
            Term::Field(id) => Some((*id, *value)),
            _ => None,
        });
        fields.collect()
    }

    fn form(&mut self, expression: &'a Expression) -> Form {
        let form = match expression {
            Expression::Number(number) => Some(Form::constant(*number)),
            Expression::Field(id) => Some(self.variable(Term::Field(*id))),
            Expression::Aggregate(aggregate) => self.aggregate(aggregate),
            Expression::Binary(left, operator, right) => {
                let (left, right) = (self.form(left), self.form(right));
                match (operator, left.value(), right.value()) {
                    (Operator::Add, ..) => left.plus(ONE, &right),
                    (Operator::Subtract, ..) => left.plus(MINUS_ONE, &right),
                    (Operator::Multiply, Some(factor), _) => right.times(factor),
                    (Operator::Multiply, _, Some(factor)) => left.times(factor),
                    (Operator::Divide, _, Some(number)) => {
                        Operator::Divide.apply(ONE, number).and_then(|factor| left.times(factor))
                    }
                    _ => None,
                }
            }
        };
        form.unwrap_or_else(|| self.variable(Term::Other(expression)))
    }

    fn aggregate(&mut self, aggregate: &'a Aggregate) -> Option<Form> {
        let sorts = self.census?.sorts(aggregate);
        match aggregate.measure {
            Measure::Distinct(_) => Some(self.variable(Term::Distinct(aggregate))),
            Measure::Count => self.sum(sorts.into_iter().map(Term::Records)),
            Measure::Sum(field) => self.sum(sorts.into_iter().map(|sort| Term::Sum(sort, field))),
        }
    }

    fn sum(&mut self, terms: impl IntoIterator<Item = Term<'a>>) -> Option<Form> {
        let mut terms = terms.into_iter();
        terms.try_fold(Form::constant(ZERO), |sum, term| sum.plus(ONE, &self.variable(term)))
    }

    /// The variable of a term; a new one comes with the limits of what it stands for.
    fn variable(&mut self, term: Term<'a>) -> Form {
        if let Some(variable) = self.terms.iter().position(|other| *other == term) {
            return Form::variable(variable);
        }
        let form = Form::variable(self.terms.len());
        self.terms.push(term);
        self.system.is_whole.push(self.is_whole(term));
        match term {
            Term::Field(id) => self.bound(&form, bounds(self.schema, id)),
            Term::Other(expression) => self.bound(&form, over(self.schema, expression)),
            Term::Records(_) => self.bound(&form, Bounds { low: Some(ZERO), high: None }),
            Term::Sum(sort, field) => {
                let records = self.variable(Term::Records(sort));
                let Bounds { low, high } = bounds(self.schema, field);
                let least = low.and_then(|low| records.times(low));
                let most = high.and_then(|high| records.times(high));
                self.at_most(least.as_ref(), Some(&form));
                match high {
                    // No sum comes near; all that matters is that there is none of no record.
                    Some(Number::Integer(i64::MAX)) => {
                        let none = [
                            equal(&records, &Form::constant(ZERO)),
                            equal(&form, &Form::constant(ZERO)),
                        ];
                        let some = within(&records, Bound::Included(ONE), Bound::Unbounded);
                        self.system.choices.push(vec![none.concat(), some]);
                    }
                    _ => self.at_most(Some(&form), most.as_ref()),
                }
            }
            Term::Distinct(aggregate) => self.distinct(aggregate, &form),
        }
        form
    }

    /// There are no more values than records, and none only if there is no record. Of more records there are
    /// at least as many.
    fn distinct(&mut self, aggregate: &'a Aggregate, form: &Form) {
        self.bound(form, aggregate.possible(self.schema));
        let (Measure::Distinct(field), Some(census)) = (aggregate.measure, self.census) else {
            return;
        };
        let sorts = census.sorts(aggregate);
        let records = self.sum(sorts.iter().copied().map(Term::Records));
        if self.schema.field(field).kind != Kind::TextList {
            self.at_most(Some(form), records.as_ref());
            let none = records.map(|form| Row { form, is_strict: false });
            let one = Form::constant(ONE).plus(MINUS_ONE, form);
            let one = one.map(|form| Row { form, is_strict: false });
            self.system.choices.push(vec![none.into_iter().collect(), one.into_iter().collect()]);
        }
        for (variable, term) in self.terms.clone().into_iter().enumerate() {
            if let Term::Distinct(other) = term
                && other.measure == aggregate.measure
            {
                let (others, other) = (census.sorts(other), Form::variable(variable));
                if sorts.iter().all(|sort| others.contains(sort)) {
                    self.at_most(Some(form), Some(&other));
                }
                if others.iter().all(|sort| sorts.contains(sort)) {
                    self.at_most(Some(&other), Some(form));
                }
            }
        }
    }

    fn is_whole(&self, term: Term<'_>) -> bool {
        match term {
            Term::Field(id) | Term::Sum(_, id) => {
                matches!(self.schema.field(id).kind, Kind::Integer | Kind::Bytes)
            }
            Term::Records(_) | Term::Distinct(_) => true,
            Term::Other(Expression::Aggregate(aggregate)) => match aggregate.measure {
                Measure::Count | Measure::Distinct(_) => true,
                Measure::Sum(id) => self.is_whole(Term::Field(id)),
            },
            Term::Other(_) => false,
        }
    }

    fn bound(&mut self, form: &Form, bounds: Bounds) {
        let constant = |number: Option<Number>| number.map(Form::constant);
        self.at_most(constant(bounds.low).as_ref(), Some(form));
        self.at_most(Some(form), constant(bounds.high).as_ref());
    }

    /// The first is at most the second, if both are there.
    fn at_most(&mut self, low: Option<&Form>, high: Option<&Form>) {
        let form = low.zip(high).and_then(|(low, high)| low.clone().plus(MINUS_ONE, high));
        self.system.rows.extend(form.map(|form| Row { form, is_strict: false }));
    }
}

/// The values that an expression can have.
fn over(schema: &Schema, expression: &Expression) -> Bounds {
    Bounds::over(expression, &|operand| match operand {
        Expression::Field(id) => bounds(schema, *id),
        Expression::Aggregate(aggregate) => aggregate.possible(schema),
        _ => Bounds::ANY,
    })
}

/// The values that a field can have.
fn bounds(schema: &Schema, id: FieldId) -> Bounds {
    let field = schema.field(id);
    let is_whole = matches!(field.kind, Kind::Integer | Kind::Bytes);
    let range = field.range.or(is_whole.then_some((i64::MIN, i64::MAX)));
    range.map_or(Bounds::ANY, |(low, high)| Bounds {
        low: Some(Number::Integer(low)),
        high: Some(Number::Integer(high)),
    })
}

fn equal(one: &Form, other: &Form) -> Vec<Row> {
    let rows = [one.clone().plus(MINUS_ONE, other), other.clone().plus(MINUS_ONE, one)];
    rows.into_iter().flatten().map(|form| Row { form, is_strict: false }).collect()
}

/// What keeps a form between two bounds.
fn within(form: &Form, low: Bound<Number>, high: Bound<Number>) -> Vec<Row> {
    let row = |bound: Bound<Number>, factor: Number| {
        let (number, is_strict) = match bound {
            Bound::Included(number) => (number, false),
            Bound::Excluded(number) => (number, true),
            Bound::Unbounded => return None,
        };
        let form = form.clone().plus(MINUS_ONE, &Form::constant(number))?.times(factor)?;
        Some(Row { form, is_strict })
    };
    [row(low, MINUS_ONE), row(high, ONE)].into_iter().flatten().collect()
}

/// The ranges between those of a set, and beyond them.
fn complement(ranges: &Ranges) -> Vec<(Bound<Number>, Bound<Number>)> {
    let mut gaps = Vec::new();
    let mut low = Some(Bound::Unbounded);
    for (first, last) in ranges.as_slice() {
        if let (Some(low), true) = (low, *first != Bound::Unbounded) {
            gaps.push((low, turned(*first)));
        }
        low = (*last != Bound::Unbounded).then(|| turned(*last));
    }
    gaps.extend(low.map(|low| (low, Bound::Unbounded)));
    gaps
}
