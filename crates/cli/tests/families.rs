//! `ndgrad fit --family`, what its models predict, and `ndgrad compare`.

mod common;

use common::{Place, rows};
use serde_json::Value;

/// Rows of counts and of outcomes, the same on every run.
fn outcomes(count: usize) -> String {
    let mut text = "x,kind,y,n\n".to_string();
    for (i, line) in rows(count).lines().skip(1).enumerate() {
        let field = |at: usize| line.split(',').nth(at).unwrap();
        let x = field(0).parse::<f64>().unwrap() - 5.0;
        let noise = (i * 7919 % 1000) as f64 / 1000.0;
        let odds = (0.5 * x).exp() * if i % 3 == 1 { 2.0 } else { 1.0 };
        let happened = noise < odds / (1.0 + odds);
        text +=
            &format!("{x},{},{},{}\n", field(2), u8::from(happened), (noise * (0.2 * x + 1.0).exp()) as u32);
    }
    text
}

fn json(place: &Place, words: &str) -> Value {
    serde_json::from_str(&place.ok(&format!("{words} --json")).out).unwrap()
}

#[test]
fn a_logistic_model_predicts_probabilities() {
    let place = Place::new();
    place.file("a.csv", outcomes(600));
    let words = "fit a.csv --target y --features x,kind --family binomial";
    let report = json(&place, words);
    assert_eq!((&report["family"], &report["statistic"]), (&Value::from("binomial"), &Value::from("z")));
    assert!(report["validation"]["accuracy"].as_f64().unwrap() > 0.7);
    assert!(report["coefficients"][3]["p_value"].as_f64().unwrap() < 1e-6);
    let robust = json(&place, &format!("{words} --covariance hc1 --out robust"));
    assert_eq!(robust["covariance"], "HC1");
    let error = |report: &Value| report["coefficients"][1]["std_error"].as_f64().unwrap();
    assert!(error(&robust) != error(&report) && (error(&robust) / error(&report) - 1.0).abs() < 0.5);

    let run = place.ok("predict ndgrad-fit/model.safetensors a.csv --interval confidence");
    assert!(run.out.starts_with("x,kind,y,n,predicted,lower,upper\n"), "{}", run.out);
    for line in run.out.lines().skip(1) {
        let numbers: Vec<f64> = line.split(',').skip(4).map(|field| field.parse().unwrap()).collect();
        let [predicted, lower, upper] = numbers[..] else { panic!("{line}") };
        assert!(0.0 < lower && lower < predicted && predicted < upper && upper < 1.0, "{line}");
    }
    let run = place.run("predict ndgrad-fit/model.safetensors a.csv --interval prediction");
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("no prediction intervals"), "{}", run.err);
}

#[test]
fn the_equation_says_what_the_probability_is_of() {
    let place = Place::new();
    let named = outcomes(600).lines().skip(1).fold("x,kind,y,n\n".to_string(), |text, line| {
        let mut fields: Vec<&str> = line.split(',').collect();
        fields[2] = if fields[2] == "1" { "yes" } else { "no" };
        text + &fields.join(",") + "\n"
    });
    place.file("a.csv", named);
    let run = place.ok("fit a.csv --target y --features x,kind --family logistic");
    assert!(run.out.starts_with("logit(y = yes) = "), "{}", run.out);
}

#[test]
fn counts_have_a_link_of_their_own() {
    let place = Place::new();
    place.file("a.csv", outcomes(600));
    let run = place.ok("fit a.csv --target n --features x,kind --family poisson --pictures pictures");
    assert!(run.out.starts_with("log(n) = "), "{}", run.out);
    assert!(
        run.out.contains("multiplies the prediction by") || run.out.contains("multiplies the"),
        "{}",
        run.out
    );
    let names = common::names(&place.path("pictures"));
    place.ok("fit a.csv --target y --features x,kind --family binomial --pictures outcomes");
    let outcomes = common::names(&place.path("outcomes"));
    for picture in ["calibration", "leverage", "quantiles", "residuals", "scale"] {
        assert!(outcomes.contains(&format!("{picture}.svg")), "{picture} in {outcomes:?}");
        let again = place.ok("fit a.csv --target y --features x,kind --family binomial --pictures again");
        assert!(again.err.is_empty());
        let file = |directory: &str| place.read(&format!("{directory}/{picture}.svg"));
        assert_eq!(file("outcomes"), file("again"), "lots are drawn the same on every run");
    }
    for picture in
        ["coefficients", "effect-kind", "effect-x", "fit", "leverage", "quantiles", "residuals", "scale"]
    {
        for ending in ["png", "svg"] {
            assert!(names.contains(&format!("{picture}.{ending}")), "{picture}.{ending} in {names:?}");
        }
    }
}

#[test]
fn outcomes_that_a_family_cannot_have_are_refused() {
    let place = Place::new();
    place
        .file("a.csv", "x,y\n1,0\n2,1\n3,2\n4,0\n5,1\n")
        .file("b.csv", "x,y\n1,0\n2,0\n3,0\n4,1\n5,1\n6,1\n");
    for (words, code, message) in [
        ("fit a.csv --target y --family binomial", 1, "logistic regression takes 0, 1"),
        ("fit b.csv --target y --family binomial", 1, "separate"),
        ("fit a.csv --target y --family binomial --link inverse", 2, "cannot have --link inverse"),
        ("fit a.csv --target y --family weibull", 2, "one of these is wanted: gaussian, binomial"),
        (
            "fit a.csv --target y --family poisson --link identity --solver sgd",
            2,
            "is fitted by --solver exact",
        ),
        ("fit a.csv --target y --covariance hc9", 2, "one of these is wanted: classical, hc0"),
        ("predict m a.csv --level 0.9", 2, "--interval"),
    ] {
        let run = place.run(words);
        assert_eq!((run.code, run.out.as_str()), (Some(code), ""), "{words}: {}", run.err);
        assert!(run.err.contains(message) && run.err.lines().count() <= 6, "{words}: {}", run.err);
        assert_eq!(place.names(), ["a.csv", "b.csv"], "{words}");
    }
}

#[test]
fn models_are_compared_on_the_same_rows() {
    let place = Place::new();
    place
        .file("a.csv", rows(400))
        .file("new.csv", rows(500).lines().take(450).collect::<Vec<_>>().join("\n"));
    place.ok("fit a.csv --target y --features a --out small");
    place.ok("fit a.csv --target y --out large");
    let words = "compare small/model.safetensors large/model.safetensors new.csv";
    let run = place.ok(words);
    assert!(run.out.contains("The second is better, and that is hardly chance."), "{}", run.out);
    let report = json(&place, words);
    let r2 = |model: usize| report["models"][model]["r2"].as_f64().unwrap();
    assert!(r2(0) < r2(1) && r2(1) > 0.99, "{report}");
    assert!(report["difference"]["p_value"].as_f64().unwrap() < 1e-6);
    assert_eq!(report["rows"], 449);
    let same = json(&place, "compare large/model.safetensors large/model.safetensors new.csv");
    assert_eq!(same["difference"]["mean"], 0.0);

    place.ok("fit a.csv --target b --features a --out other");
    let run = place.run("compare small/model.safetensors other/model.safetensors new.csv");
    assert!(run.code == Some(1) && run.err.contains("Compare models of the same column."), "{}", run.err);
}

#[test]
fn prediction_intervals_are_wider_than_those_of_the_mean() {
    let place = Place::new();
    place.file("a.csv", rows(200)).ok("fit a.csv --target y");
    let widths = |interval: &str| -> Vec<f64> {
        let run = place
            .ok(&format!("predict ndgrad-fit/model.safetensors a.csv --interval {interval} --level 0.8"));
        let width = |line: &str| {
            let fields: Vec<f64> = line.split(',').skip(4).map(|field| field.parse().unwrap()).collect();
            fields[2] - fields[1]
        };
        run.out.lines().skip(1).map(width).collect()
    };
    let (mean, one) = (widths("confidence"), widths("prediction"));
    assert_eq!(mean.len(), 200);
    assert!(mean.iter().zip(&one).all(|(mean, one)| 0.0 < *mean && mean < one));

    place.ok("fit a.csv --target y --solver sgd --epochs 3 --out steps");
    let run = place.run("predict steps/model.safetensors a.csv --interval confidence");
    assert!(run.code == Some(1) && run.err.contains("has standard errors"), "{}", run.err);
}

#[test]
fn the_page_stands_alone_and_is_written_whole_or_not_at_all() {
    let place = Place::new();
    place.file("a.csv", rows(100).replace("kind", "<b>kind</b>"));
    place.ok("fit a.csv --target y --report page.html");
    let page = String::from_utf8(place.read("page.html")).unwrap();
    assert!(page.contains("&lt;b&gt;kind&lt;/b&gt;") && !page.contains("<b>kind"));
    assert!(page.contains("prefers-color-scheme:dark") && page.matches("<svg").count() >= 8);
    assert!(!page.replace("http://www.w3.org/2000/svg", "").contains("http"), "nothing of the network");
    assert_eq!(common::names(&place.path("ndgrad-fit")), ["model.safetensors", "report.json"]);

    if cfg!(target_os = "linux") {
        let place = Place::new();
        std::os::unix::fs::symlink("/dev/full", place.path("full.html")).unwrap();
        let run = place.run("fit --report full.html");
        assert_eq!(run.code, Some(1));
        assert!(run.err.starts_with("error: full.html: cannot write: "), "{}", run.err);
        assert_eq!(place.names(), ["full.html"], "neither model nor report");
    }
}

#[test]
fn models_of_classes_are_compared_by_their_log_loss() {
    let place = Place::new();
    place
        .file("a.csv", rows(400))
        .file("new.csv", rows(700).lines().take(601).collect::<Vec<_>>().join("\n"));
    let multinomial = "--family multinomial --hold-out 0";
    place.ok(&format!("fit a.csv --formula kind~a {multinomial} --out small"));
    place.ok(&format!("fit a.csv --formula kind~a+y {multinomial} --out large"));
    let words = "compare small/model.safetensors large/model.safetensors new.csv";
    let run = place.ok(words);
    assert!(run.out.contains("The second is better, and that is hardly chance."), "{}", run.out);
    let report = json(&place, words);
    assert_eq!((&report["loss"], &report["rows"]), (&Value::from("log loss"), &Value::from(600)));
    // What `predict` says of the same rows, scored here.
    let predicted = place.ok("predict large/model.safetensors new.csv").out;
    let (mut loss, mut right) = (0.0, 0.0);
    for line in predicted.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let class = ["x", "y", "z"].iter().position(|kind| *kind == fields[2]).unwrap();
        loss -= fields[5 + class].parse::<f64>().unwrap().ln() / 600.0;
        right += f64::from(u8::from(fields[2] == fields[4])) / 600.0;
    }
    let score = |name: &str| report["models"][1][name].as_f64().unwrap();
    assert!((score("mean_loss") - loss).abs() < 1e-12, "{report}");
    assert!((score("accuracy") - right).abs() < 1e-12 && right > 0.4, "{report}");

    place.ok("fit a.csv --target y --out numbers");
    let short: String =
        rows(100).lines().filter(|line| !line.contains(",z,")).map(|line| format!("{line}\n")).collect();
    place.file("short.csv", short).ok(&format!("fit short.csv --formula kind~a+y {multinomial} --out two"));
    for (other, message) in [
        ("numbers", "Compare models of the same column."),
        ("two", "predicts the classes x, y\n    Compare models of the same classes."),
    ] {
        let run = place.run(&format!("compare large/model.safetensors {other}/model.safetensors new.csv"));
        assert_eq!(run.code, Some(1));
        assert!(run.err.contains(message), "{}", run.err);
    }
}
