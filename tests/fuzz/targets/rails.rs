//! The eight rails, both ways.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| daemon::fuzzing::rails(data));
