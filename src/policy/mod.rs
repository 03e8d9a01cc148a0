//! Floor 4: policies, from YAML to typed conditions.

mod aggregate;
mod bounds;
mod case;
mod condition;
mod controls;
mod draft;
mod file;
mod frameworks;
mod load;
mod overrides;
mod packs;
mod parser;
#[expect(clippy::module_inception, reason = "the floor is named after what it makes")]
mod policy;
mod project;
mod prose;
mod resolve;
mod slug;
mod syntax;
mod template;
mod told;
mod unit;
mod waiver;

pub use aggregate::{Aggregate, Measure};
pub use bounds::Bounds;
pub use condition::{
    Comparison, Condition, Expression, Operator, Pattern, Predicate, Ranges, Test, TextTest,
};
pub use controls::{Control, Framework, NamedIn, Strength, built_in_frameworks, find_framework};
pub use load::{Wishes, collect, collect_for, load};
pub use packs::{built_in, is_built_in, packs};
pub use policy::{
    Approval, Case, Expectation, MAX_TOLERATED, Overridden, Policy, PolicySet, Waiver, WhenUnknown,
};
pub use project::{Project, Said, SeverityOverride, project};
pub use prose::{APPROVED_IN_WORDS, amount, condition_in_words, prose};
pub use template::{Part, Template};
pub use waiver::{DEFAULT_MAX_WAIVER_DAYS, waivers, waivers_for};

#[cfg(test)]
mod tests;
