//! W3C Trace Context: which trace a call is part of, as its client says, and as those are told whom it asks in its turn.

use contract::version::{hex, unhex};

/// Most bytes of a `tracestate` that is passed on (section 3.3.1.5: at least as many should be).
const MOST_STATE: usize = 512;

/// Most members of one (section 3.3.1.1).
const MOST_MEMBERS: usize = 32;

/// The flag that says that a trace is recorded (section 3.2.2.5.1).
const SAMPLED: u8 = 1;

/// A client's span, under which a call stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parent {
    /// As it came.
    pub(crate) text: String,
    /// The trace's id, in hex.
    trace: [u8; 32],
    /// The span's id.
    pub(crate) span: [u8; 8],
    flags: u8,
    /// Its `tracestate`.
    pub(crate) state: Option<String>,
}

impl Parent {
    /// What a `traceparent` and its `tracestate` say; none where the first is not valid (section 3.2.2), while the second
    /// alone may be left out (section 3.3.1.5).
    pub(crate) fn read(parent: &str, state: Option<&str>) -> Option<Self> {
        let mut parts = parent.splitn(5, '-');
        let mut part = |length: usize| parts.next().filter(|part| is_hex(part, length));
        let (version, trace, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        // Of a later version, what follows is not known.
        if version == "ff" || (version == "00" && parts.next().is_some()) || !is_set(trace) || !is_set(span) {
            return None;
        }
        Some(Self {
            text: parent.to_owned(),
            trace: trace.as_bytes().try_into().ok()?,
            span: unhex(span)?.try_into().ok()?,
            flags: u8::from_str_radix(flags, 16).ok()?,
            state: state.filter(|state| is_state(state)).map(str::to_owned),
        })
    }

    /// The trace's id.
    pub(crate) fn trace_id(&self) -> &str {
        std::str::from_utf8(&self.trace).unwrap_or_default()
    }

    /// Whether the client records its trace.
    pub(crate) fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }
}

/// What others are told of the trace that they are asked in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Onward<'a> {
    /// The `traceparent`.
    pub(crate) parent: [u8; 55],
    /// The `tracestate`, as it came.
    pub(crate) state: Option<&'a str>,
}

impl<'a> Onward<'a> {
    /// Under a span of the client's trace, or of one's own where the client has none.
    pub(crate) fn new(client: Option<&'a Parent>, own: [u8; 32], span: [u8; 8], records: bool) -> Self {
        let trace = client.map_or(own, |client| client.trace);
        let is_sampled = records || client.is_none_or(Parent::is_sampled);
        let mut parent = *b"00-00000000000000000000000000000000-0000000000000000-00";
        parent[3..35].copy_from_slice(&trace);
        for (place, digit) in parent[36..52].iter_mut().zip(hex(&span).bytes()) {
            *place = digit;
        }
        parent[54] = if is_sampled { b'1' } else { b'0' };
        Self { parent, state: client.and_then(|client| client.state.as_deref()) }
    }
}

/// A span's id: eight random bytes, not all zero (section 3.2.2.4).
pub(crate) fn span_id() -> [u8; 8] {
    rand::random::<u64>().max(1).to_be_bytes()
}

fn is_hex(part: &str, length: usize) -> bool {
    part.len() == length && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_set(part: &str) -> bool {
    part.bytes().any(|b| b != b'0')
}

/// Whether a list of `key=value` is as section 3.3.1 wants it, and short enough to be passed on.
fn is_state(state: &str) -> bool {
    let members = || state.split(',').map(str::trim).filter(|member| !member.is_empty());
    let is_member = |member: &str| {
        let Some((key, value)) = member.split_once('=') else { return false };
        let is_key = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-*/@".contains(&b);
        let starts_well = key.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let is_value = |b: u8| (0x20..=0x7e).contains(&b) && b != b'=';
        starts_well
            && key.len() <= 256
            && key.bytes().all(is_key)
            && !value.is_empty()
            && value.len() <= 256
            && value.bytes().all(is_value)
    };
    let number = members().count();
    state.len() <= MOST_STATE && (1..=MOST_MEMBERS).contains(&number) && members().all(is_member)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_parent_is_read_and_what_is_none_is_not() {
        let parent = Parent::read(GIVEN, Some("a=1, b@v=x y")).unwrap();
        assert_eq!(parent.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(parent.span, [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]);
        assert!(parent.is_sampled());
        assert!(!Parent::read(&GIVEN.replace("-01", "-00"), None).unwrap().is_sampled());
        assert!(Parent::read(&GIVEN.replace("00-0af", "cc-0af").replace("-01", "-01-new"), None).is_some());
        let zeros = GIVEN.replace("b7ad6b7169203331", "0000000000000000");
        for wrong in [
            &GIVEN[..54],
            &format!("{GIVEN}-x"),
            &GIVEN.to_uppercase(),
            &zeros,
            &format!("ff{}", &GIVEN[2..]),
        ] {
            assert!(Parent::read(wrong, None).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_state_is_passed_on_if_it_is_one() {
        let passed = |state: &str| Parent::read(GIVEN, Some(state)).unwrap().state.is_some();
        assert!(passed("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"));
        let many = "a=1,".repeat(33);
        let long = format!("a={}", "x".repeat(MOST_STATE));
        for wrong in ["", "novalue", "A=1", "a=", "a=b=c", "a=\u{e9}", &many, &long] {
            assert!(!passed(wrong), "{wrong}");
        }
    }

    #[test]
    fn others_are_told_of_the_clients_trace_under_a_span_of_our_own() {
        let client = Parent::read(&GIVEN.replace("-01", "-00"), Some("a=1"));
        let text = |onward: Onward<'_>| String::from_utf8(onward.parent.to_vec()).unwrap();
        let told = Onward::new(client.as_ref(), [b'9'; 32], [0xab; 8], false);
        assert_eq!(told.state, Some("a=1"));
        assert_eq!(text(told), "00-0af7651916cd43dd8448eb211c80319c-abababababababab-00");
        assert!(text(Onward::new(client.as_ref(), [b'9'; 32], [0xab; 8], true)).ends_with("-01"));
        let own = text(Onward::new(None, [b'9'; 32], [0xab; 8], false));
        assert_eq!(own, format!("00-{}-abababababababab-01", "9".repeat(32)));
    }
}
