//! `pagelab run`.

mod events;
mod json;
mod pages;
mod text;

use crate::Failure;
use crate::input::Input;
use clap::{Args, ValueEnum};
use script::run::{Execution, Program, StepDone, setting};
use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;
use vmcore::event::Event;
use vmcore::outcome::Counters;
use vmcore::state::State;

/// How a scenario is run and told.
#[derive(Args)]
pub(crate) struct Options {
    /// The scenario; `-` is standard input.
    file: PathBuf,
    /// How it is told.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// What is told of each step beside its result.
    #[arg(long, value_enum, value_delimiter = ',')]
    observe: Vec<Observe>,
    /// Change a key of the machine, such as `frames=4`; may be given several times.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Run a variant of the scenario.
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs: one object.
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Observe {
    /// What happened in each step.
    Events,
    /// The state after each step.
    Pages,
}

/// One step that has been taken, with all that can be told of it.
struct Taken<'a> {
    /// Its number, from 1.
    number: u64,
    execution: &'a Execution,
    done: &'a StepDone<'a>,
    counters: &'a Counters,
    /// The state before it, if events are told.
    before: Option<&'a State>,
    events: &'a [Event],
}

/// Who is told.
trait Teller {
    fn begin(&mut self, program: &Program, setup: &vmcore::state::Setup, out: &mut dyn Write) -> std::io::Result<()>;
    fn step(&mut self, taken: &Taken<'_>, out: &mut dyn Write) -> std::io::Result<()>;
    fn end(&mut self, execution: &Execution, out: &mut dyn Write) -> std::io::Result<()>;
}

/// Runs a scenario. Fails if an expectation does not hold, or if the run ends at a mistake.
pub(crate) fn run(options: &Options, out: &mut impl Write) -> Result<(), Failure> {
    let input = Input::read(&options.file)?;
    let program = input.program()?;
    let variant = chosen_variant(options, &program)?;
    let pairs = options.set.iter().map(|pair| {
        let (key, value) = pair.split_once('=').ok_or_else(|| format!("--set {pair}: expected key=value"))?;
        setting(key.trim(), value.trim()).map_err(|message| format!("--set {pair}: {message}"))
    });
    let overrides = pairs.collect::<Result<Vec<_>, _>>().map_err(Failure::BadInput)?;
    let setup = program.setup(variant, &overrides).map_err(|error| Failure::BadInput(input.tell(error)))?;
    let watch =
        Watch { events: options.observe.contains(&Observe::Events), pages: options.observe.contains(&Observe::Pages) };
    let mut teller: Box<dyn Teller> = match options.format {
        Format::Text => Box::new(text::Text::new(watch)),
        Format::Json => Box::new(json::Json::new(watch)),
    };
    teller.begin(&program, &setup, out)?;
    let mut execution =
        Execution::new(&program, setup, variant).map_err(|error| Failure::BadInput(input.tell(error)))?;
    let mistake = take_steps(&mut execution, watch, teller.as_mut(), out)?;
    teller.end(&execution, out)?;
    match mistake {
        Some(diagnostic) => Err(Failure::BadInput(input.tell(diagnostic))),
        None if execution.failed().is_empty() => Ok(()),
        None => Err(Failure::DoesNotHold),
    }
}

/// What is watched beside results.
#[derive(Clone, Copy)]
struct Watch {
    events: bool,
    pages: bool,
}

fn chosen_variant(options: &Options, program: &Rc<Program>) -> Result<Option<usize>, Failure> {
    let Some(name) = &options.variant else { return Ok(None) };
    let found = program.variant(name).ok_or_else(|| {
        let known: Vec<String> = program.variants.iter().map(|variant| format!("\"{variant}\"")).collect();
        let known = if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
        Failure::BadInput(format!("the scenario has no variant \"{name}\": {known}"))
    })?;
    Ok(Some(found))
}

fn take_steps(
    execution: &mut Execution,
    watch: Watch,
    teller: &mut dyn Teller,
    out: &mut dyn Write,
) -> Result<Option<script::Diagnostic>, Failure> {
    let mut events = Vec::new();
    loop {
        events.clear();
        let before = watch.events.then(|| execution.state().clone());
        let step = match watch.events {
            true => execution.step(&mut events),
            false => execution.step(&mut vmcore::event::Unobserved),
        };
        let (command, outcome, evictions) = match step {
            Ok(Some(done)) => (done.command, done.outcome, done.evictions.to_vec()),
            Ok(None) => return Ok(None),
            Err(diagnostic) => return Ok(Some(diagnostic)),
        };
        let done = StepDone { command, outcome, evictions: &evictions };
        let taken = Taken {
            number: execution.state().steps(),
            execution,
            done: &done,
            counters: &execution.state().step_counters(),
            before: before.as_ref(),
            events: &events,
        };
        teller.step(&taken, out)?;
    }
}
