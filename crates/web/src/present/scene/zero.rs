//! The frame of zeros, which stands in for every page of no content that has only been read: one frame behind all
//! others, on machines that have it.

use super::access::Access;
use super::lit::{Light, Lights, Spot};
use super::memory::Badge;
use super::processes::{Card, PageState};
use vmcore::state::State;

/// The frame of zeros.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct ZeroFrame {
    pub(crate) mappers: Vec<Badge>,
    /// How many of the pages drawn it stands in for.
    pub(crate) pages: usize,
    /// The access has come to it.
    pub(crate) hot: bool,
    pub(crate) light: Light,
}

/// The frame as the processes drawn have it; `None` on machines without it.
pub(crate) fn zero(state: &State, cards: &[Card], access: Option<&Access>, lights: &Lights) -> Option<ZeroFrame> {
    if !state.config().zero_page {
        return None;
    }
    let stands_in = |card: &Card| super::chain::card_cells(card).filter(|cell| cell.state == PageState::Zero).count();
    let mappers = cards.iter().filter(|card| stands_in(card) > 0);
    Some(ZeroFrame {
        mappers: mappers.map(|card| Badge { pid: card.pid, text: card.badge.clone(), ghost: false }).collect(),
        pages: cards.iter().map(stands_in).sum(),
        hot: access.is_some_and(|access| access.done && access.place(state) == Some(Spot::Zero)),
        light: lights.on(Spot::Zero),
    })
}
