//! The canonical form: parsing it again gives an equal script, formatting it again the same text.

#![allow(missing_docs)]

mod random;

use proptest::prelude::*;
use script::fmt::format_script;
use script::library::LESSONS;
use script::{Script, parse};

/// Formats `script`, parses that again, and formats once more.
fn round_trip(script: &Script) -> Result<(), TestCaseError> {
    let text = format_script(script);
    let again = parse(&text);
    prop_assert!(again.diagnostics.is_empty(), "{}", again.diagnostics.render(&text, "fmt"));
    prop_assert_eq!(&again.script, script, "printed as:\n{}", text);
    prop_assert_eq!(format_script(&again.script), text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_scripts(script in random::script()) {
        round_trip(&script)?;
    }

    #[test]
    fn lessons_with_lines_doubled_and_dropped(
        lesson in 0..LESSONS.len(),
        seed in proptest::collection::vec(0..4usize, 0..60),
    ) {
        let lines = LESSONS[lesson].source.lines().enumerate();
        let text: String = lines
            .flat_map(|(at, line)| {
                let times = if seed.is_empty() { 1 } else { seed[at % seed.len()] };
                std::iter::repeat_n(format!("{line}\n"), times)
            })
            .collect();
        let parsed = parse(&text);
        if parsed.diagnostics.is_empty() {
            round_trip(&parsed.script)?;
        }
    }
}

#[test]
fn the_canonical_form_of_a_crowded_script() {
    let source = r##"

# first
title   "x"    # trailing


machine textbook{frames=8 # why eight
  policy=lru}
machine linux {}
for i in 0 .. 4 step 2 {   # inside
A:p[i*(2+1)-(3-1)]='a' ; A : x=p[ - i ]

# last
}   # after
A: p = mmap(NULL, # the address
  0X40, PROT_READ|PROT_WRITE,
  MAP_SHARED, fd, 1_0_0,
)
ask "q"   # why
 # lead
 choice "a"

 answer "b" because "c" # trail
expect   in   "v"  minor,value 'T',pss A 2.30
"##;
    let expected = r##"# first
title "x"  # trailing

machine textbook {
  frames = 8  # why eight
  policy = lru
}
machine linux
for i in 0..4 step 2 {
  # inside
  A: p[i * (2 + 1) - (3 - 1)] = 'a'
  A: x = p[-i]

  # last
}  # after
# the address
A: p = mmap(NULL, 0x40, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 100)
ask "q"  # why
  # lead
  choice "a"
  answer "b" because "c"  # trail
expect in "v" minor, value 'T', pss A 2.30
"##;
    let parsed = parse(source);
    assert!(parsed.diagnostics.is_empty(), "{}", parsed.diagnostics.render(source, "x"));
    assert_eq!(format_script(&parsed.script), expected);
}
