//! `pagelab bench`: how fast the model is, each figure beside its baseline from the same run.
//!
//! Pairs are measured A B A B …, and the median of the pairs' ratios is given, because absolute figures drift with the
//! neighbours on a shared machine.

use crate::Failure;
use schnellru::{ByLength, LruMap};
use std::io::Write;
use std::rc::Rc;
use std::time::{Duration, Instant};
use vmcore::Machine;
use vmcore::command::{Call, Command, MmapArgs, flags};
use vmcore::config::MachineConfig;
use vmcore::event::{Event, Recorder};
use vmcore::misses::{References, misses};
use vmcore::object::{Fill, ObjectKind};
use vmcore::policy::{Future, PolicyKind};
use vmcore::raw::Raw;
use vmcore::state::{ObjectSpec, Setup, State};
use vmcore::timeline::{Listed, Timeline};
use vmcore::units::{AccessKind, NameId, Pid, VirtAddr};

const PID: Pid = Pid::new(0);
const PAGES: u64 = 100_000;
const FRAMES: u32 = 10_000;
const BASE: u64 = 1 << 32;
const PAIRS: usize = 7;

/// Runs the suite and prints the table. `quick` measures a tenth as much.
pub(crate) fn run(quick: bool, out: &mut impl Write) -> Result<(), Failure> {
    out.write_all(measure(quick).as_bytes())?;
    Ok(())
}

fn measure(quick: bool) -> String {
    let accesses = if quick { 100_000 } else { 1_000_000 };
    let zipf = zipf_pages(accesses);
    let mut table = String::from("what                                          this      baseline     ratio\n");
    let mut row = |what: &str, ours: f64, base: f64, unit: &str| {
        table += &format!("{what:<42} {ours:>8.2} {base:>10.2} {unit:<6} {:>7.3}\n", ours / base);
    };

    let (plain, yardstick) = pairs(|| drive(&zipf, &mut Silent), || lru_map(&zipf));
    row("zipf, nothing recorded : schnellru", rate(accesses, plain), rate(accesses, yardstick), "M/s");
    let (events, plain) = pairs(|| drive(&zipf, &mut Counted(0)), || drive(&zipf, &mut Silent));
    row("zipf, events recorded : not", rate(accesses, events), rate(accesses, plain), "M/s");
    let small = small_world(accesses);
    let (travel, plain) = pairs(|| travelled(&small), || untravelled(&small));
    row("64 frames, time travel on : off", rate(accesses, travel), rate(accesses, plain), "M/s");
    table += &seeks(&small);
    table += &counting(&zipf);
    table
}

/// Counting misses as `pagelab policies` does: the pages are numbered once, then each policy goes through the string.
fn counting(zipf: &[u64]) -> String {
    let timed = |work: &dyn Fn() -> u64| {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed()
    };
    let refs = References::new(zipf.iter().copied());
    let mut text = String::new();
    let mut row = |what: String, work: &dyn Fn() -> u64| {
        let (ours, base) = pairs(|| timed(work), || lru_map(zipf));
        let (ours, base) = (rate(zipf.len(), ours), rate(zipf.len(), base));
        text += &format!("{what:<42} {ours:>8.2} {base:>10.2} {:<6} {:>7.3}\n", "M/s", ours / base);
    };
    row("numbering the pages : schnellru".to_owned(), &|| References::new(zipf.iter().copied()).pages().into());
    for &policy in PolicyKind::ALL {
        row(format!("misses of {} : schnellru", policy.name()), &|| misses(&refs, policy, &[FRAMES], 0, 0)[0]);
    }
    let sizes: Vec<u32> = (1..=100).map(|i| i * 1_000).collect();
    row("misses of lru, 100 sizes at once : schnellru".to_owned(), &|| {
        misses(&refs, PolicyKind::Lru, &sizes, 0, 0).iter().sum()
    });
    text
}

fn rate(accesses: usize, took: Duration) -> f64 {
    accesses as f64 / took.as_secs_f64() / 1e6
}

/// The medians of A and B, measured by turns.
fn pairs(mut a: impl FnMut() -> Duration, mut b: impl FnMut() -> Duration) -> (Duration, Duration) {
    let (mut all_a, mut all_b): (Vec<_>, Vec<_>) = (0..PAIRS).map(|_| (a(), b())).unzip();
    all_a.sort_unstable();
    all_b.sort_unstable();
    (all_a[PAIRS / 2], all_b[PAIRS / 2])
}

struct Silent;

impl Recorder for Silent {
    const ON: bool = false;

    fn record(&mut self, _: &State, _: Event) {}
}

struct Counted(u64);

impl Recorder for Counted {
    const ON: bool = true;

    fn record(&mut self, _: &State, event: Event) {
        // Looked at, so that the event has to be built.
        self.0 += u64::from(matches!(event, Event::EntryRead { .. }));
    }
}

/// Page numbers by Zipf's law with exponent 1, ranks permuted.
fn zipf_pages(count: usize) -> Vec<u64> {
    let mut sum = 0.0;
    let steps = (1..=PAGES).map(|rank| {
        sum += 1.0 / rank as f64;
        sum
    });
    let cumulated: Vec<f64> = steps.collect();
    let mut seed = 1u64;
    let mut draw = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 11) as f64 / (1u64 << 53) as f64
    };
    let page = |at: f64| cumulated.partition_point(|&upto| upto < at * sum) as u64 * 7919 % PAGES;
    (0..count).map(|_| page(draw())).collect()
}

fn setup(config: MachineConfig, pages: u64) -> Setup {
    let page_bytes = config.page.unwrap_or(4096);
    let spec = ObjectSpec {
        name: NameId::new(0),
        kind: ObjectKind::File,
        size: pages * page_bytes,
        fill: Fill::Letters,
        cached: false,
    };
    Setup {
        config: config.checked().expect("the bench's machine is sound"),
        names: vec![Rc::from("pages")],
        processes: vec![Rc::from("A")],
        objects: vec![spec],
        images: Vec::new(),
        raw: Raw::default(),
        future: Rc::new(Future::default()),
    }
}

fn mapping(pages: u64, page_bytes: u64) -> [Command; 2] {
    let args = MmapArgs {
        addr: BASE,
        len: pages * page_bytes,
        prot: 1,
        flags: flags::MAP_SHARED | flags::MAP_FIXED,
        fd: 3,
        offset: 0,
    };
    let open = Call::Open { name: NameId::new(0), flags: flags::O_RDONLY, shm: false };
    [Command::Call { pid: PID, call: open }, Command::Call { pid: PID, call: Call::Mmap(args) }]
}

fn load(page: u64, page_bytes: u64) -> Command {
    Command::Access { pid: PID, va: VirtAddr::new(BASE + page * page_bytes), kind: AccessKind::Load, value: 0 }
}

/// The whole machine: TLB, four levels, LRU.
fn drive(pages: &[u64], recorder: &mut impl Recorder) -> Duration {
    let policy = PolicyKind::Lru;
    let config = MachineConfig { frames: FRAMES, policy, readahead: 1, fault_around: 1, ..MachineConfig::linux() };
    let mut machine = Machine::new(setup(config, PAGES)).expect("nothing is cached");
    mapping(PAGES, 4096).iter().for_each(|command| {
        machine.run(command);
    });
    let start = Instant::now();
    for &page in pages {
        machine.step(&load(page, 4096), recorder);
    }
    start.elapsed()
}

/// The yardstick: an exact LRU map.
fn lru_map(pages: &[u64]) -> Duration {
    let mut map: LruMap<u64, (), ByLength> = LruMap::new(ByLength::new(FRAMES));
    let start = Instant::now();
    let mut misses = 0u64;
    for &page in pages {
        if map.get(&page).is_none() {
            misses += 1;
            map.insert(page, ());
        }
    }
    let took = start.elapsed();
    assert!(misses > 0, "the yardstick did its work");
    took
}

fn small_config() -> MachineConfig {
    MachineConfig { frames: 64, policy: PolicyKind::Lru, readahead: 1, fault_around: 1, ..MachineConfig::linux() }
}

fn small_world(count: usize) -> Listed {
    let mut commands = mapping(128, 4096).to_vec();
    commands.extend(zipf_pages(count).iter().map(|page| load(page % 128, 4096)));
    Listed::new(commands)
}

fn travelled(source: &Listed) -> Duration {
    let mut timeline = Timeline::new(setup(small_config(), 128), source.clone(), u64::MAX).expect("fits");
    let start = Instant::now();
    timeline.run_to_end(u64::MAX);
    start.elapsed()
}

fn untravelled(source: &Listed) -> Duration {
    use vmcore::timeline::{Next, Source};
    let mut machine = Machine::new(setup(small_config(), 128)).expect("fits");
    let mut source = source.clone();
    let start = Instant::now();
    while let Next::Command(command) = source.next(machine.state()) {
        machine.run(&command);
    }
    start.elapsed()
}

/// Seeks to steps all over the run.
fn seeks(source: &Listed) -> String {
    let mut timeline = Timeline::new(setup(small_config(), 128), source.clone(), u64::MAX).expect("fits");
    let start = Instant::now();
    timeline.run_to_end(u64::MAX);
    let whole = start.elapsed();
    let steps = timeline.len();
    let mut took: Vec<Duration> = (0..400u64)
        .map(|i| {
            let start = Instant::now();
            timeline.seek(i.wrapping_mul(0x9e37_79b9_7f4a_7c15) % (steps + 1));
            start.elapsed()
        })
        .collect();
    took.sort_unstable();
    let ms = |d: Duration| d.as_secs_f64() * 1e3;
    let (median, p99, worst) = (ms(took[200]), ms(took[396]), ms(took[399]));
    format!(
        "seek in {steps} steps, ms: median {median:.3}, p99 {p99:.3}, worst {worst:.3}; the whole run {:.0} ({} checkpoints)\n",
        ms(whole),
        timeline.checkpoints(),
    )
}
