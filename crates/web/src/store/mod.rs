//! Model, messages and the pure `update`. No Yew, no browser.

/// Everything the app knows.
#[derive(Default, Debug)]
pub struct Model {}
