//! Phrases of injections, each with how much it says.

use crate::guardrails::pattern::{Family, Pattern};

/// A phrase in lower-case text and how much it says. Each rule counts once, however often it matches.
pub(in crate::guardrails::rails) struct Rule {
    pub(super) weight: f32,
    pub(super) reason: &'static str,
    pub(super) pattern: Pattern,
}

impl Rule {
    /// Whether it only says that a part is to be played, as games, rehearsals and exercises say too.
    pub(super) fn is_play(&self) -> bool {
        self.reason == PERSONA && self.weight < 1.0
    }
}

const fn rule(weight: f32, reason: &'static str, source: &'static str) -> Rule {
    Rule { weight, reason, pattern: Pattern::new(source) }
}

const OVERRIDE: &str = "overrides the instructions";
const REVEAL: &str = "asks for the instructions";
const PERSONA: &str = "asks for another persona";
const UNBOUND: &str = "asks to drop the rules";
const MARKUP: &str = "imitates a chat template";
const COVERT: &str = "speaks to the assistant behind the user's back";

pub(super) static RULES: [Rule; 24] = [
    rule(
        1.0,
        OVERRIDE,
        concat!(
            r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|overrid(?:e|ing)|neglect|",
            r"overlook|bypass|abandon|discard|skip|drop)\s+(?:[a-z,]+\s+){0,4}?(?:previous|",
            r"prior|above|preceding|earlier|foregoing|initial|original|former|system|",
            r"your)\s+(?:[a-z,]+\s+){0,3}?(?:instructions?|prompts?|directions?|",
            r"directives?|commands?|programming|training)\b"
        ),
    ),
    rule(
        1.0,
        OVERRIDE,
        concat!(
            r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|overrid(?:e|ing)|neglect|",
            r"overlook|bypass|abandon|discard|skip|drop)\s+(?:[a-z,]+\s+){0,4}?(?:your\s+(?:[a-z,]+\s+){0,3}?",
            r"(?:rules|guidelines|orders|polic(?:y|ies)|restrictions|constraints|",
            r"limitations|safeguards|filters)|all\s+(?:of\s+)?(?:the\s+|my\s+|these\s+|",
            r"those\s+)?(?:instructions|prompts|directives))\b"
        ),
    ),
    rule(
        0.5,
        OVERRIDE,
        concat!(
            r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|overrid(?:e|ing)|neglect|",
            r"overlook|bypass|abandon|discard|skip|drop)\s+(?:[a-z,]+\s+){0,4}?(?:previous|",
            r"prior|above|earlier|original|existing|past|safety|all|any|every)\s+(?:[a-z,]+\s+){0,3}?(?:ru",
            r"les?|guidelines?|orders?|polic(?:y|ies)|restrictions?|constraints?|",
            r"limitations?|safeguards?|filters?|instructions?)\b"
        ),
    ),
    rule(
        1.0,
        OVERRIDE,
        concat!(
            r"\b(?:ignore|disregard|forget)\s+(?:everything|anything|all|whatever)\s+(?:(?:of|",
            r"that|which|you|i|we|has|have|had|been|was|were)\s+){0,4}(?:above|",
            r"before|previous(?:ly)?|prior|said|told|learned|written|so far)\b"
        ),
    ),
    rule(
        1.0,
        OVERRIDE,
        concat!(
            r"\b(?:your|these are)\s+(?:your\s+)?(?:new|real|actual|updated|true)\s+(?:instructions?|",
            r"directives?|system prompt|orders?|task)\s*(?:is|are|:|follow)"
        ),
    ),
    rule(
        1.0,
        REVEAL,
        concat!(
            r"\b(?:reveal|print|repeat|show|output|display|tell|give|share|leak|",
            r"write|recite|expose|dump|copy|translate|summari[sz]e|what (?:is|are|",
            r"was|were))\b(?u:[^.!?\n]){0,30}\b(?:your\s+(?:[a-z]+\s+){0,2}?(?:(?:system|",
            r"initial|hidden|secret|original|developer|internal)\s+(?:prompts?|",
            r"instructions?|messages?|rules|guidelines)|prompt)|(?:the|its|any)\s+(?:[a-z]+\s+)?(?:(?:syst",
            r"em|hidden|developer)\s+prompt|(?:initial|original)\s+prompt|system (?:instructions|",
            r"message)))\b"
        ),
    ),
    rule(
        1.0,
        REVEAL,
        concat!(
            r"\b(?:reveal|print|repeat|output|recite|leak|expose|dump|copy|display)\b(?u:[^.!?\n]){0,30}\b",
            r"your\s+(?:own\s+|full\s+|complete\s+|entire\s+|exact\s+)?instructions\b"
        ),
    ),
    rule(
        1.0,
        REVEAL,
        concat!(
            r"\b(?:repeat|print|output|copy|recite|return)\s+(?:back\s+)?(?:all\s+|",
            r"everything|every word|the (?:words|text|sentences?|content|lines?))[a-z ]{0,25}\b(?:above|",
            r"before this|previous|prior)\b"
        ),
    ),
    rule(
        1.0,
        PERSONA,
        concat!(
            r"\bdo[- ]anything[- ]now\b|\bdan mode\b|\bjail ?(?:broken|break) (?:mode|prompt|version)\b|",
            r"\b(?:developer|debug|god|sudo|unrestricted)\\?[ _]mode[ :=]{1,3}(?:is )?(?:enabled|",
            r"activated|unlocked|output)\b|\b(?:enable|activate|enter) (?:god|sudo|",
            r"unrestricted|dan) mode\b"
        ),
    ),
    rule(
        0.5,
        PERSONA,
        concat!(
            r"\byou(?: are| will be|'re)? (?:now |going to |to |will |must |shall |",
            r"should )+(?:be|act|become|play|pretend|respond|behave|simulate|take)\b|",
            r"\byou are now\b"
        ),
    ),
    rule(0.3, PERSONA, r"\bfrom now on\b"),
    rule(
        0.4,
        PERSONA,
        concat!(
            r"\b(?:pretend|imagine|act|acting|role-?play(?:ing)?|simulat(?:e|ing)|",
            r"immerse yourself)\b(?:\s+(?:to|that|as|like|you|into|a|the)){1,3}\b|",
            r"\bhypothetical(?:ly)?\b"
        ),
    ),
    rule(
        0.4,
        PERSONA,
        concat!(
            r"\b(?:stay|remain|break(?:ing)?|keep|out of|in) (?:in )?(?:your )?character\b|",
            r"\bas (?:both )?(?:dan|aim|stan|dude|evil|niccolo|chatgpt)\b"
        ),
    ),
    rule(0.3, PERSONA, r"(?:\byou(?:'re| are| will| must| should| can| cannot| have| do)\b(?us:.)*?){4}"),
    rule(
        0.4,
        PERSONA,
        concat!(
            r"\b(?:respond|answer|repl(?:y|ies)|speak|talk|behave)\s+(?:only\s+|",
            r"to me\s+|exactly\s+)?(?:as|like|in the (?:style|voice|role|persona|",
            r"character))\b|\b(?:persona|role ?play|fictional|fantasy)\b"
        ),
    ),
    rule(
        0.4,
        PERSONA,
        concat!(
            r"\bi (?:want|need|would like) you to (?:act|pretend|be|play|become|",
            r"respond|write|simulate)\b|\byour (?:first|next) (?:response|message|",
            r"answer|reply|task|output)\b|\bmy first (?:request|question|prompt|",
            r"command)\b"
        ),
    ),
    rule(
        0.5,
        UNBOUND,
        concat!(
            r"\b(?:no|without|free (?:of|from)|not (?:bound|limited|restricted) by|",
            r"has no|have no|do(?:es)? not (?:have|follow|care about)(?: any)?|",
            r"freed? from|doesn't (?:have|care about)(?: any)?)\s+(?:[a-z]+[, ]+(?:or |",
            r"and )?){0,3}?(?:rules?|restrictions?|limits|limitations?|filters?|",
            r"filtering|guidelines?|boundaries|censorship|morals?|morality|ethics|",
            r"ethical|constraints|safeguards|polic(?:y|ies))\b"
        ),
    ),
    rule(
        0.5,
        UNBOUND,
        r"\b(?:uncensored|unfiltered|unrestricted|amoral|unethical|immoral|nsfw|jail ?(?:broken|break))\b",
    ),
    rule(
        0.5,
        UNBOUND,
        concat!(
            r"\b(?:never|cannot|can't|don't|won't|must not)\s+(?:ever\s+|be able to\s+|",
            r"say\s+|to\s+)?(?:refus(?:e|es|al|ing)|decline|reject|apologi[sz]e|",
            r"warn(?:ing)?s?|disclaimers?|morali[sz][a-z]*)\b|\bnever say(?:s)? (?:no|",
            r"sorry|that|you can)"
        ),
    ),
    rule(
        0.4,
        UNBOUND,
        concat!(
            r"\b(?:openai|anthropic|content|use|usage|ethical|safety|moderation)(?:'s)? (?:content )?(?:po",
            r"lic(?:y|ies)|guidelines|rules|restrictions|limitations)\b|\billegal\b(?u:[^.\n]){0,60}\b(?:u",
            r"nethical|immoral|harmful|dangerous)\b"
        ),
    ),
    rule(0.3, UNBOUND, r"\b(?:chatgpt|openai|language model|ai model|an ai)\b"),
    rule(
        1.0,
        MARKUP,
        concat!(
            r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|",
            r"end_header_id)\|>|\[/?inst\]|<</?sys>>|<(?:start|end)_of_turn>|(?:^|",
            r"\n)\s*#{2,}\s*(?:system|instruction|human|assistant)s?\s*:|\bend of (?:the )?(?:system )?pro",
            r"mpt\b"
        ),
    ),
    rule(
        0.6,
        MARKUP,
        concat!(
            r"(?:^|\n)\s*\[?(?:system|admin(?:istrator)?|developer)(?: (?:message|",
            r"note|override|prompt))?\]?\s*:"
        ),
    ),
    rule(
        1.0,
        COVERT,
        concat!(
            r"!\[(?u:[^\]\n]){0,100}\]\(\s*https?://(?u:[^)\s]){1,200}[?&][a-z0-9_.-]{1,30}=(?u:[^)\s]){0,20}",
            r"(?:\{|\[|<|%7b|\$|data|secret|history|conversation|here)"
        ),
    ),
];

pub(in crate::guardrails::rails) static FAMILY: Family<Rule> = Family::new(0, &RULES, |rule| &rule.pattern);

/// Rules for passages alone: they speak of the user, to whom a question would say "you" or "me".
pub(super) static PASSAGE_RULES: [Rule; 5] = [
    rule(
        1.0,
        COVERT,
        concat!(
            r"\b(?:dear|attention|notes? (?:to|for)|if you are an?) (?:the |all |",
            r"any )?(?:ai|llms?|language model|chatbot)(?: assistants?| models?|",
            r" agents?| systems?)?\b|\b(?:ai|llm) (?:assistants?|agents?|models?),? (?:reading|",
            r"processing|summari[sz]ing|analy[sz]ing|parsing)\b"
        ),
    ),
    rule(
        1.0,
        COVERT,
        concat!(
            r"\bwhen (?:summari[sz]ing|answering|processing|translating|reading)(?u:[^.\n]){0,60}\b(?:tell",
            r"|inform|convince|instruct|ask|urge|direct) (?:the|your) (?:user|reader)"
        ),
    ),
    rule(
        0.6,
        COVERT,
        concat!(
            r"\b(?:do not|don't|never|without) (?:tell(?:ing)?|inform(?:ing)?|mention(?:ing)?|",
            r"reveal(?:ing)?|alert(?:ing)?|notify(?:ing)?)[a-z ,]{0,24}\b(?:the|",
            r"your) users?\b"
        ),
    ),
    rule(
        0.5,
        COVERT,
        concat!(
            r"\b(?:you must|always|make sure to|be sure to) (?:now |also |then )?(?:respond|",
            r"reply|answer|say|output|include|append|recommend|tell)\b"
        ),
    ),
    rule(
        0.5,
        COVERT,
        concat!(
            r"\b(?:send|forward|post|upload|exfiltrate|transmit)\b(?u:[^.\n]){0,60}\b(?:passwords?|",
            r"credentials?|api keys?|secrets|conversation|chat history|user'?s? data|",
            r"all (?:emails|messages|files))\b"
        ),
    ),
];

pub(in crate::guardrails::rails) static PASSAGE_FAMILY: Family<Rule> =
    Family::new(1, &PASSAGE_RULES, |rule| &rule.pattern);
