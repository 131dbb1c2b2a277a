#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pagelab_tests::fuzz::address(bytes));
