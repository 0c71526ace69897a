//! Predictions with intervals, and files of models.

use super::*;
use crate::exact::LeastSquares;
use crate::formula::{DesignOptions, Formula};
use crate::glm::GeneralizedLinear;
use crate::iterative::{Descent, Loss};
use crate::observations::InMemory;
use crate::penalized::Penalized;
use crate::robust::{Huber, QuantileRegression};
use ndgrad_data::safetensors;
use std::ops::ControlFlow;

/// R's `cars` in part: speed and stopping distance.
const CARS: &str =
    "speed,dist\n4,2\n7,4\n8,16\n9,10\n10,18\n11,17\n12,24\n13,26\n14,36\n15,54\n16,32\n17,40\n";

fn table(text: &str) -> Table {
    Table::from_csv("t.csv", text.as_bytes()).unwrap()
}

fn fitted(formula: &str, text: &str) -> FittedModel {
    let data = table(text);
    let design = Formula::parse(formula).unwrap().learn(&mut &data, &DesignOptions::default()).unwrap();
    let fit = LeastSquares::new().fit(&mut design.observe(&data)).unwrap();
    FittedModel::linear(design, &fit)
}

/// The textbook's formulas for one feature: the mean at x has the variance s^2 (1/n + (x - mean)^2 / sum of squares).
#[test]
fn intervals_are_those_of_the_textbook() {
    let model = fitted("dist ~ speed", CARS);
    let predicted = model.predict_interval(&table("speed\n12\nNA\n20\n"), 0.9).unwrap();
    assert_eq!(predicted[1], None);
    let cars = table(CARS);
    let (x, y) = (cars.numeric("speed").unwrap().values(), cars.numeric("dist").unwrap().values());
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let sxx: f64 = x.iter().map(|x| (x - mx) * (x - mx)).sum();
    let slope = x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / sxx;
    let rest: f64 = x.iter().zip(y).map(|(x, y)| (y - my - slope * (x - mx)).powi(2)).sum();
    let s2 = rest / (n - 2.0);
    // qt(0.95, 10) of R.
    let t = 1.812461122811676;
    for (found, at) in [(predicted[0].unwrap(), 12.0), (predicted[2].unwrap(), 20.0)] {
        let (mean, variance) = (my + slope * (at - mx), s2 * (1.0 / n + (at - mx) * (at - mx) / sxx));
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-10 * b.abs().max(1.0), "{a} {b}");
        near(found.mean, mean);
        near(found.std_error, variance.sqrt());
        near(found.lower, mean - t * variance.sqrt());
        near(found.observation.unwrap().1, mean + t * (variance + s2).sqrt());
    }
    assert_eq!(model.predict(&table("speed\n12\n")).unwrap()[0], Some(predicted[0].unwrap().mean));
}

#[test]
fn a_saved_model_predicts_the_same() {
    let text = "y,x,g\n1,1,a\n3,2,b\n2,4,a\n6,5,b\n4,7,c\n9,8,c\n7,9,a\n";
    let model = fitted("y ~ poly(x, 2) + g", text);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.safetensors");
    model.save(&path).unwrap();
    let loaded = FittedModel::load(&path).unwrap();
    assert_eq!(loaded, model);
    assert_eq!(loaded.predict(&table(text)).unwrap(), model.predict(&table(text)).unwrap());
    let error = loaded.predict(&table("x,g\n1,d\n")).unwrap_err().to_string();
    assert!(error.contains("has not seen the category \"d\""), "{error}");
    assert!(crate::Model::load(&path).unwrap_err().to_string().contains("another kind, \"formula\""));
}

/// A target of numbers, or of counts, with a category; a row of each table lacks a value.
const RIDES: &str =
    "y,x,g\n1,1.5,a\n3,2,b\n2,4.25,a\n6,5,b\n4,7,NA\n9,8,c\n7,9,a\n3,2.5,c\n8,7,c\n5,6,b\n4,3,c\n";

/// Everything that can be fitted, and what the estimator's own coefficients predict for the rows of the design.
fn every_kind() -> Vec<(FittedModel, Vec<f64>)> {
    let data = table(RIDES);
    let design = Formula::parse("y ~ x + g").unwrap().learn(&mut &data, &DesignOptions::default()).unwrap();
    let mut rows = design.observe(&data).collect().unwrap();
    let own =
        |rows: &InMemory, mean: &dyn Fn(&[f64]) -> f64| rows.x.chunks(3).map(mean).collect::<Vec<f64>>();
    let by_terms = |inference: &Inference, row: &[f64]| -> f64 {
        inference.terms.iter().zip([1.0].iter().chain(row)).map(|(term, x)| term.estimate * x).sum()
    };
    let huber = Huber::new().fit(&mut rows).unwrap();
    let median = QuantileRegression::new(0.25).fit(&mut rows).unwrap();
    let path = Penalized::lasso().count(10).fit(&mut rows).unwrap();
    assert!((1..3).contains(&path.points[1].used));
    let mut kinds = vec![
        (FittedModel::huber(design.clone(), &huber), own(&rows, &|row| by_terms(&huber.inference, row))),
        (FittedModel::quantile(design.clone(), &median), own(&rows, &|row| by_terms(&median.inference, row))),
        (FittedModel::penalized(design.clone(), &path, 1), own(&rows, &|row| path.points[1].predict(row))),
    ];
    for loss in [Loss::Squares, Loss::Poisson, Loss::Gamma, Loss::Huber(1.5), Loss::Quantile(0.9)] {
        let descent = Descent::new(loss).epochs(3).batch_size(4);
        let mut state = descent.start(&mut rows).unwrap();
        descent.run(&mut rows, &mut state, &mut |_| ControlFlow::Continue(())).unwrap();
        let model = FittedModel::descent(design.clone(), &state);
        assert_eq!((model.family, model.link, model.quantile), (loss.family(), loss.link(), loss.quantile()));
        kinds.push((model, own(&rows, &|row| state.mean(row, 0.0))));
    }
    kinds
}

#[test]
fn every_estimator_has_a_model_that_is_saved_and_predicts_what_it_does() {
    let data = table(RIDES);
    for (number, (model, wanted)) in every_kind().into_iter().enumerate() {
        let loaded = FittedModel::from_bytes("m", &model.to_bytes()).unwrap();
        assert_eq!(loaded, model);
        assert_eq!(model.rows, 10);
        let predicted = loaded.predict(&data).unwrap();
        assert_eq!(predicted[4], None);
        let predicted = Vec::from_iter(predicted.into_iter().flatten());
        for (found, wanted) in predicted.iter().zip(&wanted) {
            assert!((found - wanted).abs() < 1e-12 * wanted.abs().max(1.0), "{number}: {found} {wanted}");
        }
        match (number, model.predict_interval(&data, 0.9)) {
            (0 | 1, intervals) => {
                let first = intervals.unwrap()[0].unwrap();
                assert!(first.lower < first.mean && first.mean < first.upper && first.observation.is_none());
            }
            (_, intervals) => {
                let error = intervals.unwrap_err().to_string();
                assert!(error.contains("without the covariance of its coefficients"), "{error}");
            }
        }
    }
}

#[test]
fn files_without_a_quantile_are_read_and_bad_ones_refused() {
    let (model, _) = every_kind().swap_remove(1);
    let text = |from: &str, to: &str| {
        let file = safetensors::from_bytes("m", &model.to_bytes()).unwrap();
        let mut bytes = Vec::new();
        let metadata = [("ndgrad", file.metadata["ndgrad"].replace(from, to))];
        assert_ne!(metadata[0].1, file.metadata["ndgrad"]);
        safetensors::to_writer(
            &mut bytes,
            file.tensors.iter().map(|(name, t)| (&**name, t.clone())),
            metadata,
        )
        .unwrap();
        FittedModel::from_bytes("m", &bytes)
    };
    // What earlier releases wrote has no such entry.
    let old = text("\"quantile\":0.25,", "").unwrap();
    assert_eq!(old, FittedModel { quantile: None, ..model.clone() });
    for bad in ["1.5", "\"x\"", "0"] {
        let error = text("\"quantile\":0.25", &format!("\"quantile\":{bad}")).unwrap_err().to_string();
        assert!(error.contains("its quantile is not between 0 and 1"), "{error}");
    }
}

#[test]
#[should_panic(expected = "the fit is not one of the design's columns")]
fn a_fit_of_other_columns_is_refused() {
    let data = table(RIDES);
    let learn = |formula: &str| Formula::parse(formula).unwrap().learn(&mut &data, &DesignOptions::default());
    let (design, other) = (learn("y ~ x + g").unwrap(), learn("y ~ x").unwrap());
    let fit = Huber::new().fit(&mut other.observe(&data)).unwrap();
    FittedModel::huber(design, &fit);
}

#[test]
fn a_probability_stays_between_0_and_1() {
    let text = "y,x\n0,1\n0,2\n1,3\n0,4\n1,5\n0,6\n1,7\n1,8\n";
    let data = table(text);
    let design = Formula::parse("y ~ x").unwrap().learn(&mut &data, &DesignOptions::default()).unwrap();
    let fit = GeneralizedLinear::new(Family::Binomial).fit(&mut design.observe(&data)).unwrap();
    let model = FittedModel::generalized(design, &fit);
    for predicted in model.predict_interval(&table("x\n-9\n4\n30\n"), 0.99).unwrap().into_iter().flatten() {
        assert!(predicted.lower >= 0.0 && predicted.upper <= 1.0 && predicted.observation.is_none());
        assert!(predicted.lower < predicted.mean && predicted.mean < predicted.upper);
    }
}

#[test]
fn damaged_files_are_refused() {
    let bytes = fitted("dist ~ speed", CARS).to_bytes();
    for length in 0..bytes.len() {
        assert!(FittedModel::from_bytes("m", &bytes[..length]).is_err());
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(text.contains("dist ~ speed"));
    let level = fitted("dist ~ speed", CARS).predict_interval(&table("speed\n1\n"), 1.5).unwrap_err();
    assert!(level.to_string().contains("95 % is 0.95"));
}
