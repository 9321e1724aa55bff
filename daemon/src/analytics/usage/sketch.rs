//! Latencies in buckets whose borders grow by a constant factor: quantiles to within one percent, and sums of sketches
//! are sketches (DDSketch; Masson, Rim and Lee, VLDB 2019).

use std::fmt::Write;

/// The relative error of a quantile.
const ALPHA: f64 = 0.01;

/// The factor between two borders: (1 + α) / (1 − α).
const GAMMA: f64 = (1.0 + ALPHA) / (1.0 - ALPHA);

/// The shortest latency that is told apart from none, in microseconds.
const SHORTEST: f64 = 1.0;

/// The farthest bucket that a latency can lie in, of thousands of years; what was written may not make a sketch grow
/// beyond it.
const MOST_BUCKET: i32 = 2000;

/// How many values lie in which bucket.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sketch {
    /// The lowest bucket that is counted.
    lowest: i32,
    /// How many values lie in it, and in each above it.
    counts: Vec<u64>,
}

impl Sketch {
    /// Adds a latency in microseconds.
    pub(super) fn add(&mut self, microseconds: f64) {
        let bucket = (microseconds.max(SHORTEST).ln() / GAMMA.ln()).ceil();
        self.count(bucket as i32, 1);
    }

    fn count(&mut self, bucket: i32, values: u64) {
        if self.counts.is_empty() {
            self.lowest = bucket;
        }
        if bucket < self.lowest {
            let missing = self.lowest.abs_diff(bucket) as usize;
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.lowest = bucket;
        }
        let place = bucket.abs_diff(self.lowest) as usize;
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += values;
    }

    fn buckets(&self) -> impl Iterator<Item = (i32, u64)> {
        (self.lowest..).zip(self.counts.iter().copied()).filter(|(_, count)| *count > 0)
    }

    /// Adds all values of another.
    pub(super) fn merge(&mut self, other: &Self) {
        for (bucket, count) in other.buckets() {
            self.count(bucket, count);
        }
    }

    /// Takes all values of another away, which lie in this one.
    pub(super) fn take(&mut self, other: &Self) {
        for (bucket, count) in other.buckets() {
            let place = usize::try_from(bucket - self.lowest).ok();
            if let Some(kept) = place.and_then(|place| self.counts.get_mut(place)) {
                *kept = kept.saturating_sub(count);
            }
        }
    }

    /// The value in microseconds that a share of the values, from 0 to 1, does not exceed; 0 where there are none.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let total: u64 = self.counts.iter().sum();
        let rank = (share * total.saturating_sub(1) as f64).floor() as u64;
        let mut seen = 0;
        for (bucket, count) in self.buckets() {
            seen += count;
            if seen > rank {
                return 2.0 * GAMMA.powi(bucket) / (GAMMA + 1.0);
            }
        }
        0.0
    }

    /// As text: `bucket:count`, by commas, where a count alone is that of the bucket after the one before.
    pub(super) fn written(&self) -> String {
        let mut text = String::with_capacity(self.counts.len() * 4);
        let mut next = None;
        for (bucket, count) in self.buckets() {
            let comma = if text.is_empty() { "" } else { "," };
            // Writing to a string can't fail.
            let _ = match next == Some(bucket) {
                true => write!(text, "{comma}{count}"),
                false => write!(text, "{comma}{bucket}:{count}"),
            };
            next = Some(bucket + 1);
        }
        text
    }

    /// Adds what was written; what can't be read is left out. A year by user is millions of counts, so the text is
    /// gone over once, byte by byte.
    pub(super) fn read(&mut self, text: &str) {
        let mut entry = Entry::default();
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => entry.digit(byte - b'0'),
                b':' => entry.turn(),
                b',' => entry = self.add_entry(&entry),
                _ => entry.is_wrong = true,
            }
        }
        self.add_entry(&entry);
    }

    /// Counts an entry; what the next one begins with.
    fn add_entry(&mut self, entry: &Entry) -> Entry {
        match (entry.bucket, entry.number, entry.is_wrong) {
            (Some(bucket), Some(count), false) if bucket <= MOST_BUCKET => {
                self.count(bucket, count);
                Entry { bucket: Some(bucket + 1), ..Entry::default() }
            }
            _ => Entry::default(),
        }
    }
}

/// A count and its bucket, as far as they are read.
#[derive(Default)]
struct Entry {
    /// None: where the count belongs is not known.
    bucket: Option<i32>,
    number: Option<u64>,
    has_own_bucket: bool,
    is_wrong: bool,
}

impl Entry {
    fn digit(&mut self, digit: u8) {
        self.number = Some(self.number.unwrap_or(0).saturating_mul(10).saturating_add(u64::from(digit)));
    }

    /// What was read was the bucket.
    fn turn(&mut self) {
        self.is_wrong |= self.has_own_bucket;
        self.has_own_bucket = true;
        self.bucket = self.number.take().and_then(|bucket| i32::try_from(bucket).ok());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_quantile_is_within_one_percent_also_of_merged_and_written_sketches(
            values in prop::collection::vec(1.0..1e9_f64, 1..300), cut in 0..300_usize, share in 0.0..1.0_f64,
        ) {
            let (mut left, mut right) = (Sketch::default(), Sketch::default());
            for (n, value) in values.iter().enumerate() {
                if n < cut { left.add(*value) } else { right.add(*value) }
            }
            let mut merged = Sketch::default();
            merged.read(&left.written());
            merged.merge(&right);
            let mut sorted = values;
            sorted.sort_by(f64::total_cmp);
            let exact = sorted[(share * (sorted.len() - 1) as f64).floor() as usize];
            let error = (merged.quantile(share) - exact).abs() / exact;
            prop_assert!(error <= ALPHA * 1.001, "{error}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let mut sketch = Sketch::default();
        sketch.read("3:2,x:9,7:,8,12:1,99999:1,:4,1:2:3,6");
        assert_eq!(sketch.written(), "3:2,12:1");
    }

    #[test]
    fn a_count_alone_is_that_of_the_next_bucket() {
        let mut sketch = Sketch::default();
        sketch.read("3:2,4:5,6:1,7");
        assert_eq!(sketch.written(), "3:2,5,6:1,7");
    }

    #[test]
    fn nothing_has_no_quantile() {
        assert_eq!(Sketch::default().quantile(0.5), 0.0);
    }
}
