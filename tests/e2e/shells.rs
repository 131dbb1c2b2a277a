//! The lecture and the embed: other arrangements of the same app.

use crate::page::{with_page, with_pages};
use crate::server::BASE;
use fantoccini::key::Key;

#[test]
fn a_lecture_is_large_and_obeys_a_clicker() {
    with_page(async |page| {
        let size = "return parseFloat(getComputedStyle(one('SELECTOR')).fontSize)";
        page.open("?draft=0#lesson=L03&step=3").await;
        let study: f64 = page.js(&size.replace("SELECTOR", ".log-note")).await;
        page.open("?draft=0&view=lecture#lesson=L03&step=3").await;
        let lecture: f64 = page.js(&size.replace("SELECTOR", ".caption-note")).await;
        assert!(lecture > 1.3 * study, "{lecture} against {study}");
        assert!(page.js::<bool>("return one('.toolbar') === null && one('#editor-text') === null").await);
        let caption: String = page.js("return words('.caption')").await;
        page.key(Key::PageDown).await;
        page.stands_at("4").await;
        assert_ne!(page.js::<String>("return words('.caption')").await, caption);
        page.key(Key::PageUp).await;
        page.stands_at("3").await;
        assert_eq!(page.js::<String>("return words('.caption')").await, caption);
        page.key('b').await;
        page.wait("a blank screen", "return one('.lecture-blank') !== null").await;
        page.key('.').await;
        page.wait("the screen again", "return one('.lecture-blank') === null").await;
    });
}

#[test]
fn a_lecture_shows_the_picture_as_large_as_can_be_and_says_the_sentence_once() {
    with_page(async |page| {
        page.resize(1280, 720);
        let height = "return one('.stage-svg').getBoundingClientRect().height";
        page.open("?draft=0#lesson=L03&step=3.7").await;
        let study: f64 = page.js(height).await;
        assert!(page.js::<bool>("return one('.stage-caption').getClientRects().length > 0").await);
        page.open("?draft=0&view=lecture#lesson=L03&step=3.7").await;
        let lecture: f64 = page.js(height).await;
        assert!(lecture > 1.1 * study, "{lecture} against {study}");
        assert!(page.js::<bool>("return one('.stage-caption').getClientRects().length === 0").await);
        // It has its place whether a question is put or not.
        page.key(Key::PageDown).await;
        page.wait("the answer", "return at() === '3' && one('section.question') !== null").await;
        assert_eq!(page.js::<f64>(height).await, lecture);
    });
}

/// Somebody's page with the app in two frames; only the second may write its address.
fn host() -> String {
    let frame = |more: &str| {
        format!(
            "<iframe title=\"Paging\" width=\"900\" height=\"500\" \
             src=\"{BASE}?view=embed&draft=0{more}#lesson=L03&step=3\"></iframe>"
        )
    };
    format!(
        "<!DOCTYPE html><link rel=icon href=data:,><title>A course</title><h1>Memory</h1>{}{}",
        frame(""),
        frame("&sync=1")
    )
}

#[test]
fn an_embed_lives_in_a_frame_and_leaves_its_address_alone() {
    with_pages(vec![("/talk/index.html", host())], async |page| {
        page.visit("/talk/index.html").await;
        page.enter_frame(0).await;
        page.ready().await;
        page.stands_at("3").await;
        assert!(page.js::<bool>("return one('.embed') !== null && one('.toolbar') === null").await);
        assert!(page.js::<bool>("return parent.document.activeElement === parent.document.body").await, "no autofocus");
        let address: String = page.js("return location.href").await;
        page.click("#next").await;
        page.stands_at("4").await;
        page.leave_frame().await;

        // The second is moved later, so when its address is written the first's would have been.
        page.enter_frame(1).await;
        page.ready().await;
        page.click("#next").await;
        page.stands_at("4").await;
        page.wait("an address", "return /step=4(&|$)/.test(location.hash)").await;
        page.leave_frame().await;

        page.enter_frame(0).await;
        assert_eq!(page.js::<String>("return location.href").await, address);
        page.leave_frame().await;

        // A host moves a frame by its `src`, without loading it again.
        page.enter_frame(0).await;
        page.js::<()>("window.kept = true").await;
        page.leave_frame().await;
        page.js::<()>("one('iframe').src = one('iframe').src.replace('step=3', 'step=6')").await;
        page.enter_frame(0).await;
        page.stands_at("6").await;
        assert!(page.js::<bool>("return window.kept === true").await, "it was not loaded again");
    });
}
