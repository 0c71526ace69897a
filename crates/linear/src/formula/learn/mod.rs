//! What a formula learns from the rows: levels, means, polynomials, knots, and what stands in for missing values.

mod fills;
mod gather;

use std::collections::BTreeSet;

use ndgrad_array::{Error, Result};

use super::batch::Batch;
use super::fault::{fault, unknown};
use super::info::DesignInfo;
use super::table_source::{ColumnInfo, TableSource};
use super::{DesignOptions, Formula};
use crate::encode::Missing;
use crate::text::{count, quoted};
use fills::learn_fills;
use gather::{Gathered, gather, settle, wanted};

impl Formula {
    /// Reads the rows as often as it takes to learn what the terms need: not at all for plain columns of numbers, once
    /// for levels, means, polynomials and splines, and once more for each of these within another.
    ///
    /// Levels and means are those of the rows that are used. Splines whose knots are quantiles keep the numbers of their
    /// column in memory meanwhile. A column of texts that tells rows apart rather than
    /// groups them is refused, or left out with a warning where `.` stands for it; `C(…)` insists on it.
    ///
    /// # Errors
    /// If the formula names a column that is not there, with the nearest one; if a column does not hold what is
    /// done with it, if a level is named that does not occur, if there are too few different values for a polynomial,
    /// or if no row is left.
    pub fn learn(&self, tables: &mut dyn TableSource, options: &DesignOptions) -> Result<DesignInfo> {
        let columns = tables.columns()?;
        let mut warnings = Vec::new();
        let mut all = self.check_columns(&columns, options, &mut warnings)?;
        loop {
            let is_category = |name: &str| columns.iter().any(|info| info.name == name && info.is_category);
            let (mut info, terms) = DesignInfo::draft(self, options, all.clone(), &is_category)?;
            if info.target.is_category() && !options.category_target {
                return Err(not_numbers(tables, &info));
            }
            let unfit = learn(&mut info, tables)?;
            if unfit.is_empty() {
                info.finish(&terms)?;
                info.warnings = warnings;
                return Ok(info);
            }
            for (name, reason) in unfit {
                if !all.contains(&name) {
                    return Err(Error::Data(format!(
                        "column {}: {reason}\n    leave it out of the formula, or declare it a category: C({name})",
                        quoted(&name)
                    )));
                }
                all.retain(|column| *column != name);
                warnings.push(format!("feature {} was left out: {reason}", quoted(&name)));
            }
        }
    }

    /// What `.` stands for; every name must be that of a column.
    fn check_columns(
        &self,
        columns: &[ColumnInfo],
        options: &DesignOptions,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<String>> {
        let names = || columns.iter().map(|info| info.name.as_str());
        let mut read: BTreeSet<&str> = BTreeSet::new();
        for column in self.target.expression().columns() {
            read.insert(&column.name);
        }
        let mut mentioned = self.target.expression().columns();
        let factors = self.factors();
        mentioned.extend(factors.iter().flat_map(|factor| factor.expression().columns()));
        for column in mentioned {
            if !names().any(|name| name == column.name) {
                let shown = Vec::from_iter(names().map(str::to_string));
                let remedy = format!("the columns are {}", crate::text::list(&shown));
                return Err(fault(&self.text, column.span, unknown("column", &column.name, names()), remedy));
            }
        }
        for (role, name) in
            [("weights", &options.weights), ("offset", &options.offset), ("clusters", &options.clusters)]
        {
            let Some(name) = name else { continue };
            if !names().any(|other| other == name) {
                let message = unknown("column", name, names());
                return Err(Error::Data(format!("{role}: {message}\n    name a column of the data")));
            }
            read.insert(name);
        }
        let mut all = Vec::new();
        for info in columns.iter().filter(|info| !read.contains(info.name.as_str())) {
            match &info.unfit {
                None => all.push(info.name.clone()),
                Some(reason) if self.uses_all() => {
                    warnings.push(format!("feature {} was left out: {reason}", quoted(&info.name)));
                }
                Some(_) => {}
            }
        }
        Ok(all)
    }
}

/// The error that shows the first text of a target of categories.
fn not_numbers(tables: &mut dyn TableSource, info: &DesignInfo) -> Error {
    let target = info.target();
    let names = info.target.factor.expression().columns().into_iter().map(|column| column.name.clone());
    let names = Vec::from_iter(names);
    let shown = tables.pass(&names, &mut |table| match names.first() {
        Some(name) => table.numeric(name).map(drop),
        None => Ok(()),
    });
    shown.err().unwrap_or_else(|| {
        Error::Data(format!(
            "the target {} is a category\n    choose a column of numbers, or a model of categories",
            quoted(&target)
        ))
    })
}

/// Learns all there is; returns the columns of texts that are no categories, and why.
fn learn(info: &mut DesignInfo, tables: &mut dyn TableSource) -> Result<Vec<(String, String)>> {
    if info.options.missing == Missing::Mean {
        learn_fills(info, tables)?;
    }
    let mut unfit = Vec::new();
    loop {
        let factors = info.factors.iter().chain([&info.target]);
        let mut gathered: Vec<Gathered> = factors.map(wanted).collect();
        if !gathered.iter().any(Gathered::is_wanted) {
            return Ok(unfit);
        }
        let whole = tables.in_memory();
        let (mut rows, mut total, mut gaps) = (0, 0, vec![0; info.inputs.len()]);
        let names = info.columns(true);
        tables.pass(&names, &mut |table| {
            let batch = Batch::new(info, table, true)?;
            (rows, total) = (rows + batch.rows(), total + table.rows());
            batch.count_gaps(&mut gaps);
            if whole {
                check_tallies(info, &batch)?;
            }
            for (number, gathered) in gathered.iter_mut().enumerate().filter(|(_, one)| one.is_wanted()) {
                let learned = info.factors.get(number).unwrap_or(&info.target);
                gather(&batch, learned, gathered)?;
            }
            Ok(())
        })?;
        if rows == 0 {
            return Err(no_rows(info, total, &gaps));
        }
        for (number, gathered) in gathered.into_iter().enumerate() {
            let is_target = number == info.factors.len();
            let text = info.formula.text.clone();
            let learned = if is_target { &mut info.target } else { &mut info.factors[number] };
            let identifies = settle(&text, learned, gathered, rows)?;
            unfit.extend(identifies.filter(|_| !is_target));
        }
    }
}

/// A column of texts that were mostly meant as numbers is no category, unless it is declared one.
fn check_tallies(info: &DesignInfo, batch: &Batch<'_>) -> Result<()> {
    for learned in &info.factors {
        if let Some(column) = learned.factor.column()
            && let Some(category) = batch.category(column.index)
            && category.tally().is_mostly_numeric()
        {
            batch.table.numeric(&column.name)?;
        }
    }
    Ok(())
}

/// The error for a design without rows: all `total` of the tables lack something.
pub(super) fn no_rows(info: &DesignInfo, total: usize, gaps: &[usize]) -> Error {
    let most = gaps.iter().zip(&info.inputs).rev().max_by_key(|(gaps, _)| **gaps);
    let most = most.map(|(gaps, input)| format!("{} has the most gaps ({gaps})", quoted(&input.name)));
    Error::Data(format!(
        "all {} were dropped: each lacks the target or the value of a column that the formula reads\n    {}: \
         leave it out of the formula,\n    or have missing values filled in with the mean",
        count(total, "row"),
        most.unwrap_or("no column is read".into()),
    ))
}
