//! A browser with the app in it, as a test sees it.

use crate::driver::Driver;
use crate::server::{BASE, Page as Served, Server};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(30);
const PROBE: &str = include_str!("probe.js");

/// A browser, its driver, and a server with the app.
pub(crate) struct Page {
    client: Client,
    driver: Driver,
    server: Server,
}

/// Runs a test in a browser of its own.
pub(crate) fn with_page(test: impl AsyncFnOnce(&Page)) {
    with_pages(Vec::new(), test);
}

/// The same, with pages of somebody else's on the same server.
pub(crate) fn with_pages(pages: Vec<Served>, test: impl AsyncFnOnce(&Page)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let page = Page::start(pages).await;
        test(&page).await;
        // What holds for every page whatever a test does with it.
        assert_eq!(page.server.missing(), Vec::<String>::new(), "everything asked for is there");
    });
}

/// The release: `PAGELAB_DIST`, or what `cargo xtask build` leaves in this clone.
fn dist() -> PathBuf {
    let here = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../dist");
    let dist = std::env::var_os("PAGELAB_DIST").map_or_else(here, PathBuf::from);
    assert!(dist.join("index.html").is_file(), "there is no release in {}: cargo xtask build", dist.display());
    dist
}

impl Page {
    async fn start(pages: Vec<Served>) -> Self {
        let server = Server::start(dist(), pages).expect("a server");
        let mut driver = Driver::start();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(Driver::capabilities())
            .connect(&driver.address())
            .await
            .expect("a browser");
        let session = client.session_id().await.expect("a session").expect("it has an id");
        driver.adopt(session);
        Self { client, driver, server }
    }

    /// Scheme, host and port of the server.
    pub(crate) fn origin(&self) -> String {
        self.server.origin()
    }

    /// Loads the app with this after its address (`?…#…`) afresh, and waits until it has drawn the picture.
    pub(crate) async fn open(&self, rest: &str) {
        self.visit(&format!("{BASE}{rest}")).await;
        self.ready().await;
    }

    /// Loads any page of the server's.
    pub(crate) async fn visit(&self, path: &str) {
        // From a blank page, so that a change of the fragment alone is a new load, too.
        self.client.goto("about:blank").await.expect("a blank page");
        self.client.goto(&format!("{}{path}", self.origin())).await.expect("a page");
    }

    /// Waits until the app has drawn the picture.
    pub(crate) async fn ready(&self) {
        self.wait("the picture", "await drawn(); return one('.stage-drawing') !== null && one('#loading') === null")
            .await;
    }

    /// Loads the page again.
    pub(crate) async fn reload(&self) {
        self.client.refresh().await.expect("a reload");
        self.ready().await;
    }

    /// Runs a function body in the page, which may await.
    pub(crate) async fn js<T: DeserializeOwned>(&self, body: &str) -> T {
        self.try_js(body).await.unwrap_or_else(|error| panic!("{body}\n{error}"))
    }

    async fn try_js<T: DeserializeOwned>(&self, body: &str) -> Result<T, String> {
        let script = format!("return (async () => {{ {PROBE}\n{body} }})()");
        let value = self.client.execute(&script, Vec::new()).await.map_err(|error| error.to_string())?;
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    /// Waits until a function body returns true.
    pub(crate) async fn wait(&self, what: &str, body: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // A page that is just being left cannot answer; the next one will.
            let answer = self.try_js::<bool>(body).await;
            if answer == Ok(true) {
                return;
            }
            if Instant::now() > deadline {
                let seen: String = self.js("return document.body.innerText.slice(0, 1500)").await;
                panic!("waited in vain for {what}: {answer:?}; the page says:\n{seen}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until one stands there: "7" or "7.3".
    pub(crate) async fn stands_at(&self, place: &str) {
        self.wait(&format!("step {place}"), &format!("await drawn(); return at() === {}", json!(place))).await;
    }

    /// A person's click in the middle of an element.
    pub(crate) async fn click(&self, selector: &str) {
        let element = self.client.find(Locator::Css(selector)).await;
        let element = element.unwrap_or_else(|error| panic!("{selector}: {error}"));
        element.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// A key, to whatever has the focus.
    pub(crate) async fn key(&self, key: impl Into<char>) {
        let value = key.into();
        let keys = KeyActions::new("keyboard".to_owned());
        let keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        self.client.perform_actions(keys).await.expect("a key");
    }

    /// A key while another is held.
    pub(crate) async fn chord(&self, held: char, value: char) {
        let keys = KeyActions::new("keyboard".to_owned());
        let keys = keys.then(KeyAction::Down { value: held }).then(KeyAction::Down { value });
        let keys = keys.then(KeyAction::Up { value }).then(KeyAction::Up { value: held });
        self.client.perform_actions(keys).await.expect("keys");
    }

    /// Puts a text in place of what is in the editor.
    pub(crate) async fn write(&self, text: &str) {
        let body = "const area = one('#editor-text'); area.value = TEXT; \
                    area.dispatchEvent(new InputEvent('input', { bubbles: true }));";
        let _: Value = self.js(&body.replace("TEXT", &json!(text).to_string())).await;
    }

    /// Goes into a frame of a host page.
    pub(crate) async fn enter_frame(&self, index: u16) {
        self.client.enter_frame(index).await.expect("a frame");
    }

    /// Goes out again.
    pub(crate) async fn leave_frame(&self) {
        self.client.enter_parent_frame().await.expect("the host page");
    }

    /// A command of the DevTools protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.driver.command("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    /// Makes the window's inside so large.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size);
    }

    /// Errors on the console since this was last asked.
    pub(crate) fn console_errors(&self) -> Vec<String> {
        let entries = self.driver.command("se/log", &json!({ "type": "browser" }));
        let entries = entries.as_array().cloned().unwrap_or_default();
        let errors = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        errors.map(|entry| entry["message"].to_string()).collect()
    }

    /// Addresses that were asked for since this was last asked.
    pub(crate) fn requests(&self) -> Vec<String> {
        let entries = self.driver.command("se/log", &json!({ "type": "performance" }));
        let entries = entries.as_array().cloned().unwrap_or_default();
        let messages =
            entries.iter().filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok());
        let sent = messages.filter(|message| message["message"]["method"] == "Network.requestWillBeSent");
        sent.filter_map(|message| message["message"]["params"]["request"]["url"].as_str().map(str::to_owned)).collect()
    }
}
