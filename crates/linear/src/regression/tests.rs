//! Whole fits: what is learned, what is reported, and which rows it is about.

use super::*;
use crate::train::Stop;
use ndgrad_data::samples;

fn table(name: &str, text: &str) -> Table {
    Table::from_csv(name, text.as_bytes()).unwrap()
}

fn penguins() -> Table {
    table("penguins.csv", samples::PENGUINS)
}

/// The digits that two numbers share.
fn digits(computed: f64, expected: f64) -> f64 {
    (-((computed - expected) / expected).abs().log10()).min(17.0)
}

fn assert_coefficients(fit: &Fit, expected: &[(&str, f64)], exact_digits: f64, estimate_digits: f64) {
    assert_eq!(fit.coefficients.len(), expected.len());
    for (coefficient, &(term, value)) in fit.coefficients.iter().zip(expected) {
        assert_eq!(coefficient.term, term);
        let (exact, estimate) = (digits(coefficient.exact, value), digits(coefficient.estimate, value));
        assert!(exact >= exact_digits, "{term}: exact to {exact} digits");
        assert!(estimate >= estimate_digits, "{term}: learned to {estimate} digits");
    }
}

/// The certified values of NIST's StRD.
#[test]
fn norris_and_longley_without_settings() {
    let norris = [("(intercept)", -0.262323073774029), ("x1", 1.00211681802045)];
    let longley = [
        ("(intercept)", -3482258.63459582),
        ("x1", 15.0618722713733),
        ("x2", -0.358191792925910e-1),
        ("x3", -2.02022980381683),
        ("x4", -1.03322686717359),
        ("x5", -0.511041056535807e-1),
        ("x6", 1829.15146461355),
    ];
    for seed in 0..20 {
        let fit = LinearRegression::new("y").seed(seed).fit(&table("norris.csv", samples::NORRIS)).unwrap();
        assert_eq!((fit.stop, fit.rows, fit.dropped), (Stop::Converged, 36, 0));
        assert_coefficients(&fit, &norris, 13.5, 11.0);
        assert!(digits(fit.all.r2.unwrap(), 0.999993745883712) > 14.0);

        let fit = LinearRegression::new("y").seed(seed).fit(&table("longley.csv", samples::LONGLEY)).unwrap();
        assert_eq!((fit.stop, fit.train.rows.len()), (Stop::Converged, 13));
        assert_coefficients(&fit, &longley, 13.5, 8.0);
        assert!(digits(fit.all.r2.unwrap(), 0.995479004577296) > 14.0);
        let error = fit.coefficients[6].standard_error.unwrap();
        assert!(digits(error, 455.478499142212) > 13.0);
    }
}

// Python 3.13, numpy 2.4.6, the 333 rows of penguins.csv without NA:
//
//   x = ones, indicators of all sorted levels but the first, and numbers, in the order of the columns
//   m = x.mean(0); m[0] = 0
//   w = np.linalg.lstsq(x - m, y, rcond=None)[0]; w[0] -= m[1:] @ w[1:]
//   e = y - x @ w
//   np.sqrt((e * e).mean()), abs(e).mean(), 1 - (e @ e) / ((y - y.mean())**2).sum()
#[test]
fn penguins_without_settings() {
    let expected = [
        ("(intercept)", 84087.94459722834),
        ("species[Chinstrap]", -282.5394717299577),
        ("species[Gentoo]", 890.9581793077307),
        ("island[Dream]", -21.180171290881596),
        ("island[Torgersen]", -58.77708424860876),
        ("bill_length_mm", 18.96387843093798),
        ("bill_depth_mm", 60.79774633663355),
        ("flipper_length_mm", 18.50387437030129),
        ("sex[male]", 378.9770426455503),
        ("year", -42.78455504985919),
    ];
    for seed in 0..5 {
        let fit = LinearRegression::new("body_mass_g").seed(seed).fit(&penguins()).unwrap();
        assert_coefficients(&fit, &expected, 10.0, 9.0);
        assert_eq!((fit.rows, fit.dropped, fit.stop), (333, 11, Stop::Converged));
        assert_eq!(fit.warnings, [""; 0]);
        assert_eq!(fit.coefficients[1].baseline.as_deref(), Some("Adelie"));
        assert!(digits(fit.all.rmse, 282.1890944879532) > 11.0);
        assert!(digits(fit.all.mae, 226.50503105415808) > 9.0);
        assert!(digits(fit.all.r2.unwrap(), 0.8768138099251765) > 12.0);
        let validation = fit.validation.unwrap();
        assert_eq!((fit.train.rows.len(), validation.rows.len()), (266, 67));
        assert!(validation.r2.unwrap() > 0.8 && validation.rmse < 340.0 && validation.mae < validation.rmse);
        assert!(fit.history.len() < 100);
    }
}

#[test]
fn the_equation_is_wrapped() {
    assert_eq!(
        LinearRegression::new("body_mass_g").fit(&penguins()).unwrap().equation(),
        "body_mass_g = 84088 - 282.54 species[Chinstrap] + 890.96 species[Gentoo]\n        \
         - 21.18 island[Dream] - 58.777 island[Torgersen] + 18.964 bill_length_mm\n        \
         + 60.798 bill_depth_mm + 18.504 flipper_length_mm + 378.98 sex[male]\n        \
         - 42.785 year"
    );
}

/// The trial never saw the validation rows: what is in them does not change it.
#[test]
fn the_validation_rows_judge_and_do_not_teach() {
    let text = |spoilt: &[usize]| {
        let row = |i: usize| {
            let y = if spoilt.contains(&i) { 100.0 } else { (3 * i + i * i % 7) as f64 };
            format!("{i},{},{y}\n", i * i % 11)
        };
        format!("a,b,y\n{}", (0..60).map(row).collect::<String>())
    };
    // One epoch, so that no judgement of the validation rows can end the training.
    let regression = LinearRegression::new("y").epochs(1);
    let fit = regression.fit(&table("t.csv", &text(&[]))).unwrap();
    let rows = fit.validation.unwrap().rows;
    assert_eq!(rows.len(), 12);
    let spoilt = regression.fit(&table("t.csv", &text(&rows))).unwrap();
    assert_eq!(spoilt.train, fit.train);
    assert_eq!(spoilt.history[0].train_loss, fit.history[0].train_loss);
    assert_ne!(spoilt.history[0].validation_loss, fit.history[0].validation_loss);
    assert!(digits(spoilt.coefficients[1].exact, fit.coefficients[1].exact) < 3.0);
}

#[test]
fn predictions_are_those_of_the_training() {
    for missing in [Missing::Drop, Missing::Mean] {
        let fit = LinearRegression::new("body_mass_g").missing(missing).fit(&penguins()).unwrap();
        let predicted = fit.model.predict(&penguins()).unwrap();
        let used: Vec<f64> = fit.all.rows.iter().map(|&row| predicted[row].unwrap()).collect();
        assert_eq!(used, fit.all.predicted);
        let without = predicted.iter().filter(|prediction| prediction.is_none()).count();
        assert_eq!(without, if missing == Missing::Drop { 11 } else { 0 });
        assert_eq!((fit.rows, fit.dropped), if missing == Missing::Drop { (333, 11) } else { (342, 2) });
    }
}

#[test]
fn columns_are_found_by_name() {
    let model = LinearRegression::new("y")
        .fit(&table("t.csv", "a,c,y\n1,u,1\n2,v,3\n3,u,2\n4,v,9\n5,w,1\n"))
        .unwrap()
        .model;
    let predict = |text: &str| model.predict(&model.csv().read_from("p.csv", text.as_bytes())?);
    let straight = predict("a,c\n1.5,v\n2.5,w\n").unwrap();
    assert_eq!(predict("c,other,a\nv,1,1.5\nw,2,2.5\n").unwrap(), straight);
    assert_eq!(predict("c,a\nw,2.5\n").unwrap(), straight[1..]);
    assert_eq!(predict("a,c\n1.5,NA\nNA,u\n").unwrap(), [None, None]);
    assert_eq!(
        predict("a,c\n1,u\n2,x\n").unwrap_err().to_string(),
        "p.csv:3: column \"c\": the model has not seen the category \"x\"\n    \
         It was trained on \"u\", \"v\", \"w\"."
    );
    assert_eq!(
        predict("aa,c\n1,u\n").unwrap_err().to_string(),
        "p.csv: there is no column \"a\"; did you mean \"aa\"?\n    The columns are \"aa\", \"c\"."
    );
}

#[test]
fn numbers_declared_as_categories() {
    let text = "zip,y\n01,1\n02,2\n01,3\n02,5\n03,4\n03,4\n";
    let read = |csv: ndgrad_data::Csv| csv.read_from("t.csv", text.as_bytes()).unwrap();
    let zips = read(ndgrad_data::Csv::new().categories(["zip"]));
    let fit = LinearRegression::new("y").categories(["zip"]).fit(&zips).unwrap();
    assert_eq!(fit.coefficients[1].term, "zip[02]");
    assert_eq!(fit.model.predict(&read(fit.model.csv())).unwrap().len(), 6);
    let error = LinearRegression::new("y").categories(["zip"]).fit(&table("t.csv", text)).unwrap_err();
    assert!(error.to_string().contains("ask for that when the file is read"), "{error}");
}

#[test]
fn dependent_features_are_left_out_with_their_equation() {
    let row = |i: i32| {
        let (a, c) = (i, i * i % 7);
        format!("{a},{},{c},{},{}\n", 32.0 + 1.8 * f64::from(a), a - 2 * c, i * i)
    };
    let text = format!("celsius,fahrenheit,c,d,y\n{}", (0..30).map(row).collect::<String>());
    let fit = LinearRegression::new("y").fit(&table("t.csv", &text)).unwrap();
    assert_eq!(
        fit.warnings,
        [
            "feature \"fahrenheit\" was left out: it follows from other features: fahrenheit = 32 + 1.8 celsius",
            "feature \"d\" was left out: it follows from other features: d = celsius - 2 c",
        ]
    );
    let terms: Vec<&str> = fit.coefficients.iter().map(|coefficient| coefficient.term.as_str()).collect();
    assert_eq!(terms, ["(intercept)", "celsius", "c"]);
    // What the model does not need it does not ask for.
    assert!(fit.model.predict(&table("p.csv", "celsius,c\n1,2\n")).unwrap()[0].is_some());
    assert_eq!(fit.stop, Stop::Converged);
}

/// A level whose indicator follows from another feature has no term, yet the model knows it.
#[test]
fn dependent_levels_stay_known() {
    let rows =
        [("u", "p"), ("v", "q"), ("u", "r"), ("u", "p"), ("v", "q"), ("u", "r"), ("u", "p"), ("v", "q")];
    let row = |(i, (c, d)): (usize, &(&str, &str))| format!("{c},{d},{i},{}\n", 2 * i + i * i % 3);
    let text = format!("c,d,a,y\n{}", rows.iter().enumerate().map(row).collect::<String>());
    let fit = LinearRegression::new("y").fit(&table("t.csv", &text)).unwrap();
    assert_eq!(fit.warnings, ["feature \"d[q]\" was left out: it follows from other features: d[q] = c[v]"]);
    let names: Vec<String> = fit.model.terms().into_iter().map(|term| term.name).collect();
    assert_eq!(names, ["c[v]", "d[r]", "a"]);
    let loaded = Model::from_bytes("m", &fit.model.to_bytes()).unwrap();
    assert_eq!(loaded, fit.model);
    let predicted = loaded.predict(&table("t.csv", &text)).unwrap();
    assert_eq!(predicted.into_iter().flatten().collect::<Vec<_>>(), fit.all.predicted);
}

#[test]
fn rows_that_are_just_enough() {
    let text = "a,b,y\n1,2,3\n2,1,5\n3,5,4\n4,3,9\n";
    let fit = LinearRegression::new("y").fit(&table("t.csv", text)).unwrap();
    assert_eq!(
        fit.warnings,
        ["no rows were held back to validate the model: 4 rows are just enough to determine 3 coefficients"]
    );
    assert_eq!((fit.validation, fit.trial_stop, fit.stop), (None, None, Stop::Converged));
    assert_eq!(fit.train, fit.all);
    assert!(fit.history.iter().all(|epoch| epoch.stage == Stage::Final && epoch.validation_loss.is_none()));
    // As many rows as coefficients: the line goes through the points, and there is no standard error.
    let fit = LinearRegression::new("y").fit(&table("t.csv", "a,y\n1,2\n3,8\n")).unwrap();
    assert_eq!(fit.coefficients[1].standard_error, None);
    assert!((fit.coefficients[1].estimate - 3.0).abs() < 1e-11);
    // Asked for, it is no reason for a warning.
    let fit = LinearRegression::new("y").validation(0.0).fit(&table("t.csv", text)).unwrap();
    assert!(fit.warnings.is_empty() && fit.validation.is_none());
}

#[test]
fn training_can_be_cut_short() {
    let fit = LinearRegression::new("body_mass_g").epochs(2).fit(&penguins()).unwrap();
    assert_eq!((fit.trial_stop, fit.stop, fit.history.len()), (Some(Stop::Epochs), Stop::Epochs, 2));
    assert!(fit.all.r2.unwrap() > 0.8, "two epochs are better than none");

    for at in [3, 25] {
        let mut seen = 0;
        let regression = LinearRegression::new("body_mass_g");
        let fit = regression.fit_with(&penguins(), |epoch| {
            seen = epoch.number;
            if seen == at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let fit = fit.unwrap();
        assert_eq!((fit.stop, fit.history.len(), seen), (Stop::Interrupted, at, at));
        assert!(fit.all.r2.unwrap() > 0.8);
        let predicted = fit.model.predict(&penguins()).unwrap();
        assert_eq!(fit.all.predicted[0], predicted[0].unwrap());
    }
}

#[test]
fn near_dependence_is_said_where_training_cannot_finish() {
    let row = |i: i32| {
        let x = f64::from(i) / 40.0;
        let powers = (1..=9).map(|power| libm::pow(x, f64::from(power)).to_string());
        format!("{},{}\n", libm::sin(6.0 * x), powers.collect::<Vec<_>>().join(","))
    };
    let names: Vec<String> = (1..=9).map(|power| format!("x{power}")).collect();
    let text = format!("y,{}\n{}", names.join(","), (0..=40).map(row).collect::<String>());
    let fit = LinearRegression::new("y").epochs(200).fit(&table("t.csv", &text)).unwrap();
    assert!(fit.condition > 1e5, "{}", fit.condition);
    assert_eq!(
        fit.warnings,
        [format!(
            "some features nearly follow from others (condition number {}), so training has not found every \
             coefficient to four digits: use the exact ones, or leave out such a feature",
            rounded(fit.condition, 2)
        )]
    );
    // What the coefficients share out differently, the predictions hardly notice.
    assert!(fit.all.r2.unwrap() > 0.999_999 && fit.validation.unwrap().r2.unwrap() > 0.999);
}

#[test]
fn scales_do_not_matter() {
    let row = |i: i32| format!("{}e-120,{}e120,{}e3\n", i, i * i % 7, 5 * i + i * i % 5);
    let text = format!("a,b,y\n{}", (0..40).map(row).collect::<String>());
    let fit = LinearRegression::new("y").fit(&table("t.csv", &text)).unwrap();
    assert_eq!(fit.stop, Stop::Converged);
    for coefficient in &fit.coefficients[1..] {
        assert!(digits(coefficient.estimate, coefficient.exact) > 8.0, "{coefficient:?}");
    }
}

#[test]
#[should_panic(
    expected = "linear regression: the learning rate must be a positive number\n    learning_rate  NaN"
)]
fn settings_that_make_no_sense() {
    let _ = LinearRegression::new("y").learning_rate(f64::NAN);
}
