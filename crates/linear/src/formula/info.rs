//! `DesignInfo`: a formula that has met its data.

use std::collections::HashMap;

use ndgrad_array::{Error, Result};

use super::basis::Functions;
use super::coding::{self, Product};
use super::contrast::{Coding, Contrast};
use super::expression::{Expression, Factor};
use super::terms::Terms;
use super::{DesignOptions, Formula};
use crate::encode::Missing;
use crate::feature::Term;
use crate::text::quoted;

/// Columns that a design may have.
const MOST_COLUMNS: usize = 1 << 16;

/// How rows of a table become rows of numbers: a formula, with what it has learned of the data that a model is fitted
/// to. [`Formula::learn`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignInfo {
    pub(super) formula: Formula,
    pub(super) options: DesignOptions,
    /// What `.` stands for.
    pub(super) all: Vec<String>,
    pub(super) intercept: bool,
    /// What is read, those that only training reads after the others.
    pub(super) inputs: Vec<Input>,
    pub(super) target: Learned,
    pub(super) factors: Vec<Learned>,
    pub(super) groups: Vec<Group>,
    pub(super) terms: Vec<Term>,
    pub(super) names: Vec<String>,
    pub(super) warnings: Vec<String>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Input {
    pub name: String,
    /// What stands in for a missing value.
    pub fill: Option<Fill>,
    /// Whether only training reads it.
    pub training: bool,
    /// Whether rows without it are left out.
    pub required: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fill {
    Number(f64),
    Level(String),
}

/// A factor and what it has learned.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Learned {
    pub factor: Factor,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Number,
    Basis(Option<Functions>),
    Category(Option<Levels>),
}

/// Levels by name, and by number where the name is one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Levels {
    pub names: Vec<String>,
    places: HashMap<String, u32>,
    numbers: HashMap<u64, u32>,
}

impl Levels {
    pub fn new(names: Vec<String>) -> Levels {
        let places = names.iter().cloned().zip(0..).collect();
        let numbers =
            names.iter().zip(0..).filter_map(|(name, place)| Some((bits(name.parse().ok()?), place)));
        Levels { numbers: numbers.collect(), places, names }
    }

    pub fn of_text(&self, text: &str) -> Option<u32> {
        let by_number = || self.of_number(text.parse().ok()?);
        self.places.get(text).copied().or_else(by_number)
    }

    pub fn of_number(&self, number: f64) -> Option<u32> {
        self.numbers.get(&bits(number)).copied()
    }
}

/// The bits of a number; both zeros are one.
pub(super) fn bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

/// Columns of the design that stand next to each other: a product of factors.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    /// The factors' numbers, with the coding of categories.
    pub factors: Vec<(usize, Option<Coding>)>,
    /// The first column.
    pub start: usize,
    pub width: usize,
}

impl Learned {
    /// Nothing learned yet; `is_category` tells of columns.
    pub fn new(factor: Factor, is_category: &dyn Fn(&str) -> bool) -> Learned {
        let kind = match &factor {
            Factor::Category { .. } => Kind::Category(None),
            Factor::Basis { basis, .. } => Kind::Basis(basis.functions()),
            _ if factor.column().is_some_and(|column| is_category(&column.name)) => Kind::Category(None),
            _ => Kind::Number,
        };
        Learned { factor, kind }
    }

    pub fn levels(&self) -> Option<&Levels> {
        match &self.kind {
            Kind::Category(levels) => levels.as_ref(),
            _ => None,
        }
    }

    pub fn is_category(&self) -> bool {
        matches!(self.kind, Kind::Category(_))
    }

    /// What stands in brackets after the name of each column, if there are several.
    fn suffixes(&self) -> Vec<Option<String>> {
        match &self.factor {
            Factor::Basis { basis, .. } if basis.width() > 1 => {
                (1..=basis.width()).map(|place| Some(place.to_string())).collect()
            }
            _ => vec![None],
        }
    }

    /// The name before the brackets: that of the column itself where it is nothing else.
    fn name(&self) -> String {
        self.factor.column().map_or_else(|| self.factor.to_string(), |column| column.name.clone())
    }
}

impl DesignInfo {
    /// A formula that knows its columns, and nothing of the rows.
    pub(super) fn draft(
        formula: &Formula,
        options: &DesignOptions,
        all: Vec<String>,
        is_category: &dyn Fn(&str) -> bool,
    ) -> Result<(DesignInfo, Terms)> {
        let terms = Terms::of(&formula.text, &formula.terms, &all)?;
        let factors = terms.factors.iter().cloned().map(|factor| Learned::new(factor, is_category)).collect();
        let mut info = DesignInfo {
            formula: formula.clone(),
            options: options.clone(),
            all,
            intercept: terms.intercept,
            inputs: Vec::new(),
            target: Learned::new(formula.target.clone(), is_category),
            factors,
            groups: Vec::new(),
            terms: Vec::new(),
            names: Vec::new(),
            warnings: Vec::new(),
        };
        info.resolve();
        Ok((info, terms))
    }

    /// Lists the inputs, and tells every column in an expression its place among them.
    fn resolve(&mut self) {
        let required = self.options.missing == Missing::Drop;
        let mut inputs: Vec<Input> = Vec::new();
        let mut add = |name: &str, training: bool, required: bool| {
            let place = inputs.iter().position(|input| input.name == name).unwrap_or_else(|| {
                inputs.push(Input { name: name.into(), fill: None, training, required });
                inputs.len() - 1
            });
            inputs[place].required |= required;
            place
        };
        let mut resolve = |factor: &mut Factor, training: bool| {
            factor.expression_mut().walk_mut(&mut |part| {
                if let Expression::Column(column) = part {
                    column.index = add(&column.name, training, training || required);
                }
            });
        };
        self.factors.iter_mut().for_each(|learned| resolve(&mut learned.factor, false));
        if let Some(offset) = &self.options.offset {
            add(offset, false, true);
        }
        let mut resolve = |factor: &mut Factor| {
            factor.expression_mut().walk_mut(&mut |part| {
                if let Expression::Column(column) = part {
                    column.index = add(&column.name, true, true);
                }
            });
        };
        resolve(&mut self.target.factor);
        for name in [&self.options.weights, &self.options.clusters].into_iter().flatten() {
            add(name, true, true);
        }
        self.inputs = inputs;
    }

    /// Lays out the columns, once every level is known.
    pub(super) fn finish(&mut self, terms: &Terms) -> Result<()> {
        let is_category = |factor: usize| self.factors[factor].is_category();
        let categories = |term: &Vec<usize>| term.iter().filter(|&&factor| is_category(factor)).count();
        if terms.terms.iter().any(|term| categories(term) > coding::MOST_CATEGORIES) {
            return Err(Error::Data(format!(
                "formula: a term has more than {} categories\n    join fewer of them by : or *",
                coding::MOST_CATEGORIES
            )));
        }
        let ordered = coding::order(terms.intercept, &terms.terms, &is_category);
        self.lay_out(&ordered.into_iter().flat_map(|(_, products)| products).collect::<Vec<_>>())
    }

    /// Lays out the columns of these products.
    pub(super) fn lay_out(&mut self, products: &[Product]) -> Result<()> {
        let mut groups: Vec<Group> = Vec::new();
        let mut design: Vec<Term> = Vec::new();
        for product in products {
            let (group, columns) = self.group(product, design.len())?;
            if design.len() + group.width > MOST_COLUMNS {
                return Err(Error::Data(format!(
                    "formula: the design would have more than {MOST_COLUMNS} columns\n    \
                     join fewer categories with many levels, or leave them out"
                )));
            }
            design.extend(columns);
            groups.push(group);
        }
        self.names = design.iter().map(|term| term.name.clone()).collect();
        (self.groups, self.terms) = (groups, design);
        Ok(())
    }

    /// The columns of a product, the first factor's varying fastest.
    fn group(&self, product: &Product, start: usize) -> Result<(Group, Vec<Term>)> {
        let mut columns = vec![Term { name: String::new(), baseline: None }];
        let mut factors = Vec::new();
        for &(number, full) in product {
            let learned = &self.factors[number];
            let name = learned.name();
            let coding = learned.levels().map(|levels| {
                let contrast = match &learned.factor {
                    Factor::Category { contrast: Some(contrast), .. } => contrast,
                    _ => &Contrast::Treatment(None),
                };
                contrast.coding(&levels.names, full)
            });
            let suffixes = match &coding {
                Some(coding) => coding.names.iter().cloned().map(Some).collect(),
                None => learned.suffixes(),
            };
            if columns.len().saturating_mul(suffixes.len()) > MOST_COLUMNS {
                return Err(Error::Data(format!(
                    "formula: {} alone would have more than {MOST_COLUMNS} columns\n    \
                     join fewer categories with many levels",
                    quoted(&Vec::from_iter(product.iter().map(|(n, _)| self.factors[*n].name())).join(":"))
                )));
            }
            let alone = product.len() == 1;
            let joined = suffixes.iter().flat_map(|suffix| {
                let own = match suffix {
                    Some(suffix) => format!("{name}[{suffix}]"),
                    None => name.clone(),
                };
                let baseline = coding.as_ref().and_then(|coding| coding.baseline.clone()).filter(|_| alone);
                columns.iter().map(move |before| Term {
                    name: if before.name.is_empty() { own.clone() } else { format!("{}:{own}", before.name) },
                    baseline: baseline.clone(),
                })
            });
            columns = joined.collect();
            factors.push((number, coding));
        }
        Ok((Group { factors, start, width: columns.len() }, columns))
    }

    /// The formula.
    pub fn formula(&self) -> &Formula {
        &self.formula
    }

    /// What is predicted: the column's name, or the formula's left side as it is written.
    pub fn target(&self) -> String {
        match &self.target.factor {
            Factor::Plain(Expression::Column(column)) => column.name.clone(),
            Factor::Plain(of) => of.to_string(),
            target => target.to_string(),
        }
    }

    /// The levels of a target of categories, sorted: the target of a row is the place of its level, counted from 0.
    /// `None` for a target of numbers.
    pub fn target_levels(&self) -> Option<&[String]> {
        self.target.levels().map(|levels| &levels.names[..])
    }

    /// What the mean is of: the target, or, where it has two levels, that it is of the second: `sex = male`.
    pub fn outcome(&self) -> String {
        match self.target_levels() {
            Some([_, level]) => format!("{} = {level}", self.target()),
            _ => self.target(),
        }
    }

    /// The columns of the design, without the intercept: `carat`, `log(depth)`, `poly(table, 2)[1]`, `cut[Good]` for
    /// the indicator of a level, and `carat:cut[Good]` for a product.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The names of the [`terms`](Self::terms).
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the model has an intercept.
    pub fn has_intercept(&self) -> bool {
        self.intercept
    }

    /// The columns of a table that are read: to predict, or to train (the target, weights and clusters too).
    pub fn columns(&self, training: bool) -> Vec<String> {
        let read = self.inputs.iter().filter(|input| training || !input.training);
        read.map(|input| input.name.clone()).collect()
    }

    /// The columns of texts that the terms read, which a reader is to take for categories whatever they look like.
    pub fn text_columns(&self) -> Vec<String> {
        let texts = self.factors.iter().filter(|learned| learned.is_category());
        let texts = texts.filter(|learned| !matches!(learned.factor, Factor::Category { .. }));
        texts.filter_map(|learned| learned.factor.column()).map(|column| column.name.clone()).collect()
    }

    /// The columns that are read as categories, for a reader that would take them for numbers.
    pub fn categories(&self) -> Vec<String> {
        let factors = self.factors.iter().chain([&self.target]).filter(|learned| learned.is_category());
        factors.filter_map(|learned| learned.factor.column()).map(|column| column.name.clone()).collect()
    }

    /// What was left out of what `.` stands for, and why; one sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// What was chosen besides the formula.
    pub fn options(&self) -> &DesignOptions {
        &self.options
    }

    pub(super) fn input(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|input| input.name == name)
    }
}
