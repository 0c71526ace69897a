//! Model formulas: `price ~ carat + log(depth) + cut + carat:cut`.

mod basis;
mod batch;
mod cells;
mod coding;
mod contrast;
mod encode;
mod expression;
mod fault;
mod function;
mod info;
mod json;
mod learn;
mod observe;
mod parse;
mod polynomial;
mod spline;
mod table_source;
mod terms;
#[cfg(test)]
mod tests;
mod token;

pub use info::DesignInfo;
pub use observe::{DesignRows, Observed};
pub use table_source::{ColumnInfo, TableSource};

use std::fmt;

use ndgrad_array::Result;

use crate::encode::Missing;
use expression::{Column, Expression, Factor, Node};
use fault::Span;

/// A model in Wilkinson's notation: the target, `~`, and the terms that explain it, as R and patsy read it.
///
/// | written | means |
/// | --- | --- |
/// | `a + b`, `a - b` | the terms of both; those of `a` without those of `b` |
/// | `1`, `0`, `- 1` | the intercept, which is there unless it is taken away |
/// | `a:b`, `a %in% b` | the products of each column of `a` with each of `b` |
/// | `a * b` | `a + b + a:b` |
/// | `a / b` | `a + a:b`: a slope or a level of `b` for each `a` |
/// | `(a + b + c)^2`, `**` | all products of up to two of them |
/// | `.` | every column that the left side does not read |
/// | `` `a b` ``, `Q("a b")` | a column whose name is not letters, digits, `_` and `.` |
/// | `I(a / b^2)` | arithmetic |
/// | `log(a)` | likewise `log2 log10 log1p exp expm1 sqrt abs sin cos tan tanh floor ceil` |
/// | `center(a)`, `scale(a)` | less the mean; over the deviation, too (of `n`; `ddof = 1` for `n - 1`) |
/// | `poly(a, 3)` | orthogonal polynomials of R's signs and scale; `raw = TRUE` for powers |
/// | `bs(a, df = 5)` | B-splines, as patsy has them; `degree = 3`, `knots = c(2, 4)`, `include_intercept = TRUE`, `lower_bound`, `upper_bound` |
/// | `C(a)`, `C(a, Sum)` | numbers or texts as categories, and contrasts: `Treatment("level")`, `Sum`, `Helmert`, `Diff`, `Poly` |
///
/// The left side is arithmetic: `log(price) ~ …`. A column of texts is a category of sorted levels, and its first
/// level is what the others are compared with. Categories are coded by patsy's rule: by one column for each level
/// where nothing else spans them, by one fewer where something does. Terms of the same numbers stand together, those
/// without numbers first, each group by the count of its factors.
///
/// ```
/// use ndgrad_data::Table;
/// use ndgrad_linear::{DesignOptions, Formula, Observations};
///
/// let text = "price,carat,cut\n326,0.23,Ideal\n334,0.29,Good\n423,0.32,Ideal\n351,0.3,Fair\n";
/// let table = Table::from_csv("diamonds.csv", text.as_bytes())?;
/// let formula = Formula::parse("log(price) ~ carat * cut")?;
/// let design = formula.learn(&mut &table, &DesignOptions::default())?;
/// assert_eq!(design.names(), ["cut[Good]", "cut[Ideal]", "carat", "carat:cut[Good]", "carat:cut[Ideal]"]);
///
/// let rows = design.observe(&table).collect()?;
/// assert_eq!(rows.x[..5], [0.0, 1.0, 0.23, 0.0, 0.23]);
/// assert_eq!(rows.y[0], 326f64.ln());
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Formula {
    pub(crate) text: String,
    pub(crate) target: Factor,
    pub(crate) terms: Node,
}

/// What a design is told besides its formula.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DesignOptions {
    /// What becomes of rows in which a column of the terms has no value. Rows without a target, weight, offset or
    /// cluster are always left out.
    pub missing: Missing,
    /// The column of weights, if rows have such.
    pub weights: Option<String>,
    /// The column of what is added to the linear predictor.
    pub offset: Option<String>,
    /// The column that tells which rows belong together.
    pub clusters: Option<String>,
    /// Whether the target may be a category, as in a logistic regression.
    pub category_target: bool,
}

impl Formula {
    /// Reads a formula.
    ///
    /// ```
    /// use ndgrad_linear::Formula;
    /// assert_eq!(Formula::parse("y~(a+b)**2-1")?.to_string(), "y ~ (a + b)^2 - 1");
    ///
    /// let error = Formula::parse("y ~ sqr(x)").unwrap_err().to_string();
    /// let lines: Vec<&str> = error.lines().collect();
    /// assert_eq!(lines[0], "formula: there is no function \"sqr\"; did you mean \"sqrt\"?");
    /// assert_eq!(lines[1], "    y ~ sqr(x)");
    /// assert_eq!(lines[2], "        ^^^");
    /// # Ok::<(), ndgrad_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Data`](ndgrad_array::Error::Data) if it is not one; the message shows the place and the remedy.
    pub fn parse(text: &str) -> Result<Formula> {
        let (target, terms) = parse::Parser::new(text)?.formula()?;
        Ok(Formula { text: text.to_string(), target, terms })
    }

    /// `target ~ .`: every other column.
    pub fn all(target: &str) -> Formula {
        Formula::of_parts(column(target), Node::All)
    }

    /// `target ~ a + b + …`: these columns, as they are.
    pub fn of(target: &str, columns: impl IntoIterator<Item = impl Into<String>>) -> Formula {
        let mut parts =
            Vec::from_iter(columns.into_iter().map(|name| (false, Node::Factor(column(&name.into())))));
        let terms = match parts.len() {
            0 => Node::One,
            1 => parts.remove(0).1,
            _ => Node::Sum(parts),
        };
        Formula::of_parts(column(target), terms)
    }

    fn of_parts(target: Factor, terms: Node) -> Formula {
        let mut formula = Formula { text: String::new(), target, terms };
        formula.text = formula.to_string();
        // The places of names in the text, for messages.
        Formula::parse(&formula.text).unwrap_or(formula)
    }

    /// The factors of the right side, as often as they stand there.
    fn factors(&self) -> Vec<&Factor> {
        fn collect<'a>(node: &'a Node, factors: &mut Vec<&'a Factor>) {
            match node {
                Node::One | Node::Zero | Node::All => {}
                Node::Factor(factor) => factors.push(factor),
                Node::Sum(parts) => parts.iter().for_each(|(_, part)| collect(part, factors)),
                Node::Join(_, left, right, _) => {
                    [left, right].into_iter().for_each(|part| collect(part, factors))
                }
                Node::Power(of, ..) => collect(of, factors),
            }
        }
        let mut factors = Vec::new();
        collect(&self.terms, &mut factors);
        factors
    }

    /// The columns that the formula names, each once; those that a `.` stands for are not among them.
    ///
    /// ```
    /// use ndgrad_linear::Formula;
    /// assert_eq!(Formula::parse("log(y) ~ a:b + poly(a, 2)")?.columns(), ["y", "a", "b"]);
    /// # Ok::<(), ndgrad_array::Error>(())
    /// ```
    pub fn columns(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let factors = std::iter::once(&self.target).chain(self.factors());
        for column in factors.flat_map(|factor| factor.expression().columns()) {
            if !names.contains(&column.name.as_str()) {
                names.push(&column.name);
            }
        }
        names
    }

    /// Whether the formula has a `.`, so that what it means depends on the table.
    pub fn uses_all(&self) -> bool {
        fn uses(node: &Node) -> bool {
            match node {
                Node::All => true,
                Node::One | Node::Zero | Node::Factor(_) => false,
                Node::Sum(parts) => parts.iter().any(|(_, part)| uses(part)),
                Node::Join(_, left, right, _) => uses(left) || uses(right),
                Node::Power(of, ..) => uses(of),
            }
        }
        uses(&self.terms)
    }
}

fn column(name: &str) -> Factor {
    Factor::Plain(Expression::Column(Column { name: name.into(), span: Span::default(), index: 0 }))
}

/// The formula with one space around its operators, which means the same.
impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Factor::Plain(of) => write!(f, "{of} ~ {}", self.terms),
            target => write!(f, "{target} ~ {}", self.terms),
        }
    }
}

/// Formulas are equal if they say the same in the same order, however they are written.
impl PartialEq for Formula {
    fn eq(&self, other: &Formula) -> bool {
        self.target == other.target && self.terms == other.terms
    }
}
