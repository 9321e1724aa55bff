//! The endpoints of the admin API, in reading order.

use crate::endpoint::{ADMIN, SCIM};
use crate::endpoints;
use crate::wire::Object;
use crate::wire::admin::*;
use crate::wire::agents::AgentPath;
use crate::wire::analytics::{AuditRow, Checkpoint, ExportAuditQuery, TailLogsQuery};
use crate::wire::evaluations::{Quality, Run, RunPath};
use crate::wire::events::LogEvent;
use crate::wire::flywheel::{ReviewRequest, ReviewedDataset};
use crate::wire::knowledge::SourceState;
use crate::wire::page::Page;
use crate::wire::scim::*;
use crate::wire::tools::Ticket;

endpoints! {
    ADMIN;

    /// List API keys, the newest first.
    ListKeys: Get "/keys", Keys, "admin/keys/read", TeamListQuery => 200 Page<Key>;
    /// Create an API key. The answer holds its secret, this once.
    CreateKey: Post "/keys", Keys, "admin/keys/write", CreateKeyRequest => 201 Key;
    /// One API key, by its id or name.
    GetKey: Get "/keys/{key_id}", Keys, "admin/keys/read", KeyPath => 200 Key;
    /// Change a key. It holds from the next call on.
    UpdateKey: Patch "/keys/{key_id}", Keys, "admin/keys/write", UpdateKeyRequest => 200 Key;
    /// Give a key a new secret; the old one works on for the overlap. Limits, budgets and the audit log go on under the same id.
    RotateKey: Post "/keys/{key_id}/rotate", Keys, "admin/keys/write", RotateKeyRequest => 201 Key;
    /// Revoke a key, or one of its secrets, at once.
    RevokeKey: Post "/keys/{key_id}/revoke", Keys, "admin/keys/write", RevokeKeyRequest => 200 Key;
    /// List operators' tokens.
    ListOperators: Get "/operators", Keys, "admin/operators/read", TeamListQuery => 200 Page<Operator>;
    /// Create an operator's token. The answer holds it, this once.
    CreateOperator: Post "/operators", Keys, "admin/operators/write", CreateOperatorRequest => 201 Operator;
    /// Revoke an operator's token at once.
    RevokeOperator: Delete "/operators/{operator_id}", Keys, "admin/operators/write", OperatorPath => 204 ();

    /// Make a link that signs the caller in to the Developer Hub, once, within two minutes.
    CreateHubLink: Post "/logins", Keys, "admin/hub", Object => 201 HubLink;

    /// The signed heads of the audit log, the newest first.
    ListCheckpoints: Get "/audit/checkpoints", Keys, "admin/audit/read", TeamListQuery => 200 Page<Checkpoint>;
    /// The whole log as lines of JSON: its checkpoints, then its rows, the oldest first, then a line that says that this was all.
    ExportAudit: Get "/audit/export", Keys, "admin/audit/read", ExportAuditQuery => 200 AuditRow, Lines;

    /// The newest calls; as an event stream, calls as they happen.
    TailLogs: Get "/logs", Keys, "admin/audit/read", TailLogsQuery => 200 Page<AuditRow>, Events<LogEvent>;

    /// List teams.
    ListTeams: Get "/teams", Directory, "admin/teams/read", TeamListQuery => 200 Page<Team>;
    /// One team, and what it wants of its calls.
    GetTeam: Get "/teams/{team}", Directory, "admin/teams/read", TeamPath => 200 Team;
    /// Create a team, or say what it wants of its calls.
    PutTeam: Put "/teams/{team}", Directory, "admin/teams/write", PutTeamRequest => 200 Team;
    /// All users and groups of a team.
    ListUsers: Get "/users", Directory, "admin/users/read", TeamListQuery => 200 Directory;
    /// Add users, or change those there are: what isn't named of them stays.
    PutUsers: Put "/users", Directory, "admin/users/write", PutUsersRequest => 200 Directory;
    /// Change a user. Deactivated users get nothing, from the next call on.
    UpdateUser: Patch "/users/{email}", Directory, "admin/users/write", UpdateUserRequest => 200 User;
    /// List the groups of a team.
    ListGroups: Get "/groups", Directory, "admin/users/read", TeamListQuery => 200 Page<Group>;

    /// List budgets with what is spent and held.
    ListBudgets: Get "/budgets", Budgets, "admin/budgets/read", TeamListQuery => 200 Page<Budget>;
    /// Create a budget.
    CreateBudget: Post "/budgets", Budgets, "admin/budgets/write", CreateBudgetRequest => 201 Budget;
    /// One budget.
    GetBudget: Get "/budgets/{budget_id}", Budgets, "admin/budgets/read", BudgetPath => 200 Budget;
    /// Change a budget. It holds from the next call on.
    UpdateBudget: Patch "/budgets/{budget_id}", Budgets, "admin/budgets/write", UpdateBudgetRequest => 200 Budget;
    /// Remove a budget. What was spent stays in the audit log.
    DeleteBudget: Delete "/budgets/{budget_id}", Budgets, "admin/budgets/write", BudgetPath => 204 ();
    /// List webhooks.
    ListWebhooks: Get "/webhooks", Budgets, "admin/webhooks/read", TeamListQuery => 200 Page<Webhook>;
    /// Add a webhook. The answer holds what signs its events, this once.
    CreateWebhook: Post "/webhooks", Budgets, "admin/webhooks/write", CreateWebhookRequest => 201 Webhook;
    /// Remove a webhook, and what was to be sent to it.
    DeleteWebhook: Delete "/webhooks/{webhook_id}", Budgets, "admin/webhooks/write", WebhookPath => 204 ();
    /// What was sent to a webhook, the newest first.
    ListDeliveries: Get "/webhooks/{webhook_id}/deliveries", Budgets, "admin/webhooks/read", ListDeliveriesQuery => 200 Page<Delivery>;
    /// Send an event again.
    ResendDelivery: Post "/webhooks/{webhook_id}/deliveries/{delivery_id}/resend", Budgets, "admin/webhooks/write", DeliveryPath => 202 Delivery;

    /// List the sources that documents come from by themselves, and how they stand.
    ListSources: Get "/sources", Knowledge, "admin/sources/read", TeamListQuery => 200 Page<SourceState>;

    /// Stop a run: cases under way end, no more are asked, and what is done stays to be read.
    CancelRun: Post "/runs/{run_id}/cancel", Evaluations, "evaluations", RunPath => 200 Run;

    /// How an agent's answers in prod do: those drawn to be scored, the newest beside those before them, and its evaluation.
    GetQuality: Get "/quality/{agent_id}", Evaluations, "analytics", AgentPath => 200 Quality;

    /// Decide on items of a dataset: what is accepted may be exported, and become examples.
    ReviewDataset: Post "/datasets/{dataset_id}/review", DataFlywheel, "flywheel", ReviewRequest => 200 ReviewedDataset;

    /// List providers, and how they fare.
    ListProviders: Get "/providers", Providers, "admin/providers/read", ListProvidersQuery => 200 Page<ProviderStatus>;
    /// Store a provider's key: encrypted at once, and shown to nobody.
    AddProvider: Post "/providers", Providers, "admin/providers/write", AddProviderRequest => 201 StoredProviderKey;
    /// Put newer facts of models over those that are built in.
    RefreshCatalogue: Put "/providers/catalogue", Providers, "admin/providers/write", RefreshCatalogueRequest => 200 RefreshedCatalogue;
    /// Remove a stored key of a provider.
    RemoveProvider: Delete "/providers/{provider}", Providers, "admin/providers/write", RemoveProviderQuery => 204 ();
    /// Make one real call to a provider.
    TestProvider: Post "/providers/{provider}/test", Providers, "admin/providers/write", TestProviderRequest => 200 ProviderTest where AsksModels, Question;

    /// The policy of rails in force, and the least that each rail does.
    GetRailPolicy: Get "/policies/guardrails", ToolsAndModels, "admin/guardrails/read", Object => 200 RailPolicy;
    /// Set what holds over the settings of all agents and of models' calls. It only tightens, from the next call on.
    PutRailPolicy: Put "/policies/guardrails", ToolsAndModels, "admin/guardrails/write", PutRailPolicyRequest => 200 RailPolicy;
    /// Go back to the settings of agents and of the configuration alone.
    ResetRailPolicy: Delete "/policies/guardrails", ToolsAndModels, "admin/guardrails/write", Object => 204 ();
    /// Try a policy of rails on the newest calls, as far as their texts are kept: what it would have stopped.
    TryRailPolicy: Post "/policies/guardrails/try", ToolsAndModels, "admin/guardrails/read", TryRailPolicyRequest => 200 RailPolicyTrial where Question;
    /// The policy of tools in force. It changes with its file, at the next start.
    GetToolPolicy: Get "/policies/tools", ToolsAndModels, "admin/tools/read", Object => 200 ToolPolicy;
    /// List calls of tools that people decide on, the newest first.
    ListApprovals: Get "/approvals", ToolsAndModels, "admin/tools/read", ListApprovalsQuery => 200 Page<Approval>;
    /// Approve a call: it goes through once, for who asked.
    ApproveToolCall: Post "/approvals/{approval_id}/approve", ToolsAndModels, "admin/tools/write", ApproveRequest => 200 Approval;
    /// Deny a call, with a reason.
    DenyToolCall: Post "/approvals/{approval_id}/deny", ToolsAndModels, "admin/tools/write", DenyRequest => 200 Approval;
    /// List the tickets that agents and callers opened, the newest first.
    ListTickets: Get "/tickets", ToolsAndModels, "admin/tools/read", TeamListQuery => 200 Page<Ticket>;

    /// List tiers, and what each leads to.
    ListTiers: Get "/tiers", Providers, "admin/tiers/read", Object => 200 Page<Tier>;
    /// One tier.
    GetTier: Get "/tiers/{tier}", Providers, "admin/tiers/read", TierPath => 200 Tier;
    /// Say what a tier leads to, over what the configuration says. It holds from the next call on.
    PutTier: Put "/tiers/{tier}", Providers, "admin/tiers/write", PutTierRequest => 200 Tier;
    /// Go back to what the configuration says of a tier.
    ResetTier: Delete "/tiers/{tier}", Providers, "admin/tiers/write", TierPath => 204 ();

    /// Whether all that the daemon rests on works, part by part.
    GetHealth: Get "/health", Upkeep, "admin/health/read", Object => 200 Health;
    /// How long audit rows and traces are kept.
    GetRetention: Get "/retention", Upkeep, "admin/retention/read", Object => 200 Retention;
    /// Say how long they are kept, over what the configuration says.
    UpdateRetention: Patch "/retention", Upkeep, "admin/retention/write", UpdateRetentionRequest => 200 Retention;
    /// List the copies of the store, the newest first.
    ListBackups: Get "/backups", Upkeep, "admin/backups/read", Object => 200 Page<Backup>;
    /// Copy the store as it is now, while it is used, into the data directory. A PostgreSQL database has pg_dump.
    CreateBackup: Post "/backups", Upkeep, "admin/backups/write", Object => 201 Backup;
    /// Remove a copy of the store.
    DeleteBackup: Delete "/backups/{backup_id}", Upkeep, "admin/backups/write", BackupPath => 204 ();

    SCIM;

    /// What of SCIM this daemon supports (RFC 7643, section 5).
    GetServiceProviderConfig: Get "/ServiceProviderConfig", Directory, "admin/users/read", Object => 200 ScimResource, Scim;
    /// The kinds of resources: users and groups (RFC 7643, section 6).
    ListResourceTypes: Get "/ResourceTypes", Directory, "admin/users/read", Object => 200 ScimList, Scim;
    /// One kind of resources.
    GetResourceType: Get "/ResourceTypes/{id}", Directory, "admin/users/read", ScimPath => 200 ScimResource, Scim;
    /// The attributes of resources (RFC 7643, section 7).
    ListSchemas: Get "/Schemas", Directory, "admin/users/read", Object => 200 ScimList, Scim;
    /// One schema, by its URN.
    GetSchema: Get "/Schemas/{id}", Directory, "admin/users/read", ScimPath => 200 ScimResource, Scim;
    /// Users, filtered and paged (RFC 7644, section 3.4.2).
    ListScimUsers: Get "/Users", Directory, "admin/users/read", ScimQuery => 200 ScimList, Scim;
    /// Create a user. The `userName` is their address; without `roles`, they are a member.
    CreateScimUser: Post "/Users", Directory, "admin/users/write", ScimCreate => 201 ScimResource, Scim;
    /// One user.
    GetScimUser: Get "/Users/{id}", Directory, "admin/users/read", ScimPath => 200 ScimResource, Scim;
    /// Replace a user. What is said of neither `active` nor `roles` stays as it is.
    ReplaceScimUser: Put "/Users/{id}", Directory, "admin/users/write", ScimReplace => 200 ScimResource, Scim;
    /// Change a user (RFC 7644, section 3.5.2). `active: false` ends every right from the next call on.
    PatchScimUser: Patch "/Users/{id}", Directory, "admin/users/write", ScimPatchRequest => 200 ScimResource, Scim;
    /// Remove a user for good: no call acts for their address until it is given to somebody again.
    DeleteScimUser: Delete "/Users/{id}", Directory, "admin/users/write", ScimPath => 204 (), Scim;
    /// Groups, filtered and paged.
    ListScimGroups: Get "/Groups", Directory, "admin/users/read", ScimQuery => 200 ScimList, Scim;
    /// Create a group.
    CreateScimGroup: Post "/Groups", Directory, "admin/users/write", ScimCreate => 201 ScimResource, Scim;
    /// One group.
    GetScimGroup: Get "/Groups/{id}", Directory, "admin/users/read", ScimPath => 200 ScimResource, Scim;
    /// Replace a group. Under a new name it may read what it could before.
    ReplaceScimGroup: Put "/Groups/{id}", Directory, "admin/users/write", ScimReplace => 200 ScimResource, Scim;
    /// Change a group. The answer has a body where `attributes` asks for one.
    PatchScimGroup: Patch "/Groups/{id}", Directory, "admin/users/write", ScimPatchRequest => 204 ScimResource, Scim;
    /// Remove a group. Documents keep naming it.
    DeleteScimGroup: Delete "/Groups/{id}", Directory, "admin/users/write", ScimPath => 204 (), Scim;
}
