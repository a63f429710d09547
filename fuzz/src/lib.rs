//! What the targets do with their input, which the tests of the package do too.

#[path = "../../tests/integration/inputs.rs"]
pub mod inputs;
