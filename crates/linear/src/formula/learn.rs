//! What a formula learns from the rows: levels, means, polynomials, and what stands in for missing values.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use ndgrad_array::{Error, Result};
use ndgrad_data::Table;

use super::batch::Batch;
use super::expression::{Expression, Factor};
use super::fault::{fault, unknown};
use super::info::{DesignInfo, Fill, Kind, Learned, Levels};
use super::polynomial::Moments;
use super::table_source::{ColumnInfo, TableSource};
use super::{DesignOptions, Formula};
use crate::encode::Missing;
use crate::text::{count, quoted};

/// Categories of a column that was not declared one are not expected to have more levels than this.
const MOST_LEVELS: usize = 1000;

/// Rows whose values are computed together.
const TOGETHER: usize = 1 << 12;

impl Formula {
    /// Reads the rows as often as it takes to learn what the terms need: not at all for plain columns of numbers, once
    /// for levels, means and polynomials, and once more for each of these within another.
    ///
    /// Levels and means are those of the rows that are used. A column of texts that tells rows apart rather than
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
            match info.is_empty {
                false => all.push(info.name.clone()),
                true if self.uses_all() => warnings
                    .push(format!("feature {} was left out: it has no value in any row", quoted(&info.name))),
                true => {}
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

/// What one pass gathers for a factor (the target is the one after the last).
#[derive(Default)]
struct Gathered {
    /// How often each level occurs, by name for texts, and by number in an order that sorts them.
    texts: HashMap<String, usize>,
    numbers: HashMap<u64, usize>,
    /// Of each mean and deviation in the expression that can be learned now.
    moments: Vec<Option<Moments>>,
    poly: Option<Moments>,
    levels: bool,
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
        let is_wanted =
            |one: &Gathered| one.levels || one.poly.is_some() || one.moments.iter().any(Option::is_some);
        if !gathered.iter().any(is_wanted) {
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
            for (number, gathered) in gathered.iter_mut().enumerate().filter(|(_, one)| is_wanted(one)) {
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

/// What can be learned of a factor now: everything whose parts are learned.
fn wanted(learned: &Learned) -> Gathered {
    let expression = learned.factor.expression();
    let mut gathered = Gathered::default();
    expression.walk(&mut |part| {
        if let Expression::Standardize { of, ddof, learned } = part {
            let ready = learned.is_none() && of.is_learned();
            gathered.moments.push(ready.then(|| Moments::new(if ddof.is_some() { 2 } else { 1 })));
        }
    });
    let ready = expression.is_learned();
    match (&learned.kind, &learned.factor) {
        (Kind::Category(None), _) => gathered.levels = ready,
        (Kind::Poly(None), Factor::Poly { degree, .. }) if ready => {
            gathered.poly = Some(Moments::new(2 * degree))
        }
        _ => {}
    }
    gathered
}

fn parts(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(TOGETHER).map(move |first| first..rows.min(first + TOGETHER))
}

fn gather(batch: &Batch<'_>, learned: &Learned, gathered: &mut Gathered) -> Result<()> {
    let expression = learned.factor.expression();
    let category = expression.column().and_then(|column| batch.category(column.index));
    if let (Some(category), true) = (category, gathered.levels) {
        let mut counts = vec![0usize; category.levels().len()];
        for code in (0..batch.rows()).filter_map(|row| category.code(batch.row(row))) {
            counts[code as usize] += 1;
        }
        for (name, count) in category.levels().iter().zip(counts).filter(|(_, count)| *count > 0) {
            *gathered.texts.entry(name.clone()).or_default() += count;
        }
        return Ok(());
    }
    for rows in parts(batch.rows()) {
        let mut standardized = Vec::new();
        expression.walk(&mut |part| {
            if let Expression::Standardize { of, .. } = part {
                standardized.push(&**of);
            }
        });
        for (of, moments) in standardized.into_iter().zip(&mut gathered.moments) {
            if let Some(moments) = moments {
                let values = batch.evaluate(of, rows.clone())?;
                batch.check(&values, rows.start, learned)?;
                moments.add(&values);
            }
        }
        if gathered.poly.is_none() && !gathered.levels {
            continue;
        }
        let values = batch.evaluate(expression, rows.clone())?;
        if let Some(moments) = &mut gathered.poly {
            batch.check(&values, rows.start, learned)?;
            moments.add(&values);
        } else {
            for value in values.iter().filter(|value| !value.is_nan()) {
                *gathered.numbers.entry(super::info::bits(*value)).or_default() += 1;
            }
        }
    }
    Ok(())
}

/// Puts what was gathered in its place; tells of a column of texts that tells rows apart.
fn settle(
    text: &str,
    learned: &mut Learned,
    gathered: Gathered,
    rows: usize,
) -> Result<Option<(String, String)>> {
    let span = learned.factor.expression().columns().first().map(|column| column.span).unwrap_or_default();
    let mut moments = gathered.moments.iter();
    learned.factor.expression_mut().walk_mut(&mut |part| {
        if let Expression::Standardize { ddof, learned, .. } = part
            && let Some(Some(moments)) = moments.next()
        {
            let (mean, deviation) = moments.mean_and_deviation(ddof.unwrap_or(0));
            *learned = Some((mean, if ddof.is_some() { deviation } else { 1.0 }));
        }
    });
    if let Some(moments) = gathered.poly {
        let polynomials = moments.polynomials().map_err(|most| {
            let message = format!(
                "{} has too few different values for {}",
                learned.factor.expression(),
                learned.factor
            );
            let remedy = match most {
                0 => "it does not vary: leave it out".to_string(),
                _ => format!("the highest degree that they determine is {most}"),
            };
            fault(text, span, message, remedy)
        })?;
        learned.kind = Kind::Poly(Some(polynomials));
    }
    if !gathered.levels {
        return Ok(None);
    }
    let mut numbers = Vec::from_iter(gathered.numbers.keys().map(|bits| f64::from_bits(*bits)));
    numbers.sort_by(f64::total_cmp);
    let mut names = Vec::from_iter(numbers.iter().map(f64::to_string));
    let mut texts = Vec::from_iter(gathered.texts.keys().filter(|&text| !names.contains(text)).cloned());
    texts.sort_unstable();
    names.extend(texts);
    if names.is_empty() {
        let message = format!("{} has no value in the rows used", learned.factor);
        return Err(fault(text, span, message, "leave it out, or fill in its values"));
    }
    if let Factor::Category { contrast: Some(contrast), .. } = &learned.factor
        && let Some(level) = contrast.unknown(&names)
    {
        let message = unknown("level", level, names.iter().map(String::as_str));
        return Err(fault(text, span, message, format!("the levels are {}", crate::text::list(&names))));
    }
    let column = learned.factor.column().map(|column| column.name.clone());
    let identifies = column.and_then(|name| Some((name, identifier(names.len(), rows)?)));
    learned.kind = Kind::Category(Some(Levels::new(names)));
    Ok(identifies)
}

/// Why a column names its rows rather than groups them, if it does: a level for each row, or more than half as many
/// levels as rows (in a table of some size), or very many. Two levels are never too many.
pub(crate) fn identifier(levels: usize, rows: usize) -> Option<String> {
    let reason = match levels {
        ..=2 => return None,
        _ if levels == rows || (levels > 10 && 2 * levels > rows) => {
            "it tells rows apart rather than groups them"
        }
        _ if levels > MOST_LEVELS => "that is too many for indicator columns",
        _ => return None,
    };
    Some(format!("it has {} in {}; {reason}", count(levels, "level"), count(rows, "row")))
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

/// The mean of each column of numbers, and the most frequent level (the first among equals) of each category.
fn learn_fills(info: &mut DesignInfo, tables: &mut dyn TableSource) -> Result<()> {
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
