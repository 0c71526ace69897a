//! Formulas against patsy's design matrices: tests/golden/formulas.py makes the numbers, and says by which versions.

use ndgrad_data::Table;
use ndgrad_linear::{DesignInfo, DesignOptions, Formula};

const GOLDEN: &str = include_str!("golden/formulas.txt");
const PENGUINS: &str = include_str!("../../data/samples/penguins.csv");

struct Case<'a> {
    formula: &'a str,
    table: &'a str,
    names: Vec<&'a str>,
    rows: Vec<Vec<f64>>,
}

fn sections() -> impl Iterator<Item = Vec<&'static str>> {
    GOLDEN.split("\n\n").map(|section| section.lines().collect::<Vec<_>>()).filter(|lines| !lines.is_empty())
}

fn table(name: &str) -> Table {
    let text = match name {
        "penguins" => PENGUINS.to_string(),
        _ => {
            let lines =
                sections().find(|lines| lines[0] == format!("csv {name}")).expect("the table is there");
            lines[1..].join("\n")
        }
    };
    Table::from_csv(name, text.as_bytes()).unwrap()
}

fn cases() -> Vec<Case<'static>> {
    let case = |lines: Vec<&'static str>| {
        let formula = lines[0].strip_prefix("case ")?;
        let numbers = |line: &&str| line.split(' ').map(|number| number.parse().unwrap()).collect();
        Some(Case {
            formula,
            table: lines[1].strip_prefix("table ")?,
            names: lines[2].strip_prefix("names ").unwrap_or_default().split('\t').collect(),
            rows: lines[3..].iter().map(numbers).collect(),
        })
    };
    sections().filter_map(case).collect()
}

/// The target and the design, the intercept first if there is one.
fn rows(design: &DesignInfo, table: &Table) -> Vec<Vec<f64>> {
    let all = design.observe(table).collect().unwrap();
    let width = all.names.len();
    let row = |(place, y): (usize, &f64)| {
        let own = &all.x[place * width..][..width];
        [*y].into_iter().chain(all.intercept.then_some(1.0)).chain(own.iter().copied()).collect()
    };
    all.y.iter().enumerate().map(row).collect()
}

fn sums(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let columns = 0..rows[0].len();
    let sum = |weight: &dyn Fn(usize) -> f64| {
        columns.clone().map(|c| rows.iter().enumerate().map(|(i, row)| weight(i) * row[c]).sum()).collect()
    };
    vec![sum(&|_| 1.0), sum(&|i| (i + 1) as f64)]
}

#[test]
fn designs_are_those_of_patsy() {
    let cases = cases();
    assert!(cases.len() > 120);
    for case in cases {
        let table = table(case.table);
        let design = Formula::parse(case.formula)
            .and_then(|formula| formula.learn(&mut &table, &DesignOptions::default()))
            .unwrap_or_else(|error| panic!("{}: {error}", case.formula));
        let names = design
            .has_intercept()
            .then_some("1")
            .into_iter()
            .chain(design.names().iter().map(String::as_str));
        assert_eq!(Vec::from_iter(names), case.names, "{}", case.formula);
        let mut found = rows(&design, &table);
        if case.table == "penguins" {
            found = sums(&found);
        }
        assert_eq!(found.len(), case.rows.len(), "{}", case.formula);
        for (row, (found, expected)) in found.iter().zip(&case.rows).enumerate() {
            for (column, (a, b)) in found.iter().zip(expected).enumerate() {
                let error = (a - b).abs() / b.abs().max(1.0);
                assert!(error < 1e-12, "{}, row {row}, column {column}: {a} {b}", case.formula);
            }
        }
        // What is saved says the same.
        let text = design.to_json().to_string();
        let again = DesignInfo::from_json(&serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(again, design, "{}", case.formula);
    }
}
