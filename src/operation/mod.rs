//! Floor 3: the API operations that can be judged, as data.

pub mod call;
mod catalogue;
mod descriptor;
pub mod reading;
mod schema;
mod severity;

pub use call::Call;
pub use catalogue::{Catalogue, Operation};
pub use reading::fold;
pub use schema::{Code, Derived, Field, FieldId, Kind, Schema};
pub use severity::{Effect, Severity};
