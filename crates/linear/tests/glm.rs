//! Generalized linear models agree with statsmodels and R (golden/glm.py has the versions), and say what is wrong with data.

mod golden;

use golden::{close, numbers, rows};
use ndgrad_linear::{CovarianceKind, Family, GeneralizedFit, GeneralizedLinear, InMemory, Link};
use ndgrad_tensor::{random::Generator, threads};
use serde_json::Value;

#[test]
fn fits_are_those_of_statsmodels_and_r() {
    let golden: Value = serde_json::from_str(include_str!("golden/glm.json")).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 7);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let family = Family::from_name(case["family"].as_str().unwrap()).unwrap();
        let link = Link::from_name(case["link"].as_str().unwrap()).unwrap();
        let model = GeneralizedLinear::new(family).link(link);
        let mut rows = rows(case);
        let fit = model.fit(&mut rows).unwrap();
        assert!(fit.converged, "{name}");
        let wanted = numbers(&case["std_errors"]);
        let p_values = numbers(&case["r_p_values"]);
        for (i, (term, estimate)) in fit.inference.terms.iter().zip(numbers(&case["estimates"])).enumerate() {
            let what = format!("{name}: {}", term.term);
            // An estimate next to 0 is known in standard errors.
            close(term.estimate, estimate, wanted[i], 1e-8, &what);
            close(term.std_error, wanted[i], 0.0, 1e-8, &what);
            close(term.p_value, p_values[i], 1e-300, 1e-6, &what);
        }
        let wanted = |key: &str| case[key].as_f64().unwrap();
        close(fit.deviance, wanted("deviance"), 0.0, 1e-9, name);
        close(fit.null_deviance, wanted("null_deviance"), 0.0, 1e-8, name);
        close(fit.pearson, wanted("pearson"), 0.0, 1e-8, name);
        close(fit.dispersion, wanted("dispersion"), 0.0, 1e-8, name);
        close(fit.log_likelihood, wanted("r_log_likelihood"), 0.0, 1e-9, name);
        for (kind, errors) in case["errors"].as_object().unwrap() {
            let kind = CovarianceKind::from_name(kind).unwrap();
            let fit = model.clone().covariance(kind).fit(&mut rows).unwrap();
            for (term, error) in fit.inference.terms.iter().zip(numbers(errors)) {
                close(term.std_error, error, 0.0, 1e-7, &format!("{name}: {kind} of {}", term.term));
            }
        }
    }
}

/// y is 1 where a > 0 but for one row; b and c are what comes.
fn classes() -> InMemory {
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for i in 0..60 {
        let a = f64::from(i) - 29.5;
        x.extend([a, f64::from(i * 7 % 11), f64::from(i * 5 % 13)]);
        y.push(f64::from(a > 0.0 || i == 10));
    }
    InMemory::new(["a", "b", "c"].map(String::from), x, y).unwrap()
}

fn logistic(rows: &mut InMemory) -> Result<GeneralizedFit, String> {
    GeneralizedLinear::new(Family::Binomial).fit(rows).map_err(|error| error.to_string())
}

#[test]
fn separation_is_found_and_said() {
    let fit = logistic(&mut classes()).unwrap();
    assert!(fit.converged);
    // One column.
    let mut rows = classes();
    rows.y[10] = 0.0;
    let error = logistic(&mut rows).unwrap_err();
    assert!(error.contains("separated: \"a\" alone tells it with certainty in 60 of 60 rows"), "{error}");
    // A combination: y is 1 where b + c exceeds 11, and neither is enough.
    let mut rows = classes();
    for i in 0..60 {
        rows.y[i] = f64::from(rows.x[3 * i + 1] + rows.x[3 * i + 2] > 11.0);
    }
    let error = logistic(&mut rows).unwrap_err();
    assert!(error.contains("a combination of"), "{error}");
    assert!(error.contains("\"b\", \"c\""), "{error}");
    // Some rows only: a level that has successes alone.
    let mut rows = classes();
    for i in 0..60 {
        rows.x[3 * i + 2] = f64::from(i > 54);
    }
    let error = logistic(&mut rows).unwrap_err();
    assert!(error.contains("\"c\" alone tells it with certainty in 5 of 60 rows"), "{error}");
    // Nothing but one class.
    let mut rows = classes();
    rows.y.fill(1.0);
    let error = logistic(&mut rows).unwrap_err();
    assert!(error.contains("separated"), "{error}");
    // A level without counts.
    let mut rows = classes();
    for i in 0..60 {
        rows.y[i] = f64::from(i as u32 * 3 % 7);
        rows.x[3 * i + 2] = f64::from(i % 10 == 0);
        if i % 10 == 0 {
            rows.y[i] = 0.0;
        }
    }
    let error = GeneralizedLinear::new(Family::Poisson).fit(&mut rows).unwrap_err().to_string();
    assert!(error.contains("poisson regression: the target is separated: \"c\" alone"), "{error}");
}

#[test]
fn dependent_columns_are_left_out_and_named() {
    let mut rows = classes();
    for i in 0..60 {
        rows.x[3 * i + 2] = 3.0 + 2.0 * rows.x[3 * i] - rows.x[3 * i + 1];
    }
    let fit = logistic(&mut rows).unwrap();
    assert_eq!(fit.aliases.len(), 1);
    assert_eq!(fit.aliases[0].describe(&fit.names), "c = 3 + 2 a - b");
    assert_eq!((fit.rank, fit.columns.as_slice()), (3, [0, 1].as_slice()));
    let mut rows = classes();
    (0..60).for_each(|i| rows.x[3 * i + 1] = 0.1);
    let fit = logistic(&mut rows).unwrap();
    assert_eq!(fit.aliases[0].describe(&fit.names), "b = 0.1");
}

#[test]
fn what_the_family_cannot_have_names_the_row() {
    for (family, y, remedy) in [
        (Family::Binomial, 2.0, "takes 0, 1"),
        (Family::Poisson, -1.0, "a count is at least 0"),
        (Family::Gamma, 0.0, "numbers above 0"),
        (Family::Gaussian, f64::NAN, "drop the row"),
    ] {
        let mut rows = classes();
        rows.y.iter_mut().for_each(|y| *y = 0.5);
        rows.y[17] = y;
        let error = GeneralizedLinear::new(family).fit(&mut rows).unwrap_err().to_string();
        assert!(error.contains(&format!("the target is {y} in row 17")) && error.contains(remedy), "{error}");
    }
    let mut rows = classes();
    rows.x[3 * 4 + 1] = f64::INFINITY;
    let error = logistic(&mut rows).unwrap_err();
    assert!(error.contains("\"b\" is inf in row 4"), "{error}");
    let mut rows = classes();
    rows.weights = Some(vec![1.0; 60]);
    rows.weights.as_mut().unwrap()[3] = -1.0;
    let error = logistic(&mut rows).unwrap_err();
    assert!(error.contains("the weight is -1 in row 3"), "{error}");
    rows.weights = Some(vec![0.0; 60]);
    assert!(logistic(&mut rows).unwrap_err().contains("no row has a weight above 0"));
    let mut few =
        InMemory::new(["a", "b"].map(String::from), vec![1.0, 2.0, 2.0, 5.0], vec![0.0, 1.0]).unwrap();
    assert!(logistic(&mut few).unwrap_err().contains("2 rows cannot determine 2 columns and an intercept"));
}

#[test]
fn rows_of_no_weight_do_not_count() {
    let with = logistic(&mut classes()).unwrap();
    let mut rows = classes();
    rows.x.extend([5.0, 5.0, 5.0]);
    rows.y.push(0.0);
    rows.weights = Some(vec![1.0; 60]);
    rows.weights.as_mut().unwrap().push(0.0);
    let without = logistic(&mut rows).unwrap();
    assert_eq!((with.inference, with.rows), (without.inference, without.rows));
}

#[test]
fn means_that_leave_the_family_are_stepped_back_from() {
    // The mean falls to nearly 0, where the first steps of the inverse link overshoot.
    let x: Vec<f64> = (1..=40).map(f64::from).collect();
    let y: Vec<f64> =
        x.iter().map(|x| 1.0 / (0.001 + 0.5 * x * x) * (1.0 + 0.3 * libm::sin(7.0 * x))).collect();
    let mut rows = InMemory::new(["x".to_string()], x, y).unwrap();
    let fit = GeneralizedLinear::new(Family::Gamma).link(Link::Inverse).fit(&mut rows).unwrap();
    assert!(fit.converged && fit.iterations.iter().all(|step| step.deviance.is_finite()));
    assert!(fit.iterations.is_sorted_by(|a, b| b.deviance <= a.deviance * (1.0 + 1e-9)));
}

#[test]
fn an_offset_shifts_the_predictor() {
    // With the logarithm of the exposure as offset, doubling it halves the rate.
    let mut rows = classes();
    rows.y.iter_mut().enumerate().for_each(|(i, y)| *y = (i % 5) as f64);
    let plain = GeneralizedLinear::new(Family::Poisson).fit(&mut rows).unwrap();
    rows.offset = Some(vec![2.0_f64.ln(); 60]);
    let half = GeneralizedLinear::new(Family::Poisson).fit(&mut rows).unwrap();
    close(half.mean(&[1.0, 2.0, 3.0], 0.0), 0.5 * plain.mean(&[1.0, 2.0, 3.0], 0.0), 0.0, 1e-12, "half");
    close(half.null_deviance, plain.null_deviance, 0.0, 1e-12, "null deviance");
}

#[test]
fn threads_change_no_bit() {
    let numbers = Generator::philox(3).normal([20_000, 3]).to_vec::<f32>();
    let numbers = Vec::from_iter(numbers.into_iter().map(f64::from));
    let y: Vec<f64> = numbers.chunks(3).map(|x| (0.5 * x[0] - x[1] + x[2]).exp().floor()).collect();
    let mut rows = InMemory::new(["a", "b", "c"].map(String::from), numbers, y).unwrap();
    let fits = [1, 2, 3].map(|count| {
        threads::set_threads(count);
        GeneralizedLinear::new(Family::Poisson).fit(&mut rows).unwrap()
    });
    assert_eq!(fits[0], fits[1]);
    assert_eq!(fits[0], fits[2]);
}
