//! `/admin/v1/teams`: which there are, and what they want of their calls.

use super::changed;
use crate::app::App;
use crate::error::Error;
use crate::gate::teams;
use crate::http::mount::{Api, Call, Out};
use contract::admin::{GetTeam, ListTeams, PutTeam};
use contract::wire::admin::{Team, TeamSettings};
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListTeams, _, _>(list).mount::<GetTeam, _, _>(get).mount::<PutTeam, _, _>(put)
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

async fn put(app: App, call: Call<PutTeam>) -> Result<Out<Team>, Error> {
    let id = &call.input.team;
    let before: TeamSettings = app.providers.vault.team(id);
    teams::ensure(&app.db, &call.context.caller, id).await?;
    app.providers.vault.put_team(id, &call.input.settings).await?;
    changed(&call.context, Some(&before), Some(&call.input.settings));
    Ok(Out::Body(shown(&app, id.clone())))
}
