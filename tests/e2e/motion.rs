//! A page visibly travels from the disk to a frame; for those who want no motion the same cue stands still.

use crate::page::{Page, with_page};
use serde::Deserialize;
use serde_json::json;

/// The travelling slip, now and some frames later.
const TRAVEL: &str = r#"
    const slip = await until("a travelling page", () => one(".stage-motion-travel"));
    const place = () => { const { x, y } = slip.getBoundingClientRect(); return [x, y]; };
    const animations = slip.getAnimations().map(animation => animation.animationName);
    const began = place();
    if (animations.length) await until("its way", () => place().join() !== began.join());
    const still = one(".stage-still");
    return {
      animations,
      moved: place().join() !== began.join(),
      still: still ? getComputedStyle(still).display !== "none" : false,
      text: slip.textContent,
    };
"#;

#[derive(Deserialize, Debug)]
struct Travel {
    animations: Vec<String>,
    moved: bool,
    still: bool,
    text: String,
}

/// To the first step of L03 that reads the disk.
async fn first_major_fault(page: &Page) -> Travel {
    page.open("?draft=0#lesson=L03&step=2").await;
    page.click("#next").await;
    page.stands_at("3").await;
    let verdict: String = page.js("return words('.program-line.is-now .verdict')").await;
    assert_eq!(verdict, "major");
    page.js(TRAVEL).await
}

#[test]
fn a_page_travels_after_a_major_fault() {
    with_page(async |page| {
        let travel = first_major_fault(page).await;
        assert!(travel.moved && !travel.animations.is_empty(), "{travel:?}");
        assert!(!travel.still, "{travel:?}");
        assert!(!travel.text.is_empty(), "it carries the page's content: {travel:?}");
        page.click("#back").await;
        page.stands_at("2").await;
        page.wait("stillness backwards", "return one('.stage-motion') === null").await;
    });
}

#[test]
fn with_reduced_motion_the_cue_stands_still() {
    with_page(async |page| {
        let reduce = json!([{ "name": "prefers-reduced-motion", "value": "reduce" }]);
        page.devtools("Emulation.setEmulatedMedia", json!({ "features": reduce }));
        let travel = first_major_fault(page).await;
        assert!(travel.animations.is_empty() && !travel.moved, "{travel:?}");
        assert!(travel.still, "where it came from and went is numbered: {travel:?}");
    });
}
