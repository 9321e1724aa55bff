//! `katonic users`: the people whom calls act for.

use crate::args::PageArgs;
use crate::failure::{Answer, Failure};
use crate::output::counted;
use crate::output::table::{or_dash, table};
use crate::session::Session;
use clap::{Args, Subcommand};
use contract::admin::{ListGroups, ListUsers, PutUsers, UpdateUser};
use contract::wire::admin::{PutUser, PutUsersRequest, TeamListQuery, UpdateUserRequest, User};
use std::path::{Path, PathBuf};

/// The people whom calls act for, and their groups.
#[derive(Debug, Args)]
pub(crate) struct Users {
    /// Of another team than your own
    #[arg(long, global = true)]
    team: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List users with their roles and groups
    List,
    /// List groups, with how many belong to each
    Groups(PageArgs),
    /// Add or change users from a YAML file (users, groups) or a CSV file (email, name, role, groups with ; between, active).
    /// What has no field or column stays as it is
    Import {
        /// The file
        file: PathBuf,
    },
    /// Change a user's role or groups
    Update {
        /// The user's address
        email: String,
        /// Their role
        #[arg(long)]
        role: Option<String>,
        /// All groups they belong to
        #[arg(long, value_name = "GROUPS", value_delimiter = ',')]
        groups: Option<Vec<String>>,
    },
    /// Let no call act for a user any longer, at once
    Deactivate {
        /// The user's address
        email: String,
    },
    /// Let calls act for a user again
    Activate {
        /// The user's address
        email: String,
    },
}

pub(super) async fn run(session: &Session, users: Users) -> Result<Answer, Failure> {
    let team = users.team;
    let change = |user: PutUser| UpdateUserRequest { user, team: team.clone() };
    match users.command {
        Command::List => list(session, team).await,
        Command::Groups(page) => groups(session, TeamListQuery { page: page.into(), team }).await,
        Command::Import { file } => import(session, team, &file).await,
        Command::Update { email, role, groups } => {
            update(session, change(PutUser { email, role, groups, ..PutUser::default() })).await
        }
        Command::Deactivate { email } => {
            update(session, change(PutUser { email, active: Some(false), ..PutUser::default() })).await
        }
        Command::Activate { email } => {
            update(session, change(PutUser { email, active: Some(true), ..PutUser::default() })).await
        }
    }
}

async fn list(session: &Session, team: Option<String>) -> Result<Answer, Failure> {
    let query = TeamListQuery { team, ..TeamListQuery::default() };
    let directory = session.client()?.call::<ListUsers>(&query).await?;
    session.output.either(&directory, || shown(&directory.users))?;
    Ok(Answer::Yes)
}

fn shown(users: &[User]) -> String {
    let rows = users.iter().map(|user| {
        let status = if user.active { "active" } else { "deactivated" };
        let name = or_dash(user.name.as_ref());
        [user.email.clone(), name, user.role.clone(), status.to_owned(), user.groups.join(" ")]
    });
    table(["email", "name", "role", "status", "groups"], rows)
}

async fn groups(session: &Session, query: TeamListQuery) -> Result<Answer, Failure> {
    let page = session.client()?.call::<ListGroups>(&query).await?;
    session.output.either(&page, || {
        let rows =
            page.data.iter().map(|group| [group.name.clone(), group.members.to_string(), group.id.clone()]);
        table(["group", "members", "id"], rows)
    })?;
    session.output.more(page.next.as_deref());
    Ok(Answer::Yes)
}

async fn import(session: &Session, team: Option<String>, file: &Path) -> Result<Answer, Failure> {
    let text = tokio::fs::read_to_string(file).await.map_err(|error| Failure::file(file, &error))?;
    let people = if file.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")) {
        of_csv(&text).map_err(|message| Failure::usage(format!("{}: {message}", file.display())))?
    } else {
        let read = serde_yaml::from_str::<PutUsersRequest>(&text);
        read.map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?
    };
    let count = people.users.len();
    let team = team.or(people.team);
    let after = session.client()?.call::<PutUsers>(&PutUsersRequest { team, ..people }).await?;
    session.output.either(&after, || {
        format!("{} imported; there are {} now.", counted(count, "user"), after.users.len())
    })?;
    Ok(Answer::Yes)
}

async fn update(session: &Session, change: UpdateUserRequest) -> Result<Answer, Failure> {
    let user = session.client()?.call::<UpdateUser>(&change).await?;
    session.output.either(&user, || shown(std::slice::from_ref(&user)))?;
    Ok(Answer::Yes)
}

/// Users of comma-separated values, whose first line names the columns. What a file has no column for stays as it is; an
/// empty field too, but for the groups, of which it says that there are none.
fn of_csv(text: &str) -> Result<PutUsersRequest, String> {
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let columns = ["email", "name", "role", "groups", "active"];
    let is_known =
        |name: &str| name.is_empty() || columns.iter().any(|known| known.eq_ignore_ascii_case(name));
    if let Some(unknown) = header.iter().find(|name| !is_known(name)) {
        return Err(format!("there is no column `{unknown}`; the columns are {}", columns.join(", ")));
    }
    let place = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
    let places = columns.map(place);
    if places[0].is_none() {
        return Err("the first line must name the columns, and one of them `email`".into());
    }
    let mut users = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let [email, name, role, groups, active] = places.map(|place| row.get(place?).map(str::to_owned));
        let filled = |field: Option<String>| field.filter(|text| !text.is_empty());
        let listed = |groups: String| {
            let names = groups.split(';').map(str::trim).filter(|group| !group.is_empty());
            names.map(str::to_owned).collect()
        };
        users.push(PutUser {
            email: filled(email).ok_or("a row has no address")?,
            name: filled(name),
            role: filled(role),
            groups: groups.map(listed),
            active: filled(active).map(|active| yes_or_no(&active)).transpose()?,
        });
    }
    Ok(PutUsersRequest { users, ..PutUsersRequest::default() })
}

/// A truth as spreadsheets write it.
fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(format!("`{text}` under `active` is neither true nor false")),
    }
}

#[cfg(test)]
mod tests {
    use super::{PutUser, of_csv};

    #[test]
    fn users_come_out_of_a_spreadsheet() {
        let text =
            "Email,Name,Groups,Role\nana@example.org,\"Roth, Ana\",hr; staff,builder\nbob@example.org,,,\n";
        let users = of_csv(text).unwrap().users;
        let ana = PutUser {
            email: "ana@example.org".into(),
            name: Some("Roth, Ana".into()),
            role: Some("builder".into()),
            groups: Some(vec!["hr".into(), "staff".into()]),
            active: None,
        };
        let bob = PutUser { email: "bob@example.org".into(), groups: Some(vec![]), ..PutUser::default() };
        assert_eq!(users, [ana, bob]);
        assert!(of_csv("name\nAna\n").is_err());
        assert!(of_csv("email,actve\nana@example.org,false\n").unwrap_err().contains("`actve`"));
    }

    #[test]
    fn whoever_a_spreadsheet_calls_inactive_is() {
        let active = |text: &str| {
            of_csv(&format!("email,active\na@example.org,{text}\n")).map(|people| people.users[0].active)
        };
        assert_eq!(
            (active("FALSE"), active("no"), active("Yes")),
            (Ok(Some(false)), Ok(Some(false)), Ok(Some(true)))
        );
        assert_eq!(active(""), Ok(None));
        assert!(active("off").is_err());
    }
}
