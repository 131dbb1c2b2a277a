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
use super::lit::{Light, Lights, Spot};
use crate::seam::Look;
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

/// The physical address that comes out.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Physical {
    pub(crate) pfn: vmcore::units::Pfn,
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
    let tables = pid.map_or_else(Vec::new, |pid| rows::tables(look, access, pid, vpn, lights));
    let found =
        access.filter(|access| access.done || access.read == state.format().levels.len() || access.hit.is_some());
    let pfn = found.and_then(|access| state.pte(access.pid, access.vpn).pfn());
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
        physical: pfn.zip(access).map(|(pfn, access)| Physical {
            pfn,
            text: state.format().physical(pfn, state.format().offset(access.va)).to_string(),
        }),
        light: light.min(lights.on(Spot::Tables)).max(Light::Near.min(light)),
    }
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
    look.events[..look.shown.min(look.events.len())].iter().rev().find_map(|event| match *event {
        vmcore::event::Event::PteWritten { table, index, .. } => {
            let (_, table) = look.now.tables().find(|(id, _)| *id == table)?;
            (table.level() == last).then(|| (table.pid(), table.base().plus(u64::from(index))))
        }
        _ => None,
    })
}
