//! `Places`: where the rows of a fit stand in the file, and what the columns that the terms read hold.

use std::collections::{BTreeMap, HashMap};

use ndgrad::Result;
use ndgrad::data::{Column, Table};
use ndgrad::linear::{DesignInfo, TableSource};

use super::data::Data;

/// A row of the file.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The row, counted from 0.
    pub row: u64,
    /// Its line, where that is known.
    pub line: Option<u64>,
}

impl Place {
    /// The place as pictures name it.
    pub fn name(&self) -> String {
        match self.line {
            Some(line) => format!("line {line}"),
            None => format!("row {}", self.row + 1),
        }
    }
}

/// A column of the file that the terms read.
#[derive(Clone, Debug)]
pub enum Input {
    /// Numbers: their sum, how many there are, the smallest and the largest.
    Numbers { sum: f64, count: u64, low: f64, high: f64 },
    /// Levels, and how often each occurs.
    Levels { counts: BTreeMap<String, u64>, numeric: bool },
}

/// Where rows stand, and what inputs hold.
pub struct Places {
    /// The place of each row that was asked for.
    pub rows: HashMap<u64, Place>,
    /// The columns that prediction reads, in the rows that are used.
    pub inputs: Vec<(String, Input)>,
}

impl Places {
    /// Reads the file once. `wanted` are the used rows whose places are asked for, sorted.
    pub fn of(data: &mut Data, design: &DesignInfo, wanted: &[u64]) -> Result<Places> {
        let (mut next, mut used, mut before) = (0, 0, 0);
        let mut rows = HashMap::new();
        let categories = design.categories();
        let offset = design.options().offset.clone();
        let columns = design.columns(false).into_iter().filter(|name| Some(name) != offset.as_ref());
        let mut inputs: Vec<(String, Option<Input>)> = columns.map(|name| (name, None)).collect();
        data.pass(&design.columns(true), &mut |table| {
            let own = design.used_rows(table)?;
            while next < wanted.len() && wanted[next] < used + own.len() as u64 {
                let place = own[(wanted[next] - used) as usize];
                rows.insert(wanted[next], Place { row: before + place as u64, line: table.line(place) });
                next += 1;
            }
            for (name, input) in &mut inputs {
                let is_category = categories.contains(name);
                take(input, table, name, is_category, &own)?;
            }
            used += own.len() as u64;
            before += table.rows() as u64;
            Ok(())
        })?;
        let inputs = inputs.into_iter().filter_map(|(name, input)| Some((name, input?))).collect();
        Ok(Places { rows, inputs })
    }
}

fn take(
    input: &mut Option<Input>,
    table: &Table,
    name: &str,
    is_category: bool,
    rows: &[usize],
) -> Result<()> {
    match table.column(name)? {
        Column::Numeric(numbers) if !is_category => {
            let empty = Input::Numbers { sum: 0.0, count: 0, low: f64::INFINITY, high: f64::NEG_INFINITY };
            let Input::Numbers { sum, count, low, high } = input.get_or_insert(empty) else { return Ok(()) };
            for value in rows.iter().filter_map(|&row| numbers.get(row)) {
                *sum += value;
                *count += 1;
                (*low, *high) = (low.min(value), high.max(value));
            }
        }
        column => {
            let numeric = matches!(column, Column::Numeric(_));
            let empty = Input::Levels { counts: BTreeMap::new(), numeric };
            let Input::Levels { counts, .. } = input.get_or_insert(empty) else { return Ok(()) };
            let mut count = |level: &str, times: u64| match counts.get_mut(level) {
                Some(count) => *count += times,
                None => drop(counts.insert(level.to_string(), times)),
            };
            match column {
                Column::Numeric(numbers) => {
                    rows.iter().filter_map(|&row| numbers.get(row)).for_each(|v| count(&v.to_string(), 1));
                }
                Column::Category(category) => {
                    let mut own = vec![0; category.levels().len()];
                    rows.iter()
                        .filter_map(|&row| category.code(row))
                        .for_each(|code| own[code as usize] += 1);
                    let found = category.levels().iter().zip(own).filter(|(_, times)| *times > 0);
                    found.for_each(|(level, times)| count(level, times));
                }
            }
        }
    }
    Ok(())
}
