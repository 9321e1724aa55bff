//! W3C's trace context.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| daemon::fuzzing::parents(data));
