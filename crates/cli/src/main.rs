//! The `pagelab` command.
mod bench;
fn main() {
    print!("{}", bench::run(std::env::args().any(|a| a == "--quick")));
}
