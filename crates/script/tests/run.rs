//! Scripts that run: what steps come to, what expectations say, what is refused, and that the runner goes through
//! time.

#![allow(missing_docs)]

use script::run::{Prompt, Runner, load_program};
use script::{LineIndex, check};
use vmcore::timeline::{Progress, Timeline};

/// A script on the default machine with a file `f` of four pages, opened and mapped shared and writable by A.
const START: &str = "file \"f\" size 64\nA: fd = open(\"f\", O_RDWR)\n\
                     A: p = mmap(0x40, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)\n";

/// Every expectation that failed, in every run, as `variant: line: expected X, got Y`; or what is wrong.
fn failures(source: &str) -> Vec<String> {
    let report = check(source);
    let index = LineIndex::new(source);
    let place = |d: &script::Diagnostic| {
        let at = index.position(d.span.start as usize);
        format!("{}:{} {}", at.line, at.column, d.message)
    };
    let mut out: Vec<String> = report.diagnostics.iter().map(place).collect();
    for run in &report.runs {
        let variant = run.variant.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
        out.extend(run.failed.iter().map(|f| format!("{variant}{}: expected {}, got {}", f.line, f.expected, f.got)));
        out.extend(run.error.iter().map(|error| format!("{variant}{}", place(error))));
    }
    out
}

#[track_caller]
fn holds(source: &str) {
    assert_eq!(failures(source), [""; 0], "in:\n{source}");
    assert!(check(source).holds());
}

#[track_caller]
fn fails(source: &str, expected: &[&str]) {
    assert_eq!(failures(source), expected, "in:\n{source}");
}

#[track_caller]
fn started(rest: &str) {
    holds(&format!("{START}{rest}"));
}

#[test]
fn the_example_of_the_language() {
    holds(
        r#"
machine textbook { frames = 8 }
file "poem.txt" size 64 fill text "Twas brillig, and the slithy toves did gyre and gimble"

A: fd = open("poem.txt", O_RDWR)
A: p = mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
note "The call returns, and not one frame has changed hands."
A: p[0]
expect major, value 'T'

B: fd = open("poem.txt", O_RDONLY)
B: q = mmap(NULL, 64, PROT_READ, MAP_SHARED, fd, 0)
B: q[0]
expect minor
A: p[0] = 'X'
B: x = q[0]
expect value 'X'
"#,
    );
}

#[test]
fn expectations_of_every_form_hold() {
    started(
        "expect ok, value 0x40, hit, frames 0, virtual A 4, tables 1, syscalls 1, cost 200\n\
         A: p[0..20]\nexpect value \"AAAAAAAAAAAAAAAABBBB\", faults 2, major, disk_requests 1, disk_reads 2, walk_reads 20\n\
         A: p[1] = \"xyz\"\nexpect ok, minor, faults 1, dirty \"f\" 1, cached \"f\" 2, rss A 2, pss A 2\n\
         A: pread(fd, 4, 0)\nexpect value \"Axyz\", value [65, 'x', 121, 122], copied 4, disk_reads 0\n\
         A: [p + 64]\nexpect SIGSEGV, SIGSEGV SEGV_MAPERR\n\
         A: p[0]\nexpect ESRCH\n\
         expect total accesses 23, total faults 3, total syscalls 3, total minor 1, total major 2\n",
    );
}

#[test]
fn expectations_that_do_not_hold_say_what_was_found() {
    let source = format!(
        "{START}expect EINVAL, faults 1, virtual A 5\nA: p[0]\n\
         expect hit, minor, cow, value 'B', value \"x\", frames 2, SIGBUS, evicts \"f\":0, disk_reads 3, pss A 0.5\n\
         A: p[99]\nexpect ok, hit, SIGSEGV SEGV_ACCERR\n"
    );
    fails(
        &source,
        &[
            "4: expected EINVAL, got value 0x40",
            "4: expected faults 1, got 0",
            "4: expected virtual A 5, got 4",
            "6: expected hit, got major",
            "6: expected minor, got major",
            "6: expected cow, got no copy: major",
            "6: expected value 'B', got value 65 ('A')",
            "6: expected value \"x\", got value 65 ('A')",
            "6: expected frames 2, got 1",
            "6: expected SIGBUS, got value 65 ('A')",
            "6: expected evicts \"f\":0, got no eviction",
            "6: expected disk_reads 3, got 1",
            "6: expected pss A 0.5, got 1.00",
            "8: expected ok, got SIGSEGV SEGV_MAPERR at 0xa3",
            "8: expected hit, got SIGSEGV SEGV_MAPERR at 0xa3",
            "8: expected SIGSEGV SEGV_ACCERR, got SIGSEGV SEGV_MAPERR at 0xa3",
        ],
    );
}

#[test]
fn variants_are_run_each_and_expectations_choose() {
    let source = "machine textbook { frames = 2 }\nvariant \"one\" { frames = 1 }\nvariant \"many\" { frames = 9 }\n"
        .to_owned()
        + START
        + "for i in 0..3 { A: p[i * PAGE] }\nexpect frames 2\nexpect in base frames 2\n\
           expect in \"one\" frames 1, evicts \"f\":1 dropped\nexpect in \"many\" frames 3, frames 4\n";
    fails(
        &source,
        &[
            "one: 8: expected frames 2, got 1",
            "many: 8: expected frames 2, got 3",
            "many: 11: expected frames 4, got 3",
        ],
    );
}

#[test]
fn where_evicted_pages_go() {
    // Lesson L17: five pages leave memory in five ways.
    holds(
        "machine textbook { frames = 5 }\nfile \"A\" size 64\nP: fd = open(\"A\", O_RDWR)\n\
         P: s = mmap(0x40, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)\n\
         P: c = mmap(0x10, 16, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 48)\n\
         P: h = mmap(0xa0, 96, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\n\
         P: s[0]\nP: s[16] = 'x'\nP: h[0] = 'h'\nP: c[0] = 'c'\nexpect frames 5, cow\nmark\n\
         P: h[16] = 1\nexpect evicts \"A\":0 dropped\n\
         P: h[32] = 1\nexpect evicts \"A\":1 written\n\
         P: h[48] = 1\nexpect evicts P[h] swapped\n\
         P: h[64] = 1\nexpect evicts \"A\":3 dropped\n\
         P: h[80] = 1\nexpect evicts P[c] swapped, swap 2\n\
         expect total disk_writes 1, total swap_writes 2\n",
    );
}

#[test]
fn marks_start_totals_anew_and_loops_repeat() {
    started(
        "repeat 2 { for i in [0, 17, 33] { A: p[i] } }\nexpect total accesses 6, total major 3\nmark\n\
         for i in 3..0 step -1 { A: p[i] = i }\nfor i in 1..4 { A: p[i]\n expect value i, hit }\n\
         for i in 5..5 { A: p[99] }\nrepeat 0 { A: p[99] }\n\
         expect total accesses 6, total faults 1\n\
         for i in 0..2 { for j in 0..2 { A: x = p[i * 16 + j] } }\nA: p[x % 4]\nexpect hit\n",
    );
}

#[test]
fn random_loops_draw_as_documented() {
    // The numbers are from CPython; see `run/draws.rs`.
    let steps = |source: &str| -> Vec<u64> {
        let (program, diagnostics) = load_program(&format!("{START}{source}"));
        let program = program.unwrap_or_else(|| panic!("{}", diagnostics.render(source, "x")));
        let setup = program.setup(None, &[]).expect("a machine");
        let mut timeline = Timeline::new(setup, Runner::new(program), 100).expect("a world");
        timeline.run_to_end(100);
        (3..=timeline.len())
            .map(|step| match timeline.observe(step).expect("it was run").command {
                vmcore::command::Command::Access { va, .. } => va.get() - 0x40,
                other => panic!("{other:?}"),
            })
            .collect()
    };
    assert_eq!(steps("for i in uniform(10, 8, 3) { A: p[i] }"), [2, 5, 3, 6, 6, 0, 0, 8]);
    assert_eq!(steps("for i in shuffle(8, 5) { A: p[i] }"), [1, 0, 3, 2, 6, 7, 5, 4]);
    assert_eq!(steps("for i in zipf(10, 1.2, 12, 4) { A: p[i] }"), [0, 0, 0, 0, 0, 0, 7, 4, 3, 0, 1, 0]);
}

#[test]
fn variables_belong_to_processes_and_are_forked() {
    started(
        "A: B = fork()\nexpect ok\nB: p[0]\nexpect major\nB: x = p[1]\nA: x = p[17]\nB: p[0] = x\nexpect value 0\n\
         B: p[0]\nexpect value 'A'\nA: y = read(fd, 3)\nB: z = read(99, 3)\nexpect EBADF\nA: p[y]\nexpect minor\n\
         B: pread(fd, 1, z + 1)\nexpect value 'A'\n",
    );
    // The child's names are its own from then on; the parent has none of them.
    fails(&format!("{START}A: B = fork()\nB: k = sbrk_(1)\n"), &["5:8 unknown call `sbrk_`"]);
    fails(&format!("{START}A: B = fork()\nB: k = p[1]\nA: p[k]\n"), &["6:6 unknown name `k`"]);
}

#[test]
fn calls_convert_their_numbers_as_c_does() {
    started(
        "A: close(-1)\nexpect EBADF\nA: munmap(p, -1)\nexpect EINVAL\nA: munmap(p + 1, 16)\nexpect EINVAL\n\
         A: pread(fd, 1, -1)\nexpect EINVAL\nA: ftruncate(fd, -1)\nexpect EINVAL\nA: open(\"g\", O_RDONLY)\nexpect ENOENT\n\
         A: mmap(0, 16, PROT_READ, MAP_SHARED, fd, 8)\nexpect EINVAL\nA: close(1 * 1T * 1T * 1T)\nexpect EBADF\n\
         A: write(fd, [1, 2, 1 + 2])\nexpect value 3\nA: pwrite(fd, fill('z', 3), 0)\nA: pwrite(fd, p[0..2], 16)\n\
         A: p[16..18]\nexpect value \"zz\"\nA: lseek(fd, 0, SEEK_END)\nexpect value 64\nA: msync(p, 64, MS_SYNC)\nexpect ok\n\
         A: mprotect(p, 16, PROT_NONE)\nA: fsync(fd)\nA: unlink(\"f\")\nA: p[0]\nexpect SIGSEGV SEGV_ACCERR\n",
    );
}

#[test]
fn mistakes_of_the_run_have_a_place() {
    let after = |line: &str| failures(&format!("{START}{line}\n"));
    assert_eq!(after("A: p[q]\nA: q = p[0]"), ["4:6 `q` has no value yet when this step runs"]);
    assert_eq!(after("A: x = p[0]\nA: p[1 / (x - 65)]"), ["5:6 division by zero"]);
    assert_eq!(after("A: p[0 - 65]"), ["4:4 -1 is no address"]);
    assert_eq!(after("A: x = p[0]\nA: p[1] = x * 4"), ["5:11 260 is no byte"]);
    assert_eq!(after("A: x = p[0]\nA: p[0..x * 1T]"), ["5:4 this range has 71468255805440 bytes"]);
    assert_eq!(after("A: x = p[0]\nA: read(fd, -x)"), ["5:13 -65 is no number of bytes"]);
    assert_eq!(after("for i in uniform(0, 3, 1) { A: p[i] }"), ["4:10 the n of `uniform` cannot be 0"]);
    assert_eq!(after("for i in 0..3 { for j in 0..3 step i { A: p[i] } }"), ["4:26 a step of 0 leads nowhere"]);
    assert_eq!(after("repeat -1 { A: p[0] }"), ["4:8 a count cannot be -1"]);
    assert_eq!(
        failures("repeat 0 { A: exit() }\nexpect ok\n"),
        ["2:8 an expectation speaks of the step before it, and none has run"]
    );
}

#[test]
fn endless_work_ends_at_once() {
    // The inner bound is not constant, so that only the run can tell. Empty rounds count too.
    for body in
        ["for j in 0..(i + 1) * 1T { }", "for j in shuffle(i * 1M, 1) { }", "for j in zipf(1M - i, 1, 1, 1) { }"]
    {
        let said = failures(&format!("{START}for i in 1..3_000_000 {{ {body} }}\n"));
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("runs more than 100000000 steps") || said[0].contains("cannot be"), "{said:?}");
    }
}

/// Programs and libraries: parts, needs, and the names that exec binds.
#[test]
fn programs_are_sound_before_they_run() {
    fails(
        "program \"a\" { text 16, text 8, needs \"c\" }\nlibrary \"lib\" { stack 16 }\nA: exec(\"a\")\n",
        &[
            "1:24 a second `text`",
            "1:38 there is no library \"c\"",
            "2:17 a library has no stack: it runs on the program's",
        ],
    );
    fails(
        "library \"x\" { needs \"y\" }\nlibrary \"y\" { needs \"z\" }\nlibrary \"z\" { needs \"y\" }\n\
         library \"me\" { needs \"me\" }\nprogram \"p\" { needs \"x\" }\nA: exec(\"p\")\n",
        &[
            "2:21 \"y\" needs itself, by way of \"z\"",
            "3:21 \"z\" needs itself, by way of \"y\"",
            "4:22 \"me\" needs itself",
        ],
    );
    fails("program \"p\" { text 1T * 1K + 1 }\nA: exec(\"p\")\n", &["1:20 1125899906842625 is no size in bytes"]);
    fails("program \"p\" { text PAGE - 17 }\nA: exec(\"p\")\n", &["1:20 -1 is no size in bytes"]);
    // A segment of no bytes is none, and a name that no library of the program's gives is unknown.
    fails(
        "program \"p\" { text 0, data 8, needs \"l\" }\nlibrary \"l\" { text 8, needs \"m.so.6\" }\n\
         library \"m.so.6\" { data 8 }\nA: exec(\"p\")\nA: data[0]\nA: l_text[0]\nA: m_data[0]\nA: text[0]\n",
        &["8:4 `text` has no value yet when this step runs"],
    );
    fails(
        "program \"p\" { text 8 }\nlibrary \"l\" { text 8 }\nA: exec(\"p\")\nA: l_text[0]\n",
        &["4:4 unknown name `l_text`"],
    );
    let many: String = (0..65).map(|n| format!("library \"l{n}\" {{ text 8 }}\n")).collect();
    fails(&format!("{many}A: exit()\n"), &["65:9 there are too many programs and libraries"]);
}

#[test]
fn exec_binds_where_everything_is() {
    // The parts have the order of a file, however they are written.
    holds(
        "program \"p\" { data 20, text 16, stack 40, bss 1, needs \"c.so\" }\nlibrary \"c.so\" { text 16, data 16 }\n\
         A: exec(\"p\")\nA: fetch text[0]\nexpect major\nA: y = sbrk(0)\nexpect value 0x50, value text + 4 * PAGE, value data + 3 * PAGE\n\
         A: z = sbrk(0)\nexpect value stack - 0x80, value c_text, value c_data - PAGE\n\
         B: exec(\"p\")\nB: fetch text[0]\nexpect minor\nB: exec(\"c.so\")\nexpect ENOEXEC\n",
    );
    // Linux's machine has programs where Linux has them.
    holds(
        "machine linux\nprogram \"p\" { text 1, stack 4K }\nA: exec(\"p\")\nA: fetch text[0]\nA: x = sbrk(0)\nexpect value 0x401000, value text + PAGE\n",
    );
}

#[test]
fn devices_are_declared_and_have_a_size() {
    fails("device \"d\" size 0\nA: exit()\n", &["1:17 0 is no size in bytes"]);
    // Only the machine knows how long a page is.
    fails("device \"d\" size PAGE - 16\nA: exit()\n", &["1:17 0 is no size in bytes"]);
    fails(
        "device \"d\" size 1T * 512\ndevice \"e\" size 1T * 512\nA: exit()\n",
        &["1:1 the memory of `d` does not fit into the physical address space"],
    );
    fails(
        "device \"nic\" size 16\nfile \"f\" size 16\nA: exit()\nkernel: dma_read(\"nik\", 0, 1)\n\
         kernel: dma_write(\"f\", 0, \"x\")\nkernel: iommu_unmap(7, 0, 1)\nkernel: iommu_map(\"nic\", 0, B, 0, 16)\n\
         kernel: dma_write(\"nic\", 0, p[0..2])\n",
        &[
            "4:18 there is no device \"nik\"",
            "5:19 \"f\" is no device",
            "6:21 this is not what `iommu_unmap` takes as DEVICE",
            "7:29 there is no process `B`",
            "8:29 unknown name `p`",
            "8:29 the kernel's data cannot come from a process's memory",
        ],
    );
    // The address is one of the process's, and has to have a value.
    fails(
        "device \"nic\" size 16\nA: exit()\nkernel: iommu_map(\"nic\", 0, A, p, 16)\nA: p = sbrk(0)\n",
        &["3:32 `p` has no value yet when this step runs"],
    );
}

/// The machine of lesson W0: three raw entries, one of them with bytes of the script's behind it.
#[test]
fn raw_tables_translate() {
    let head =
        "machine textbook\nmemory 3 \"303132333435363738396162\"\ntable A { 1 -> 5 r-x, 2 -> 3 rw-, 7 -> 0 r-- }\n";
    let steps = "A: translate(0x2A)\nexpect value 0x3A\nA: translate(0x14, fetch)\nexpect value 0x54\nA: [0x2A]\n\
                 expect value 'a', hit\nA: [0x2A] = 'X'\nexpect ok\nA: translate(0x7C)\nexpect value 0x0C\n\
                 A: [0x7C] = 1\nexpect SIGSEGV SEGV_ACCERR\n";
    assert_eq!(failures(&format!("{head}{steps}")), Vec::<String>::new());
    fails("memory 8 \"00\"\nA: exit()\n", &["1:1 there is no frame 8: the last is 7"]);
    fails("table A { 16 -> 1 r-- }\nA: exit()\n", &["1:1 there is no page 0x10: addresses have 8 bits"]);
}

#[test]
fn machines_that_cannot_be_have_a_place() {
    fails(
        "machine textbook { va_bits = 6, frames = 2 }\nvariant \"a\" { va_bits = 30, table = ia32 }\n\
         variant \"b\" { entry_bytes = 3 }\nfile \"g\" size PAGE * 1T * 1K\n",
        &[
            "2:25 `va_bits`: table ia32 with pages of 4096 bytes has 32 bits",
            "3:29 `entry_bytes`: 1, 2, 4 or 8, not 3",
            "4:15 18014398509481984 is no size in bytes",
        ],
    );
    fails(
        "machine textbook { frames = 2 }\nfile \"f\" size 2 * PAGE + 1 cached\n",
        &["2:1 `f` has 3 pages to be cached, and 2 frames are free"],
    );
}

#[test]
fn linux_stands_on_what_there_is() {
    holds(
        "machine linux\nfile \"f\" size 1M\nA: fd = open(\"f\", O_RDONLY)\n\
         A: p = mmap(NULL, 1M, PROT_READ, MAP_SHARED, fd, 0)\nexpect virtual A 256\nA: p[0]\n\
         expect major, disk_requests 1, disk_reads 32, walk_reads 4, cached \"f\" 32\nA: p[PAGE]\nexpect hit\n",
    );
}

#[test]
fn a_power_cut_ends_every_process_and_their_variables() {
    fails(
        &format!("{START}A: p[0] = 'x'\nkernel: power_cut()\nexpect frames 0\nA: p[0]\n"),
        &["7:4 `p` has no value yet when this step runs"],
    );
}

#[test]
fn the_runner_tells_what_comes_and_what_was() {
    let source = format!(
        "{START}note \"a\"\nask \"b\"\n  answer \"c\"\nspeaker \"s\"\nfor i in 2..4 {{\n  A: p[i]\n  note \"d\"\n}}\nA: p[0]\n"
    );
    let (program, _) = load_program(&source);
    let program = program.expect("sound");
    assert_eq!(program.questions().map(|q| q.number).collect::<Vec<_>>(), [1]);
    let setup = program.setup(None, &[]).expect("a machine");
    let mut timeline = Timeline::new(setup, Runner::new(program), 100).expect("a world");
    timeline.run_to_end(100);
    assert_eq!(timeline.progress(), &Progress::Ended);
    let told: Vec<_> = (0..=timeline.len())
        .map(|step| {
            let moment = timeline.seek(step);
            let prompt = |prompt: &Prompt| match prompt {
                Prompt::Note(text) | Prompt::Speaker(text) => text.to_string(),
                Prompt::Ask(question) => format!("{}?", question.text),
            };
            let runner = &moment.source;
            let ahead = runner.peek(moment.machine.state());
            let line = |runner: &Runner| runner.step().map_or(0, |step| step.line);
            (
                line(runner),
                runner.prompts().map(prompt).collect::<Vec<_>>().join(" "),
                runner.loop_variables().map(|(name, value)| format!("{name}={value}")).collect::<String>(),
                ahead.as_ref().map(line),
            )
        })
        .collect();
    let expected = [
        (0, "", "", Some(2)),
        (2, "", "", Some(3)),
        (3, "", "", Some(9)),
        (9, "a b? s", "i=2", Some(9)),
        (9, "d", "i=3", Some(12)),
        (12, "d", "", None),
    ];
    let expected = expected.map(|(line, prompts, loops, next)| (line, prompts.to_owned(), loops.to_owned(), next));
    assert_eq!(told, expected);
    let variables = timeline.seek(3).source.variables(0);
    assert_eq!(variables.iter().map(|(name, value)| (&**name, *value)).collect::<Vec<_>>(), [("fd", 3), ("p", 64)]);
}

#[test]
fn seeking_through_loops_and_draws_equals_running() {
    let source = format!(
        "{START}for i in zipf(64, 1.1, 300, 7) {{\n  A: x = p[i]\n  A: p[63 - i] = x % 7\n}}\nfor i in shuffle(64, 2) {{ A: p[i] }}\n"
    );
    let (program, _) = load_program(&source);
    let program = program.expect("sound");
    let setup = program.setup(None, &[]).expect("a machine");
    let mut timeline = Timeline::new(setup.clone(), Runner::new(program.clone()), 10_000).expect("a world");
    timeline.run_to_end(10_000);
    assert_eq!(timeline.len(), 2 + 600 + 64);
    let straight: Vec<u64> = {
        let mut once = Timeline::new(setup, Runner::new(program), 10_000).expect("a world");
        (0..timeline.len())
            .map(|_| {
                once.run(1);
                once.front().machine.state().fingerprint()
            })
            .collect()
    };
    for step in [600, 1, 333, 332, 334, 666, 17, 16, 15, 500] {
        let here = timeline.seek(step).machine.state().fingerprint();
        assert_eq!(here, straight[step as usize - 1], "step {step}");
    }
}

#[test]
fn the_future_is_known_to_opt() {
    let source = "machine textbook { policy = opt, frames = 3 }\nvariant \"fifo\" { policy = fifo }\n\
                  variant \"lru\" { policy = lru }\nvariant \"clock\" { policy = clock }\nfile \"f\" size 128\n\
                  A: fd = open(\"f\", O_RDONLY)\nA: p = mmap(0x40, 128, PROT_READ, MAP_SHARED, fd, 0)\n\
                  for i in [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5] { A: p[i * 16] }\n\
                  expect in base total major 7\nexpect in \"fifo\" total major 9\nexpect in \"lru\" total major 10\n\
                  expect in \"clock\" total major 9\n";
    holds(source);
}
