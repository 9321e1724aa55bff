//! Users, as SCIM reads and writes them.

mod record;
mod sql;

use self::record::{Record, draft, noted, shown};
use super::filter::Filter;
use super::listing::{Source, list};
use super::schema::USER;
use super::sql::Which;
use super::{forgetting, patch, select::select, taken, values};
use crate::act::Act;
use crate::app::App;
use crate::call::Context;
use crate::error::Error;
use crate::gate::identity;
use contract::id;
use contract::time::Time;
use contract::wire::Object;
use contract::wire::scim::{ScimFields, ScimList, ScimPatch, ScimQuery, ScimResource};
use std::sync::Arc;

/// The users of the caller's team.
#[derive(Clone, Copy)]
pub(crate) struct Users<'a> {
    pub(crate) app: &'a App,
    pub(crate) context: &'a Context,
}

impl Users<'_> {
    fn team(&self) -> &str {
        &self.context.caller.team
    }

    /// Users, filtered, a page of them.
    ///
    /// # Errors
    /// If the filter is none.
    pub(crate) async fn list(self, query: &ScimQuery) -> Result<ScimList, Error> {
        let filter = query.filter.as_deref().map(|text| Filter::read(&USER, text)).transpose()?;
        list(&USER, &self, query, filter.as_ref()).await
    }

    /// A user.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) async fn get(self, id: &str, fields: &ScimFields) -> Result<ScimResource, Error> {
        Ok(select(&USER, shown(&self.find(id).await?, self.context), fields))
    }

    /// Adds a user.
    ///
    /// # Errors
    /// If somebody has the address, a value is wrong, or the caller may not give the role.
    pub(crate) async fn create(self, body: Object, fields: &ScimFields) -> Result<Act<ScimResource>, Error> {
        let draft = draft(&self.context.caller, values::resource(&USER, body)?)?;
        if self.has(&draft.email).await? {
            return Err(taken("user", &draft.email));
        }
        let user = Record::new(id::new("usr"), draft, Time::now().0);
        let resource = select(&USER, shown(&user, self.context), fields);
        let act = Act::new(resource, vec![sql::insert(self.team(), &user)?]);
        Ok(forgetting(self.app, act.changing((), noted(&user, None))))
    }

    /// Puts a user in another's place: what is said of neither `active` nor `roles` stays, so that leaving them out
    /// neither lets anybody in again nor takes a role.
    ///
    /// # Errors
    /// As [`Users::create`], or if there is no such user.
    pub(crate) async fn replace(
        self,
        id: &str,
        body: Object,
        fields: &ScimFields,
    ) -> Result<Act<ScimResource>, Error> {
        let body = values::resource(&USER, body)?;
        let put = |current: Object| {
            let mut next = body.clone();
            for name in ["active", "roles"] {
                if let (false, Some(value)) = (next.contains_key(name), current.get(name)) {
                    next.insert(name.into(), value.clone());
                }
            }
            Ok(next)
        };
        self.change(id, put, fields).await
    }

    /// Changes a user.
    ///
    /// # Errors
    /// As [`Users::create`], or if there is no such user, or a change can't be applied.
    pub(crate) async fn patch(
        self,
        id: &str,
        changes: &ScimPatch,
        fields: &ScimFields,
    ) -> Result<Act<ScimResource>, Error> {
        let apply = |mut current: Object| {
            patch::apply(&USER, &mut current, changes)?;
            match current.contains_key("active") {
                true => Ok(current),
                false => Err(super::unchangeable("active", "must be true or false")),
            }
        };
        self.change(id, apply, fields).await
    }

    /// Removes a user.
    ///
    /// # Errors
    /// If there is none, or the caller may not give their role.
    pub(crate) async fn delete(self, id: &str) -> Result<Act<()>, Error> {
        let user = self.find(id).await?;
        self.context.caller.role.check_reaches(user.role)?;
        let act = Act::new((), sql::remove(self.team(), &user, Time::now().0));
        Ok(forgetting(self.app, act.changing(noted(&user, None), ())))
    }

    /// Changes a user as they were read.
    async fn change(
        self,
        id: &str,
        next: impl Fn(Object) -> Result<Object, Error>,
        fields: &ScimFields,
    ) -> Result<Act<ScimResource>, Error> {
        let (caller, now) = (&self.context.caller, Time::now().0);
        let before = self.find(id).await?;
        caller.role.check_reaches(before.role)?;
        let draft = draft(caller, next(shown(&before, self.context))?)?;
        let is_renamed = draft.email != before.email;
        if is_renamed && self.has(&draft.email).await? {
            return Err(taken("user", &draft.email));
        }
        let after = before.changed(draft, now);
        let resource = select(&USER, shown(&after, self.context), fields);
        let act = Act::new(resource, sql::update(self.team(), &before, &after)?)
            .changing(noted(&before, None), noted(&after, Some(&before)));
        let act = forgetting(self.app, act);
        if !is_renamed {
            return Ok(act);
        }
        let (budgets, team) = (Arc::clone(&self.app.books.budgets), self.team().to_owned());
        // Who may read what is in the index too, which nobody changes until the act is stored.
        let no_indexing = Arc::clone(&self.app.indexing).lock_owned().await;
        let act = act.then(move || budgets.readdress(&team, &before.email, &after.email));
        Ok(act.holding(no_indexing))
    }

    async fn find(self, id: &str) -> Result<Record, Error> {
        let found = sql::find(&self.app.db, self.team(), &Which::only("id", id)).await?.pop();
        found.ok_or_else(|| Error::not_found("user", id))
    }

    async fn has(self, email: &str) -> Result<bool, Error> {
        Ok(!sql::find(&self.app.db, self.team(), &Which::only("email", email)).await?.is_empty())
    }

    async fn read(self, which: &Which<'_>) -> Result<Vec<Object>, Error> {
        let found = sql::find(&self.app.db, self.team(), which).await?;
        Ok(found.iter().map(|user| shown(user, self.context)).collect())
    }
}

impl Source for Users<'_> {
    async fn total(&self) -> Result<u64, Error> {
        sql::count(&self.app.db, self.team()).await
    }

    async fn page(&self, skip: u64, limit: usize) -> Result<Vec<Object>, Error> {
        self.read(&Which { column: None, after: "", skip, limit }).await
    }

    async fn after(&self, id: &str, filter: &Filter, limit: usize) -> Result<Vec<Object>, Error> {
        let exact = |attribute: &str| filter.demands(attribute).map(str::to_owned);
        let email = exact("userName").map(|name| identity::canonical(&name).unwrap_or(name));
        let indexed = [("id", exact("id")), ("email", email), ("external_id", exact("externalId"))];
        let column = indexed.into_iter().find_map(|(column, value)| Some((column, value?)));
        self.read(&Which { column, after: id, skip: 0, limit }).await
    }
}
