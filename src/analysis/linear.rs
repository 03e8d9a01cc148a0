//! A `System` is linear inequalities over numbers, and `solve` looks for numbers that meet them all. It
//! eliminates one variable after another (Fourier and Motzkin), rounds limits of whole numbers inwards, and
//! then goes back to choose values. What it calls impossible is impossible: a step that would overflow is
//! left out, which only loses a contradiction.

use std::collections::BTreeMap;

use crate::json::Number;
use crate::policy::Operator::{Add, Divide, Multiply};

use super::effort::{Effort, Exhausted};

/// Inequalities at one time; a system that needs more is given up.
const MOST_ROWS: usize = 256;

pub(super) const ZERO: Number = Number::Integer(0);
pub(super) const ONE: Number = Number::Integer(1);
pub(super) const MINUS_ONE: Number = Number::Integer(-1);

/// A sum of variables, each times a number that is not zero, and a constant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Form {
    terms: BTreeMap<usize, Number>,
    constant: Number,
}

impl Form {
    pub(super) fn constant(constant: Number) -> Self {
        Self { terms: BTreeMap::new(), constant }
    }

    pub(super) fn variable(variable: usize) -> Self {
        Self { terms: BTreeMap::from([(variable, ONE)]), constant: ZERO }
    }

    /// The value, if it has no variable.
    pub(super) fn value(&self) -> Option<Number> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// The value where the variables have these.
    pub(super) fn at(&self, values: &[Number]) -> Option<Number> {
        self.terms.iter().try_fold(self.constant, |sum, (variable, factor)| {
            Add.apply(sum, Multiply.apply(*values.get(*variable)?, *factor)?)
        })
    }

    /// This plus `factor` times the other; `None` if a number overflows.
    pub(super) fn plus(mut self, factor: Number, other: &Self) -> Option<Self> {
        self.constant = Add.apply(self.constant, Multiply.apply(factor, other.constant)?)?;
        for (variable, number) in &other.terms {
            let term = self.terms.entry(*variable).or_insert(ZERO);
            *term = Add.apply(*term, Multiply.apply(factor, *number)?)?;
        }
        self.terms.retain(|_, factor| *factor != ZERO);
        Some(self)
    }

    pub(super) fn times(&self, factor: Number) -> Option<Self> {
        Self::constant(ZERO).plus(factor, self)
    }

    fn factor(&self, variable: usize) -> Number {
        self.terms.get(&variable).copied().unwrap_or(ZERO)
    }
}

/// The form is at most zero, or less where that is strict.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) form: Form,
    pub(super) is_strict: bool,
}

impl Row {
    /// Whether it has no variable and does not hold.
    fn is_contradiction(&self) -> bool {
        self.form.value().is_some_and(|value| value > ZERO || self.is_strict && value == ZERO)
    }

    /// The same over whole numbers, the limit rounded inwards, where it has no other variables.
    fn rounded(self, is_whole: &[bool]) -> Self {
        let are_whole = self.form.terms.keys().all(|term| is_whole.get(*term) == Some(&true));
        let least = self.form.terms.values().filter_map(|factor| absolute(*factor)).min();
        let scaled = least
            .filter(|_| are_whole)
            .and_then(|least| self.form.times(Divide.apply(ONE, least)?));
        let Some(mut form) =
            scaled.filter(|form| form.terms.values().all(|term| floor(*term) == Some(*term)))
        else {
            return self;
        };
        let limit = match self.is_strict {
            // Less than zero by less than one is at most the next whole number below.
            true => floor(form.constant).and_then(|whole| Add.apply(whole, ONE)),
            false => ceiling(form.constant),
        };
        match limit {
            Some(limit) => {
                form.constant = limit;
                Self { form, is_strict: false }
            }
            None => self,
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Solution {
    /// No numbers meet the system.
    None,
    /// These do, by variable.
    Some(Vec<Number>),
    /// It is not known.
    Unclear,
}

/// Inequalities that all hold, and of each choice all of one option.
#[derive(Clone, Debug, Default)]
pub(super) struct System {
    pub(super) rows: Vec<Row>,
    pub(super) choices: Vec<Vec<Vec<Row>>>,
    /// By variable, whether it only has whole numbers.
    pub(super) is_whole: Vec<bool>,
}

impl System {
    pub(super) fn solve(&self, effort: &mut Effort) -> Result<Solution, Exhausted> {
        self.choose(self.rows.clone(), &self.choices, effort)
    }

    fn choose(
        &self,
        rows: Vec<Row>,
        choices: &[Vec<Vec<Row>>],
        effort: &mut Effort,
    ) -> Result<Solution, Exhausted> {
        let solution = self.eliminate(rows.clone(), effort)?;
        let Some((options, others)) = choices.split_first().filter(|_| solution != Solution::None)
        else {
            return Ok(solution);
        };
        let mut found = Solution::None;
        for option in options {
            let rows = rows.iter().chain(option).cloned().collect();
            match self.choose(rows, others, effort)? {
                Solution::None => {}
                Solution::Unclear => found = Solution::Unclear,
                some => return Ok(some),
            }
        }
        Ok(found)
    }

    fn eliminate(&self, rows: Vec<Row>, effort: &mut Effort) -> Result<Solution, Exhausted> {
        let mut rows: Vec<Row> = rows.into_iter().map(|row| row.rounded(&self.is_whole)).collect();
        let mut stages = Vec::new();
        loop {
            effort.spend(1 + rows.len() * rows.len())?;
            if rows.iter().any(Row::is_contradiction) {
                return Ok(Solution::None);
            }
            let Some(variable) = cheapest(&rows) else { break };
            let (with, mut others): (Vec<Row>, Vec<Row>) =
                rows.into_iter().partition(|row| row.form.factor(variable) != ZERO);
            for row in joined(&with, variable) {
                let row = row.rounded(&self.is_whole);
                if !others.contains(&row) {
                    others.push(row);
                }
            }
            if others.len() > MOST_ROWS {
                return Ok(Solution::Unclear);
            }
            stages.push((variable, with));
            rows = others;
        }
        let mut values = vec![ZERO; self.is_whole.len()];
        for (variable, rows) in stages.into_iter().rev() {
            let is_whole = self.is_whole.get(variable) == Some(&true);
            match (between(&rows, variable, &values, is_whole), values.get_mut(variable)) {
                (Some(value), Some(place)) => *place = value,
                _ => return Ok(Solution::Unclear),
            }
        }
        Ok(Solution::Some(values))
    }
}

/// The variable whose elimination leaves the fewest rows.
fn cheapest(rows: &[Row]) -> Option<usize> {
    let mut counts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (variable, factor) in rows.iter().flat_map(|row| &row.form.terms) {
        let (above, below) = counts.entry(*variable).or_default();
        *if *factor > ZERO { above } else { below } += 1;
    }
    let cheapest = counts.into_iter().min_by_key(|(_, (above, below))| above * below);
    cheapest.map(|(variable, _)| variable)
}

/// What each lower limit of a variable and each upper one say together; none where it would overflow.
fn joined(rows: &[Row], variable: usize) -> impl Iterator<Item = Row> {
    let above = rows.iter().filter(move |row| row.form.factor(variable) > ZERO);
    above.flat_map(move |high| {
        let below = rows.iter().filter(move |row| row.form.factor(variable) < ZERO);
        below.filter_map(move |low| {
            let form = high.form.times(absolute(low.form.factor(variable))?)?;
            let form = form.plus(high.form.factor(variable), &low.form)?;
            Some(Row { form, is_strict: high.is_strict || low.is_strict })
        })
    })
}

/// A value of the variable that meets rows whose other variables have theirs; the least, if there is one.
fn between(rows: &[Row], variable: usize, values: &[Number], is_whole: bool) -> Option<Number> {
    let (mut low, mut high): (Option<Number>, Option<Number>) = (None, None);
    for row in rows {
        let factor = row.form.factor(variable);
        let mut rest = row.form.clone();
        rest.terms.remove(&variable);
        let limit = Divide.apply(rest.at(values)?, Multiply.apply(factor, MINUS_ONE)?)?;
        match factor > ZERO {
            true => high = Some(high.map_or(limit, |high| high.min(limit))),
            false => low = Some(low.map_or(limit, |low| low.max(limit))),
        }
    }
    let middle = || Divide.apply(Add.apply(low?, high?)?, Number::Integer(2));
    let candidates = match is_whole {
        true => [
            low.and_then(ceiling),
            low.and_then(|low| Add.apply(floor(low)?, ONE)),
            high.and_then(floor),
            high.and_then(|high| Add.apply(ceiling(high)?, MINUS_ONE)),
            Some(ZERO),
        ],
        false => [
            low,
            middle(),
            low.and_then(|low| Add.apply(low, ONE)),
            high.and_then(|high| Add.apply(high, MINUS_ONE)),
            high.or(Some(ZERO)),
        ],
    };
    let mut values = values.to_vec();
    candidates.into_iter().flatten().find(|candidate| {
        if let Some(place) = values.get_mut(variable) {
            *place = *candidate;
        }
        rows.iter().all(|row| {
            row.form.at(&values).is_some_and(|sum| sum < ZERO || !row.is_strict && sum == ZERO)
        })
    })
}

/// `None` of the least integer.
fn absolute(number: Number) -> Option<Number> {
    if number < ZERO { Multiply.apply(number, MINUS_ONE) } else { Some(number) }
}

/// The greatest whole number that is not above a number.
pub(super) fn floor(number: Number) -> Option<Number> {
    Number::ratio(number.floor(), 1)
}

/// The least whole number that is not below a number.
fn ceiling(number: Number) -> Option<Number> {
    Multiply.apply(floor(Multiply.apply(number, MINUS_ONE)?)?, MINUS_ONE)
}
