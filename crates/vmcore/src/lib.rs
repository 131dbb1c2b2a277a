//! The model: address spaces, page tables, TLB, page cache, disk and swap, as a deterministic function of
//! *(configuration, commands)*.
//!
//! ```text
//! units ← pte, format ← config, command, outcome, event ← object, frames, process, policy ← state
//!       ← stepper ← mmu, kernel ← machine ← timeline
//! ```
//!
//! [`Machine::step`] carries out a [`Command`](command::Command) and changes the [`State`](state::State) only by
//! emitting [`Event`](event::Event)s. So events explain every change, time travel is replay, and whoever draws needs
//! nothing else.
//!
//! Absent on purpose: a clock, input and output, threads, the web, text formats, randomness without a seed.

pub mod chunked;
pub mod command;
pub mod config;
mod contents;
pub mod device;
pub mod event;
pub mod evidence;
mod express;
pub mod format;
pub mod frames;
mod fresh;
pub mod image;
pub mod invariants;
mod kernel;
mod machine;
pub mod misses;
pub mod mmu;
pub mod object;
pub mod outcome;
pub mod policy;
pub mod process;
pub mod pte;
pub mod random;
pub mod raw;
pub mod series;
pub mod sorted;
pub mod state;
mod stepper;
pub mod timeline;
pub mod units;

pub use machine::Machine;
