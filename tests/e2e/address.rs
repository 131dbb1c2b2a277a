//! The address carries the moment, exactly; and what it says wrongly never leaves a blank page.

use crate::page::with_page;

const SCRIPT: &str = "title \"Ours\"\nfile \"f\" size 32\nA: fd = open(\"f\", O_RDONLY)\nA: p = mmap(0x40, 32, PROT_READ, MAP_SHARED, fd, 0)\nA: p[0]\n";

#[test]
fn an_address_restores_a_moment_exactly_and_follows_every_move() {
    with_page(async |page| {
        page.open("?draft=0#lesson=L03&step=3.4").await;
        page.stands_at("3.4").await;
        let state = "await drawn(); return JSON.stringify(state())";
        let restored: String = page.js(state).await;
        page.js::<()>("for (const button of ['back', 'back', 'first']) one(`#${button}`).click()").await;
        page.stands_at("0").await;
        page.js::<()>("await jump('2')").await;
        for part in 1..=4 {
            page.click("#next-part").await;
            page.stands_at(&format!("3.{part}")).await;
        }
        assert!(page.js::<String>(state).await == restored, "by address as by hand");
        page.wait("the address", "return location.hash.includes('step=3.4')").await;
        page.click("#next").await;
        page.wait("the address", "return /step=\\d+(&|$)/.test(location.hash)").await;
        let there: String = page.js("return at()").await;
        page.reload().await;
        page.stands_at(&there).await;
        page.open("?draft=0&lesson=L02#lesson=L03&step=last").await;
        page.wait("the last step of the lesson in the fragment", "return at() === String(length())").await;
        assert!(page.js::<String>("return document.title").await.contains("Anatomy of a page fault"));
    });
}

#[test]
fn a_changed_fragment_moves_without_a_reload() {
    with_page(async |page| {
        page.open("?draft=0#lesson=L03&step=3").await;
        page.js::<()>("window.unloaded = false; location.hash = '#lesson=L03&step=5.1'").await;
        page.stands_at("5.1").await;
        page.js::<()>("location.hash = '#lesson=L05&step=4'").await;
        page.wait("the other lesson", "return document.title.startsWith('In place, dirty') && at() === '4'").await;
        assert!(page.js::<bool>("return window.unloaded === false").await, "the page was never left");
        page.click("#lesson-button").await;
        page.js::<()>("all('.toolbar-lessons .toolbar-item').find(b => b.textContent.startsWith('L02')).click()").await;
        page.wait("the chosen lesson", "return document.title.startsWith('Mapping is not') && at() === '0'").await;
        page.js::<()>("history.back()").await;
        page.wait("the lesson before", "return document.title.startsWith('In place, dirty')").await;
    });
}

#[test]
fn bad_values_fall_back_and_are_told() {
    with_page(async |page| {
        page.open("?draft=0#lesson=L99&step=banana&view=cinema&theme=pink&m.nonsense=1&foo=bar").await;
        assert_eq!(page.js::<String>("return at()").await, "0");
        assert!(page.js::<bool>("return one('.study') !== null && length() > 0").await);
        let notice: String = page.js("return words('.notice')").await;
        assert!(notice.contains("L99"), "{notice}");
        page.open("?draft=0#lesson=L03&step=999999999999").await;
        page.wait("the nearest step", "return at() === String(length())").await;
        page.open("?draft=0#lesson=L03&step=3.999").await;
        page.wait("the nearest part", "return at().split('.')[0] === '3'").await;
    });
}

#[test]
fn a_script_in_the_address_makes_the_round_trip() {
    with_page(async |page| {
        let link = format!("return 'scenario=' + await packed({})", serde_json::json!(SCRIPT));
        page.open("").await;
        let link: String = page.js(&link).await;
        page.open(&format!("?draft=0#{link}&step=3.2")).await;
        page.stands_at("3.2").await;
        assert_eq!(page.js::<usize>("return length()").await, 3);
        assert_eq!(page.js::<String>("return document.title").await, "Ours – Pagelab");
        // Its own link, after a move, opened afresh.
        page.click("#next").await;
        page.stands_at("3").await;
        page.wait("the address", "return /step=3(&|$)/.test(location.hash)").await;
        let fragment: String = page.js("return location.hash").await;
        assert!(fragment.contains("scenario=1."), "{fragment}");
        let state: String = page.js("await drawn(); return JSON.stringify(state())").await;
        page.open(&format!("?draft=0{fragment}")).await;
        page.stands_at("3").await;
        assert!(page.js::<String>("await drawn(); return JSON.stringify(state())").await == state, "the same moment");
        page.click("#tab-edit").await;
        page.wait("the text", &format!("return one('#editor-text')?.value === {}", serde_json::json!(SCRIPT))).await;
    });
}

#[test]
fn a_machine_key_changes_the_machine() {
    with_page(async |page| {
        let frames = "return all('[id^=stage-frame-]').length";
        page.open("?draft=0#lesson=L02&step=last").await;
        assert_eq!(page.js::<usize>(frames).await, 4);
        page.open("?draft=0&m.frames=2#lesson=L02&step=last").await;
        assert_eq!(page.js::<usize>(frames).await, 2);
        page.wait(
            "the key in the machine's panel",
            "return one('.machine-key.is-changed code')?.textContent === 'frames'",
        )
        .await;
        page.open("?draft=0#lesson=L02&m.frames=0").await;
        let notice: String = page.js("return words('.notice')").await;
        assert!(notice.contains("frames"), "a machine that cannot be is told: {notice}");
        assert!(page.js::<bool>("return length() > 0").await);
    });
}
