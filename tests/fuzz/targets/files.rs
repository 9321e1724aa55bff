//! Files of every format that documents are read from.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| daemon::fuzzing::files(data));
