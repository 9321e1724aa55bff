//! Words and phrases of abuse. They stand here under ROT13, so that nobody has to read them in passing.

/// Words that abuse whomever they are said of.
pub(super) const SLURS: &str = "\
    avttre avttn snttbg snttl xvxr jrgonpx genaal enturnq gbjryurnq cnxv tbbx ornare phag wvtnobb \
    yvogneq juber fyhg nffubyr zbgureshpxre pbpxfhpxre qvpxurnq shpxsnpr fuvgurnq qvcfuvg qbhpuront \
    shpxjvg qhzonff shpxgneq fuvgont";

/// Words that abuse when someone is called by them.
pub(super) const EPITHETS: &str = "\
    vqvbg zbeba vzorpvyr onfgneq wnpxnff fphzont gjng jnaxre pergva ovgpu qvcfuvg";

/// Words that abuse when someone is said to be that.
pub(super) const INSULTS: &str = "\
    vqvbg zbeba vzorpvyr onfgneq wnpxnff fphzont gjng jnaxre pergva ovgpu qvcfuvg ybfre qrtrarengr \
    ergneq ergneqrq genfu tneontr cvt pybja qhzo fghcvq cngurgvp jbeguyrff qvfthfgvat htyl sbby pbjneq \
    cnenfvgr irezva qvftenpr cevpx chffl qbhpur fphz creireg yvne";

/// Threats, wishes of harm and abuse of several words.
pub(super) const PHRASES: [&str; 15] = [
    r"s+h+p+x+ (?:lbh|h|bss|lbhefrys|lbhefryirf|gurz|uvz|ure|gurfr|gubfr|lbhe)\o",
    r"fuhg (?:gur s+h+p+x+ hc|gur uryy hc|lbhe (?:zbhgu|snpr|genc))",
    r"tb (?:gb uryy|qvr|xvyy lbhefrys|unat lbhefrys|shpx lbhefrys)\o",
    r"(?:cvrpr|cvrprf|cvyr|ont|ybnq) bs (?:fuvg|penc)\o",
    r"fbaf? bs (?:n )?ovgpu(?:rf)?",
    r"xvyy (?:lbhefrys|lbhefryirf|hefrys)\o|\oxlf\o",
    concat!(
        r"(?:v|jr)(?: jvyy|'yy| nz tbvat gb|'z tbvat gb| tbaan|'z tbaan| jnag gb| jnaan) ",
        r"(?:xvyy|zheqre|fgno|fgenatyr|encr|fynhtugre) (?:lbh|h|uvz|ure|lbhe)\o",
    ),
    r"(?:v|jr)(?: jvyy|'yy| nz tbvat gb|'z tbvat gb| tbaan|'z tbaan) (?:uheg|orng|qrfgebl|uhag) (?:lbh|h)\o",
    concat!(
        r"ubcr (?:gung )?(?:lbh|gurl|ur|fur|lbhe snzvyl|lbhe xvqf) (?:nyy )?",
        r"(?:qvr|qvrf|ohea|ebg|fhssre|trg (?:pnapre|fubg|encrq))\o",
    ),
    concat!(
        r"(?:lbh|gurl|ur|fur|nyy bs gurz|gurfr crbcyr) (?:fubhyq|qrfreir gb|zhfg|bhtug gb|arrq gb)(?: nyy)? ",
        r"(?:qvr|ebg|or (?:fubg|xvyyrq|unatrq|ylapurq|rkgrezvangrq|tnffrq|encrq))\o",
    ),
    r"(?:ebg|ohea) va uryy\o",
    r"fhpx zl (?:qvpx|pbpx|onyyf)|\oxvff zl nff\o|\orng fuvg\o",
    r"v xabj jurer lbh yvir\o",
    r"(?:shpxvat|svygul|qvegl|qnza) (?:wrjf|zhfyvzf|tnlf|oynpxf|zrkvpnaf|vzzvtenagf|nenof|nfvnaf|juvgrf)\o",
    r"(?:v ungr|xvyy nyy|shpx nyy|shpx gur) (?:wrjf|zhfyvzf|tnlf|oynpxf|zrkvpnaf|vzzvtenagf|nenof|nfvnaf|juvgrf)\o",
];

/// The plain form of a word or a pattern.
pub(super) fn rot13(text: &str) -> String {
    let turn = |c: char, first: u8| char::from((c as u8 - first + 13) % 26 + first);
    text.chars()
        .map(|c| match c {
            'a'..='z' => turn(c, b'a'),
            'A'..='Z' => turn(c, b'A'),
            _ => c,
        })
        .collect()
}
