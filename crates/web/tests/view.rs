//! Views, rendered natively to the text of their page.
#![cfg(not(target_arch = "wasm32"))]

use web::components::help::help;
use web::present::views::Views;
use web::shells::shell;
use web::store::{Effect, Model, Msg, update};
use web::url::pack;
use yew::prelude::*;
use yew::virtual_dom::VNode;

/// A component around what is to be rendered.
#[derive(Properties, PartialEq)]
struct Props {
    page: VNode,
}

#[component]
fn Page(props: &Props) -> Html {
    props.page.clone()
}

async fn render(page: Html) -> String {
    yew::LocalServerRenderer::<Page>::with_props(Props { page }).hydratable(false).render().await
}

/// The app as it is after these messages.
async fn screen(fragment: &str, messages: Vec<Msg>) -> String {
    let mut model = Model::default();
    let first = Msg::Address(String::new(), fragment.to_owned());
    for msg in std::iter::once(first).chain(messages) {
        let mut effects = update(&mut model, msg);
        while effects.contains(&Effect::NextFrame) {
            effects = update(&mut model, Msg::Frame(1_000_000));
        }
    }
    let mut views = Views::default();
    views.refresh(&model);
    render(shell(&model, &views, &Callback::noop(), &Callback::noop())).await
}

/// How often a piece stands in a page.
fn count(page: &str, piece: &str) -> usize {
    page.matches(piece).count()
}

/// As much of a page as can be read.
fn short(page: &str) -> String {
    page.chars().take(4000).collect()
}

fn has(page: &str, piece: &str) {
    assert!(page.contains(piece), "`{piece}` is missing in:\n{}", short(page));
}

fn lacks(page: &str, piece: &str) {
    assert!(!page.contains(piece), "`{piece}` is in:\n{}", short(page));
}

#[tokio::test]
async fn before_the_first_step_the_script_says_what_it_is_about() {
    let page = screen("lesson=L02", vec![]).await;
    has(&page, "A mapping is a promise");
    has(&page, "step 0 of 5");
    lacks(&page, "aria-current=\"step\"");
}

#[tokio::test]
async fn the_present_step_is_marked_and_told() {
    let page = screen("lesson=L02&step=3", vec![]).await;
    assert_eq!(count(&page, "class=\"program-line is-now\""), 1);
    assert_eq!(count(&page, "class=\"program-line is-past\""), 2);
    has(&page, "verdict-major");
    has(&page, "A: p[0] — major fault, value 65 'A'.");
}

#[tokio::test]
async fn what_is_still_to_come_of_a_step_is_not_told() {
    let page = screen("lesson=L02&step=3.4", vec![]).await;
    assert_eq!(count(&page, "class=\"log-part is-past\""), 3);
    assert_eq!(count(&page, "class=\"log-part is-now\""), 1);
    assert_eq!(count(&page, "class=\"log-part "), 4);
    has(&page, " more to come");
    has(&page, "aria-valuetext=\"step 3 of 5, part 4 of ");
}

#[tokio::test]
async fn the_live_region_speaks_the_caption() {
    let page = screen("lesson=L02&step=3.2&view=lecture", vec![]).await;
    let spoken =
        page.split("class=\"caption-spoken\">").nth(1).and_then(|rest| rest.split('<').next()).expect("a region");
    has(&page, &format!("<p class=\"caption-note\">{spoken}</p>"));
    assert_eq!(count(&page, "aria-live=\"polite\""), 1, "one voice");
}

#[tokio::test]
async fn a_question_comes_before_its_step_and_is_answered_after_a_choice() {
    let page = screen("lesson=L02&step=1", vec![]).await;
    has(&page, "How many frames are in use right after mmap?");
    lacks(&page, "mmap reserves a range");
    let page = screen("lesson=L02&step=1", vec![Msg::Answer(1, 1)]).await;
    has(&page, "mmap reserves a range");
    has(&page, "Nothing has been read yet.");
    assert_eq!((count(&page, "is-right"), count(&page, "is-wrong")), (1, 1));
    let page = screen("lesson=L02&step=2", vec![]).await;
    has(&page, "mmap reserves a range");
}

#[tokio::test]
async fn what_a_question_is_about_is_not_told_before_it_is_answered() {
    // L02 asks before steps 2 and 4 of five; 3 and 4 are major faults, 5 is a hit.
    let bars = async |step: &str, messages: Vec<Msg>| {
        let page = screen(&format!("lesson=L02&step={step}"), messages).await;
        let track = page.split("class=\"timeline-bars\">").nth(1).and_then(|rest| rest.split("</div>").next());
        let bars = track.unwrap_or_default().split("timeline-bar timeline-").skip(1);
        bars.map(|bar| bar.split([' ', '"']).next().unwrap_or_default().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(bars("0", vec![]).await, "quiet ahead ahead ahead ahead");
    assert_eq!(bars("1", vec![Msg::Answer(1, 1)]).await, "quiet quiet major ahead ahead");
    assert_eq!(bars("3", vec![]).await, "quiet quiet major ahead ahead");
    assert_eq!(bars("4.1", vec![]).await, "quiet quiet major ahead ahead", "within the step its end lies ahead");
    assert_eq!(bars("4", vec![]).await, "quiet quiet major major hit");
    assert_eq!(bars("1", vec![Msg::Answer(1, 1), Msg::Answer(2, 1)]).await, "quiet quiet major major hit");
    let page = screen("lesson=L02&step=4.1", vec![]).await;
    lacks(&page, "One page for each place you touched.");
    let page = screen("lesson=L02&step=3", vec![Msg::Scrub(5)]).await;
    lacks(&page, "step 5 of 5, \"");
}

#[tokio::test]
async fn an_answered_question_is_folded_when_its_step_is_spoken_of() {
    let page = screen("lesson=L02&step=1", vec![Msg::Answer(1, 1), Msg::Next]).await;
    has(&page, "<summary class=\"question-outcome\">You said: 4 – the answer is: 0</summary>");
    let page = screen("lesson=L02&step=1", vec![Msg::Answer(1, 3), Msg::Next]).await;
    has(&page, "You said: 0 – right<");
    has(&screen("lesson=L02&step=2", vec![]).await, "The answer is: 0</summary>");
    has(&screen("lesson=L02&step=4.1", vec![]).await, "<summary class=\"question-outcome\">The question of this step<");
    // In a hall it is shown what is right, and then what happens.
    lacks(&screen("lesson=L02&view=lecture&step=2", vec![]).await, "<summary");
    has(&screen("lesson=L02&view=lecture&step=4.1", vec![]).await, "<summary");
}

#[tokio::test]
async fn mistakes_are_listed_with_their_places_beside_the_last_good_run() {
    let text = "A: fd = open(\"big\", O_RDONLLY)\nB: oops(".to_owned();
    let messages = vec![Msg::Edited(text), Msg::Tab(web::store::model::Tab::Edit)];
    let page = screen("lesson=L02&step=2", messages).await;
    has(&page, "did you mean `O_RDONLY`?");
    has(&page, "1:21");
    assert!(count(&page, "class=\"editor-mistake\"") >= 2);
    has(&page, "step 2 of 5");
}

#[tokio::test]
async fn a_script_that_never_ran_is_told_of_and_no_page_is_blank() {
    let page = screen(&format!("scenario={}", pack("machine { frames = 0 }\nA: exit()")), vec![]).await;
    has(&page, "This script has mistakes");
    has(&page, "editor-mistake");
}

#[tokio::test]
async fn what_comes_from_an_address_is_text_and_never_markup() {
    let text = "title \"<img src=x onerror=alert(1)>\"\nnote \"<b>bold</b>\"\nA: exit()";
    for view in ["study", "lecture", "embed"] {
        let page = screen(&format!("view={view}&step=1&scenario={}", pack(text)), vec![]).await;
        lacks(&page, "<img");
        lacks(&page, "<b>");
    }
}

#[tokio::test]
async fn a_lecture_has_captions_and_no_editor() {
    let page = screen("lesson=L02&step=1&view=lecture", vec![]).await;
    has(&page, "class=\"caption\"");
    lacks(&page, "program-line");
    lacks(&page, "textarea");
}

#[tokio::test]
async fn an_embed_is_the_picture_with_few_buttons_and_a_way_out() {
    let page = screen("lesson=L02&step=1&view=embed", vec![]).await;
    lacks(&page, "toolbar");
    lacks(&page, "program-line");
    has(&page, "href=\"?#lesson=L02&amp;step=1\"");
}

#[tokio::test]
async fn every_button_has_a_name() {
    for view in ["study", "lecture", "embed"] {
        let page = screen(&format!("lesson=L08&step=7&view={view}"), vec![]).await;
        for button in page.split("<button").skip(1) {
            let (head, rest) = button.split_once('>').expect("a tag ends");
            let text = rest.split("</button>").next().unwrap_or_default();
            let told: String = text.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, t)| t)).collect();
            assert!(head.contains("aria-label") || !told.trim().is_empty(), "<button{head}>{text}");
        }
    }
}

#[tokio::test]
async fn the_help_names_every_clicker_key() {
    let page = render(help().into()).await;
    for key in ["PageDown", "PageUp", "Space", "Home", "End", "Esc", ">N<", ">E<", ">Q<"] {
        has(&page, key);
    }
}

#[tokio::test]
async fn a_variant_and_a_key_can_be_chosen() {
    let page = screen("lesson=L02&variant=one%20frame&m.swap=4", vec![]).await;
    has(&page, "one frame, changed");
    assert_eq!(count(&page, "machine-key is-changed"), 1);
}
