//! One look at a source: what it lists against what was taken from it before.

use super::{Entry, Trouble, bucket, folder, git, site, sql};
use crate::act::Act;
use crate::app::App;
use crate::audit::FOLLOW_SOURCE;
use crate::config::Source;
use crate::error::Error;
use crate::gate::Caller;
use crate::knowledge::files;
use crate::uploads::Upload;
use contract::access::{RULE_FILE, rule};
use contract::document::{ENDINGS, from_markdown, id_of_path};
use contract::wire::knowledge::{AddDocumentRequest, Document, DocumentAccess};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// How many files of a source may wait to be read, so that the disk holds few of them.
const MOST_WAITING: usize = 8;

/// Troubles that are told of one look.
const MOST_TOLD: usize = 20;

/// What was seen at a source.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Documents that are there.
    pub(super) documents: usize,
    /// What could not be read of it, and why.
    pub(super) skipped: Vec<String>,
}

impl Seen {
    fn skip(&mut self, key: &str, trouble: &str) {
        if self.skipped.len() < MOST_TOLD {
            self.skipped.push(format!("{key}: {trouble}"));
        }
    }
}

/// A source that was opened for one look.
enum Open<'s> {
    Folder(folder::Folder<'s>),
    Git(git::Repository),
    Site(Box<site::Site>),
    Bucket(Box<bucket::Bucket>),
}

impl Open<'_> {
    async fn fetch(&self, app: &App, entry: &Entry) -> Result<Upload, Trouble> {
        match self {
            Self::Folder(folder) => folder.fetch(app, entry).await,
            Self::Git(repository) => repository.fetch(app, entry).await,
            Self::Site(site) => site.fetch(app, entry).await,
            Self::Bucket(bucket) => bucket.fetch(app, entry).await,
        }
    }
}

async fn open<'s>(app: &App, name: &str, source: &'s Source) -> Result<(Open<'s>, Vec<Entry>), Trouble> {
    if let Some(path) = &source.folder {
        let (folder, entries) = folder::open(path).await?;
        return Ok((Open::Folder(folder), entries));
    }
    if let Some(address) = &source.git {
        let (repository, entries) = git::open(app, name, address, source).await?;
        return Ok((Open::Git(repository), entries));
    }
    if let Some(address) = &source.sitemap {
        let (site, entries) = site::open(address, source, app.config.max_upload_bytes).await?;
        return Ok((Open::Site(Box::new(site)), entries));
    }
    let address = source.bucket.as_deref().unwrap_or_default();
    let (bucket, entries) = bucket::open(address, source).await?;
    Ok((Open::Bucket(Box::new(bucket)), entries))
}

/// Looks once; what is new or changed waits to be read when this ends, and what is gone is gone.
pub(super) async fn run(app: &App, name: &str, source: &Source) -> Result<Seen, Trouble> {
    let failed = |error: Error| error.cause.unwrap_or(error.message);
    let (open, entries) = open(app, name, source).await?;
    let caller = Arc::new(caller(name, source));
    let known = sql::items(&app.db, &source.team, name).await.map_err(failed)?;
    let mut seen = Seen::default();
    let rules = rules(app, &open, &entries, &mut seen).await;
    let is_site = matches!(open, Open::Site(_));
    let documents = entries.iter().filter(|entry| is_site || is_document(&entry.key));
    let mut there = HashSet::new();
    for entry in documents {
        there.insert(entry.key.as_str());
        seen.documents += 1;
        let access = match nearest(&rules, &entry.key) {
            Some(Some(access)) => access.clone(),
            // Its rule can't be read: what it says must not be guessed.
            Some(None) => continue,
            None => source.access(),
        };
        let version = format!("{} {}", entry.version, serde_json::to_string(&access).unwrap_or_default());
        let before = known.get(&entry.key);
        if !entry.version.is_empty() && before.is_some_and(|before| before.version == version) {
            continue;
        }
        wait_for_room(app, &caller).await.map_err(failed)?;
        let upload = match open.fetch(app, entry).await {
            Ok(upload) => upload,
            Err(trouble) => {
                seen.skip(&entry.key, &trouble);
                continue;
            }
        };
        let item = sql::Item { version, hash: upload.hash.clone() };
        let noted = sql::note(&source.team, name, &entry.key, &item);
        if before
            .is_some_and(|before| before.hash == item.hash && rest(&before.version) == rest(&item.version))
        {
            sql::keep(&app.db, noted).await.map_err(failed)?;
            continue;
        }
        let taken = async {
            let mut act = take(app, &caller, name, source, &entry.key, access, &upload).await?;
            act.statements.push(noted);
            follow(app, &caller, act).await
        };
        if let Err(error) = taken.await {
            seen.skip(&entry.key, &error.message);
        }
    }
    for key in known.keys().filter(|key| !there.contains(key.as_str())) {
        let gone = sql::forget(&source.team, name, key);
        match files::delete(app, &caller, &doc_id(name, key)).await.map_err(failed)? {
            Some(mut act) => {
                act.statements.push(gone);
                follow(app, &caller, act).await.map_err(failed)?;
            }
            None => sql::keep(&app.db, gone).await.map_err(failed)?,
        }
    }
    Ok(seen)
}

/// Does with a document as the source did, and says so in the audit log.
async fn follow<T>(app: &App, caller: &Arc<Caller>, act: Act<T>) -> Result<(), Error> {
    app.books.own_act(FOLLOW_SOURCE, caller, act).await?;
    Ok(())
}

/// What a version says of the access list.
fn rest(version: &str) -> &str {
    version.split_once(" {").map_or("", |(_, rest)| rest)
}

/// A source acts by itself: what it added it may change, and all else only as everyone may.
fn caller(name: &str, source: &Source) -> Caller {
    Caller::itself(&source.team, format!("source:{name}"), name, vec!["knowledge/*".into()])
}

/// The id of a source's document.
fn doc_id(source: &str, key: &str) -> String {
    id_of_path(&format!("{source}/{}", key.split("://").last().unwrap_or(key)))
}

fn is_document(key: &str) -> bool {
    let hidden = key.split('/').any(|part| part.starts_with('.'));
    let ending = key.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    !hidden && ENDINGS.contains(&ending.as_str())
}

/// The rule files by their folders; none where one can't be read.
async fn rules(
    app: &App,
    open: &Open<'_>,
    entries: &[Entry],
    seen: &mut Seen,
) -> BTreeMap<String, Option<DocumentAccess>> {
    let mut rules = BTreeMap::new();
    for entry in entries {
        let folder = match entry.key.rsplit_once('/') {
            Some((folder, RULE_FILE)) => folder,
            None if entry.key == RULE_FILE => "",
            _ => continue,
        };
        let read = async {
            let upload = open.fetch(app, entry).await?;
            let bytes = upload.bytes().await.map_err(|error| error.message)?;
            rule(&String::from_utf8_lossy(&bytes))
        };
        let access = read.await;
        if let Err(trouble) = &access {
            seen.skip(&entry.key, trouble);
        }
        rules.insert(folder.to_owned(), access.ok());
    }
    rules
}

/// The rule of the nearest folder above.
fn nearest<'r>(
    rules: &'r BTreeMap<String, Option<DocumentAccess>>,
    key: &str,
) -> Option<&'r Option<DocumentAccess>> {
    let mut folder = key;
    loop {
        folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
        match rules.get(folder) {
            None if folder.is_empty() => return None,
            None => {}
            found => return found,
        }
    }
}

/// Takes a file in, under what its own front matter says where it has one.
async fn take(
    app: &App,
    caller: &Caller,
    name: &str,
    source: &Source,
    key: &str,
    access: DocumentAccess,
    upload: &Upload,
) -> Result<Act<Document>, Error> {
    let DocumentAccess { groups, users, public } = access;
    let mut request = AddDocumentRequest {
        doc_id: Some(doc_id(name, key)),
        collection: source.collection.clone(),
        groups,
        users,
        public,
        ..AddDocumentRequest::default()
    };
    if matches!(upload.ending().as_str(), "md" | "markdown" | "txt")
        && let Ok(text) = String::from_utf8(upload.bytes().await?)
    {
        let front = from_markdown(&text, &source.collection);
        let front = front.map_err(|reason| Error::invalid("file", reason))?;
        let says = !front.groups.is_empty() || !front.users.is_empty() || front.public;
        request.title = front.title;
        request.metadata = front.metadata;
        if says {
            (request.groups, request.users, request.public) = (front.groups, front.users, front.public);
        }
        request.text = front.text;
        return files::add_text(app, caller, request).await;
    }
    files::add(app, caller, request, upload).await
}

/// Waits until few of a source's files wait to be read.
async fn wait_for_room(app: &App, caller: &Caller) -> Result<(), Error> {
    let mut read = files::watch(app);
    while sql::waiting(&app.db, &caller.team, &caller.key_id).await? >= MOST_WAITING {
        read.changed().await.map_err(Error::internal)?;
    }
    Ok(())
}
