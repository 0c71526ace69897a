//! Predictions with intervals, and files of models.

use super::*;
use crate::exact::LeastSquares;
use crate::formula::{DesignOptions, Formula};
use crate::glm::GeneralizedLinear;

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
