//! What bad input gets: a few lines on standard error, an exit code, and no file.

mod common;

use common::Place;

/// Runs the command beside these files: it must fail with this code and a message that begins so, in at most five
/// lines, print nothing else and leave nothing behind.
fn refuses(files: &[(&str, &[u8])], words: &str, code: i32, message: &str) {
    let place = Place::new();
    for (name, bytes) in files {
        place.file(name, bytes);
    }
    let before = place.names();
    let run = place.run(words);
    assert_eq!(run.code, Some(code), "ndgrad {words}\n{}", run.err);
    assert!(run.err.starts_with(&format!("error: {message}")), "ndgrad {words}\n{}", run.err);
    assert!((1..=5).contains(&run.err.lines().count()), "{}", run.err);
    assert_eq!(run.out, "", "ndgrad {words}");
    assert_eq!(place.names(), before, "ndgrad {words}");
}

/// The same for `ndgrad fit a.csv --target y` and, with the same message, its JSON.
fn fit_refuses(text: impl AsRef<[u8]>, message: &str) {
    for json in ["", " --json"] {
        refuses(&[("a.csv", text.as_ref())], &format!("fit a.csv --target y{json}"), 1, message);
    }
}

#[test]
fn files_that_are_no_tables() {
    refuses(&[], "fit none.csv --target y", 1, "none.csv: cannot read: there is no such file");
    refuses(&[], "fit . --target y", 1, ".: cannot read: it is a directory");
    fit_refuses("", "a.csv: the file is empty");
    fit_refuses("\u{feff}\r\n", "a.csv: the file is empty");
    fit_refuses("x,y\n", "a.csv: there is a header but no row below it");
    fit_refuses("x,y\n1,2\n3\n4,5\n", "a.csv:3: this row has 1 field, but the header has 2");
    fit_refuses("x,y\n1,2\n3,4,5\n", "a.csv:3: this row has 3 fields, but the header has 2");
    fit_refuses("x,y\n1,\"2\n3,4\n", "a.csv:2: ");
    fit_refuses("x,x\n1,2\n", "a.csv:1: columns 1 and 2 have the same name, \"x\"");
    fit_refuses(b"x,y\n1,2\n3,\xff\n", "a.csv:3: column \"y\": the text is not UTF-8");
    fit_refuses([0u8; 64], "a.csv");
}

#[test]
fn text_where_a_number_is_wanted() {
    fit_refuses("x,y\n1,2\nabc,3\n4,5\n", "a.csv:3: column \"x\": \"abc\" is not a number");
    fit_refuses("x,y\n1,2\n2,abc\n4,5\n", "a.csv:3: column \"y\": \"abc\" is not a number");
    fit_refuses("x,y\n1,low\n2,high\n3,low\n", "a.csv:2: column \"y\": \"low\" is not a number");
    fit_refuses("x,y\n1,2\ninf,3\n4,5\n", "a.csv:3: column \"x\": \"inf\" is not a finite number");
    fit_refuses("x,y\n1,2\n2,nan\n4,5\n", "a.csv:3: column \"y\": \"nan\" is not a number");
    fit_refuses("x,y\n1,2\n2,1e999\n4,5\n", "a.csv:3: column \"y\": \"1e999\" is too large");
}

#[test]
fn columns_that_are_not_there() {
    let file: &[(&str, &[u8])] = &[("a.csv", b"size,price\n1,2\n2,3\n3,5\n")];
    refuses(
        file,
        "fit a.csv --target prise",
        1,
        "a.csv: there is no column \"prise\"; did you mean \"price\"?",
    );
    refuses(
        file,
        "fit a.csv --target price --features sise",
        1,
        "a.csv: there is no column \"sise\"; did you mean \"size\"?",
    );
    refuses(file, "fit a.csv --target price --categories zone", 1, "a.csv: there is no column \"zone\"");
    refuses(
        file,
        "fit a.csv --target price --features price",
        1,
        "the target \"price\" cannot be a feature too",
    );
    refuses(
        &[],
        "fit --target body_mas_g",
        1,
        "penguins.csv: there is no column \"body_mas_g\"; did you mean \"body_mass_g\"?",
    );
}

#[test]
fn too_little_to_learn_from() {
    fit_refuses("x,y\n1,\n,2\nNA,4\n", "a.csv: all 3 rows were dropped");
    fit_refuses(
        "a,b,c,y\n1,2,3,4\n2,1,2,1\n",
        "a.csv: least squares: 2 rows cannot determine 3 columns and an intercept",
    );
    fit_refuses("x,y\n1,2\n", "");
    fit_refuses("x,y\n7,2\n7,3\n7,4\n", "a.csv: no feature is left to predict \"y\" from: x = 7");
    fit_refuses("x,y\n1,2\n2,2\n3,2\n", "a.csv: the target \"y\" is the same in all 3 rows");
    fit_refuses("y\n1\n2\n", "a.csv: no feature is left to predict \"y\" from");
}

#[test]
fn steps_that_are_too_large() {
    refuses(
        &[],
        "fit --solver sgd --learning-rate 100",
        1,
        "penguins.csv: training diverged: after epoch 1 the loss is ",
    );
    refuses(
        &[],
        "fit --solver sgd --learning-rate 1e300",
        1,
        "penguins.csv: training diverged: after epoch 1 the loss is ",
    );
}

#[test]
fn directories_that_cannot_be_written() {
    let file: &[(&str, &[u8])] = &[("file", b"")];
    for command in ["fit", "demo"] {
        refuses(
            file,
            &format!("{command} --out file"),
            1,
            "file: cannot write to the directory: there is a file of that name",
        );
        refuses(
            file,
            &format!("{command} --out file/x"),
            1,
            "file/x: cannot write to the directory: a part of it is a file",
        );
        if cfg!(target_os = "linux") {
            // Where not even root may make files.
            refuses(
                &[],
                &format!("{command} --out /proc/x/y"),
                1,
                "/proc/x/y: cannot write to the directory: ",
            );
        }
    }
}

#[test]
fn a_directory_in_the_way_of_a_file_is_named() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("out/report.json")).unwrap();
    let run = place.run("fit --out out");
    assert_eq!(run.code, Some(1));
    assert!(
        run.err.starts_with("error: out/report.json: a directory stands where this file belongs"),
        "{}",
        run.err
    );
    assert_eq!(common::names(&place.path("out")), ["report.json"]);
}

#[test]
fn command_lines_that_make_no_sense() {
    let file: &[(&str, &[u8])] = &[("a.csv", b"x,y\n1,2\n2,3\n3,5\n")];
    for (words, message) in [
        ("fit a.csv", "what is to be predicted?\n    Add --target COLUMN, or --formula"),
        ("fitt", "unrecognized subcommand 'fitt'"),
        ("fit --bogus", "unexpected argument '--bogus'"),
        ("fit a.csv b.csv --target y", "unexpected argument 'b.csv'"),
        ("fit --missing zero", "invalid value 'zero' for '--missing"),
        (
            "fit --learning-rate -1",
            "invalid value '-1' for '--learning-rate <X>': a number above 0 is wanted",
        ),
        ("fit --learning-rate inf", "invalid value 'inf' for '--learning-rate"),
        ("fit --hold-out 1", "invalid value '1' for '--hold-out"),
        ("fit --validate 1", "invalid value '1' for '--validate"),
        ("fit --validate 5 --hold-out 0.1", "the argument '--validate <K>' cannot be used with"),
        ("fit --validate 5 --solver sgd", "--validate trains a model for each part"),
        ("fit --level 1", "invalid value '1' for '--level"),
        ("fit --level 95", "invalid value '95' for '--level"),
        ("fit --solver newton", "invalid value 'newton' for '--solver"),
        ("fit --epochs 5", "--epochs has no meaning for --solver exact"),
        ("fit --learning-rate 0.1", "--learning-rate has no meaning for --solver exact"),
        ("fit --report page.pdf", "--report page.pdf must end in .html"),
        ("fit --units mass", "invalid value 'mass' for '--units"),
        ("fit --epochs 0", "invalid value '0' for '--epochs"),
        ("fit --seed x", "invalid value 'x' for '--seed"),
        ("fit --threads 1000", "invalid value '1000' for '--threads"),
        ("fit --features", "a value is required for '--features"),
        ("demo --noise -0.1", "invalid value '-0.1' for '--noise <X>': a number of at least 0 is wanted"),
        ("demo --generator mt19937", "invalid value 'mt19937' for '--generator"),
        ("demo --seed 4294967296", "--seed 4294967296 is too large for the generator mxnet"),
        ("demo --examples 2", "--examples must be at least 3"),
        ("demo --examples 10 --batch-size 11", "--batch-size 11 is more than there are examples (10)"),
        ("predict", "the following required arguments were not provided:"),
        ("plot a.csv --x x --y y -o a", "--output a must end in .svg or in .png"),
    ] {
        refuses(file, words, 2, message);
    }
}

#[test]
fn help_and_version_are_no_errors() {
    let place = Place::new();
    for words in ["--help", "fit --help", "demo --help", "predict --help", "plot --help", "help fit"] {
        let run = place.ok(words);
        assert!(run.out.contains("Usage: ndgrad") && run.out.contains("Examples:"), "{words}: {}", run.out);
        let longest = run.out.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= 110, "{words}: a line of {longest} characters");
        assert_eq!(run.err, "");
    }
    assert_eq!(place.ok("--version").out, format!("ndgrad {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(place.run("").code, Some(2), "no command: the help, on standard error");
    assert_eq!(place.names(), [""; 0]);
}

/// The library that decodes Parquet panics on this one, which in a release build no one can catch.
#[test]
fn damaged_files_are_errors_even_where_a_library_panics() {
    let golden = format!("{}/../data/tests/golden/columnar_none.parquet", env!("CARGO_MANIFEST_DIR"));
    let mut bytes = std::fs::read(golden).unwrap();
    bytes[1970] ^= 0x55;
    let message =
        "a.parquet: the file is damaged or cut short (its parts contradict each other)\n    Copy it anew";
    let place = Place::new();
    place.file("a.parquet", bytes);
    for words in ["describe a.parquet", "fit a.parquet --target real"] {
        let run = place.run(words);
        assert_eq!(run.code, Some(1), "{}", run.err);
        let (warning, error) = run.err.split_once("error: ").unwrap();
        assert!(
            warning.is_empty() || warning.starts_with("warning: column \"list\" was left out"),
            "{warning}"
        );
        assert!(error.starts_with(message), "{error}");
        assert!((1..=5).contains(&error.lines().count()), "{error}");
        assert_eq!((run.out.as_str(), place.names()), ("", vec!["a.parquet".to_string()]));
    }
}
