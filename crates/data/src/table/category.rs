//! `Category`: a column of levels, and what its fields looked like.

use super::field::{Field, Value};
use std::collections::HashMap;

/// A column of categories: a sorted list of levels, and for every row the number of its level or nothing.
///
/// Levels are sorted by their bytes, so they do not depend on the order of the rows.
///
/// ```
/// use ndgrad_data::Category;
/// let sizes: Category = [Some("small"), Some("large"), None, Some("small")].into_iter().collect();
/// assert_eq!(sizes.levels(), ["large", "small"]);
/// assert_eq!(sizes.codes().collect::<Vec<_>>(), [Some(1), Some(0), None, Some(1)]);
/// assert_eq!(sizes.get(0), Some("small"));
/// ```
#[derive(Clone, Debug)]
pub struct Category {
    levels: Vec<String>,
    codes: Vec<u32>,
    tally: Tally,
}

/// Stands for a missing value among the codes.
const NONE: u32 = u32::MAX;

impl Category {
    /// The levels that occur, sorted.
    pub fn levels(&self) -> &[String] {
        &self.levels
    }

    /// The number of rows, missing values included.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The number of missing values.
    pub fn missing(&self) -> usize {
        self.codes.iter().filter(|&&code| code == NONE).count()
    }

    /// The index among [`levels`](Self::levels) of the value of `row`, or `None` where it is missing.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn code(&self, row: usize) -> Option<u32> {
        known(self.codes[row])
    }

    /// The level of `row`, or `None` where it is missing.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn get(&self, row: usize) -> Option<&str> {
        self.code(row).map(|code| self.levels[code as usize].as_str())
    }

    /// The codes of all rows in order, `None` where the value is missing.
    pub fn codes(&self) -> impl ExactSizeIterator<Item = Option<u32>> + '_ {
        self.codes.iter().map(|&code| known(code))
    }

    /// What the fields looked like: how many read as numbers, and the first that did not.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}

fn known(code: u32) -> Option<u32> {
    (code != NONE).then_some(code)
}

/// Equal values in equal places.
impl PartialEq for Category {
    fn eq(&self, other: &Self) -> bool {
        self.levels == other.levels && self.codes == other.codes
    }
}

impl<S: AsRef<str>> FromIterator<Option<S>> for Category {
    /// Takes every text as it is; only `None` is missing.
    ///
    /// # Panics
    /// If there are 2^32 - 1 levels or more.
    fn from_iter<I: IntoIterator<Item = Option<S>>>(values: I) -> Self {
        let (mut levels, mut tally) = (Levels::default(), Tally::default());
        for (row, value) in values.into_iter().enumerate() {
            let text = value.as_ref().map(S::as_ref);
            levels.push(text);
            if let Some(text) = text {
                tally.count(row, Field::read(text));
            }
        }
        levels.finish(tally)
    }
}

/// What the fields of a category column looked like.
///
/// A column in which nearly every field is a number is rarely a category: more often one field of many was
/// mistyped. Whoever fits a model asks [`is_mostly_numeric`](Self::is_mostly_numeric), and if it is,
/// [`Table::numeric`](crate::Table::numeric) gives the error that names the line.
///
/// ```
/// use ndgrad_data::Table;
/// let table = Table::from_csv("prices.csv", "price\n10\nabc\n".as_bytes())?;
/// let tally = table.category("price")?.tally();
/// assert_eq!((tally.numbers(), tally.texts()), (1, 1));
/// assert!(tally.is_mostly_numeric());
/// let error = table.numeric("price").unwrap_err().to_string();
/// assert!(error.starts_with("prices.csv:3: column \"price\": \"abc\" is not a number"));
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    numbers: usize,
    almost: usize,
    texts: usize,
    first_text: Option<(usize, String)>,
}

impl Tally {
    /// Adds the fields of rows that follow `rows` others.
    fn append(&mut self, rows: usize, other: &Tally) {
        self.numbers += other.numbers;
        self.almost += other.almost;
        self.texts += other.texts;
        if self.first_text.is_none() {
            self.first_text = other.first_text.as_ref().map(|(row, text)| (rows + row, text.clone()));
        }
    }

    pub(crate) fn count(&mut self, row: usize, field: Field<'_>) {
        match field.value {
            Value::Missing => return,
            Value::Number(_) => {
                self.numbers += 1;
                return;
            }
            Value::Almost => self.almost += 1,
            Value::Date(_) | Value::Text => {}
        }
        self.texts += 1;
        if self.first_text.is_none() {
            self.first_text = Some((row, field.text.to_string()));
        }
    }

    /// How many fields read as a finite number.
    pub fn numbers(&self) -> usize {
        self.numbers
    }

    /// How many fields, missing ones aside, do not; `inf`, `nan` and `12,5` are among them.
    pub fn texts(&self) -> usize {
        self.texts
    }

    /// The row (counted from 0) and the text of the first field that does not.
    pub fn first_text(&self) -> Option<(usize, &str)> {
        self.first_text.as_ref().map(|(row, text)| (*row, text.as_str()))
    }

    /// Whether there are texts, yet at least half of the fields that are present are numbers or were meant as
    /// numbers: `inf`, `nan`, `1e999`, `12,5`.
    pub fn is_mostly_numeric(&self) -> bool {
        let numeric = self.numbers + self.almost;
        self.texts > 0 && numeric > 0 && numeric >= self.texts - self.almost
    }
}

/// The levels met so far, numbered by first appearance, and the rows' codes.
#[derive(Debug, Default)]
pub(crate) struct Levels {
    numbers: HashMap<Box<str>, u32>,
    codes: Vec<u32>,
}

impl Levels {
    pub fn push(&mut self, text: Option<&str>) {
        let code = text.map_or(NONE, |text| self.number(text));
        self.codes.push(code);
    }

    /// Adds the rows of a column, and to `tally` what they looked like.
    pub fn append(&mut self, category: &Category, tally: &mut Tally) {
        tally.append(self.codes.len(), &category.tally);
        let numbers: Vec<u32> = category.levels.iter().map(|level| self.number(level)).collect();
        let code = |code: &u32| known(*code).map_or(NONE, |code| numbers[code as usize]);
        self.codes.extend(category.codes.iter().map(code));
    }

    fn number(&mut self, text: &str) -> u32 {
        self.numbers.get(text).copied().unwrap_or_else(|| {
            let code = u32::try_from(self.numbers.len()).ok().and_then(known);
            let code = code.expect("a category column has fewer than 2^32 - 1 levels");
            self.numbers.insert(text.into(), code);
            code
        })
    }

    /// Sorts the levels and renumbers the codes.
    pub fn finish(self, tally: Tally) -> Category {
        let mut order: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        order.sort_unstable();
        let mut sorted = vec![0; order.len()];
        for (new, (_, old)) in order.iter().enumerate() {
            sorted[*old as usize] = new as u32;
        }
        let mut codes = self.codes;
        for code in codes.iter_mut().filter(|code| **code != NONE) {
            *code = sorted[*code as usize];
        }
        Category { levels: order.into_iter().map(|(level, _)| level.into()).collect(), codes, tally }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_do_not_depend_on_the_order_of_rows() {
        let forward = Category::from_iter([Some("b"), None, Some("a"), Some("c")]);
        let backward = Category::from_iter([Some("c"), Some("a"), None, Some("b")]);
        assert_eq!(forward.levels(), ["a", "b", "c"]);
        assert_eq!(forward.levels(), backward.levels());
        assert_eq!(Vec::from_iter(backward.codes()), [Some(2), Some(0), None, Some(1)]);
        assert_eq!((backward.get(2), backward.get(3), backward.missing()), (None, Some("b"), 1));
    }

    #[test]
    fn mostly_numeric_is_at_least_half() {
        let tally = |texts: &[&str]| Category::from_iter(texts.iter().map(|&text| Some(text))).tally;
        assert!(tally(&["1", "2", "x"]).is_mostly_numeric());
        assert!(tally(&["1", "x"]).is_mostly_numeric());
        assert!(!tally(&["1", "x", "y"]).is_mostly_numeric());
        assert!(!tally(&["x", "y"]).is_mostly_numeric());
        assert!(!tally(&["1", "2"]).is_mostly_numeric(), "nothing is wrong with it");
        assert!(tally(&["nan", "inf", "1e999", "12,5"]).is_mostly_numeric());
        assert!(tally(&["1", "nan", "x", "NA"]).is_mostly_numeric());
        assert!(!tally(&["nan", "apple", "pear"]).is_mostly_numeric());
        assert_eq!(tally(&["1", "NA", "x", "y"]).first_text(), Some((2, "x")));
    }
}
