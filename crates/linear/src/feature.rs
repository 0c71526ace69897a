//! `Feature`: how a column of a table becomes numbers.

use crate::text::{list, quoted};
use ndgrad_array::{Error, Result};
use ndgrad_data::{Category, Numeric, Table, nearest};

/// A column that a model reads, and what it does with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// The column's name.
    pub name: String,
    /// What the column holds.
    pub kind: Kind,
}

/// What a feature's column holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Numbers; one term.
    Numeric {
        /// What stands in for a missing number; `None` where a row without it has no prediction.
        fill: Option<f64>,
    },
    /// Categories; an indicator term for each level but the baseline.
    Category {
        /// The levels, sorted; the first is the baseline.
        levels: Vec<Level>,
        /// The index of the level that stands in for a missing one; `None` where a row without it has no
        /// prediction.
        fill: Option<usize>,
    },
}

/// One level of a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The level as it stands in the column.
    pub name: String,
    /// Whether the level has an indicator term of its own. The baseline has none, nor has a level whose indicator
    /// follows from other features.
    pub has_term: bool,
}

/// One number of a row as the model sees it: a numeric column, or the indicator of one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// `flipper_length_mm`, or `species[Chinstrap]` for the indicator of a level.
    pub name: String,
    /// The level that an indicator is compared with; `None` for a number.
    pub baseline: Option<String>,
}

impl Feature {
    /// The terms, in order: one for numbers, one for each level that has one.
    pub fn terms(&self) -> Vec<Term> {
        match &self.kind {
            Kind::Numeric { .. } => vec![Term { name: self.name.clone(), baseline: None }],
            Kind::Category { levels, .. } => {
                let own = levels.iter().filter(|level| level.has_term);
                own.map(|level| Term {
                    name: format!("{}[{}]", self.name, level.name),
                    baseline: Some(levels[0].name.clone()),
                })
                .collect()
            }
        }
    }

    /// Whether the column holds categories.
    pub fn is_category(&self) -> bool {
        matches!(self.kind, Kind::Category { .. })
    }

    /// The number of [`terms`](Self::terms).
    pub fn width(&self) -> usize {
        match &self.kind {
            Kind::Numeric { .. } => 1,
            Kind::Category { levels, .. } => levels.iter().filter(|level| level.has_term).count(),
        }
    }

    /// Takes terms out: those whose flag, in the order of [`terms`](Self::terms), is false. Tells whether any is
    /// left.
    pub(crate) fn retain_terms(&mut self, mut keep: impl Iterator<Item = bool>) -> bool {
        match &mut self.kind {
            Kind::Numeric { .. } => keep.next() == Some(true),
            Kind::Category { levels, .. } => {
                for level in levels.iter_mut().filter(|level| level.has_term) {
                    level.has_term = keep.next() == Some(true);
                }
                levels.iter().any(|level| level.has_term)
            }
        }
    }

    /// The feature's column in `table`, ready to be read.
    ///
    /// # Errors
    /// If there is no such column, or if it does not hold what the feature is made of.
    pub(crate) fn bind<'a>(&'a self, table: &'a Table) -> Result<Bound<'a>> {
        let source = match &self.kind {
            Kind::Numeric { fill } => Source::Numeric { numbers: table.numeric(&self.name)?, fill: *fill },
            Kind::Category { levels, fill } => {
                let column = table.column(&self.name)?;
                if column.missing() == column.len() {
                    // Without a value there is nothing to tell numbers from categories.
                    Source::Nothing { levels, fill: *fill }
                } else {
                    let category = table.category(&self.name)?;
                    let known = |name| levels.binary_search_by(|level| level.name.as_str().cmp(name)).ok();
                    let codes = category.levels().iter().map(|name| known(name.as_str())).collect();
                    Source::Category { category, levels, codes, fill: *fill }
                }
            }
        };
        Ok(Bound { table, name: &self.name, source })
    }
}

/// A feature and the column of a table that it is read from.
pub(crate) struct Bound<'a> {
    table: &'a Table,
    name: &'a str,
    source: Source<'a>,
}

enum Source<'a> {
    Numeric {
        numbers: &'a Numeric,
        fill: Option<f64>,
    },
    Category {
        category: &'a Category,
        levels: &'a [Level],
        /// For each level of the column, the index of the feature's level of that name.
        codes: Vec<Option<usize>>,
        fill: Option<usize>,
    },
    Nothing {
        levels: &'a [Level],
        fill: Option<usize>,
    },
}

impl Bound<'_> {
    /// Appends the terms of `row`; returns false if a value is missing and nothing stands in for it.
    ///
    /// # Errors
    /// If the row holds a level that the feature does not know.
    pub(crate) fn read(&self, row: usize, terms: &mut Vec<f64>) -> Result<bool> {
        let (level, levels) = match &self.source {
            Source::Numeric { numbers, fill } => {
                let value = numbers.get(row).or(*fill);
                terms.extend(value);
                return Ok(value.is_some());
            }
            Source::Category { category, levels, codes, fill } => match category.code(row) {
                None => (*fill, *levels),
                Some(code) => match codes[code as usize] {
                    None => return Err(self.unseen(row, &category.levels()[code as usize], levels)),
                    known => (known, *levels),
                },
            },
            Source::Nothing { levels, fill } => (*fill, *levels),
        };
        let Some(level) = level else { return Ok(false) };
        let with_terms = levels.iter().enumerate().filter(|(_, level)| level.has_term);
        terms.extend(with_terms.map(|(index, _)| f64::from(u8::from(index == level))));
        Ok(true)
    }

    fn unseen(&self, row: usize, text: &str, levels: &[Level]) -> Error {
        let names: Vec<&str> = levels.iter().map(|level| level.name.as_str()).collect();
        let meant = nearest(text, names.iter().copied());
        let hint = meant.map(|name| format!("; did you mean {}?", quoted(name))).unwrap_or_default();
        Error::content(
            self.table.place(row, self.name),
            format!(
                "the model has not seen the category {}{hint}\n    It was trained on {}.",
                quoted(text),
                list(&names)
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn species(fill: Option<usize>) -> Feature {
        let levels = ["Adelie", "Chinstrap", "Gentoo"];
        let level = |(i, name): (usize, &&str)| Level { name: name.to_string(), has_term: i > 0 };
        let levels = levels.iter().enumerate().map(level).collect();
        Feature { name: "species".into(), kind: Kind::Category { levels, fill } }
    }

    fn read(feature: &Feature, text: &str) -> Result<Vec<Option<Vec<f64>>>> {
        let table = Table::from_csv("t.csv", text.as_bytes())?;
        let bound = feature.bind(&table)?;
        let row = |row| {
            let mut terms = Vec::new();
            Ok(bound.read(row, &mut terms)?.then_some(terms))
        };
        (0..table.rows()).map(row).collect()
    }

    #[test]
    fn levels_become_indicators() {
        let text = "species,n\nGentoo,1\nAdelie,2\nNA,3\nChinstrap,4\n";
        let rows = [Some(vec![0.0, 1.0]), Some(vec![0.0, 0.0]), None, Some(vec![1.0, 0.0])];
        assert_eq!(read(&species(None), text).unwrap(), rows);
        let filled = read(&species(Some(1)), text).unwrap();
        assert_eq!(filled[2], Some(vec![1.0, 0.0]));
        let names = species(None).terms().into_iter().map(|term| (term.name, term.baseline));
        let baseline = Some("Adelie".to_string());
        let expected = [("species[Chinstrap]", &baseline), ("species[Gentoo]", &baseline)];
        assert_eq!(
            Vec::from_iter(names),
            expected.map(|(name, baseline)| (name.to_string(), baseline.clone()))
        );
    }

    #[test]
    fn a_column_without_values_is_of_any_kind() {
        assert_eq!(read(&species(None), "species,n\nNA,1\n").unwrap(), [None]);
        assert_eq!(read(&species(Some(0)), "species,n\nNA,1\n").unwrap(), [Some(vec![0.0, 0.0])]);
        let number = Feature { name: "n".into(), kind: Kind::Numeric { fill: Some(2.5) } };
        assert_eq!(read(&number, "n,m\n,1\n7,1\n").unwrap(), [Some(vec![2.5]), Some(vec![7.0])]);
    }

    #[test]
    fn what_a_model_does_not_know_is_named() {
        assert_eq!(
            read(&species(None), "species\nAdelie\nGento\n").unwrap_err().to_string(),
            "t.csv:3: column \"species\": the model has not seen the category \"Gento\"; did you mean \"Gentoo\"?\n    \
             It was trained on \"Adelie\", \"Chinstrap\", \"Gentoo\"."
        );
        assert_eq!(
            read(&species(None), "specie\nAdelie\n").unwrap_err().to_string(),
            "t.csv: there is no column \"species\"; did you mean \"specie\"?\n    The only column is \"specie\"."
        );
        let numbers = read(&species(None), "species\n1\n").unwrap_err().to_string();
        assert!(numbers.starts_with("t.csv: column \"species\": the column holds numbers"), "{numbers}");
    }

    #[test]
    fn terms_can_be_taken_out() {
        let mut feature = species(None);
        assert!(feature.retain_terms([false, true].into_iter()));
        assert_eq!((feature.width(), feature.terms()[0].name.as_str()), (1, "species[Gentoo]"));
        assert_eq!(
            read(&feature, "species\nChinstrap\nGentoo\n").unwrap(),
            [Some(vec![0.0]), Some(vec![1.0])]
        );
        assert!(!feature.retain_terms([false].into_iter()));
    }
}
