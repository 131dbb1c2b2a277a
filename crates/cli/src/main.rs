//! The `pagelab` command.
fn main() {}
