//! Mistakes and what is said about them. The tests speak of the position, the message and the
//! suggestion; how it looks is tested once, whole.

#![allow(missing_docs)]

use script::{Severity, load};

/// What is said about `source`: `line:column message [help]`, errors and warnings.
fn said(source: &str) -> Vec<String> {
    let index = script::LineIndex::new(source);
    let (_, diagnostics) = load(source);
    diagnostics
        .iter()
        .map(|d| {
            let at = index.position(d.span.start as usize);
            let help = d.help.as_ref().map(|help| format!(" [{help}]")).unwrap_or_default();
            format!("{}:{} {}{help}", at.line, at.column, d.message)
        })
        .collect()
}

#[track_caller]
fn check(source: &str, expected: &[&str]) {
    assert_eq!(said(source), expected, "in:\n{source}");
}

#[test]
fn a_sound_script_is_let_pass() {
    let source = r#"
title "One frame, two page tables"
about "A shared file mapping is one frame of the page cache that two page tables point at."

machine textbook { frames = 8 }
file "poem.txt" size 64 fill text "Twas brillig, and the slithy toves did gyre and gimble"

A: fd = open("poem.txt", O_RDWR)
A: p = mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
note "The call returns, and not one frame has changed hands."
A: p[0]
expect major, value 'T'

B: fd = open("poem.txt", O_RDONLY)
B: q = mmap(NULL, 64, PROT_READ, MAP_SHARED, fd, 0)
ask "B touches the page that A has already loaded. What happens?"
  choice "a major fault" because "The disk stays idle: the page is in the page cache."
  answer "a minor fault" because "Only B's page-table entry is missing; the frame is there."
  choice "no fault" because "Page tables are per process; B's entry is still empty."
B: q[0]
expect minor
A: p[0] = 'X'
B: x = q[0]
expect value 'X'
"#;
    check(source, &[]);
}

#[test]
fn every_construct_of_the_language_is_read() {
    let source = r#"
machine linux {
  page = 16, table = 4+4   # a comment inside
  tlb = 64x4, tlb_policy = fifo
  policy = s3-fifo, scope = local, quota = 4
  write_back = off, granularity = page
  cost.disk_request = 45_000, cost.tlb_hit = 2,
}
variant "a" { table = x86-64, page = 4K }
variant "b" { os = windows, signals = continue; }
"#;
    check(source, &["10:47 expected `,` or `}`, found `;`"]);
    let source = r##"
machine textbook
file "f" size 4 * PAGE fill ramp 50 cached
file "g" size 0x10 fill words
shm "/q" size 32 fill zeros
device "/dev/fb0" size 32
library "libc.so" { text 48, data 16 }
program "app" { text 32
  rodata 1, data 16, bss 16, stack 32, needs "libc.so", }
memory 3 "0a 0B ff"
table T { 2 -> 3 rw-, 7 -> 0 r--
  1 -> 5 r-x, 0b11 -> (1 + 1) -wx }
table U at 5
speaker "Ask them first."
A: fd = open("f", O_RDWR | O_CREAT); A: write(fd, "abc\x00")
A: write(fd, [1, 2, 3,]); A: pwrite(fd, fill('x', 16), 0)
A: p = mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
   0)
A: pwrite(fd, p[0..4], 8)
A: p[1] = "text"; A: p[0..PAGE]; A: x = p[1]; A: [p + 1]; A: [0x40] = 3
A: fetch p[0]
A: translate(p + 4, write); A: translate([1][0])
"##;
    check(source, &["22:45 expected `,` or `)`, found `[`"]);
    let source = r##"
library "libc.so" { text 48, data 16 }
program "app" { text 32, data 1, needs "libc.so" }
device "net" size 16
A: exec("app"); A: text[0]; A: libc_text[1]; A: data[0] = 1
A: B = fork()
B: text[0]
kernel: iommu_map("net", 0x20, A, text, 16)
kernel: dma_write("net", 0x20, "hello"); kernel: dma_read("net", 0x20, 4)
kernel: run(B); kernel: reclaim(2); kernel: write_back(); kernel: drop_caches("app")
for i in 0..16 step 4 { A: text[i]; expect faults 1, total major 3 }
for i in [7, 0, 1] { repeat 2 { A: text[i] } }
for i in uniform(4, 100, 1) { A: text[i] }
for i in zipf(4, 1.2, 100, 1) { A: text[i] }
for i in shuffle(4, 1) {
  A: text[i] }
mark
kernel: power_cut()
expect hit, ok, EINVAL, SIGSEGV, SIGSEGV SEGV_ACCERR, value 3, value "abc", value [1, 2]
expect disk_requests 0, cost 3, total accesses 4, frames 0, cached "app" 1, dirty "app" 0
expect swap 0, tables 3, rss A 1, pss A 2.33, virtual B 4
expect evicts "app":3, evicts A[text + 1] swapped, evicts "app":0 written
"##;
    check(source, &[]);
}

#[test]
fn names_that_are_nearly_right_are_suggested() {
    check(
        "machine textbok { frame = 8, polcy = lru, policy = lur, cost.wlk = 1 }\n\
         fil \"a\" size 64\n\
         A: fd = opn(\"a\", O_RDONLY)\n\
         A: p = mmap(NULL, 64, PROT_REED, MAP_SHARD, df, 0)\n\
         A: p[0]\nexpect majr\nexpect total disk_read 3\n",
        &[
            "1:9 unknown preset `textbok` [did you mean `textbook`?]",
            "1:19 unknown machine key `frame` [did you mean `frames`?]",
            "1:30 unknown machine key `polcy` [did you mean `policy`?]",
            "1:52 `policy` cannot be `lur` [did you mean `lru`?]",
            "1:57 unknown machine key `cost.wlk` [did you mean `cost.walk`?]",
            "2:1 unknown directive `fil` [did you mean `file`?]",
            "3:9 unknown call `opn` [did you mean `open`?]",
            "4:23 unknown constant `PROT_REED` [did you mean `PROT_READ`?]",
            "4:34 unknown constant `MAP_SHARD` [did you mean `MAP_SHARED`?]",
            "6:8 unknown expectation `majr` [did you mean `major`?]",
            "7:14 expected a counter, found `disk_read` [did you mean `disk_reads`?]",
        ],
    );
}

#[test]
fn unknown_names_are_found_where_the_rest_is_sound() {
    check(
        "file \"poem\" size 64\nA: fd = open(\"peom\", O_RDONLY)\n\
         A: p = mmap(NULL, 64, PROT_READ, MAP_SHARED, df, 0)\nB: p[0]\nA: p[i]\n\
         kernel: run(C)\nexpect rss C 1, cached \"pome\" 2\nexpect in \"x\" ok\n",
        &[
            "2:14 there is no \"peom\" in this script [did you mean `poem`?]",
            "3:46 unknown name `df`",
            "4:4 unknown name `p` [`p` is a variable of A; B has variables of its own]",
            "5:6 unknown name `i`",
            "6:13 there is no process `C`",
            "7:12 there is no process `C`",
            "7:24 there is no \"pome\" in this script [did you mean `poem`?]",
            "8:11 there is no variant \"x\"",
        ],
    );
}

#[test]
fn the_parser_goes_on_after_a_mistake() {
    check(
        "A: p = mmap(NULL, 64\nA: p[0\nA: p[1]]\nA: 'ab\nfor i in 0.4 {\n  A: p[i]\n}\n}\n\
         for i in 0..3 {\n  A: p[i)\n  expect what\n",
        &[
            "1:21 expected `,` or `)`, found the end of the line",
            "2:7 expected `]`, found the end of the line",
            "3:8 expected the end of the statement, found `]`",
            "4:4 this string has no end [close it with ' on the same line; a line end in a string is \\n]",
            "5:10 expected a number or a name, found a decimal fraction",
            "8:1 this `}` closes nothing",
            "9:15 this `{` is never closed",
            "10:9 expected `]`, found `)`",
            "11:10 unknown expectation `what`",
        ],
    );
}

#[test]
fn an_unclosed_brace_does_not_swallow_the_script() {
    check(
        "machine textbook { frames = 8\nfile \"f\" size nothing\nA: p[0]]\n",
        &["1:18 this `{` is never closed", "3:8 expected the end of the statement, found `]`"],
    );
}

#[test]
fn impossible_machines_are_refused_at_once() {
    check(
        "machine textbook { page = 3, frames = 0, tlb = 64x3, table = 4+40, policy = lru, policy = fifo, asid = yes }\n\
         variant \"v\" { page = 128K, swap = -1, seed = 1 / 0, va_bits = PAGE }\nvariant \"v\" { frames = lots }\n",
        &[
            "1:27 `page` cannot be 3",
            "1:39 a machine with 0 frames has no memory at all",
            "1:48 `tlb` cannot be `64x3`",
            "1:62 `table` cannot be `4+40`",
            "1:82 `policy` is set twice",
            "1:104 `asid` cannot be `yes`",
            "2:22 `page` cannot be 131072",
            "2:35 `swap` cannot be -1",
            "2:46 division by zero",
            "2:63 the machine's keys cannot speak of PAGE: they decide it",
            "3:9 a second variant \"v\"",
            "3:24 unknown name `lots`",
        ],
    );
}

#[test]
fn too_many_steps_are_an_error_at_once() {
    check(
        "A: fork()\nrepeat 1_000_000 {\n  for i in 0..1T {\n    A: exit()\n  }\n}\n\
         repeat 10_000 { repeat 10_001 { } }\nrepeat 90_000_000 { A: exit() }\n",
        &[
            "1:4 the child needs a name",
            "3:12 this makes at least 1099511627776 steps",
            "7:8 this makes at least 101010001 steps",
        ],
    );
}

#[test]
fn order_and_questions() {
    check(
        "expect ok\nchoice \"a\"\nask \"q\"\n  choice \"a\"\n  choice \"b\"\nask \"r\"\n\
         ask \"s\"\n  answer \"a\"\n  answer \"b\"\nA: exit()\ntitle \"late\"\ntitle \"again\"\n\
         repeat 2 { file \"f\" size 1 }\nnote \"end\"\n",
        &[
            "1:1 an expectation speaks of the step before it, and there is none",
            "2:1 this `choice` belongs to no question [put it on a line below an `ask \"…\"`]",
            "3:5 this question has no right answer",
            "6:1 this question has nothing to choose from",
            "9:10 this question has two right answers",
            "11:1 `title` must stand before the first step",
            "12:1 `title` must stand before the first step",
            "12:1 a second `title`",
            "13:12 `file` cannot stand in a loop",
            "14:1 no step follows, so this is never shown",
        ],
    );
}

#[test]
fn calls_are_checked_against_their_signatures() {
    check(
        "file \"f\" size 10\nfile \"f\" size -1\nA: fd = open(f, O_RDONLY)\nA: close()\nA: close(fd, 1)\n\
         A: reclaim(3)\nkernel: close(3)\nkernel: [3]\nA: write(fd, 3)\nA: write(fd, [256])\n\
         A: x = fd[0..3]\nA: fd[0..3] = 1\nA: PAGE = close(fd)\nA: mprotect(0, 1, MAP_SHARED)\n\
         A: fd[0] = fd[1]\nA: fd[0] = 1 + fd[1]\nopen(\"f\", O_RDONLY)\nA open(\"f\")\n",
        &[
            "2:6 a second file or object \"f\"",
            "2:15 -1 is no size in bytes",
            "3:14 this is not what `open` takes as NAME [a name is a string: \"f\"]",
            "4:4 `close` does not take 0 arguments",
            "5:4 `close` does not take 2 arguments",
            "6:4 `reclaim` is a call of the kernel's own [write `kernel: reclaim(n)`]",
            "7:1 `close` is called by a process, not by the kernel",
            "8:1 `kernel` is no process: it has no memory",
            "9:14 this is a number, not data",
            "10:15 256 is no byte",
            "11:4 a range gives several bytes; a name holds one number [leave the name away]",
            "12:7 a range can be loaded, not stored to [store a string: `a[e] = \"…\"` stores its bytes from e on]",
            "13:4 `PAGE` is a constant and cannot be bound",
            "14:19 `MAP_SHARED` does not belong here",
            "15:12 a store takes a number, a string or a list of bytes [load it in a step of its own, `P: x = a[e]`, then store `x`]",
            "16:16 a load cannot stand inside an expression [load it in a step of its own, `P: x = fd[…]`, then use `x`]",
            "17:1 this step does not say which process takes it [put the process before it: `A: open…`]",
            "18:1 `A` begins no statement [a step names its process with a colon: `A: …`]",
        ],
    );
}

#[test]
fn arithmetic_mistakes_have_a_place() {
    check(
        "A: p = sbrk(170141183460469231731687303715884105727 + 1)\nA: brk(7 % (2 - 2))\n\
         A: brk(170141183460469231731687303715884105728)\nA: p[0x]\nA: p[1] = 'ab'\nA: p[2] = \"\\q\"\n",
        &[
            "1:13 the result does not fit 128 bits",
            "2:8 division by zero",
            "3:8 this number does not fit 128 bits",
            "4:6 a number needs at least one digit",
            "5:11 a character is one byte, not 2",
            "6:12 unknown escape `\\q`; there are \\n \\t \\\" \\' \\\\ and \\xNN",
        ],
    );
}

#[test]
fn only_errors_stop_a_script() {
    let (script, diagnostics) = load("A: exit()\nnote \"end\"\n");
    assert!(script.is_some());
    assert!(diagnostics.iter().all(|d| d.severity == Severity::Warning));
    assert_eq!(load("A: exit(\n").0, None);
}

#[test]
fn text_that_is_not_utf8_has_a_place() {
    let diagnostics = script::parse_bytes(b"title \"\xff\"").expect_err("not UTF-8");
    let first = diagnostics.iter().next().expect("one");
    assert_eq!((first.span.start, first.message.contains("0xff")), (7, true));
    assert_eq!(script::parse_bytes("é".as_bytes()), Ok("é"));
}

#[test]
fn the_whole_picture_of_a_mistake() {
    let source = "file \"poem.txt\" size 64\nA: fd = open(\"poem.txt\", O_RDONLY)\n\
                  A: p = mmap(NULL, 64, PROT_READ, MAP_SHARD, fd, 0)\n";
    let (_, diagnostics) = load(source);
    assert_eq!(
        diagnostics.render(source, "poem.vm"),
        "error: unknown constant `MAP_SHARD`
 --> poem.vm:3:34
  |
3 | A: p = mmap(NULL, 64, PROT_READ, MAP_SHARD, fd, 0)
  |                                  ^^^^^^^^^
  = expected: constants `MAP_…`, joined by `|`
  = help: did you mean `MAP_SHARED`?
"
    );
}
