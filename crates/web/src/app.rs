//! The one struct component: owns the model, runs effects, picks a shell.

use yew::prelude::*;

/// The app.
#[derive(Debug)]
pub struct App;

impl Component for App {
    type Message = ();
    type Properties = ();

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, _: &Context<Self>) -> Html {
        html! { <main class="study">{ "Pagelab" }</main> }
    }
}
