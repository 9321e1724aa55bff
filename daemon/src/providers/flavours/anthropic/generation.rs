//! Which generation a Claude is of, by its name: they differ in how they are told to think and to answer in a schema, and
//! newer ones refuse what older ones want (Anthropic's reference, "Adaptive thinking", "Effort", "Structured outputs").

/// A generation, as far as requests differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::providers::flavours) struct Generation {
    /// Such as 4 and 6; zeros where the name has no number.
    version: (u32, u32),
    /// Whether it always thinks.
    always_thinks: bool,
}

impl Generation {
    /// Of a model's name, whoever serves it: `claude-sonnet-4-5-20250929`, `claude-3-7-sonnet@20250219`,
    /// `eu.anthropic.claude-opus-4-6-v1:0`.
    pub(in crate::providers::flavours) fn of(model: &str) -> Self {
        let name = model.rsplit_once("claude").map_or("", |(_, name)| name);
        // A number of more digits is a day.
        let number = |part: &str| (part.len() <= 2).then(|| part.parse::<u32>().ok()).flatten();
        let mut parts = name.split(['-', '.', '@', ':', '/']).skip_while(|part| number(part).is_none());
        let mut next = || parts.next().and_then(number).unwrap_or(0);
        let version = (next(), next());
        Self { version, always_thinks: name.contains("mythos") || name.contains("fable") }
    }

    /// Whether it decides by itself how much to think; others are given a budget.
    pub(in crate::providers::flavours) fn is_adaptive(self) -> bool {
        self.version >= (4, 6) || self.always_thinks
    }

    /// Whether it refuses a budget of thinking, and settings of sampling.
    pub(in crate::providers::flavours) fn is_only_adaptive(self) -> bool {
        self.version >= (4, 7) || self.always_thinks
    }

    /// Whether it refuses to be told not to think.
    pub(in crate::providers::flavours) fn always_thinks(self) -> bool {
        self.always_thinks
    }

    /// Whether it thinks unless it is told not to.
    pub(in crate::providers::flavours) fn thinks_by_default(self) -> bool {
        self.version >= (5, 0)
    }

    /// Whether the form of its answers is a part of `output_config`, where before it was a field of a beta.
    pub(in crate::providers::flavours) fn has_output_config(self) -> bool {
        self.version >= (4, 5) || self.always_thinks
    }

    /// The `effort` of a request's `reasoning_effort`.
    pub(in crate::providers::flavours) fn effort(self, wanted: &str) -> Option<&'static str> {
        match wanted {
            "minimal" | "low" => Some("low"),
            "medium" => Some("medium"),
            "high" => Some("high"),
            "xhigh" if self.is_only_adaptive() => Some("xhigh"),
            "xhigh" | "max" => Some("max"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_generation_wherever_its_number_stands() {
        for (model, version) in [
            ("claude-3-7-sonnet-20250219", (3, 7)),
            ("claude-3.5-haiku", (3, 5)),
            ("claude-sonnet-4-20250514", (4, 0)),
            ("claude-sonnet-4-5@20250929", (4, 5)),
            ("anthropic--claude-4.6-opus", (4, 6)),
            ("us.anthropic.claude-opus-4-6-v1:0", (4, 6)),
            ("anthropic.claude-opus-5", (5, 0)),
            ("claude-haiku-latest", (0, 0)),
            ("anthropic.claude-instant-v1", (0, 0)),
            ("arn:aws:bedrock:eu-west-1:12:application-inference-profile/ab12", (0, 0)),
        ] {
            assert_eq!(Generation::of(model).version, version, "{model}");
        }
    }

    #[test]
    fn generations_differ_in_what_they_take() {
        let takes = |model: &str| {
            let generation = Generation::of(model);
            (generation.has_output_config(), generation.is_adaptive(), generation.is_only_adaptive())
        };
        assert_eq!(takes("claude-opus-4-1"), (false, false, false));
        assert_eq!(takes("claude-haiku-4-5"), (true, false, false));
        assert_eq!(takes("claude-sonnet-4-6"), (true, true, false));
        assert_eq!(takes("claude-opus-4-7"), (true, true, true));
        assert_eq!(takes("claude-mythos-preview"), (true, true, true));
        assert_eq!(Generation::of("claude-opus-4-6").effort("xhigh"), Some("max"));
        assert_eq!(Generation::of("claude-sonnet-5").effort("xhigh"), Some("xhigh"));
        assert_eq!(Generation::of("claude-sonnet-5").effort("none"), None);
    }
}
