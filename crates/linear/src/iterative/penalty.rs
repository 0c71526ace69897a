//! `Penalty`: what descent adds to the loss, so that coefficients stay small.

use super::state::DescentState;

/// Ridge, lasso and elastic net, as [`Penalized`](crate::Penalized) has them: `lambda (mix sum(|b|) + (1 - mix)/2 sum(b^2))` is
/// added to the mean loss. Intercepts are not penalized.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalty {
    /// How much coefficients cost.
    pub lambda: f64,
    /// The part of the penalty that is the lasso's; the rest is the ridge's.
    pub mix: f64,
    /// Whether columns are penalized as if divided by their deviations.
    pub standardize: bool,
}

/// The penalty of one parameter of descent: `absolute |p| + square/2 p^2`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strength {
    pub absolute: f64,
    pub square: f64,
}

impl Penalty {
    /// That of each parameter, in the units of the state's columns and target.
    pub(super) fn strengths(&self, state: &DescentState) -> Vec<Strength> {
        // The loss was divided by this power of the target's unit.
        let degree = state.loss.degree().unwrap_or(0);
        let unit = |power: i32| libm::pow(state.target_unit, f64::from(power));
        let column = |(deviation, column_unit): (&f64, &f64)| {
            let size = if self.standardize { *deviation } else { 1.0 } / column_unit;
            Strength {
                absolute: self.lambda * self.mix * size * unit(1 - degree),
                square: self.lambda * (1.0 - self.mix) * size * size * unit(2 - degree),
            }
        };
        let columns = state.deviations.iter().zip(&state.units).map(column);
        let one = std::iter::repeat_n(Strength::default(), usize::from(state.intercept)).chain(columns);
        let one = Vec::from_iter(one);
        one.iter().copied().cycle().take(one.len() * state.outputs()).collect()
    }
}
