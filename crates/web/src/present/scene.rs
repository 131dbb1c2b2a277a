//! What the stage shows: a moment of the machine as plain view models that compare cheaply.
//!
//! | room | what it owns |
//! |---|---|
//! | [`lit`] | what is lit now, what belongs to this step, what is dimmed |
//! | [`access`] | which access the picture is about, and how far it has come |
//! | [`happened`] | which events are looked at |
//! | [`processes`] `translation` `memory` `disk` | one zone each, left to right; `devices` stand below the disk, `zero` below the frames |
//! | [`policy`] | the replacement policy in its own terms |
//! | [`links`] | which arrows there are |
//! | `refusals` | how a refused step ends, and why |
//! | [`chain`] | what belongs to a chosen thing, and how that is said |
//! | [`tables`] | looking into page tables at any moment |
//! | [`content`] | bytes as characters, objects as names and textures |
//!
//! Not here: where anything stands (`stage::geometry`), what moves (`stage::choreography`), any rule of memory.

pub(crate) mod access;
pub(crate) mod chain;
pub(crate) mod content;
pub(crate) mod devices;
pub(crate) mod disk;
mod foremost;
pub(crate) mod happened;
pub(crate) mod links;
pub(crate) mod lit;
pub(crate) mod memory;
pub(crate) mod policy;
pub(crate) mod processes;
mod refusals;
pub(crate) mod tables;
pub(crate) mod translation;
pub(crate) mod zero;

use crate::seam::{Look, Moving};
use crate::stage::choreography::{Motion, motions};
use crate::stage::geometry::Fit;
use lit::{Lights, Spot};
use vmcore::event::Actor;

/// A picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Scene {
    /// The step it is of.
    pub step: u64,
    pub(crate) compact: bool,
    pub(crate) processes: Vec<processes::Card>,
    /// Processes that are not drawn.
    pub(crate) more_processes: usize,
    pub(crate) translation: translation::Translation,
    pub(crate) memory: memory::Memory,
    pub(crate) zero: Option<zero::ZeroFrame>,
    pub(crate) disk: disk::Disk,
    pub(crate) links: Vec<links::Link>,
    pub(crate) caption: Option<Caption>,
    pub(crate) motions: Vec<Motion>,
    /// How tightly all pictures of this step are set.
    pub(crate) fit: Fit,
}

/// A sentence at the thing that it speaks of.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Caption {
    pub(crate) actor: &'static str,
    pub(crate) text: String,
    /// Where it belongs; the first of these that is drawn.
    pub(crate) at: Vec<Spot>,
    /// It tells how something ends that was refused.
    pub(crate) refused: bool,
}

/// The picture of a moment. All of a step's have their things in the same places: it is set so that the first of them,
/// the last, and this one fit.
pub fn scene(look: &Look) -> Scene {
    let scene = alone(look);
    let still = Look { part: None, moving: Moving::Still, ..*look };
    let first = alone(&Look { now: look.before, shown: 0, ..still });
    let last = alone(&Look { now: look.after, shown: look.events.len(), ..still });
    Scene { fit: Fit::of(&[&scene, &first, &last]), motions: motions(look), ..scene }
}

/// A picture that knows of no other.
fn alone(look: &Look) -> Scene {
    let access = access::Access::of(look);
    let lights = Lights::of(look, access.as_ref());
    let (processes, more_processes) = processes::cards(look, &lights);
    Scene {
        step: look.now.steps(),
        compact: look.compact,
        zero: zero::zero(look.now, &processes, access.as_ref(), &lights),
        processes,
        more_processes,
        translation: translation::translation(look, access.as_ref(), &lights),
        memory: memory::memory(look, access.as_ref(), &lights),
        disk: disk::disk(look, &lights),
        links: links::links(look, access.as_ref(), &lights),
        caption: caption(look, &lights),
        motions: Vec::new(),
        fit: Fit::default(),
    }
}

fn caption(look: &Look, lights: &Lights) -> Option<Caption> {
    let Some(part) = look.part else { return refusals::refusal(look) };
    let actor = match part.actor {
        Actor::Cpu => "CPU",
        Actor::Mmu => "MMU",
        Actor::Kernel => "kernel",
        Actor::Disk => "disk",
        Actor::Device => "device",
    };
    let refused = happened::part(look).iter().any(refusals::refuses);
    Some(Caption { actor, text: part.text.clone(), at: lights.in_order().to_vec(), refused })
}

#[cfg(test)]
mod tests;
