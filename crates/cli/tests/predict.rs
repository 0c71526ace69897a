//! `ndgrad predict` and `ndgrad plot`.

mod common;

use std::fs::File;

use common::{Place, Run, rows, sample};

/// A place with a model of `rows` in `ndgrad-fit/`.
fn fitted() -> Place {
    let place = Place::new();
    place.file("a.csv", rows(90)).ok("fit a.csv --target y");
    place
}

fn predictions(text: &str) -> Vec<String> {
    text.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().to_string()).collect()
}

#[test]
fn predictions_follow_the_rows_and_are_the_same_in_any_order_of_columns() {
    let place = fitted();
    let run = place.ok("predict ndgrad-fit/model.safetensors a.csv");
    let input = rows(90);
    for (line, copied) in input.lines().zip(run.out.lines()) {
        assert!(copied.starts_with(&format!("{line},")), "{copied}");
    }
    assert!(run.out.starts_with("a,b,kind,y,predicted\n"));
    let predicted = predictions(&run.out);
    for (line, predicted) in input.lines().skip(1).zip(&predicted) {
        let actual: f64 = line.rsplit(',').next().unwrap().parse().unwrap();
        assert!((predicted.parse::<f64>().unwrap() - actual).abs() < 1.0, "{line}: {predicted}");
    }
    // The target may be left out, columns may stand elsewhere, others may come in between.
    let turned: String = input.lines().enumerate().fold(String::new(), |text, (i, line)| {
        let fields: Vec<&str> = line.split(',').collect();
        let note = if i == 0 { "note" } else { "\"x, y\"" };
        text + &format!("{},{note},{},{}\n", fields[2], fields[1], fields[0])
    });
    place.file("b.csv", turned);
    let run = place.ok("predict ndgrad-fit/model.safetensors b.csv -o out.csv");
    assert_eq!(run.out, "out.csv: 90 predictions of y\n");
    assert_eq!(predictions(&String::from_utf8(place.read("out.csv")).unwrap()), predicted);
}

#[test]
fn a_gap_has_no_prediction_and_is_counted() {
    let place = fitted();
    place.file("b.csv", "kind,a,b\nx,1,NA\ny,2,0.5\n");
    let run = place.ok("predict ndgrad-fit/model.safetensors b.csv");
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[1], "x,1,NA,");
    assert!(lines[2].starts_with("y,2,0.5,"));
    assert_eq!(run.err, "warning: 1 of 2 rows has no prediction, as a value is missing\n");
}

#[test]
fn a_single_row_is_predicted() {
    let place = fitted();
    place.file("b.csv", "kind,a,b\nx,1,0.25");
    let run = place.ok("predict ndgrad-fit/model.safetensors b.csv");
    assert_eq!(run.out.lines().count(), 2);
}

#[test]
fn what_the_model_does_not_know_is_named() {
    let place = fitted();
    for (text, message) in [
        ("kind,a,b\nx,1,1\nw,1,1\n", "b.csv:3: column \"kind\": the model has not seen the category \"w\""),
        ("kind,a\nx,1\n", "b.csv: there is no column \"b\""),
        ("kind,a,b\nx,1,one\n", "b.csv:2: column \"b\": \"one\" is not a number"),
        ("kind,a,b,predicted\nx,1,1,1\n", "b.csv:1: there is already a column \"predicted\""),
        ("kind,a,b\nx,1\n", "b.csv:2: "),
        ("", "b.csv: "),
    ] {
        place.file("b.csv", text);
        for words in ["b.csv", "b.csv -o out.csv"] {
            let run = place.run(&format!("predict ndgrad-fit/model.safetensors {words}"));
            assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{message}");
            assert!(run.err.starts_with(&format!("error: {message}")), "{}", run.err);
            assert!(run.err.lines().count() <= 5);
            assert_eq!(place.names(), ["a.csv", "b.csv", "ndgrad-fit"]);
        }
    }
}

#[test]
fn corrupt_and_foreign_models_are_refused() {
    let place = fitted();
    let whole = place.read("ndgrad-fit/model.safetensors");
    let foreign = b"\x10\x00\x00\x00\x00\x00\x00\x00{\"__metadata__\":{}}".to_vec();
    let mut twisted = whole.clone();
    let at = twisted.windows(6).position(|window| window == b"design").unwrap();
    twisted[at] = b'D';
    for bytes in
        [&whole[..40], &whole[..whole.len() - 1], b"", b"a,b\n1,2\n", &foreign, &twisted, &[255; 100]]
    {
        place.file("m.safetensors", bytes);
        let run = place.run("predict m.safetensors a.csv -o out.csv");
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{}", run.err);
        assert!(run.err.starts_with("error: m.safetensors: ") && run.err.lines().count() <= 5, "{}", run.err);
        assert!(!place.path("out.csv").exists());
    }
    let run = place.run("predict none.safetensors a.csv");
    assert!(
        run.code == Some(1) && run.err.starts_with("error: none.safetensors: cannot read: there is no such"),
        "{}",
        run.err
    );
}

#[test]
fn a_pipe_is_read() {
    let place = fitted();
    let expected = place.ok("predict ndgrad-fit/model.safetensors a.csv").out;
    let mut command = place.command("predict ndgrad-fit/model.safetensors -");
    let run = Run::from(command.stdin(File::open(place.path("a.csv")).unwrap()).output().unwrap());
    assert_eq!((run.code, run.out), (Some(0), expected));
    let run = place.run("predict ndgrad-fit/model.safetensors -");
    assert_eq!(run.code, Some(1));
    assert!(run.err.starts_with("error: standard input: the file is empty"), "{}", run.err);
}

#[test]
fn every_format_is_predicted_and_compared() {
    let place = Place::new();
    let golden = |name: &str| format!("{}/../data/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    place.ok(&format!("fit {} --formula whole~single --hold-out 0", golden("columnar_zstd.parquet")));
    let model = "ndgrad-fit/model.safetensors";
    place.ok(&format!("predict {model} {} -o all.csv", golden("columnar_zstd.parquet")));
    let all = String::from_utf8(place.read("all.csv")).unwrap();
    let header = "whole,large,real,single,truth,text,level,day,time,price,predicted";
    assert_eq!(all.lines().next(), Some(header));
    let compared = place.ok(&format!("compare {model} {model} all.csv --json"));
    assert!(compared.out.contains("\"r2\":"), "{}", compared.out);
    for name in ["columnar_uncompressed.arrow", "columnar.arrows"] {
        assert_eq!(place.ok(&format!("predict {model} {}", golden(name))).out, all, "{name}");
        let run = place.ok(&format!("compare {model} {model} {} --json", golden(name)));
        assert_eq!(run.out, compared.out, "{name}");
    }
    // What was written is read again: numbers, dates, texts and gaps.
    let again = place.run(&format!("predict {model} all.csv"));
    assert!(again.err.contains("there is already a column \"predicted\""), "{}", again.err);
    place.file(
        "cut.csv",
        all.lines().map(|line| line.rsplit_once(',').unwrap().0.to_string() + "\n").collect::<String>(),
    );
    assert_eq!(place.ok(&format!("predict {model} cut.csv")).out, all);
}

#[test]
fn a_file_may_replace_itself() {
    let place = fitted();
    place.file("b.csv", "kind,a,b\nx,1,0.25\n").ok("predict ndgrad-fit/model.safetensors b.csv -o b.csv");
    assert!(String::from_utf8(place.read("b.csv")).unwrap().starts_with("kind,a,b,predicted\nx,1,0.25,"));
    assert_eq!(place.names(), ["a.csv", "b.csv", "ndgrad-fit"]);
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let place = fitted();
    let run = place.run("predict ndgrad-fit/model.safetensors a.csv -o none/out.csv");
    assert_eq!(run.code, Some(1));
    assert!(run.err.starts_with("error: none/out.csv: cannot create: "), "{}", run.err);
}

#[test]
fn plot_draws_what_is_there() {
    let place = Place::new();
    let penguins = sample("penguins.csv");
    let run = place.ok(&format!("plot {penguins} --x flipper_length_mm --y body_mass_g -o p.png"));
    assert_eq!(run.out, "p.png: 342 points (2 rows with a missing value left out)\n");
    assert!(place.read("p.png").starts_with(b"\x89PNG"));
    place.ok(&format!("plot {penguins} --x flipper_length_mm --y body_mass_g"));
    assert!(
        String::from_utf8(place.read("plot.svg")).unwrap().contains("body_mass_g against flipper_length_mm")
    );
}

#[test]
fn plot_refuses_what_it_cannot_draw() {
    let place = Place::new();
    place.file("a.csv", "a,b,c\n1,NA,x\nNA,2,y\n");
    for (words, code, message) in [
        ("--x a --y d", 1, "a.csv: there is no column \"d\""),
        ("--x a --y c", 1, "a.csv:2: column \"c\": \"x\" is not a number"),
        ("--x a --y b", 1, "a.csv: no row has both a value of \"a\" and one of \"b\""),
        ("--x a --y b -o p.pdf", 2, "--output p.pdf must end in .svg or in .png"),
        ("--x a", 2, "the following required arguments were not provided:"),
        ("--x a --y a -o none/p.svg", 1, "none/p.svg: cannot create: "),
    ] {
        let run = place.run(&format!("plot a.csv {words}"));
        assert_eq!(run.code, Some(code), "{}", run.err);
        assert!(run.err.starts_with(&format!("error: {message}")), "{}", run.err);
        assert!(run.err.lines().count() <= 5 && run.out.is_empty());
        assert_eq!(place.names(), ["a.csv"]);
    }
}
