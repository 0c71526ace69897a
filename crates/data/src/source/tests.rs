//! What a source reads, and that it is the same however it is cut.

use super::*;
use crate::table::{Column, Field, Records, Value};
use crate::{Category, Csv, Numeric};
use ndgrad_tensor::threads::set_threads;
use proptest::prelude::*;

fn source(text: &str, options: &Options) -> Result<Source> {
    Source::from_reader("t.csv", text.as_bytes(), options)
}

/// Numbers first, then a text far behind.
fn late_text() -> String {
    let mut text = "n,late,z\n".to_string();
    (0..500).for_each(|i| text += &format!("{i},0{i},{}\n", i % 7));
    text + "500,K1A,1\n501,x,1\n"
}

#[test]
fn kinds_are_guessed_then_known() {
    let source = source(&late_text(), &Options::new().batch_bytes(256)).unwrap();
    assert!(!source.is_certain());
    assert_eq!(source.kinds(), [Kind::Number; 3]);
    let error = source.tables(&["late"]).unwrap().find_map(Result::err).unwrap();
    assert!(error.to_string().starts_with("t.csv:502: column \"late\": \"K1A\" is not a number"), "{error}");

    let mut calls = 0;
    let rows = source.attempt(|| {
        calls += 1;
        source.tables(&["late"])?.try_fold(0, |rows, table| Ok(rows + table?.category("late")?.len()))
    });
    assert_eq!((rows.unwrap(), calls), (502, 2));
    assert!(source.is_certain());
    assert_eq!(source.kind("late").unwrap(), Kind::Category);
    assert_eq!(source.schema().unwrap().rows, 502);
    let table = source.table().unwrap();
    assert_eq!(table.category("late").unwrap().get(7), Some("07"));
}

#[test]
fn what_is_declared_is_kept() {
    let text = late_text();
    let small = || Options::new().batch_bytes(256);
    let categories = source(&text, &small().categories(["z"])).unwrap();
    assert_eq!(
        categories.table().unwrap().category("z").unwrap().levels(),
        ["0", "1", "2", "3", "4", "5", "6"]
    );
    let numbers = source(&text, &small().numbers(["late"])).unwrap();
    for error in [numbers.table().unwrap_err(), numbers.schema().unwrap_err()] {
        assert!(
            error.to_string().starts_with("t.csv:502: column \"late\": \"K1A\" is not a number"),
            "{error}"
        );
    }
    let dates = source("d\n2024-01-01\n2024-13-01\n", &Options::new().dates(["d"])).unwrap_err();
    assert_eq!(
        dates.to_string(),
        "t.csv:3: column \"d\": \"2024-13-01\" is not a date\n    \
         Write dates as 2024-03-31 or 2024-03-31T12:30:00, or leave the field empty if the value is missing."
    );
    let error = source("a,b\n1,2\n", &Options::new().dates(["c"])).unwrap_err().to_string();
    assert!(error.starts_with("t.csv: there is no column \"c\""), "{error}");
}

#[test]
fn dates_are_days() {
    let text = "day,mixed\n2024-03-01,2024-03-01\nNA,5\n1969-12-31T12:00,2024-03-02\n";
    let table = source(text, &Options::new()).unwrap().table().unwrap();
    let days = table.numeric("day").unwrap();
    assert!(days.is_dates());
    assert_eq!(Vec::from_iter(days.iter()), [Some(19783.0), None, Some(-0.5)]);
    assert_eq!(table.category("mixed").unwrap().levels(), ["2024-03-01", "2024-03-02", "5"]);
    let mut written = Vec::new();
    table.to_csv(&mut written).unwrap();
    let back = Csv::new().read_from("t.csv", &written[..]).unwrap();
    assert_eq!(back, table);
}

#[test]
fn columns_come_in_the_order_that_is_asked_for() {
    let source = source("a,b,c\n1,x,2024-01-01\n2,y,\n", &Options::new()).unwrap();
    let table = source.tables(&["c", "a"]).unwrap().next().unwrap().unwrap();
    assert_eq!(table.names(), ["c", "a"]);
    assert_eq!(table.numeric("a").unwrap().values(), [1.0, 2.0]);
    assert_eq!(table.rows(), 2);
    assert_eq!(source.tables::<&str>(&[]).unwrap().next().unwrap().unwrap().rows(), 2);
    let error = source.tables(&["d"]).unwrap_err().to_string();
    assert!(error.starts_with("t.csv: there is no column \"d\""), "{error}");
}

#[test]
#[should_panic(expected = "column \"a\" is asked for twice")]
fn a_column_is_asked_for_once() {
    let _ = source("a\n1\n", &Options::new()).unwrap().tables(&["a", "a"]);
}

#[test]
fn errors_name_the_line_whatever_the_batch() {
    let mut text = "a,b\n".to_string();
    (0..300).for_each(|i| text += &format!("{i},\"x\ny\"\n"));
    let rows = text.clone();
    for (wrong, message) in [
        ("1,2,3\n", "t.csv:602: this row has 3 fields, but the header has 2"),
        ("1\n", "t.csv:602: this row has 1 field, but the header has 2"),
        ("1,\"2\n", "t.csv:602: column \"b\": a double quote opens here and is never closed"),
        ("1,\0\n", "t.csv:602: a NUL byte"),
    ] {
        text = rows.clone() + wrong;
        for size in [1, 100, 1 << 20] {
            let found = source(&text, &Options::new().batch_bytes(size)).and_then(|source| source.table());
            let error = found.unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}

#[test]
fn compressed_files_are_read_by_their_first_bytes() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;
    let directory = tempfile::tempdir().unwrap();
    let text = "a\tb\n1\tx\n2\ty\n".as_bytes();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    let zstd = ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
    let expected = Csv::new().delimiter(b'\t').read_from("t", text).unwrap();
    for (name, bytes) in
        [("t.tsv.gz", encoder.finish().unwrap()), ("t.tsv.zst", zstd.clone()), ("t.TAB", zstd)]
    {
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(Table::read_csv(&path).unwrap(), expected, "{name}");
    }
}

#[test]
fn a_file_that_changes_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("t.csv");
    std::fs::write(&path, "a\n1\n").unwrap();
    let source = Source::open(&path, &Options::new()).unwrap();
    std::fs::write(&path, "b\n1\n").unwrap();
    let error = source.tables(&["a"]).unwrap_err().to_string();
    assert!(error.contains("the file changed while it was being read"), "{error}");
}

/// The table as the records give it, without chunks or threads.
fn plainly(text: &str) -> Result<Vec<Column>, String> {
    let mut records = Records::open("t.csv", b',', text.as_bytes()).map_err(|error| error.to_string())?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    while records.advance_row().map_err(|error| error.to_string())? {
        rows.push((0..records.names().len()).map(|index| records.field(index).to_string()).collect());
    }
    let columns = (0..records.names().len()).map(|index| {
        let fields = || rows.iter().map(|row| Field::read(&row[index]));
        let all = |wanted: fn(&Value) -> bool| {
            fields().all(|field| field.value == Value::Missing || wanted(&field.value))
        };
        if all(|value| matches!(value, Value::Number(_))) || all(|value| matches!(value, Value::Date(_))) {
            return Column::Numeric(Numeric::from_iter(fields().map(|field| match field.value {
                Value::Number(number) | Value::Date(number) => Some(number),
                _ => None,
            })));
        }
        let category = fields().map(|field| (field.value != Value::Missing).then_some(field.text));
        Column::Category(Category::from_iter(category))
    });
    if rows.is_empty() { Err("no row".into()) } else { Ok(columns.collect()) }
}

/// Records that are mostly as wide as the header.
fn text() -> impl Strategy<Value = String> {
    let field = prop_oneof![
        4 => r"-?[0-9]{1,4}(\.[0-9]{1,3})?",
        1 => "20[0-2][0-9]-0[1-9]-[0-3][0-9]",
        1 => "[a-c]|NA| 1 |inf|é",
        2 => "\"([a-c,\n\r]|\"\"){0,4}\"",
        1 => "[a\"]{1,3}|\"a\"b?",
        1 => Just(String::new()),
    ];
    let end = prop_oneof![6 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\n\n")];
    let record = (prop::collection::vec(field, 3), end);
    prop::collection::vec(record, 1..30).prop_map(|records| {
        let mut text = "a,b,c\n".to_string();
        records.iter().for_each(|(fields, end)| text += &(fields.join(",") + end));
        text
    })
}

proptest! {
    #[test]
    fn the_table_does_not_depend_on_batches_and_threads(
        text in text(), size in 1usize..200, threads in 1usize..5, cut in 0usize..40,
    ) {
        let text = &text[..text.floor_char_boundary(text.len().saturating_sub(cut).max(6))];
        set_threads(threads);
        let found = source(text, &Options::new().batch_bytes(size)).and_then(|source| source.table());
        let whole = source(text, &Options::new()).and_then(|source| source.table());
        match plainly(text) {
            Ok(expected) => {
                let (found, whole) = (found.unwrap(), whole.unwrap());
                prop_assert_eq!(found.columns(), &expected[..]);
                prop_assert_eq!(whole.columns(), &expected[..]);
                for row in 0..found.rows() {
                    prop_assert_eq!(found.line(row), whole.line(row));
                }
                for (found, whole) in found.columns().iter().zip(whole.columns()) {
                    if let (Column::Category(found), Column::Category(whole)) = (found, whole) {
                        prop_assert_eq!(found.tally(), whole.tally());
                    }
                }
            }
            Err(error) => {
                let found = found.unwrap_err().to_string();
                prop_assert_eq!(&found, &whole.unwrap_err().to_string());
                prop_assert!(found == error || error == "no row", "{} {}", found, error);
            }
        }
    }
}
