//! Bad input: a message each, at once, and never a blank page.

use crate::page::{Page, with_page};
use serde_json::json;

/// What is said about a script that an address carries, which cannot run.
async fn mistakes(page: &Page, script: &str) -> String {
    page.open("?draft=0").await;
    let link: String = page.js(&format!("return await packed({})", json!(script))).await;
    page.visit(&format!("{}?draft=0#scenario={link}", crate::server::BASE)).await;
    page.wait("a message", "return one('.editor-mistake') !== null || one('.timeline-failure') !== null").await;
    let alive = "return one('#panic') === null && one('.study') !== null && document.body.innerText.trim() !== ''";
    assert!(page.js::<bool>(alive).await);
    assert_eq!(page.console_errors(), Vec::<String>::new());
    page.js("return words('.editor-mistake') ?? words('.timeline-failure')").await
}

#[test]
fn a_link_of_garbage_is_told() {
    with_page(async |page| {
        for garbage in ["1.garbage!", "1.AAAA", "2.AAAA", "%FF%FE", "", "1."] {
            page.open(&format!("?draft=0#scenario={garbage}")).await;
            let notice: String = page.js("return words('.notice')").await;
            let shown: bool = page.js("return length() > 0 && one('#panic') === null").await;
            assert!(shown && (garbage.is_empty() || !notice.is_empty()), "{garbage}: {notice}");
        }
    });
}

#[test]
fn a_link_that_unpacks_to_megabytes_is_refused() {
    with_page(async |page| {
        page.open("?draft=0").await;
        let bomb: String = page.js("return await packed('# '.repeat(8e6))").await;
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        page.open(&format!("?draft=0#scenario={bomb}")).await;
        let notice: String = page.js("return words('.notice')").await;
        assert!(!notice.is_empty());
        assert!(page.js::<bool>("return length() > 0").await);
    });
}

#[test]
fn a_run_of_a_million_million_steps_is_refused() {
    with_page(async |page| {
        let told = mistakes(
            page,
            "repeat 1000000000000 {\n  A: mmap(0, 16, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\n}\n",
        )
        .await;
        assert!(told.contains("1000000000000") || told.contains("steps"), "{told}");
    });
}

#[test]
fn machines_that_cannot_be_are_told() {
    with_page(async |page| {
        let told = mistakes(page, "machine textbook { frames = 0 }\nA: compute 1\n").await;
        assert!(told.contains("1:") && told.contains("frames"), "{told}");
        let told = mistakes(page, "machine textbook { page = 3 }\nA: compute 1\n").await;
        assert!(told.contains("1:") && told.contains("power of two"), "{told}");
    });
}

#[test]
fn a_text_cannot_become_markup() {
    with_page(async |page| {
        let script =
            "title \"<img src=x onerror=window.hurt=1>\"\nfile \"<b>f\" size 16\nA: fd = open(\"<b>f\", O_RDONLY)\n";
        page.open("?draft=0").await;
        let link: String = page.js(&format!("return await packed({})", json!(script))).await;
        page.open(&format!("?draft=0#scenario={link}&step=1")).await;
        page.stands_at("1").await;
        assert!(page.js::<bool>("return window.hurt === undefined && one('#app img, #app b') === null").await);
    });
}
