//! Linear models: exact least squares, stochastic gradient descent, models that predict.
//!
//! - [`LinearRegression`] trains a [`Model`] on a table by gradient descent and compares it with the exact answer;
//!   [`Fit`] is everything it found out.
//! - [`Model`] predicts, and is saved and loaded.
//! - [`LeastSquares`] solves exactly, for arrays of numbers.
//! - [`Formula`] is a model in Wilkinson's notation; it learns a [`DesignInfo`] that encodes tables of any size.
//! - [`Observations`] are the rows that estimators read, in memory ([`InMemory`]) or block by block from elsewhere.
//! - [`Inference`] is what the data say about each coefficient: errors, tests, intervals; [`Distribution`] has the tails.
//! - [`GeneralizedLinear`] is logistic, Poisson and gamma regression, with what goes with them.
//! - [`Multinomial`] is logistic regression of a target of several classes; [`MultinomialModel`] predicts their probabilities.
//! - [`Penalized`] is ridge, lasso and elastic net, with cross-validation.
//! - [`Huber`] and [`QuantileRegression`] are not moved by a few rows far off.
//! - [`Descent`] fits any of these losses by mini-batches through autograd, for data that keep coming; it is resumed to the same
//!   bits.
//! - [`metrics`] say how good predictions are.

mod alias;
mod bits;
mod conjugate;
mod curvature;
pub mod diagnostics;
mod distribution;
mod double_double;
mod encode;
mod encoding;
pub mod exact;
mod feature;
mod fit;
mod fitted;
mod formula;
mod glm;
mod identifier;
mod incomplete;
mod inference;
mod iterative;
mod linear;
pub mod metrics;
mod model;
mod multinomial;
mod observations;
mod penalized;
mod regression;
mod robust;
mod scatter;
mod solution;
mod split;
mod standard;
mod store;
mod text;
mod train;
mod training_state;
mod weighted;

pub use distribution::Distribution;
pub use encode::Missing;
pub use encoding::Encoding;
pub use exact::{LeastSquares, LinearFit, Statistics};
pub use feature::{Feature, Kind, Level, Term};
pub use fit::{Coefficient, Fit, Part};
pub use fitted::{FittedModel, Predicted};
pub use formula::{ColumnInfo, DesignInfo, DesignOptions, DesignRows, Formula, Observed, TableSource};
pub use glm::{Family, GeneralizedFit, GeneralizedLinear, Iteration, Link};
pub use inference::{Covariance, CovarianceKind, Inference, TermEstimate, Test};
pub use iterative::{Descent, DescentState, End, Loss, Optimizer, Penalty, Progress};
pub use model::Model;
pub use multinomial::{Multinomial, MultinomialFit, MultinomialModel};
pub use observations::{Block, InMemory, Observations};
pub use penalized::{CrossValidation, Folds, PathPoint, Penalized, PenalizedPath};
pub use regression::LinearRegression;
pub use robust::{Huber, HuberFit, QuantileFit, QuantileRegression};
pub use scatter::{Bounds, Interval, Scatter};
pub use solution::{Alias, Estimate, Solution};
pub use train::{Epoch, Stage, Stop};
pub use training_state::TrainingState;
