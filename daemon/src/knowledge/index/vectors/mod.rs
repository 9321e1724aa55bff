//! Vectors of passages: which are nearest to a question's, of those that the caller may find. All are looked at by their
//! signs, a bit a dimension, and the best of these by their numbers.

mod quantised;
mod sql;

use super::rank::{Best, Scored};
use super::slots::{SEGMENT, Slots};
use super::{passage_id, place};
use crate::error::Error;
use crate::store::{Db, Statement, StoreError};
use quantised::{Coarse, cosine, encode, signs, unit};
use sql::Block;
use std::collections::{BTreeMap, HashMap};
use tokio::task::spawn_blocking;

/// Slots of a block: what is written together.
const BLOCK: usize = SEGMENT / 8;

/// Bytes of signs that are in memory at the same time.
const AT_ONCE: usize = 16 << 20;

/// How many are scored by their numbers for each that is asked for.
const OVERSAMPLED: usize = 4;

/// What a model makes of a text.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Vector {
    /// The model, as `provider/model`.
    pub(in super::super) model: String,
    pub(in super::super) numbers: Vec<f32>,
}

/// A passage's vector as it is stored; empty where its model made none.
pub(in super::super) fn stored(numbers: &[f32]) -> Vec<u8> {
    encode(numbers)
}

/// The passages nearest to a vector among those allowed, the best first, by their cosine.
///
/// # Errors
/// If the store fails.
pub(super) async fn nearest(
    db: &Db,
    allowed: HashMap<i64, Slots>,
    vector: &Vector,
    most: usize,
) -> Result<Vec<Scored>, Error> {
    let query = unit(&vector.numbers);
    let width = query.len().div_ceil(8);
    let mut segments: Vec<i64> =
        allowed.iter().filter(|(_, slots)| !slots.is_empty()).map(|(id, _)| *id).collect();
    segments.sort_unstable();
    let mut chosen =
        Chosen { coarse: Coarse::new(&query), width, allowed, best: Best::new(most * OVERSAMPLED) };
    for segments in segments.chunks((AT_ONCE / (SEGMENT * (1 + width))).max(1)) {
        let blocks = sql::blocks(db, segments, &vector.model).await?;
        let choose = move || {
            blocks.iter().for_each(|block| chosen.look_at(block));
            chosen
        };
        chosen = spawn_blocking(choose).await.map_err(Error::internal)?;
    }
    let chosen: Vec<i64> = chosen.best.sorted().iter().map(|scored| scored.passage).collect();
    let mut best = Best::new(most);
    for (passage, bytes) in sql::vectors(db, &chosen, &vector.model).await? {
        if let Some(score) = cosine(&query, &bytes) {
            best.offer(Scored { passage, score });
        }
    }
    Ok(best.sorted())
}

/// The passages whose signs are the best so far.
struct Chosen {
    coarse: Coarse,
    /// Bytes of one vector's signs.
    width: usize,
    allowed: HashMap<i64, Slots>,
    best: Best,
}

impl Chosen {
    fn look_at(&mut self, block: &Block) {
        let Some(allowed) = self.allowed.get(&block.segment) else { return };
        for (n, record) in block.signs.chunks_exact(1 + self.width).enumerate() {
            let slot = block.number * BLOCK + n;
            if let [1, signs @ ..] = record
                && slot < SEGMENT
                && allowed.contains(slot)
            {
                let score = self.coarse.score(signs);
                self.best.offer(Scored { passage: passage_id(block.segment, slot), score });
            }
        }
    }
}

/// A place in a block, and the signs of the vector there.
type Signs = (usize, Vec<u8>);

/// What stores the vectors of passages that a model made, as [`stored`] has them. Only one may do so at a time.
///
/// # Errors
/// If the store fails.
pub(in super::super) async fn put(
    db: &Db,
    model: &str,
    vectors: Vec<(i64, Vec<u8>)>,
) -> Result<Vec<Statement>, StoreError> {
    let mut blocks: BTreeMap<(i64, usize), Vec<Signs>> = BTreeMap::new();
    let mut statements = Vec::with_capacity(vectors.len() + 2);
    for (passage, vector) in vectors {
        let (segment, slot) = place(passage);
        if !vector.is_empty() {
            let block = blocks.entry((segment, slot / BLOCK)).or_default();
            block.push((slot % BLOCK, signs(&vector)));
        }
        statements.push(sql::put_vector(passage, model, vector));
    }
    for ((segment, number), new) in blocks {
        let record = 1 + new.first().map_or(0, |(_, signs)| signs.len());
        let mut signs = sql::block(db, segment, number, model).await?;
        // Where its vectors had another length, those before don't compare.
        if signs.len() != BLOCK * record {
            signs = vec![0; BLOCK * record];
        }
        for (n, bits) in new {
            if let Some([present, place @ ..]) = signs.get_mut(n * record..(n + 1) * record)
                && place.len() == bits.len()
            {
                *present = 1;
                place.copy_from_slice(&bits);
            }
        }
        statements.push(sql::put_block(Block { segment, number, signs }, model));
    }
    Ok(statements)
}
