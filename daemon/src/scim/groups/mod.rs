//! Groups, as SCIM reads and writes them. Members are added and removed one by one, so that changes at the same time
//! undo nothing of each other.

mod sql;

use super::filter::Filter;
use super::listing::{Source, list};
use super::schema::GROUP;
use super::select::{select, wants};
use super::sql::Which;
use super::{address, forgetting, invalid_value, meta, patch, taken, values};
use crate::act::Act;
use crate::app::App;
use crate::call::Context;
use crate::error::{Error, Kind};
use crate::gate::role::Role;
use contract::id;
use contract::time::Time;
use contract::wire::Object;
use contract::wire::scim::{ScimFields, ScimList, ScimPatch, ScimQuery, ScimResource};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::sync::Arc;

/// The longest name of a group, in characters.
const LONGEST: usize = 256;

/// A group as the store has it.
#[derive(Clone, Debug)]
struct Record {
    id: String,
    name: String,
    external_id: Option<String>,
    created_at: i64,
    updated_at: i64,
    members: Vec<Member>,
}

/// A user who belongs to a group.
#[derive(Clone, Debug)]
struct Member {
    id: String,
    email: String,
    role: Role,
}

/// What shall become of a group.
#[derive(Clone, Debug)]
struct Change {
    name: String,
    external_id: Option<String>,
    joining: Vec<Member>,
    leaving: Vec<Member>,
}

impl Change {
    /// The group after it.
    fn of(&self, mut group: Record, now: i64) -> Record {
        group.members.retain(|member| !self.leaving.iter().any(|leaving| leaving.id == member.id));
        group.members.extend(self.joining.iter().cloned());
        group.members.sort_by(|a, b| a.id.cmp(&b.id));
        Record { name: self.name.clone(), external_id: self.external_id.clone(), updated_at: now, ..group }
    }
}

/// The groups of the caller's team.
#[derive(Clone, Copy)]
pub(crate) struct Groups<'a> {
    pub(crate) app: &'a App,
    pub(crate) context: &'a Context,
}

impl Groups<'_> {
    fn team(&self) -> &str {
        &self.context.caller.team
    }

    /// Groups, filtered, a page of them.
    ///
    /// # Errors
    /// If the filter is none.
    pub(crate) async fn list(self, query: &ScimQuery) -> Result<ScimList, Error> {
        let filter = query.filter.as_deref().map(|text| Filter::read(&GROUP, text)).transpose()?;
        let with_members = wants(&GROUP, &query.fields, "members")
            || filter.as_ref().is_some_and(|filter| filter.asks("members"));
        list(&GROUP, &Listed { groups: self, with_members }, query, filter.as_ref()).await
    }

    /// A group.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) async fn get(self, id: &str, fields: &ScimFields) -> Result<ScimResource, Error> {
        let group = self.find(id, wants(&GROUP, fields, "members")).await?;
        Ok(select(&GROUP, self.shown(&group), fields))
    }

    /// Adds a group.
    ///
    /// # Errors
    /// If there is one of that name, or a member is no user or stands above the caller.
    pub(crate) async fn create(self, body: Object, fields: &ScimFields) -> Result<Act<ScimResource>, Error> {
        let (body, now) = (values::resource(&GROUP, body)?, Time::now().0);
        let nothing = Record {
            id: id::new("grp"),
            name: String::new(),
            external_id: None,
            created_at: now,
            updated_at: now,
            members: Vec::new(),
        };
        let change = self.compare(&nothing, &body).await?;
        if self.has(&change.name).await? {
            return Err(taken("group", &change.name));
        }
        let group = change.of(nothing, now);
        let act = Act::new(self.selected(&group, fields), sql::insert(self.team(), &group));
        Ok(forgetting(self.app, act.changing((), noted(&group, Some(&change)))))
    }

    /// Puts a group in another's place.
    ///
    /// # Errors
    /// As [`Groups::create`], or if there is no such group.
    pub(crate) async fn replace(
        self,
        id: &str,
        body: Object,
        fields: &ScimFields,
    ) -> Result<Act<ScimResource>, Error> {
        let body = values::resource(&GROUP, body)?;
        self.change(id, |_| Ok(body.clone()), fields).await
    }

    /// Changes a group.
    ///
    /// # Errors
    /// As [`Groups::create`], or if there is no such group, or a change can't be applied.
    pub(crate) async fn patch(
        self,
        id: &str,
        changes: &ScimPatch,
        fields: &ScimFields,
    ) -> Result<Act<ScimResource>, Error> {
        let apply = |mut current: Object| {
            patch::apply(&GROUP, &mut current, changes)?;
            Ok(current)
        };
        self.change(id, apply, fields).await
    }

    /// Removes a group. Who belonged to it may no longer read what only it could; documents keep naming it, so that one
    /// that is made anew under the name stands where it stood.
    ///
    /// # Errors
    /// If there is none, or a member stands above the caller.
    pub(crate) async fn delete(self, id: &str) -> Result<Act<()>, Error> {
        let group = self.find(id, true).await?;
        self.check_levels(&group.members)?;
        let act = Act::new((), sql::remove(self.team(), &group));
        Ok(forgetting(self.app, act.changing(noted(&group, None), ())))
    }

    /// Changes a group as it was read.
    async fn change(
        self,
        id: &str,
        next: impl Fn(Object) -> Result<Object, Error>,
        fields: &ScimFields,
    ) -> Result<Act<ScimResource>, Error> {
        let (before, now) = (self.find(id, true).await?, Time::now().0);
        let change = self.compare(&before, &next(self.shown(&before))?).await?;
        if change.name != before.name {
            self.check_free(&before.name, &change.name).await?;
        }
        let after = change.of(before.clone(), now);
        let statements = sql::update(self.team(), &before, &change, now);
        let act = Act::new(self.selected(&after, fields), statements);
        // Who may read what is in the index too, which nobody changes until the act is stored.
        let no_indexing = Arc::clone(&self.app.indexing).lock_owned().await;
        let act = act.holding(no_indexing);
        Ok(forgetting(self.app, act.changing(noted(&before, None), noted(&after, Some(&change)))))
    }

    fn selected(&self, group: &Record, fields: &ScimFields) -> ScimResource {
        select(&GROUP, self.shown(group), fields)
    }

    /// What a resource changes of a group.
    async fn compare(&self, before: &Record, resource: &Object) -> Result<Change, Error> {
        let text = |name: &str| resource.get(name).and_then(Value::as_str).map(str::to_owned);
        let name = text("displayName").filter(|name| {
            !name.trim().is_empty() && name.chars().count() <= LONGEST && !name.chars().any(char::is_control)
        });
        let name = name.ok_or_else(|| {
            invalid_value("displayName", format!("A group's `displayName` has 1 to {LONGEST} characters."))
        })?;
        let members = resource.get("members").and_then(Value::as_array).map(Vec::as_slice);
        let wanted: HashSet<&str> =
            members.unwrap_or_default().iter().filter_map(|member| member["value"].as_str()).collect();
        let there: HashSet<&str> = before.members.iter().map(|member| member.id.as_str()).collect();
        let mut coming: Vec<String> = wanted.difference(&there).map(|id| (*id).to_owned()).collect();
        coming.sort();
        let mut users = sql::members(&self.app.db, self.team(), &coming).await?;
        let unknown = |id| invalid_value("members", format!("There is no user `{id}`. Create them first."));
        let joining = coming.iter().map(|id| users.remove(id).ok_or_else(|| unknown(id)));
        let joining = joining.collect::<Result<Vec<_>, Error>>()?;
        let leaving = before.members.iter().filter(|member| !wanted.contains(member.id.as_str())).cloned();
        let leaving = leaving.collect::<Vec<_>>();
        self.check_levels(joining.iter().chain(&leaving))?;
        Ok(Change { name, external_id: text("externalId"), joining, leaving })
    }

    /// A group decides on what its members may read: so none of those whom a change concerns may stand above the caller.
    fn check_levels<'m>(&self, members: impl IntoIterator<Item = &'m Member>) -> Result<(), Error> {
        let by = self.context.caller.role;
        members.into_iter().try_for_each(|member| by.check_reaches(member.role))
    }

    fn shown(&self, group: &Record) -> Object {
        let mut resource = Map::from_iter([
            ("schemas".to_owned(), json!([GROUP.schema.id])),
            ("id".to_owned(), group.id.as_str().into()),
            ("displayName".to_owned(), group.name.as_str().into()),
        ]);
        if let Some(id) = &group.external_id {
            resource.insert("externalId".into(), id.as_str().into());
        }
        if !group.members.is_empty() {
            let member = |Member { id, .. }: &Member| json!({"value": id, "$ref": address(self.context, "/Users", id), "type": "User"});
            resource.insert("members".into(), group.members.iter().map(member).collect());
        }
        resource
            .insert("meta".into(), meta(self.context, &GROUP, &group.id, group.created_at, group.updated_at));
        resource
    }

    async fn find(&self, id: &str, with_members: bool) -> Result<Record, Error> {
        let found = sql::find(&self.app.db, self.team(), &Which::only("id", id), with_members).await?.pop();
        found.ok_or_else(|| Error::not_found("group", id))
    }

    /// Whether a group may get another name: nobody has it, and it opens nothing that the group may not read already.
    async fn check_free(&self, before: &str, name: &str) -> Result<(), Error> {
        if self.has(name).await? {
            return Err(taken("group", name));
        }
        if !sql::would_widen(&self.app.db, self.team(), before, name).await? {
            return Ok(());
        }
        let message = format!(
            "Documents already name a group `{name}` among their readers, which `{before}` may not read. Choose another \
             name, or make a group `{name}` and put its members there."
        );
        Err(Error::new(Kind::Conflict, "uniqueness", message))
    }

    async fn has(&self, name: &str) -> Result<bool, Error> {
        Ok(!sql::find(&self.app.db, self.team(), &Which::only("name", name), false).await?.is_empty())
    }
}

/// What the audit log holds of a group: its names, and who came and went.
fn noted(group: &Record, change: Option<&Change>) -> Value {
    let mut noted = json!({"id": group.id, "displayName": group.name, "externalId": group.external_id});
    if let Some(change) = change {
        let addresses = |users: &[Member]| users.iter().map(|member| member.email.as_str()).collect();
        noted["joined"] = addresses(&change.joining);
        noted["left"] = addresses(&change.leaving);
    }
    noted
}

/// Groups as a list reads them.
struct Listed<'a> {
    groups: Groups<'a>,
    with_members: bool,
}

impl Listed<'_> {
    async fn read(&self, which: &Which<'_>) -> Result<Vec<Object>, Error> {
        let Groups { app, .. } = self.groups;
        let found = sql::find(&app.db, self.groups.team(), which, self.with_members).await?;
        Ok(found.iter().map(|group| self.groups.shown(group)).collect())
    }
}

impl Source for Listed<'_> {
    async fn total(&self) -> Result<u64, Error> {
        sql::count(&self.groups.app.db, self.groups.team()).await
    }

    async fn page(&self, skip: u64, limit: usize) -> Result<Vec<Object>, Error> {
        self.read(&Which { column: None, after: "", skip, limit }).await
    }

    async fn after(&self, id: &str, filter: &Filter, limit: usize) -> Result<Vec<Object>, Error> {
        let indexed = [("id", "id"), ("name", "displayName"), ("external_id", "externalId")];
        let column = indexed
            .into_iter()
            .find_map(|(column, attribute)| Some((column, filter.demands(attribute)?.to_owned())));
        self.read(&Which { column, after: id, skip: 0, limit }).await
    }
}
