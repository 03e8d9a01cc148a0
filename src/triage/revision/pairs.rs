//! Which policies of two sets are the same: by their ids, and where those differ by what they say.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Patience, hold_up_all};
use crate::policy::Policy;

/// Pairs of a policy that is gone and one that is new that are compared to find out what was renamed.
const MOST_PAIRS: usize = 10_000;

/// Which new policy is which old one.
pub(super) struct Pairs {
    /// Of each old policy, the index of the new one.
    pub(super) partners: Vec<Option<usize>>,
    /// The new ones that are a partner.
    pub(super) kept: BTreeSet<usize>,
}

impl Pairs {
    pub(super) fn of(old: &[Policy], new: &[Policy]) -> Self {
        let by_id: BTreeMap<&str, usize> =
            new.iter().enumerate().map(|(place, policy)| (policy.id.as_str(), place)).collect();
        let partner = |old: &Policy| {
            let place = *by_id.get(old.id.as_str())?;
            new.get(place).filter(|new| new.operation == old.operation).map(|_| place)
        };
        let partners: Vec<Option<usize>> = old.iter().map(partner).collect();
        let kept = partners.iter().flatten().copied().collect();
        let mut pairs = Self { partners, kept };
        let mut patience = (Patience::default(), MOST_PAIRS);
        pairs.join(old, new, &mut |old, new| {
            is_comparable(old, new, &mut patience.1)
                && hold_up_all(&[old], new, &mut patience.0)
                && hold_up_all(&[new], old, &mut patience.0)
        });
        // An id that is made from the words of a rule changes with them.
        let mut patience = (Patience::default(), MOST_PAIRS);
        pairs.join(old, new, &mut |old, new| {
            old.is_named_by_its_rule()
                && new.is_named_by_its_rule()
                && is_comparable(old, new, &mut patience.1)
                && (hold_up_all(&[old], new, &mut patience.0)
                    || hold_up_all(&[new], old, &mut patience.0))
        });
        pairs
    }

    /// Joins what has no partner yet and belongs together.
    fn join(
        &mut self,
        old: &[Policy],
        new: &[Policy],
        belong: &mut dyn FnMut(&Policy, &Policy) -> bool,
    ) {
        for (old, partner) in old.iter().zip(&mut self.partners) {
            if partner.is_some() {
                continue;
            }
            let left = new.iter().enumerate().filter(|(place, _)| !self.kept.contains(place));
            if let Some((place, _)) = left.into_iter().find(|(_, new)| belong(old, new)) {
                *partner = Some(place);
                self.kept.insert(place);
            }
        }
    }
}

/// Whether two policies judge the same records, and there is time to compare them.
fn is_comparable(old: &Policy, new: &Policy, pairs: &mut usize) -> bool {
    let is_comparable = old.operation == new.operation && *pairs > 0;
    *pairs = pairs.saturating_sub(1);
    is_comparable
}
