//! S14: the design matrix of a table with categories: 15 columns of numbers and 5 of six levels each.

use ndgrad::data::{Category, Column, Numeric, Table};
use ndgrad::linear::{Block, DesignOptions, Formula, Observations};
use ndgrad::prelude::*;
use ndgrad::random::Generator;

use crate::report::{Report, seconds};
use crate::settings::cases;

/// Of every four columns the last holds categories.
const EVERY: usize = 4;

/// Levels of a category.
const LEVELS: [&str; 6] = ["Fair", "Good", "Ideal", "Premium", "Rough", "Very Good"];

/// Measures the workload: block by block, as every fit reads it, and into a matrix that is made anew each time.
pub fn run() {
    for case in cases() {
        let (rows, columns) = (case[0], case[1]);
        let table = table(rows, columns);
        let design = Formula::all("y").learn(&mut &table, &DesignOptions::default()).expect("a design");
        let case = format!("{rows}x{columns}");
        let report = |variant: &str, encode: &mut dyn FnMut() -> f64| {
            let mut last = 0.0;
            let figure = 1e3 * seconds(|| last = encode());
            Report { workload: "S14", case: &case, variant, figure, unit: "ms", check: Some(last) }.print();
        };
        report("blocks", &mut || {
            let mut last = 0.0;
            let mut visit = |block: &Block<'_>| {
                last = *block.x.last().expect("a row");
                Ok(())
            };
            design.observe(&table).pass(&mut visit).expect("complete rows");
            last
        });
        report("one matrix", &mut || {
            let encoded = design.encode(&table).expect("complete rows");
            *encoded.x.last().expect("a row")
        });
    }
}

fn table(rows: usize, columns: usize) -> Table {
    let mut generator = Generator::philox(1);
    let column = |index: usize| {
        let column = if index % EVERY == EVERY - 1 {
            let levels = generator.integers([rows], 0..LEVELS.len() as i64).to_vec::<i64>();
            let texts = levels.into_iter().map(|level| Some(LEVELS[level as usize]));
            Column::Category(Category::from_iter(texts))
        } else {
            let numbers = generator.normal_with([rows], 0.0, 1.0, DType::F64).to_vec::<f64>();
            Column::Numeric(Numeric::from(numbers))
        };
        let name = if index == columns { "y".to_string() } else { format!("x{index}") };
        (name, column)
    };
    Table::new("bench", (0..=columns).map(column))
}
