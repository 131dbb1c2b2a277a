//! What the fuzzers in `fuzz/` do with bytes: each takes any, and panics only where the project has a mistake.

use crate::{Rng, model};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use script::import::{ImportError, Imported, lackey, maps, refs, strace};
use script::run::Execution;
use std::io::BufRead;
use vmcore::event::Unobserved;

/// Steps of a script that are tried.
const STEPS: usize = 300;

/// Takes any bytes.
pub type Target = fn(&[u8]);

/// By name, as `cargo xtask fuzz NAME` wants it and the folders in `tests/regressions` are called.
pub const TARGETS: &[(&str, Target)] =
    &[("text", text), ("run", run), ("address", address), ("import", import), ("commands", commands)];

/// Everything that is done with a text while it is being typed; and it means the same when it has been formatted.
pub fn text(bytes: &[u8]) {
    let Ok(source) = script::parse_bytes(bytes) else { return };
    let (loaded, diagnostics) = script::load(source);
    diagnostics.render(source, "x.vm");
    script::lexer::highlight(source);
    let Some(loaded) = loaded else { return };
    let formatted = script::fmt::format_script(&loaded);
    let again = script::load(&formatted).0;
    let again = again.unwrap_or_else(|| panic!("does not load any more:\n{formatted}"));
    assert_eq!(script::fmt::format_script(&again), formatted, "formatting twice is formatting once");
}

/// Runs a script, with all invariants after every step.
pub fn run(bytes: &[u8]) {
    let Ok(source) = script::parse_bytes(bytes) else { return };
    let (Some(program), _) = script::load_program(source) else { return };
    let Ok(setup) = program.setup(None, &[]) else { return };
    let Ok(mut execution) = Execution::new(&program, setup, None) else { return };
    for _ in 0..STEPS {
        if !matches!(execution.step(&mut Unobserved), Ok(Some(_))) {
            return;
        }
        let state = execution.state();
        // The check looks at everything; large machines are for the other tests.
        if state.frames().len() <= 64 {
            assert_eq!(vmcore::invariants::check(state), []);
        }
    }
}

/// Reads an address, its script packed or as it stands, and writes it again.
pub fn address(bytes: &[u8]) {
    let packed = format!("scenario=1.{}&step=3", URL_SAFE_NO_PAD.encode(bytes));
    let plain = String::from_utf8_lossy(bytes);
    for (query, fragment) in [(packed.as_str(), plain.as_ref()), (plain.as_ref(), packed.as_str()), ("", &plain)] {
        let read = web::url::read(query, fragment).state;
        let written = read.fragment(&web::url::UrlState::default());
        assert_eq!(web::url::read("", &written).state, read, "{query} # {fragment} became {written}");
    }
}

/// Imports it as everything that can be imported; what comes out is a sound scenario.
pub fn import(bytes: &[u8]) {
    type Reader = fn(&mut dyn BufRead) -> Result<Imported, ImportError>;
    const READERS: [Reader; 4] = [refs::scenario, lackey::scenario, maps::scenario, strace::scenario];
    for reader in READERS {
        let Ok(imported) = reader(&mut &*bytes) else { continue };
        assert!(imported.text.len() <= script::MAX_SOURCE_BYTES, "too long to be loaded");
        let (loaded, diagnostics) = script::load(&imported.text);
        assert!(loaded.is_some(), "{}\n{}", diagnostics.render(&imported.text, "imported"), imported.text);
    }
}

/// Gives a machine commands, both chosen by the bytes, against the oracle and with all invariants.
pub fn commands(bytes: &[u8]) {
    model::run(Rng::Bytes(bytes.iter().rev().copied().collect()));
}
