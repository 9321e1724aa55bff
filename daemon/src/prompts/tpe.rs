//! The tree-structured Parzen estimator over options (Bergstra et al., NeurIPS 2011): points are drawn from where the good
//! ones so far lie, and the one is tried for which that is the likeliest against the rest.

use super::space::Point;
use crate::evaluations::Random;
use std::collections::HashSet;

/// The share of the points so far that count as good.
const GOOD: f64 = 0.25;

/// Points that are drawn to choose from.
const DRAWN: usize = 48;

/// Points that are drawn at random before there is anything to learn from.
pub(super) const STARTUP: usize = 10;

/// The next point to try, which is none of those so far; none where all were tried, as far as draws can tell.
pub(super) fn suggest(sizes: Point, tried: &[(Point, f64)], random: &mut Random) -> Option<Point> {
    let known: HashSet<Point> = tried.iter().map(|(point, _)| *point).collect();
    let is_fresh = |point: &Point| !known.contains(point);
    if tried.len() >= STARTUP {
        let mut ranked: Vec<&(Point, f64)> = tried.iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (good, rest) = ranked.split_at(((ranked.len() as f64 * GOOD).ceil() as usize).max(1));
        let (good, rest) = (Likely::of(sizes, good), Likely::of(sizes, rest));
        let drawn: Vec<Point> = (0..DRAWN).map(|_| good.draw(random)).filter(is_fresh).collect();
        let ratio = |point: &Point| good.log(point) - rest.log(point);
        let best = drawn.into_iter().max_by(|a, b| ratio(a).total_cmp(&ratio(b)));
        if best.is_some() {
            return best;
        }
    }
    (0..DRAWN * 4).map(|_| sizes.map(|size| random.below(size))).find(is_fresh)
}

/// How likely options are among some points: each dimension by itself, with one more point that is all of them alike.
struct Likely {
    weights: [Vec<f64>; 4],
}

impl Likely {
    fn of(sizes: Point, points: &[&(Point, f64)]) -> Self {
        let mut weights = sizes.map(|size| vec![1.0 / size as f64; size]);
        for (point, _) in points.iter().copied() {
            for (options, option) in weights.iter_mut().zip(point) {
                options[*option] += 1.0;
            }
        }
        for options in &mut weights {
            let sum: f64 = options.iter().sum();
            options.iter_mut().for_each(|weight| *weight /= sum);
        }
        Self { weights }
    }

    fn log(&self, point: &Point) -> f64 {
        self.weights.iter().zip(point).map(|(options, option)| options[*option].ln()).sum()
    }

    fn draw(&self, random: &mut Random) -> Point {
        let mut point = Point::default();
        for (option, options) in point.iter_mut().zip(&self.weights) {
            let mut left = random.unit();
            *option = options
                .iter()
                .position(|weight| {
                    left -= weight;
                    left < 0.0
                })
                .unwrap_or(options.len() - 1);
        }
        point
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Point = [6, 17, 8, 3];

    const PLANTED: Point = [4, 11, 5, 2];

    /// Trials up to the planted optimum of 2,448 points, of which each dimension is worth a quarter.
    fn trials(seed: u64, suggest: impl Fn(&[(Point, f64)], &mut Random) -> Option<Point>) -> usize {
        let mut random = Random::new(seed);
        let mut tried: Vec<(Point, f64)> = Vec::new();
        while let Some(point) = suggest(&tried, &mut random) {
            let right = point.iter().zip(PLANTED).filter(|(option, planted)| **option == *planted).count();
            tried.push((point, right as f64 / 4.0));
            if right == 4 {
                break;
            }
        }
        tried.len()
    }

    #[test]
    fn a_planted_optimum_is_found_in_a_tenth_of_what_chance_takes() {
        let found: Vec<usize> =
            (0..20).map(|seed| trials(seed, |tried, random| suggest(SIZES, tried, random))).collect();
        let worst = found.iter().max().unwrap();
        let mean = found.iter().sum::<usize>() as f64 / 20.0;
        assert!(mean < 122.0 && *worst < 612, "mean {mean}: {found:?}");
    }

    #[test]
    fn all_points_of_a_small_space_are_tried_once() {
        let sizes = [1, 1, 4, 3];
        let mut tried = Vec::new();
        let mut random = Random::new(1);
        while let Some(point) = suggest(sizes, &tried, &mut random) {
            tried.push((point, 0.5));
        }
        let points: HashSet<Point> = tried.iter().map(|(point, _)| *point).collect();
        assert_eq!((tried.len(), points.len()), (12, 12));
    }
}
