//! Floor 4: policies, from YAML to typed conditions.

mod condition;
mod parser;
#[expect(
    clippy::module_inception,
    reason = "the floor is named after what it makes"
)]
mod policy;
mod resolve;
mod syntax;
mod template;
mod unit;

pub use condition::{
    Comparison, Condition, Expression, Operator, Pattern, Predicate, Ranges, Test, TextTest,
};
pub use policy::{Approval, Case, Expectation, Policy, PolicySet, WhenUnknown};
pub use template::{Part, Template};
