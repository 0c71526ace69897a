//! What one pass gathers for a factor, and what is learned of that.

use std::collections::HashMap;
use std::ops::Range;

use ndgrad_array::Result;

use super::super::basis::Gatherer;
use super::super::batch::Batch;
use super::super::expression::{Expression, Factor};
use super::super::fault::{fault, unknown};
use super::super::info::{Kind, Learned, Levels, bits};
use super::super::polynomial::Moments;
use crate::identifier::identifier;

/// Rows whose values are computed together.
const TOGETHER: usize = 1 << 12;

/// What one pass gathers for a factor (the target is the one after the last).
#[derive(Default)]
pub(super) struct Gathered {
    /// How often each level occurs, by name for texts, and by number in an order that sorts them.
    texts: HashMap<String, usize>,
    numbers: HashMap<u64, usize>,
    /// Of each mean and deviation in the expression that can be learned now.
    moments: Vec<Option<Moments>>,
    basis: Option<Gatherer>,
    levels: bool,
}

impl Gathered {
    /// Whether anything is to be gathered.
    pub fn is_wanted(&self) -> bool {
        self.levels || self.basis.is_some() || self.moments.iter().any(Option::is_some)
    }
}

/// What can be learned of a factor now: everything whose parts are learned.
pub(super) fn wanted(learned: &Learned) -> Gathered {
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
        (Kind::Basis(None), Factor::Basis { basis, .. }) if ready => gathered.basis = Some(basis.gatherer()),
        _ => {}
    }
    gathered
}

/// The rows of a batch in parts.
pub(super) fn parts(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(TOGETHER).map(move |first| first..rows.min(first + TOGETHER))
}

pub(super) fn gather(batch: &Batch<'_>, learned: &Learned, gathered: &mut Gathered) -> Result<()> {
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
        if gathered.basis.is_none() && !gathered.levels {
            continue;
        }
        let values = batch.evaluate(expression, rows.clone())?;
        if let Some(basis) = &mut gathered.basis {
            batch.check(&values, rows.start, learned)?;
            basis.add(&values);
        } else {
            for value in values.iter().filter(|value| !value.is_nan()) {
                *gathered.numbers.entry(bits(*value)).or_default() += 1;
            }
        }
    }
    Ok(())
}

/// Puts what was gathered in its place; tells of a column of texts that tells rows apart.
pub(super) fn settle(
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
    if let (Some(gathered), Factor::Basis { of, basis }) = (gathered.basis, &learned.factor) {
        let functions = basis.learn(gathered, &learned.factor.to_string(), &of.to_string());
        let functions = functions.map_err(|[message, remedy]| fault(text, span, message, remedy))?;
        learned.kind = Kind::Basis(Some(functions));
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
