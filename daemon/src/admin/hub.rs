//! `/admin/v1/logins`: a link that signs its maker in to the Hub.

use crate::act::Act;
use crate::app::App;
use crate::error::{Error, Kind};
use crate::http::mount::{Api, Call, Out};
use crate::hub::Hub;
use contract::admin::CreateHubLink;
use contract::wire::admin::HubLink;

pub(super) fn routes(api: Api) -> Api {
    api.act::<CreateHubLink, _, _>(create)
}

async fn create(app: App, call: Call<CreateHubLink>) -> Result<Act<Out<HubLink>>, Error> {
    if call.context.caller.hub_session.is_some() {
        let message =
            "A signed-in browser makes no links, as it would outlive its session. Use `katonic hub open`.";
        return Err(Error::new(Kind::Forbidden, "not_permitted", message));
    }
    let (operator, now) = (call.context.caller.key_id.clone(), app.books.clock.now().0);
    let code = Hub::new_code();
    let link = HubLink {
        object: "hub.link".into(),
        // What follows the `#` stays in the browser, and out of every log.
        path: format!("/studio/public-api#code={code}"),
        expires_at: Hub::link_ends_at(now),
    };
    let hash = app.pepper.hash(&code);
    Ok(Act::new(Out::Body(link), Vec::new()).then(move || app.hub.add_link(hash, &operator, now)))
}
