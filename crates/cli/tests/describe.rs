//! `ndgrad describe`: the text, the JSON, compressed files and standard input.

mod common;

use std::io::Write;
use std::process::Stdio;

use common::{Place, Run, sample};

const TEXT: &str = "\
size,kind,built,note
1,a,1990-05-01,
2,b,2001-11-30,
4,a,NA,
,a,2020-01-01,
";

#[test]
fn columns_are_described_by_their_kinds() {
    let place = Place::new();
    let run = place.file("t.csv", TEXT).ok("describe t.csv");
    let expected = "\
t.csv: 4 rows, 4 columns

number  missing   mean  deviation    min   25 %  median   75 %    max   histogram
size          1  2.333      1.528  1.000  1.500   2.000  3.000  4.000  █  █     █
note          4  -          -      -      -       -      -      -

date   missing       first                 25 %      median        75 %        last   histogram
built        1  1990-05-01  1996-02-14T12:00:00  2001-11-30  2010-12-16  2020-01-01  █  █     █

category  missing  levels  most frequent
kind            0       2  a 3, b 1
";
    assert_eq!(run.out, expected);
}

#[test]
fn json_has_the_numbers() {
    let place = Place::new();
    let run = place.ok(&format!("describe {} --json", sample("penguins.csv")));
    let description: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(description["rows"], 344);
    let columns = description["columns"].as_array().unwrap();
    let column = |name: &str| columns.iter().find(|column| column["name"] == name).unwrap();
    assert_eq!(column("body_mass_g")["median"], 4050.0);
    assert_eq!(column("body_mass_g")["missing"], 2);
    assert_eq!(column("sex")["levels"], 2);
    assert_eq!(column("species")["most_frequent"][0], serde_json::json!({"level": "Adelie", "count": 152}));
}

#[test]
fn standard_input_and_chosen_columns() {
    let place = Place::new();
    let mut command = place.command("describe - --columns kind,size --categories size --json");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(TEXT.as_bytes()).unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    let description: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(description["file"], "standard input");
    assert_eq!(description["columns"][1]["levels"], 3);
    assert_eq!(description["columns"].as_array().unwrap().len(), 2);
}

#[test]
fn long_files_have_estimates_that_say_so() {
    let place = Place::new();
    let mut text = "n\n".to_string();
    (0..100_000u64).for_each(|i| text += &format!("{}\n", i * 7919 % 100_003));
    let run = place.file("long.csv", text).ok("describe long.csv");
    assert!(run.out.contains("no rank of a quartile is off by more than 0."), "{}", run.out);
}

#[test]
fn what_cannot_be_described() {
    let place = Place::new();
    place.file("t.csv", TEXT).file("cut.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03K");
    for (words, message) in [
        ("describe none.csv", "error: none.csv: cannot read: there is no such file"),
        ("describe t.csv --columns siz", "error: t.csv: there is no column \"siz\"; did you mean \"size\"?"),
        ("describe t.csv --numbers kind", "error: t.csv:2: column \"kind\": \"a\" is not a number"),
        ("describe t.csv --dates kind", "error: t.csv:2: column \"kind\": \"a\" is not a date"),
        ("describe cut.csv.gz", "error: cut.csv.gz: cannot read: its gzip stream is damaged or cut short"),
    ] {
        let run = place.run(words);
        assert_eq!(run.code, Some(1), "{words}");
        assert!(run.err.starts_with(message), "{words}: {}", run.err);
        assert_eq!(run.out, "", "{words}");
    }
}
