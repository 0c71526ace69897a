//! `ndgrad fit` with formulas, weights, clusters, robust losses, penalties, classes and descent; in little memory, and in parts.
//!
//! Expected numbers are those that golden/methods.py printed, with statsmodels 0.15.0 and scikit-learn 1.9.1.

mod common;

use std::fs;

use common::{Place, rows, sample};
use serde_json::Value;

fn json(place: &Place, words: &str) -> Value {
    serde_json::from_str(&place.ok(&format!("{words} --json")).out).unwrap()
}

fn penguins(place: &Place, words: &str) -> Value {
    json(place, &format!("fit {} {words}", sample("penguins.csv")))
}

fn numbers(report: &Value, field: &str) -> Vec<f64> {
    let coefficients = report["coefficients"].as_array().unwrap();
    coefficients.iter().map(|c| c[field].as_f64().unwrap_or(f64::NAN)).collect()
}

/// Asserts terms, estimates and, where they are given, standard errors.
fn assert_fit(report: &Value, expected: &[(&str, f64, f64)], tolerance: f64) {
    let coefficients = report["coefficients"].as_array().unwrap();
    let terms: Vec<&str> = coefficients.iter().map(|c| c["term"].as_str().unwrap()).collect();
    assert_eq!(terms, expected.iter().map(|term| term.0).collect::<Vec<_>>());
    let (estimates, errors) = (numbers(report, "estimate"), numbers(report, "std_error"));
    for (i, (term, estimate, error)) in expected.iter().enumerate() {
        assert!((estimates[i] / estimate - 1.0).abs() < tolerance, "{term}: {}", estimates[i]);
        assert!(error.is_nan() || (errors[i] / error - 1.0).abs() < 1e-8, "{term}: {}", errors[i]);
    }
}

#[test]
fn a_formula_has_the_terms_that_it_says() {
    let place = Place::new();
    let report = penguins(
        &place,
        "--formula log(body_mass_g)~flipper_length_mm*sex+I(bill_depth_mm^2)-1 --hold-out 0",
    );
    let expected = [
        ("sex[female]", 6.3845362232014296, 0.1489445934922243),
        ("sex[male]", 6.816317348414457, 0.1397044084631005),
        ("flipper_length_mm", 0.010092115874402311, 0.0006528164569891917),
        ("flipper_length_mm:sex[male]", -0.0015490150965344668, 0.0006821325971914842),
        ("I(bill_depth_mm^2)", -0.0004826412875959893, 0.00010884257180555854),
    ];
    assert_fit(&report, &expected, 1e-9);
    assert_eq!(report["target"], "log(body_mass_g)");
    let run = place.ok(&format!("predict ndgrad-fit/model.safetensors {}", sample("penguins.csv")));
    let predicted: f64 = run.out.lines().nth(1).unwrap().rsplit(',').next().unwrap().parse().unwrap();
    let by_hand = 6.816317348414457 + (0.010092115874402311 - 0.0015490150965344668) * 181.0
        - 0.0004826412875959893 * 18.7 * 18.7;
    assert!((predicted - by_hand).abs() < 1e-9, "{predicted}");

    let run = place.run("fit --formula body_mass_g~flipper_length_m");
    assert_eq!(run.code, Some(1));
    assert!(
        run.err.contains("did you mean \"flipper_length_mm\"?") && run.err.contains("^^^"),
        "{}",
        run.err
    );
}

#[test]
fn weights_and_clusters_are_columns() {
    let place = Place::new();
    // Rows that lack the sex, which the program that made the numbers left out.
    let complete: String = fs::read_to_string(sample("penguins.csv"))
        .unwrap()
        .lines()
        .filter(|line| !line.contains("NA") && !line.contains(",,"))
        .map(|line| format!("{line}\n"))
        .collect();
    place.file("p.csv", complete);
    let words = "fit p.csv --formula body_mass_g~bill_length_mm+C(year) --weights bill_depth_mm";
    let expected = [
        ("(intercept)", 529.0006379056068, 289.08000535541805),
        ("C(year)[2008]", 164.94352981192634, 88.27656354853039),
        ("C(year)[2009]", 25.994243704622335, 87.26133090750075),
        ("bill_length_mm", 81.41940185994667, 6.432090135562472),
    ];
    assert_fit(&json(&place, words), &expected, 1e-9);
    let words = "fit p.csv --target body_mass_g --features bill_length_mm,bill_depth_mm --cluster island";
    let report = json(&place, words);
    let expected = [
        ("(intercept)", 3413.4518512859668, 1982.4252349308833),
        ("bill_length_mm", 74.8126256719317, 37.916624115712686),
        ("bill_depth_mm", -145.5071830370997, 41.756998723729225),
    ];
    assert_fit(&report, &expected, 1e-9);
    assert_eq!(report["covariance"], "clustered");

    let words = "fit p.csv --target body_mass_g --features bill_length_mm --loss quantile --quantile 0.25";
    let expected =
        [("(intercept)", 1509.7701059077997, f64::NAN), ("bill_length_mm", 48.85057488462177, f64::NAN)];
    assert_fit(&json(&place, words), &expected, 1e-6);

    // scikit-learn penalizes columns as they are, here divided by their deviations.
    let words = "fit p.csv --target body_mass_g --features bill_length_mm,bill_depth_mm,flipper_length_mm,year \
                 --penalty lasso --lambda 10";
    let report = json(&place, words);
    let expected =
        [189214.89309976206, 1.3097936097193128, 9.378637744189547, 50.7190335846031, -97.31832642275737];
    for (found, expected) in numbers(&report, "estimate").iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-6 * f64::abs(expected), "{found}, not {expected}");
    }

    let words = "fit p.csv --formula species~bill_length_mm --family multinomial";
    let report = json(&place, words);
    let expected = [-55.77020796650327, 1.2661357125362607, -49.273590925817636, 1.1429347272954478];
    for (found, expected) in numbers(&report, "estimate").iter().zip(expected) {
        assert!((found / expected - 1.0).abs() < 1e-8, "{found}, not {expected}");
    }
    assert!((report["log_likelihood"].as_f64().unwrap() / -164.37940424708398 - 1.0).abs() < 1e-10);
    for (option, kind, expected) in [
        (
            "--covariance hc0",
            "HC0",
            [7.324031625706121, 0.17034001798193024, 6.7649843476418186, 0.15980771890986606],
        ),
        (
            "--cluster island",
            "clustered",
            [8.540865820970852, 0.2041091552279815, 7.822889908954006, 0.2037150425379689],
        ),
    ] {
        let report = json(&place, &format!("{words} {option}"));
        assert_eq!(report["covariance"], kind);
        // statsmodels does not correct the first of these, and both correct the second for small samples.
        for (found, expected) in numbers(&report, "std_error").iter().zip(expected) {
            assert!((found / expected - 1.0).abs() < 1e-8, "{option}: {found}, not {expected}");
        }
    }
}

#[test]
fn an_outlier_does_not_move_a_robust_line() {
    let place = Place::new();
    let mut text: String = "x,y\n".into();
    (0..60).for_each(|i| text += &format!("{i},{}\n", 2.0 * f64::from(i) + f64::from(i * 7 % 5)));
    text += "60,9999\n";
    place.file("a.csv", text);
    let slope = |words: &str| numbers(&json(&place, &format!("fit a.csv --target y {words}")), "estimate")[1];
    assert!(slope("") > 10.0);
    assert!((slope("--loss huber") - 2.0).abs() < 0.1);
    assert!((slope("--loss quantile") - 2.0).abs() < 0.1);
    assert!((slope("--loss huber --threshold 3 --solver adam --epochs 400") - 2.0).abs() < 0.1);
}

#[test]
fn more_features_than_rows_need_a_penalty() {
    let place = Place::new();
    let mut text = (0..40).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",") + ",y\n";
    for row in 0..30u64 {
        let value = |i: u64| ((row * 7919 + i * 104_729 + row * row * i * 31 + i * i * row) % 1009) as f64;
        let fields: Vec<String> = (0..40).map(|i| value(i).to_string()).collect();
        text += &format!("{},{}\n", fields.join(","), 3.0 * value(2) - value(5));
    }
    place.file("a.csv", text);
    let run = place.run("fit a.csv --target y");
    assert!(run.code == Some(1) && run.err.contains("penalty"), "{}", run.err);
    for penalty in ["ridge --lambda 1", "lasso", "elastic-net"] {
        let report = json(&place, &format!("fit a.csv --target y --penalty {penalty}"));
        assert!(
            report["lambda"].as_f64().unwrap() > 0.0 && report["all"]["r2"].as_f64().unwrap() > 0.3,
            "{report}"
        );
        assert_eq!(report["coefficients"].as_array().unwrap().len(), 41);
    }
}

#[test]
fn classes_are_foreseen() {
    let place = Place::new();
    let report = penguins(&place, "--formula species~bill_length_mm --family multinomial");
    let run = place.ok(&format!("predict ndgrad-fit/model.safetensors {}", sample("penguins.csv")));
    let header = run.out.lines().next().unwrap();
    assert!(header.ends_with("predicted,probability[Adelie],probability[Chinstrap],probability[Gentoo]"));
    let right = run.out.lines().skip(1).filter(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        fields[0] == fields[8]
    });
    let share = right.count() as f64 / 342.0;
    assert!((share - report["all"]["accuracy"].as_f64().unwrap()).abs() < 1e-12, "{share}");
    let steps =
        penguins(&place, "--formula species~bill_length_mm --family multinomial --solver adam --epochs 200");
    let accuracy = |report: &Value| report["all"]["accuracy"].as_f64().unwrap();
    assert!(
        (accuracy(&steps) - accuracy(&report)).abs() < 0.05
            && steps["coefficients"][0]["std_error"].is_null()
    );
    // Every row is foreseen once by a model that has not seen it.
    let words = "--formula species~bill_length_mm+bill_depth_mm --family multinomial";
    let crossed = penguins(&place, &format!("{words} --validate 5"));
    let part = |name: &str, field: &str| crossed[name][field].as_f64().unwrap();
    assert_eq!((part("validation", "rows"), part("train", "rows")), (342.0, 4.0 * 342.0));
    assert!(part("train", "log_loss") < part("all", "log_loss"));
    assert!(part("all", "log_loss") < part("validation", "log_loss"));
    assert!(part("validation", "accuracy") > 0.9 && part("validation", "accuracy") < 1.0);
    assert!((2.0 * part("all", "log_loss") * 342.0 - crossed["deviance"].as_f64().unwrap()).abs() < 1e-9);
    for (option, message) in [
        ("--offset year", "--offset has no meaning for --family multinomial"),
        ("--covariance hc3", "Choose hc0, hc1 or --cluster."),
    ] {
        let run = place.run(&format!("fit {} {words} {option}", sample("penguins.csv")));
        assert!(run.code == Some(2) && run.err.contains(message), "{}", run.err);
    }
    let run = place.run("fit --target year --family multinomial");
    assert!(run.code == Some(2) && run.err.contains("--categories year"), "{}", run.err);
}

#[test]
fn two_words_are_an_outcome() {
    let place = Place::new();
    let report = penguins(&place, "--formula sex~body_mass_g+bill_depth_mm --family binomial");
    assert_eq!(report["target"], "sex = male");
    assert!(report["all"]["accuracy"].as_f64().unwrap() > 0.8);
    let run =
        place.run(&format!("fit {} --formula species~body_mass_g --family binomial", sample("penguins.csv")));
    assert!(run.code == Some(1) && run.err.contains("--family multinomial"), "{}", run.err);
}

#[test]
fn rows_need_not_fit_into_memory() {
    let place = Place::new();
    place.file("a.csv", rows(40_000));
    let kept = json(&place, "fit a.csv --target y");
    let streamed = json(&place, "fit a.csv --target y --memory 100kB --out streamed");
    let (kept_b, streamed_b) = (numbers(&kept, "estimate"), numbers(&streamed, "estimate"));
    assert!(kept_b.iter().zip(&streamed_b).all(|(a, b)| (a / b - 1.0).abs() < 1e-13));
    for field in ["heaviest_rows", "rows", "dropped"] {
        let lines = |report: &Value| {
            report[field].as_array().map(|rows| rows.iter().map(|r| r["line"].clone()).collect())
        };
        let (a, b): (Option<Vec<Value>>, Option<Vec<Value>>) = (lines(&kept), lines(&streamed));
        assert!(a == b && (a.is_some() || kept[field] == streamed[field]), "{field}");
    }
    let close = |key: &str, field: &str| {
        let number = |report: &Value| report[key][field].as_f64().unwrap();
        (number(&kept) / number(&streamed) - 1.0).abs() < 1e-12
    };
    assert!(close("validation", "r2") && close("all", "rmse"));
}

#[test]
fn parts_add_up_to_the_whole() {
    let place = Place::new();
    let text = rows(3000);
    let lines: Vec<&str> = text.lines().collect();
    let file = |range: std::ops::Range<usize>| format!("{}\n{}\n", lines[0], lines[range].join("\n"));
    place.file("all.csv", file(1..3001)).file("1.csv", file(1..1001)).file("2.csv", file(1001..3001));
    let whole = json(&place, "fit all.csv --target y --hold-out 0");
    place.ok("fit 1.csv --target y --save-stats 1.stats");
    place.ok("fit 2.csv --target y --save-stats 2.stats");
    let merged = json(&place, "merge 1.stats 2.stats --save-stats all.stats --out merged");
    for field in ["estimate", "std_error", "lower", "p_value"] {
        for (a, b) in numbers(&merged, field).iter().zip(numbers(&whole, field)) {
            assert!((a - b).abs() <= 1e-11 * b.abs(), "{field}: {a} {b}");
        }
    }
    assert_eq!((&merged["rows"], &merged["target"]), (&whole["rows"], &whole["target"]));
    let predicted = |model: &str| place.ok(&format!("predict {model}/model.safetensors 1.csv")).out;
    assert_eq!(predicted("merged").lines().count(), predicted("ndgrad-fit").lines().count());

    place.ok("fit 1.csv --target y --features a --save-stats other.stats");
    let run = place.run("merge 1.stats other.stats");
    assert!(run.code == Some(1) && run.err.contains("cannot be added to those of 1.stats"), "{}", run.err);
    let run = place.run("merge 1.csv");
    assert!(run.code == Some(1) && run.err.starts_with("error: 1.csv: "), "{}", run.err);
}

#[test]
fn parts_may_lack_levels() {
    let place = Place::new();
    let text = rows(900);
    let (header, lines) = text.split_once('\n').unwrap();
    // A second category, whose first level no row of the first part has.
    let line = |(i, line): (usize, &str)| format!("{line},{}\n", ["south", "north", "east"][i / 3 % 3]);
    let lines: Vec<String> = lines.lines().enumerate().map(line).collect();
    let file = |keep: &dyn Fn(&str) -> bool| {
        let kept: String = lines.iter().filter(|line| keep(line)).cloned().collect();
        format!("{header},side\n{kept}")
    };
    place
        .file("all.csv", file(&|_| true))
        .file("1.csv", file(&|line| line.contains(",x,") && !line.ends_with("east\n")))
        .file("2.csv", file(&|line| line.contains(",y,")))
        .file(
            "3.csv",
            file(&|line| line.contains(",z,") || line.contains(",x,") && line.ends_with("east\n")),
        );
    for formula in ["y~a+b+kind", "y~a*kind+side", "y~kind*side+b:side", "y~0+kind+a:side", "y~C(kind,Sum)+b"]
    {
        let whole = json(&place, &format!("fit all.csv --formula {formula} --hold-out 0"));
        for part in 1..=3 {
            let words = format!("fit {part}.csv --formula {formula} --save-stats {part}.stats --out part");
            place.ok(&words);
        }
        place.ok("merge 1.stats 2.stats --save-stats both.stats --out merged");
        for parts in ["1.stats 2.stats 3.stats", "3.stats both.stats"] {
            let merged = json(&place, &format!("merge {parts} --out merged"));
            let terms = |report: &Value| {
                let all = report["coefficients"].as_array().unwrap().iter();
                all.map(|c| (c["term"].clone(), c["baseline"].clone())).collect::<Vec<_>>()
            };
            assert_eq!(terms(&merged), terms(&whole), "{formula}");
            for field in ["estimate", "std_error"] {
                for (a, b) in numbers(&merged, field).iter().zip(numbers(&whole, field)) {
                    assert!((a - b).abs() <= 1e-10 * b.abs(), "{formula}: {field}: {a} {b}");
                }
            }
            assert_eq!(merged["rows"], whole["rows"]);
        }
        let predicted = |model: &str| place.ok(&format!("predict {model}/model.safetensors all.csv")).out;
        let last = |text: &str| {
            text.lines().skip(1).map(|l| l.rsplit(',').next().unwrap().parse::<f64>().unwrap()).sum::<f64>()
        };
        assert!((last(&predicted("merged")) / last(&predicted("ndgrad-fit")) - 1.0).abs() < 1e-10);
    }
}

#[test]
fn a_descent_goes_on_where_it_was_left() {
    let place = Place::new();
    place.file("a.csv", rows(2000));
    // Without weights, sgd is the training that ends by itself: in the trial, in mini-batches, and in all rows.
    for (solver, epochs) in [("sgd --batch-size 4 --patience 100", 2), ("sgd", 5), ("sgd --hold-out 0", 3)] {
        let words = format!("fit a.csv --target y --solver {solver}");
        json(&place, &format!("{words} --out whole"));
        let part = json(&place, &format!("{words} --epochs {epochs} --out part"));
        assert_eq!(part["stop"], "epochs");
        let resumed = json(&place, &format!("{words} --resume part/descent.json --out resumed"));
        assert_eq!(resumed["stop"], "converged");
        assert_eq!(
            place.read("whole/model.safetensors"),
            place.read("resumed/model.safetensors"),
            "{solver}"
        );
        for (words, message) in [
            (format!("{words} --seed 1"), "training with another seed"),
            (format!("{words} --features a"), "training with another list of terms"),
            (format!("{words} --weights a"), "one of --solver sgd for plain least squares in memory"),
        ] {
            let run = place.run(&format!("{words} --resume part/descent.json"));
            assert!(run.code == Some(1) && run.err.contains(message), "{}", run.err);
        }
    }
    for solver in ["sgd", "adam"] {
        let words = format!("fit a.csv --target y --weights a --solver {solver}");
        json(&place, &format!("{words} --epochs 6 --out whole"));
        json(&place, &format!("{words} --epochs 2 --out part"));
        json(&place, &format!("{words} --epochs 6 --resume part/descent.json --out resumed"));
        assert_eq!(place.read("whole/descent.json"), place.read("resumed/descent.json"), "{solver}");
        assert_eq!(
            place.read("whole/model.safetensors"),
            place.read("resumed/model.safetensors"),
            "{solver}"
        );
        let run = place.run(&format!("{words} --resume part/report.json"));
        assert!(run.code == Some(1) && run.err.contains("part/report.json"), "{}", run.err);
    }
    let exact = json(&place, "fit a.csv --target y --weights a");
    let words =
        "fit a.csv --target y --weights a --solver adam --warm-start ndgrad-fit/model.safetensors --epochs 1";
    let warm = json(&place, &format!("{words} --out warm"));
    let (warm_b, exact_b) = (numbers(&warm, "estimate"), numbers(&exact, "estimate"));
    let off = warm_b.iter().zip(&exact_b).map(|(a, b)| (a / b - 1.0).abs());
    assert!(off.fold(0.0, f64::max) < 0.1, "{warm}");
}

#[test]
fn options_that_have_no_meaning_together_are_refused() {
    let place = Place::new();
    for (words, message) in [
        ("fit --formula y~x --target y", "cannot be used with"),
        ("fit --lambda 1", "--penalty"),
        ("fit --penalty lasso --mix 0.5", "--mix is for --penalty elastic-net"),
        ("fit --penalty lasso --family poisson", "--penalty by --solver exact is for least squares"),
        ("fit --penalty lasso --solver adam", "needs --lambda"),
        ("fit --loss huber --family gamma", "--loss has no meaning for --family gamma"),
        ("fit --loss huber --threshold 1", "--threshold has no meaning for --solver exact"),
        ("fit --loss huber --solver sgd", "needs --threshold"),
        ("fit --quantile 0.5", "--quantile has no meaning without --loss quantile"),
        ("fit --covariance clustered", "needs --cluster"),
        ("fit --covariance hc3 --loss huber", "are for least squares and families"),
        ("fit --save-stats s --loss huber", "--save-stats"),
        ("fit --memory lots", "invalid value 'lots' for '--memory"),
        ("fit --resume x", "--resume has no meaning for --solver exact"),
    ] {
        let run = place.run(words);
        assert!(run.code == Some(2) && run.err.contains(message), "{words}: {}", run.err);
    }
    assert_eq!(place.names(), [""; 0]);
}
