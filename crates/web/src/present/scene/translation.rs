//! The translation's zone: the address in the format's own fields, the table rows around the entry read at each
//! level, the TLB in sets and ways.

mod address;
mod rows;
mod tlb;

pub(crate) use address::{Address, Field, Look as FieldLook};
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
    pub(crate) address: Address,
    pub(crate) tables: Vec<Table>,
    /// The names of an entry's bits.
    pub(crate) columns: Vec<String>,
    /// Characters of the longest index.
    pub(crate) index: usize,
    pub(crate) tlb: Option<Tlb>,
    pub(crate) physical: Physical,
    pub(crate) light: Light,
}

/// The physical address that comes out: the frame's number, once it is found, and the same offset.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Physical {
    /// Its number in as many characters as any has.
    pub(crate) frame: String,
    pub(crate) offset: String,
    /// Characters of the two, told or not.
    pub(crate) widths: [usize; 2],
    /// The whole, once it is found.
    pub(crate) text: Option<String>,
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
        (None, None) if state.processes().next().is_none() => "no process yet".to_owned(),
        (None, None) => "no process is running".to_owned(),
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
        address: address::address(state, access, lights),
        tables,
        columns: rows::columns(state.format()).map(|(name, _)| name).collect(),
        index: (0..state.format().levels.len()).map(|level| rows::label(state, level, 0).len()).max().unwrap_or(1),
        tlb: tlb::tlb(state, lights),
        physical: physical(state, access),
        light: light.min(lights.on(Spot::Tables)).max(Light::Near.min(light)),
    }
}

fn physical(state: &State, access: Option<&Access>) -> Physical {
    let format = state.format();
    let offset_bits = u32::from(format.offset_bits);
    let frames = u64::from(state.config().frames);
    // Where an offset is no whole number of digits, digits could not be joined.
    let (bits, per) = if offset_bits.is_multiple_of(4) { (false, 4) } else { (true, 1) };
    let written = |value: u64, width: usize| match bits {
        true => format!("{value:0width$b}"),
        false => format!("{value:0width$X}"),
    };
    let characters = |bits: u32| bits.div_ceil(per).max(1) as usize;
    let number = access.and_then(|access| {
        let entry = access.decides(state).filter(|entry| access.passes(*entry))?;
        // What is no frame of the memory lies above it: the frame of zeros, then devices.
        Some(entry.pfn().map(|pfn| pfn.get().into()).or(entry.device_frame()).unwrap_or(frames))
    });
    let most = number.unwrap_or(0).max(frames - u64::from(!state.config().zero_page));
    let widths = [characters(most.checked_ilog2().map_or(1, |bit| bit + 1)), characters(offset_bits)];
    let offset = access.map(|access| format.offset(access.va));
    Physical {
        frame: number.map_or_else(String::new, |number| written(number, widths[0])),
        offset: offset.map_or_else(String::new, |offset| written(offset, widths[1])),
        widths,
        text: number.zip(offset).map(|(number, offset)| format!("{:#x}", number << offset_bits | offset)),
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
    happened::shown(look).iter().rev().find_map(|event| match *event {
        vmcore::event::Event::PteWritten { table, index, .. } => {
            let (_, table) = look.now.tables().find(|(id, _)| *id == table)?;
            (table.level() == last).then(|| (table.pid(), table.base().plus(u64::from(index))))
        }
        _ => None,
    })
}
