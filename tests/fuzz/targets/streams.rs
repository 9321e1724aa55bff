//! Streams of every flavour of provider, wherever they are cut.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| daemon::fuzzing::streams(data));
