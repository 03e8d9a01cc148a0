//! The cases of a policy: records, and what must come out.

use super::error::DraftError;
use super::shape::{Form, Item};
use crate::operation::Effect;
use crate::policy::Expectation;
use crate::text::{Location, Problem};
use crate::yaml::Node;

/// A case whose records have not met the schema.
#[derive(Debug)]
pub(in crate::policy) struct CaseDraft<'a> {
    /// Mappings.
    pub records: Vec<&'a Node>,
    /// Whether they stand under `records`, and not one under `record`.
    pub is_list: bool,
    /// The key under which they stand.
    pub key: Location,
    /// Nothing where it could not be read, which was told.
    pub expect: Option<Expectation>,
    pub location: Location,
}

/// `cases: […]` of a policy with an effect.
pub(super) fn cases<'a>(
    item: Item<'a>,
    effect: Option<Effect>,
    problems: &mut Vec<Problem>,
) -> Vec<CaseDraft<'a>> {
    let items = item.list("a list of cases", problems).unwrap_or_default();
    items.into_iter().filter_map(|item| case(item, effect, problems)).collect()
}

/// `{record: {…}, expect: deny}`, or `{records: [{…}], expect: deny}`
fn case<'a>(
    item: Item<'a>,
    effect: Option<Effect>,
    problems: &mut Vec<Problem>,
) -> Option<CaseDraft<'a>> {
    let form = Form::of(item, "a case", &["record", "records", "expect"], problems)?;
    let list = form.item("records");
    let records = match list {
        Some(list) => {
            if let Some(record) = form.item("record") {
                problems.push(record.key_problem(&DraftError::TwoRecords, "one too many"));
            }
            Some(list)
        }
        None => form.required("record", problems),
    };
    let expect = form.required("expect", problems);
    let nodes = match (list, records) {
        (Some(list), _) => elements(list, problems),
        (None, Some(record)) => vec![Item { key: record.key, node: record.node }],
        (None, None) => Vec::new(),
    };
    for record in nodes.iter().filter(|record| record.node.as_mapping().is_none()) {
        problems.push(record.wrong("a mapping of fields and values"));
    }
    let expect = expect.and_then(|expect| expectation(expect, effect, problems));
    Some(CaseDraft {
        records: nodes.iter().map(|record| record.node).collect(),
        is_list: list.is_some(),
        key: records?.key.location.clone(),
        expect,
        location: item.node.location.clone(),
    })
}

/// The records of a list, which may be none.
fn elements<'a>(list: Item<'a>, problems: &mut Vec<Problem>) -> Vec<Item<'a>> {
    match list.node.as_sequence() {
        Some(nodes) => nodes.iter().map(|node| Item { key: list.key, node }).collect(),
        None => {
            problems.push(list.wrong("a list of records"));
            Vec::new()
        }
    }
}

fn expectation(
    expect: Item<'_>,
    effect: Option<Effect>,
    problems: &mut Vec<Problem>,
) -> Option<Expectation> {
    let expected = expect.choice(&Expectation::ALL, Expectation::name, problems)?;
    if let (Expectation::Fails(fails), Some(effect)) = (expected, effect)
        && fails != effect
    {
        let (effect, expected) = (effect.name(), fails.name());
        let error = DraftError::ImpossibleExpectation { effect, expected };
        problems.push(expect.problem(&error, "never"));
    }
    Some(expected)
}
