//! The app comes up from a sub-path of a plain server, and asks nobody else for anything.

use crate::page::with_page;

#[test]
fn the_app_mounts_without_an_error_and_without_a_request_elsewhere() {
    with_page(async |page| {
        page.open("").await;
        assert_eq!(page.js::<String>("return at()").await, "0");
        let bars: usize = page.js("return all('.timeline-bar').length").await;
        assert!(bars > 5, "the run is there: {bars} bars");
        assert_eq!(page.console_errors(), Vec::<String>::new());

        let home = page.origin();
        let ours = |url: &String| url.starts_with(&home) || url.starts_with("data:") || url.starts_with("about:");
        let requests = page.requests();
        assert!(requests.iter().any(|url| url.ends_with(".wasm")), "requests are seen: {requests:?}");
        let elsewhere: Vec<_> = requests.iter().filter(|url| !ours(url)).collect();
        assert!(elsewhere.is_empty(), "{elsewhere:?}");
    });
}

#[test]
fn every_button_has_a_name_and_one_region_speaks() {
    with_page(async |page| {
        let nameless = "return all('button, [role=button], select, input, textarea, a[href]') \
            .filter(e => !(e.ariaLabel || e.labels?.[0]?.textContent.trim() || e.textContent.trim())) \
            .map(e => e.outerHTML.slice(0, 120))";
        for view in ["study", "lecture", "embed"] {
            page.open(&format!("#lesson=L03&step=3&view={view}")).await;
            assert_eq!(page.js::<Vec<String>>(nameless).await, Vec::<String>::new(), "{view}");
            let live: usize = page.js("return all('[aria-live]').length").await;
            assert_eq!(live, 1, "{view}: one live region speaks the caption");
            let spoken: String = page.js("return words('[aria-live]')").await;
            assert!(spoken.len() > 10, "{view}: {spoken:?}");
        }
    });
}
