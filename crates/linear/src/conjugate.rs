//! `Conjugate`: steps with momentum, for gradients of all rows.

use ndgrad_tensor::Tensor;

/// Conjugate gradients: gradient descent in which each step's learning rate and momentum are the best there are,
/// which for a squared error of all rows can be computed rather than guessed.
///
/// Such steps lead to the least squares in about as many steps as there are parameters, and in fewer where the
/// curvatures are alike; fixed rates with the best fixed momentum would take the condition number of the
/// features times a dozen. The momentum is E. Polak and G. Ribière's (1969), never negative, which starts
/// anew by itself where rounding has spoilt the directions (J. Nocedal, S. J. Wright, Numerical Optimization,
/// second edition, section 5.2).
#[derive(Default)]
pub(crate) struct Conjugate {
    /// The direction of the last step, and the gradients that it was made from.
    last: Option<(Vec<Tensor>, Vec<Tensor>)>,
}

impl Conjugate {
    /// Goes on after a step in this direction, made from these gradients: each as one vector of numbers.
    pub fn after(last: Option<&[Vec<f64>; 2]>, split: impl Fn(&[f64]) -> Vec<Tensor>) -> Conjugate {
        Conjugate { last: last.map(|[direction, gradients]| (split(direction), split(gradients))) }
    }

    /// The direction of the last step, and the gradients that it was made from, each as one vector.
    pub fn last(&self) -> Option<[Vec<f64>; 2]> {
        let joined =
            |tensors: &Vec<Tensor>| tensors.iter().flat_map(|tensor| tensor.to_vec::<f64>()).collect();
        self.last.as_ref().map(|(direction, gradients)| [joined(direction), joined(gradients)])
    }

    /// One step of the parameters, whose gradients are those of a quadratic loss; returns its learning rate.
    /// `curvature` gives the loss's second derivative along a direction.
    pub fn step(&mut self, params: &[&Tensor], curvature: impl FnOnce(&[Tensor]) -> f64) -> f64 {
        let gradients: Vec<Tensor> = params.iter().map(|param| param.grad()).collect();
        let momentum = self.last.as_ref().map_or(0.0, |(_, last)| {
            let turn = inner(&gradients, &gradients) - inner(&gradients, last);
            (turn / inner(last, last)).max(0.0)
        });
        let direction: Vec<Tensor> = match &self.last {
            Some((last, _)) => gradients.iter().zip(last).map(|(g, last)| momentum * last - g).collect(),
            None => gradients.iter().map(|g| -g).collect(),
        };
        let (slope, curvature) = (inner(&gradients, &direction), curvature(&direction));
        // Without curvature there is no slope either: the gradient is zero, or nearly.
        let learning_rate = if curvature > 0.0 { -slope / curvature } else { 0.0 };
        for (param, along) in params.iter().zip(&direction) {
            param.assign(*param + learning_rate * along);
        }
        self.last = Some((direction, gradients));
        learning_rate
    }
}

/// The inner product of two lists of tensors as one vector each.
fn inner(left: &[Tensor], right: &[Tensor]) -> f64 {
    left.iter().zip(right).map(|(left, right)| (left * right).sum().item()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndgrad_tensor::autograd;

    /// Curvatures from 1 to 1e-8: plain gradient descent would need a thousand million steps for ten digits.
    #[test]
    fn narrow_valleys_take_about_as_many_steps_as_parameters() {
        let curvatures = Tensor::from_slice([4], &[1.0, 1e-2, 1e-5, 1e-8]);
        let w = Tensor::from_slice([4], &[1.0; 4]).attach_grad();
        let mut conjugate = Conjugate::default();
        let mut steps = 0;
        while w.abs().sum().item() > 1e-10 {
            autograd::record(|| 0.5 * (&curvatures * w.square()).sum()).backward();
            conjugate.step(&[&w], |d| (&curvatures * d[0].square()).sum().item());
            steps += 1;
            assert!(steps <= 12, "{w}");
        }
        assert!(steps >= 4);
    }

    #[test]
    fn at_the_minimum_nothing_moves() {
        let w = Tensor::from_slice([2], &[0.0, 0.0]).attach_grad();
        let mut conjugate = Conjugate::default();
        for _ in 0..2 {
            autograd::record(|| w.square().sum()).backward();
            assert_eq!(conjugate.step(&[&w], |d| 2.0 * d[0].square().sum().item()), 0.0);
            assert_eq!(w.to_vec::<f64>(), [0.0, 0.0]);
        }
    }
}
