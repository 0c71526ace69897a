//! Leaving out what cannot be seen, so that a million points make a picture and not a gigabyte.

use std::collections::HashMap;

use crate::scene::Point;

/// Up to this many points are all drawn.
const FEW: usize = 20_000;

/// A point is not drawn when so many earlier ones lie in its cell of 2 by 2 units: their ink hides it.
const IN_CELL: u32 = 4;

/// The points to draw. A lone point, however far out, always stays.
pub(crate) fn points(points: Vec<Point>) -> Vec<Point> {
    if points.len() <= FEW {
        return points;
    }
    let mut cells: HashMap<(i32, i32), u32> = HashMap::new();
    let seen = |&(x, y): &Point| {
        let count = cells.entry(((x / 2.0).floor() as i32, (y / 2.0).floor() as i32)).or_default();
        *count += 1;
        *count <= IN_CELL
    };
    points.into_iter().filter(seen).collect()
}

/// A line that looks the same with fewer points: of neighbours within half a unit of width, the first, the
/// lowest, the highest and the last stay (U. Jugel et al., *M4: A Visualization-Oriented Time Series Data
/// Aggregation*, VLDB 2014).
pub(crate) fn line(points: &[Point]) -> Vec<Point> {
    let column = |point: &Point| (point.0 * 2.0).floor();
    let mut kept = Vec::new();
    for run in points.chunk_by(|a, b| column(a) == column(b)) {
        let by_height = |&a: &usize, &b: &usize| run[a].1.total_cmp(&run[b].1);
        let highest = (0..run.len()).max_by(by_height).unwrap_or(0);
        let lowest = (0..run.len()).min_by(by_height).unwrap_or(0);
        let mut stay = [0, lowest.min(highest), lowest.max(highest), run.len() - 1].to_vec();
        stay.dedup();
        kept.extend(stay.into_iter().map(|index| run[index]));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crowded_points_are_thinned_and_lone_ones_stay() {
        let mut crowd = vec![(10.5, 10.5); FEW];
        crowd.push((300.0, 200.0));
        assert_eq!(points(crowd[1..].to_vec()).len(), FEW);
        let kept = points(crowd);
        assert_eq!(kept.len(), 5);
        assert_eq!(kept[4], (300.0, 200.0));
    }

    #[test]
    fn a_long_line_keeps_its_extremes() {
        let mut wave: Vec<Point> = (0..100_000).map(|i| (f64::from(i) / 1000.0, f64::from(i % 7))).collect();
        wave[50_123].1 = 99.0;
        let kept = line(&wave);
        assert!(kept.len() <= 4 * 200, "{} points", kept.len());
        assert!(kept.contains(&wave[50_123]));
        assert_eq!((kept[0], kept[kept.len() - 1]), (wave[0], wave[99_999]));
        assert!(kept.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    }

    #[test]
    fn a_short_line_stays_as_it_is() {
        let short = [(0.0, 1.0), (5.0, 2.0), (5.1, 3.0), (4.0, 4.0)];
        assert_eq!(line(&short), short);
    }
}
