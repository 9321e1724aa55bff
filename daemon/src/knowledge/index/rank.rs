//! BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009) over postings, with the
//! weight of rare words as Lucene has it, which is never negative.

use super::super::words::Asked;
use super::passage_id;
use super::postings;
use super::slots::{SEGMENT, Slots};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// How soon a word that comes again counts no more.
const K1: f32 = 1.2;

/// How much a passage's length counts against it.
const B: f32 = 0.75;

/// A word of the question: its terms, and what it weighs.
pub(super) struct Weight {
    terms: Vec<String>,
    weight: f32,
}

impl Weight {
    /// The weights of a question's words, by how often they are asked for, and in how many of all passages they are.
    pub(super) fn all(asked: &[Asked], frequencies: &HashMap<String, u64>, total: u64) -> Vec<Self> {
        let weigh = |asked: &Asked| {
            let passages: u64 = asked.terms.iter().filter_map(|term| frequencies.get(term)).sum();
            let (all, with) = (total as f64, passages.min(total) as f64);
            let rarity = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
            let weight = asked.count * rarity as f32;
            Self { terms: asked.terms.clone(), weight }
        };
        asked.iter().map(weigh).collect()
    }
}

/// A passage and its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Scored {
    pub(in super::super) passage: i64,
    pub(in super::super) score: f32,
}

impl Eq for Scored {}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The better one is the greater; of two alike, the one that came first.
impl Ord for Scored {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.score.total_cmp(&other.score).then(other.passage.cmp(&self.passage))
    }
}

/// The best passages so far, so many at most.
pub(super) struct Best {
    most: usize,
    heap: BinaryHeap<Reverse<Scored>>,
}

impl Best {
    pub(super) fn new(most: usize) -> Self {
        Self { most, heap: BinaryHeap::new() }
    }

    pub(super) fn offer(&mut self, scored: Scored) {
        if self.heap.len() < self.most {
            self.heap.push(Reverse(scored));
        } else if self.heap.peek().is_some_and(|worst| scored > worst.0) {
            self.heap.pop();
            self.heap.push(Reverse(scored));
        }
    }

    /// The best first.
    pub(super) fn sorted(self) -> Vec<Scored> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse(scored)| scored).collect()
    }
}

/// The passages that match so far, and the best of them.
pub(super) struct Ranking {
    weights: Vec<Weight>,
    average: f32,
    allowed: HashMap<i64, Slots>,
    best: Best,
    pub(super) matched: usize,
    pub(super) hidden: usize,
    /// In how many of the passages that may be found each word is.
    pub(super) counts: Vec<u64>,
}

impl Ranking {
    pub(super) fn new(most: usize, weights: Vec<Weight>, average: f32, allowed: HashMap<i64, Slots>) -> Self {
        let counts = vec![0; weights.len()];
        let (best, average) = (Best::new(most), average.max(1.0));
        Self { weights, average, allowed, best, matched: 0, hidden: 0, counts }
    }

    /// Ranks what segments have, by their postings of the question's terms.
    pub(super) fn add_segments(&mut self, postings: &[(i64, String, Vec<u8>)], lengths: &[(i64, Vec<u8>)]) {
        let mut by_term: HashMap<(i64, &str), &[u8]> = HashMap::with_capacity(postings.len());
        by_term.extend(
            postings.iter().map(|(segment, term, bytes)| ((*segment, term.as_str()), bytes.as_slice())),
        );
        for (segment, lengths) in lengths {
            let allowed = self.allowed.remove(segment).unwrap_or_default();
            let scores = self.scores(*segment, lengths, &by_term, &allowed);
            for (slot, score) in scores.iter().enumerate().filter(|(_, score)| **score > 0.0) {
                self.offer(*segment, slot, *score, allowed.contains(slot));
            }
            self.allowed.insert(*segment, allowed);
        }
    }

    fn scores(
        &mut self,
        segment: i64,
        lengths: &[u8],
        postings: &HashMap<(i64, &str), &[u8]>,
        allowed: &Slots,
    ) -> Vec<f32> {
        let mut scores = vec![0.0; SEGMENT];
        let (lengths, _) = lengths.as_chunks::<2>();
        for (weight, count) in self.weights.iter().zip(&mut self.counts) {
            let of_segment = weight.terms.iter().filter_map(|term| postings.get(&(segment, term.as_str())));
            for posting in of_segment.flat_map(|bytes| postings::decode(bytes)) {
                let slot = usize::from(posting.slot);
                // Those without a length are gone, or fresh.
                let length = lengths.get(slot).map_or(0, |pair| u16::from_le_bytes(*pair));
                if let (Some(score), 1..) = (scores.get_mut(slot), length) {
                    *score += gain(weight, posting.count, length.into(), self.average);
                    *count += u64::from(allowed.contains(slot));
                }
            }
        }
        scores
    }

    /// Ranks a fresh passage, by its own terms.
    pub(super) fn add_fresh<'a>(
        &mut self,
        (segment, slot): (i64, usize),
        length: u32,
        terms: impl Iterator<Item = (&'a str, u32)>,
    ) {
        let mut counts = vec![0; self.weights.len()];
        for (term, count) in terms {
            let known = self.weights.iter().position(|weight| weight.terms.iter().any(|known| known == term));
            if let Some(known) = known {
                counts[known] += count;
            }
        }
        let allowed = self.allowed.get(&segment).is_some_and(|slots| slots.contains(slot));
        let mut score = 0.0;
        for ((weight, readable), count) in self.weights.iter().zip(&mut self.counts).zip(counts) {
            if count > 0 {
                score += gain(weight, count, length, self.average);
                *readable += u64::from(allowed);
            }
        }
        if score > 0.0 {
            self.offer(segment, slot, score, allowed);
        }
    }

    fn offer(&mut self, segment: i64, slot: usize, score: f32, allowed: bool) {
        if !allowed {
            self.hidden += 1;
            return;
        }
        self.matched += 1;
        self.best.offer(Scored { passage: passage_id(segment, slot), score });
    }

    /// The best passages, the best first.
    pub(super) fn best(self) -> Vec<Scored> {
        self.best.sorted()
    }
}

/// What a word that is in a passage so often adds to its score.
fn gain(weight: &Weight, count: u32, length: u32, average: f32) -> f32 {
    let count = count as f32;
    let norm = K1 * (1.0 - B + B * length.min(u16::MAX.into()) as f32 / average);
    weight.weight * count * (K1 + 1.0) / (count + norm)
}
