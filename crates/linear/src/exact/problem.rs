//! `Problem`: a factorized regression: which of its columns are independent, and the parameters of these.

use crate::double_double::DoubleDouble;
use crate::exact::frame::Frame;
use crate::exact::residuals::{Predictor, Sums};
use crate::exact::statistics::Statistics;
use crate::exact::triangle::{Real, Triangle};
use crate::observations::Observations;
use crate::solution::Alias;
use ndgrad_array::{Error, Result};
use ndgrad_tensor::gram::CHAIN;

/// A column whose spread is under this part of its size is constant: rounding explains what varies.
const CONSTANT: f64 = 16.0 * f64::EPSILON;

/// Terms of a dependency that are smaller than this part of the dependent column are left out of it.
const NEGLIGIBLE: f64 = 1e-6;

/// Refinement ends where the next step would be under this part of the parameters: 20 digits.
const ENOUGH: f64 = 1e-20;

/// Refinement that stalls before this many digits are settled is no answer.
const USABLE: f64 = 1e-10;

/// An error under this part of the parameters, or of the target, is one that a factorization in `f64` makes too: 14 digits.
const CERTAIN: f64 = 4e-15;

/// Each pass gains digits; this many happen only where each gains less than one.
const MOST_PASSES: usize = 30;

/// From this condition number on, no digit of the coefficients is determined by data of 16 digits.
const HOPELESS: f64 = 1e16;

/// The triangle of scaled and shifted columns, and which of them it still has.
pub(crate) struct Problem<T> {
    pub frame: Frame,
    pub triangle: Triangle<T>,
    pub kept: Vec<usize>,
    pub aliases: Vec<Alias>,
    /// The triangle's columns before the first of `kept`: 1 with an intercept, else 0.
    pub ones: usize,
    pub condition: f64,
}

/// Parameters of the scaled and shifted columns (the intercept, if any, then those kept), and the sum of the squares of
/// the residuals.
pub(crate) struct Parameters {
    pub values: Vec<DoubleDouble>,
    pub squares: DoubleDouble,
}

impl<T: Real> Problem<T> {
    /// Takes dependent columns out of the triangle.
    pub fn new(frame: Frame, triangle: Triangle<T>, weight: f64, tolerance: f64) -> Self {
        let (kept, ones) = ((0..frame.columns()).collect(), usize::from(frame.intercept));
        let mut problem = Problem { frame, triangle, kept, aliases: Vec::new(), ones, condition: 1.0 };
        problem.take_out_dependent_columns(weight.sqrt(), tolerance);
        problem.condition = problem.triangle.condition(ones);
        problem
    }

    /// The frame about the means, and the triangle by Cholesky's method.
    pub fn of_statistics(statistics: &Statistics, tolerance: f64) -> Self {
        let frame = statistics.frame();
        Problem::new(frame, statistics.triangle(), statistics.weight(), tolerance)
    }

    /// From left to right, so that of two columns that depend on each other the later one goes.
    fn take_out_dependent_columns(&mut self, root_weight: f64, tolerance: f64) {
        let mut k = 0;
        while k < self.kept.len() {
            let place = self.ones + k;
            let spread = self.triangle.length(self.ones, place);
            let centre = self.frame.centres[self.kept[k]].value() * root_weight;
            let constant = self.ones == 1 && spread <= CONSTANT * libm::hypot(centre, spread);
            let unexplained = self.triangle.entry(place, place).abs();
            if constant || unexplained <= tolerance * spread {
                let alias = self.alias(k, spread, constant);
                self.aliases.push(alias);
                self.triangle.remove(place);
                self.kept.remove(k);
            } else {
                k += 1;
            }
        }
    }

    /// Column `kept[k]` in terms of the columns kept before it.
    fn alias(&self, k: usize, spread: f64, constant: bool) -> Alias {
        let (frame, column) = (&self.frame, self.kept[k]);
        let combination = self.triangle.combination(self.ones + k);
        let mut terms = Vec::new();
        // On the scaled columns: (x - its centre) = offset + sum(factor * (other - its centre)).
        let centre = frame.centres[column].value();
        let offset = if self.ones == 1 { combination[0] } else { 0.0 };
        let (mut sum, mut size) = (centre + offset, centre.abs());
        if !constant {
            for (i, &factor) in combination[self.ones..].iter().enumerate() {
                let other = self.kept[i];
                if (factor * self.triangle.length(self.ones, self.ones + i)).abs() > NEGLIGIBLE * spread {
                    let centre = factor * frame.centres[other].value();
                    terms.push((other, frame.ratio(factor, column, other)));
                    sum -= centre;
                    size += centre.abs();
                }
            }
        }
        // What cancels to this little is zero, seen through rounding.
        let scaled = if sum.abs() <= 1e-12 * size { 0.0 } else { sum };
        Alias { column, constant: frame.unscaled(scaled, column), terms }
    }

    /// The solution that the products of columns and target give, without another look at the data.
    pub fn parameters(&self, statistics: &Statistics) -> Parameters {
        let y = statistics.columns();
        let target = self.kept.iter().map(|&j| statistics.model_product(j, y));
        let target: Vec<DoubleDouble> =
            std::iter::repeat_n(DoubleDouble::ZERO, self.ones).chain(target).collect();
        let explained = self.triangle.through(&target);
        let squares =
            explained.iter().fold(statistics.model_product(y, y), |rest, &z| rest - z.wide() * z.wide());
        Parameters { values: self.triangle.solve_normal(&target), squares }
    }

    /// Refined parameters: residuals of the data as given, in double-double arithmetic, and a step from `R'R d = X'Wr`,
    /// until nothing changes.
    pub fn refine(
        &self,
        mut parameters: Parameters,
        target: f64,
        observations: &mut dyn Observations,
    ) -> Result<Parameters> {
        let mut last_step = self.size(&parameters.values);
        // Where the columns explain next to nothing, rounding is measured by the target.
        let mut scale = last_step.max(1e-6 * target);
        for _ in 0..MOST_PASSES {
            let sums = self.predictor(&parameters.values).pass(&self.frame, observations, |_, _| Ok(()))?;
            let gradient = self.gradient(&sums);
            let step = self.triangle.solve_normal(&gradient);
            let step_size = self.size(&step);
            // What is left when refinement has run out of digits.
            if step_size > 0.5 * last_step {
                parameters.squares = sums.squares;
                break;
            }
            let gained = step.iter().zip(&gradient).fold(DoubleDouble::ZERO, |sum, (&d, &g)| sum + d * g);
            parameters.values.iter_mut().zip(step).for_each(|(parameter, step)| *parameter += step);
            parameters.squares = sums.squares - gained;
            scale = self.size(&parameters.values).max(1e-6 * target);
            // The next step shrinks as this one did; where it would change nothing, this was the last.
            let expected = if last_step > 0.0 { step_size * (step_size / last_step) } else { 0.0 };
            last_step = step_size;
            if expected <= ENOUGH * scale && gained.value() <= 1e-3 * sums.squares.value() {
                break;
            }
        }
        if last_step > USABLE * scale { Err(self.undetermined()) } else { Ok(parameters) }
    }

    /// Parameters from a model near them and the sums of its residuals, which were gathered with the products in `f64`: the
    /// step that [`refine`](Self::refine) would take, without a pass of its own. `None` where rounding may count for more
    /// than in a factorization of the rows in `f64`.
    ///
    /// Rounding is estimated as N. J. Higham, T. Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci.
    /// Comput. 41 (2019) do: a sum of `n` products has an error of about the root of `n` units, and independent errors add up
    /// as their squares do.
    pub fn improve(&self, model: &Predictor, sums: &Sums, statistics: &Statistics) -> Option<Parameters> {
        let gradient = self.gradient(sums);
        let mut step = self.triangle.solve_normal(&gradient);
        // The triangle is one of f64: the products themselves have more digits.
        let missing = gradient.iter().zip(self.times_products(&step, statistics)).map(|(&g, p)| g - p);
        let correction = self.triangle.solve_normal(&missing.collect::<Vec<_>>());
        step.iter_mut().zip(correction).for_each(|(step, more)| *step += more);

        let gained = step.iter().zip(&gradient).fold(DoubleDouble::ZERO, |sum, (&d, &g)| sum + d * g);
        let values: Vec<DoubleDouble> =
            self.parameters_of(model).iter().zip(&step).map(|(&value, &step)| value + step).collect();
        let chains = (statistics.rows as f64 / CHAIN as f64).max(1.0);
        let rounding = f64::EPSILON / 2.0 * (CHAIN as f64 * step.len() as f64 / chains).sqrt();
        let lost = rounding * self.condition.powi(2) * statistics.cancelled[0];
        let error = lost * (self.size(&step) + sums.squares.value().sqrt());
        let y = statistics.columns();
        let scale = self.size(&values).max(statistics.model_product(y, y).value().sqrt());
        let certain =
            error <= CERTAIN * scale && lost * gained.value() <= f64::EPSILON * sums.squares.value();
        certain.then_some(Parameters { values, squares: sums.squares - gained })
    }

    /// `X'WX v` for the scaled and shifted columns.
    fn times_products(&self, v: &[DoubleDouble], statistics: &Statistics) -> Vec<DoubleDouble> {
        let product = |i: usize, j: usize| statistics.model_product(self.kept[i], self.kept[j]);
        let ones = v[..self.ones].iter().map(|&v| statistics.weight * v);
        let columns = &v[self.ones..];
        let row =
            |i| columns.iter().enumerate().fold(DoubleDouble::ZERO, |sum, (j, &v)| sum + product(i, j) * v);
        ones.chain((0..columns.len()).map(row)).collect()
    }

    /// The largest of parameters times the lengths of their columns, to compare with each other and with the target.
    fn size(&self, parameters: &[DoubleDouble]) -> f64 {
        let lengths = (0..parameters.len()).map(|j| self.triangle.length(0, j));
        parameters.iter().zip(lengths).map(|(p, length)| (p.high * length).abs()).fold(0.0, f64::max)
    }

    /// Refuses what rounding alone decides.
    pub fn check_condition(&self) -> Result<()> {
        // Written so that NaN is refused as well.
        if self.condition < HOPELESS { Ok(()) } else { Err(self.undetermined()) }
    }

    fn undetermined(&self) -> Error {
        Error::Data(format!(
            "least squares: the columns are too nearly dependent (condition number about {:.0e}) for any digit of \
             the coefficients to be certain\n    leave a column out, or raise the tolerance so that dependent \
             columns are left out",
            self.condition
        ))
    }

    /// `X'Wr` for the scaled and shifted columns.
    fn gradient(&self, sums: &Sums) -> Vec<DoubleDouble> {
        let shifted = |&j: &usize| sums.product(j) - sums.residuals * self.frame.centres[j];
        std::iter::repeat_n(sums.residuals, self.ones).chain(self.kept.iter().map(shifted)).collect()
    }

    /// The same model for columns that are scaled but not shifted.
    pub fn predictor(&self, parameters: &[DoubleDouble]) -> Predictor {
        let mut intercept = self.frame.y_centre;
        if self.ones == 1 {
            intercept += parameters[0];
        }
        let mut coefficients = vec![DoubleDouble::ZERO; self.frame.columns()];
        for (&j, &parameter) in self.kept.iter().zip(&parameters[self.ones..]) {
            coefficients[j] = parameter;
            intercept = intercept - parameter * self.frame.centres[j];
        }
        Predictor { intercept, coefficients }
    }

    /// The parameters whose [`predictor`](Self::predictor) this is, less what it says of columns that are not kept.
    fn parameters_of(&self, predictor: &Predictor) -> Vec<DoubleDouble> {
        let kept = self.kept.iter().map(|&j| predictor.coefficients[j]);
        let shifts =
            kept.clone().zip(&self.kept).map(|(coefficient, &j)| coefficient * self.frame.centres[j]);
        let intercept = shifts.fold(predictor.intercept - self.frame.y_centre, |sum, shift| sum + shift);
        std::iter::repeat_n(intercept, self.ones).chain(kept).collect()
    }

    /// For each parameter of the scaled columns that are not shifted, a vector: their products are `(X'WX)^-1`.
    pub fn inverse(&self) -> Vec<Vec<T>> {
        let rank = self.triangle.columns();
        let row = |place: usize| {
            let mut unit = vec![DoubleDouble::ZERO; rank];
            unit[place] = 1.0.into();
            if place < self.ones {
                for (k, &j) in self.kept.iter().enumerate() {
                    unit[self.ones + k] = -self.frame.centres[j];
                }
            }
            self.triangle.through(&unit)
        };
        (0..rank).map(row).collect()
    }
}
