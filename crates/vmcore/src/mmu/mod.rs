//! Hardware's part: page tables, their walk, and the TLB. Knows nothing of regions, files or processes' rights.

mod bus;
mod lookup;
pub(crate) mod table;
pub(crate) mod tlb;
mod translate;

pub use table::{Table, WalkStep};
pub use tlb::{Tlb, TlbEntry};
