//! A session by its own.

use super::*;
use script::library::LESSONS;

fn session(text: &str) -> Session {
    Session::start(text.into(), &MachineChoice::default()).expect("a sound script").0
}

#[test]
fn the_state_is_the_same_by_every_way() {
    for lesson in LESSONS {
        let mut there = session(lesson.text());
        let mut forward = Vec::new();
        for step in 0..=there.len() {
            there.go(Position::after(step), Moved::Forward);
            forward.push(there.state().fingerprint());
            // Through all parts of the next step, and out of it again.
            for part in 1..=there.parts().len() as u32 {
                there.go(Position::inside(step, part), Moved::Forward);
            }
            assert_eq!(there.state().fingerprint(), forward[step as usize], "{} after step {step}", lesson.id);
        }
        for step in (0..=there.len()).rev() {
            there.go(Position::after(step), Moved::Elsewhere);
            assert_eq!(there.state().fingerprint(), forward[step as usize], "{} back to step {step}", lesson.id);
        }
    }
}

#[test]
fn lessons_are_as_they_expect() {
    for lesson in LESSONS {
        let session = session(lesson.text());
        assert!(!session.is_running(), "{}", lesson.id);
        assert_eq!(session.trace.failed(), [], "{}", lesson.id);
        assert!(session.failure().is_none(), "{}", lesson.id);
    }
}

#[test]
fn a_place_beyond_the_end_is_the_end() {
    let mut session = session("A: exit()");
    session.go(Position::inside(9, 9), Moved::Elsewhere);
    assert_eq!(session.position(), Position::after(1));
    session.go(Position::inside(1, 99), Moved::Elsewhere);
    assert_eq!(session.position(), Position::inside(1, session.parts().len() as u32));
}

#[test]
fn a_long_run_is_run_in_slices_to_the_same_end() {
    let text = "A: p = mmap(NULL, 64, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\nrepeat 10000 { A: p[0] }";
    let mut session = session(text);
    assert!(session.is_running());
    assert_eq!(session.len(), AT_ONCE);
    while session.is_running() {
        session.run(777);
    }
    assert_eq!((session.len(), session.taken().len()), (10_001, MAX_TRACE));
    assert_eq!(session.state().steps(), 0, "running on does not move what is shown");
}

#[test]
fn an_expectation_that_does_not_hold_is_known_by_its_step() {
    let session = session("A: exit()\nexpect major\n");
    assert_eq!(session.failed_at(1).count(), 1);
    assert!(session.fails_in(1..2) && !session.fails_in(2..3));
}

#[test]
fn a_loop_that_does_nothing_is_ended_soon() {
    let session = session("repeat 99999999 { }\nA: exit()\n");
    assert!(session.failure().is_some_and(|failure| failure.message.contains("more than")), "{:?}", session.failure());
}
