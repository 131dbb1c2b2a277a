//! State and view settings to view models: small, owned, cheaply compared. No Yew, no browser.

pub mod scene;
