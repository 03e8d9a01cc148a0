//! A `View` narrows what a finished report shows to one framework: its controls, and the findings of the
//! policies that name them. What else was found is counted, and the verdict stays that of the whole run.

use std::collections::HashSet;
use std::sync::Arc;

use crate::engine::Outcome;
use crate::operation::Effect;
use crate::policy::Framework;

use super::coverage::FrameworkCoverage;
use super::report::{Finding, Report};
use super::verdict::Disposition;

/// What a report is narrowed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What the whole report says of the framework.
    pub coverage: FrameworkCoverage,
    /// Findings of policies that name none of its controls.
    pub elsewhere: Elsewhere,
}

/// Findings that a view does not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Open failures of policies that deny.
    pub deny: u64,
    /// Open failures of policies that alert.
    pub alert: u64,
    /// Open inconclusive findings.
    pub inconclusive: u64,
    /// Findings that are waived.
    pub waived: u64,
    /// Findings that the baseline knows.
    pub known: u64,
    /// Findings that their policies tolerate.
    pub tolerated: u64,
}

impl Elsewhere {
    /// Findings that are open.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.deny + self.alert + self.inconclusive
    }

    /// Whether nothing is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn count(&mut self, finding: &Finding, effect: Effect) {
        *match (finding.disposition, finding.outcome, effect) {
            (Disposition::Waived, ..) => &mut self.waived,
            (Disposition::Known, ..) => &mut self.known,
            (Disposition::Tolerated, ..) => &mut self.tolerated,
            (Disposition::Open, Outcome::Inconclusive, _) => &mut self.inconclusive,
            (Disposition::Open, Outcome::Fail, Effect::Deny) => &mut self.deny,
            (Disposition::Open, Outcome::Fail, Effect::Alert) => &mut self.alert,
        } += 1;
    }
}

impl Report {
    /// The report as far as it is about one framework. Counts and verdict stay: what is not shown was
    /// found nevertheless.
    #[must_use]
    pub fn viewed(mut self, framework: &Arc<Framework>) -> Self {
        let coverage = self.coverage_of(framework);
        let named: HashSet<usize> =
            coverage.controls.iter().flat_map(|control| &control.policies).copied().collect();
        let findings = std::mem::take(&mut self.findings);
        let is_named = |finding: &Finding| named.contains(&(finding.policy as usize));
        let (shown, others): (Vec<_>, Vec<_>) = findings.into_iter().partition(is_named);
        let mut elsewhere = Elsewhere::default();
        for finding in &others {
            elsewhere.count(finding, self.policy(finding).effect);
        }
        self.findings = shown;
        self.view = Some(View { coverage, elsewhere });
        self
    }
}
