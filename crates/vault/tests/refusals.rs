//! What is not to be possible does not compile: a private value that gets out without a right,
//! and a right of an operator's without a consent that was checked.

#[test]
fn a_private_value_gets_out_by_a_right_only() {
    trybuild::TestCases::new().compile_fail("tests/refusals/*.rs");
}
