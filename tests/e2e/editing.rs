//! The text is the one truth: mistakes are told where they are, the last good run stays, and nothing is lost.

use crate::page::{Page, with_page};

const GOOD: &str = "file \"f\" size 32\nA: fd = open(\"f\", O_RDWR)\nA: p = mmap(0x40, 32, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)\nA: p[0]\n";
const BAD: &str =
    "file \"f\" size 32\nA: fd = open(\"f\", O_RDWR)\nA: p = mmapp(0x40, 32, PROT_READ, MAP_SHARED, fd, 0)\nA: p[0]\n";

async fn text(page: &Page) -> String {
    page.js("return one('#editor-text').value").await
}

async fn picture(page: &Page) -> String {
    page.js("return words('.stage-document')").await
}

#[test]
fn a_mistake_is_told_with_its_place_and_the_last_good_run_stays() {
    with_page(async |page| {
        page.open("?draft=0#lesson=L03&step=3").await;
        page.stands_at("3").await;
        let before = picture(page).await;
        page.click("#tab-edit").await;
        page.wait("the editor", "return one('#editor-text') !== null").await;
        page.write(BAD).await;
        page.wait("the mistake", "return one('.editor-place') !== null").await;
        // `mmapp` begins in the eighth column of the third line.
        let place: String = page.js("return words('.editor-place')").await;
        assert_eq!(place, "3:8");
        let told: String = page.js("return words('#editor-mistakes')").await;
        assert!(told.contains("mmapp") && told.contains("last good run"), "{told}");
        assert!(page.js::<bool>("return one('#run').disabled").await);
        assert_eq!(picture(page).await, before, "the last good run stays");
        assert_eq!(page.js::<String>("return at()").await, "3");

        page.click(".editor-place").await;
        let marked = "const area = one('#editor-text'); \
            return area.value.slice(area.selectionStart, area.selectionEnd) === 'mmapp'";
        page.wait("the mistake selected", marked).await;

        page.write(GOOD).await;
        page.wait("a sound text", "return !one('#run').disabled").await;
        assert_eq!(picture(page).await, before, "nothing runs unasked");
        page.click("#run").await;
        page.wait("the new run", "return length() === 3").await;
        page.click("#last").await;
        page.stands_at("3").await;
        assert_ne!(picture(page).await, before);
        assert_eq!(page.console_errors(), Vec::<String>::new());
    });
}

#[test]
fn an_edited_text_survives_a_reload_even_with_mistakes() {
    with_page(async |page| {
        page.open("#lesson=L03").await;
        page.click("#tab-edit").await;
        page.wait("the editor", "return one('#editor-text') !== null").await;
        let original = text(page).await;
        page.write(BAD).await;
        page.wait("the mistake", "return one('.editor-place') !== null").await;
        page.reload().await;
        page.wait("the editor", "return one('#editor-text') !== null").await;
        assert_eq!(text(page).await, BAD);
        let notice: String = page.js("return words('.notice')").await;
        assert!(notice.contains("mistakes"), "{notice}");

        page.write(GOOD).await;
        page.wait("a sound text", "return !one('#run').disabled").await;
        page.click("#run").await;
        page.wait("the new run", "return length() === 3").await;
        page.open("#lesson=L03").await;
        page.wait("the edited run", "return length() === 3").await;
        page.click(".notice .button").await;
        page.wait("the lesson as it came", "return length() > 3").await;
        page.click("#tab-edit").await;
        page.wait("the editor", "return one('#editor-text') !== null").await;
        assert_eq!(text(page).await, original);
        page.reload().await;
        page.wait("no notice", "return words('.notice') === ''").await;
    });
}

#[test]
fn a_text_is_brought_into_form_and_run_by_key() {
    with_page(async |page| {
        page.open("?draft=0#lesson=L03").await;
        page.click("#tab-edit").await;
        page.wait("the editor", "return one('#editor-text') !== null").await;
        page.write(&GOOD.replace(" | ", "|")).await;
        page.wait("a sound text", "return !one('#run').disabled").await;
        page.js::<()>("all('.editor-tools button').find(button => button.textContent === 'Format').click()").await;
        page.wait("the canonical form", "return one('#editor-text').value.includes('PROT_READ | PROT_WRITE')").await;
        assert_eq!(text(page).await, GOOD);
        page.click("#editor-text").await;
        page.chord('\u{E009}', '\u{E007}').await;
        page.wait("the new run", "return length() === 3").await;
    });
}

/// Chooses a page of A that nobody has touched, and presses one of the two buttons.
async fn access(page: &Page, button: &str) -> (String, String) {
    page.open("?draft=0#lesson=L03&step=2").await;
    page.stands_at("2").await;
    let length: usize = page.js("return length()").await;
    let cell: String = page.js("return all('[id^=stage-page-]').at(-1).id").await;
    page.click(&format!("[id='{cell}']")).await;
    page.wait("the choice", "return one('#stage-load') !== null").await;
    page.js::<()>(&format!("all('.stage-bar-action').find(b => b.textContent.includes('{button}')).click()")).await;
    page.wait("a step more", &format!("return length() === {}", length + 1)).await;
    page.stands_at("3").await;
    let line = page.js("return words('.program-line.is-now .program-text')").await;
    let verdict = page.js("return words('.program-line.is-now .verdict')").await;
    (line, verdict)
}

#[test]
fn a_load_at_a_page_becomes_a_line_of_the_script() {
    with_page(async |page| {
        let (line, verdict) = access(page, "Load").await;
        assert_eq!((line.as_str(), verdict.as_str()), ("[0x70]", "major"));
        page.click("#tab-edit").await;
        page.wait("the editor", "return one('#editor-text') !== null").await;
        let text = text(page).await;
        assert!(text.contains("\nA: [0x70]\n"), "{text}");
    });
}

#[test]
fn a_store_at_a_page_without_the_right_is_refused() {
    with_page(async |page| {
        let (line, verdict) = access(page, "Store").await;
        assert_eq!((line.as_str(), verdict.as_str()), ("[0x70] = 'X'", "refused"));
    });
}
