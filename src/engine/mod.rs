//! Floor 5: policies judge records. Pure: nothing here reads a file, a clock or the environment.

mod aggregate;
mod approved;
mod arithmetic;
mod drift;
mod evaluate;
mod finding;
mod guard;
mod judge;
mod patterns;
mod program;
mod table;
mod total;
mod trace;
mod truth;
mod values;
mod whole;

pub use aggregate::{MAX_REMEMBERED, Open, Tally};
pub use evaluate::{Fields, Scratch};
pub use finding::{Capture, EXCERPTS_PER_POLICY, Finding, Findings, Hit, Outcome};
pub use judge::Judge;
pub use program::{Program, Run};
pub use trace::{Trace, TracePart, Tracer};
pub use truth::Truth;
pub use values::MAX_VALUES;
pub use whole::{Measured, Whole};

#[cfg(test)]
#[expect(
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "tables are long, and a test fails by a panic"
)]
mod tests;
