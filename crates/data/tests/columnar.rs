//! Parquet and Arrow files that pyarrow wrote: `tests/golden/columnar.py`.
#![cfg(feature = "parquet")]

use std::fs;
use std::path::PathBuf;

use ndgrad_data::{Kind, Options, Source, Table};

const FILES: [&str; 9] = [
    "columnar_none.parquet",
    "columnar_snappy.parquet",
    "columnar_zstd.parquet",
    "columnar_gzip.parquet",
    "columnar_lz4.parquet",
    "columnar_uncompressed.arrow",
    "columnar_zstd.arrow",
    "columnar_lz4.arrow",
    "columnar.arrows",
];

/// All but the lists, which are no column of numbers or categories.
const COLUMNS: [&str; 10] =
    ["whole", "large", "real", "single", "truth", "text", "level", "day", "time", "price"];

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn open(name: &str, options: &Options) -> Source {
    Source::open(golden(name), options).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The rows of these columns, whatever the batches.
fn rows(source: &Source, columns: &[&str]) -> Vec<Vec<Option<f64>>> {
    let mut all = vec![Vec::new(); columns.len()];
    for table in source.tables(columns).unwrap() {
        let table: Table = table.unwrap();
        for (name, all) in columns.iter().zip(&mut all) {
            all.extend(table.numeric(name).unwrap().iter());
        }
    }
    all
}

fn texts(source: &Source, column: &str) -> Vec<Option<String>> {
    let tables = source.tables(&[column]).unwrap().map(|table| table.unwrap());
    let of = |table: Table| {
        let category = table.category(column).unwrap();
        (0..category.len()).map(|row| category.get(row).map(String::from)).collect::<Vec<_>>()
    };
    tables.flat_map(of).collect()
}

#[test]
fn every_type_reads_as_pyarrow_wrote_it() {
    use Kind::{Category, Date, Number};
    for name in FILES {
        let source = open(name, &Options::new());
        let kinds = [Number, Number, Number, Number, Number, Category, Category, Date, Date, Number];
        assert_eq!(COLUMNS.map(|column| source.kind(column).unwrap()), kinds, "{name}");
        assert_eq!(source.schema().unwrap().rows, 4, "{name}");

        let columns = ["price", "whole", "large", "single", "truth", "day", "time"];
        let expected = [
            vec![None, Some(1.0), Some(2.0), Some(3.0)],
            vec![Some(1.0), None, Some(-3.0), Some(4.0)],
            vec![Some(1099511627776.0), Some(0.0), Some(1.0), None],
            vec![Some(f64::from(0.1f32)), Some(1.0), Some(2.0), Some(3.0)],
            vec![Some(1.0), Some(0.0), None, Some(1.0)],
            vec![Some(19783.0), None, Some(-1.0), Some(0.0)],
            vec![Some(19783.5), Some(0.25), None, Some(-1.0)],
        ];
        assert_eq!(rows(&source, &columns), expected, "{name}");
        let real = &rows(&source, &["real"])[0];
        assert_eq!((real[0], real[2], real[3]), (Some(0.5), None, Some(-2.25)), "{name}");
        assert!(real[1].unwrap().is_nan(), "a NaN is a value: {name}");
        let text = [Some("b"), None, Some("NA"), Some(" a ")].map(|text| text.map(String::from));
        assert_eq!(texts(&source, "text"), text, "{name}");
        let level = [Some("x"), Some("y"), None, Some("x")].map(|text| text.map(String::from));
        assert_eq!(texts(&source, "level"), level, "{name}");
    }
}

#[test]
fn what_is_declared_is_converted() {
    for name in FILES {
        let source = open(name, &Options::new().categories(["whole", "day"]));
        assert_eq!(texts(&source, "whole")[2].as_deref(), Some("-3"));
        assert_eq!(texts(&source, "day")[0].as_deref(), Some("2024-03-01"));
        let source = open(name, &Options::new().numbers(["level"]));
        let error = source.tables(&["level"]).unwrap().find_map(Result::err).unwrap().to_string();
        assert!(error.contains("column \"level\": row 1: \"x\" is not a number"), "{error}");
        let source = open(name, &Options::new().dates(["whole"]));
        let error = source.tables(&["whole"]).unwrap().find_map(Result::err).unwrap().to_string();
        assert!(error.contains("column \"whole\": row 1: \"1\" is not a date"), "{error}");
    }
}

/// The nested file has a structure before its other columns, and a list among them.
#[test]
fn what_cannot_be_read_is_left_out_and_refused_where_it_is_asked_for() {
    for name in FILES.into_iter().chain(["columnar_nested.parquet"]) {
        let source = open(name, &Options::new());
        let table = source.table().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(table.names(), source.names(), "{name}");
        assert!(!source.names().iter().any(|name| name == "list"), "{name}");
        assert_eq!(table.numeric("whole").unwrap().get(3), Some(4.0), "{name}");
        let left_out = source.left_out().iter().find(|column| column.name == "list").unwrap();
        assert!(left_out.reason.starts_with("values of type List"), "{}", left_out.reason);
        let error = source.tables(&["list"]).err().unwrap().to_string();
        assert!(error.contains("column \"list\": values of type List"), "{error}");
        assert!(error.contains("Leave the column out"), "{error}");
    }
    let nested = open("columnar_nested.parquet", &Options::new());
    let left_out = Vec::from_iter(nested.left_out().iter().map(|column| column.name.as_str()));
    assert_eq!(left_out, ["pair", "list"]);
    let error = Source::open(golden("columnar_only_lists.parquet"), &Options::new()).unwrap_err().to_string();
    assert!(
        error.contains("no column of numbers, dates or texts: \"list\" has values of type List"),
        "{error}"
    );
    let error = Source::open(golden("columnar_empty.parquet"), &Options::new()).unwrap_err().to_string();
    assert!(error.ends_with("there is no row\n    Write at least one."), "{error}");
}

/// Wherever a file ends, and whatever byte of it is wrong, it is read or refused.
#[test]
fn damaged_files_never_panic() {
    let directory = tempfile::tempdir().unwrap();
    let read = |path: &PathBuf| {
        let source = Source::open(path, &Options::new())?;
        let columns: Vec<&str> = COLUMNS.into_iter().filter(|name| source.position(name).is_ok()).collect();
        source.tables(&columns)?.try_for_each(|table| table.map(drop))
    };
    for name in ["columnar_zstd.parquet", "columnar_uncompressed.arrow"] {
        let bytes = fs::read(golden(name)).unwrap();
        let path = directory.path().join(name);
        for end in (8..bytes.len()).step_by(97) {
            fs::write(&path, &bytes[..end]).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains("damaged or cut short"), "{name} to {end}: {error}");
        }
        for place in (8..bytes.len()).step_by(61) {
            let mut wrong = bytes.clone();
            wrong[place] ^= 0x55;
            fs::write(&path, wrong).unwrap();
            let _ = read(&path);
        }
    }
}
