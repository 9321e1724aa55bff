//! How an endpoint is declared: once, here, for routing, scopes, OpenAPI, the client and the docs.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};

/// What the endpoints of the public API stand under.
pub const PUBLIC: &str = "/public/v1";

/// What the endpoints of the admin API stand under, which only operators' tokens open.
pub const ADMIN: &str = "/admin/v1";

/// What identity providers' endpoints stand under: SCIM 2.0 (RFC 7644), a part of the admin API.
pub const SCIM: &str = "/admin/scim/v2";

/// The HTTP method of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates or does.
    Post,
    /// Stores under a name.
    Put,
    /// Changes some fields.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method's name as HTTP writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether the input travels in the query string instead of a body.
    #[must_use]
    pub fn is_bodiless(self) -> bool {
        matches!(self, Self::Get | Self::Delete)
    }
}

/// One of the nine groups of the public API, or of those of the admin API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Agents and models answer.
    Chat,
    /// Definitions, versions, promotions.
    Agents,
    /// Conversations.
    Sessions,
    /// Documents and search.
    Knowledge,
    /// Suites, runs, comparisons.
    Evaluations,
    /// Better instructions, searched.
    PromptOptimisation,
    /// Feedback and datasets.
    DataFlywheel,
    /// Tools, models, generated documents.
    ToolsAndModels,
    /// Usage, traces, audit.
    Analytics,
    /// API keys, operators' tokens.
    Keys,
    /// Teams, users, their groups.
    Directory,
    /// Budgets, and who is told of them.
    Budgets,
    /// Providers and their keys; tiers.
    Providers,
    /// What is kept for how long, and copies of it.
    Upkeep,
}

impl Group {
    /// The group's title in documentation.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Agents => "agents",
            Self::Sessions => "sessions",
            Self::Knowledge => "knowledge",
            Self::Evaluations => "evaluations",
            Self::PromptOptimisation => "prompt optimisation",
            Self::DataFlywheel => "data flywheel",
            Self::ToolsAndModels => "tools and models",
            Self::Analytics => "analytics",
            Self::Keys => "keys",
            Self::Directory => "teams and users",
            Self::Budgets => "budgets",
            Self::Providers => "providers",
            Self::Upkeep => "upkeep",
        }
    }

    /// What its endpoints are for.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Chat => {
                "Answers: of published agents by `/chat`, whose events tell what governed them, and of agents and models \
                 by the endpoints of OpenAI's reference."
            }
            Self::Agents => {
                "Agents as their authors write them: definitions that are versioned by their content, what is live in \
                 which environment, and the gate that a version passes before."
            }
            Self::Sessions => "Conversations that the daemon keeps, each of one user with one agent.",
            Self::Knowledge => {
                "Documents with who may read them, and search that finds only what the acting user may read."
            }
            Self::Evaluations => {
                "Suites of cases, runs of them against versions of agents, and runs held against each other."
            }
            Self::PromptOptimisation => {
                "Searches for better instructions, examples and settings of an agent, scored on a suite, within a budget."
            }
            Self::DataFlywheel => {
                "What people thought of answers, traces that are worth a look, and datasets made of them."
            }
            Self::ToolsAndModels => {
                "Governed tools, the models and tiers that a key may use, and documents written as files."
            }
            Self::Analytics => "Usage and what it cost, what a single call did, and the audit log.",
            Self::Keys => "API keys and operators' tokens, and the log of what they did.",
            Self::Directory => "Teams, users and their groups.",
            Self::Budgets => "Budgets in dollars, and the webhooks that are told of them.",
            Self::Providers => "Providers of models and their keys, and what tiers lead to.",
            Self::Upkeep => "What is kept for how long, copies of the store, and whether all works.",
        }
    }
}

/// What an endpoint reads and writes beside plain JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// JSON in, JSON out.
    Json,
    /// JSON in; JSON or a stream of events out.
    Events,
    /// A YAML or JSON definition as the whole body; JSON out.
    Definition,
    /// A multipart file or JSON in; JSON out.
    Upload,
    /// JSON in; JSON or a file out.
    File,
    /// JSON in; lines of JSON out, as they are read.
    Lines,
    /// SCIM's JSON in, as the input's field `body`, and out; its errors too (RFC 7644, section 3.12).
    Scim,
}

/// A right that a key may hold, such as `agents/write`. A scope grants those under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope(pub &'static str);

impl Scope {
    /// Whether a scope held (`agents/*`, `completions`, `*`) grants this one.
    #[must_use]
    pub fn granted_by(self, held: &str) -> bool {
        if held == "*" || held == self.0 {
            return true;
        }
        let parent = held.strip_suffix("/*").unwrap_or(held);
        self.0.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'))
            || (held.ends_with("/*") && self.0 == parent)
    }

    /// The broad scope this one stands under: `completions` for `completions/chat`.
    #[must_use]
    pub fn family(self) -> &'static str {
        self.0.split('/').next().unwrap_or(self.0)
    }
}

/// One endpoint as data.
#[derive(Debug)]
pub struct Declaration {
    /// The operation's name, such as `ApplyAgent`.
    pub name: &'static str,
    /// Its group.
    pub group: Group,
    /// Its HTTP method.
    pub method: Method,
    /// What its path stands under: [`PUBLIC`], [`ADMIN`] or [`SCIM`].
    pub prefix: &'static str,
    /// Its path under the prefix, with `{parameters}`.
    pub path: &'static str,
    /// The finest scope that allows it.
    pub scope: Scope,
    /// What it does, from the declaration's doc comment.
    pub doc: &'static str,
    /// The status of success.
    pub status: u16,
    /// The other status of success, where there is one: of what goes on, has ended already, or was there before.
    pub also: &'static [u16],
    /// What it reads and writes.
    pub media: Media,
    /// The schema of its input: path, query and body as one object.
    pub input: SchemaOf,
    /// The schema of its body, where the body is something by itself, as definitions are and what OpenAI defines.
    pub body: Option<SchemaOf>,
    /// The schema of its output.
    pub output: SchemaOf,
    /// The events that it streams, as an enum of their names and data.
    pub events: Option<SchemaOf>,
    /// The media types that it answers with beside JSON.
    pub files: &'static [&'static str],
    /// What it does beside.
    pub traits: &'static [Trait],
}

/// What an endpoint does that its types don't say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    /// Work that it begins may be waited for, by `Prefer: wait=N`.
    Waits,
    /// Its answer may rest on a model's provider, which may fail.
    AsksModels,
    /// Its body or query names things that may not be there, such as an agent, a model or a run.
    Names,
    /// It asks, and changes nothing of what the daemon governs, though it is no `GET`.
    Question,
}

/// Makes a schema, and adds what it refers to.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

impl Declaration {
    /// Whether only operators' tokens open it.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.prefix != PUBLIC
    }

    /// Whether it creates something, so that a client may retry it under an `Idempotency-Key`. A tool that is invoked may.
    #[must_use]
    pub fn creates(&self) -> bool {
        let invokes = self.path.ends_with("/invoke");
        self.method == Method::Post && (matches!(self.status, 201 | 202) || invokes)
    }

    /// Whether it is declared to be so.
    #[must_use]
    pub fn has(&self, what: Trait) -> bool {
        self.traits.contains(&what)
    }

    /// The names in braces in the path, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('{').skip(1).filter_map(|part| part.split('}').next())
    }
}

/// A typed endpoint: what goes in and what comes out.
pub trait Endpoint: Send + Sync + 'static {
    /// The endpoint as data.
    const DECLARATION: &'static Declaration;
    /// Path, query and body parameters, as one object.
    type Input: DeserializeOwned + Serialize + JsonSchema + Send + 'static;
    /// The body of success.
    type Output: Serialize + DeserializeOwned + JsonSchema + Send + 'static;
}

/// Declares endpoints, under a prefix or several: a type each, and the slice that everything walks.
#[macro_export]
macro_rules! endpoints {
    ($($prefix:ident; $(
        $(#[doc = $doc:literal])+
        $name:ident: $method:ident $path:literal, $group:ident, $scope:literal,
        $input:ty $(as $body:ty)? => $status:literal $(| $also:literal)? $output:ty $(as $told:ty)?
        $(, $media:ident $(<$events:ty>)? $([$($file:literal),+])?)? $(where $($trait:ident),+)?;
    )+)+) => {
        $($(
            $(#[doc = $doc])+
            #[derive(Debug)]
            pub enum $name {}

            impl $crate::endpoint::Endpoint for $name {
                const DECLARATION: &'static $crate::endpoint::Declaration = &$crate::endpoint::Declaration {
                    name: stringify!($name),
                    group: $crate::endpoint::Group::$group,
                    method: $crate::endpoint::Method::$method,
                    prefix: $prefix,
                    path: $path,
                    scope: $crate::endpoint::Scope($scope),
                    doc: concat!($($doc, "\n"),+),
                    status: $status,
                    also: &[$($also)?],
                    media: $crate::endpoints!(@media $($media)?),
                    input: |generator| generator.subschema_for::<$input>(),
                    body: $crate::endpoints!(@maybe $($body)?),
                    output: |generator| generator.subschema_for::<$crate::endpoints!(@last $output $(, $told)?)>(),
                    events: $crate::endpoints!(@maybe $($($events)?)?),
                    files: &[$($($($file),+)?)?],
                    traits: &[$($($crate::endpoint::Trait::$trait),+)?],
                };
                type Input = $input;
                type Output = $output;
            }
        )+)+

        /// Every endpoint, in reading order.
        pub static CATALOGUE: &[&$crate::endpoint::Declaration] =
            &[$($(<$name as $crate::endpoint::Endpoint>::DECLARATION),+),+];
    };
    (@maybe) => { None };
    (@maybe $type:ty) => { Some(|generator| generator.subschema_for::<$type>()) };
    (@last $one:ty) => { $one };
    (@last $one:ty, $last:ty) => { $last };
    (@media) => { $crate::endpoint::Media::Json };
    (@media $media:ident) => { $crate::endpoint::Media::$media };
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn a_scope_grants_those_under_it() {
        assert!(Scope("agents/read").granted_by("agents/*"));
        assert!(Scope("completions/chat").granted_by("completions"));
        assert!(Scope("chat").granted_by("chat"));
        assert!(Scope("chat").granted_by("*"));
        assert!(!Scope("agents/write").granted_by("agents/read"));
        assert!(!Scope("chat").granted_by("chats"));
        assert!(!Scope("agents/read").granted_by("agent"));
    }
}
