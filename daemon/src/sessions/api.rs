//! The session endpoints.

use crate::act::Act;
use crate::agents;
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use crate::sessions;
use contract::catalogue::{CreateSession, DeleteSession, GetSession, ListSessions};
use contract::wire::page::Page;
use contract::wire::sessions::{Session, SessionDetail};

pub(crate) fn routes(api: Api) -> Api {
    api.act::<CreateSession, _, _>(create)
        .mount::<ListSessions, _, _>(list)
        .mount::<GetSession, _, _>(get)
        .act::<DeleteSession, _, _>(delete)
}

async fn create(app: App, call: Call<CreateSession>) -> Result<Act<Out<Session>>, Error> {
    let caller = &call.context.caller;
    agents::live(&app.db, caller, &call.input.agent_id, "prod").await?;
    Ok(sessions::create(caller, call.input)?.map(Out::Body))
}

async fn list(app: App, call: Call<ListSessions>) -> Result<Out<Page<Session>>, Error> {
    Ok(Out::Body(sessions::list(&app.db, &call.context.caller, &call.input).await?))
}

async fn get(app: App, call: Call<GetSession>) -> Result<Out<SessionDetail>, Error> {
    let input = &call.input;
    Ok(Out::Body(sessions::detail(&app.db, &call.context.caller, &input.session_id, &input.page).await?))
}

async fn delete(app: App, call: Call<DeleteSession>) -> Result<Act<Out<()>>, Error> {
    let act = sessions::delete(&app.db, &call.context.caller, &call.input.session_id).await?;
    Ok(act.map(Out::Body))
}
