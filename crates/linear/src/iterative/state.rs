//! `DescentState`: everything that descent has to know to go on, and its text.

use super::loss::Loss;
use super::penalty::{Penalty, Strength};
use super::{Descent, FIRST, METHOD, Optimizer, SECOND, SMALL};
use crate::bits::{from_bits, to_bits};
use crate::observations::Observations;
use crate::penalized::soft;
use crate::standard::Standard;
use ndgrad_array::{Error, Result};
use serde_json::{Map, Value, json};

/// Where descent is: parameters, moments, epoch and place in it, the units of the columns, and the seed that decides what comes.
#[derive(Clone, Debug, PartialEq)]
pub struct DescentState {
    /// The names of the columns.
    pub names: Vec<String>,
    /// Whether there is an intercept.
    pub intercept: bool,
    /// The epoch, counted from 0.
    pub epoch: u64,
    /// Rows of the epoch that are done.
    pub position: u64,
    /// The mean loss of each epoch that is done, as [`Progress`](super::Progress) has it.
    pub losses: Vec<f64>,
    /// The number of rows that it was started with; those of weight 0 do not count. 0 in states of earlier releases.
    pub rows: u64,
    pub(super) loss: Loss,
    pub(super) optimizer: Optimizer,
    pub(super) seed: u64,
    pub(super) centres: Vec<f64>,
    pub(super) units: Vec<f64>,
    pub(super) deviations: Vec<f64>,
    pub(super) penalty: Option<Penalty>,
    pub(super) target_mean: f64,
    pub(super) target_centre: f64,
    pub(super) target_unit: f64,
    pub(super) parameters: Vec<f64>,
    pub(super) first: Vec<f64>,
    pub(super) second: Vec<f64>,
    pub(super) steps: u64,
    /// The sum of the parameters after each step of the epoch, and how many.
    pub(super) sum: Vec<f64>,
    pub(super) summed: u64,
    /// After how many of these a parameter was 0.
    pub(super) zeros: Vec<u64>,
    /// The mean of the last whole epoch.
    pub(super) last: Option<Vec<f64>>,
    pub(super) loss_sum: f64,
    pub(super) loss_weight: f64,
}

impl DescentState {
    pub(super) fn new(standard: &Standard, descent: &Descent) -> DescentState {
        let Descent { loss, optimizer, seed, penalty, .. } = descent;
        let size = standard.parameters() * loss.predictors();
        let link = loss.link();
        let mut parameters = vec![0.0; size];
        let (mut target_centre, mut target_unit) = (0.0, 1.0);
        if loss.degree().is_some() {
            target_centre = if standard.intercept { standard.target_mean } else { 0.0 };
            target_unit = if standard.target_deviation > 0.0 { standard.target_deviation } else { 1.0 };
        } else if standard.intercept && loss.predictors() == 1 {
            let start = link.predictor(standard.target_mean);
            parameters[0] = if start.is_finite() { start } else { 0.0 };
        }
        DescentState {
            names: standard.names.clone(),
            intercept: standard.intercept,
            epoch: 0,
            position: 0,
            losses: Vec::new(),
            rows: standard.rows,
            loss: *loss,
            optimizer: *optimizer,
            seed: *seed,
            penalty: *penalty,
            centres: standard.centres.clone(),
            units: standard.units.clone(),
            deviations: standard.deviations.clone(),
            target_mean: standard.target_mean,
            target_centre,
            target_unit,
            first: vec![0.0; size],
            second: vec![0.0; size],
            sum: vec![0.0; size],
            parameters,
            steps: 0,
            summed: 0,
            zeros: vec![0; size],
            last: None,
            loss_sum: 0.0,
            loss_weight: 0.0,
        }
    }

    /// What descent makes small.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// The parameters of one predictor.
    pub(super) fn width(&self) -> usize {
        usize::from(self.intercept) + self.names.len()
    }

    /// The predictors of a row.
    pub(super) fn outputs(&self) -> usize {
        self.loss.predictors()
    }

    /// The parts of a row that parameters are multiplied by.
    pub(super) fn scaled<'a>(&'a self, x: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let columns =
            x.iter().zip(&self.centres).zip(&self.units).map(|((x, centre), unit)| (x - centre) / unit);
        std::iter::repeat_n(1.0, usize::from(self.intercept)).chain(columns)
    }

    pub(super) fn check(&self, observations: &dyn Observations, descent: &Descent) -> Result<()> {
        let refuse = |what: &str| {
            Err(Error::Data(format!(
                "{METHOD}: the saved state has other {what}\n    resume with what it was started with, or start anew"
            )))
        };
        if self.names != observations.names() || self.intercept != observations.has_intercept() {
            return refuse("columns");
        }
        if self.loss != descent.loss {
            return refuse(&format!("losses: {}", self.loss.describe()));
        }
        if self.penalty != descent.penalty {
            return refuse("penalties");
        }
        if self.optimizer != descent.optimizer { refuse("optimizer") } else { Ok(()) }
    }

    /// One step; without a penalty there are no strengths.
    pub(super) fn update(&mut self, gradient: &[f64], rate: f64, strengths: &[Strength]) {
        self.steps += 1;
        let power = self.steps.min(1 << 30) as i32;
        let (first_bias, second_bias) =
            (1.0 - libm::pow(FIRST, f64::from(power)), 1.0 - libm::pow(SECOND, f64::from(power)));
        for (j, &slope) in gradient.iter().enumerate() {
            let strength = strengths.get(j);
            let slope = strength.map_or(slope, |strength| slope + strength.square * self.parameters[j]);
            // What the step is to the gradient.
            let (step, scale) = match self.optimizer {
                Optimizer::Sgd => (slope, 1.0),
                Optimizer::Adam => {
                    self.first[j] = FIRST * self.first[j] + (1.0 - FIRST) * slope;
                    self.second[j] = SECOND * self.second[j] + (1.0 - SECOND) * slope * slope;
                    let size = (self.second[j] / second_bias).sqrt() + SMALL;
                    (self.first[j] / first_bias / size, 1.0 / size)
                }
            };
            self.parameters[j] -= rate * step;
            if let Some(strength) = strength {
                self.parameters[j] = soft(self.parameters[j], rate * scale * strength.absolute);
                self.zeros[j] += u64::from(self.parameters[j] == 0.0);
            }
            self.sum[j] += self.parameters[j];
        }
        self.summed += 1;
    }

    /// The mean of the parameters in this epoch; 0 where they were after most of its steps.
    fn mean_parameters(&self) -> Vec<f64> {
        let mean =
            |(sum, zeros): (&f64, &u64)| if 2 * zeros > self.summed { 0.0 } else { sum / self.summed as f64 };
        self.sum.iter().zip(&self.zeros).map(mean).collect()
    }

    pub(super) fn next_epoch(&mut self) {
        if self.summed > 0 {
            self.last = Some(self.mean_parameters());
            self.losses.push(self.loss_sum / self.loss_weight);
        }
        self.sum.fill(0.0);
        self.zeros.fill(0);
        (self.summed, self.loss_sum, self.loss_weight) = (0, 0.0, 0.0);
        self.epoch += 1;
        self.position = 0;
    }

    /// The intercept, if there is one, and the coefficients, for columns and target as given: the mean of the parameters
    /// in the last whole epoch, or in what there is of the first. Of classes, those of the second, then of the third, and so on.
    pub fn estimates(&self) -> Vec<f64> {
        let scaled: Vec<f64> = match &self.last {
            Some(last) => last.clone(),
            None if self.summed > 0 => self.mean_parameters(),
            None => self.parameters.clone(),
        };
        let ones = usize::from(self.intercept);
        let mut given: Vec<f64> = scaled.iter().map(|p| p * self.target_unit).collect();
        for given in given.chunks_exact_mut(self.width().max(1)) {
            for j in 0..self.names.len() {
                given[ones + j] /= self.units[j];
                if self.intercept {
                    given[0] -= self.centres[j] * given[ones + j];
                }
            }
            if self.intercept {
                given[0] += self.target_centre;
            }
        }
        given
    }

    /// Starts from these estimates, as [`DescentState::estimates`] orders them: those of a saved model, for one.
    ///
    /// # Panics
    /// If there is not one for each parameter.
    #[track_caller]
    pub fn warm_start(&mut self, estimates: &[f64]) {
        let size = self.width() * self.outputs();
        assert_eq!(estimates.len(), size, "descent: an estimate for each parameter is wanted");
        let ones = usize::from(self.intercept);
        let mut given = estimates.to_vec();
        for given in given.chunks_exact_mut(self.width().max(1)) {
            for j in 0..self.names.len() {
                if self.intercept {
                    given[0] += self.centres[j] * given[ones + j];
                }
                // A constant column, whose unit is infinite, has no part.
                given[ones + j] =
                    if self.units[j].is_finite() { given[ones + j] * self.units[j] } else { 0.0 };
            }
            if self.intercept {
                given[0] -= self.target_centre;
            }
        }
        self.parameters = given.into_iter().map(|p| p / self.target_unit).collect();
    }

    /// The mean of the target for a row of all columns and an offset; its quantile, where the loss is a quantile's.
    ///
    /// # Panics
    /// If the row has not a number for each column, or the target is one of classes.
    #[track_caller]
    pub fn mean(&self, row: &[f64], offset: f64) -> f64 {
        assert_eq!(row.len(), self.names.len(), "descent: a row has a number for each column");
        assert!(self.outputs() == 1, "descent: classes have probabilities, not a mean");
        let estimates = self.estimates();
        let ones = std::iter::repeat_n(1.0, usize::from(self.intercept));
        let predictor: f64 = ones.chain(row.iter().copied()).zip(&estimates).map(|(x, b)| x * b).sum();
        self.loss.link().mean(predictor + offset)
    }

    /// The state as JSON. Numbers are written as their bits, so that what is resumed is the same.
    pub fn to_text(&self) -> String {
        let bits = to_bits;
        json!({
            "format": "ndgrad descent 1",
            "names": self.names,
            "intercept": self.intercept,
            "epoch": self.epoch,
            "position": self.position,
            "rows": self.rows,
            "loss": self.loss.describe(),
            "link": self.loss.link().name(),
            "optimizer": if self.optimizer == Optimizer::Adam { "adam" } else { "sgd" },
            "seed": self.seed,
            "steps": self.steps,
            "summed": self.summed,
            "losses": bits(&self.losses),
            "centres": bits(&self.centres),
            "units": bits(&self.units),
            "deviations": bits(&self.deviations),
            "penalty": self.penalty.map(|penalty| bits(&[penalty.lambda, penalty.mix])),
            "standardize": self.penalty.map(|penalty| penalty.standardize),
            "zeros": self.zeros,
            "numbers": bits(&[self.target_mean, self.target_centre, self.target_unit, self.loss_sum, self.loss_weight]),
            "parameters": bits(&self.parameters),
            "first": bits(&self.first),
            "second": bits(&self.second),
            "sum": bits(&self.sum),
            "last": self.last.as_deref().map(bits),
        })
        .to_string()
    }

    /// Reads what [`DescentState::to_text`] wrote.
    ///
    /// # Errors
    /// [`Error::Data`] if it is something else.
    pub fn from_text(text: &str) -> Result<DescentState> {
        let bad = |what: &str| {
            Error::Data(format!(
                "{METHOD}: the text is no saved state ({what})\n    give the file that an interrupted run wrote"
            ))
        };
        let value: Value = serde_json::from_str(text).map_err(|error| bad(&error.to_string()))?;
        let map: &Map<String, Value> = value.as_object().ok_or_else(|| bad("no object"))?;
        let get = |key: &str| map.get(key).ok_or_else(|| bad(&format!("{key} is missing")));
        let text_of = |key: &str| get(key)?.as_str().ok_or_else(|| bad(key));
        let whole = |key: &str| get(key)?.as_u64().ok_or_else(|| bad(key));
        let many = |key: &str, value: &Value| from_bits(value).ok_or_else(|| bad(key));
        let numbers = |key: &str, count: usize| -> Result<Vec<f64>> {
            let numbers = many(key, get(key)?)?;
            if numbers.len() == count {
                Ok(numbers)
            } else {
                Err(bad(&format!("{key} has {} numbers", numbers.len())))
            }
        };
        if text_of("format")? != "ndgrad descent 1" {
            return Err(bad("its format is another"));
        }
        let names = get("names")?.as_array().ok_or_else(|| bad("names"))?;
        let names: Vec<String> = names
            .iter()
            .map(|name| name.as_str().map(String::from))
            .collect::<Option<_>>()
            .ok_or_else(|| bad("names"))?;
        let intercept = get("intercept")?.as_bool().ok_or_else(|| bad("intercept"))?;
        let columns = names.len();
        let loss = Loss::from_description(text_of("loss")?).ok_or_else(|| bad("loss"))?;
        let size = (columns + usize::from(intercept))
            .checked_mul(loss.predictors())
            .filter(|size| *size <= text.len())
            .ok_or_else(|| bad("loss"))?;
        let single = numbers("numbers", 5)?;
        // States of earlier releases have neither.
        let deviations =
            numbers(if map.contains_key("deviations") { "deviations" } else { "units" }, columns)?;
        let zeros = match map.get("zeros") {
            None => vec![0; size],
            Some(zeros) => {
                let zeros = zeros.as_array().and_then(|zeros| zeros.iter().map(Value::as_u64).collect());
                zeros.filter(|zeros: &Vec<u64>| zeros.len() == size).ok_or_else(|| bad("zeros"))?
            }
        };
        let penalty = match map.get("penalty") {
            None | Some(Value::Null) => None,
            Some(_) => {
                let penalty = numbers("penalty", 2)?;
                let standardize = get("standardize")?.as_bool().ok_or_else(|| bad("standardize"))?;
                Some(Penalty { lambda: penalty[0], mix: penalty[1], standardize })
            }
        };
        Ok(DescentState {
            deviations,
            zeros,
            penalty,
            loss,
            epoch: whole("epoch")?,
            position: whole("position")?,
            losses: many("losses", get("losses")?)?,
            rows: map.get("rows").map_or(Some(0), Value::as_u64).ok_or_else(|| bad("rows"))?,
            optimizer: match text_of("optimizer")? {
                "adam" => Optimizer::Adam,
                "sgd" => Optimizer::Sgd,
                _ => return Err(bad("optimizer")),
            },
            seed: whole("seed")?,
            centres: numbers("centres", columns)?,
            units: numbers("units", columns)?,
            target_mean: single[0],
            target_centre: single[1],
            target_unit: single[2],
            loss_sum: single[3],
            loss_weight: single[4],
            parameters: numbers("parameters", size)?,
            first: numbers("first", size)?,
            second: numbers("second", size)?,
            sum: numbers("sum", size)?,
            steps: whole("steps")?,
            summed: whole("summed")?,
            last: if get("last")?.is_null() { None } else { Some(numbers("last", size)?) },
            names,
            intercept,
        })
    }
}
