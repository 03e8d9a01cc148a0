//! What becomes of one policy, and what that comes to over all records.

use crate::analysis::Doubt;

use super::bench::Counterexample;
use super::parts::{PartChange, Weighs};

/// What became of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyFate {
    /// It says the same.
    Same,
    /// It says something else.
    Changed,
    /// It has another id, and the same condition.
    Renamed,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

impl PolicyFate {
    /// Every fate.
    pub const ALL: [Self; 5] =
        [Self::Same, Self::Changed, Self::Renamed, Self::Added, Self::Removed];

    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// What a change comes to over all records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tendency {
    /// Nothing comes out otherwise.
    Equivalent,
    /// More is held up, and nothing less.
    Stricter,
    /// Less is held up, and nothing more.
    Looser,
    /// Some is held up that was not, and some is not that was.
    Different,
    /// That is not known.
    Undecided,
}

impl Tendency {
    /// Every tendency.
    pub const ALL: [Self; 5] =
        [Self::Equivalent, Self::Stricter, Self::Looser, Self::Different, Self::Undecided];

    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Stricter => "stricter",
            Self::Looser => "looser",
            Self::Different => "different",
            Self::Undecided => "undecided",
        }
    }

    /// From whether less and whether more is held up, as far as that is known.
    fn of(less: Option<bool>, more: Option<bool>) -> Self {
        match (less, more) {
            (Some(false), Some(false)) => Self::Equivalent,
            (Some(false), Some(true)) => Self::Stricter,
            (Some(true), Some(false)) => Self::Looser,
            (Some(true), Some(true)) => Self::Different,
            (None, _) | (_, None) => Self::Undecided,
        }
    }
}

/// Whether some record comes out otherwise in one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// No record does.
    Never,
    /// This one does.
    On(Counterexample),
    /// It is not known.
    Unsure(Doubt),
}

impl Seen {
    /// Whether some record does, where that is known.
    #[must_use]
    pub fn is_seen(&self) -> Option<bool> {
        match self {
            Self::Never => Some(false),
            Self::On(_) => Some(true),
            Self::Unsure(_) => None,
        }
    }

    /// The record that does.
    #[must_use]
    pub fn example(&self) -> Option<&Counterexample> {
        match self {
            Self::On(example) => Some(example),
            Self::Never | Self::Unsure(_) => None,
        }
    }
}

/// What the change of a condition does over all records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionChange {
    /// Whether less is held up of some record.
    pub less: Seen,
    /// Whether more is.
    pub more: Seen,
}

impl ConditionChange {
    /// What it comes to.
    #[must_use]
    pub fn tendency(&self) -> Tendency {
        Tendency::of(self.less.is_seen(), self.more.is_seen())
    }

    /// Why it is not known what it comes to.
    #[must_use]
    pub fn doubt(&self) -> Option<Doubt> {
        [&self.less, &self.more].into_iter().find_map(|seen| match seen {
            Seen::Unsure(doubt) => Some(*doubt),
            Seen::Never | Seen::On(_) => None,
        })
    }
}

/// What becomes of one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    /// What became of it.
    pub fate: PolicyFate,
    /// Index in the old set.
    pub old: Option<usize>,
    /// Index in the new set.
    pub new: Option<usize>,
    /// What became of its condition, where it is in both sets.
    pub condition: Option<ConditionChange>,
    /// What else it says otherwise.
    pub parts: Vec<PartChange>,
    /// Whether some record that the old one held up is held up less by every new policy that has as much
    /// weight; `None` where the policy itself holds up as much.
    pub passing: Option<Seen>,
    /// Index of another new policy that holds up by itself all that the old one did, where no record passes.
    pub covered_by: Option<usize>,
}

impl PolicyChange {
    /// A change of which nothing else is known.
    pub(super) fn plain(fate: PolicyFate) -> Self {
        Self {
            fate,
            old: None,
            new: None,
            condition: None,
            parts: Vec::new(),
            passing: None,
            covered_by: None,
        }
    }

    /// Whether it holds up less than before; `None` where that is not known.
    #[must_use]
    pub fn holds_up_less(&self) -> Option<bool> {
        self.weighs(Weighs::Less, self.condition.as_ref().map(|condition| &condition.less))
    }

    /// Whether it holds up more than before.
    #[must_use]
    pub fn holds_up_more(&self) -> Option<bool> {
        self.weighs(Weighs::More, self.condition.as_ref().map(|condition| &condition.more))
    }

    fn weighs(&self, weighs: Weighs, condition: Option<&Seen>) -> Option<bool> {
        match self.fate {
            PolicyFate::Added => Some(weighs == Weighs::More),
            PolicyFate::Removed => Some(weighs == Weighs::Less),
            PolicyFate::Same | PolicyFate::Changed | PolicyFate::Renamed => {
                match self.parts.iter().any(|part| part.weighs == weighs) {
                    true => Some(true),
                    false => condition.map_or(Some(false), Seen::is_seen),
                }
            }
        }
    }

    /// What it comes to.
    #[must_use]
    pub fn tendency(&self) -> Tendency {
        Tendency::of(self.holds_up_less(), self.holds_up_more())
    }

    /// Whether something gets through that the old policies held up; `None` where that is not known.
    #[must_use]
    pub fn lets_through(&self) -> Option<bool> {
        match &self.passing {
            None => Some(false),
            Some(passing) => passing.is_seen().or_else(|| self.holds_up_less()),
        }
    }
}
