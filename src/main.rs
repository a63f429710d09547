//! The command line of ikecompat.
fn main() {}
