//! Everything without a mouse.

use crate::page::{Page, with_page};
use fantoccini::key::Key;

const ACTIVE: &str =
    "const e = document.activeElement; return e === document.body ? '' : (e.id || String(e.className))";

async fn focused(page: &Page) -> String {
    page.js(ACTIVE).await
}

/// Tabs on until the focus is on something that a selector matches.
async fn tab_to(page: &Page, selector: &str) {
    let mut passed = Vec::new();
    for _ in 0..80 {
        page.key(Key::Tab).await;
        let there = format!("return document.activeElement.matches({selector:?})");
        if page.js::<bool>(&there).await {
            return;
        }
        passed.push(focused(page).await);
    }
    panic!("Tab never comes to {selector}: {passed:?}");
}

#[test]
fn the_run_is_walked_by_keys() {
    with_page(async |page| {
        page.open("?draft=0#lesson=L03").await;
        let last: String = page.js("return String(length())").await;
        let moves = [
            (Key::Right, "1"),
            (Key::PageDown, "2"),
            (Key::Left, "1"),
            (Key::PageUp, "0"),
            (Key::End, last.as_str()),
            (Key::Home, "0"),
        ];
        for (key, place) in moves {
            page.key(key).await;
            page.stands_at(place).await;
        }
        page.key(' ').await;
        page.stands_at("1").await;
        page.key(Key::Right).await;
        page.stands_at("2").await;
        page.key(Key::Down).await;
        page.stands_at("3.1").await;
        page.key(']').await;
        page.stands_at("3.2").await;
        page.key('[').await;
        page.stands_at("3.1").await;
        page.key(Key::Up).await;
        page.wait("the part before", "return at() === '2' || at() === '3.0'").await;
    });
}

#[test]
fn a_step_is_typed_and_help_opened_and_closed() {
    with_page(async |page| {
        page.open("?draft=0#lesson=L03").await;
        page.key('g').await;
        page.wait("the field", "return document.activeElement.id === 'jump'").await;
        page.js::<()>("one('#jump').select()").await;
        for key in ['3', '.', '4'] {
            page.key(key).await;
        }
        page.key(Key::Enter).await;
        page.stands_at("3.4").await;
        page.js::<()>("document.activeElement.blur()").await;
        page.key('?').await;
        page.wait("the help", "return one('#help').matches(':popover-open')").await;
        page.key(Key::Right).await;
        page.key(Key::Escape).await;
        page.wait("no help", "return !one('#help').matches(':popover-open')").await;
        assert_eq!(page.js::<String>("return at()").await, "3.4", "an open dialog has the keys for itself");
    });
}

#[test]
fn a_page_is_loaded_by_keys_alone() {
    with_page(async |page| {
        page.open("?draft=0#lesson=L03&step=2").await;
        page.stands_at("2").await;
        let length: usize = page.js("return length()").await;
        tab_to(page, ".stage-hit").await;
        let first = focused(page).await;
        page.key(Key::Right).await;
        let second = focused(page).await;
        assert!(second.starts_with("stage-") && second != first, "{first} {second}");
        assert_eq!(page.js::<String>("return at()").await, "2", "arrows move within the picture there");
        // On to a page cell, whatever stands before it.
        for _ in 0..40 {
            if focused(page).await.starts_with("stage-page-") {
                break;
            }
            page.key(Key::Right).await;
        }
        assert!(focused(page).await.starts_with("stage-page-"));
        let cell = focused(page).await;
        page.key(Key::Enter).await;
        page.wait("the offer", "return document.activeElement.id === 'stage-load'").await;
        page.key(Key::Enter).await;
        page.wait("a step more", &format!("return length() === {}", length + 1)).await;
        page.stands_at("3").await;
        let line: String = page.js("return words('.program-line.is-now .program-text')").await;
        assert!(line.starts_with("[0x"), "{line}");
        page.wait("the page that was loaded", &format!("return document.activeElement.id === {cell:?}")).await;
        // A clicker goes on from wherever the focus is.
        page.key(Key::PageDown).await;
        page.stands_at("4").await;
    });
}

#[test]
fn a_question_is_answered_by_keys() {
    with_page(async |page| {
        page.open("?draft=0#lesson=L03&step=2").await;
        page.wait("the question", "return one('.question') !== null").await;
        tab_to(page, ".question-button").await;
        // The first choice is the wrong one.
        page.key(Key::Enter).await;
        page.wait("the answer", "return one('.question-choice.is-chosen') !== null").await;
        page.key(Key::Right).await;
        page.stands_at("3").await;
        let told = "return [words('.is-wrong .question-because'), words('.is-right .question-because')]";
        page.wait("the reasons", "return one('.is-right .question-because') !== null").await;
        let (wrong, right): (String, String) = page.js(told).await;
        assert!(wrong.contains("fatal only if") && right.contains("The fault is a question"), "{wrong} / {right}");
    });
}
