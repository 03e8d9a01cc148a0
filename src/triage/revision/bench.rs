//! The bench on which two policies judge the same record: a counter-example is only one where the engine
//! says so.

use crate::analysis::{Approved, Doubt, Example, Found, Rank};
use crate::engine::{Outcome, Program, Run, Tracer, Truth};
use crate::policy::{Approval, Policy, PolicySet};
use crate::text::Location;

use super::policies::Seen;

/// A record on which two policies come out otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// The record, and whether an approval covers it.
    pub example: Example,
    /// What the old policy makes of it; `None` where it passes.
    pub old: Option<Outcome>,
    /// What the new policy makes of it.
    pub new: Option<Outcome>,
}

/// Old and new policies of one operation, compiled together once for each register of approvals that there
/// could be.
#[derive(Debug)]
pub(super) struct Bench {
    /// Programs by what their registers make of a record.
    programs: Vec<(Approved, Program)>,
}

impl Bench {
    /// A bench for policies of the same operation; without programs where they cannot be compiled together.
    pub(super) fn new(policies: Vec<Policy>, run: Run) -> Self {
        let asks = policies.iter().any(Policy::asks_for_approval);
        let registers = policies.first().map(registers).unwrap_or_default().into_iter();
        let mut set = PolicySet { policies, ..PolicySet::default() };
        let programs =
            registers.take(if asks { usize::MAX } else { 1 }).map(|(approved, approvals)| {
                set.approvals = approvals;
                let first = set.policies.first()?;
                Some((approved, Program::new(&set, &first.operation, run).ok()?))
            });
        Self { programs: programs.collect::<Option<_>>().unwrap_or_default() }
    }

    pub(super) fn seat(&self) -> Seat<'_> {
        let tracers = self.programs.iter();
        Seat(tracers.map(|(approved, program)| (*approved, Tracer::new(program))).collect())
    }
}

/// Judges examples by the programs of a bench.
#[derive(Default)]
pub(super) struct Seat<'b>(Vec<(Approved, Tracer<'b>)>);

impl Seat<'_> {
    /// What a policy makes of an example, and what the strictest of others does, under the first register
    /// that makes of it what it says and on which they differ.
    pub(super) fn judge(
        &mut self,
        example: &Example,
        policy: &Policy,
        others: &[&Policy],
    ) -> Option<(Rank, Rank)> {
        let wanted = example.approved.unwrap_or(Approved::No);
        let record = example.record();
        let fitting = self.0.iter_mut().filter(|(approved, _)| *approved == wanted);
        let all: Vec<&Policy> = [policy].into_iter().chain(others.iter().copied()).collect();
        let ranks = fitting.filter_map(|(_, tracer)| {
            let truths = tracer.truths(&all, &record).ok()?;
            let (own, others) = truths.split_first()?;
            let highest = others.iter().max().copied().unwrap_or(Truth::False);
            Some((rank(*own), rank(highest)))
        });
        // Registers that leave it open differ in which records they leave open.
        ranks.max_by_key(|(own, highest)| own != highest)
    }

    /// What becomes of what was found out about an old policy and new ones.
    pub(super) fn seen(&mut self, found: &Found, old: &Policy, new: &[&Policy]) -> Seen {
        match found {
            Found::None => Seen::Never,
            Found::Unsure(doubt) => Seen::Unsure(*doubt),
            Found::One(example) => {
                let seen = self.counterexample(example, old, new);
                seen.map_or(Seen::Unsure(Doubt::NotSeenThrough), Seen::On)
            }
        }
    }

    /// An example with what an old policy and the strictest of new ones make of it.
    pub(super) fn counterexample(
        &mut self,
        example: &Example,
        old: &Policy,
        new: &[&Policy],
    ) -> Option<Counterexample> {
        let (old, new) = self.judge(example, old, new)?;
        Some(Counterexample { example: example.clone(), old: outcome(old), new: outcome(new) })
    }
}

fn rank(truth: Truth) -> Rank {
    match truth {
        Truth::False => Rank::Pass,
        Truth::Unknown => Rank::Inconclusive,
        Truth::True => Rank::Fail,
    }
}

fn outcome(rank: Rank) -> Option<Outcome> {
    match rank {
        Rank::Pass => None,
        Rank::Inconclusive => Some(Outcome::Inconclusive),
        Rank::Fail => Some(Outcome::Fail),
    }
}

/// An approval of all that could be open, which does not expire.
pub(super) fn of_everything(location: &Location) -> Approval {
    Approval {
        services: Vec::new(),
        ports: None,
        protocol: None,
        scope: None,
        owner: String::new(),
        reason: String::new(),
        approved_by: String::new(),
        expires: jiff::civil::Date::MAX,
        location: location.clone(),
    }
}

/// Registers of approvals by what they make of a record: nothing, everything, and what depends on a port,
/// a protocol or a service that the record may not tell.
fn registers(policy: &Policy) -> Vec<(Approved, Vec<Approval>)> {
    let any = of_everything(&policy.location);
    let of_port = Approval { ports: Some(i64::MIN..=i64::MAX), ..any.clone() };
    let of_protocol = Approval { protocol: Some("tcp".to_owned()), ..any.clone() };
    let subject = policy.operation.schema.field(policy.operation.subject);
    let services = subject.vocabulary.iter().map(|name| subject.compared(name)).collect();
    let of_services = Approval { services, ..any.clone() };
    vec![
        (Approved::No, Vec::new()),
        (Approved::Yes, vec![any]),
        (Approved::Unclear, vec![of_port]),
        (Approved::Unclear, vec![of_protocol]),
        (Approved::Unclear, vec![of_services]),
    ]
}
