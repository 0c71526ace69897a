//! `DescentState`: everything that descent has to know to go on, and its text.

use super::loss::Loss;
use super::{FIRST, METHOD, Optimizer, SECOND, SMALL};
use crate::glm::Link;
use crate::observations::Observations;
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
    /// The mean of the last whole epoch.
    pub(super) last: Option<Vec<f64>>,
    pub(super) loss_sum: f64,
    pub(super) loss_weight: f64,
}

impl DescentState {
    pub(super) fn new(standard: &Standard, loss: &Loss, optimizer: Optimizer, seed: u64) -> DescentState {
        let size = standard.parameters();
        let link = loss.link();
        let mut parameters = vec![0.0; size];
        let (mut target_centre, mut target_unit) = (0.0, 1.0);
        if link == Link::Identity {
            target_centre = if standard.intercept { standard.target_mean } else { 0.0 };
            target_unit = if standard.target_deviation > 0.0 { standard.target_deviation } else { 1.0 };
        } else if standard.intercept {
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
            optimizer,
            seed,
            centres: standard.centres.clone(),
            units: standard.units.clone(),
            target_mean: standard.target_mean,
            target_centre,
            target_unit,
            first: vec![0.0; size],
            second: vec![0.0; size],
            sum: vec![0.0; size],
            parameters,
            steps: 0,
            summed: 0,
            last: None,
            loss_sum: 0.0,
            loss_weight: 0.0,
        }
    }

    /// What descent makes small.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    pub(super) fn size(&self) -> usize {
        usize::from(self.intercept) + self.names.len()
    }

    /// The parts of a row that parameters are multiplied by.
    pub(super) fn scaled<'a>(&'a self, x: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let columns =
            x.iter().zip(&self.centres).zip(&self.units).map(|((x, centre), unit)| (x - centre) / unit);
        std::iter::repeat_n(1.0, usize::from(self.intercept)).chain(columns)
    }

    pub(super) fn check(
        &self,
        observations: &dyn Observations,
        loss: &Loss,
        optimizer: Optimizer,
    ) -> Result<()> {
        let refuse = |what: &str| {
            Err(Error::Data(format!(
                "{METHOD}: the saved state has other {what}\n    resume with what it was started with, or start anew"
            )))
        };
        if self.names != observations.names() || self.intercept != observations.has_intercept() {
            return refuse("columns");
        }
        if self.loss != *loss {
            return refuse(&format!("losses: {}", self.loss.describe()));
        }
        if self.optimizer != optimizer { refuse("optimizer") } else { Ok(()) }
    }

    pub(super) fn update(&mut self, gradient: &[f64], rate: f64) {
        self.steps += 1;
        let power = self.steps.min(1 << 30) as i32;
        let (first_bias, second_bias) =
            (1.0 - libm::pow(FIRST, f64::from(power)), 1.0 - libm::pow(SECOND, f64::from(power)));
        for (j, &slope) in gradient.iter().enumerate() {
            let step = match self.optimizer {
                Optimizer::Sgd => slope,
                Optimizer::Adam => {
                    self.first[j] = FIRST * self.first[j] + (1.0 - FIRST) * slope;
                    self.second[j] = SECOND * self.second[j] + (1.0 - SECOND) * slope * slope;
                    self.first[j] / first_bias / ((self.second[j] / second_bias).sqrt() + SMALL)
                }
            };
            self.parameters[j] -= rate * step;
            self.sum[j] += self.parameters[j];
        }
        self.summed += 1;
    }

    pub(super) fn next_epoch(&mut self) {
        if self.summed > 0 {
            self.last = Some(self.sum.iter().map(|sum| sum / self.summed as f64).collect());
            self.losses.push(self.loss_sum / self.loss_weight);
        }
        self.sum.fill(0.0);
        (self.summed, self.loss_sum, self.loss_weight) = (0, 0.0, 0.0);
        self.epoch += 1;
        self.position = 0;
    }

    /// The intercept, if there is one, and the coefficients, for columns and target as given: the mean of the parameters
    /// in the last whole epoch, or in what there is of the first.
    pub fn estimates(&self) -> Vec<f64> {
        let mean = || self.sum.iter().map(|sum| sum / self.summed as f64).collect();
        let scaled: Vec<f64> = match &self.last {
            Some(last) => last.clone(),
            None if self.summed > 0 => mean(),
            None => self.parameters.clone(),
        };
        let ones = usize::from(self.intercept);
        let mut given: Vec<f64> = scaled.iter().map(|p| p * self.target_unit).collect();
        for j in 0..self.names.len() {
            given[ones + j] /= self.units[j];
            if self.intercept {
                given[0] -= self.centres[j] * given[ones + j];
            }
        }
        if self.intercept {
            given[0] += self.target_centre;
        }
        given
    }

    /// Starts from these estimates, as [`DescentState::estimates`] orders them: those of a saved model, for one.
    ///
    /// # Panics
    /// If there is not one for each parameter.
    #[track_caller]
    pub fn warm_start(&mut self, estimates: &[f64]) {
        assert_eq!(estimates.len(), self.size(), "descent: an estimate for each parameter is wanted");
        let ones = usize::from(self.intercept);
        let mut given = estimates.to_vec();
        for j in 0..self.names.len() {
            if self.intercept {
                given[0] += self.centres[j] * given[ones + j];
            }
            // A constant column, whose unit is infinite, has no part.
            given[ones + j] = if self.units[j].is_finite() { given[ones + j] * self.units[j] } else { 0.0 };
        }
        if self.intercept {
            given[0] -= self.target_centre;
        }
        self.parameters = given.into_iter().map(|p| p / self.target_unit).collect();
    }

    /// The mean of the target for a row of all columns and an offset.
    ///
    /// # Panics
    /// If the row has not a number for each column.
    #[track_caller]
    pub fn mean(&self, row: &[f64], offset: f64) -> f64 {
        assert_eq!(row.len(), self.names.len(), "descent: a row has a number for each column");
        let estimates = self.estimates();
        let ones = std::iter::repeat_n(1.0, usize::from(self.intercept));
        let predictor: f64 = ones.chain(row.iter().copied()).zip(&estimates).map(|(x, b)| x * b).sum();
        self.loss.link().mean(predictor + offset)
    }

    /// The state as JSON. Numbers are written as their bits, so that what is resumed is the same.
    pub fn to_text(&self) -> String {
        let bits = |numbers: &[f64]| -> Vec<String> {
            numbers.iter().map(|n| format!("{:016x}", n.to_bits())).collect()
        };
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
        let one = |value: &Value| {
            value.as_str().and_then(|text| u64::from_str_radix(text, 16).ok()).map(f64::from_bits)
        };
        let many = |key: &str, value: &Value| -> Result<Vec<f64>> {
            let array = value.as_array().ok_or_else(|| bad(key))?;
            array.iter().map(one).collect::<Option<Vec<f64>>>().ok_or_else(|| bad(key))
        };
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
        let (columns, size) = (names.len(), names.len() + usize::from(intercept));
        let single = numbers("numbers", 5)?;
        Ok(DescentState {
            epoch: whole("epoch")?,
            position: whole("position")?,
            losses: many("losses", get("losses")?)?,
            rows: map.get("rows").map_or(Some(0), Value::as_u64).ok_or_else(|| bad("rows"))?,
            loss: Loss::from_description(text_of("loss")?).ok_or_else(|| bad("loss"))?,
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
