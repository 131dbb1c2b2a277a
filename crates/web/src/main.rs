//! The program that Trunk builds: starts the app in the page.

fn main() {
    web::start();
}
