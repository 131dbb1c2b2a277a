//! The program that Trunk builds: hands over to the library, which native tests can link too.

fn main() {
    web::start();
}
