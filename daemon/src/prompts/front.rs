//! The Pareto front over cases: the candidates of which each is the best at some case, and none as good at all and better
//! at one (Agrawal et al., GEPA, 2025).

/// Which rows of scores, a column a case, are on the front, each with how many cases it is best at.
pub(super) fn front(scores: &[Vec<f64>]) -> Vec<(usize, usize)> {
    let cases = scores.first().map_or(0, Vec::len);
    let best: Vec<f64> =
        (0..cases).map(|case| scores.iter().map(|row| row[case]).fold(f64::NEG_INFINITY, f64::max)).collect();
    let wins = |row: &[f64]| row.iter().zip(&best).filter(|(score, best)| score >= best).count();
    let winners: Vec<usize> = (0..scores.len()).filter(|row| wins(&scores[*row]) > 0).collect();
    let undominated = winners.iter().filter(|row| {
        !winners.iter().any(|other| {
            let better = dominates(&scores[*other], &scores[**row]);
            // Of those that are the same everywhere the first stands for all.
            better || (other < *row && scores[*other] == scores[**row])
        })
    });
    undominated.map(|row| (*row, wins(&scores[*row]))).collect()
}

fn dominates(one: &[f64], other: &[f64]) -> bool {
    one.iter().zip(other).all(|(a, b)| a >= b) && one.iter().zip(other).any(|(a, b)| a > b)
}

#[cfg(test)]
mod tests {
    use super::front;

    #[test]
    fn the_dominated_the_average_and_the_second_of_the_same_are_not_on_the_front() {
        let scores = vec![
            vec![1.0, 0.0, 0.5],
            vec![0.0, 1.0, 0.5],
            vec![0.9, 0.9, 0.4],
            vec![1.0, 0.0, 0.4],
            vec![0.0, 1.0, 0.5],
        ];
        assert_eq!(front(&scores), [(0, 2), (1, 2)]);
        assert_eq!(front(&[]), []);
    }
}
