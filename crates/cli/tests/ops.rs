//! `ndgrad ops`: the list of operations.

mod common;

use common::Place;

#[test]
fn the_list_is_for_people_and_for_machines() {
    let place = Place::new();
    let text = place.ok("ops").out;
    assert!(
        text.lines()
            .any(|line| line.starts_with("sigmoid ") && line.contains("f32, f64") && line.contains("cpu(0)"))
    );
    let list: serde_json::Value = serde_json::from_str(&place.ok("ops --json").out).unwrap();
    let less = list.as_array().unwrap().iter().find(|entry| entry["name"] == "less").unwrap();
    assert_eq!(less["differentiable"], false);
    assert_eq!(less["devices"], serde_json::json!(["cpu(0)"]));
    assert_eq!(less["dtypes"], serde_json::json!(["f32", "f64", "i32", "i64", "u8", "bool"]));
    assert_eq!(text.lines().count(), list.as_array().unwrap().len());
}

/// `cargo run --release -- ops --markdown`, below the first lines of the file, is how the table is made.
#[test]
fn the_published_table_is_that_of_this_version() {
    let published = include_str!("../../../docs/operations.md");
    let (_, table) = published.split_once("\n\n| operation").unwrap();
    assert_eq!(format!("| operation{table}"), Place::new().ok("ops --markdown").out);
}
