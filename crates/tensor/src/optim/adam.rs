//! `Adam`: steps in units of each gradient's own size.

use ndgrad_array::{Change, Scalar};

use super::{Update, beside, setting, zeros};
use crate::Tensor;
use crate::ops::changed;

/// Adam (Kingma and Ba 2015, algorithm 1): `p -= rate * m' / (sqrt(v') + small)`, where `m` and `v` are moving means of the
/// gradient and of its square, and `m'` and `v'` are corrected for their start at 0.
///
/// ```
/// use ndgrad_tensor::optim::Adam;
/// use ndgrad_tensor::{autograd, tensor};
///
/// let w = tensor([4.0, -2.0]).attach_grad();
/// let adam = Adam::new(&[w.clone()], 0.5);
/// autograd::record(|| w.square().sum()).backward();
/// adam.step();
/// assert_eq!(w.to_vec::<f32>(), [3.5, -1.5]);
/// ```
#[derive(Debug)]
pub struct Adam {
    rate: Tensor,
    state: Vec<Tensor>,
    update: Update,
}

/// What becomes of a parameter and its two moments, given the gradient, and the factor and scale that correct the moments.
#[derive(Clone, Copy)]
struct AdamStep {
    decays: [f64; 2],
    small: f64,
}

impl Change<3, 2> for AdamStep {
    #[inline(always)]
    fn value<S: Scalar>(self, [parameter, m, v]: [S; 3], gradient: S, [factor, scale]: [S; 2]) -> [S; 3] {
        let [m, v] = [(self.decays[0], m, gradient), (self.decays[1], v, gradient * gradient)]
            .map(|(decay, mean, new)| S::literal(decay) * mean + S::literal(1.0 - decay) * new);
        let size = scale * v.sqrt() + S::literal(self.small);
        [parameter - factor * m / size, m, v]
    }
}

impl Adam {
    /// For these parameters, with moments that decay by 0.9 and 0.999, and 1e-8 as what is small.
    ///
    /// # Panics
    /// When one is not a leaf.
    #[track_caller]
    pub fn new(parameters: &[Tensor], rate: f64) -> Adam {
        Adam::with(parameters, rate, [0.9, 0.999], 1e-8)
    }

    /// For these parameters, with these decays of the first and the second moment.
    ///
    /// # Panics
    /// When one is not a leaf.
    #[track_caller]
    pub fn with(parameters: &[Tensor], rate: f64, decays: [f64; 2], small: f64) -> Adam {
        let rate = setting(rate);
        let own = rate.clone();
        // The powers of the decays.
        let powers = [(); 2].map(|()| setting(1.0));
        let (first, second) = (zeros(parameters), zeros(parameters));
        let state = [&powers[..], &first, &second].concat();
        let update = Update::new(parameters, move |due| {
            for (power, decay) in powers.iter().zip(decays) {
                power.assign(decay * power);
            }
            // Corrections are made to the numbers that all elements share: for each of these one division is enough.
            let factor = &own / (1.0 - &powers[0]);
            let scale = (1.0 - &powers[1]).rsqrt();
            for &(index, ref parameter, ref gradient) in due {
                let [factor, scale] = [&factor, &scale].map(|number| beside(number, parameter));
                let states = [parameter, &first[index], &second[index]];
                let new = changed(AdamStep { decays, small }, states, gradient, [&factor, &scale]);
                states.iter().zip(new).for_each(|(state, new)| state.assign(new));
            }
        });
        Adam { rate, state, update }
    }

    /// Changes every parameter by its gradient; those whose gradient is not wanted stay, with their moments
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

    /// What it knows of the steps before: leaves, whose values can be saved, and assigned to go on from there.
    pub fn state(&self) -> &[Tensor] {
        &self.state
    }
}
