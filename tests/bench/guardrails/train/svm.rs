//! A linear support vector machine, trained by dual coordinate descent (Hsieh et al. 2008, A dual coordinate descent
//! method for large-scale linear SVM, algorithm 1), with squared hinge loss. Sums run in one order on one thread, so that
//! the same examples give the same bits everywhere.

use crate::shuffle::Shuffle;
use daemon::training::{FORM, TABLE};

/// A text as the machine sees it.
pub(crate) struct Example {
    /// Its features: places in the table in ascending order, and their values.
    pub(crate) features: Vec<(usize, f64)>,
    /// Whether it is what the rail looks for.
    pub(crate) is_bad: bool,
    /// What it costs to be wrong about it (C of the paper).
    pub(crate) cost: f64,
}

/// The weights, as whole numbers of a signed byte with a common scale.
pub(crate) struct Weights {
    table: Vec<i8>,
    scale: f32,
    bias: f32,
}

impl Weights {
    /// Learns from examples, going through all of them a number of times. The bias is a feature like others, of value 1.
    pub(crate) fn learn(examples: &[&Example], rounds: usize) -> Self {
        let mut weights = vec![0.0; TABLE + 1];
        let mut alphas = vec![0.0; examples.len()];
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut shuffle = Shuffle::new(1);
        for _ in 0..rounds {
            shuffle.shuffle(&mut order);
            for at in &order {
                step(examples[*at], &mut alphas[*at], &mut weights);
            }
        }
        let bias = weights.pop().unwrap_or_default();
        Self::rounded(&weights, bias)
    }

    fn rounded(weights: &[f64], bias: f64) -> Self {
        let largest = weights.iter().fold(f64::MIN_POSITIVE, |largest, weight| weight.abs().max(largest));
        let scale = largest / f64::from(i8::MAX);
        let table = weights.iter().map(|weight| (weight / scale).round() as i8).collect();
        Self { table, scale: scale as f32, bias: bias as f32 }
    }

    /// How far an example lies on the side of what is looked for.
    pub(crate) fn margin(&self, example: &Example) -> f64 {
        let sum: f64 =
            example.features.iter().map(|(slot, value)| f64::from(self.table[*slot]) * value).sum();
        f64::from(self.scale) * sum + f64::from(self.bias)
    }

    /// The file that the rail reads.
    pub(crate) fn file(&self) -> Vec<u8> {
        let table = self.table.iter().map(|weight| weight.cast_unsigned());
        FORM.iter()
            .copied()
            .chain(self.scale.to_le_bytes())
            .chain(self.bias.to_le_bytes())
            .chain(table)
            .collect()
    }
}

/// Improves one example's dual variable, and the weights with it.
fn step(example: &Example, alpha: &mut f64, weights: &mut [f64]) {
    let sign = if example.is_bad { 1.0 } else { -1.0 };
    let softness = 0.5 / example.cost;
    let product: f64 = example.features.iter().map(|(slot, value)| weights[*slot] * value).sum();
    let length: f64 = example.features.iter().map(|(_, value)| value * value).sum();
    let gradient = sign * (product + weights[TABLE]) - 1.0 + softness * *alpha;
    let improved = (*alpha - gradient / (length + 1.0 + softness)).max(0.0);
    let change = sign * (improved - *alpha);
    *alpha = improved;
    if change != 0.0 {
        for (slot, value) in &example.features {
            weights[*slot] += change * value;
        }
        weights[TABLE] += change;
    }
}
