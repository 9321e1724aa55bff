//! `/admin/v1/tiers`: which models stand behind a tier.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::admin::{GetTier, ListTiers, PutTier, ResetTier};
use contract::wire::admin::Tier;
use contract::wire::page::Page;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<ListTiers, _, _>(list)
        .mount::<GetTier, _, _>(get)
        .act::<PutTier, _, _>(put)
        .act::<ResetTier, _, _>(reset)
}

async fn list(app: App, _call: Call<ListTiers>) -> Result<Out<Page<Tier>>, Error> {
    Ok(Out::Body(Page::whole(app.providers.tiers.list())))
}

async fn get(app: App, call: Call<GetTier>) -> Result<Out<Tier>, Error> {
    Ok(Out::Body(app.providers.tiers.get(&call.input.tier)?))
}

async fn put(app: App, call: Call<PutTier>) -> Result<Act<Out<Tier>>, Error> {
    Ok(app.providers.set_tier(&call.input.tier, call.input.settings)?.map(Out::Body))
}

async fn reset(app: App, call: Call<ResetTier>) -> Result<Act<Out<()>>, Error> {
    Ok(app.providers.tiers.reset(&call.input.tier)?.map(Out::Body))
}
