//! Files: what comes back, what is refused, and that nothing in a file can do harm.

use super::*;
use crate::{LinearRegression, Missing};
use ndgrad_data::{Table, samples};
use proptest::prelude::*;
use std::sync::LazyLock;

fn penguins() -> Table {
    Table::from_csv("penguins.csv", samples::PENGUINS.as_bytes()).unwrap()
}

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let regression = LinearRegression::new("body_mass_g").missing(Missing::Mean);
    regression.features(["flipper_length_mm", "species", "sex"]).fit(&penguins()).unwrap().model
});

fn refusal(bytes: &[u8]) -> String {
    let error = Model::from_bytes("m.safetensors", bytes).unwrap_err();
    assert!(matches!(error, Error::Content { .. }));
    let message = error.to_string();
    message.strip_prefix("m.safetensors: ").unwrap().to_string()
}

/// A file of these tensors with this description.
fn file(tensors: impl IntoIterator<Item = (String, Tensor)>, description: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    safetensors::to_writer(&mut bytes, tensors, [(KEY, description.to_string())]).unwrap();
    bytes
}

fn tensors() -> impl Iterator<Item = (String, Tensor)> {
    safetensors::from_bytes("m", &MODEL.to_bytes()).unwrap().tensors.into_iter()
}

/// The model's file with a changed description.
fn described(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut description = MODEL.description();
    change(&mut description);
    file(tensors(), &description)
}

/// The model's file with other numbers in one tensor.
fn with_numbers(name: &str, numbers: &[f64]) -> Vec<u8> {
    let change = |(key, tensor): (String, Tensor)| match key == name {
        true => (key, numbers.iter().copied().collect()),
        false => (key, tensor),
    };
    file(tensors().map(change), &MODEL.description())
}

#[test]
fn what_is_saved_comes_back_to_the_bit() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.safetensors");
    MODEL.save(&path).unwrap();
    let loaded = Model::load(&path).unwrap();
    assert_eq!(loaded, *MODEL);
    assert_eq!(loaded.to_bytes(), MODEL.to_bytes());
    assert_eq!(loaded.predict(&penguins()).unwrap(), MODEL.predict(&penguins()).unwrap());
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn files_that_cannot_be_read_or_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("none.safetensors");
    assert_eq!(
        Model::load(&path).unwrap_err().to_string(),
        format!(
            "{}: cannot read: there is no such file\n    Check the spelling and the directory.",
            path.display()
        )
    );
    let message = Model::load(directory.path()).unwrap_err().to_string();
    assert!(message.ends_with("it is a directory\n    Name the model file in it."), "{message}");
    let error = MODEL.save(directory.path().join("none/model.safetensors")).unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error}");
}

#[test]
fn foreign_and_damaged_files() {
    let bytes = MODEL.to_bytes();
    assert_eq!(refusal(b""), "the file is empty\n    Name a file that ndgrad has written.");
    assert_eq!(
        refusal(b"species,island\nAdelie,Dream\n"),
        "this is not a whole safetensors file (header too large)\n    \
         Name another file, or copy it again if it was cut off."
    );
    for length in [1, 7, 8, 100, bytes.len() - 1] {
        assert!(refusal(&bytes[..length]).starts_with("this is not a whole safetensors file ("));
    }
    let mut foreign = Vec::new();
    safetensors::to_writer(&mut foreign, [("weight", Tensor::zeros([1]))], [("by", "another program")])
        .unwrap();
    assert_eq!(
        refusal(&foreign),
        "this is a safetensors file, but not an ndgrad model: its metadata has no entry \"ndgrad\"\n    \
         Name a file that ndgrad has written."
    );
    assert_eq!(
        refusal(&described(|description| description["version"] = json!(2))),
        "the model is of version 2, and this program reads version 1\n    \
         Use the program's release that wrote it, or train it again."
    );
    assert_eq!(
        refusal(&described(|description| description["kind"] = json!("network"))),
        "this is an ndgrad model of another kind, \"network\", not a linear one\n    Name a linear model."
    );
}

#[test]
fn files_without_end_are_not_read_to_the_end() {
    let bytes = vec![0; (64 << 20) + 1];
    assert_eq!(
        refusal(&bytes),
        "the file is too large to be a linear model (the limit is 64 MiB)\n    Name a file that ndgrad has written."
    );
}

#[test]
fn parts_that_do_not_fit_together() {
    let damaged = |bytes: Vec<u8>| {
        let message = refusal(&bytes);
        let message = message.strip_prefix("the model is damaged: ").unwrap();
        message.strip_suffix("\n    Copy it again, or train it again.").unwrap().to_string()
    };
    type Change = fn(&mut Value);
    let cases: [(Change, &str); 9] = [
        (|d| d["target"] = json!(1), "the target's name is not a text"),
        (|d| d["rows"] = json!(-1), "\"rows\" is not a number of rows"),
        (|d| d["features"] = json!({}), "it has no list of features"),
        (|d| d["features"][1]["name"] = json!("sex"), "it has two columns \"sex\""),
        (|d| d["features"][0]["kind"] = json!("text"), "the tensor \"fill\" is not 0 numbers of f64"),
        (|d| d["features"][1]["kind"] = json!("text"), "the feature \"species\" is of no known kind"),
        (
            |d| d["features"][1]["levels"] = json!(["b", "a"]),
            "the levels of the feature \"species\" are not in order",
        ),
        (
            |d| d["features"][1]["fill"] = json!("x"),
            "what stands in for missing values of \"species\" is not a level",
        ),
        (|d| d["features"][1]["terms"] = json!([]), "the tensor \"scale\" is not 2 numbers of f64"),
    ];
    for (change, message) in cases {
        assert_eq!(damaged(described(change)), message);
    }
    assert_eq!(
        damaged(with_numbers("weight", &[1.0, 2.0, f64::NAN, 4.0])),
        "the tensor \"weight\" holds a number that is not finite"
    );
    assert_eq!(
        damaged(with_numbers("scale", &[1.0, 0.0, 1.0, 1.0])),
        "the tensor \"scale\" holds a scale that is not positive"
    );
    assert_eq!(damaged(with_numbers("bias", &[])), "the tensor \"bias\" is not 1 numbers of f64");
}

proptest! {
    /// Whatever is loaded can be used; whatever cannot is refused with an error about the content.
    #[test]
    fn no_bytes_do_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        length in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = MODEL.to_bytes();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(length) = length {
            bytes.truncate(length.index(bytes.len() + 1));
        }
        match Model::from_bytes("m", &bytes) {
            Ok(model) => drop(model.predict(&penguins())),
            Err(error) => prop_assert!(matches!(error, Error::Content { .. }), "{error}"),
        }
    }

    #[test]
    fn no_header_does_harm(header in "[\\[{\"a-z:,0-9}\\]]{0,60}", length in any::<Option<u64>>()) {
        let length = length.unwrap_or(header.len() as u64);
        let bytes = [&length.to_le_bytes()[..], header.as_bytes()].concat();
        prop_assert!(Model::from_bytes("m", &bytes).is_err());
    }
}

/// statsmodels 0.15.0: `OLS(y, add_constant(x)).fit().get_prediction([[1, 7], [1, 3.5]]).summary_frame(0.05)`, and
/// `GLM(y, add_constant(x), Poisson()).fit().get_prediction(...)`.
#[test]
fn intervals_come_back_and_are_those_of_statsmodels() {
    use crate::{Family, GeneralizedLinear, Interval, LeastSquares, Scatter};
    let text = "x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,10.1\n6,11.9\n";
    let table = Table::from_csv("t.csv", text.as_bytes()).unwrap();
    let mut encoding = LinearRegression::new("y").encode(&table).unwrap();
    let fit = LeastSquares::new().fit(&mut encoding.observations).unwrap();
    let terms = &fit.inference.terms;
    let scatter = Scatter {
        family: Family::Gaussian,
        link: crate::Link::Identity,
        dispersion: fit.deviation.unwrap().powi(2),
        distribution: fit.inference.distribution,
        covariance: fit.inference.covariance.clone(),
    };
    let model = encoding.model(terms[0].estimate, &[Some(terms[1].estimate)]).with_scatter(scatter);
    let model = Model::from_bytes("m", &model.to_bytes()).unwrap();
    let new = Table::from_csv("new.csv", "x\n7\n3.5\n".as_bytes()).unwrap();
    let check = |model: &Model, interval: Interval, expected: [[f64; 3]; 2]| {
        let found = model.predict_with(&new, interval, 0.95).unwrap();
        for (found, expected) in found.iter().zip(expected) {
            let found = found.unwrap();
            for (number, expected) in [found.predicted, found.lower, found.upper].iter().zip(expected) {
                assert!((number / expected - 1.0).abs() < 1e-9, "{number} {expected}");
            }
        }
    };
    check(&model, Interval::Confidence, CONFIDENCE);
    check(&model, Interval::Prediction, PREDICTION);

    let fit = GeneralizedLinear::new(Family::Poisson).fit(&mut encoding.observations).unwrap();
    let terms = &fit.inference.terms;
    let scatter = Scatter {
        family: fit.family,
        link: fit.link,
        dispersion: fit.dispersion,
        distribution: fit.inference.distribution,
        covariance: fit.inference.covariance.clone(),
    };
    let model = encoding.model(terms[0].estimate, &[Some(terms[1].estimate)]).with_scatter(scatter);
    let model = Model::from_bytes("m", &model.to_bytes()).unwrap();
    check(&model, Interval::Confidence, POISSON);
    let refused = model.predict_with(&new, Interval::Prediction, 0.95).unwrap_err().to_string();
    assert!(refused.contains("no prediction intervals"), "{refused}");
    assert!(MODEL.predict_with(&penguins(), Interval::Confidence, 0.9).is_err(), "trained in steps");
}

const CONFIDENCE: [[f64; 3]; 2] = [
    [13.920000000000005, 13.489704323154754, 14.350295676845256],
    [7.000000000000001, 6.8113028629748635, 7.188697137025138],
];

const PREDICTION: [[f64; 3]; 2] = [
    [13.920000000000005, 13.288498593318584, 14.551501406681426],
    [7.000000000000001, 6.50075430232161, 7.499245697678392],
];

const POISSON: [[f64; 3]; 2] = [
    [17.489162620133268, 9.645014312242443, 31.712841396743613],
    [6.172783196233722, 4.38870958492891, 8.682108408028235],
];
