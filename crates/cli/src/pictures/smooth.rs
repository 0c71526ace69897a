//! A smooth line through points: what the eye should follow.

/// The part of the points that takes part in each local line.
const SPAN: f64 = 2.0 / 3.0;

/// Places at which the line is computed.
const PLACES: usize = 41;

/// A locally weighted straight line at each of some places from the lowest `x` to the highest (W. S. Cleveland,
/// *Robust Locally Weighted Regression and Smoothing Scatterplots*, Journal of the American Statistical
/// Association 74, 1979; without his robustness iterations). Nothing for fewer than ten points, or where `x`
/// does not vary.
pub fn smooth(x: &[f64], y: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut points: Vec<(f64, f64)> =
        x.iter().copied().zip(y.iter().copied()).filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let count = points.len();
    if count < 10 || points[0].0 == points[count - 1].0 {
        return (Vec::new(), Vec::new());
    }
    let near = ((count as f64 * SPAN) as usize).max(5);
    // Places are spread over the points, not over the axis: where there are none, nothing can be said.
    let mut places: Vec<f64> = (0..PLACES).map(|k| points[k * (count - 1) / (PLACES - 1)].0).collect();
    places.dedup();
    let heights = places.iter().map(|&at| local(&points, near, at)).collect();
    (places, heights)
}

/// The height at `at` of a line through the nearest points, the nearer the heavier.
fn local(points: &[(f64, f64)], near: usize, at: f64) -> f64 {
    let mut first =
        points.partition_point(|point| point.0 < at).saturating_sub(near).min(points.len() - near);
    while first + near < points.len() && points[first + near].0 - at < at - points[first].0 {
        first += 1;
    }
    let nearest = &points[first..first + near];
    let reach = (at - nearest[0].0).max(nearest[near - 1].0 - at).max(f64::MIN_POSITIVE) * 1.0001;
    let mut sums = [0.0; 5];
    for &(x, y) in nearest {
        let distance = (x - at) / reach;
        let weight = (1.0 - distance.abs().powi(3)).max(0.0).powi(3);
        for (sum, value) in sums.iter_mut().zip([1.0, distance, distance * distance, y, distance * y]) {
            *sum += weight * value;
        }
    }
    let [w, d, dd, y, dy] = sums;
    let determinant = w * dd - d * d;
    if determinant > 1e-9 * w * w { (dd * y - d * dy) / determinant } else { y / w }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line() {
        let x: Vec<f64> = (0..200).map(|i| f64::from(i * i % 211)).collect();
        let y: Vec<f64> = x.iter().map(|x| 3.0 - 0.5 * x).collect();
        let (places, heights) = smooth(&x, &y);
        assert!(places.len() > 30 && places.is_sorted());
        assert!(places.iter().zip(&heights).all(|(x, y)| (3.0 - 0.5 * x - y).abs() < 1e-9));
    }

    #[test]
    fn a_bend_is_followed() {
        let x: Vec<f64> = (0..100).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|x| (x - 50.0).abs()).collect();
        let (places, heights) = smooth(&x, &y);
        let at = |place: f64| heights[places.iter().position(|&x| x >= place).unwrap()];
        assert!(at(50.0) < at(5.0) && at(50.0) < at(95.0));
    }

    #[test]
    fn what_does_not_vary_has_no_line() {
        assert!(smooth(&[1.0; 20], &[2.0; 20]).0.is_empty());
        assert!(smooth(&[1.0, 2.0], &[2.0, 3.0]).0.is_empty());
    }
}
