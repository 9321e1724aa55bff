//! Agents and suites as YAML: checked, and mended for as long as that helps.
#![no_main]

use contract::check::{Context, Policy, Source, check_all, mend};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let policy = Policy::default();
    let mut source = Source::of_bytes("a.yml", data.to_vec());
    for _ in 0..3 {
        let context = Context { policy: Some(&policy), ..Context::default() };
        let verdicts = check_all(std::slice::from_ref(&source), &context);
        let (text, made) = mend(&source.text, verdicts.iter().flat_map(|verdict| &verdict.findings));
        if made == 0 || source.invalid_at.is_some() {
            break;
        }
        source.text = text;
    }
});
