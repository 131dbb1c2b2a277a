//! Hardware's part: page tables, their walk, and the TLB. Knows nothing of regions, files or processes' rights.

mod bus;
mod cells;
mod geometry;
mod lookup;
mod memo;
pub(crate) mod table;
pub(crate) mod tlb;
mod translate;

pub(crate) use geometry::Geometry;
pub(crate) use memo::Memo;
pub(crate) use table::{Leaf, Spot};
pub use table::{Table, WalkStep};
pub(crate) use tlb::{Key, Sought};
pub use tlb::{Tlb, TlbEntry};
pub(crate) use translate::PageFault;
