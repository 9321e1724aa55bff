//! What one check of one text carries along: the scene, what was counted so far, and what was derived once.

use super::decode::{Decoded, decoded};
use super::normalise::Text;
use super::pattern::Fault;
use super::rails::grounding::Evidence;
use super::rails::leakage::{Hosts, Shingles};
use super::rails::limits::Tally;
use super::rails::topics::Topics;
use super::rails::{FAMILY_COUNT, seen};
use super::required::Possible;
use super::{Phase, Scene};
use contract::agent::RailAction;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

/// A piece of text as the rails see it: the whole input, or a segment of the output.
pub(super) struct Subject<'a> {
    /// Its normal forms.
    pub(super) text: Text<'a>,
    /// Which patterns can match in it.
    pub(super) seen: Seen,
    /// What its encoded runs say.
    pub(super) decoded: Vec<Decoded>,
}

/// Which patterns of the rails' families can match in a text.
pub(super) type Seen = Possible<FAMILY_COUNT>;

impl<'a> Subject<'a> {
    /// Normalises and decodes once, for all rails.
    ///
    /// # Errors
    /// If a pattern of the decoder does not compile.
    pub(super) fn new(original: &'a str) -> Result<Self, Fault> {
        let text = Text::new(original);
        let decoded = decoded(text.folded())?;
        Ok(Self { seen: seen(text.lower()), text, decoded })
    }
}

/// Something that a rail found.
pub(super) struct Finding {
    /// What would be redacted: a byte range of the folded text.
    pub(super) span: Range<usize>,
    /// The text that made it a finding, around the span: with a word of context, say.
    pub(super) claim: Range<usize>,
    /// The name of the placeholder that would take its place.
    pub(super) label: &'static str,
    /// What kind of thing it is; never the thing itself.
    pub(super) reason: Cow<'static, str>,
    /// How sure the rail is, from 0 to 1.
    pub(super) score: f32,
    /// The action for this finding, where it is not the rail's.
    pub(super) action: Option<RailAction>,
}

impl Finding {
    /// A finding that gets the rail's own action.
    pub(super) fn new(span: Range<usize>, label: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { claim: span.clone(), span, label, reason: reason.into(), score: 1.0, action: None }
    }

    /// The same, where the rail is less than sure.
    pub(super) fn with_score(self, score: f32) -> Self {
        Self { score, ..self }
    }

    /// The same, with an action of its own.
    pub(super) fn with_action(self, action: RailAction) -> Self {
        Self { action: Some(action), ..self }
    }

    /// The same, made a finding by text that begins earlier or ends later.
    pub(super) fn claimed_by(self, text: Range<usize>) -> Self {
        Self { claim: text.start.min(self.span.start)..text.end.max(self.span.end), ..self }
    }
}

/// The state of one check. What only some rails need is derived at first use.
pub(super) struct Session<'a> {
    /// Which way the text goes.
    pub(super) phase: Phase,
    /// What the rails know beside the text.
    pub(super) scene: Scene<'a>,
    /// What was counted so far, in the piece that is looked at too.
    pub(super) tally: Tally,
    shingles: OnceLock<Shingles>,
    hosts: OnceLock<Result<Hosts, Fault>>,
    evidence: OnceLock<Result<Evidence, Fault>>,
    topics: OnceLock<Topics>,
}

impl<'a> Session<'a> {
    /// A check that has seen nothing yet.
    pub(super) fn new(phase: Phase, scene: Scene<'a>) -> Self {
        Self {
            phase,
            scene,
            tally: Tally::default(),
            shingles: OnceLock::new(),
            hosts: OnceLock::new(),
            evidence: OnceLock::new(),
            topics: OnceLock::new(),
        }
    }

    /// The runs of words that the instructions consist of.
    pub(super) fn shingles(&self) -> &Shingles {
        self.shingles.get_or_init(|| Shingles::new(self.scene.instructions))
    }

    /// The hosts that the user, the instructions or the passages named.
    ///
    /// # Errors
    /// If a pattern does not compile.
    pub(super) fn hosts(&self) -> Result<&Hosts, Fault> {
        self.hosts.get_or_init(|| Hosts::new(&self.scene)).as_ref().map_err(|fault| *fault)
    }

    /// The numbers and words of the passages and the question.
    ///
    /// # Errors
    /// If a pattern does not compile.
    pub(super) fn evidence(&self) -> Result<&Evidence, Fault> {
        self.evidence.get_or_init(|| Evidence::new(&self.scene)).as_ref().map_err(|fault| *fault)
    }

    /// The denied and allowed topics of the settings.
    pub(super) fn topics(&self) -> &Topics {
        self.topics.get_or_init(|| Topics::new(self.scene.settings.topics.as_ref()))
    }
}
