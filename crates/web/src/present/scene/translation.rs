//! The translation's zone: the address in the format's own fields, the table rows around the entry read at each
//! level, the TLB in sets and ways.

mod address;
mod rows;
mod tlb;

pub(crate) use address::{Address, Look as FieldLook};
pub(crate) use rows::{Row, Table};
pub(crate) use tlb::Tlb;

use super::access::Access;
use super::content::{address_text, badge, process_name};
use super::happened;
use super::lit::{Light, Lights, Spot};
use crate::seam::Look;
use vmcore::state::State;
use vmcore::units::{AccessKind, Pid, Vpn};

/// The zone.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Translation {
    /// Whose table it is.
    pub(crate) pid: Option<Pid>,
    pub(crate) title: String,
    pub(crate) address: Option<Address>,
    pub(crate) tables: Vec<Table>,
    pub(crate) tlb: Option<Tlb>,
    /// Frame number and offset joined, once the walk has found the frame.
    pub(crate) physical: Option<Physical>,
    pub(crate) light: Light,
}

/// The physical address that comes out: the frame's number and the same offset.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Physical {
    pub(crate) frame: String,
    pub(crate) offset: String,
    pub(crate) text: String,
}

pub(crate) fn translation(look: &Look, access: Option<&Access>, lights: &Lights) -> Translation {
    let state = look.now;
    let running = state.running().or_else(|| look.command.and_then(|command| command.pid()));
    let pid = access.map(|access| access.pid).or_else(|| written_page(look).map(|(pid, _)| pid)).or(running);
    let pid = pid.filter(|&pid| state.living(pid).is_some());
    let title = match (access, pid) {
        (Some(access), _) => format!("{} {} {}", process_name(state, access.pid), verb(access.kind), {
            address_text(state, access.va.get())
        }),
        (None, Some(pid)) => format!("{} makes no access", badge(state, pid)),
        (None, None) => "no process yet".to_owned(),
    };
    let vpn = access.map(|access| access.vpn).or_else(|| written_page(look).map(|(_, vpn)| vpn));
    let tables = pid.map_or_else(Vec::new, |pid| rows::levels(look, access, pid, vpn, lights));
    let light = match access {
        Some(_) => Light::Near,
        None => lights.on_any(std::iter::once(Spot::Tables).chain(rows::spots(&tables))),
    };
    Translation {
        pid,
        title,
        address: access.map(|access| address::address(state, access, lights)),
        tables,
        tlb: tlb::tlb(state, lights),
        physical: access.and_then(|access| physical(state, access)),
        light: light.min(lights.on(Spot::Tables)).max(Light::Near.min(light)),
    }
}

fn physical(state: &State, access: &Access) -> Option<Physical> {
    let pfn = access
        .target(state)
        .filter(|_| !access.stores() || super::tables::entry(state, access.pid, access.vpn).is_writable())?;
    let offset = state.format().offset(access.va);
    let digits = |bits: u32| bits.div_ceil(4).max(1) as usize;
    let frames = digits(state.config().frames.saturating_sub(1).checked_ilog2().map_or(1, |bit| bit + 1));
    let width = digits(state.format().offset_bits.into());
    Some(Physical {
        frame: format!("{:0frames$X}", pfn.get()),
        offset: format!("{offset:0width$X}"),
        text: state.format().physical(pfn, offset).to_string(),
    })
}

fn verb(kind: AccessKind) -> &'static str {
    match kind {
        AccessKind::Load => "loads",
        AccessKind::Store => "stores to",
        AccessKind::Fetch => "fetches",
    }
}

/// The page whose last-level entry was written last, where the step has no access.
fn written_page(look: &Look) -> Option<(Pid, Vpn)> {
    let last = look.now.format().levels.len() - 1;
    happened::shown(look).iter().rev().find_map(|event| match *event {
        vmcore::event::Event::PteWritten { table, index, .. } => {
            let (_, table) = look.now.tables().find(|(id, _)| *id == table)?;
            (table.level() == last).then(|| (table.pid(), table.base().plus(u64::from(index))))
        }
        _ => None,
    })
}
