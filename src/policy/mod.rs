//! Floor 4: policies, from YAML to typed conditions.

mod condition;
mod packs;
#[expect(clippy::module_inception, reason = "the floor is named after what it makes")]
mod policy;
mod syntax;
mod template;

pub use condition::{
    Comparison, Condition, Expression, Operator, Pattern, Predicate, Ranges, Test, TextTest,
};
pub use packs::built_in;
pub use policy::{Approval, Case, Expectation, Policy, PolicySet, WhenUnknown};
pub use template::{Part, Template};
