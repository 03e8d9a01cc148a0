//! Policies that judged nothing, because their operation has no evidence: silence about them would look
//! like a pass.

use crate::operation::Effect;
use crate::policy::Policy;
use crate::triage::Report;

use super::count;

/// The policies of one operation that has no evidence.
#[derive(Debug)]
pub(super) struct Unjudged<'a> {
    /// The first of them.
    pub(super) first: &'a Policy,
    policies: u64,
    /// Whether one of them denies.
    pub(super) denies: bool,
}

impl<'a> Unjudged<'a> {
    pub(super) const CODE: &'static str = "evidence/unjudged";
    pub(super) const HELP: &'static str =
        "name the saved answers of this operation too, or leave its policies out";

    /// One an operation, in the order of the policies.
    pub(super) fn all(report: &'a Report) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        let policies = report.policies.policies.iter();
        for policy in policies.filter(|policy| !report.has_evidence_for(policy)) {
            let name = &policy.operation.name;
            let same = |unjudged: &&mut Self| unjudged.first.operation.name == *name;
            match all.iter_mut().find(same) {
                Some(unjudged) => {
                    unjudged.policies += 1;
                    unjudged.denies |= policy.effect == Effect::Deny;
                }
                None => {
                    let denies = policy.effect == Effect::Deny;
                    all.push(Self { first: policy, policies: 1, denies });
                }
            }
        }
        all
    }

    /// What is to be said.
    pub(super) fn message(&self) -> String {
        let policies = count(self.policies, "policy", "policies");
        let operation = &self.first.operation.name;
        format!("{policies} judged nothing: there is no evidence of `{operation}`")
    }
}
