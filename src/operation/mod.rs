//! Floor 3: the API operations that can be judged, as data.

pub mod call;
mod catalogue;
mod descriptor;
mod name;
pub mod reading;
mod schema;
mod severity;

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "tables are long")]
mod tests;

pub use call::Call;
pub use catalogue::{Catalogue, Operation};
pub use name::{is_name, is_single_name};
pub use reading::fold;
pub use schema::{Code, Derived, Field, FieldId, Kind, Schema};
pub use severity::{Effect, Severity};
