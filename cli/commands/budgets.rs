//! `katonic budgets`: how much may be spent, by whom.

use crate::args::TeamPageArgs;
use crate::failure::{Answer, Failure};
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, Subcommand, ValueEnum};
use contract::admin::{CreateBudget, DeleteBudget, ListBudgets, UpdateBudget};
use contract::money::Usd;
use contract::wire::admin::{
    Budget, BudgetPath, CreateBudgetRequest, Mode, Period, Subject, Unpriced, UpdateBudgetRequest,
};
use serde_json::json;

/// How much may be spent, by whom, in which time.
#[derive(Debug, Args)]
pub(crate) struct Budgets {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List budgets with what is spent and held
    List(TeamPageArgs),
    /// Create a budget: of the team, unless --key, --user or --tag names another
    Create(Create),
    /// Change a budget; a prepaid one is topped up by a higher limit
    Update {
        /// Its name or id
        budget: String,
        /// Dollars that may be spent
        #[arg(long, value_name = "USD", value_parser = dollars)]
        limit: Usd,
    },
    /// Remove a budget
    Remove {
        /// Its name or id
        budget: String,
    },
}

#[derive(Debug, Args)]
struct Create {
    /// What to call it
    name: String,
    /// Dollars that may be spent
    #[arg(long, value_name = "USD", value_parser = dollars)]
    limit: Usd,
    /// Over which time
    #[arg(long, value_enum, default_value_t = Over::Month)]
    period: Over,
    /// Of calls of this key
    #[arg(long, group = "whose")]
    key: Option<String>,
    /// Of calls for this user
    #[arg(long, group = "whose", value_name = "EMAIL")]
    user: Option<String>,
    /// Of calls with this tag
    #[arg(long, group = "whose")]
    tag: Option<String>,
    /// Refuse nothing; only tell the webhooks
    #[arg(long)]
    soft: bool,
    /// Let models pass whose price nobody knows
    #[arg(long)]
    allow_unpriced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Over {
    Day,
    Month,
    Prepaid,
}

fn dollars(text: &str) -> Result<Usd, String> {
    serde_json::from_str(text).map_err(|_| "write dollars as a number, such as 25 or 0.5".into())
}

impl From<Create> for CreateBudgetRequest {
    fn from(args: Create) -> Self {
        let (subject, subject_id) = match (args.key, args.user, args.tag) {
            (Some(key), ..) => (Subject::Key, Some(key)),
            (_, Some(user), _) => (Subject::User, Some(user)),
            (.., Some(tag)) => (Subject::Tag, Some(tag)),
            _ => (Subject::Team, None),
        };
        Self {
            name: args.name,
            team: None,
            subject,
            subject_id,
            period: match args.period {
                Over::Day => Period::Day,
                Over::Month => Period::Month,
                Over::Prepaid => Period::Prepaid,
            },
            limit_usd: args.limit,
            mode: if args.soft { Mode::Soft } else { Mode::Hard },
            unpriced: if args.allow_unpriced { Unpriced::Allow } else { Unpriced::Refuse },
        }
    }
}

pub(super) async fn run(session: &Session, budgets: Budgets) -> Result<Answer, Failure> {
    let client = session.client()?;
    match budgets.command {
        Command::List(args) => {
            let page = client.call::<ListBudgets>(&args.into()).await?;
            session.output.either(&page, || shown(&page.data))?;
            session.output.more(page.next.as_deref());
        }
        Command::Create(args) => {
            let budget = client.call::<CreateBudget>(&args.into()).await?;
            session.output.either(&budget, || shown(std::slice::from_ref(&budget)))?;
        }
        Command::Update { budget, limit } => {
            let change = UpdateBudgetRequest {
                budget_id: budget,
                name: None,
                limit_usd: Some(limit),
                mode: None,
                unpriced: None,
                ends_at: None,
            };
            let budget = client.call::<UpdateBudget>(&change).await?;
            session.output.either(&budget, || shown(std::slice::from_ref(&budget)))?;
        }
        Command::Remove { budget } => {
            client.call::<DeleteBudget>(&BudgetPath { budget_id: budget.clone() }).await?;
            session
                .output
                .either(&json!({"budget": budget, "removed": true}), || format!("{budget} is removed."))?;
        }
    }
    Ok(Answer::Yes)
}

fn shown(budgets: &[Budget]) -> String {
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let rows = budgets.iter().map(|budget| {
        let [subject, period, mode] =
            [json!(budget.subject), json!(budget.period), json!(budget.mode)].map(word);
        let whose = budget.subject_id.as_ref().map_or(subject.clone(), |id| format!("{subject} {id}"));
        let usd = |amount: Usd| format!("{:.4}", amount.dollars());
        let [limit, spent, held] = [budget.limit_usd, budget.spent_usd, budget.held_usd].map(usd);
        [budget.name.clone(), whose, period, mode, limit, spent, held, or_dash(budget.period_ends_at)]
    });
    table(["name", "of", "each", "mode", "limit USD", "spent", "held", "begins anew"], rows)
}
