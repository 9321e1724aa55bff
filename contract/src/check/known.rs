//! Names that a definition may refer to, and that neither kind's own model lists.

/// The built-in tools.
pub const TOOLS: [&str; 6] =
    ["knowledge_search", "calculator", "current_time", "create_ticket", "http_request", "sql_query"];

/// The tiers: what a model is called when it doesn't matter whose it is.
pub const TIERS: [&str; 3] = ["fast", "balanced", "powerful"];
