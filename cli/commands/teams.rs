//! `katonic teams`: who shares the daemon.

use crate::failure::{Answer, Failure};
use crate::output::table::table;
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::admin::{GetTeam, ListTeams, PutTeam};
use contract::wire::admin::{PutTeamRequest, Team, TeamListQuery, TeamPath, TeamSettings};

/// Teams that share the daemon.
#[derive(Debug, Args)]
pub(crate) struct Teams {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List teams
    List,
    /// Create a team
    Create {
        /// Its id: lower-case letters, digits and hyphens
        team: String,
    },
    /// Show a team
    Show {
        /// Its id
        team: String,
    },
}

pub(super) async fn run(session: &Session, teams: Teams) -> Result<Answer, Failure> {
    let client = session.client()?;
    match teams.command {
        Command::List => {
            let page = client.call::<ListTeams>(&TeamListQuery::default()).await?;
            session.output.either(&page, || shown(&page.data))?;
            session.output.more(page.next.as_deref());
        }
        Command::Create { team } => {
            let request = PutTeamRequest { team, settings: TeamSettings::default() };
            let team = client.call::<PutTeam>(&request).await?;
            session.output.either(&team, || format!("The team {} is there.", team.id))?;
        }
        Command::Show { team } => {
            let team = client.call::<GetTeam>(&TeamPath { team }).await?;
            session.output.either(&team, || shown(std::slice::from_ref(&team)))?;
        }
    }
    Ok(Answer::Yes)
}

fn shown(teams: &[Team]) -> String {
    let rows = teams.iter().map(|team| {
        let aliases = team.settings.aliases.iter().map(|(name, model)| format!("{name}={model}"));
        let keys = if team.settings.own_provider_keys_only { "its own" } else { "its own, else shared ones" };
        [team.id.clone(), keys.to_owned(), aliases.collect::<Vec<_>>().join(" ")]
    });
    table(["team", "providers' keys", "aliases"], rows)
}
