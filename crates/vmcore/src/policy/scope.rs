//! Whose pages may go: all of them by one policy (`scope = global`), or each process's own by a policy of its own, within
//! a quota of frames (`scope = local`).
//!
//! A frame belongs to the process that was running when it was taken, as memory is charged to the first toucher in
//! Linux's memory control groups. Owns: which policy hears and is asked. Does not own: the policies.

use super::lru::Lru;
use super::{Future, PageKey, Policy, PolicyKind, PolicyView, ReclaimView, Verdict};
use crate::config::{Checked, Scope};
use crate::units::{FilePage, ObjectId, Pfn, Pid};
use std::rc::Rc;

/// The replacement of a machine: one policy, or one for each process.
#[derive(Debug)]
pub(crate) struct Replacement {
    kind: PolicyKind,
    /// The only policy, if it is LRU: known by its type, so that an access that tells it of a use needs no call.
    lru: Option<Lru>,
    /// What there is if it is not. One under `scope = global`; else one for each process, and the last for frames that no process took. Those that
    /// know the future hear everything in any case and are one.
    policies: Box<[Box<dyn Policy>]>,
    /// Under `scope = local`.
    local: Option<Local>,
}

#[derive(Clone, Debug)]
struct Local {
    quota: u32,
    /// Whose each frame is while it is in use.
    owners: Vec<Option<usize>>,
    /// Frames that are each one's.
    owned: Vec<u32>,
}

impl Local {
    fn number(&self, process: Option<Pid>) -> usize {
        process.map_or(self.owned.len() - 1, Pid::index)
    }
}

impl Clone for Replacement {
    fn clone(&self) -> Self {
        let policies = self.policies.iter().map(|policy| policy.clone_box()).collect();
        Self { kind: self.kind, lru: self.lru.clone(), policies, local: self.local.clone() }
    }
}

impl Replacement {
    pub(crate) fn new(config: &Checked, processes: usize, future: &Rc<Future>) -> Self {
        let (kind, frames) = (config.policy, config.frames);
        if config.scope == Scope::Global {
            let lru = (kind == PolicyKind::Lru).then(|| Lru::new(frames));
            let other = lru.is_none().then(|| kind.build(frames, frames, future));
            return Self { kind, lru, policies: other.into_iter().collect(), local: None };
        }
        let quota = config.quota.unwrap_or(frames).min(frames);
        let count = if kind.needs_future() { 1 } else { processes + 1 };
        let policies = (0..count).map(|_| kind.build(frames, quota, future)).collect();
        let (owners, owned) = (vec![None; frames as usize], vec![0; processes + 1]);
        Self { kind, lru: None, policies, local: Some(Local { quota, owners, owned }) }
    }

    /// About how much memory it takes, in bytes for each frame: LRU two numbers, others no more than three times that.
    pub(crate) fn bytes_a_frame(&self) -> usize {
        if self.lru.is_some() { 8 } else { 24 }
    }

    /// The policy of that number; the last for all beyond.
    fn policy(&self, number: usize) -> &dyn Policy {
        match &self.lru {
            Some(lru) => lru,
            None => &*self.policies[number.min(self.policies.len() - 1)],
        }
    }

    fn policy_mut(&mut self, number: usize) -> &mut dyn Policy {
        match &mut self.lru {
            Some(lru) => lru,
            None => &mut *self.policies[number.min(self.policies.len() - 1)],
        }
    }

    /// Whether it wants to hear which page comes in before it is asked for a victim.
    #[inline]
    pub(crate) fn hears_wanted(&self) -> bool {
        self.kind.hears_wanted()
    }

    /// Whether a process has all the frames that it may have.
    pub(crate) fn is_at_quota(&self, process: Option<Pid>) -> bool {
        self.local.as_ref().is_some_and(|local| local.owned[local.number(process)] >= local.quota)
    }

    /// How many more frames a process may have.
    pub(crate) fn room(&self, process: Option<Pid>) -> u32 {
        let room = |local: &Local| local.quota.saturating_sub(local.owned[local.number(process)]);
        self.local.as_ref().map_or(u32::MAX, room)
    }

    /// Which page shall go so that `asker` gets a frame. Under `scope = local` it is one of its own, or of a process that
    /// has ended.
    pub(crate) fn consider(
        &self,
        view: &ReclaimView<'_>,
        asker: Option<Pid>,
        has_ended: &dyn Fn(Pid) -> bool,
    ) -> Option<Verdict> {
        let Some(local) = &self.local else { return self.policy(0).consider(view) };
        let mine = local.number(asker);
        let is_orphan = |owner: &usize| u16::try_from(*owner).is_ok_and(|pid| has_ended(Pid::new(pid)));
        let orphans = (0..local.owned.len() - 1).filter(is_orphan);
        std::iter::once(mine).chain(orphans).find_map(|owner| self.consider_of(local, view, owner))
    }

    fn consider_of(&self, local: &Local, view: &ReclaimView<'_>, owner: usize) -> Option<Verdict> {
        let evictable = |pfn: Pfn| local.owners[pfn.index()] == Some(owner) && view.may_go(pfn);
        self.policy(owner).consider(&ReclaimView { evictable: Some(&evictable), ..*view })
    }

    /// Any page, for the kernel itself.
    pub(crate) fn consider_any(&self, view: &ReclaimView<'_>) -> Option<Verdict> {
        let Some(local) = &self.local else { return self.policy(0).consider(view) };
        (0..local.owned.len()).find_map(|owner| self.consider_of(local, view, owner))
    }

    /// A process took a free frame.
    #[inline]
    pub(crate) fn taken(&mut self, pfn: Pfn, process: Option<Pid>) {
        if let Some(local) = &mut self.local {
            let owner = local.number(process);
            local.owners[pfn.index()] = Some(owner);
            local.owned[owner] += 1;
        }
    }

    fn of(&mut self, pfn: Pfn) -> &mut dyn Policy {
        let owner = self.local.as_ref().map(|local| local.owners[pfn.index()].unwrap_or(local.owned.len() - 1));
        self.policy_mut(owner.unwrap_or(0))
    }

    pub(crate) fn wanted(&mut self, key: PageKey, process: Option<Pid>) {
        let asker = self.local.as_ref().map_or(0, |local| local.number(process));
        self.policy_mut(asker).wanted(key);
    }

    #[inline]
    pub(crate) fn filled(&mut self, pfn: Pfn, key: PageKey) {
        self.of(pfn).filled(pfn, key);
    }

    pub(crate) fn used(&mut self, pfn: Pfn) {
        self.of(pfn).used(pfn);
    }

    /// The same for the express way.
    #[inline(always)]
    pub(crate) fn used_at_once(&mut self, pfn: Pfn) {
        match &mut self.lru {
            Some(lru) => lru.used_at_once(pfn),
            None => self.used(pfn),
        }
    }

    pub(crate) fn spared(&mut self, pfn: Pfn) {
        self.of(pfn).spared(pfn);
    }

    #[inline]
    pub(crate) fn evicted(&mut self, pfn: Pfn) {
        self.of(pfn).evicted(pfn);
    }

    #[inline]
    pub(crate) fn freed(&mut self, pfn: Pfn) {
        self.of(pfn).freed(pfn);
        if let Some(local) = &mut self.local
            && let Some(owner) = local.owners[pfn.index()].take()
        {
            local.owned[owner] -= 1;
        }
    }

    /// The only policy's foremost page.
    #[inline(always)]
    pub(crate) fn foremost(&self) -> Option<Pfn> {
        match &self.lru {
            Some(lru) => Policy::<PageKey>::foremost(lru),
            None => self.policies[0].foremost(),
        }
    }

    /// The only policy's foremost page gives its frame to another, which is used.
    #[inline(always)]
    pub(crate) fn replaced(&mut self, pfn: Pfn, object: ObjectId, page: FilePage) {
        match &mut self.lru {
            Some(lru) => lru.replace_foremost(),
            None => self.tell_of_replacement(pfn, PageKey::Object(object, page)),
        }
    }

    #[inline(never)]
    fn tell_of_replacement(&mut self, pfn: Pfn, key: PageKey) {
        self.policies[0].replaced(pfn, key);
    }

    /// For drawing and comparing.
    pub(crate) fn view(&self) -> PolicyView {
        let Some(local) = &self.local else { return self.policy(0).view() };
        let each = self.policies.iter().zip(0..).map(|(policy, number)| (Pid::new(number), policy.view()));
        let owners = local.owners.iter().map(|owner| owner.map(|owner| Pid::new(owner as u16))).collect();
        PolicyView::Local { each: each.collect(), owners }
    }
}
