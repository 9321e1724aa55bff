//! `/admin/scim/v2`: users and groups, for identity providers.

use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use crate::scim::{self, Groups, Users};
use contract::admin::*;
use contract::wire::scim::{ScimList, ScimResource};

pub(super) fn routes(api: Api) -> Api {
    api.mount::<GetServiceProviderConfig, _, _>(service_provider_config)
        .mount::<ListResourceTypes, _, _>(resource_types)
        .mount::<GetResourceType, _, _>(resource_type)
        .mount::<ListSchemas, _, _>(schemas)
        .mount::<GetSchema, _, _>(schema)
        .mount::<ListScimUsers, _, _>(list_users)
        .act::<CreateScimUser, _, _>(create_user)
        .mount::<GetScimUser, _, _>(get_user)
        .act::<ReplaceScimUser, _, _>(replace_user)
        .act::<PatchScimUser, _, _>(patch_user)
        .act::<DeleteScimUser, _, _>(delete_user)
        .mount::<ListScimGroups, _, _>(list_groups)
        .act::<CreateScimGroup, _, _>(create_group)
        .mount::<GetScimGroup, _, _>(get_group)
        .act::<ReplaceScimGroup, _, _>(replace_group)
        .act::<PatchScimGroup, _, _>(patch_group)
        .act::<DeleteScimGroup, _, _>(delete_group)
}

async fn service_provider_config(
    _: App,
    call: Call<GetServiceProviderConfig>,
) -> Result<Out<ScimResource>, Error> {
    Ok(Out::Body(scim::service_provider_config(&call.context)))
}

async fn resource_types(_: App, call: Call<ListResourceTypes>) -> Result<Out<ScimList>, Error> {
    Ok(Out::Body(scim::resource_types(&call.context)))
}

async fn resource_type(_: App, call: Call<GetResourceType>) -> Result<Out<ScimResource>, Error> {
    scim::resource_type(&call.context, &call.input.id).map(Out::Body)
}

async fn schemas(_: App, call: Call<ListSchemas>) -> Result<Out<ScimList>, Error> {
    Ok(Out::Body(scim::schemas(&call.context)))
}

async fn schema(_: App, call: Call<GetSchema>) -> Result<Out<ScimResource>, Error> {
    scim::schema(&call.context, &call.input.id).map(Out::Body)
}

async fn list_users(app: App, call: Call<ListScimUsers>) -> Result<Out<ScimList>, Error> {
    let users = Users { app: &app, context: &call.context };
    users.list(&call.input).await.map(Out::Body)
}

async fn create_user(app: App, call: Call<CreateScimUser>) -> Result<Act<Out<ScimResource>>, Error> {
    let (users, input) = (Users { app: &app, context: &call.context }, call.input);
    let act = users.create(input.body.0, &input.fields).await?;
    Ok(act.map(Out::Body))
}

async fn get_user(app: App, call: Call<GetScimUser>) -> Result<Out<ScimResource>, Error> {
    let users = Users { app: &app, context: &call.context };
    users.get(&call.input.id, &call.input.fields).await.map(Out::Body)
}

async fn replace_user(app: App, call: Call<ReplaceScimUser>) -> Result<Act<Out<ScimResource>>, Error> {
    let (users, input) = (Users { app: &app, context: &call.context }, call.input);
    let act = users.replace(&input.id, input.body.0, &input.fields).await?;
    Ok(act.map(Out::Body))
}

async fn patch_user(app: App, call: Call<PatchScimUser>) -> Result<Act<Out<ScimResource>>, Error> {
    let (users, input) = (Users { app: &app, context: &call.context }, &call.input);
    let act = users.patch(&input.id, &input.body, &input.fields).await?;
    Ok(act.map(Out::Body))
}

async fn delete_user(app: App, call: Call<DeleteScimUser>) -> Result<Act<Out<()>>, Error> {
    let act = Users { app: &app, context: &call.context }.delete(&call.input.id).await?;
    Ok(act.map(Out::Body))
}

async fn list_groups(app: App, call: Call<ListScimGroups>) -> Result<Out<ScimList>, Error> {
    let groups = Groups { app: &app, context: &call.context };
    groups.list(&call.input).await.map(Out::Body)
}

async fn create_group(app: App, call: Call<CreateScimGroup>) -> Result<Act<Out<ScimResource>>, Error> {
    let (groups, input) = (Groups { app: &app, context: &call.context }, call.input);
    let act = groups.create(input.body.0, &input.fields).await?;
    Ok(act.map(Out::Body))
}

async fn get_group(app: App, call: Call<GetScimGroup>) -> Result<Out<ScimResource>, Error> {
    let groups = Groups { app: &app, context: &call.context };
    groups.get(&call.input.id, &call.input.fields).await.map(Out::Body)
}

async fn replace_group(app: App, call: Call<ReplaceScimGroup>) -> Result<Act<Out<ScimResource>>, Error> {
    let (groups, input) = (Groups { app: &app, context: &call.context }, call.input);
    let act = groups.replace(&input.id, input.body.0, &input.fields).await?;
    Ok(act.map(Out::Body))
}

async fn patch_group(app: App, call: Call<PatchScimGroup>) -> Result<Act<Out<ScimResource>>, Error> {
    let (groups, input) = (Groups { app: &app, context: &call.context }, &call.input);
    let act = groups.patch(&input.id, &input.body, &input.fields).await?;
    // A large group is not told back to who adds one member (RFC 7644, section 3.5.2).
    let is_told = input.fields.attributes.is_some();
    Ok(act.map(|group| if is_told { Out::Status(200, group) } else { Out::Body(group) }))
}

async fn delete_group(app: App, call: Call<DeleteScimGroup>) -> Result<Act<Out<()>>, Error> {
    let act = Groups { app: &app, context: &call.context }.delete(&call.input.id).await?;
    Ok(act.map(Out::Body))
}
