//! `Sgd`: stochastic gradient descent, with momentum if wanted.

use super::{Update, beside, setting, zeros};
use crate::Tensor;

/// Stochastic gradient descent: `p -= rate * g`, or with momentum (Polyak 1964, as PyTorch has it) `v = momentum * v + g`
/// and `p -= rate * v`.
///
/// ```
/// use ndgrad_tensor::optim::Sgd;
/// use ndgrad_tensor::{autograd, tensor};
///
/// let w = tensor([4.0, -2.0]).attach_grad();
/// let sgd = Sgd::new(&[w.clone()], 0.25);
/// autograd::record(|| w.square().sum()).backward();
/// sgd.step();
/// assert_eq!(w.to_vec::<f32>(), [2.0, -1.0]);
/// ```
#[derive(Debug)]
pub struct Sgd {
    rate: Tensor,
    state: Vec<Tensor>,
    update: Update,
}

impl Sgd {
    /// For these parameters.
    ///
    /// # Panics
    /// When one is not a leaf.
    #[track_caller]
    pub fn new(parameters: &[Tensor], rate: f64) -> Sgd {
        let rate = setting(rate);
        let own = rate.clone();
        let update = Update::new(parameters, move |due| {
            for (_, parameter, gradient) in due {
                parameter.assign(parameter - beside(&own, parameter) * gradient);
            }
        });
        Sgd { rate, state: Vec::new(), update }
    }

    /// For these parameters; so much of each step (0 to 1) goes into the next.
    ///
    /// # Panics
    /// When one is not a leaf.
    #[track_caller]
    pub fn with_momentum(parameters: &[Tensor], rate: f64, momentum: f64) -> Sgd {
        let (rate, velocities) = (setting(rate), zeros(parameters));
        let (own, state) = (rate.clone(), velocities.clone());
        let update = Update::new(parameters, move |due| {
            for &(index, ref parameter, ref gradient) in due {
                let velocity = momentum * &velocities[index] + gradient;
                parameter.assign(parameter - beside(&own, parameter) * &velocity);
                velocities[index].assign(velocity);
            }
        });
        Sgd { rate, state, update }
    }

    /// Changes every parameter by its gradient; those whose gradient is not wanted stay
    /// ([`GradReq::Null`](crate::autograd::GradReq::Null)).
    ///
    /// # Panics
    /// While recording.
    #[track_caller]
    pub fn step(&self) {
        self.update.run();
    }

    /// Uses another rate from the next step on.
    pub fn set_rate(&self, rate: f64) {
        self.rate.assign(setting(rate).detach());
    }

    /// What it knows of the steps before (nothing without momentum): leaves, whose values can be saved, and assigned to go on from there.
    pub fn state(&self) -> &[Tensor] {
        &self.state
    }
}
