//! The stage as HTML.

use super::*;
use crate::stage::moments::{lesson, moment_of};
use vmcore::units::{Pid, Vpn};
use yew::LocalServerRenderer;

async fn render(scene: Scene, chosen: Option<Thing>) -> String {
    let props = StageProps { scene: Shared::new(scene), chosen, key_of_motion: 1, on: Callback::noop() };
    LocalServerRenderer::<Stage>::with_props(props).hydratable(false).render().await
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_drawn_is_told_in_tables() {
    let html = render(moment_of(lesson("L03"), 3, "has the byte"), None).await;
    assert!(html.contains("<caption>Process A, running, 1 resident</caption>"));
    assert!(html.contains("<td>0x50</td><td>present, read-only</td><td>frame 0</td>"));
    assert!(html.contains("<td>5, selected</td><td>P 1, W 0, X 0, A 1, D 0</td><td>0</td>"));
    assert!(html.contains(r#"<g aria-hidden="true" class="stage-drawing">"#));
}

#[tokio::test(flavor = "current_thread")]
async fn each_group_has_one_tab_stop() {
    let html = render(moment_of(lesson("L08"), 7, "has the byte"), None).await;
    let bands = html.matches(r#"role="group" aria-label="pages of process"#).count();
    assert_eq!(bands, 2);
    // Two processes, the entries, the frames, the blocks, the slots.
    assert_eq!(html.matches(r#"tabindex="0""#).count(), 6);
}

#[tokio::test(flavor = "current_thread")]
async fn a_chosen_page_offers_a_load_and_a_store() {
    let thing = Thing::Page { pid: Pid::new(0), vpn: Vpn::new(5) };
    let html = render(moment_of(lesson("L03"), 3, "has the byte"), Some(thing)).await;
    assert!(html.contains("Load a byte") && html.contains("Store ‘X’"));
    assert!(html.contains("stage-picked") && !html.contains("stage-legend"));
}

#[tokio::test(flavor = "current_thread")]
async fn names_are_shown_as_text_and_never_as_markup() {
    let source = "file \"<b>&x\" size 16\nA: fd = open(\"<b>&x\", O_RDONLY)\n\
                  A: p = mmap(0x40, 16, PROT_READ, MAP_SHARED, fd, 0)\nA: p[0]\n";
    let html = render(moment_of(source, 3, "has the byte"), None).await;
    assert!(!html.contains("<b>") && html.contains("&lt;b&gt;&amp;x"));
}
