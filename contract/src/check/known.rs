//! Names that a definition may refer to, and that neither kind's own model lists.

/// The built-in tools.
pub const TOOLS: [&str; 6] =
    ["knowledge_search", "calculator", "create_ticket", "http_request", "send_email", "query_table"];
