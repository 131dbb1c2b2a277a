//! Looking into page tables at any moment: between two events of a step a living process may have no root table, just
//! before it is made or after it was given back.

use vmcore::mmu::WalkStep;
use vmcore::pte::Pte;
use vmcore::state::State;
use vmcore::units::{Pid, TableId, Vpn};

/// The root table of a living process, if there is one at this moment.
pub(crate) fn root(state: &State, pid: Pid) -> Option<TableId> {
    let root = state.living(pid)?.root();
    state.tables().any(|(id, table)| id == root && table.pid() == pid).then_some(root)
}

/// The entries on the way to a page, root first.
pub(crate) fn walk(state: &State, pid: Pid, vpn: Vpn) -> Vec<WalkStep> {
    root(state, pid).map_or_else(Vec::new, |_| state.walk(pid, vpn))
}

/// Where the last-level entry of a page stands.
pub(crate) fn leaf(state: &State, pid: Pid, vpn: Vpn) -> Option<WalkStep> {
    root(state, pid).and_then(|_| state.leaf(pid, vpn))
}

/// The last-level entry of a page; empty where there is none.
pub(crate) fn entry(state: &State, pid: Pid, vpn: Vpn) -> Pte {
    root(state, pid).map_or(Pte::EMPTY, |_| state.pte(pid, vpn))
}
