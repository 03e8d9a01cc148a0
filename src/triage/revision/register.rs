//! What becomes of the register of approvals: it lets through what policies hold up `unless approved`.

use crate::policy::{Approval, PolicySet};

/// What became of an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApprovalFate {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It holds for longer.
    Extended,
    /// It ends earlier.
    Shortened,
}

impl ApprovalFate {
    /// Every fate.
    pub const ALL: [Self; 4] = [Self::Added, Self::Removed, Self::Extended, Self::Shortened];

    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Extended => "extended",
            Self::Shortened => "shortened",
        }
    }
}

/// What becomes of one approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApprovalChange {
    /// What became of it.
    pub fate: ApprovalFate,
    /// Index in the old register.
    pub old: Option<usize>,
    /// Index in the new register.
    pub new: Option<usize>,
    /// Whether it lets something through that was held up: it holds, and some policy asks it.
    pub lets_through: bool,
}

/// Compares two registers; approvals are the same by what they are for. `asked` says whether a policy
/// that decides asks for approval.
pub(super) fn compare(
    old: &PolicySet,
    new: &PolicySet,
    today: jiff::civil::Date,
    asked: bool,
) -> Vec<ApprovalChange> {
    let mut left: Vec<(usize, &Approval)> = new.approvals.iter().enumerate().collect();
    let mut changes = Vec::new();
    for (index, was) in old.approvals.iter().enumerate() {
        let same = |one: &Approval| is_for_the_same(one, was);
        let exact = left.iter().position(|(_, one)| same(one) && one.expires == was.expires);
        let found = exact.or_else(|| left.iter().position(|(_, one)| same(one)));
        let Some((place, is)) = found.map(|at| left.remove(at)) else {
            let fate = ApprovalFate::Removed;
            changes.push(ApprovalChange { fate, old: Some(index), new: None, lets_through: false });
            continue;
        };
        let fate = match is.expires.cmp(&was.expires) {
            std::cmp::Ordering::Equal => continue,
            std::cmp::Ordering::Less => ApprovalFate::Shortened,
            std::cmp::Ordering::Greater => ApprovalFate::Extended,
        };
        let lets_through = fate == ApprovalFate::Extended && asked && is.expires >= today;
        changes.push(ApprovalChange { fate, old: Some(index), new: Some(place), lets_through });
    }
    changes.extend(left.into_iter().map(|(place, is)| ApprovalChange {
        fate: ApprovalFate::Added,
        old: None,
        new: Some(place),
        lets_through: asked && is.expires >= today,
    }));
    changes
}

fn is_for_the_same(one: &Approval, other: &Approval) -> bool {
    one.services == other.services && one.ports == other.ports && one.protocol == other.protocol
}
