//! The TLB, in sets and ways.

use super::rows::target;
use crate::present::scene::content::{badge, vpn_digits};
use crate::present::scene::foremost::foremost;
use crate::present::scene::lit::{Light, Lights, Spot};
use crate::seam::Thing;
use vmcore::state::State;
use vmcore::units::Pid;

/// Most places that are drawn.
const MOST: usize = 16;

/// The TLB.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Tlb {
    pub(crate) note: String,
    /// Places of a set.
    pub(crate) ways: usize,
    /// Places, set by set.
    pub(crate) places: Vec<Way>,
    /// Places that are not drawn.
    pub(crate) more: usize,
    pub(crate) light: Light,
}

/// A place.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Way {
    pub(crate) slot: u32,
    pub(crate) owner: Option<Pid>,
    pub(crate) text: String,
    pub(crate) light: Light,
}

pub(super) fn tlb(state: &State, lights: &Lights) -> Option<Tlb> {
    let tlb = state.tlb();
    if !tlb.exists() {
        return None;
    }
    let all = tlb.slots();
    let used = all.iter().filter(|slot| slot.is_some()).count();
    let places: Vec<Way> = shown(state, lights)
        .map(|slot| {
            let entry = all[slot as usize];
            let text = entry.map_or_else(String::new, |entry| {
                let digits = vpn_digits(state, entry.vpn);
                let tail = &digits[digits.len().saturating_sub(4)..];
                format!("{} {tail}→{}", badge(state, entry.pid), target(state, entry.pte))
            });
            let owner = entry.map(|entry| entry.pid);
            Way { slot, owner, text, light: lights.on(Spot::Thing(Thing::Tlb(slot))) }
        })
        .collect();
    Some(Tlb {
        note: format!("{used} of {} used", all.len()),
        ways: tlb.ways() as usize,
        more: all.len() - places.len(),
        places,
        light: lights.on(Spot::Tlb),
    })
}

/// All places of a small TLB; of a large one those in use and those spoken of, then empty ones.
fn shown(state: &State, lights: &Lights) -> impl Iterator<Item = u32> + use<> {
    let all = state.tlb().slots();
    let rank = |slot: u32| {
        let light = lights.on(Spot::Thing(Thing::Tlb(slot)));
        (light != Light::Lit, all[slot as usize].is_none())
    };
    foremost(all.len(), MOST, &rank).into_iter()
}
