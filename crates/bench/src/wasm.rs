//! The full machine as a wasm module that imports nothing: `prepare`, then `run` as often as wanted, then `misses`.

use crate::worlds;
use std::cell::RefCell;
use vmcore::Machine;
use vmcore::event::Unobserved;

thread_local! {
    static PAGES: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    static MACHINE: RefCell<Option<Machine>> = const { RefCell::new(None) };
}

/// Makes the string of so many references, and a fresh machine.
#[allow(unsafe_code, reason = "a wasm module exports by name, and no other function here has this one")]
#[unsafe(no_mangle)]
pub extern "C" fn prepare(references: u32) {
    PAGES.with_borrow_mut(|pages| {
        if pages.len() != references as usize {
            *pages = crate::traces::zipf(references as usize);
        }
    });
    MACHINE.set(Some(worlds::full()));
}

/// Goes through the string: all that is timed.
#[allow(unsafe_code, reason = "a wasm module exports by name, and no other function here has this one")]
#[unsafe(no_mangle)]
pub extern "C" fn run() {
    PAGES.with_borrow(|pages| {
        MACHINE.with_borrow_mut(|machine| {
            if let Some(machine) = machine {
                worlds::drive(machine, pages, &mut Unobserved);
            }
        });
    });
}

/// Misses so far, to hold against the native machine's.
#[allow(unsafe_code, reason = "a wasm module exports by name, and no other function here has this one")]
#[unsafe(no_mangle)]
pub extern "C" fn misses() -> u32 {
    MACHINE.with_borrow(|machine| machine.as_ref().map_or(0, |machine| worlds::misses(machine) as u32))
}
