//! The web front end.

use yew::prelude::*;

/// Mounts the app into `#app`.
pub fn start() {
    let root = gloo::utils::document().get_element_by_id("app").expect("index.html has #app");
    yew::Renderer::<Placeholder>::with_root(root).render();
}

#[component]
fn Placeholder() -> Html {
    html! { <h1>{ "Pagelab" }</h1> }
}
