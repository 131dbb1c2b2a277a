//! The operating system's part: regions, faults, frames, page cache, swap, files and calls, by Linux's rules
//! (`../shared/reference/kernel`, facts quoted by number where they decide).

mod cache;
mod calls;
mod copy;
mod devices;
mod dma;
mod entries;
mod exec;
mod fault;
mod huge;
mod length;
mod populate;
mod processes;
mod readahead;
mod reclaim;
mod regions;
mod windows;
