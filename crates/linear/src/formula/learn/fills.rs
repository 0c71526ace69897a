//! What stands in for missing values.

use std::collections::BTreeMap;

use ndgrad_array::Result;
use ndgrad_data::Table;

use super::super::batch::Batch;
use super::super::info::{DesignInfo, Fill};
use super::super::polynomial::Moments;
use super::super::table_source::TableSource;
use super::gather::parts;
use super::no_rows;

/// The mean of each column of numbers, and the most frequent level (the first among equals) of each category.
pub(super) fn learn_fills(info: &mut DesignInfo, tables: &mut dyn TableSource) -> Result<()> {
    let mut means: Vec<Moments> = info.inputs.iter().map(|_| Moments::new(1)).collect();
    let mut levels: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); info.inputs.len()];
    let (mut rows, mut total, mut gaps) = (0, 0, vec![0; info.inputs.len()]);
    let names = info.columns(true);
    let of_categories = info.factors.iter().filter(|learned| learned.is_category());
    let of_categories = of_categories.filter_map(|learned| learned.factor.expression().column());
    let categories = Vec::from_iter(of_categories.map(|column| column.name.clone()));
    tables.pass(&names, &mut |table: &Table| {
        let batch = Batch::new(info, table, true)?;
        (rows, total) = (rows + batch.rows(), total + table.rows());
        batch.count_gaps(&mut gaps);
        for place in (0..info.inputs.len()).filter(|&place| !info.inputs[place].required) {
            if let Some(category) = batch.category(place) {
                for text in (0..batch.rows()).filter_map(|row| category.get(batch.row(row))) {
                    match levels[place].get_mut(text) {
                        Some(count) => *count += 1,
                        None => drop(levels[place].insert(text.to_string(), 1)),
                    }
                }
                continue;
            }
            let is_category = categories.contains(&info.inputs[place].name);
            for rows in parts(batch.rows()) {
                let values = batch.numbers(place, rows)?;
                if is_category {
                    for value in values.iter().filter(|value| !value.is_nan()) {
                        *levels[place].entry(value.to_string()).or_default() += 1;
                    }
                    continue;
                }
                let present = Vec::from_iter(values.iter().copied().filter(|value| !value.is_nan()));
                means[place].add(&present);
            }
        }
        Ok(())
    })?;
    if rows == 0 {
        return Err(no_rows(info, total, &gaps));
    }
    for ((input, mean), levels) in info.inputs.iter_mut().zip(means).zip(levels) {
        if input.required {
            continue;
        }
        // Of equals the last is the maximum, so from the back it is the first.
        let most_frequent = levels.into_iter().rev().max_by_key(|(_, count)| *count).map(|(name, _)| name);
        let (mean, _) = mean.mean_and_deviation(0);
        input.fill = match most_frequent {
            Some(level) => Some(Fill::Level(level)),
            None if categories.contains(&input.name) => None,
            None => mean.is_finite().then_some(Fill::Number(mean)),
        };
    }
    Ok(())
}
