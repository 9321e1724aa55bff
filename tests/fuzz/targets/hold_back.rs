//! What leaves a stream of the rails, wherever it is cut.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| daemon::fuzzing::hold_back(data));
