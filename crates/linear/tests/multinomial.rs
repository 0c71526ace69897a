//! Multinomial regression agrees with statsmodels and R (golden/multinomial.py has the versions), and says what is wrong.

mod golden;

use golden::{close, numbers, rows, texts};
use ndgrad_data::{Table, samples};
use ndgrad_linear::{
    CovarianceKind, DesignOptions, Family, Formula, GeneralizedLinear, InMemory, Multinomial, MultinomialFit,
    MultinomialModel,
};
use ndgrad_tensor::{random::Generator, threads};
use serde_json::Value;

#[test]
fn fits_are_those_of_statsmodels_and_r() {
    let golden: Value = serde_json::from_str(include_str!("golden/multinomial.json")).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let mut rows = rows(case);
        let fit = Multinomial::new(texts(&case["classes"])).fit(&mut rows).unwrap();
        assert!(fit.converged && fit.iterations.len() < 12, "{name}: {:?}", fit.iterations);
        let (errors, p_values) = (numbers(&case["std_errors"]), numbers(&case["p_values"]));
        for (i, (term, wanted)) in fit.inference.terms.iter().zip(numbers(&case["estimates"])).enumerate() {
            let what = format!("{name}: {}", term.term);
            close(term.estimate, wanted, errors[i], 1e-8, &what);
            close(term.std_error, errors[i], 0.0, 1e-8, &what);
            close(term.p_value, p_values[i], 1e-300, 1e-6, &what);
        }
        let wanted = |key: &str| case[key].as_f64().unwrap();
        let size = fit.rank;
        let unit = errors[0] * errors[size - 1];
        close(fit.inference.covariance.at(0, size - 1), wanted("covariance_corner"), unit, 1e-8, name);
        close(fit.log_likelihood, wanted("log_likelihood"), 0.0, 1e-10, name);
        close(fit.null_log_likelihood, wanted("null_log_likelihood"), 0.0, 1e-12, name);
        close(
            fit.mc_fadden_r2(),
            1.0 - wanted("log_likelihood") / wanted("null_log_likelihood"),
            0.0,
            1e-9,
            name,
        );
        close(fit.aic, wanted("aic"), 0.0, 1e-10, name);
        close(fit.bic, wanted("bic"), 0.0, 1e-10, name);
        if let Some(p) = case["likelihood_ratio_p"].as_f64() {
            close(fit.likelihood_ratio.unwrap().p_value, p, 0.0, 1e-6, name);
        }
        for kind in [CovarianceKind::HC0, CovarianceKind::HC1, CovarianceKind::Clustered] {
            let solver = Multinomial::new(texts(&case["classes"])).covariance(kind);
            let robust = solver.fit(&mut rows).unwrap().inference;
            assert_eq!(robust.covariance.kind, kind);
            for (term, wanted) in robust.terms.iter().zip(numbers(&case["errors"][kind.name()])) {
                close(term.std_error, wanted, 0.0, 1e-8, &format!("{name}: {kind} of {}", term.term));
            }
        }
        for (row, wanted) in rows.x.chunks(rows.names.len()).zip(case["probabilities"].as_array().unwrap()) {
            for (found, wanted) in fit.probabilities(row).iter().zip(numbers(wanted)) {
                close(*found, wanted, 1e-3, 1e-8, name);
            }
        }
    }
}

/// Three classes that overlap along a; b and c are what comes.
fn classes() -> InMemory {
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for i in 0..90 {
        let a = f64::from(i) - 44.5;
        x.extend([a, f64::from(i * 7 % 11), f64::from(i * 5 % 13)]);
        y.push(f64::from((i + i * 11 % 17) / 36));
    }
    InMemory::new(["a", "b", "c"].map(String::from), x, y).unwrap()
}

fn fit(rows: &mut InMemory) -> Result<MultinomialFit, String> {
    Multinomial::new(["low", "middle", "high"].map(String::from)).fit(rows).map_err(|error| error.to_string())
}

#[test]
fn covariances_that_cannot_be_are_refused() {
    let refusal = |kind: CovarianceKind, rows: &mut InMemory| {
        let solver = Multinomial::new(["low", "middle", "high"].map(String::from)).covariance(kind);
        solver.fit(rows).unwrap_err().to_string()
    };
    for kind in [CovarianceKind::HC2, CovarianceKind::HC3] {
        let error = refusal(kind, &mut classes());
        assert!(error.contains(kind.name()) && error.ends_with("choose HC0, HC1 or clustered"), "{error}");
    }
    let mut rows = classes();
    assert!(refusal(CovarianceKind::Clustered, &mut rows).contains("need to know the clusters"));
    rows.clusters = Some(vec![0; 90]);
    assert!(refusal(CovarianceKind::Clustered, &mut rows).contains("two clusters at least"));
}

#[test]
fn two_classes_are_a_logistic_regression() {
    let mut rows = classes();
    rows.y.iter_mut().for_each(|y| *y = y.min(1.0));
    rows.weights = Some((0..90).map(|i| 0.5 + f64::from(i % 4)).collect());
    let two = Multinomial::new(["no", "yes"].map(String::from)).fit(&mut rows).unwrap();
    let logistic = GeneralizedLinear::new(Family::Binomial).fit(&mut rows).unwrap();
    for (found, wanted) in two.inference.terms.iter().zip(&logistic.inference.terms) {
        assert_eq!(found.term, format!("yes: {}", wanted.term));
        close(found.estimate, wanted.estimate, wanted.std_error, 1e-9, &found.term);
        close(found.std_error, wanted.std_error, 0.0, 1e-9, &found.term);
    }
    close(two.deviance, logistic.deviance, 0.0, 1e-12, "deviance");
    close(-2.0 * two.null_log_likelihood, logistic.null_deviance, 0.0, 1e-12, "null deviance");
}

#[test]
fn separation_is_found_and_said() {
    assert!(fit(&mut classes()).unwrap().converged);
    // Every class by one column.
    let mut rows = classes();
    (0..90).for_each(|i| rows.y[i] = (i / 30) as f64);
    let error = fit(&mut rows).unwrap_err();
    assert!(
        error.contains("separated: \"a\" alone tells the classes \"low\", \"middle\", \"high\""),
        "{error}"
    );
    assert!(error.contains("in 90 of 90 rows"), "{error}");
    // One class only, by a combination.
    let mut rows = classes();
    for i in 0..90 {
        let high = rows.x[3 * i + 1] + rows.x[3 * i + 2] > 14.0;
        rows.y[i] = if high { 2.0 } else { (i % 3 / 2) as f64 };
    }
    let error = fit(&mut rows).unwrap_err();
    assert!(error.contains("a combination of") && error.contains("\"b\", \"c\""), "{error}");
    assert!(error.contains("tells the class \"high\" from all others"), "{error}");
    // An indicator whose rows are all of one class, which others are, too.
    let mut rows = classes();
    (0..90).for_each(|i| rows.x[3 * i + 2] = f64::from(i >= 86));
    let error = fit(&mut rows).unwrap_err();
    assert!(error.contains("\"c\" alone tells some classes apart"), "{error}");
    // A class without rows.
    let mut rows = classes();
    rows.y.iter_mut().for_each(|y| *y = if *y == 1.0 { 0.0 } else { *y });
    let error = fit(&mut rows).unwrap_err();
    assert!(error.contains("no row is of the class \"middle\"\n"), "{error}");
}

#[test]
fn what_cannot_be_fitted_is_said() {
    for (y, row) in [(3.0, 7), (-1.0, 8), (0.5, 9)] {
        let mut rows = classes();
        rows.y[row] = y;
        let error = fit(&mut rows).unwrap_err();
        assert!(error.contains(&format!("the target is {y} in row {row}")), "{error}");
        assert!(error.contains("a class is a whole number from 0 to 2"), "{error}");
    }
    let mut rows = classes();
    rows.offset = Some(vec![1.0; 90]);
    assert!(fit(&mut rows).unwrap_err().contains("an offset does not say which class"));
    let one = Multinomial::new(["a".to_string()]).fit(&mut classes()).unwrap_err().to_string();
    assert!(one.contains("the target has one class\n"), "{one}");
}

#[test]
fn dependent_columns_and_rows_of_no_weight_are_left_out() {
    let wanted = fit(&mut InMemory {
        names: ["a", "b"].map(String::from).into(),
        x: classes().x.chunks(3).flat_map(|row| [row[0], row[1]]).collect(),
        ..classes()
    })
    .unwrap();
    let mut rows = classes();
    for i in 0..90 {
        rows.x[3 * i + 2] = 3.0 + 2.0 * rows.x[3 * i] - rows.x[3 * i + 1];
    }
    rows.x.extend([5.0, 5.0, 5.0]);
    rows.y.push(0.0);
    rows.weights = Some((0..91).map(|i| f64::from(i < 90)).collect());
    let fit = fit(&mut rows).unwrap();
    assert_eq!(fit.aliases[0].describe(&fit.names), "c = 3 + 2 a - b");
    assert_eq!((fit.rank, fit.rows, &fit.columns[..]), (6, 90, &[0, 1][..]));
    for (found, wanted) in fit.inference.terms.iter().zip(&wanted.inference.terms) {
        close(found.estimate, wanted.estimate, wanted.std_error, 1e-10, &found.term);
    }
    assert_eq!(fit.class(0).len(), 0);
    assert_eq!(fit.class(2)[1].term, "high: a");
}

#[test]
fn threads_change_no_bit() {
    let numbers = Generator::philox(3).normal([20_000, 4]).to_vec::<f32>();
    let numbers = Vec::from_iter(numbers.into_iter().map(f64::from));
    let y =
        numbers.chunks(4).map(|x| (1.5 + 0.5 * x[0] - 0.3 * x[1] + x[3]).clamp(0.0, 2.9).floor()).collect();
    let x = numbers.chunks(4).flat_map(|x| [x[0], x[1], x[2]]).collect();
    let mut rows = InMemory::new(["a", "b", "c"].map(String::from), x, y).unwrap();
    let fits = [1, 2, 3].map(|count| {
        threads::set_threads(count);
        fit(&mut rows).unwrap()
    });
    assert_eq!(fits[0], fits[1]);
    assert_eq!(fits[0], fits[2]);
}

#[test]
fn models_are_saved_and_give_the_probabilities_of_the_fit() {
    let penguins = Table::from_csv("penguins.csv", samples::PENGUINS.as_bytes()).unwrap();
    let options = DesignOptions { category_target: true, ..DesignOptions::default() };
    let formula = Formula::parse("island ~ poly(flipper_length_mm, 2) + sex").unwrap();
    let design = formula.learn(&mut &penguins, &options).unwrap();
    let classes = design.target_levels().unwrap().to_vec();
    let fit = Multinomial::new(classes).fit(&mut design.observe(&penguins)).unwrap();
    let rows = design.observe(&penguins).collect().unwrap();
    let model = MultinomialModel::new(design, &fit);
    let names = Vec::from_iter(fit.inference.terms.iter().map(|term| &*term.term));
    assert_eq!(model.terms(), names);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("islands.safetensors");
    model.save(&path).unwrap();
    let loaded = MultinomialModel::load(&path).unwrap();
    assert_eq!(loaded, model);
    let (all, chosen) = (loaded.probabilities(&penguins).unwrap(), loaded.predict(&penguins).unwrap());
    let found = Vec::from_iter(all.iter().flatten());
    assert!(found.len() < all.len() && found.len() == rows.y.len());
    let mut right = 0;
    for ((each, row), (choice, y)) in
        found.iter().zip(rows.x.chunks(3)).zip(chosen.into_iter().flatten().zip(&rows.y))
    {
        close(each.iter().sum(), 1.0, 0.0, 1e-15, "sum");
        assert!(each.iter().all(|one| *one <= each[choice]));
        assert_eq!(**each, fit.probabilities(row));
        right += usize::from(choice as f64 == *y);
    }
    assert!(right > rows.y.len() / 2, "{right}");
    let bytes = model.to_bytes();
    for length in (0..bytes.len()).step_by(97) {
        assert!(MultinomialModel::from_bytes("m", &bytes[..length]).is_err());
    }
    let error = ndgrad_linear::FittedModel::load(&path).unwrap_err().to_string();
    assert!(error.contains("another kind, \"multinomial\""), "{error}");
}
