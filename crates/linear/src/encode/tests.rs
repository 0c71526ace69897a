//! What becomes of columns and rows, and in which words they are refused.

use super::*;

fn encode_with<'a>(text: &str, change: impl FnOnce(&mut Choice<'a>)) -> Result<Encoded> {
    let table = Table::from_csv("t.csv", text.as_bytes()).unwrap();
    let mut choice = Choice { target: "y", features: None, categories: &[], missing: Missing::Drop };
    change(&mut choice);
    Encoded::new(&table, &choice)
}

fn encode(text: &str) -> Encoded {
    encode_with(text, |_| {}).unwrap()
}

fn refusal(text: &str) -> String {
    encode_with(text, |_| {}).err().unwrap().to_string()
}

fn names(encoded: &Encoded) -> Vec<String> {
    encoded.terms().into_iter().map(|term| term.name).collect()
}

/// Rows of `y`, a number `a` and the given column.
fn table(column: &str, values: &[&str]) -> String {
    let rows = values.iter().enumerate().map(|(i, value)| format!("{},{},{value}\n", i * i, i));
    format!("y,a,{column}\n{}", rows.collect::<String>())
}

#[test]
fn numbers_and_indicators_in_the_order_of_the_columns() {
    let encoded = encode("c,y,a\nv,1,10\nu,2,20\nv,3,30\nw,4,50\nu,5,50\nw,6,50\n");
    assert_eq!(names(&encoded), ["c[v]", "c[w]", "a"]);
    assert_eq!(encoded.x[..9], [1.0, 0.0, 10.0, 0.0, 0.0, 20.0, 1.0, 0.0, 30.0]);
    assert_eq!(encoded.y, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert!(encoded.warnings.is_empty());
    let chosen = ["a".to_string(), "c".to_string()];
    let encoded = encode_with("c,y,a\nv,1,10\nu,2,20\nv,3,30\nu,4,50\n", |choice| {
        choice.features = Some(&chosen);
    });
    assert_eq!(names(&encoded.unwrap()), ["a", "c[v]"]);
}

#[test]
fn rows_with_gaps_are_dropped_or_filled() {
    let text = "y,a,c\n1,10,u\n2,,v\nNA,30,v\n4,40,NA\n5,53,v\n6,60,v\n7,8,u\n";
    let encoded = encode(text);
    assert_eq!(encoded.rows, [0, 4, 5, 6]);
    let encoded = encode_with(text, |choice| choice.missing = Missing::Mean).unwrap();
    assert_eq!(encoded.rows, [0, 1, 3, 4, 5, 6], "a row without a target is of no use");
    // The mean of 10, 40, 53, 60, 8; and v occurs three times, u twice.
    assert_eq!(encoded.x, [10.0, 0.0, 34.2, 1.0, 40.0, 1.0, 53.0, 1.0, 60.0, 1.0, 8.0, 0.0]);
    let [number, category] = &encoded.features[..] else { panic!("two features") };
    assert_eq!(number.kind, Kind::Numeric { fill: Some(34.2) });
    assert!(matches!(category.kind, Kind::Category { fill: Some(1), .. }));
}

#[test]
fn levels_without_a_row_are_unknown() {
    let encoded = encode("y,a,c\n1,1,u\n2,2,v\n3,4,u\n4,3,v\nNA,5,w\n");
    assert_eq!(names(&encoded), ["a", "c[v]"]);
}

#[test]
fn what_does_not_vary_is_left_out_with_a_warning() {
    let warning = |column: &str, values: &[&str]| {
        let encoded = encode(&table(column, values));
        assert_eq!(names(&encoded), ["a"]);
        let [warning] = &encoded.warnings[..] else { panic!("{:?}", encoded.warnings) };
        warning.clone()
    };
    assert_eq!(warning("b", &["7.5"; 4]), "feature \"b\" was left out: it is 7.5 in all 4 rows");
    assert_eq!(warning("b", &["u"; 4]), "feature \"b\" was left out: it is \"u\" in all 4 rows");
    assert_eq!(warning("b", &["NA"; 4]), "feature \"b\" was left out: it has no value in any row");
    // The row that differs has no value of a.
    let encoded = encode("y,a,b\n1,1,5\n2,2,5\n4,3,5\n5,NA,6\n");
    assert_eq!(encoded.warnings, ["feature \"b\" was left out: it is 5 in all 3 rows"]);
    let mean = |choice: &mut Choice<'_>| choice.missing = Missing::Mean;
    let encoded = encode_with("y,a,b\n1,1,NA\n2,2,NA\n4,3,NA\nNA,4,6\n", mean).unwrap();
    assert_eq!(encoded.warnings, ["feature \"b\" was left out: it has no value in the rows used"]);
}

#[test]
fn what_tells_rows_apart_is_left_out_or_refused() {
    let text = table("id", &["p", "q", "r", "s", "t"]);
    assert_eq!(
        encode(&text).warnings,
        [
            "feature \"id\" was left out: it has 5 levels in 5 rows; it tells rows apart rather than groups them"
        ]
    );
    let chosen = ["a".to_string(), "id".to_string()];
    let error = encode_with(&text, |choice| choice.features = Some(&chosen)).err().unwrap();
    assert_eq!(
        error.to_string(),
        "t.csv: column \"id\": it has 5 levels in 5 rows; it tells rows apart rather than groups them\n    \
         leave it out of the features, or declare it a category"
    );
    let declared = ["id".to_string()];
    let text = table("id", &["p", "q", "r", "s", "p", "p", "q"]);
    assert!(encode(&text).warnings[0].contains("4 levels in 7 rows"));
    let encoded = encode_with(&text, |choice| choice.categories = &declared).unwrap();
    assert_eq!(names(&encoded), ["a", "id[q]", "id[r]", "id[s]"]);

    let many: Vec<String> = (0..4000).map(|i| format!("v{}", i % 1500)).collect();
    let encoded = encode(&table("c", &Vec::from_iter(many.iter().map(String::as_str))));
    assert_eq!(
        encoded.warnings,
        [
            "feature \"c\" was left out: it has 1500 levels in 4000 rows; that is too many for indicator columns"
        ]
    );
}

#[test]
fn text_among_numbers_is_refused_unless_declared() {
    let text = table("b", &["1", "2", "abc", "4", "1", "2", "abc"]);
    assert_eq!(
        refusal(&text),
        "t.csv:4: column \"b\": \"abc\" is not a number\n    \
         The column holds 5 numbers and 2 other texts; this is the first of them.\n    \
         Correct it, or leave the field empty (or write NA) if the value is missing."
    );
    let declared = ["b".to_string()];
    let encoded = encode_with(&text, |choice| choice.categories = &declared).unwrap();
    assert_eq!(names(&encoded), ["a", "b[2]", "b[4]", "b[abc]"]);
}

#[test]
fn targets_and_features_that_cannot_be() {
    assert_eq!(
        encode_with("y,a\n1,2\n", |choice| choice.target = "z").err().unwrap().to_string(),
        "t.csv: there is no column \"z\"\n    The columns are \"y\", \"a\"."
    );
    assert_eq!(
        encode_with("y,a\nu,2\nv,3\n", |_| {}).err().unwrap().to_string(),
        "t.csv:2: column \"y\": \"u\" is not a number\n    \
         The column holds categories: \"u\", \"v\".\n    Choose a column of numbers."
    );
    assert_eq!(
        refusal("y,a\nNA,2\n,3\n"),
        "t.csv: the target \"y\" has no value in any row\n    choose another target, or fill in its values"
    );
    let chosen = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        encode_with("y,a\n1,2\n2,5\n4,1\n", |choice| choice.features = Some(&names))
            .err()
            .unwrap()
            .to_string()
    };
    assert_eq!(
        chosen(&["a", "y"]),
        "the target \"y\" cannot be a feature too\n    leave it out of the features"
    );
    assert_eq!(chosen(&["a", "a"]), "the feature \"a\" is named twice\n    name it once");
    assert!(chosen(&["b"]).starts_with("t.csv: there is no column \"b\"; did you mean \"a\"?"));
    assert_eq!(
        chosen(&[]),
        "no feature is left to predict \"y\" from: no feature was named\n    name other features, or add columns"
    );
    assert_eq!(
        refusal("y\n1\n2\n"),
        "no feature is left to predict \"y\" from: t.csv has no column besides it\n    \
         name other features, or add columns"
    );
    assert_eq!(
        refusal("y,a,b\n1,2,3\n2,2,3\n3,2,3\n"),
        "no feature is left to predict \"y\" from: feature \"a\" was left out: it is 2 in all 3 rows\n    \
         (and 1 more like this)\n    name other features, or add columns"
    );
}

#[test]
fn rows_that_are_too_few() {
    assert_eq!(
        refusal("y,a,b\n1,NA,3\n2,2,NA\n3,NA,3\n"),
        "t.csv: all 3 rows were dropped: each lacks the target or the value of a feature\n    \
         \"a\" has the most gaps (2): leave it out of the features,\n    \
         or have missing values filled in with the mean"
    );
    assert_eq!(
        refusal("y,a,b\n1,1,3\n2,2,4\n3,,3\n"),
        "t.csv: 2 rows (1 more dropped for missing values) cannot determine 2 coefficients and an intercept; at \
         least 3 rows are needed\n    add rows, or name fewer features"
    );
    assert_eq!(
        refusal("y,a\n5,1\n5,2\n5,3\n"),
        "t.csv: the target \"y\" is 5 in all 3 rows used: there is nothing to explain\n    \
         choose another target, or rows in which it varies"
    );
    // A single row of anything varies in nothing.
    assert!(refusal("y,a\n5,1\n").starts_with("no feature is left to predict \"y\" from: feature \"a\""));
}

#[test]
fn designs_that_do_not_fit_in_memory() {
    let table = Table::new("t", [("y", Numeric::from(vec![0.0; 1 << 20]).into())]);
    let mut y = vec![0.0; 1 << 20];
    y[0] = 1.0;
    let choice = Choice { target: "y", features: None, categories: &[], missing: Missing::Drop };
    assert!(check_size(&table, 256, &y, &choice).is_ok());
    assert_eq!(
        check_size(&table, 257, &y, &choice).unwrap_err().to_string(),
        "t: 1048576 rows of 257 coefficients are more than fit in memory (the limit is 268435456 numbers)\n    \
         name fewer features, categories with many levels first, or take a sample of the rows"
    );
}

#[test]
fn terms_are_taken_out_of_rows_and_features() {
    let mut encoded = encode("c,y,a,b\nv,1,10,1\nu,2,20,3\nv,3,30,2\nw,4,50,7\nu,5,50,1\nw,6,50,0\n");
    encoded.retain(&[false, true, false, true]);
    assert_eq!(names(&encoded), ["c[w]", "b"]);
    assert_eq!(encoded.x, [0.0, 1.0, 0.0, 3.0, 0.0, 2.0, 1.0, 7.0, 0.0, 1.0, 1.0, 0.0]);
    encoded.retain(&[false, true]);
    assert_eq!(encoded.features.len(), 1);
    assert_eq!(encoded.x, [1.0, 3.0, 2.0, 7.0, 1.0, 0.0]);
}

#[test]
fn means_of_huge_numbers() {
    assert_eq!(mean([1.5e308, 1.5e308, -1.5e308, 1.5e308].into_iter()), 0.75e308);
    assert_eq!(mean([0.0, 0.0].into_iter()), 0.0);
}
