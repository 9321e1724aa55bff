//! Filters and changes of SCIM.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| daemon::fuzzing::filters(data));
