//! The app by messages only.

use super::*;
use crate::seam::StageMsg;
use crate::store::position::Position;
use crate::store::session::Landmark;
use crate::url::{Subject, View, pack};
use script::library;
use vmcore::units::{Pid, VirtAddr};

/// An app, and what it asked of the browser.
struct App {
    model: Model,
    effects: Effects,
}

impl App {
    fn at(query: &str, fragment: &str) -> Self {
        let mut app = Self { model: Model::default(), effects: Effects::new() };
        app.send(Msg::Address(query.to_owned(), fragment.to_owned()));
        app
    }

    fn with(text: &str) -> Self {
        Self::at("", &format!("scenario={}", pack(text)))
    }

    /// Sends a message, and frames as long as any are asked for.
    fn send(&mut self, msg: Msg) -> &mut Self {
        let mut effects = update(&mut self.model, msg);
        while effects.contains(&Effect::NextFrame) {
            effects.retain(|effect| *effect != Effect::NextFrame);
            effects.extend(update(&mut self.model, Msg::Frame(100_000)));
        }
        self.effects = effects;
        self
    }

    fn place(&self) -> String {
        self.model.position().to_string()
    }

    fn len(&self) -> u64 {
        self.model.session.as_ref().map_or(0, |session| session.len())
    }

    fn running_text(&self) -> &str {
        self.model.session.as_ref().map_or("", |session| session.text())
    }
}

const SMALL: &str =
    "A: p = mmap(0x40, 32, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\nA: p[0] = 'a'\nA: p[0]\n";

#[test]
fn without_an_address_the_first_lesson_is_shown() {
    let app = App::at("", "");
    let first = library::LESSONS[0].id;
    assert_eq!(app.model.subject(), Subject::Lesson(first.into()));
    assert_eq!((app.place(), app.model.fragment()), ("0".to_owned(), format!("lesson={first}")));
    assert_eq!(app.model.ui.notice, None);
}

#[test]
fn every_lesson_opens_without_a_mistake() {
    for lesson in library::LESSONS {
        let app = App::at("", &format!("lesson={}&step=last", lesson.id));
        assert!(app.model.mistakes.is_empty());
        assert_eq!(app.model.position(), Position::after(app.len()), "{}", lesson.id);
        assert_eq!(app.model.subject(), Subject::Lesson(lesson.id.into()));
    }
}

#[test]
fn an_address_leads_to_the_moment_it_names() {
    for step in ["0", "3", "3.2", "5"] {
        let app = App::at("?lesson=L03", &format!("#step={step}"));
        assert_eq!(app.place(), step);
    }
}

#[test]
fn another_step_in_the_address_only_moves() {
    let mut app = App::at("?lesson=L03", "#step=2");
    app.send(Msg::Tab(Tab::Edit)).send(Msg::Address("?lesson=L03".into(), "#step=4.1".into()));
    assert_eq!((app.place().as_str(), app.model.ui.tab), ("4.1", Tab::Edit));
}

#[test]
fn steps_go_on_and_back() {
    let mut app = App::with(SMALL);
    assert_eq!(app.send(Msg::Next).send(Msg::Next).place(), "2");
    assert_eq!(app.send(Msg::Back).place(), "1");
    assert_eq!(app.send(Msg::Last).place(), "3");
    assert_eq!(app.send(Msg::Next).place(), "3", "the end stays");
    assert_eq!(app.send(Msg::First).send(Msg::Back).place(), "0", "the start stays");
}

#[test]
fn parts_go_through_every_step_both_ways() {
    let mut app = App::with(SMALL);
    let mut places = vec![app.place()];
    while !app.model.session.as_ref().is_some_and(|session| session.is_at_end()) {
        places.push(app.send(Msg::NextPart).place());
        assert!(places.len() < 100, "{places:?}");
    }
    let parts = app.model.session.as_ref().map_or(0, |session| session.parts().len());
    assert_eq!(places.last(), Some(&format!("3.{parts}")));
    for _ in 1..places.len() {
        app.send(Msg::BackPart);
    }
    assert_eq!(app.place(), "0");
}

#[test]
fn a_step_on_from_within_a_step_ends_it() {
    let mut app = App::with(SMALL);
    app.send(Msg::Go(Position::inside(2, 1)));
    assert_eq!(app.send(Msg::Next).place(), "2");
    app.send(Msg::Go(Position::inside(2, 1)));
    assert_eq!(app.send(Msg::Back).place(), "1");
}

#[test]
fn many_moves_of_the_time_bar_are_one_seek_a_frame() {
    let mut app = App::with(SMALL);
    let mut asked = 0;
    for step in [1, 3, 2] {
        let effects = update(&mut app.model, Msg::Scrub(step));
        asked += effects.iter().filter(|effect| **effect == Effect::NextFrame).count();
        assert_eq!(app.place(), "0", "nothing moves before the frame");
    }
    assert_eq!(asked, 3, "asking is cheap: the browser draws one frame");
    update(&mut app.model, Msg::Frame(10));
    assert_eq!(app.place(), "2");
}

#[test]
fn the_position_is_written_into_the_address() {
    let mut app = App::with(SMALL);
    app.send(Msg::Next);
    assert!(app.effects.contains(&Effect::Address(Entry::Replace)));
    assert!(app.model.fragment().ends_with("&step=1"));
}

#[test]
fn an_embed_leaves_its_address_alone_unless_told() {
    let mut app = App::at("?view=embed&lesson=L02", "");
    app.send(Msg::Next);
    assert!(app.effects.is_empty(), "{:?}", app.effects);
    let mut app = App::at("?view=embed&lesson=L02&sync=1", "");
    app.send(Msg::Next);
    assert_eq!(app.effects, [Effect::Address(Entry::Replace)]);
    assert_eq!(app.model.fragment(), "step=1", "only what moves");
}

#[test]
fn a_text_with_mistakes_is_kept_and_the_last_good_run_stays() {
    let mut app = App::at("", "lesson=L02&step=2");
    let run = app.running_text().to_owned();
    app.send(Msg::Edited("A: nonsense(\nB: also[".into()));
    assert!(app.effects.contains(&Effect::KeepDraft("lesson/L02".into(), Some("A: nonsense(\nB: also[".into()))));
    assert!(app.model.mistakes.iter().count() >= 2, "all of them are told");
    app.send(Msg::Run);
    assert_eq!((app.running_text(), app.place().as_str()), (&*run, "2"));
    assert_eq!(&*app.model.text, "A: nonsense(\nB: also[");
}

#[test]
fn a_good_text_runs_and_stays_at_its_step() {
    let mut app = App::at("", "lesson=L02&step=2");
    app.send(Msg::Edited(SMALL.into())).send(Msg::Run);
    assert_eq!((app.running_text(), app.place().as_str(), app.len()), (SMALL, "2", 3));
    assert_eq!(app.model.subject(), Subject::Scenario(SMALL.into()));
}

#[test]
fn an_edited_text_is_found_again() {
    let mut app = App::at("", "lesson=L02&step=1");
    assert!(app.effects.contains(&Effect::FindDraft("lesson/L02".into())));
    app.send(Msg::DraftFound("lesson/L02".into(), SMALL.into()));
    assert_eq!((app.running_text(), app.place().as_str()), (SMALL, "1"));
    assert_eq!(app.model.ui.notice.as_ref().map(|notice| notice.offer), Some(Offer::Original));
    app.send(Msg::Original);
    assert_eq!(app.model.subject(), Subject::Lesson("L02".into()));
    assert!(app.effects.contains(&Effect::KeepDraft("lesson/L02".into(), None)), "and forgotten");
}

#[test]
fn a_draft_with_mistakes_is_found_again_beside_the_run_of_the_original() {
    let mut app = App::at("", "lesson=L02");
    app.send(Msg::DraftFound("lesson/L02".into(), "A: p[".into()));
    assert_eq!((&*app.model.text, app.model.ui.tab), ("A: p[", Tab::Edit));
    assert_eq!(app.running_text(), library::lesson("L02").map_or("", |lesson| lesson.text()));
    assert!(app.model.mistakes.has_errors());
}

#[test]
fn a_draft_of_something_else_is_not_taken() {
    let mut app = App::at("", "lesson=L02");
    app.send(Msg::DraftFound("lesson/L03".into(), SMALL.into()));
    assert_eq!(&*app.model.text, library::lesson("L02").map_or("", |lesson| lesson.text()));
    let app = App::at("", "lesson=L02&draft=0");
    assert!(!app.effects.contains(&Effect::FindDraft("lesson/L02".into())));
}

#[test]
fn a_click_becomes_a_line_of_the_script_and_its_step_is_shown() {
    let mut app = App::with(SMALL);
    app.send(Msg::Go(Position::after(2)));
    app.send(Msg::Stage(StageMsg::Load { pid: Pid::new(0), va: VirtAddr::new(0x50) }));
    assert!(app.running_text().contains("'a'\nA: [0x50]\nA: p[0]\n"), "{}", app.running_text());
    assert_eq!((app.place().as_str(), app.len()), ("3", 4));
    app.send(Msg::Stage(StageMsg::Store { pid: Pid::new(0), va: VirtAddr::new(0x51) }));
    assert!(app.running_text().contains("A: [0x50]\nA: [0x51] = 'X'\n"));
    assert_eq!(app.place(), "4");
}

#[test]
fn a_click_in_a_loop_becomes_a_line_behind_it() {
    let text = format!("{SMALL}for i in 0..3 {{\n  A: p[i]\n}}\nA: exit()\n");
    let mut app = App::with(&text);
    app.send(Msg::Go(Position::after(4)));
    app.send(Msg::Stage(StageMsg::Load { pid: Pid::new(0), va: VirtAddr::new(0x50) }));
    assert!(app.running_text().contains("}\nA: [0x50]\nA: exit()"), "{}", app.running_text());
    assert_eq!(app.place(), "7");
}

#[test]
fn playing_goes_on_stops_at_a_question_and_at_the_end() {
    let mut app = App::at("", "lesson=L02");
    app.send(Msg::Speed(crate::store::model::Speed::Fast)).send(Msg::TogglePlay);
    assert_eq!(app.place(), "1");
    assert!(!app.model.ui.playing, "a question comes before step 2");
    app.send(Msg::TogglePlay);
    assert_eq!(app.place(), "2");
    let mut ticks = 0;
    while app.place() != app.len().to_string() {
        app.send(if app.model.ui.playing { Msg::Tick } else { Msg::TogglePlay });
        ticks += 1;
        assert!(ticks < 50);
    }
    assert!(!app.model.ui.playing && app.effects.contains(&Effect::Play(None)));
}

#[test]
fn an_answer_is_given_once() {
    let mut app = App::at("", "lesson=L02&step=1");
    let number = |app: &App| app.model.session.as_ref().and_then(|s| s.question_ahead().map(|q| q.number));
    let question = number(&app).expect("L02 asks before its second step");
    app.send(Msg::Answer(question, 0)).send(Msg::Answer(question, 3));
    assert_eq!(app.model.ui.answers.of(question), Some(0));
}

#[test]
fn the_machine_can_be_changed_and_stands_in_the_address() {
    let mut app = App::at("", "lesson=L02&step=3");
    app.send(Msg::Key("frames".into(), "2".into()));
    assert_eq!(app.model.session.as_ref().map(|s| s.state().config().frames), Some(2));
    assert_eq!((app.place().as_str(), app.model.fragment().as_str()), ("3", "lesson=L02&step=3&m.frames=2"));
    app.send(Msg::Variant(Some("one frame".into())));
    assert!(app.model.fragment().contains("variant=one%20frame"));
    app.send(Msg::OwnMachine);
    assert_eq!(app.model.fragment(), "lesson=L02&step=3");
}

#[test]
fn a_machine_that_cannot_be_is_told_and_changes_nothing() {
    let mut app = App::at("", "lesson=L02");
    for (key, value) in [("frames", "0"), ("page", "3"), ("policy", "nonsense"), ("nonsense", "1")] {
        app.send(Msg::Key(key.into(), value.into()));
        assert!(app.model.machine_mistake.is_some(), "{key}={value}");
        assert!(app.model.machine.keys.is_empty());
    }
    let app = App::at("", "lesson=L02&m.frames=0&m.swap=4&variant=none");
    assert_eq!(app.model.machine.keys.iter().collect::<Vec<_>>(), [("swap", "4")], "what can be is taken");
    assert!(app.model.ui.notice.is_some() && app.model.session.is_some());
}

#[test]
fn a_preset_changes_the_keys_that_the_script_leaves_open() {
    let mut app = App::at("", "lesson=L02");
    app.send(Msg::Preset("linux"));
    let config = app.model.session.as_ref().map(|s| s.state().config().clone()).expect("it runs");
    assert_eq!((config.table.as_str(), config.frames), ("x86-64", 4), "{:?}", app.model.machine_mistake);
    app.send(Msg::Preset("textbook"));
    assert!(app.model.machine.keys.is_empty());
}

#[test]
fn bad_scripts_are_refused_at_once_with_their_places() {
    let endless = "repeat 1000000000000 { A: exit() }";
    for text in [endless, "machine { frames = 0 }\nA: exit()", "machine { page = 3 }\nA: exit()", "A: exit("] {
        let app = App::with(text);
        let run_failed = app.model.session.as_ref().is_some_and(|session| session.failure().is_some());
        assert!(app.model.mistakes.has_errors() || run_failed, "{text}");
        assert_eq!(&*app.model.text, text, "the text is there");
    }
}

#[test]
fn a_broken_address_falls_back_and_says_so() {
    let app = App::at("?lesson=L99", "#step=x&scenario=1.%%%&unknown=1");
    assert_eq!(app.model.subject(), Subject::Lesson(library::LESSONS[0].id.into()));
    assert!(app.model.ui.notice.is_some());
    assert!(app.effects.iter().any(|effect| matches!(effect, Effect::Log(text) if text.contains("unknown"))));
}

#[test]
fn escape_closes_one_thing_at_a_time() {
    let mut app = App::at("", "view=lecture&lesson=L99");
    app.send(Msg::Blank);
    app.send(Msg::Escape);
    assert!(!app.model.ui.blank && app.model.ui.notice.is_some());
    app.send(Msg::Escape);
    assert_eq!(app.model.ui.notice, None);
}

#[test]
fn keys_lead_to_the_next_fault_and_eviction_and_question() {
    let mut app = App::at("", "lesson=L02");
    let step = |app: &App| app.model.position().step;
    app.send(Msg::NextLandmark(Landmark::Question));
    assert_eq!(step(&app), 1, "a question comes before step 2");
    app.send(Msg::NextLandmark(Landmark::Fault));
    assert_eq!(step(&app), 3);
    app.send(Msg::NextLandmark(Landmark::Fault));
    assert_eq!((step(&app), app.model.ui.notice.is_none()), (4, true));
    app.send(Msg::NextLandmark(Landmark::Eviction));
    assert_eq!(step(&app), 4, "where there is none, all stays");
    let said = |app: &App| app.model.ui.notice.as_ref().map(|notice| notice.text.clone());
    assert_eq!(said(&app).as_deref(), Some("No eviction lies ahead."));
    app.send(Msg::First).send(Msg::NextLandmark(Landmark::Question));
    assert_eq!(said(&app), None, "it is not said any longer when something was found");
}

#[test]
fn a_search_that_was_cut_short_goes_as_far_as_it_has_looked() {
    let mut app = App::with(&format!("{SMALL}repeat 300000 {{ A: p[0] }}\n"));
    app.send(Msg::NextLandmark(Landmark::Eviction));
    let here = app.model.position().step;
    assert!(here > 1000 && here < 300_000, "{here}");
    let said = app.model.ui.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
    assert_eq!(said, format!("No eviction up to step {here}. The same key looks on from here."));
    app.send(Msg::NextLandmark(Landmark::Eviction));
    assert!(app.model.position().step > here);
}

#[test]
fn a_page_that_scrolls_is_scrolled_to_what_a_move_lit() {
    use crate::store::model::Width;
    let mut app = App::at("", "lesson=L03&step=3.2");
    let reveals = |app: &mut App, msg: Msg| app.send(msg).effects.contains(&Effect::Reveal);
    assert!(!reveals(&mut app, Msg::NextPart), "where all of it is in sight nothing is moved");
    app.send(Msg::Width(Width::Tiny));
    assert!(reveals(&mut app, Msg::NextPart));
    assert!(!reveals(&mut app, Msg::Tab(Tab::Edit)), "what does not move does not scroll");
    assert!(!reveals(&mut app, Msg::Address(String::new(), "lesson=L03&step=5".into())), "a page opens at its top");
    assert!(!reveals(&mut app, Msg::View(View::Lecture)) && !reveals(&mut app, Msg::Next));
}
