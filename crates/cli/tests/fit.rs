//! `ndgrad fit`: real data without flags, the report, the files, the same bits.

mod common;

use std::fs;

use common::{Place, names, rows, sample};
use serde_json::Value;

const FILES: [&str; 3] = ["model.safetensors", "report.html", "report.json"];

fn json(place: &Place, words: &str) -> Value {
    let run = place.ok(&format!("fit {words} --json"));
    assert_eq!(run.out.lines().count(), 1, "one object and nothing else: {}", run.out);
    serde_json::from_str(&run.out).unwrap()
}

fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap_or_else(|| panic!("{field} of {value}"))
}

/// Asserts that estimates and standard errors have so many digits of the certified ones, by descent six.
fn assert_certified(report: &Value, certified: &[(f64, f64)], digits: i32) {
    let coefficients = report["coefficients"].as_array().unwrap();
    assert_eq!(coefficients[0]["term"], "(intercept)");
    assert_eq!(coefficients.len(), certified.len());
    for (coefficient, &(estimate, error)) in coefficients.iter().zip(certified) {
        let off = |field: &str, certified: f64| (number(coefficient, field) / certified - 1.0).abs();
        assert!(off("estimate", estimate) < 10f64.powi(-digits), "{coefficient}");
        assert!(off("std_error", error) < 1e-12, "{coefficient}");
        if coefficient.get("exact").is_some() {
            assert!(off("exact", estimate) < 1e-12, "{coefficient}");
        }
        let statistic = number(coefficient, "estimate") / number(coefficient, "std_error");
        assert!((number(coefficient, "statistic") - statistic).abs() < 1e-12 * statistic.abs());
        let middle = (number(coefficient, "lower") + number(coefficient, "upper")) / 2.0;
        assert!((middle - number(coefficient, "estimate")).abs() < 1e-12 * estimate.abs());
        assert!((0.0..=1.0).contains(&number(coefficient, "p_value")));
    }
}

/// Certified by NIST (StRD): see the samples' README.md.
#[test]
fn longley_and_norris_have_the_certified_values_by_either_solver() {
    let place = Place::new();
    let longley = [
        (-3482258.63459582, 890420.383607373),
        (15.0618722713733, 84.9149257747669),
        (-0.358191792925910e-1, 0.334910077722432e-1),
        (-2.02022980381683, 0.488399681651699),
        (-1.03322686717359, 0.214274163161675),
        (-0.511041056535807e-1, 0.226073200069370),
        (1829.15146461355, 455.478499142212),
    ];
    let norris = [(-0.262323073774029, 0.232818234301152), (1.00211681802045, 0.429796848199937e-3)];
    for (solver, digits) in [("exact", 12), ("sgd", 6)] {
        let report = json(&place, &format!("{} --target y --solver {solver}", sample("longley.csv")));
        assert_certified(&report, &longley, digits);
        assert!((number(&report, "r2") - 0.995479004577296).abs() < 1e-9);
        let report = json(&place, &format!("{} --target y --solver {solver}", sample("norris.csv")));
        assert_certified(&report, &norris, digits);
        assert!((number(&report, "r2") - 0.999993745883712).abs() < 1e-12);
        if solver == "sgd" {
            assert_eq!(report["stop"], "converged");
        }
    }
}

#[test]
fn penguins_need_no_file_and_no_flag() {
    let place = Place::new();
    let run = place.ok("fit");
    assert_eq!(run.err, "");
    assert!(run.out.starts_with("body_mass_g = "), "{}", run.out);
    for text in [
        "species[Gentoo]",
        "species with Adelie",
        "The model explains 87.7 % of how body_mass_g varies over 333 rows",
        "RMSE",
        "MAE",
        "R2",
        "Cook's D",
        "digits that can be trusted",
    ] {
        assert!(run.out.contains(text), "{text}: {}", run.out);
    }
    let longest = run.out.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(longest <= 100 && !run.out.contains('\u{1b}'), "a line of {longest} characters");
    assert_eq!(names(&place.path("ndgrad-fit")), FILES);
    for file in FILES {
        assert!(run.out.contains(&format!("  ndgrad-fit/{file}\n")), "{file}");
    }
    let own = place.ok(&format!("fit {} --target body_mass_g --out own", sample("penguins.csv")));
    let report = |text: &str| text.split("seconds").next().unwrap().to_string();
    assert_eq!(report(&run.out), report(&own.out), "the embedded file is the sample");
}

#[test]
fn json_has_the_fields_that_machines_read() {
    let place = Place::new();
    for solver in ["exact", "sgd"] {
        let words = format!("--features flipper_length_mm,species --out out --solver {solver}");
        let report = json(&place, &words);
        let coefficients = report["coefficients"].as_array().unwrap();
        let terms: Vec<&str> = coefficients.iter().map(|c| c["term"].as_str().unwrap()).collect();
        assert_eq!(terms, ["(intercept)", "species[Chinstrap]", "species[Gentoo]", "flipper_length_mm"]);
        for field in ["estimate", "std_error", "statistic", "p_value", "lower", "upper"] {
            assert!(coefficients.iter().all(|c| c[field].is_f64()), "{field}");
        }
        for part in ["train", "validation", "all"] {
            let r2 = number(&report[part], "r2");
            assert!(r2 > 0.7 && r2 < 0.9, "{part}");
            assert!(number(&report[part], "rmse") > number(&report[part], "mae"));
        }
        assert_eq!((&report["rows"], &report["dropped"]), (&Value::from(342), &Value::from(2)));
        assert!(number(&report, "seconds") > 0.0);
        let heaviest = report["heaviest_rows"].as_array().unwrap();
        assert!(heaviest.len() == 10 && heaviest[0]["line"].is_u64());
        let shares: f64 = heaviest.iter().map(|row| number(row, "share_of_loss")).sum();
        assert!(shares > 0.05 && shares < 0.5, "{shares}");
        let files: Vec<&str> =
            report["files"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
        assert_eq!(files.len(), 3);
        assert!(files.iter().all(|file| place.path(file).is_file()), "{files:?}");
        let saved: Value = serde_json::from_slice(&place.read("out/report.json")).unwrap();
        assert_eq!(saved, report, "report.json is what --json prints");
    }
}

#[test]
fn the_same_seed_gives_the_same_model_on_any_number_of_threads() {
    let place = Place::new();
    // Large enough for kernels to split their work.
    place.file("a.csv", rows(40_000));
    for (out, threads) in [("one", "1"), ("two", "2"), ("again", "2")] {
        let words = format!("fit a.csv --target y --solver sgd --epochs 3 --out {out}");
        let run = place.command(&words).env("NDGRAD_THREADS", threads).output().unwrap();
        assert!(run.status.success());
    }
    place.ok("fit a.csv --target y --solver sgd --epochs 3 --threads 2 --out flag");
    place.ok("fit a.csv --target y --solver sgd --epochs 3 --seed 1 --out other");
    let model = |out: &str| place.read(&format!("{out}/model.safetensors"));
    for out in ["two", "again", "flag"] {
        assert!(model("one") == model(out), "{out}");
    }
    assert!(model("one") != model("other"), "another seed draws other batches");
}

#[test]
fn missing_values_are_dropped_or_filled_in() {
    let place = Place::new();
    let report = json(&place, "--missing mean");
    assert_eq!(
        (&report["rows"], &report["dropped"]),
        (&Value::from(342), &Value::from(2)),
        "two have no target"
    );
}

#[test]
fn a_constant_feature_is_left_out_with_a_warning() {
    let place = Place::new();
    let text: String = rows(60)
        .lines()
        .enumerate()
        .map(|(i, line)| format!("{line},{}\n", if i == 0 { "c" } else { "7" }))
        .collect();
    place.file("a.csv", text);
    let run = place.ok("fit a.csv --target y");
    assert!(
        run.out.contains("warning: feature \"c\" was left out: it is the same in all 60 rows: c = 7"),
        "{}",
        run.out
    );
    assert!(!run.out.contains("\nc "), "{}", run.out);
    let run = place.ok("fit a.csv --target y --json");
    assert!(run.err.starts_with("warning: feature \"c\""), "{}", run.err);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert!(report["warnings"][0].as_str().unwrap().contains("\"c\""));
}

#[test]
fn numbers_can_be_categories() {
    let place = Place::new();
    let report = json(&place, "--features year,species --categories year");
    let terms: Vec<&str> =
        report["coefficients"].as_array().unwrap().iter().map(|c| c["term"].as_str().unwrap()).collect();
    assert_eq!(terms[1..3], ["year[2008]", "year[2009]"]);
}

#[test]
fn marks_returns_and_quoted_line_breaks_are_read() {
    let place = Place::new();
    let plain = rows(50);
    place.file("plain.csv", &plain);
    let quoted = plain.replace(",x,", ",\"x\n, y\",").replace('\n', "\r\n").replace("x\r\n", "x\n");
    place.file("odd.csv", format!("\u{feff}{quoted}"));
    let (plain, odd) = (json(&place, "plain.csv --target y"), json(&place, "odd.csv --target y"));
    assert_eq!(plain["all"]["rows"], 50);
    assert_eq!(plain["train"]["rows"], odd["train"]["rows"], "the same rows are held back");
    let r2 = |report: &Value| report["all"]["r2"].as_f64().unwrap();
    assert!((r2(&plain) - r2(&odd)).abs() < 1e-9);
}

#[test]
fn ten_thousand_columns_are_read_and_some_of_them_used() {
    let place = Place::new();
    let mut text = (0..10_000).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",") + "\n";
    for row in 0..30usize {
        text += &((0..10_000)
            .map(|i| ((row * row + i * (row % 7)) % 97).to_string())
            .collect::<Vec<_>>()
            .join(",")
            + "\n");
    }
    place.file("wide.csv", text);
    let report = json(&place, "wide.csv --target c0 --features c1,c9999");
    assert_eq!(report["coefficients"][2]["term"], "c9999");
    let run = place.run("fit wide.csv --target c0");
    assert_eq!(run.code, Some(1));
    assert!(run.err.starts_with("error: wide.csv: least squares: 30 rows cannot determine"), "{}", run.err);
    assert!(run.err.lines().count() <= 5 && run.err.len() < 1000, "{}", run.err);
}

#[test]
fn many_coefficients_are_shown_in_part() {
    let place = Place::new();
    let mut text = (0..60).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",") + "\n";
    for row in 0..200u64 {
        let values = (0..60u64)
            .map(|i| ((row * 7919 + i * 104_729 + row * row * i * 31 + i * i * row) % 1009).to_string());
        text += &(values.collect::<Vec<_>>().join(",") + "\n");
    }
    place.file("a.csv", text);
    let run = place.ok("fit a.csv --target c0");
    assert!(run.out.contains("and 20 more coefficients, which report.json lists\n"), "{}", run.out);
    let report: Value = serde_json::from_slice(&place.read("ndgrad-fit/report.json")).unwrap();
    assert_eq!(report["coefficients"].as_array().unwrap().len(), 60);
}

#[test]
fn a_run_replaces_the_files_of_the_one_before() {
    let place = Place::new();
    place.ok("fit --features flipper_length_mm");
    let before = place.read("ndgrad-fit/report.json");
    fs::write(place.path("ndgrad-fit/notes.txt"), "mine").unwrap();
    place.ok("fit");
    assert_ne!(before, place.read("ndgrad-fit/report.json"));
    assert_eq!(place.read("ndgrad-fit/notes.txt"), b"mine");
    assert_eq!(names(&place.path("ndgrad-fit")).len(), 4);
}
