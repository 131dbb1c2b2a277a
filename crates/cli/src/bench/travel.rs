//! P6, P7 and P8: what time travel costs in time and memory, and what a seek takes.

use super::clock::{each, median, pairs, timed};
use super::table::{Goal, Table, ns};
use crate::Failure;
use bench::worlds::small_program;
use std::io::Write;
use vmcore::Machine;
use vmcore::command::Command;
use vmcore::state::Setup;
use vmcore::timeline::{Listed, Next, Source, Timeline};

struct Program {
    frames: u32,
    setup: Setup,
    commands: Listed,
    steps: usize,
}

impl Program {
    fn new(frames: u32, steps: usize) -> Self {
        let (setup, commands): (Setup, Vec<Command>) = small_program(frames, steps);
        Self { frames, setup, steps: commands.len(), commands: Listed::new(commands) }
    }

    fn timeline(&self) -> Timeline<Listed> {
        Timeline::new(self.setup.clone(), self.commands.clone(), u64::MAX).expect("nothing is cached")
    }

    /// Nanoseconds a step with time travel.
    fn travelled(&self) -> f64 {
        let mut timeline = self.timeline();
        each(timed(|| timeline.run_to_end(u64::MAX).clone()), self.steps)
    }

    /// Nanoseconds a step without.
    fn untravelled(&self) -> f64 {
        let mut machine = Machine::new(self.setup.clone()).expect("nothing is cached");
        let mut source = self.commands.clone();
        let went = timed(|| {
            while let Next::Command(command) = source.next(machine.state()) {
                let outcome = machine.run(&command);
                source.finished(&outcome);
            }
        });
        each(went, self.steps)
    }

    /// Nanoseconds of seeks to steps all over the run, ascending.
    fn seeks(&self) -> Vec<f64> {
        let mut timeline = self.timeline();
        timeline.run_to_end(u64::MAX);
        let steps = timeline.len() + 1;
        let mut step = 0u64;
        let mut seek = || {
            step = step.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let to = step % steps;
            timed(|| timeline.seek(to).step()).as_nanos() as f64
        };
        let mut took: Vec<f64> = (0..1_000).map(|_| seek()).collect();
        took.sort_by(f64::total_cmp);
        took
    }

    fn bytes_a_step(&self) -> f64 {
        let mut timeline = self.timeline();
        timeline.run_to_end(u64::MAX);
        timeline.heap_bytes() as f64 / self.steps as f64
    }
}

pub(super) fn measure(steps: usize, table: &mut Table<'_, impl Write>) -> Result<(), Failure> {
    let small = Program::new(64, steps);
    let large = Program::new(4_096, steps);
    for (program, goal) in [(&small, Goal::AtMost(1.30, 1.10)), (&large, Goal::None)] {
        let found = pairs(|| program.travelled(), || program.untravelled());
        let what = format!("{} frames, time travel on : off", program.frames);
        let id = if matches!(goal, Goal::None) { "" } else { "P6" };
        table.row(id, what, (ns(found.ours), ns(found.base)), found.ratio, goal)?;
        table.speeds("accesses a second, checkpoints kept : not", found.ours, found.base)?;
    }
    for program in [&small, &large] {
        let found = pairs(
            || {
                let took = program.seeks();
                took[took.len() * 99 / 100]
            },
            || program.untravelled() * program.steps as f64,
        );
        let what = format!("{} frames, p99 of a seek in {steps} steps : all again", program.frames);
        let ms = |ns: f64| format!("{:.3} ms", ns / 1e6);
        table.row("P7", what, (ms(found.ours), ms(found.base)), found.ratio, Goal::AtMost(0.02, 0.01))?;
    }
    for (program, goal) in [(&small, Goal::AtMost(16.0, 8.0)), (&large, Goal::AtMost(32.0, 16.0))] {
        let bytes = median(std::iter::once(program.bytes_a_step()));
        let what = format!("{} frames, history of {steps} steps, bytes a step", program.frames);
        table.row("P8", what, (format!("{bytes:.1} B"), String::new()), bytes, goal)?;
    }
    Ok(())
}
