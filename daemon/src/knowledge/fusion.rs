//! Two rankings as one.

use super::index::Scored;
use contract::wire::knowledge::Ranks;
use std::collections::HashMap;

/// The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and
/// individual rank learning methods", SIGIR 2009).
const K: f64 = 60.0;

/// A passage that was found, with its place in each ranking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fused {
    pub(super) passage: i64,
    pub(super) ranks: Ranks,
    /// The reciprocals of both ranks together.
    pub(super) score: f64,
}

/// Fuses rankings by the ranks that the caller sees: those in the ranking of all would tell of what others may read.
pub(super) fn fuse(lexical: &[Scored], dense: &[Scored]) -> Vec<Fused> {
    let mut ranks: HashMap<i64, Ranks> = HashMap::new();
    for (scored, rank) in lexical.iter().zip(1..) {
        ranks.entry(scored.passage).or_default().lexical = Some(rank);
    }
    for (scored, rank) in dense.iter().zip(1..) {
        ranks.entry(scored.passage).or_default().dense = Some(rank);
    }
    let reciprocal = |rank: Option<u32>| rank.map_or(0.0, |rank| 1.0 / (K + f64::from(rank)));
    let fuse = |(passage, ranks): (i64, Ranks)| Fused {
        passage,
        ranks,
        score: reciprocal(ranks.lexical) + reciprocal(ranks.dense),
    };
    let mut fused: Vec<Fused> = ranks.into_iter().map(fuse).collect();
    fused.sort_by(|one, two| two.score.total_cmp(&one.score).then(one.passage.cmp(&two.passage)));
    fused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_good_in_both_rankings_comes_before_who_is_best_in_one() {
        let ranking = |passages: &[i64]| -> Vec<Scored> {
            passages.iter().map(|passage| Scored { passage: *passage, score: 0.0 }).collect()
        };
        let fused = fuse(&ranking(&[1, 2, 3]), &ranking(&[4, 2]));
        assert_eq!(fused.iter().map(|one| one.passage).collect::<Vec<_>>(), [2, 1, 4, 3]);
        assert_eq!(fused[0].ranks, Ranks { lexical: Some(2), dense: Some(2) });
        assert!((fused[0].score - 2.0 / 62.0).abs() < 1e-12);
    }
}
