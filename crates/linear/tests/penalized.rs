//! Ridge, lasso and elastic net agree with scikit-learn and glmnet (golden/penalized.py has the versions).

mod golden;

use golden::{close, numbers, rows};
use ndgrad_linear::{Folds, InMemory, PathPoint, Penalized};
use serde_json::Value;

fn cases() -> Value {
    serde_json::from_str(include_str!("golden/penalized.json")).unwrap()
}

/// Coefficients that are 0 are so on both sides, but for rounding.
fn same_point(point: &PathPoint, intercept: f64, coefficients: &[f64], tolerance: f64, what: &str) {
    assert!(point.converged, "{what}");
    let size = coefficients.iter().fold(0.0_f64, |size, b| size.max(b.abs()));
    close(point.intercept, intercept, size, tolerance, &format!("{what}, intercept"));
    for (j, (&found, &wanted)) in point.coefficients.iter().zip(coefficients).enumerate() {
        assert_eq!(found.abs() < 1e-9, wanted.abs() < 1e-9, "{what}, {j}: {found} and {wanted}");
        close(found, wanted, 1e-3, tolerance, &format!("{what}, {j}"));
    }
}

#[test]
fn single_penalties_are_those_of_scikit_learn() {
    let golden = cases();
    let cases = golden["sklearn"].as_array().unwrap();
    assert_eq!(cases.len(), 24);
    for case in cases {
        let mut rows = rows(&golden);
        rows.intercept = case["has_intercept"].as_bool().unwrap();
        rows.weights = case["weighted"].as_bool().unwrap().then(|| numbers(&golden["weights"]));
        let (lambda, mix) = (case["lambda"].as_f64().unwrap(), case["mix"].as_f64().unwrap());
        let model = Penalized::elastic_net(mix).standardize(false).lambdas([lambda]).unwrap();
        let path = model.fit(&mut rows).unwrap();
        let what = format!("{lambda} {mix} {} {:?}", rows.intercept, case["weighted"]);
        // Of closed form, and of coordinate descent.
        let tolerance = if mix == 0.0 { 1e-8 } else { 1e-6 };
        let intercept = case["intercept"].as_f64().unwrap();
        same_point(&path.points[0], intercept, &numbers(&case["coefficients"]), tolerance, &what);
    }
    let wide = &golden["wide"];
    let (x, y) = (numbers(&wide["x"]), numbers(&wide["y"]));
    let names = Vec::from_iter((0..50).map(|j| format!("x{j}")));
    let mut rows = InMemory::new(names, x, y).unwrap();
    for case in wide["cases"].as_array().unwrap() {
        let (lambda, mix) = (case["lambda"].as_f64().unwrap(), case["mix"].as_f64().unwrap());
        let model = Penalized::elastic_net(mix).standardize(false).lambdas([lambda]).unwrap();
        let path = model.fit(&mut rows).unwrap();
        let intercept = case["intercept"].as_f64().unwrap();
        same_point(&path.points[0], intercept, &numbers(&case["coefficients"]), 1e-6, "wide");
    }
}

#[test]
fn held_out_errors_are_those_of_scikit_learn() {
    let golden = cases();
    let wanted = &golden["validation"];
    let folds = Folds::given(numbers(&golden["folds"]).iter().map(|&part| part as u32).collect::<Vec<_>>());
    let model = Penalized::lasso().standardize(false).lambdas(numbers(&wanted["lambdas"])).unwrap();
    let (_, validation) =
        model.cross_validate(&mut InMemory { weights: None, ..rows(&golden) }, &folds).unwrap();
    for (found, wanted) in validation.part_errors.iter().zip(wanted["part_errors"].as_array().unwrap()) {
        for (&found, wanted) in found.iter().zip(numbers(wanted)) {
            close(found, wanted, 0.0, 1e-8, "part error");
        }
    }
    assert_eq!(validation.part_errors.len(), 5);
    close(validation.best_lambda(), wanted["best"].as_f64().unwrap(), 0.0, 1e-12, "best");
}

#[test]
fn paths_and_choices_are_those_of_glmnet() {
    let golden = cases();
    let folds = Folds::given(numbers(&golden["folds"]).iter().map(|&part| part as u32).collect::<Vec<_>>());
    let cases = golden["glmnet"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let mut rows = rows(&golden);
        rows.weights = case["weighted"].as_bool().unwrap().then(|| numbers(&golden["weights"]));
        let mix = case["mix"].as_f64().unwrap();
        let what = format!("{mix} {:?}", case["weighted"]);
        let lambdas = numbers(&case["lambdas"]);
        assert_eq!(lambdas.len(), 100);
        // glmnet divides the target by its deviation, which its absolute penalty follows and its square one does not.
        let deviation = deviation(&rows);
        let (absolute, square) = (mix, (1.0 - mix) / deviation);
        let (mix, factor) = (absolute / (absolute + square), absolute + square);
        let ours: Vec<f64> = lambdas.iter().map(|lambda| lambda * factor).collect();
        let path = Penalized::elastic_net(mix).lambdas(ours).unwrap().fit(&mut rows).unwrap();
        let coefficients = numbers(&case["coefficients"]);
        for (place, wanted) in numbers(&case["places"]).into_iter().zip(coefficients.chunks(7)) {
            same_point(
                &path.points[place as usize],
                wanted[0],
                &wanted[1..],
                1e-6,
                &format!("{what} {place}"),
            );
        }
        // The deviation of a part's target is another.
        if mix < 1.0 {
            continue;
        }
        let (_, validation) = Penalized::lasso().cross_validate(&mut rows, &folds).unwrap();
        let (mean_errors, std_errors) = (numbers(&case["mean_errors"]), numbers(&case["std_errors"]));
        for (k, lambda) in lambdas.into_iter().enumerate() {
            close(validation.lambdas[k], lambda, 0.0, 1e-9, &what);
            close(validation.mean_errors[k], mean_errors[k], 0.0, 1e-6, &what);
            close(validation.std_errors[k], std_errors[k], 0.0, 1e-6, &what);
        }
        close(validation.best_lambda(), case["best"].as_f64().unwrap(), 0.0, 1e-5, &what);
        close(
            validation.one_standard_error_lambda(),
            case["one_standard_error"].as_f64().unwrap(),
            0.0,
            1e-5,
            &what,
        );
    }
}

fn deviation(rows: &InMemory) -> f64 {
    let weights = rows.weights.clone().unwrap_or_else(|| vec![1.0; rows.y.len()]);
    let total: f64 = weights.iter().sum();
    let mean =
        |of: &dyn Fn(f64) -> f64| rows.y.iter().zip(&weights).map(|(&y, w)| w * of(y)).sum::<f64>() / total;
    let middle = mean(&|y| y);
    mean(&|y| (y - middle).powi(2)).sqrt()
}
