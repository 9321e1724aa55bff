//! Changes of the index, worked out from what it holds and written with the documents' own rows in one batch. Who
//! changes it holds the lock, so that nobody else does in between.

use super::super::words::Language;
use super::fresh::{Fresh, MOST_FRESH};
use super::postings::{self, Posting};
use super::search::Scope;
use super::slots::{SEGMENT, Slots};
use super::sql::{self, Segment};
use super::{passage_id, place};
use crate::store::{Db, Statement, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A passage to be indexed.
pub(in super::super) struct Entry {
    pub(in super::super) terms: HashMap<String, u32>,
    pub(in super::super) language: Option<Language>,
}

/// A passage that goes, with the terms that it was indexed with.
pub(in super::super) struct Removed {
    pub(in super::super) passage: i64,
    pub(in super::super) terms: HashMap<String, u32>,
}

/// What the index will hold, where that changes.
pub(in super::super) struct Draft<'a> {
    db: &'a Db,
    team: String,
    segments: BTreeMap<i64, Segment>,
    lengths: BTreeMap<i64, Vec<u16>>,
    sets: BTreeMap<(i64, String), Slots>,
    terms: BTreeMap<i64, BTreeMap<String, Vec<Posting>>>,
    fresh: Vec<Fresh>,
    /// Segments whose fresh passages are put into postings.
    folded: BTreeSet<i64>,
    hidden: BTreeSet<i64>,
}

/// Rows of terms that are written in one batch: more would keep others waiting for the store.
const AT_ONCE: usize = 4000;

impl<'a> Draft<'a> {
    pub(in super::super) fn new(db: &'a Db, team: &str) -> Self {
        Self {
            db,
            team: team.to_owned(),
            segments: BTreeMap::new(),
            lengths: BTreeMap::new(),
            sets: BTreeMap::new(),
            terms: BTreeMap::new(),
            fresh: Vec::new(),
            folded: BTreeSet::new(),
            hidden: BTreeSet::new(),
        }
    }

    /// Takes passages out of all sets and counts, so that nobody finds them; those that postings still hold.
    ///
    /// # Errors
    /// If the store fails.
    pub(in super::super) async fn hide(
        &mut self,
        removed: Vec<Removed>,
        sets: &[String],
    ) -> Result<Vec<Removed>, StoreError> {
        self.load_segments(removed.iter().map(|removed| removed.passage)).await?;
        let mut held = Vec::new();
        for removed in removed {
            let (segment, slot) = place(removed.passage);
            self.load_sets(segment, sets).await?;
            self.load_lengths(segment).await?;
            for name in sets {
                if let Some(slots) = self.sets.get_mut(&(segment, name.clone())) {
                    slots.remove(slot);
                }
            }
            if let Some(segment) = self.segments.get_mut(&segment) {
                segment.passages = segment.passages.saturating_sub(1);
                segment.length =
                    segment.length.saturating_sub(removed.terms.values().copied().map(u64::from).sum());
            }
            self.hidden.insert(removed.passage);
            let length = self.lengths.get_mut(&segment).and_then(|lengths| lengths.get_mut(slot));
            if length.is_some_and(|length| std::mem::take(length) > 0) {
                held.push(removed);
            }
        }
        Ok(held)
    }

    /// Takes passages out of their terms' postings.
    ///
    /// # Errors
    /// If the store fails.
    pub(in super::super) async fn purge(&mut self, removed: &[Removed]) -> Result<(), StoreError> {
        let mut terms: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
        for removed in removed {
            let of_segment = terms.entry(place(removed.passage).0).or_default();
            of_segment.extend(removed.terms.keys().map(String::as_str));
        }
        for (segment, terms) in terms {
            let gone: Vec<u16> = removed
                .iter()
                .map(|removed| place(removed.passage))
                .filter(|(of, _)| *of == segment)
                .filter_map(|(_, slot)| slot.try_into().ok())
                .collect();
            let loaded = self.load_terms(segment, terms.into_iter()).await?;
            for postings in loaded.values_mut() {
                postings.retain(|posting| !gone.contains(&posting.slot));
            }
        }
        Ok(())
    }

    /// Gives passages to a collection, and puts them into sets; their ids, in order.
    ///
    /// # Errors
    /// If the store fails.
    pub(in super::super) async fn add(
        &mut self,
        collection: &str,
        entries: Vec<Entry>,
        sets: &[String],
    ) -> Result<Vec<i64>, StoreError> {
        let scope = Scope { team: self.team.clone(), collections: Some(vec![collection.to_owned()]) };
        let ids = self.take_slots(&scope, collection, entries.len()).await?;
        for id in &ids {
            let (segment, slot) = place(*id);
            self.load_sets(segment, sets).await?;
            for name in sets {
                self.sets.entry((segment, name.clone())).or_default().insert(slot);
            }
        }
        let mut added = Vec::with_capacity(entries.len());
        for (id, entry) in ids.iter().zip(entries) {
            let fresh = Fresh::new(*id, entry.terms);
            if let Some(segment) = self.segments.get_mut(&place(*id).0) {
                segment.passages += 1;
                segment.length += u64::from(fresh.length);
                segment.note_language(entry.language);
            }
            added.push(fresh);
        }
        let mut known = sql::fresh_with_terms(self.db, &scope).await?;
        known.retain(|fresh| !self.hidden.contains(&fresh.passage));
        if known.len() + added.len() <= MOST_FRESH {
            self.fresh.extend(added);
        } else {
            self.folded.extend(known.iter().map(|fresh| place(fresh.passage).0));
            self.fold(known.into_iter().chain(added).collect()).await?;
        }
        Ok(ids)
    }

    /// Takes passages out of some sets and puts them into others.
    ///
    /// # Errors
    /// If the store fails.
    pub(in super::super) async fn move_between(
        &mut self,
        passages: &[i64],
        from: &[String],
        to: &[String],
    ) -> Result<(), StoreError> {
        for passage in passages {
            let (segment, slot) = place(*passage);
            self.load_sets(segment, from).await?;
            self.load_sets(segment, to).await?;
            for name in from {
                self.sets.entry((segment, name.clone())).or_default().remove(slot);
            }
            for name in to {
                self.sets.entry((segment, name.clone())).or_default().insert(slot);
            }
        }
        Ok(())
    }

    /// Writes it, together with rows of documents and their passages.
    ///
    /// # Errors
    /// If the store fails, or the rows are not as they were.
    pub(in super::super) async fn write(self, rows: Vec<Statement>) -> Result<(), StoreError> {
        let db = self.db;
        db.batch(self.statements(rows).await?).await.map(drop)
    }

    /// What writes it in one batch, together with rows of documents and their passages. Where there are very many terms
    /// they are written at once, in batches of their own: nobody finds what only they name.
    ///
    /// # Errors
    /// If the store fails.
    pub(in super::super) async fn statements(
        mut self,
        rows: Vec<Statement>,
    ) -> Result<Vec<Statement>, StoreError> {
        let terms = std::mem::take(&mut self.terms);
        let mut left: usize = terms.values().map(BTreeMap::len).sum();
        // Made as they are written: a document's terms take more memory as rows than anything else of it.
        let mut terms = terms.into_iter().flat_map(|(segment, of_segment)| {
            of_segment.into_iter().map(move |(term, postings)| sql::put_postings(segment, term, &postings))
        });
        if left > AT_ONCE {
            self.db
                .batch(self.segments.values().map(|segment| sql::reserve(&self.team, segment)).collect())
                .await?;
        }
        while left > AT_ONCE {
            self.db.batch(terms.by_ref().take(AT_ONCE).collect()).await?;
            left -= AT_ONCE;
        }
        let mut batch = rows;
        batch.extend(terms);
        batch.extend(self.rest());
        Ok(batch)
    }

    /// All but the terms. Fresh passages need their passages' rows before them.
    fn rest(&self) -> Vec<Statement> {
        let mut rest: Vec<Statement> =
            self.folded.iter().map(|segment| sql::forget_fresh(*segment)).collect();
        rest.extend(self.segments.values().map(|segment| sql::put_segment(&self.team, segment)));
        rest.extend(self.fresh.iter().map(|fresh| sql::put_fresh(place(fresh.passage).0, fresh)));
        rest.extend(
            self.sets.iter().flat_map(|((segment, name), slots)| sql::put_set(*segment, name, slots)),
        );
        for (segment, lengths) in &self.lengths {
            let bytes = lengths.iter().flat_map(|length| length.to_le_bytes()).collect();
            rest.push(sql::put_lengths(*segment, bytes));
        }
        let empty = |segment: &&Segment| segment.passages == 0 && segment.used == SEGMENT;
        for segment in self.segments.values().filter(empty) {
            rest.extend(sql::forget_segment(segment.id));
        }
        rest
    }

    /// Puts fresh passages into their terms' postings.
    async fn fold(&mut self, fresh: Vec<Fresh>) -> Result<(), StoreError> {
        let mut by_segment: BTreeMap<i64, Vec<Fresh>> = BTreeMap::new();
        for fresh in fresh {
            by_segment.entry(place(fresh.passage).0).or_default().push(fresh);
        }
        for (segment, fresh) in by_segment {
            self.load_lengths(segment).await?;
            if let Some(lengths) = self.lengths.get_mut(&segment) {
                for fresh in &fresh {
                    // A passage without a word has a length all the same: nothing means that it is gone.
                    lengths[place(fresh.passage).1] = fresh.length.clamp(1, u16::MAX.into()) as u16;
                }
            }
            let terms: BTreeSet<&str> =
                fresh.iter().flat_map(|fresh| fresh.terms.iter().map(|(term, _)| term.as_str())).collect();
            let loaded = self.load_terms(segment, terms.into_iter()).await?;
            for fresh in &fresh {
                let slot = place(fresh.passage).1 as u16;
                for (term, count) in &fresh.terms {
                    if let Some(postings) = loaded.get_mut(term) {
                        let at = postings.partition_point(|posting| posting.slot < slot);
                        postings.insert(at, Posting { slot, count: *count });
                    }
                }
            }
        }
        Ok(())
    }

    /// The next slots of a collection.
    async fn take_slots(
        &mut self,
        scope: &Scope,
        collection: &str,
        count: usize,
    ) -> Result<Vec<i64>, StoreError> {
        if let Some(last) = sql::segments(self.db, scope).await?.pop() {
            self.segments.entry(last.id).or_insert(last);
        }
        let mut ids = Vec::with_capacity(count);
        while ids.len() < count {
            let open = self.segments.values_mut().rfind(|s| s.collection == collection && s.used < SEGMENT);
            match open {
                Some(segment) => {
                    ids.push(passage_id(segment.id, segment.used));
                    segment.used += 1;
                }
                None => {
                    let newest = self.segments.keys().next_back().map_or(0, |id| id + 1);
                    let segment = Segment::new(sql::next_segment(self.db).await?.max(newest), collection);
                    self.segments.insert(segment.id, segment);
                }
            }
        }
        Ok(ids)
    }

    async fn load_segments(&mut self, passages: impl Iterator<Item = i64>) -> Result<(), StoreError> {
        let mut ids: Vec<i64> = passages.map(|passage| place(passage).0).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| !self.segments.contains_key(id));
        for segment in sql::segments_of(self.db, &ids).await? {
            self.segments.insert(segment.id, segment);
        }
        Ok(())
    }

    async fn load_lengths(&mut self, segment: i64) -> Result<(), StoreError> {
        if self.lengths.contains_key(&segment) {
            return Ok(());
        }
        let bytes =
            sql::lengths(self.db, &[segment]).await?.pop().map(|(_, bytes)| bytes).unwrap_or_default();
        let (pairs, _) = bytes.as_chunks::<2>();
        let mut lengths: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        lengths.resize(SEGMENT, 0);
        self.lengths.insert(segment, lengths);
        Ok(())
    }

    async fn load_sets(&mut self, segment: i64, names: &[String]) -> Result<(), StoreError> {
        let unknown = |name: &&String| !self.sets.contains_key(&(segment, (*name).clone()));
        let names: Vec<String> = names.iter().filter(unknown).cloned().collect();
        if names.is_empty() {
            return Ok(());
        }
        for (name, slots) in sql::sets_of(self.db, segment, &names).await? {
            self.sets.entry((segment, name)).or_default().add(&slots);
        }
        for name in names {
            self.sets.entry((segment, name)).or_default();
        }
        Ok(())
    }

    /// The postings of terms in a segment, and of those that were loaded there before.
    async fn load_terms(
        &mut self,
        segment: i64,
        terms: impl Iterator<Item = &str>,
    ) -> Result<&mut BTreeMap<String, Vec<Posting>>, StoreError> {
        let loaded = self.terms.entry(segment).or_default();
        let names: Vec<String> =
            terms.filter(|term| !loaded.contains_key(*term)).map(str::to_owned).collect();
        for (_, term, bytes) in sql::postings(self.db, &[segment], &names).await? {
            loaded.insert(term, postings::decode(&bytes).collect());
        }
        for name in names {
            loaded.entry(name).or_default();
        }
        Ok(loaded)
    }
}

impl Segment {
    fn new(id: i64, collection: &str) -> Self {
        let collection = collection.to_owned();
        Self { id, collection, used: 0, passages: 0, length: 0, languages: String::new() }
    }

    fn note_language(&mut self, language: Option<Language>) {
        let code = language.map_or("-", Language::code);
        if !self.languages.split(' ').any(|known| known == code) {
            self.languages = format!("{} {code}", self.languages).trim().to_owned();
        }
    }
}
