//! Draws moments of lessons natively, as web pages for looking at without the app:
//! `cargo run -p web --example stage -- OUT LESSON STEP[.PART] [theme] [compact] [chosen=PID:VPN] [m.KEY=VALUE]…`
//!
//! The pages link `css/` (a copy of `static/css` with `static/fonts` in it) beside which they are written as `OUT/LESSON-STEP.html`.

#[cfg(not(target_arch = "wasm32"))]
mod draw;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    draw::main()
}

/// There is nothing to draw natively in a browser.
#[cfg(target_arch = "wasm32")]
fn main() {}
