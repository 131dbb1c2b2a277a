//! Themes change the colours, and no width makes the page scroll sideways.

use crate::page::{Page, with_page};
use serde_json::json;

/// How light the ground is, 0 to 255, and how large the type.
async fn ground(page: &Page) -> (f64, f64) {
    let ground = "const root = document.documentElement, probe = document.createElement('p'); \
        probe.style.background = 'var(--ground)'; one('#app').append(probe); \
        const [r, g, b] = getComputedStyle(probe).backgroundColor.match(/[\\d.]+/g).map(Number); probe.remove(); \
        return [0.2126 * r + 0.7152 * g + 0.0722 * b, parseFloat(getComputedStyle(root).fontSize)]";
    page.js(ground).await
}

async fn choose(page: &Page, theme: &str, name: &str) {
    page.click("#theme-button").await;
    let find = format!("all('.toolbar-themes .toolbar-item').find(b => b.textContent === '{theme}').click()");
    page.js::<()>(&find).await;
    page.wait(theme, &format!("return document.documentElement.dataset.theme === {name}")).await;
}

#[test]
fn themes_change_the_colours() {
    with_page(async |page| {
        let prefer = |scheme: &str| {
            let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
            page.devtools("Emulation.setEmulatedMedia", json!({ "features": features }));
        };
        prefer("light");
        page.open("?draft=0#lesson=L03").await;
        let (light, size) = ground(page).await;
        assert!(light > 230.0, "{light}");
        prefer("dark");
        assert!(ground(page).await.0 < 50.0, "as the system says");
        choose(page, "Light", "'light'").await;
        assert!((ground(page).await.0 - light).abs() < 0.5, "whatever the system says");
        prefer("light");
        choose(page, "Dark", "'dark'").await;
        assert!(ground(page).await.0 < 50.0);
        page.wait("the theme in the address", "return location.hash.includes('theme=dark')").await;
        choose(page, "Projector", "'projector'").await;
        let (projector, large) = ground(page).await;
        assert!(projector > 250.0 && large > size, "white, and larger: {projector}, {large} against {size}");
        choose(page, "As the system", "undefined").await;
        page.open("?draft=0&theme=dark#lesson=L03").await;
        assert!(ground(page).await.0 < 50.0, "by the address");
    });
}

#[test]
fn nothing_is_wider_than_the_window() {
    with_page(async |page| {
        let mut wide = Vec::new();
        for (width, height) in [(320, 640), (390, 844), (768, 1024), (1280, 720)] {
            page.resize(width, height);
            // L03 and L02c end with a question, whose sign stands at the end of the time bar.
            for rest in ["L08", "L08&view=lecture", "L08&view=embed", "L08&theme=projector", "L03", "L02c"] {
                page.open(&format!("?draft=0#step=6&lesson={rest}")).await;
                page.wait("the window", &format!("return innerWidth === {width}")).await;
                let scrolled: u32 = page.js("return document.scrollingElement.scrollWidth").await;
                let sticking = "return all('#app *').filter(e => e.getBoundingClientRect().right > innerWidth + 1) \
                    .map(e => `${e.tagName}.${e.className}`).slice(0, 12).join(', ')";
                if scrolled > width {
                    wide.push(format!("{scrolled} at {width}x{height} {rest}: {}", page.js::<String>(sticking).await));
                }
            }
        }
        assert!(wide.is_empty(), "{}", wide.join("\n"));
    });
}

#[test]
fn on_a_phone_a_step_shows_what_it_lights_and_says_so() {
    with_page(async |page| {
        page.resize(390, 844);
        page.open("?draft=0#lesson=L03&step=2").await;
        let says = "const said = one('.caption-spoken').getBoundingClientRect(), bar = one('.study-time').getBoundingClientRect(); \
            return said.width > 200 && said.height > 12 && said.top >= bar.top && bar.bottom <= innerHeight + 1;";
        // Smooth scrolling takes its time, so it is waited for.
        let shows = "const room = one('.study-time').getBoundingClientRect().top; \
            const sees = e => { const { top, bottom } = e.getBoundingClientRect(); return top >= -1 && bottom <= room + 1 }; \
            const caption = one('.stage-caption'); \
            return caption ? sees(caption) : all('.stage-drawing .stage-lit').some(sees);";
        let mut said = std::collections::BTreeSet::new();
        for _ in 0..11 {
            page.js::<String>("return await press('next-part')").await;
            page.wait("what is lit", shows).await;
            assert!(page.js::<bool>(says).await, "{}", page.js::<String>("return at()").await);
            said.insert(page.js::<String>("return words('.caption-spoken')").await);
        }
        assert!(said.len() > 8, "each part has its sentence: {said:?}");
        // It is not held there against whoever scrolls on.
        page.js::<()>("scrollTo({ top: 0, behavior: 'instant' }); one('#theme-button').click()").await;
        page.wait("the top", "await drawn(); return scrollY === 0").await;
    });
}
