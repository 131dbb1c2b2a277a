//! The Yew front end of Pagelab.
//!
//! | room | what it owns |
//! |---|---|
//! | [`app`] | the one struct component: the [`Model`](store::Model), the running of effects, the choice of a shell |
//! | [`store`] | model, messages, and the pure `update`; no Yew, no browser |
//! | [`url`] | what an address says, both ways |
//! | [`present`] | state and settings to small view models that compare cheaply |
//! | [`stage`] | the picture: where things are and what moves |
//! | [`components`] | one file each, its stylesheet `static/css/<same name>.css` |
//! | [`shells`] | study, lecture, embed: arrangements of the same components |
//! | [`hooks`] | listening to the browser |
//! | [`seam`] | what the frame and the stage tell each other |
//!
//! Not here: any rule of memory (`vmcore`) and any rule of the language (`script`).

pub mod app;
pub mod components;
pub mod hooks;
pub mod present;
pub mod seam;
pub mod shells;
pub mod stage;
pub mod store;
pub mod url;

/// Mounts the app in `#app`, or does nothing where there is no such place (a worker).
pub fn start() {
    let Some(root) = web_sys::window().and_then(|window| window.document()?.get_element_by_id("app")) else { return };
    // Yew would tell a panic on the console alone; a box on the screen tells it to everybody.
    yew::set_custom_panic_hook(Box::new(hooks::panic::tell));
    yew::Renderer::<app::App>::with_root(root).render();
}
