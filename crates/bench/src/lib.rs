//! What the benchmarks measure: reference strings ([`traces`]) and machines that go through them ([`worlds`]).
//!
//! Owns: the work. Does not own: clocks, baselines or targets; those are `pagelab bench`'s. On wasm the same work is
//! behind four plain functions ([`wasm`]), so that any runtime can drive it.

pub mod traces;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
pub mod worlds;
