//! What a table reads, what it refuses, and in which words.

use super::*;
use proptest::prelude::*;
use std::fs;

fn read(text: &str) -> Table {
    Table::from_csv("t.csv", text.as_bytes()).unwrap()
}

fn refusal(text: impl AsRef<[u8]>) -> String {
    Table::from_csv("t.csv", text.as_ref()).unwrap_err().to_string()
}

fn numbers(table: &Table, name: &str) -> Vec<Option<f64>> {
    table.numeric(name).unwrap().iter().collect()
}

fn texts<'a>(table: &'a Table, name: &str) -> Vec<Option<&'a str>> {
    let category = table.category(name).unwrap();
    (0..category.len()).map(|row| category.get(row)).collect()
}

#[test]
fn types_missing_values_and_spaces() {
    let table = read("a, b ,c\n 1 , x,\n NA ,\" y, z \",\n2e3,?,null\n");
    assert_eq!(table.names(), ["a", "b", "c"]);
    assert_eq!(numbers(&table, "a"), [Some(1.0), None, Some(2000.0)]);
    assert_eq!(texts(&table, "b"), [Some("x"), Some("y, z"), None]);
    assert_eq!(numbers(&table, "c"), [None; 3], "a column without values is numeric");
    assert_eq!(table.columns()[2].missing(), 3);
}

#[test]
fn a_column_of_numbers_and_text_keeps_the_spelling_of_its_numbers() {
    let table = read("zip,n\n02134,1\n,2\n2134,3\nK1A 0B1,4\n");
    assert_eq!(texts(&table, "zip"), [Some("02134"), None, Some("2134"), Some("K1A 0B1")]);
    let tally = table.category("zip").unwrap().tally();
    assert_eq!((tally.numbers(), tally.texts(), tally.first_text()), (2, 1, Some((3, "K1A 0B1"))));
    assert!(tally.is_mostly_numeric());
}

#[test]
fn categories_on_demand() {
    let csv = Csv::new().categories(["zone"]);
    let table = csv.read_from("t.csv", "zone,n\n07,1\n7,2\n".as_bytes()).unwrap();
    assert_eq!(texts(&table, "zone"), [Some("07"), Some("7")]);
    assert_eq!(
        table.numeric("zone").unwrap_err().to_string(),
        "t.csv: column \"zone\": the column was read as categories\n    \
         Its fields are all numbers; do not ask for categories when the file is read."
    );
    let error = csv.read_from("t.csv", "zones,n\n1,2\n".as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("t.csv: there is no column \"zone\"; did you mean \"zones\"?"), "{error}");
}

#[test]
fn byte_order_mark_line_ends_and_a_last_line_without_a_break() {
    for text in
        ["\u{feff}a,b\r\n1,x\r\n2,y\r\n", "a,b\n1,x\n2,y", "a,b\r1,x\r2,y\r", "\n\na,b\n\n1,x\n\n2,y\n\n"]
    {
        let table = read(text);
        assert_eq!(numbers(&table, "a"), [Some(1.0), Some(2.0)], "{text:?}");
        assert_eq!(texts(&table, "b"), [Some("x"), Some("y")], "{text:?}");
    }
}

#[test]
fn rows_know_their_lines() {
    let table = read("a,b\r\n1,x\r\n2,\"y\r\nz\"\r\n\r\n3,w\r\n4,v\r\n");
    assert_eq!(Vec::from_iter((0..4).map(|row| table.line(row).unwrap())), [2, 3, 6, 7]);
    assert_eq!(table.place(2, "a").to_string(), "t.csv:6: column \"a\"");
    assert_eq!(Table::new("t", [("a", Numeric::from(vec![1.0]).into())]).line(0), None);
}

#[test]
fn ten_thousand_columns_and_a_single_row() {
    let names = Vec::from_iter((0..10_000).map(|i| format!("c{i}"))).join(",");
    let values = Vec::from_iter((0..10_000).map(|i| i.to_string())).join(",");
    let table = read(&format!("{names}\n{values}\n"));
    assert_eq!((table.rows(), table.names().len()), (1, 10_000));
    assert_eq!(numbers(&table, "c9999"), [Some(9999.0)]);
    let error = table.column("d").unwrap_err().to_string();
    assert!(error.ends_with("\"c8\", \"c9\", and 9990 more."), "{error}");
    assert_eq!(error.lines().count(), 2);
}

#[test]
fn the_file_system_refuses() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("penguin.csv");
    assert_eq!(
        Table::read_csv(&path).unwrap_err().to_string(),
        format!(
            "{}: cannot read: there is no such file\n    Check the spelling and the directory.",
            path.display()
        )
    );
    assert_eq!(
        Table::read_csv(directory.path()).unwrap_err().to_string(),
        format!(
            "{}: cannot read: it is a directory\n    Name one of the files in it.",
            directory.path().display()
        )
    );
}

#[test]
fn files_are_read_as_streams_twice_if_need_be() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("t.tsv");
    fs::write(&path, "a\tb\n007\t1\nx\t2\n").unwrap();
    let table = Table::read_csv(&path).unwrap();
    assert_eq!(texts(&table, "a"), [Some("007"), Some("x")]);
    assert_eq!(numbers(&table, "b"), [Some(1.0), Some(2.0)]);
}

#[test]
fn nothing_in_the_file() {
    let empty = "t.csv: the file is empty\n    Its first line must name the columns: height,weight";
    for text in ["", "\u{feff}", "\r\n\n"] {
        assert_eq!(refusal(text), empty, "{text:?}");
    }
    for text in ["a,b", "a,b\n", "a,b\r\n\r\n"] {
        assert_eq!(
            refusal(text),
            "t.csv: there is a header but no row below it\n    Add at least one line of values."
        );
    }
}

#[test]
fn ragged_rows() {
    assert_eq!(
        refusal("a,b,c\n1,2,3\n\n4,5\n"),
        "t.csv:4: this row has 2 fields, but the header has 3\n    \
         Every row needs the same number of fields; leave a field empty where a value is missing."
    );
    assert_eq!(
        refusal("a,b\n1,2,3\n"),
        "t.csv:2: this row has 3 fields, but the header has 2\n    \
         A field that contains ',' must stand in double quotes."
    );
    assert_eq!(
        refusal("a;b\n1;2\n1,5;2\n"),
        "t.csv:3: this row has 2 fields, but the header has 1\n    \
         The header is one column, \"a;b\": are the fields separated by ';'?"
    );
    assert_eq!(
        refusal("a,b\n1,2\n\"3,4\n5,6\n7\",8,9\n"),
        "t.csv:3: this row has 3 fields, but the header has 2\n    \
         It reaches from line 3 to line 5: is a double quote left open there?"
    );
    assert_eq!(
        refusal("a,b\n ,1\n  \n").lines().next(),
        Some("t.csv:3: this row has 1 field, but the header has 2")
    );
}

#[test]
fn more_fields_than_a_table_has() {
    let message = "this row has more than 1048576 fields\n    \
                   Is it a table with one row per line, and is ',' what separates its fields?";
    let commas = ",".repeat(1 << 21);
    assert_eq!(refusal(&commas), format!("t.csv:1: {message}"));
    assert_eq!(refusal(format!("a,b\n{commas}")), format!("t.csv:2: {message}"));
}

#[test]
fn names_of_columns() {
    assert_eq!(
        refusal("\na,b, a\n1,2,3\n"),
        "t.csv:2: columns 1 and 3 have the same name, \"a\"\n    \
         The first line must be a header that gives each column a name of its own."
    );
    assert_eq!(
        refusal("\"\",a\n1,2\n"),
        "t.csv:1: column 1 of 2 has no name\n    \
         Name it in the header. If it holds row numbers, write the file without them\n    \
         (R: row.names = FALSE, pandas: index=False)."
    );
}

#[test]
fn quotes_and_encodings() {
    assert_eq!(
        refusal("a,b\n1,2\n3,\"4\n5,6\n7,8"),
        "t.csv:3: column \"b\": a double quote opens here and is never closed\n    \
         Add the closing quote, or write \"\" for a quote that is part of the text."
    );
    assert_eq!(
        refusal("a,b\n\"1\n\",\"4").lines().next(),
        Some("t.csv:3: column \"b\": a double quote opens here and is never closed")
    );
    assert!(refusal("a,\"b\n1,2\n").starts_with("t.csv:1: a double quote opens here"));
    assert_eq!(
        refusal(b"a,b\n1,x\n2,K\xf6ln\n"),
        "t.csv:3: column \"b\": the text is not UTF-8 (byte 0xF6)\n    \
         Save the file as UTF-8 (in a spreadsheet: \"CSV UTF-8\")."
    );
    // Together the two bytes would make a letter.
    assert!(
        refusal(b"a,b\n\xc3,\xa9\n").starts_with("t.csv:2: column \"a\": the text is not UTF-8 (byte 0xC3)")
    );
    assert!(refusal(b"\xe9,b\n1,2\n").starts_with("t.csv:1: the text is not UTF-8 (byte 0xE9)"));
    assert_eq!(
        refusal(b"\xff\xfea\0,\0b\0"),
        "t.csv: the file is text in UTF-16, not CSV\n    Save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")."
    );
    assert!(refusal(b"PK\x03\x04 and so on").contains("Save the sheet as CSV first."));
}

#[test]
fn text_among_numbers() {
    let error = |text: &str| read(text).numeric("price").unwrap_err().to_string();
    assert_eq!(
        error("id,price\n1,10\n2,20\n3,abc\n4,NA\n"),
        "t.csv:4: column \"price\": \"abc\" is not a number\n    \
         The column's other 2 values are numbers.\n    \
         Correct it, or leave the field empty (or write NA) if the value is missing."
    );
    assert_eq!(
        error("id,price\n1,10\n2,\"12,5\"\n3,\"13,5\"\n4,14\n"),
        "t.csv:3: column \"price\": \"12,5\" is not a number\n    \
         The column holds 2 numbers and 2 other texts; this is the first of them.\n    \
         Write it with a decimal point: 12.5"
    );
    assert_eq!(
        error("price\n1\n-inf\n"),
        "t.csv:3: column \"price\": \"-inf\" is not a finite number\n    \
         The column's other value is a number.\n    \
         Correct it, or leave the field empty (or write NA) if the value is missing."
    );
    assert_eq!(
        error("price\nNaN\nNA\n"),
        "t.csv:2: column \"price\": \"NaN\" is not a number\n    \
         It is the column's only value.\n    \
         Leave the field empty, or write NA, if the value is missing."
    );
    assert_eq!(
        error("price\n\"1,5\"\n\"2,5\"\n"),
        "t.csv:2: column \"price\": \"1,5\" is not a number\n    \
         The column holds no number and 2 other texts; this is the first of them.\n    \
         Write it with a decimal point: 1.5"
    );
    assert_eq!(
        error("price\nlow\nhigh\n1\n"),
        "t.csv:2: column \"price\": \"low\" is not a number\n    \
         The column holds categories: \"1\", \"high\", \"low\".\n    \
         Choose a column of numbers."
    );
}

#[test]
fn columns_that_are_not_there() {
    let error = |text: &str, name: &str| read(text).column(name).unwrap_err().to_string();
    assert_eq!(
        error("a;b\n1;2\n", "a"),
        "t.csv: there is no column \"a\"\n    The header is one column, \"a;b\": are the fields separated by ';'?"
    );
    assert_eq!(error("x\n1\n", "y"), "t.csv: there is no column \"y\"\n    The only column is \"x\".");
    assert_eq!(
        read("x\n1\n").category("x").unwrap_err().to_string(),
        "t.csv: column \"x\": the column holds numbers, not categories\n    \
         To use its numbers as names of categories, ask for that when the file is read."
    );
}

#[test]
fn messages_stay_short_whatever_the_file_holds() {
    let long = "é\n".repeat(100_000);
    for text in
        [format!("\"{long}\",b\n1\n"), format!("\"{long}\",\"{long}\"\n1,2\n"), format!("\"{long}\n1")]
    {
        let message = refusal(&text);
        assert!(message.len() < 500 && message.lines().count() <= 5, "{message}");
    }
    let error = read(&format!("a\n1\n\"{long}\"\n")).numeric("a").unwrap_err().to_string();
    assert!(error.len() < 500 && error.lines().count() <= 5, "{error}");
}

#[test]
#[should_panic(expected = "column \"b\" has 1 rows, but \"a\" has 2")]
fn columns_of_a_table_are_equally_long() {
    Table::new("t", [("a", Numeric::from(vec![1.0, 2.0]).into()), ("b", Numeric::from(vec![1.0]).into())]);
}

/// A finite number of any size, missing now and then.
fn value() -> impl Strategy<Value = Option<f64>> {
    let finite = any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |value| value.is_finite());
    prop_oneof![1 => Just(None), 4 => finite.prop_map(Some), 1 => (-1000i32..1000).prop_map(|i| Some(i.into()))]
}

/// A text that reads back as it is: no spaces around it, not a spelling of a missing value.
fn label() -> impl Strategy<Value = String> {
    let text = r#"[a-z0-9,;"\n\r\t éß.|]{1,6}|\PC{1,5}|nan|-inf|007"#;
    text.prop_filter("not trimmed", |text| {
        text.trim() == text && !text.is_empty() && !MISSING.contains(&text.as_str())
    })
}

fn table() -> impl Strategy<Value = Table> {
    (1usize..6, 1usize..12).prop_flat_map(|(width, rows)| {
        let numeric = prop::collection::vec(value(), rows)
            .prop_map(|values| Column::Numeric(values.into_iter().collect()));
        let category = prop::collection::vec(prop::option::of(label()), rows)
            .prop_map(|values| Column::Category(values.into_iter().collect()));
        let names = prop::collection::hash_set(label(), width);
        let columns = prop::collection::vec(prop_oneof![numeric, category], width);
        (names, columns).prop_map(|(names, columns)| Table::new("t", names.into_iter().zip(columns)))
    })
}

/// Bytes that are often CSV, so that they come past the header.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "a", "b", ",", ",", "\n", "\n", "\r", "\"", "1", "-2.5", "nan", " ", "é", "\u{feff}", "\0", "1e999",
        "NA",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes()),
    ]
}

fn bits(table: &Table) -> Vec<Vec<Option<u64>>> {
    let numeric = table.columns().iter().filter_map(|column| match column {
        Column::Numeric(numeric) => Some(numeric.iter().map(|value| value.map(f64::to_bits)).collect()),
        Column::Category(_) => None,
    });
    numeric.collect()
}

/// One byte at a time.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let some = buffer.len().min(1);
        self.0.read(&mut buffer[..some])
    }
}

fn lines(reader: &mut dyn Read) -> Result<Vec<(u64, String)>, String> {
    let mut records = records::Records::open("t", b',', reader).map_err(|error| error.to_string())?;
    let mut lines = Vec::new();
    while records.advance_row().map_err(|error| error.to_string())? {
        lines.push((records.line(), records.field(0).to_string()));
    }
    Ok(lines)
}

/// A byte order mark is one at the beginning of the file alone, however the bytes arrive.
#[test]
fn a_byte_order_mark_after_blank_lines_is_text() {
    let mut records = records::Records::open("t", b',', &b"\n\n\xef\xbb\xbfa,b\n1,2\n"[..]).unwrap();
    assert_eq!(records.names(), ["\u{feff}a", "b"]);
    assert!(records.advance_row().unwrap());
    assert_eq!((records.line(), records.field(1)), (4, "2"));
    let bytes = b"\n\n\xef\xbb\xbf,b\n1,2\n";
    assert_eq!(lines(&mut &bytes[..]), lines(&mut Drip(bytes)));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in soup()) {
        match Table::from_csv("t.csv", &bytes[..]) {
            Err(error) => prop_assert!((1..=5).contains(&error.to_string().lines().count())),
            Ok(table) => {
                prop_assert!(table.rows() > 0);
                prop_assert!(table.columns().iter().all(|column| column.len() == table.rows()));
                let breaks = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
                prop_assert!(table.line(table.rows() - 1).unwrap() <= 1 + breaks as u64);
            }
        }
    }

    #[test]
    fn short_reads_change_nothing(bytes in soup()) {
        prop_assert_eq!(lines(&mut &bytes[..]), lines(&mut Drip(&bytes)));
    }

    #[test]
    fn tables_survive_a_round_trip(table in table()) {
        let categories = table.names().iter().zip(table.columns());
        let categories = categories.filter(|(_, column)| matches!(column, Column::Category(_)));
        let csv = Csv::new().categories(categories.map(|(name, _)| name.clone()));
        let mut text = Vec::new();
        table.to_csv(&mut text).unwrap();
        let back = csv.read_from("t.csv", &text[..]).unwrap();
        prop_assert_eq!(&back, &table);
        prop_assert_eq!(bits(&back), bits(&table));
    }

    /// With a column appended, the file reads as the table with that column.
    #[test]
    fn appending_adds_a_column_and_nothing_else(table in table(), seed in value()) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("t.csv");
        table.write_csv(&path).unwrap();
        let values = vec![seed; table.rows()];
        let mut output = Vec::new();
        append_column(&path, &mut output, "the predicted value", &values).unwrap();

        let before = Table::read_csv(&path).unwrap();
        let after = Table::from_csv("t.csv", &output[..]).unwrap();
        let last = Column::Numeric(values.into_iter().collect());
        let expected = before.names().iter().cloned().zip(before.columns().iter().cloned());
        let expected = expected.chain([("the predicted value".to_string(), last)]);
        prop_assert_eq!(after, Table::new("t", expected));
    }
}
