//! What judging one file keeps: nothing of a record that violates nothing, and of any other its place,
//! the values that decided, and the values that its message shows.

use std::ops::Range;

use crate::json::Kind;
use crate::operation::FieldId;
use crate::snapshot::RecordPlace;
use crate::text::Position;

use super::aggregate::Tally;
use super::truth::Truth;

/// How many records of each policy keep their whole text, for snippets.
pub const EXCERPTS_PER_POLICY: usize = 3;

/// What a policy made of a record that it did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The record violates the policy.
    Fail,
    /// The evidence does not say whether it does.
    Inconclusive,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 2] = [Self::Fail, Self::Inconclusive];

    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// One policy on one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Index into the policy set.
    pub policy: usize,
    /// Index into the hits.
    pub hit: usize,
    /// What came out.
    pub outcome: Outcome,
    /// Range of [`Findings::evidence`]: the captures that decided, in the rule's order.
    pub evidence: Range<usize>,
    /// Range of [`Findings::absent`]: the members that decided by not being there.
    pub absent: Range<usize>,
    /// Range of [`Findings::waivers`]: the waivers that match, whether they hold or not.
    pub waivers: Range<usize>,
}

/// A record that some policy did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where it lies.
    pub place: RecordPlace,
    /// Bytes from `{` to `}`.
    pub length: usize,
    /// What is kept of it.
    pub captures: Range<usize>,
    /// Index into the excerpts, where its whole text is kept.
    pub excerpt: Option<usize>,
}

/// One member of a record, as it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Which member.
    pub field: FieldId,
    /// What kind of JSON value it is.
    pub kind: Kind,
    /// Bytes from the record's `{`.
    pub start: usize,
    /// Line and column of its first byte.
    pub position: Position,
    /// Where its text lies in the kept text.
    pub text: Range<usize>,
}

/// All findings of one file, in the order of its records and, within a record, of the policies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// One a policy and record.
    pub findings: Vec<Finding>,
    /// One a record.
    pub hits: Vec<Hit>,
    /// The members kept, hit by hit.
    pub captures: Vec<Capture>,
    /// Indices of captures, counted from their hit's first, finding by finding.
    pub evidence: Vec<u8>,
    /// Members that decided by not being there, finding by finding.
    pub absent: Vec<FieldId>,
    /// Indices into the policy set's waivers, in order, finding by finding.
    pub waivers: Vec<u32>,
    /// Of each approval of the policy set, whether what it speaks of is open.
    pub approvals: Vec<Truth>,
    /// What the file adds to each aggregate.
    pub tallies: Vec<Tally>,
    /// The texts of all captures.
    pub text: String,
    /// Whole records.
    pub excerpts: Vec<String>,
}
