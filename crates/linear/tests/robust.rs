//! Huber's and quantile regression agree with statsmodels and R (golden/robust.py has the versions).

mod golden;

use golden::{close, numbers, rows};
use ndgrad_linear::{Huber, InMemory, QuantileRegression};
use serde_json::Value;

fn cases() -> Value {
    serde_json::from_str(include_str!("golden/robust.json")).unwrap()
}

#[test]
fn huber_is_that_of_statsmodels() {
    let golden = cases();
    for case in golden["huber"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let fit = Huber::new().fit(&mut rows(case)).unwrap();
        assert!(fit.converged, "{name}");
        let (errors, p_values) = (numbers(&case["std_errors"]), numbers(&case["p_values"]));
        for (i, (term, wanted)) in fit.inference.terms.iter().zip(numbers(&case["estimates"])).enumerate() {
            close(term.estimate, wanted, errors[i], 1e-6, name);
            close(term.std_error, errors[i], 0.0, 1e-6, name);
            close(term.p_value, p_values[i], 1e-300, 1e-4, name);
        }
        close(fit.scale, case["scale"].as_f64().unwrap(), 0.0, 1e-8, name);
        assert!(fit.beyond > 0 && fit.beyond < fit.rows / 3);
    }
}

#[test]
fn quantiles_are_those_of_r_and_errors_those_of_statsmodels() {
    let golden = cases();
    let cases = golden["quantile"].as_array().unwrap();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let level = case["quantile"].as_f64().unwrap();
        let name = format!("{} {level}", case["name"].as_str().unwrap());
        let model = QuantileRegression::new(level);
        let fit = model.fit(&mut rows(case)).unwrap();
        assert!(fit.vertex && fit.gap < 1e-8, "{name}: {fit:?}");
        for (term, wanted) in fit.inference.terms.iter().zip(numbers(&case["estimates"])) {
            close(term.estimate, wanted, 0.0, 1e-8, &name);
        }
        close(fit.loss, case["loss"].as_f64().unwrap(), 0.0, 1e-10, &name);
        assert!(fit.pseudo_r2() > 0.0 && fit.pseudo_r2() < 1.0);
        if case["weights"].is_null() {
            close(fit.bandwidth, case["bandwidth"].as_f64().unwrap(), 0.0, 1e-8, &name);
            close(fit.sparsity, case["sparsity"].as_f64().unwrap(), 0.0, 1e-8, &name);
            let same = model.same_errors().fit(&mut rows(case)).unwrap();
            for (kind, fit) in [("robust", fit), ("same", same)] {
                for (term, wanted) in fit.inference.terms.iter().zip(numbers(&case[kind])) {
                    close(term.std_error, wanted, 0.0, 1e-7, &name);
                }
            }
        }
    }
}

fn line() -> InMemory {
    let x: Vec<f64> = (0..40).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| 3.0 - 2.0 * x + (x * 12.9898).sin()).collect();
    InMemory::new(["x".to_string()], x, y).unwrap()
}

#[test]
fn whole_weights_are_rows_that_often_and_none_are_no_rows() {
    let mut weighted = line();
    weighted.weights = Some((0..40).map(|i| f64::from(i % 3)).collect());
    let mut repeated = InMemory { x: Vec::new(), y: Vec::new(), ..line() };
    for i in 0..40 {
        for _ in 0..i % 3 {
            repeated.x.push(weighted.x[i]);
            repeated.y.push(weighted.y[i]);
        }
    }
    for level in [0.3, 0.5] {
        let model = QuantileRegression::new(level);
        let (a, b) = (model.fit(&mut weighted).unwrap(), model.fit(&mut repeated).unwrap());
        close(a.loss, b.loss, 0.0, 1e-12, "loss");
    }
    let (a, b) = (Huber::new().fit(&mut weighted).unwrap(), Huber::new().fit(&mut repeated).unwrap());
    close(a.scale, b.scale, 0.0, 1e-9, "scale");
    close(a.inference.terms[1].estimate, b.inference.terms[1].estimate, 0.0, 1e-9, "slope");
}

#[test]
fn dependent_columns_bad_rows_and_exact_fits_are_named() {
    let mut rows = line();
    rows.names.push("twice".to_string());
    rows.x = rows.x.iter().flat_map(|&x| [x, 2.0 * x]).collect();
    let fit = Huber::new().fit(&mut rows).unwrap();
    assert_eq!(fit.aliases[0].describe(&fit.names), "twice = 2 x");
    let fit = QuantileRegression::new(0.5).fit(&mut rows).unwrap();
    assert_eq!(fit.aliases[0].describe(&fit.names), "twice = 2 x");
    let mut rows = line();
    rows.y[7] = f64::NAN;
    for error in [
        Huber::new().fit(&mut rows).unwrap_err().to_string(),
        QuantileRegression::new(0.5).fit(&mut rows).unwrap_err().to_string(),
    ] {
        assert!(error.contains("the target is NaN in row 7"), "{error}");
    }
    // Integers, on a line but for a few.
    let mut rows = line();
    rows.y = rows.x.iter().map(|x| 2.0 * x).collect();
    let error = Huber::new().fit(&mut rows).unwrap_err().to_string();
    assert!(error.contains("half of the rows or more are met exactly"), "{error}");
    rows.y[5] = 1e6;
    let fit = QuantileRegression::new(0.5).fit(&mut rows).unwrap();
    close(fit.inference.terms[1].estimate, 2.0, 0.0, 1e-12, "slope");
}
