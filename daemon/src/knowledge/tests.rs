//! Random documents, people and changes: everybody finds the ranking of all, cut down to what they may read.

use super::embedding::embed_by;
use super::index::{self, Question, Scope, Vector};
use super::ingest::{index_next, prepare, remove, store};
use super::words::{self, Language};
use super::{Mode, Retrieved, Wanted, list, sql};
use crate::gate::Caller;
use crate::gate::fixture::caller;
use crate::gate::role::Role;
use crate::store::Db;
use crate::store::fixture;
use contract::wire::knowledge::{AddDocumentRequest, ListDocumentsQuery, Ranks};
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use tokio::sync::{Mutex, OwnedMutexGuard};

const COLLECTIONS: [&str; 2] = ["handbook", "minutes"];
const GROUPS: [&str; 3] = ["staff", "board", "sales"];
const USERS: [&str; 2] = ["ada@example.org", "bob@example.org"];
const WORDS: [&str; 8] = ["salary", "review", "leave", "travel", "budget", "laptop", "parking", "canteen"];

fn operator() -> Caller {
    Caller { operator: true, role: Role::Operator, user: None, ..caller() }
}

fn person(user: usize, groups: &[usize]) -> Caller {
    let groups = groups.iter().map(|group| GROUPS[*group].to_owned()).collect();
    Caller { operator: false, role: Role::Member, user: Some(USERS[user].into()), groups, ..operator() }
}

/// Something that happens to the documents.
#[derive(Clone, Debug)]
enum Change {
    Put { document: usize, collection: usize, words: Vec<usize>, access: Access },
    Remove { document: usize },
}

#[derive(Clone, Debug)]
struct Access {
    groups: Vec<usize>,
    users: Vec<usize>,
    public: bool,
}

impl Access {
    fn lets(&self, user: usize, groups: &[usize]) -> bool {
        self.public || self.users.contains(&user) || self.groups.iter().any(|group| groups.contains(group))
    }
}

fn access() -> impl Strategy<Value = Access> {
    let some = |most| prop::collection::vec(0..most, 0..3);
    (some(GROUPS.len()), some(USERS.len()), prop::bool::weighted(0.2)).prop_map(|(groups, users, public)| {
        let nobody = groups.is_empty() && users.is_empty();
        Access { groups, users, public: public || nobody }
    })
}

fn change() -> impl Strategy<Value = Change> {
    // Few texts, so that some changes are of the access list only; long ones have several passages.
    let words = prop_oneof![
        prop::collection::vec(0..WORDS.len(), 1..4),
        prop::collection::vec(0..WORDS.len(), 400..420),
    ];
    let put = (0..14usize, 0..COLLECTIONS.len(), words, access()).prop_map(
        |(document, collection, words, access)| Change::Put { document, collection, words, access },
    );
    prop_oneof![5 => put, 1 => (0..14usize).prop_map(|document| Change::Remove { document })]
}

fn text(words: &[usize]) -> String {
    words.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" ")
}

/// The right to change the index.
async fn turn() -> OwnedMutexGuard<()> {
    static TURN: LazyLock<Arc<Mutex<()>>> = LazyLock::new(Arc::default);
    Arc::clone(&TURN).lock_owned().await
}

async fn apply(db: &Db, change: &Change) {
    match change {
        Change::Put { document, collection, words, access } => {
            let request = AddDocumentRequest {
                doc_id: Some(format!("D-{document}")),
                title: Some("A document".into()),
                text: text(words),
                collection: COLLECTIONS[*collection].into(),
                groups: access.groups.iter().map(|group| GROUPS[*group].to_owned()).collect(),
                users: access.users.iter().map(|user| USERS[*user].to_owned()).collect(),
                public: access.public,
                metadata: None,
            };
            let act = store(db, &operator(), prepare(request).unwrap(), turn().await).await.unwrap();
            act.store(db).await.unwrap();
        }
        Change::Remove { document } => {
            let act = remove(db, &operator(), &format!("D-{document}"), turn().await).await.unwrap();
            if let Some(act) = act {
                act.store(db).await.unwrap();
            }
        }
    }
}

async fn search(db: &Db, caller: &Caller, query: &str, collections: Option<&[String]>) -> Retrieved {
    search_in(db, caller, query, collections, Mode::Lexical, NEW).await
}

/// The models that passages are embedded by, one after the other.
const OLD: &str = "local/old";
const NEW: &str = "local/new";

async fn search_in(
    db: &Db,
    caller: &Caller,
    query: &str,
    collections: Option<&[String]>,
    mode: Mode,
    model: &str,
) -> Retrieved {
    let wanted = Wanted { query, collections, filters: None, top_k: 100, mode };
    let vector = Vector { model: model.into(), numbers: vector(query) };
    let vector = (mode != Mode::Lexical).then_some(&vector);
    super::search(db, caller, &wanted, vector).await.unwrap()
}

/// How often each word is in a text, as its vector.
fn vector(text: &str) -> Vec<f32> {
    WORDS.iter().map(|word| text.matches(word).count() as f32 - 0.3).collect()
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    product(one, other) / (product(one, one) * product(other, other)).sqrt()
}

fn places(found: &Retrieved) -> Vec<(String, String)> {
    found.passages.iter().map(|passage| (passage.doc_id.clone(), passage.text.clone())).collect()
}

/// The keys of all documents.
async fn keys(db: &Db) -> Vec<String> {
    let mut keys = Vec::new();
    for document in list(db, &operator(), &ListDocumentsQuery::default()).await.unwrap().data {
        let stored = sql::changeable(db, &operator(), &document.doc_id).await.unwrap();
        keys.push(stored.unwrap().key);
    }
    keys
}

/// What BM25 gives each passage, reckoned from nothing but the passages' texts.
async fn by_the_formula(db: &Db, query: &str) -> HashMap<i64, f32> {
    let mut passages: Vec<(i64, HashMap<String, u32>)> = Vec::new();
    let mut languages: Vec<Option<Language>> = Vec::new();
    for key in keys(db).await {
        for passage in sql::passages_of(db, &key).await.unwrap() {
            let parts = [("A document", 2), (passage.heading.as_str(), 2), (passage.text.as_str(), 1)];
            languages.push(passage.language);
            passages.push((passage.id, words::counted(&parts, passage.language)));
        }
    }
    languages.sort_unstable();
    languages.dedup();
    let length = |terms: &HashMap<String, u32>| terms.values().sum::<u32>() as f32;
    let average = passages.iter().map(|(_, terms)| length(terms)).sum::<f32>() / passages.len() as f32;
    let mut scores: HashMap<i64, f32> = HashMap::new();
    for asked in words::asked(query, &languages) {
        let count =
            |terms: &HashMap<String, u32>| -> u32 { asked.terms.iter().filter_map(|t| terms.get(t)).sum() };
        let with = passages.iter().filter(|(_, terms)| count(terms) > 0).count() as f32;
        let rarity = (1.0 + (passages.len() as f32 - with + 0.5) / (with + 0.5)).ln();
        for (id, terms) in passages.iter().filter(|(_, terms)| count(terms) > 0) {
            let (count, norm) = (count(terms) as f32, 1.2 * (0.25 + 0.75 * length(terms) / average));
            *scores.entry(*id).or_default() += asked.count * rarity * count * 2.2 / (count + norm);
        }
    }
    scores
}

/// Everybody finds what is in the ranking of all and is for them, in its order, and is told of no more.
async fn check(
    db: &Db,
    documents: &HashMap<usize, (usize, Access)>,
    query: &str,
    user: usize,
    groups: &[usize],
) {
    let minutes = ["minutes".to_owned()];
    for collections in [None, Some(minutes.as_slice())] {
        let all = search(db, &operator(), query, collections).await;
        let own = search(db, &person(user, groups), query, collections).await;
        let is_own = |doc_id: &str| documents[&doc_id[2..].parse::<usize>().unwrap()].1.lets(user, groups);
        let expected: Vec<_> = places(&all).into_iter().filter(|(doc_id, _)| is_own(doc_id)).collect();
        assert_eq!(places(&own), expected, "{query} in {collections:?} for {user} of {groups:?}");
        assert_eq!((own.considered, own.considered + own.hidden), (expected.len(), all.considered));
        let ranks: Vec<_> = own.passages.iter().map(|passage| passage.ranks.lexical.unwrap()).collect();
        assert_eq!(ranks, (1..=expected.len() as u32).collect::<Vec<_>>(), "no gap tells of others");
        check_dense(db, &own, (user, groups), query, collections, is_own).await;
    }
}

/// By meaning too everybody finds the ranking of all, cut down to what they may read; and both rankings together by their
/// places in these.
async fn check_dense(
    db: &Db,
    lexical: &Retrieved,
    (user, groups): (usize, &[usize]),
    query: &str,
    collections: Option<&[String]>,
    is_own: impl Fn(&str) -> bool,
) {
    let all = search_in(db, &operator(), query, collections, Mode::Dense, NEW).await;
    let own = search_in(db, &person(user, groups), query, collections, Mode::Dense, NEW).await;
    let expected: Vec<_> = places(&all).into_iter().filter(|(doc_id, _)| is_own(doc_id)).collect();
    assert_eq!(places(&own), expected, "{query} in {collections:?} for {user} of {groups:?}");
    let no_gap = |found: &Retrieved, rank: fn(&Ranks) -> Option<u32>, most: usize| {
        let mut ranks: Vec<u32> = found.passages.iter().filter_map(|passage| rank(&passage.ranks)).collect();
        ranks.sort_unstable();
        assert_eq!(ranks, (1..=most as u32).collect::<Vec<_>>(), "no gap tells of others");
    };
    no_gap(&own, |ranks| ranks.dense, expected.len());
    let near: Vec<f32> = own.passages.iter().map(|p| cosine(&vector(query), &vector(&p.text))).collect();
    assert!(near.windows(2).all(|two| two[0] > two[1] - 0.02), "{near:?}");
    let both = search_in(db, &person(user, groups), query, collections, Mode::Hybrid, NEW).await;
    no_gap(&both, |ranks| ranks.dense, expected.len());
    no_gap(&both, |ranks| ranks.lexical, lexical.passages.len());
    let mut found: HashMap<(String, String), [Option<u32>; 2]> = HashMap::new();
    for (list, ranking) in [lexical, &own].into_iter().enumerate() {
        for (place, rank) in places(ranking).into_iter().zip(1..) {
            // Of two alike in a document the first in the one ranking is the first in the other.
            found.entry(place).or_default()[list].get_or_insert(rank);
        }
    }
    assert_eq!(both.passages.len(), own.passages.len(), "each passage has a vector");
    for passage in &both.passages {
        let ranks = [passage.ranks.lexical, passage.ranks.dense];
        let score: f64 = ranks.iter().flatten().map(|rank| 1.0 / (60.0 + f64::from(*rank))).sum();
        assert!((passage.score - score).abs() < 1e-9);
        let [words, meaning] = found[&(passage.doc_id.clone(), passage.text.clone())];
        assert_eq!((ranks[0].is_some(), ranks[1].is_some()), (words.is_some(), meaning.is_some()));
        assert!(ranks[0] >= words && ranks[1] >= meaning, "{ranks:?}");
    }
    assert!(both.passages.windows(2).all(|two| two[0].score >= two[1].score));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn everybody_finds_the_ranking_of_all_cut_down_to_what_they_may_read(
        changes in prop::collection::vec(change(), 1..40),
        asked in prop::collection::vec(prop::collection::vec(0..WORDS.len(), 1..4), 3),
        user in 0..USERS.len(),
        groups in prop::collection::vec(0..GROUPS.len(), 0..3),
    ) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let (_place, db) = fixture::store().await;
            let mut documents = HashMap::new();
            for (n, change) in changes.iter().enumerate() {
                if n == changes.len() / 2 {
                    embed_by(&db, "t", OLD, vector).await;
                }
                apply(&db, change).await;
                match change {
                    Change::Put { document, collection, access, .. } => {
                        documents.insert(*document, (*collection, access.clone()));
                    }
                    Change::Remove { document } => drop(documents.remove(document)),
                }
            }
            embed_by(&db, "t", NEW, vector).await;
            for words in &asked {
                let query = text(words);
                let old = search_in(&db, &operator(), &query, None, Mode::Dense, OLD).await;
                assert!(old.passages.is_empty(), "vectors of two models don't compare");
                check(&db, &documents, &query, user, &groups).await;
                let scope = Scope { team: "t".into(), collections: None };
                let question = Question { text: &query, vector: None };
                let found = index::search(&db, &scope, &[index::ALL.into()], &[], question, 1000).await.unwrap();
                let expected = by_the_formula(&db, &query).await;
                assert_eq!(found.lexical.len(), expected.len());
                for scored in found.lexical {
                    let by_hand = expected[&scored.passage];
                    assert!((scored.score - by_hand).abs() < 1e-3 * by_hand.max(1.0), "{scored:?}, {by_hand}");
                }
            }
        });
    }
}

#[tokio::test]
async fn documents_of_an_older_program_are_indexed() {
    let (_place, db) = fixture::store().await;
    let put = |document, words: &[usize]| Change::Put {
        document,
        collection: 0,
        words: words.to_vec(),
        access: Access { groups: vec![0], users: vec![], public: false },
    };
    apply(&db, &put(1, &[0, 1])).await;
    apply(&db, &put(2, &[2; 2000])).await;
    for version in [0i64, 99] {
        let older = keys(&db).await.into_iter().map(|key| sql::indexed_by(&key, version));
        db.batch(older.collect()).await.unwrap();
        if version == 0 {
            db.batch(index::forget_all()).await.unwrap();
            assert!(search(&db, &person(0, &[0]), "salary leave", None).await.passages.is_empty());
        }
        sql::forget_old_index(&db).await.unwrap();
        while index_next(&db).await.unwrap() {}
        let found = search(&db, &person(0, &[0]), "salary leave", None).await;
        assert_eq!((places(&found)[0].0.as_str(), found.considered > 5), ("D-1", true));
        assert!(search(&db, &person(0, &[1]), "salary leave", None).await.passages.is_empty());
    }
    apply(&db, &put(2, &[3])).await;
    assert!(search(&db, &operator(), "leave", None).await.passages.is_empty());
    assert_eq!(keys(&db).await.len(), 2);
}
