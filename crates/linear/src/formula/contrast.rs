//! Contrasts: how the levels of a category become numbers.

use std::fmt;

use super::polynomial::Moments;

/// How the levels of a category are told apart by one column fewer than there are levels.
///
/// J. M. Chambers and T. J. Hastie, Statistical Models in S (1992), section 2.3.2.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Contrast {
    /// Each level against one: the first, or the level named.
    Treatment(Option<String>),
    /// Each level but one, the last or the level named, against the mean of all.
    Sum(Option<String>),
    /// Each level against the mean of those before it.
    Helmert,
    /// Each level but the last, after which its column is named, against the one after it.
    Diff,
    /// Trends over levels at equal distances.
    Poly,
}

/// The levels as numbers: one row for each level.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Coding {
    /// What stands in brackets after the factor's name, one for each column.
    pub names: Vec<String>,
    /// Row after row.
    pub values: Vec<f64>,
    /// The level that all columns are compared with, if they are indicators of the others.
    pub baseline: Option<String>,
}

impl Coding {
    pub fn width(&self) -> usize {
        self.names.len()
    }

    pub fn row(&self, level: usize) -> &[f64] {
        &self.values[level * self.width()..][..self.width()]
    }

    fn new(rows: usize, names: Vec<String>, value: impl Fn(usize, usize) -> f64) -> Coding {
        let width = names.len();
        let values = (0..rows).flat_map(|row| (0..width).map(move |column| (row, column)));
        let values = values.map(|(row, column)| value(row, column)).collect();
        Coding { names, values, baseline: None }
    }
}

impl Contrast {
    pub const NAMES: [&'static str; 5] = ["Treatment", "Sum", "Helmert", "Diff", "Poly"];

    /// A level that is named and not there.
    pub fn unknown<'a>(&'a self, levels: &[String]) -> Option<&'a str> {
        match self {
            Contrast::Treatment(Some(level)) | Contrast::Sum(Some(level)) if !levels.contains(level) => {
                Some(level)
            }
            _ => None,
        }
    }

    /// The columns of these levels: as many as there are levels if `full`, else one fewer, such that with a constant
    /// they say the same. There is at least one level.
    pub fn coding(&self, levels: &[String], full: bool) -> Coding {
        let count = levels.len();
        let place = |level: &Option<String>, otherwise: usize| {
            level.as_ref().and_then(|level| levels.iter().position(|name| name == level)).unwrap_or(otherwise)
        };
        let indicator = |yes: bool| f64::from(u8::from(yes));
        if let Contrast::Treatment(reference) = self {
            let reference = place(reference, 0);
            let shown = Vec::from_iter((0..count).filter(|&level| full || level != reference));
            let names = shown.iter().map(|&level| levels[level].clone()).collect();
            let mut coding = Coding::new(count, names, |row, column| indicator(row == shown[column]));
            coding.baseline = (!full).then(|| levels[reference].clone());
            return coding;
        }
        if full {
            let reduced = self.coding(levels, false);
            let names = std::iter::once("mean".to_string()).chain(reduced.names.iter().cloned()).collect();
            return Coding::new(count, names, |row, column| match column {
                0 => 1.0,
                _ => reduced.row(row)[column - 1],
            });
        }
        let n = count as f64;
        match self {
            Contrast::Treatment(_) => unreachable!("it was coded above"),
            Contrast::Sum(omitted) => {
                let omitted = place(omitted, count - 1);
                let shown = Vec::from_iter((0..count).filter(|&level| level != omitted));
                let names = shown.iter().map(|&level| levels[level].clone()).collect();
                Coding::new(count, names, |row, column| match row == omitted {
                    true => -1.0,
                    false => indicator(row == shown[column]),
                })
            }
            Contrast::Helmert => Coding::new(count, levels[1..].to_vec(), |row, column| match row {
                _ if row <= column => -1.0,
                _ if row == column + 1 => row as f64,
                _ => 0.0,
            }),
            Contrast::Diff => {
                Coding::new(count, levels[..count - 1].to_vec(), |row, column| match row <= column {
                    true => (column as f64 + 1.0 - n) / n,
                    false => (column as f64 + 1.0) / n,
                })
            }
            Contrast::Poly => {
                let scores = Vec::from_iter((0..count).map(|score| score as f64));
                // Beyond some degree no polynomial of equal steps can be told from noise; patsy and R say nothing.
                let mut degree = count - 1;
                let values = loop {
                    let mut moments = Moments::new(2 * degree);
                    moments.add(&scores);
                    match moments.polynomials() {
                        Ok(polynomials) => break polynomials.values(&scores),
                        Err(fewer) => degree = fewer,
                    }
                };
                let names = (1..=degree).map(|degree| match degree {
                    1 => "linear".to_string(),
                    2 => "quadratic".to_string(),
                    3 => "cubic".to_string(),
                    _ => format!("^{degree}"),
                });
                Coding::new(count, names.collect(), |row, column| values[column][row])
            }
        }
    }
}

impl fmt::Display for Contrast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Contrast::Treatment(None) => f.write_str("Treatment"),
            Contrast::Treatment(Some(level)) => write!(f, "Treatment({})", text(level)),
            Contrast::Sum(None) => f.write_str("Sum"),
            Contrast::Sum(Some(level)) => write!(f, "Sum({})", text(level)),
            Contrast::Helmert => f.write_str("Helmert"),
            Contrast::Diff => f.write_str("Diff"),
            Contrast::Poly => f.write_str("Poly"),
        }
    }
}

/// A level in quotes, as a formula has it.
fn text(level: &str) -> String {
    format!("\"{}\"", level.replace('\\', "\\\\").replace('"', "\\\""))
}
