//! Aging: a shift register of eight reference bits a page; the page with the lowest goes, among equals the lowest frame.
//!
//! A use sets the register's top bit; every so many uses as there are frames all registers are shifted right by one, so
//! that bits fade. LRU in whole ticks, in software (Tanenbaum and Bos, "Modern Operating Systems", 4th ed., 3.4.7;
//! Silberschatz, "additional-reference-bits algorithm").

use super::{Policy, PolicyView, ReclaimView, Verdict};
use crate::chunked::ChunkedSet;
use crate::event::Reason;
use crate::units::Pfn;

const NOW: u8 = 0x80;

#[derive(Clone, Debug)]
pub(super) struct Aging {
    /// `None` where no page is.
    registers: Vec<Option<u8>>,
    /// The same, lowest first; the number between is for LFU, whose code is the same.
    ranked: ChunkedSet<(u64, u64, Pfn)>,
    since_tick: u32,
    /// Uses from one tick to the next.
    period: u32,
}

impl Aging {
    pub(super) fn new(frames: u32, period: u32) -> Self {
        Self { registers: vec![None; frames as usize], ranked: ChunkedSet::default(), since_tick: 0, period }
    }

    fn set_top_bit(&mut self, pfn: Pfn) {
        let register = self.registers[pfn.index()].unwrap_or(0);
        if register & NOW == 0 {
            self.ranked.remove(&(register.into(), 0, pfn));
            self.ranked.add(((register | NOW).into(), 0, pfn));
            self.registers[pfn.index()] = Some(register | NOW);
        }
        self.since_tick += 1;
        if self.since_tick == self.period {
            self.tick();
        }
    }

    fn tick(&mut self) {
        self.since_tick = 0;
        self.registers.iter_mut().flatten().for_each(|register| *register >>= 1);
        let numbered = (0..).map(Pfn::new).zip(&self.registers);
        self.ranked = numbered.filter_map(|(pfn, register)| Some((((*register)?.into(), 0, pfn), ()))).collect();
    }
}

impl<N> Policy<N> for Aging {
    fn consider(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let &(register, _, pfn) = self.ranked.keys().find(|&&(.., pfn)| view.may_go(pfn))?;
        Some(Verdict::Evict(pfn, Reason::LowestAge(register as u8)))
    }

    fn filled(&mut self, pfn: Pfn, _: N) {
        self.registers[pfn.index()] = Some(0);
        self.ranked.add((0, 0, pfn));
        self.set_top_bit(pfn);
    }

    fn used(&mut self, pfn: Pfn) {
        if self.registers[pfn.index()].is_some() {
            self.set_top_bit(pfn);
        }
    }

    fn freed(&mut self, pfn: Pfn) {
        if let Some(register) = self.registers[pfn.index()].take() {
            self.ranked.remove(&(register.into(), 0, pfn));
        }
    }

    fn view(&self) -> PolicyView<N> {
        PolicyView::Registers { name: "age", by_frame: self.registers.clone(), since_tick: self.since_tick }
    }

    fn clone_box(&self) -> Box<dyn Policy<N>> {
        Box::new(self.clone())
    }
}
