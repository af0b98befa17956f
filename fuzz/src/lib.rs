//! What the fuzz targets do with their bytes. Each either returns or panics because something does
//! not hold; `tests/cases.rs` runs the same over what was found before.

mod events;
mod spl;
mod text;
mod yaml;

pub use events::events;
pub use spl::spl;
pub use text::text;
pub use yaml::yaml;
