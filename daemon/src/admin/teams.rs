//! `/admin/v1/teams`: which there are, and what they want of their calls.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::gate::teams;
use crate::http::mount::{Api, Call, Out};
use contract::admin::{GetTeam, ListTeams, PutTeam};
use contract::wire::admin::Team;
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListTeams, _, _>(list).mount::<GetTeam, _, _>(get).act::<PutTeam, _, _>(put)
}

fn shown(app: &App, id: String) -> Team {
    Team { object: "team".into(), settings: app.providers.vault.team(&id), id }
}

async fn list(app: App, call: Call<ListTeams>) -> Result<Out<Page<Team>>, Error> {
    let ids = teams::list(&app.db, &call.context.caller).await?;
    let rows = ids.into_iter().map(|id| shown(&app, id)).collect();
    Ok(Out::Body(Page::cut(rows, &call.input.page, |team| team.id.clone())))
}

async fn get(app: App, call: Call<GetTeam>) -> Result<Out<Team>, Error> {
    let id = teams::chosen(&app.db, &call.context.caller, Some(&call.input.team)).await?;
    Ok(Out::Body(shown(&app, id)))
}

async fn put(app: App, call: Call<PutTeam>) -> Result<Act<Out<Team>>, Error> {
    let (id, settings) = (call.input.team, call.input.settings);
    let team = teams::ensured(&call.context.caller, &id)?;
    let mut act = app.providers.vault.put_team(&id, settings).await?;
    act.statements.extend(team);
    Ok(act.map(|settings| Out::Body(Team { object: "team".into(), settings, id })))
}
