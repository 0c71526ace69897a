//! `TrainingState`: where training has come to, as a file.

use crate::bits::{from_bits, to_bits};
use crate::train::{Epoch, Point, Stage, Stop};
use ndgrad_array::{Error, Result};
use serde_json::{Value, json};

/// Where [`LinearRegression`](crate::LinearRegression) has come to between two epochs. What goes on from here, with the same rows
/// and options, gives the same bits as if it had never stopped.
///
/// ```
/// use ndgrad_data::{Table, samples};
/// use ndgrad_linear::{LinearRegression, TrainingState};
///
/// let penguins = Table::from_csv("penguins.csv", samples::PENGUINS.as_bytes())?;
/// let regression = LinearRegression::new("body_mass_g").features(["flipper_length_mm", "sex"]);
/// let part = regression.clone().epochs(2).fit(&penguins)?;
/// let text = part.state.expect("two epochs are not enough").to_text();
/// let resumed = regression.clone().epochs(5).resume(TrainingState::from_text(&text)?).fit(&penguins)?;
/// assert_eq!(resumed.model, regression.epochs(5).fit(&penguins)?.model);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingState {
    pub(crate) terms: Vec<String>,
    pub(crate) rows: usize,
    pub(crate) seed: u64,
    /// The part of the rows that was held back, and the learning rate and the batch size that were asked for.
    pub(crate) validation: f64,
    pub(crate) learning_rate: Option<f64>,
    pub(crate) batch_size: Option<usize>,
    pub(crate) history: Vec<Epoch>,
    /// The weights of the trial, the bias last, and why it ended, once it has.
    pub(crate) trial: Option<(Vec<f64>, Stop)>,
    pub(crate) point: Point,
}

/// What the text says of itself.
const FORMAT: &str = "ndgrad training 1";

const STOPS: [(Stop, &str); 4] = [
    (Stop::Converged, "converged"),
    (Stop::ValidationStoppedImproving, "validation"),
    (Stop::Epochs, "epochs"),
    (Stop::Interrupted, "interrupted"),
];

impl TrainingState {
    /// The epochs that are done.
    pub fn epochs(&self) -> usize {
        self.history.len()
    }

    /// Whether a text looks like one that [`to_text`](Self::to_text) has written.
    pub fn is_text(text: &str) -> bool {
        serde_json::from_str::<Value>(text).is_ok_and(|value| value["format"] == FORMAT)
    }

    /// The state as JSON. Numbers are written as their bits.
    pub fn to_text(&self) -> String {
        let point = &self.point;
        let epoch = |epoch: &Epoch| {
            let numbers = [epoch.learning_rate, epoch.train_loss, epoch.validation_loss.unwrap_or(f64::NAN)];
            json!([epoch.stage == Stage::Final, epoch.number, epoch.batch_size, to_bits(&numbers)])
        };
        let stop = |stop: Stop| STOPS.iter().find(|(other, _)| *other == stop).map(|(_, name)| *name);
        json!({
            "format": FORMAT,
            "terms": self.terms,
            "rows": self.rows,
            "seed": self.seed,
            "validation": to_bits(&[self.validation]),
            "learning_rate": self.learning_rate.map(|rate| to_bits(&[rate])),
            "batch_size": self.batch_size,
            "history": self.history.iter().map(epoch).collect::<Vec<_>>(),
            "trial": self.trial.as_ref().map(|(weights, ended)| json!([to_bits(weights), stop(*ended)])),
            "final": point.stage == Stage::Final,
            "batch": point.batch_size,
            "weights": to_bits(&point.weights),
            "last": point.last.as_ref().map(|last| last.each_ref().map(|numbers| to_bits(numbers))),
            "best": point.best.as_ref().map(|(loss, weights)| json!([to_bits(&[*loss]), to_bits(weights)])),
            "waited": point.waited,
        })
        .to_string()
    }

    /// Reads what [`to_text`](Self::to_text) has written.
    ///
    /// # Errors
    /// [`Error::Data`] if it is something else.
    pub fn from_text(text: &str) -> Result<TrainingState> {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        read(&value).ok_or_else(|| {
            Error::Data(
                "the text is no saved state of training\n    give the file that an interrupted run wrote"
                    .into(),
            )
        })
    }

    /// # Errors
    /// If the state is one of other data or options; the message says which.
    pub(crate) fn check(&self, other: &TrainingState) -> Result<()> {
        let differences = [
            ("list of terms", self.terms != other.terms),
            ("number of rows", self.rows != other.rows),
            ("seed", self.seed != other.seed),
            ("part of the rows held back", self.validation.to_bits() != other.validation.to_bits()),
            ("learning rate", self.learning_rate != other.learning_rate),
            ("batch size", self.batch_size != other.batch_size),
        ];
        match differences.iter().find(|(_, differ)| *differ) {
            None => Ok(()),
            Some((what, _)) => Err(Error::Data(format!(
                "the saved state is one of training with another {what}\n    \
                 resume with the data and the options that it was begun with"
            ))),
        }
    }
}

/// The state, if everything fits together.
fn read(value: &Value) -> Option<TrainingState> {
    let whole = |value: &Value| usize::try_from(value.as_u64()?).ok();
    let stage = |value: &Value| Some(if value.as_bool()? { Stage::Final } else { Stage::Trial });
    let terms: Vec<String> = value["terms"]
        .as_array()?
        .iter()
        .map(|term| term.as_str().map(String::from))
        .collect::<Option<_>>()?;
    let size = terms.len() + 1;
    let numbers = |value: &Value, count: usize| {
        from_bits(value).filter(|all| all.len() == count && all.iter().all(|number| number.is_finite()))
    };
    // Null is none; anything else must fit.
    fn optional<T>(value: &Value, read: impl FnOnce(&Value) -> Option<T>) -> Option<Option<T>> {
        if value.is_null() { Some(None) } else { read(value).map(Some) }
    }
    let epoch = |value: &Value| {
        let [learning_rate, train_loss, validation] = from_bits(&value[3])?.try_into().ok()?;
        Some(Epoch {
            stage: stage(&value[0])?,
            number: whole(&value[1])?,
            batch_size: whole(&value[2])?,
            learning_rate,
            train_loss,
            validation_loss: Some(validation).filter(|loss| !loss.is_nan()),
        })
    };
    let stop = |value: &Value| STOPS.iter().find(|(_, name)| *value == **name).map(|(stop, _)| *stop);
    let point = Point {
        stage: stage(&value["final"])?,
        batch_size: whole(&value["batch"]).filter(|rows| *rows > 0)?,
        weights: numbers(&value["weights"], size)?,
        last: optional(&value["last"], |last| Some([numbers(&last[0], size)?, numbers(&last[1], size)?]))?,
        best: optional(&value["best"], |best| Some((numbers(&best[0], 1)?[0], numbers(&best[1], size)?)))?,
        waited: whole(&value["waited"])?,
    };
    (value["format"] == FORMAT).then_some(())?;
    Some(TrainingState {
        rows: whole(&value["rows"])?,
        seed: value["seed"].as_u64()?,
        validation: numbers(&value["validation"], 1)?[0],
        learning_rate: optional(&value["learning_rate"], |rate| Some(numbers(rate, 1)?[0]))?,
        batch_size: optional(&value["batch_size"], whole)?,
        history: value["history"].as_array()?.iter().map(epoch).collect::<Option<_>>()?,
        trial: optional(&value["trial"], |trial| Some((numbers(&trial[0], size)?, stop(&trial[1])?)))?,
        point,
        terms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> TrainingState {
        let epoch = |number, validation_loss| Epoch {
            stage: Stage::Trial,
            number,
            batch_size: 8,
            learning_rate: 0.1,
            train_loss: 0.3,
            validation_loss,
        };
        TrainingState {
            terms: vec!["a".into(), "b[\"x\"]".into()],
            rows: 7,
            seed: u64::MAX,
            validation: 0.1 + 0.2,
            learning_rate: Some(1e-300),
            batch_size: None,
            history: vec![epoch(1, Some(0.4)), epoch(2, None)],
            trial: Some((vec![1.0, -0.0, 3.0], Stop::ValidationStoppedImproving)),
            point: Point {
                stage: Stage::Final,
                batch_size: 32,
                weights: vec![0.1, 0.2, 0.3],
                last: Some([vec![1.0; 3], vec![2.0; 3]]),
                best: Some((0.5, vec![4.0; 3])),
                waited: 3,
            },
        }
    }

    #[test]
    fn states_are_read_back_and_nothing_else_is() {
        let (state, text) = (state(), state().to_text());
        assert!(TrainingState::is_text(&text));
        assert_eq!(TrainingState::from_text(&text).unwrap(), state);
        for wrong in ["", "{}", "[1]", &text.replace("ndgrad training", "other"), &text[..text.len() - 9]] {
            assert!(TrainingState::from_text(wrong).is_err() && !TrainingState::is_text(wrong), "{wrong}");
        }
        let keys: Vec<String> =
            serde_json::from_str::<Value>(&text).unwrap().as_object().unwrap().keys().cloned().collect();
        for key in keys {
            let mut changed: Value = serde_json::from_str(&text).unwrap();
            changed[&key] = json!({"other": [1, 2]});
            assert!(TrainingState::from_text(&changed.to_string()).is_err(), "{key}");
        }
    }

    #[test]
    fn what_differs_is_named() {
        let other = TrainingState { rows: 8, ..state() };
        assert!(state().check(&other).unwrap_err().to_string().contains("another number of rows"));
        assert!(state().check(&state()).is_ok());
    }
}
