//! The maximum-weight matching of two lists.

/// The greatest total weight of pairs in which each row and each column occurs at most once; weights are 0 or
/// more. The Hungarian algorithm with potentials (Kuhn 1955, Munkres 1957), O(rows² · columns) with rows the
/// shorter side.
pub(super) fn greatest_total(weights: &[Vec<f64>]) -> f64 {
    let columns = weights.first().map_or(0, Vec::len);
    if weights.len() > columns {
        let turned: Vec<Vec<f64>> =
            (0..columns).map(|c| weights.iter().map(|row| weight(row, c)).collect()).collect();
        return assigned(&turned, weights.len());
    }
    assigned(weights, columns)
}

fn weight(row: &[f64], column: usize) -> f64 {
    row.get(column).copied().unwrap_or_default()
}

/// Assigns every row a column, rows being no more than columns, and adds up the weights.
fn assigned(weights: &[Vec<f64>], columns: usize) -> f64 {
    // Row and column 0 stand for "none", as is usual for this algorithm.
    let mut row_of = vec![0_usize; columns + 1];
    let mut row_price = vec![0.0; weights.len() + 1];
    let mut column_price = vec![0.0; columns + 1];
    for row in 1..=weights.len() {
        row_of[0] = row;
        let came_from = shortest_path(weights, &mut row_of, &mut row_price, &mut column_price);
        let mut column = came_from.0;
        while column != 0 {
            let before = came_from.1[column];
            row_of[column] = row_of[before];
            column = before;
        }
    }
    let pairs = row_of.iter().enumerate().skip(1).filter(|(_, row)| **row > 0);
    pairs.map(|(column, row)| weights.get(row - 1).map_or(0.0, |weights| weight(weights, column - 1))).sum()
}

/// Searches from the row at column 0 to a free column, and gives it with the way there.
fn shortest_path(
    weights: &[Vec<f64>],
    row_of: &mut [usize],
    row_price: &mut [f64],
    column_price: &mut [f64],
) -> (usize, Vec<usize>) {
    let columns = row_of.len() - 1;
    let mut slack = vec![f64::INFINITY; columns + 1];
    let mut came_from = vec![0_usize; columns + 1];
    let mut done = vec![false; columns + 1];
    let mut column = 0;
    while row_of[column] != 0 {
        done[column] = true;
        let row = row_of[column];
        let (mut delta, mut next) = (f64::INFINITY, 0);
        for other in (1..=columns).filter(|other| !done[*other]) {
            let cost = -weight(&weights[row - 1], other - 1) - row_price[row] - column_price[other];
            if cost < slack[other] {
                slack[other] = cost;
                came_from[other] = column;
            }
            if slack[other] < delta {
                delta = slack[other];
                next = other;
            }
        }
        for other in 0..=columns {
            if done[other] {
                row_price[row_of[other]] += delta;
                column_price[other] -= delta;
            } else {
                slack[other] -= delta;
            }
        }
        if next == 0 {
            break;
        }
        column = next;
    }
    (column, came_from)
}

#[cfg(test)]
mod tests {
    use super::greatest_total;

    #[test]
    fn the_best_whole_beats_the_best_first_choice() {
        assert!((greatest_total(&[vec![0.9, 0.8], vec![0.8, 0.0]]) - 1.6).abs() < 1e-12);
        assert!((greatest_total(&[vec![0.5], vec![1.0], vec![0.2]]) - 1.0).abs() < 1e-12);
        assert!(greatest_total(&[]).abs() < 1e-12);
        assert!(greatest_total(&[vec![], vec![]]).abs() < 1e-12);
    }
}
