//! The linear program of quantile regression, by a primal-dual interior point method.
//!
//! Source: S. Portnoy, R. Koenker, "The Gaussian hare and the Laplacian tortoise", Statistical Science 12 (1997), with the
//! predictor-corrector steps of S. Mehrotra, SIAM Journal on Optimization 2 (1992). The dual is solved: maximize `y'a` over
//! `X'a = (1 - level) X'w`, with `0 <= a <= w`; the multipliers of its equations are the coefficients.

use crate::observations::Observations;
use crate::standard::Standard;
use crate::weighted::{Pull, pass};
use ndgrad_array::Result;

/// How far a step goes to where a number would become 0.
const NEARLY: f64 = 0.999_95;

/// Steps, at the most; a dozen or two are usual.
const MOST_STEPS: usize = 200;

/// The duality gap, relative to the loss, at which it ends.
const GAP: f64 = 1e-13;

/// Numbers for each row: the dual solution, what it lacks to its bound, and their multipliers.
struct State {
    a: Vec<f64>,
    s: Vec<f64>,
    z: Vec<f64>,
    w: Vec<f64>,
}

/// What was found, and how near to the minimum it is.
pub(super) struct Interior {
    pub parameters: Vec<f64>,
    /// The loss less the bound that the dual gives, relative to the loss.
    pub gap: f64,
    pub steps: usize,
}

/// Rows times parameters, for every row, an offset not included.
pub(super) fn predictors(
    observations: &mut dyn Observations,
    standard: &Standard,
    parameters: &[f64],
    out: &mut Vec<f64>,
) -> Result<()> {
    let width = standard.names.len();
    out.clear();
    observations.pass(&mut |block| {
        out.extend((0..block.rows()).map(|i| standard.predict(&block.x[i * width..][..width], parameters)));
        Ok(())
    })
}

/// Minimizes the check loss of `y` (offset subtracted) from `start`; rows of weight 0 take no part.
pub(super) fn solve(
    observations: &mut dyn Observations,
    standard: &Standard,
    (y, weights): (&[f64], &[f64]),
    level: f64,
    start: Vec<f64>,
) -> Result<Interior> {
    let n = y.len();
    let counts = weights.iter().filter(|&&weight| weight > 0.0).count() as f64;
    let mut parameters = start;
    let mut moved = Vec::with_capacity(n);
    predictors(observations, standard, &parameters, &mut moved)?;
    let residuals: Vec<f64> = y.iter().zip(&moved).map(|(y, fitted)| y - fitted).collect();
    let spread = residuals.iter().zip(weights).map(|(r, w)| w * r.abs()).sum::<f64>() / standard.weight;
    if spread == 0.0 {
        return Ok(Interior { parameters, gap: 0.0, steps: 0 });
    }
    // The multipliers' difference is minus the residual.
    let mut state = State {
        a: weights.iter().map(|w| (1.0 - level) * w).collect(),
        s: weights.iter().map(|w| level * w).collect(),
        z: residuals.iter().map(|r| (-r).max(0.0) + 0.1 * spread).collect(),
        w: residuals.iter().map(|r| r.max(0.0) + 0.1 * spread).collect(),
    };
    let scale = 0.01 * spread * standard.weight;
    let live: Vec<usize> = (0..n).filter(|&i| weights[i] > 0.0).collect();
    let mut steps = 0;
    let mut gap = state.gap(&live);
    while gap > GAP * scale && steps < MOST_STEPS {
        steps += 1;
        let mut q = vec![0.0; n];
        let mut r = vec![0.0; n];
        for &i in &live {
            q[i] = 1.0 / (state.z[i] / state.a[i] + state.w[i] / state.s[i]);
            r[i] = state.z[i] - state.w[i];
        }
        let normal = pass(observations, standard, &parameters, |row, (): &mut ()| Pull {
            curvature: q[row.number],
            score: q[row.number] * r[row.number],
        })?;
        let step = normal.step();
        predictors(observations, standard, &step, &mut moved)?;
        let mut change = Change::new(n);
        for &i in &live {
            let da = q[i] * (moved[i] - r[i]);
            change.set(i, &state, da, 0.0, 0.0, 0.0);
        }
        let (primal, dual) = change.lengths(&state, &live);
        let mut step = step;
        if primal.min(dual) < 1.0 {
            let after = state.gap_after(&change, primal, dual, &live);
            let mu = gap * (after / gap).powi(3) / (2.0 * counts);
            let mut right = vec![0.0; n];
            let mut products = vec![(0.0, 0.0); n];
            for &i in &live {
                let lower = change.a[i] * change.z[i] / state.a[i];
                let upper = -change.a[i] * change.w[i] / state.s[i];
                let centring = mu / state.a[i] - mu / state.s[i];
                products[i] = (lower, upper);
                right[i] = r[i] - centring + lower - upper;
            }
            let corrected = pass(observations, standard, &parameters, |row, (): &mut ()| Pull {
                curvature: q[row.number],
                score: q[row.number] * right[row.number],
            })?;
            step = corrected.step();
            predictors(observations, standard, &step, &mut moved)?;
            for &i in &live {
                let da = q[i] * (moved[i] - right[i]);
                change.set(i, &state, da, mu, products[i].0, products[i].1);
            }
        }
        let (primal, dual) = change.lengths(&state, &live);
        for &i in &live {
            state.a[i] += primal * change.a[i];
            state.s[i] -= primal * change.a[i];
            state.z[i] += dual * change.z[i];
            state.w[i] += dual * change.w[i];
        }
        // The coefficients are minus the multipliers, as the target is minimized with its sign turned.
        parameters.iter_mut().zip(&step).for_each(|(parameter, step)| *parameter -= dual * step);
        let next = state.gap(&live);
        if next.is_nan() || next >= gap && steps > 20 {
            break;
        }
        gap = next;
    }
    predictors(observations, standard, &parameters, &mut moved)?;
    let loss: f64 = live.iter().map(|&i| weights[i] * check_loss(y[i] - moved[i], level)).sum();
    // The dual's value is the loss less the gap; what was rounded shows between the two.
    Ok(Interior { parameters, gap: gap / loss.max(f64::MIN_POSITIVE), steps })
}

/// `level` times what is above 0, `1 - level` times what is below.
pub(super) fn check_loss(residual: f64, level: f64) -> f64 {
    if residual >= 0.0 { level * residual } else { (level - 1.0) * residual }
}

impl State {
    fn gap(&self, live: &[usize]) -> f64 {
        live.iter().map(|&i| self.z[i] * self.a[i] + self.w[i] * self.s[i]).sum()
    }

    fn gap_after(&self, change: &Change, primal: f64, dual: f64, live: &[usize]) -> f64 {
        live.iter()
            .map(|&i| {
                (self.z[i] + dual * change.z[i]) * (self.a[i] + primal * change.a[i])
                    + (self.w[i] + dual * change.w[i]) * (self.s[i] - primal * change.a[i])
            })
            .sum()
    }
}

/// A step of the state; that of `s` is minus that of `a`.
struct Change {
    a: Vec<f64>,
    z: Vec<f64>,
    w: Vec<f64>,
}

impl Change {
    fn new(n: usize) -> Change {
        Change { a: vec![0.0; n], z: vec![0.0; n], w: vec![0.0; n] }
    }

    fn set(&mut self, i: usize, state: &State, da: f64, mu: f64, lower: f64, upper: f64) {
        self.a[i] = da;
        self.z[i] = mu / state.a[i] - state.z[i] - state.z[i] * da / state.a[i] - lower;
        self.w[i] = mu / state.s[i] - state.w[i] + state.w[i] * da / state.s[i] - upper;
    }

    /// How far primal and dual can go, 1 at the most.
    fn lengths(&self, state: &State, live: &[usize]) -> (f64, f64) {
        let mut primal = f64::INFINITY;
        let mut dual = f64::INFINITY;
        for &i in live {
            if self.a[i] < 0.0 {
                primal = primal.min(-state.a[i] / self.a[i]);
            } else if self.a[i] > 0.0 {
                primal = primal.min(state.s[i] / self.a[i]);
            }
            if self.z[i] < 0.0 {
                dual = dual.min(-state.z[i] / self.z[i]);
            }
            if self.w[i] < 0.0 {
                dual = dual.min(-state.w[i] / self.w[i]);
            }
        }
        ((NEARLY * primal).min(1.0), (NEARLY * dual).min(1.0))
    }
}
