//! The first pass over the rows of a regression: their sums, and the rows themselves where they are few.

use crate::exact::frame::Frame;
use crate::exact::problem::Problem;
use crate::exact::products::{Element, Products};
use crate::exact::residuals::{Predictor, Sums};
use crate::exact::statistics::Statistics;
use crate::observations::{Block, InMemory, Observations};
use ndgrad_array::{Error, Result};
use ndgrad_tensor::gram::Lanes;

/// Up to this many rows times parameters squared, the factor is computed by Householder reflections in double-double
/// arithmetic, so that standard errors have all digits on ill-conditioned data too: 20 ms at about 5 ns for each.
const SMALL: usize = 4_000_000;

/// What the first rows leave unexplained of a column to count as independent: near dependency makes a wild model.
const FIRST_TOLERANCE: f64 = 1e-3;

/// What the first pass found.
pub(crate) struct Gathered {
    pub statistics: Statistics,
    /// The rows, if they are few.
    pub small: Option<InMemory>,
    /// A model of the first rows, and what its residuals in all rows add up to.
    pub model: Option<(Predictor, Sums)>,
}

/// Reads all rows once; `keep` keeps few rows.
pub(crate) fn gather<P: Element>(
    observations: &mut dyn Observations,
    columns: usize,
    keep: bool,
) -> Result<Gathered> {
    let first = pass::<P>(observations, columns, keep, None)?;
    if let Some(gathered) = first {
        return Ok(gathered);
    }
    // Later rows are so much larger than the first that their squares overflow.
    let mut frame: Option<Frame> = None;
    observations.pass(&mut |block| {
        let mut next = Frame::of(block, columns, false);
        if let Some(frame) = frame.take() {
            next.exponents.iter_mut().zip(frame.exponents).for_each(|(next, last)| *next = last.max(*next));
            next.y_exponent = next.y_exponent.max(frame.y_exponent);
        }
        frame = Some(next);
        Ok(())
    })?;
    let intercept = observations.has_intercept();
    let frame = frame.map(|frame| frame.with_intercept(intercept));
    pass::<P>(observations, columns, keep, frame)?.ok_or_else(|| {
        Error::Data(
            "least squares: the numbers of a column are too large for their squares\n    express them in other units"
                .to_string(),
        )
    })
}

/// `None` if the units of the frame, or of the first block, are too small for some number.
fn pass<P: Element>(
    observations: &mut dyn Observations,
    columns: usize,
    keep: bool,
    frame: Option<Frame>,
) -> Result<Option<Gathered>> {
    let (intercept, names) = (observations.has_intercept(), observations.names().to_vec());
    // Rows in memory have as many names as columns.
    let all_names = (0..columns).map(|j| names.get(j).cloned().unwrap_or_default()).collect();
    let mut small = keep.then(|| InMemory { names: all_names, intercept, ..InMemory::default() });
    let most_rows = SMALL / (columns + usize::from(intercept)).max(1).pow(2);
    let mut products: Option<Products<P>> = None;
    let mut fits = true;
    let mut model = None;
    let mut add = |block: &Block<'_>| {
        let products = products.get_or_insert_with(|| {
            let frame = frame.clone().unwrap_or_else(|| {
                let frame = Frame::of(block, columns, intercept);
                model = if P::EXACT { None } else { first_model(block, &frame) };
                frame
            });
            Products::new(frame, model.as_ref())
        });
        if !products.add(block) {
            check(block, columns, &names)?;
            fits = false;
        }
        Ok(())
    };
    observations.pass(&mut |block| {
        if let Some(mut rows) = small.take() {
            if rows.y.len() + block.rows() <= most_rows {
                append(&mut rows, block);
                small = Some(rows);
                return Ok(());
            }
            rows.whole(&mut add)?;
        }
        if block.rows() > 0 { add(block) } else { Ok(()) }
    })?;
    if let Some(rows) = &small {
        rows.whole(&mut add)?;
    }
    let products = products.unwrap_or_else(|| {
        let nothing = Block::new(0, &[], &[]);
        Products::new(Frame::of(&nothing, columns, false).with_intercept(intercept), None)
    });
    let statistics = products.statistics(&names);
    fits &= statistics.is_finite();
    let model = model.zip(products.residuals());
    Ok(fits.then_some(Gathered { statistics, small, model }))
}

/// The least squares of the first rows, in `f64`, in the units of the frame.
fn first_model(block: &Block<'_>, frame: &Frame) -> Option<Predictor> {
    let (rows, columns) = (block.rows() / 4, frame.columns());
    if rows < 2 * (columns + 1) {
        return None;
    }
    let first = Block {
        x: &block.x[..rows * columns],
        y: &block.y[..rows],
        weights: block.weights.map(|weights| &weights[..rows]),
        offset: block.offset.map(|offset| &offset[..rows]),
        ..*block
    };
    let mut products = Products::<Lanes>::new(frame.clone(), None);
    if !products.add(&first) {
        return None;
    }
    let statistics = products.statistics(&[]);
    let problem = Problem::<f64>::of_statistics(&statistics, FIRST_TOLERANCE);
    Some(problem.predictor(&problem.parameters(&statistics).values))
}

impl InMemory {
    /// All rows as one block, if there are any.
    fn whole(&self, visit: &mut dyn FnMut(&Block<'_>) -> Result<()>) -> Result<()> {
        if self.y.is_empty() {
            return Ok(());
        }
        visit(&Block {
            first: 0,
            x: &self.x,
            y: &self.y,
            weights: self.weights.as_deref(),
            offset: self.offset.as_deref(),
            clusters: None,
        })
    }
}

fn append(rows: &mut InMemory, block: &Block<'_>) {
    rows.x.extend(block.x);
    rows.y.extend(block.y);
    if let Some(weights) = block.weights {
        rows.weights.get_or_insert_default().extend(weights);
    }
    if let Some(offset) = block.offset {
        rows.offset.get_or_insert_default().extend(offset);
    }
}

/// Names the first number of a block that cannot be used.
fn check(block: &Block<'_>, columns: usize, names: &[String]) -> Result<()> {
    let remedy = "drop the row, or fill the value in";
    let refuse = |place: String, counted: &str, value: f64, remedy: &str| {
        Err(Error::Data(format!(
            "least squares: {place} is {value} ({counted} counted from 0)\n    {remedy}"
        )))
    };
    for row in 0..block.rows() {
        let number = block.first + row as u64;
        let x = &block.x[row * columns..][..columns];
        if let Some(column) = x.iter().position(|value| !value.is_finite()) {
            return match names.get(column) {
                Some(name) => refuse(format!("{name:?} in row {number}"), "rows are", x[column], remedy),
                None => {
                    let place = format!("x[row {number}, column {column}]");
                    refuse(place, "rows and columns are", x[column], remedy)
                }
            };
        }
        let single = [("y", Some(block.y)), ("offset", block.offset), ("weights", block.weights)];
        for (name, values) in single {
            if let Some(&value) = values.and_then(|values| values.get(row)).filter(|value| !value.is_finite())
            {
                return refuse(format!("{name}[row {number}]"), "rows and columns are", value, remedy);
            }
        }
        if let Some(&weight) =
            block.weights.and_then(|weights| weights.get(row)).filter(|&&weight| weight < 0.0)
        {
            let remedy = "a weight is at least 0; a row of weight 0 is left out";
            return refuse(format!("weights[row {number}]"), "rows and columns are", weight, remedy);
        }
    }
    Ok(())
}
