//! Addresses there and back.

use super::*;
use crate::store::position::Position;

fn settings(all: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    all.iter().for_each(|(key, value)| settings.set(key, value));
    settings
}

fn state() -> UrlState {
    UrlState {
        subject: Some(Subject::Scenario("A: p[0] # ä & more\n".to_owned())),
        step: Goal::At(Position::inside(7, 3)),
        view: View::Lecture,
        theme: Theme::Dark,
        variant: Some("read-ahead 4".to_owned()),
        machine: settings(&[("frames", "4"), ("table", "4+4")]),
        sync: true,
        draft: Draft::Restored,
    }
}

#[test]
fn an_address_goes_there_and_back() {
    let fragment = state().fragment(&UrlState::default());
    let read = read("", &fragment);
    assert_eq!((read.state, read.unknown, read.wrong), (state(), vec![], vec![]));
}

#[test]
fn an_address_goes_there_and_back_over_any_query() {
    let query = "?lesson=L02&step=5&view=embed&theme=light&m.frames=2&m.tlb=4&variant=x&sync=1";
    let under = read(query, "").state;
    for wanted in [state(), UrlState { subject: Some(Subject::Lesson("L05".into())), ..UrlState::default() }] {
        let fragment = wanted.fragment(&under);
        assert_eq!(read(query, &fragment).state, wanted, "{fragment}");
    }
    assert_eq!(under.fragment(&under), "", "nothing is said twice");
}

#[test]
fn the_fragment_wins() {
    let read = read("?lesson=L02&step=3&m.frames=4", "#step=7.3&m.frames=8");
    assert_eq!(read.state.subject, Some(Subject::Lesson("L02".into())));
    assert_eq!(read.state.step, Goal::At(Position::inside(7, 3)));
    assert_eq!(read.state.machine.get("frames"), Some("8"));
}

#[test]
fn a_lesson_in_the_fragment_beats_a_scenario_in_the_query() {
    let query = format!("?scenario={}", pack("A: p[0]"));
    assert_eq!(read(&query, "").state.subject, Some(Subject::Scenario("A: p[0]".into())));
    assert_eq!(read(&query, "#lesson=L02").state.subject, Some(Subject::Lesson("L02".into())));
}

#[test]
fn bad_values_fall_back_and_are_told() {
    let read = read("?view=table&theme=pink&step=soon&sync=maybe&scenario=1.!!&lesson=L03", "");
    assert_eq!(read.state, UrlState { subject: Some(Subject::Lesson("L03".into())), ..UrlState::default() });
    assert_eq!(read.wrong.len(), 5);
}

#[test]
fn unknown_keys_are_listed_and_nothing_panics() {
    let read = read("?foo=1&%zz=%ff&&=&m.=3", "##a#b==&");
    assert_eq!(read.state, UrlState::default());
    assert_eq!(read.unknown, ["foo", "%zz", "", "m.", "a#b"]);
}

#[test]
fn a_plus_is_a_plus() {
    assert_eq!(read("", "m.table=4+4").state.machine.get("table"), Some("4+4"));
    assert_eq!(read("", "m.table=4%2B4").state.machine.get("table"), Some("4+4"));
}
