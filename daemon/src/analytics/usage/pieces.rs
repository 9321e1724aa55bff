//! Which roll-ups make a range: as few as do.

use super::rollup::began;
use crate::gate::budget::period;
use contract::wire::admin::Period;
use contract::wire::usage::Bucket;

const HOUR: i64 = 60 * 60 * 1000;

/// Roll-ups of one length, within a range; `is_taken` where they are subtracted from the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) span: Bucket,
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) is_taken: bool,
}

/// A range of whole hours in the largest spans that fit, none longer than the buckets that are asked for. At its ends a
/// longer span less what is outside of the range stands for the shorter ones inside, where these are more.
pub(super) fn covering(bucket: Option<Bucket>, from: i64, to: i64) -> Vec<Piece> {
    let spans: &[Bucket] = match bucket {
        Some(Bucket::Hour) => &[Bucket::Hour],
        Some(Bucket::Day) => &[Bucket::Day, Bucket::Hour],
        Some(Bucket::Month) | None => &[Bucket::Month, Bucket::Day, Bucket::Hour],
    };
    let mut pieces = Vec::new();
    cover(spans, from, to, false, &mut pieces);
    pieces
}

fn cover(spans: &[Bucket], from: i64, to: i64, is_taken: bool, pieces: &mut Vec<Piece>) {
    let Some((&span, shorter)) = spans.split_first() else { return };
    let mut push = |from, to| {
        if from < to {
            pieces.push(Piece { span, from, to, is_taken });
        }
    };
    if shorter.is_empty() {
        return push(from, to);
    }
    let first = if began(span, from) == from { from } else { after(span, from) };
    let last = began(span, to);
    if first > last {
        return cover(shorter, from, to, is_taken, pieces);
    }
    push(first, last);
    let before = (from < first).then(|| ((from, first), (began(span, from), from)));
    let behind = (last < to).then(|| ((last, to), (to, after(span, last))));
    for (inside, outside) in [before, behind].into_iter().flatten() {
        if outside.1 - outside.0 + step(span) < inside.1 - inside.0 {
            let (from, to) = (inside.0.min(outside.0), inside.1.max(outside.1));
            pieces.push(Piece { span, from, to, is_taken });
            cover(shorter, outside.0, outside.1, !is_taken, pieces);
        } else {
            cover(shorter, inside.0, inside.1, is_taken, pieces);
        }
    }
}

/// When the next span begins.
fn after(span: Bucket, at: i64) -> i64 {
    let period = match span {
        Bucket::Hour => return began(span, at) + HOUR,
        Bucket::Day => Period::Day,
        Bucket::Month => Period::Month,
    };
    period::bounds(period, at).map_or(at, |(_, ends)| ends)
}

/// How long the spans are that one is made of.
fn step(span: Bucket) -> i64 {
    match span {
        Bucket::Month => 24 * HOUR,
        Bucket::Day | Bucket::Hour => HOUR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const DAY: i64 = 24 * HOUR;

    /// How often each hour is counted.
    fn hours(pieces: &[Piece]) -> BTreeMap<i64, i32> {
        let mut hours = BTreeMap::new();
        for piece in pieces {
            let mut at = piece.from;
            while at < piece.to {
                *hours.entry(at / HOUR).or_default() += if piece.is_taken { -1 } else { 1 };
                at += HOUR;
            }
        }
        hours.retain(|_, count| *count != 0);
        hours
    }

    fn is_aligned(piece: &Piece) -> bool {
        [piece.from, piece.to].iter().all(|at| began(piece.span, *at) == *at)
    }

    #[test]
    fn each_hour_of_a_range_is_counted_once_and_none_beside_it() {
        let january = 1_767_225_600_000;
        for (from, to) in [
            (0, 1),
            (1, 5),
            (0, 24),
            (5, 29),
            (1, 90),
            (20, 800),
            (3, 2000),
            (740, 8800),
            (700, 745),
            (9, 24 * 181),
        ] {
            for bucket in [None, Some(Bucket::Month), Some(Bucket::Day), Some(Bucket::Hour)] {
                let pieces = covering(bucket, january + from * HOUR, january + to * HOUR);
                assert!(pieces.iter().all(is_aligned), "{pieces:?}");
                let first = january / HOUR;
                let wanted: BTreeMap<i64, i32> = (first + from..first + to).map(|hour| (hour, 1)).collect();
                assert_eq!(hours(&pieces), wanted, "{from} to {to} by {bucket:?}: {pieces:?}");
            }
        }
    }

    #[test]
    fn a_year_is_a_few_dozen_roll_ups_wherever_it_begins() {
        let january = 1_767_225_600_000;
        for day in 0..31 {
            let from = january + day * DAY + (day % 24) * HOUR;
            let rows: i64 = covering(None, from, from + 365 * DAY)
                .iter()
                .map(|piece| match piece.span {
                    Bucket::Month => (piece.to - piece.from) / (28 * DAY),
                    Bucket::Day => (piece.to - piece.from) / DAY,
                    Bucket::Hour => (piece.to - piece.from) / HOUR,
                })
                .sum();
            assert!(rows <= 75, "{rows} from day {day}");
        }
    }
}
