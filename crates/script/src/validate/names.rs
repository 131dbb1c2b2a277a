//! Who binds what: the processes of a script, the names each of them may use, and the files and
//! objects that are spoken of. Order does not count here: a name used before it is bound is found
//! when the script runs.

use super::images::{MAX_IMAGES, needs};
use crate::ast::{Action, ArgKind, Block, Call, Image, Part, Script, Segment, StatementKind, Step};
use crate::suggest::MAX_CANDIDATES;
use vmcore::chunked::{ChunkedMap, ChunkedSet};

/// The most processes that a script may have.
pub(super) const MAX_PROCESSES: usize = 1024;
/// The process that kernel calls are written under.
pub(crate) const KERNEL: &str = "kernel";

#[derive(Default)]
pub(super) struct Names {
    /// All processes: those that take steps, are forked, or have a table.
    pub(super) processes: ChunkedSet<String>,
    /// The variables that each binds itself.
    variables: ChunkedMap<String, ChunkedSet<String>>,
    /// Names of files, objects, devices, programs and libraries, declared or made by `open`.
    pub(super) objects: ChunkedSet<String>,
    /// Names of devices.
    pub(super) devices: ChunkedSet<String>,
    /// What a library binds.
    pub(super) libraries: ChunkedMap<String, ChunkedSet<String>>,
    /// What `exec` of a program binds.
    programs: ChunkedMap<String, ChunkedSet<String>>,
    /// Who forked a process: its parents, by its name.
    parents: ChunkedMap<String, ChunkedSet<String>>,
}

impl Names {
    pub(super) fn collect(script: &Script) -> Names {
        let mut names = Names::default();
        names.images(script);
        names.block(&script.body);
        names
    }

    /// May `process` use `name`, as far as can be told without running?
    pub(super) fn binds(&self, process: &str, name: &str) -> bool {
        let own = |process: &str| self.variables.get(process).is_some_and(|variables| variables.contains_key(name));
        own(process) || self.family(process).keys().any(|member| own(member))
    }

    /// The variables that a process may use; the first few hundred, for suggestions.
    pub(super) fn of<'n>(&'n self, process: &'n str) -> Vec<&'n str> {
        let family = self.family(process);
        let variables = family.keys().filter_map(|member| self.variables.get(*member)).flat_map(ChunkedMap::keys);
        variables.map(String::as_str).take(MAX_CANDIDATES).collect()
    }

    /// A process and its ancestors: a child starts with its parent's variables.
    fn family<'n>(&'n self, process: &'n str) -> ChunkedSet<&'n str> {
        let mut family = ChunkedSet::default();
        let mut open = vec![process];
        while let Some(member) = open.pop() {
            if family.add(member) {
                open.extend(self.parents.get(member).into_iter().flat_map(ChunkedMap::keys).map(String::as_str));
            }
        }
        family
    }

    /// Some process that binds `name`.
    pub(super) fn owner(&self, name: &str) -> Option<&str> {
        let mut owners = self.variables.iter().filter(|(_, variables)| variables.contains_key(name));
        owners.next().map(|(process, _)| process.as_str())
    }

    fn images(&mut self, script: &Script) {
        let images = script.body.iter().filter_map(|statement| match &statement.node {
            StatementKind::Library(image) => Some((image, true)),
            StatementKind::Program(image) => Some((image, false)),
            _ => None,
        });
        // Of more than are allowed the rest is not looked at.
        let images: Vec<(&Image, bool)> = images.take(MAX_IMAGES).collect();
        for (image, _) in images.iter().filter(|(_, library)| *library) {
            let bound = segments(image).map(|segment| (bound_name(image, segment), ())).collect();
            self.libraries.insert(image.name.node.clone(), bound);
        }
        for (image, _) in images.iter().filter(|(_, library)| !library) {
            let mut bound: ChunkedSet<String> =
                segments(image).map(|segment| (segment.word().to_string(), ())).collect();
            let mut met: Vec<&str> = needs(image).map(|needed| needed.node.as_str()).collect();
            let mut next = 0;
            while let Some(&library) = met.get(next) {
                next += 1;
                for name in self.libraries.get(library).into_iter().flat_map(ChunkedMap::keys) {
                    bound.add(name.clone());
                }
                let here = images.iter().filter(|(other, _)| other.name.node == library);
                for needed in here.flat_map(|(other, _)| needs(other)).map(|needed| needed.node.as_str()) {
                    if !met.contains(&needed) {
                        met.push(needed);
                    }
                }
            }
            self.programs.insert(image.name.node.clone(), bound);
        }
    }

    fn block(&mut self, block: &Block) {
        for statement in block.iter() {
            match &statement.node {
                StatementKind::Step(step) => self.step(step),
                StatementKind::For(looped) => self.block(&looped.body),
                StatementKind::Repeat(looped) => self.block(&looped.body),
                StatementKind::Table(table) => {
                    self.processes.add(table.process.node.clone());
                }
                StatementKind::File(decl) | StatementKind::Shm(decl) => {
                    self.objects.add(decl.name.node.clone());
                }
                StatementKind::Device(decl) => {
                    self.devices.add(decl.name.node.clone());
                    self.objects.add(decl.name.node.clone());
                }
                StatementKind::Program(image) | StatementKind::Library(image) => {
                    self.objects.add(image.name.node.clone());
                }
                _ => {}
            }
        }
    }

    fn step(&mut self, step: &Step) {
        let process = &step.process.node;
        if process != KERNEL {
            self.processes.add(process.clone());
        }
        let call = match &step.action {
            Action::Call(call) => Some(call),
            _ => None,
        };
        match (call.map(|call| call.name.node.as_str()), &step.bind) {
            (Some("fork"), Some(child)) => {
                self.processes.add(child.node.clone());
                self.parents.or_default(child.node.clone()).add(process.clone());
            }
            (_, Some(name)) => self.bind(process, name.node.clone()),
            (_, None) => {}
        }
        if let Some(call) = call {
            self.call(process, call);
        }
    }

    fn bind(&mut self, process: &str, name: String) {
        self.variables.or_default(process.to_string()).add(name);
    }

    fn call(&mut self, process: &str, call: &Call) {
        let Some(ArgKind::Text(name)) = call.args.first().map(|arg| &arg.node) else {
            return;
        };
        let name = String::from_utf8_lossy(name).into_owned();
        match call.name.node.as_str() {
            "exec" => {
                for bound in self.programs.get(&name).cloned().unwrap_or_default().keys() {
                    self.bind(process, bound.clone());
                }
            }
            "open" | "shm_open" if creates(call) => {
                self.objects.add(name);
            }
            _ => {}
        }
    }
}

/// Does an `open` name `O_CREAT` in its flags?
fn creates(call: &Call) -> bool {
    fn mentions(expr: &crate::ast::Expr) -> bool {
        match &expr.node {
            crate::ast::ExprKind::Name(name) => name == "O_CREAT",
            crate::ast::ExprKind::Int(_) => false,
            crate::ast::ExprKind::Neg(inner) => mentions(inner),
            crate::ast::ExprKind::Binary(_, left, right) => mentions(left) || mentions(right),
        }
    }
    call.args.get(1).is_some_and(|arg| matches!(&arg.node, ArgKind::Expr(expr) if mentions(expr)))
}

/// What `exec` calls a library's segment: the library's name up to the first dot, and the segment's word.
pub(crate) fn bound_name(library: &Image, segment: Segment) -> String {
    let stem = library.name.node.split('.').next().unwrap_or_default();
    format!("{stem}_{}", segment.word())
}

fn segments(image: &Image) -> impl Iterator<Item = Segment> {
    image.parts.iter().filter_map(|part| match part {
        Part::Segment { kind, .. } => Some(kind.node),
        Part::Needs(_) => None,
    })
}
