//! From a formula's notation to its terms: Wilkinson's algebra.
//!
//! G. N. Wilkinson and C. E. Rogers, "Symbolic description of factorial models for analysis of variance", Applied
//! Statistics 22 (1973); the details are those of R and patsy.

use std::collections::{HashMap, HashSet};

use ndgrad_array::Result;

use super::expression::{Column, Expression, Factor, Join, Node};
use super::fault::{Span, fault};

/// More terms than this are taken for a mistake.
const MOST_TERMS: usize = 20_000;

/// The numbers of a term's factors, in the order in which they were written; none for the intercept.
pub(super) type Term = Vec<usize>;

/// The terms of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Terms {
    pub intercept: bool,
    /// Every factor once.
    pub factors: Vec<Factor>,
    /// Without the intercept, in the order in which they were written.
    pub terms: Vec<Term>,
}

impl Terms {
    /// The terms of `node`, where `.` stands for the columns `all`.
    pub fn of(text: &str, node: &Node, all: &[String]) -> Result<Terms> {
        let mut expander = Expander { text, all, factors: Vec::new(), numbers: HashMap::new() };
        let Sum { intercept, terms } = expander.expand(node)?;
        let mut kept = Terms { intercept: intercept.unwrap_or(true), factors: Vec::new(), terms };
        // Factors of terms that were taken away again are not needed.
        let used: HashSet<usize> = kept.terms.iter().flatten().copied().collect();
        let mut renumbered = vec![0; expander.factors.len()];
        for (number, factor) in expander.factors.into_iter().enumerate() {
            if used.contains(&number) {
                renumbered[number] = kept.factors.len();
                kept.factors.push(factor);
            }
        }
        kept.terms.iter_mut().flatten().for_each(|factor| *factor = renumbered[*factor]);
        Ok(kept)
    }
}

struct Expander<'a> {
    text: &'a str,
    all: &'a [String],
    factors: Vec<Factor>,
    numbers: HashMap<String, usize>,
}

/// Terms, each once, and whether the intercept was added (`true`) or taken away.
#[derive(Default)]
struct Sum {
    intercept: Option<bool>,
    terms: Vec<Term>,
}

/// Adds terms that are not there yet. The order of factors makes no other term.
#[derive(Default)]
struct Distinct {
    terms: Vec<Term>,
    seen: HashSet<Term>,
}

impl Distinct {
    fn extend(&mut self, terms: impl IntoIterator<Item = Term>) {
        for term in terms {
            if self.seen.insert(sorted(&term)) {
                self.terms.push(term);
            }
        }
    }

    fn remove(&mut self, terms: &[Term]) {
        for term in terms {
            self.seen.remove(&sorted(term));
        }
        self.terms.retain(|term| self.seen.contains(&sorted(term)));
    }
}

fn sorted(term: &Term) -> Term {
    let mut term = term.clone();
    term.sort_unstable();
    term
}

/// The factors of both, each once.
fn product(left: &Term, right: &Term) -> Term {
    let mut factors = left.clone();
    factors.extend(right.iter().filter(|factor| !left.contains(factor)));
    factors
}

impl Expander<'_> {
    fn number(&mut self, factor: Factor) -> usize {
        let name = factor.to_string();
        if let Some(&number) = self.numbers.get(&name) {
            return number;
        }
        self.numbers.insert(name, self.factors.len());
        self.factors.push(factor);
        self.factors.len() - 1
    }

    fn expand(&mut self, node: &Node) -> Result<Sum> {
        Ok(match node {
            Node::One => Sum { intercept: Some(true), terms: Vec::new() },
            Node::Zero => Sum { intercept: Some(false), terms: Vec::new() },
            Node::All => {
                let columns = self.all.iter().map(|name| {
                    Factor::Plain(Expression::Column(Column {
                        name: name.clone(),
                        span: Span::default(),
                        index: 0,
                    }))
                });
                let terms =
                    Vec::from_iter(columns).into_iter().map(|factor| vec![self.number(factor)]).collect();
                Sum { intercept: None, terms }
            }
            Node::Factor(factor) => Sum { intercept: None, terms: vec![vec![self.number(factor.clone())]] },
            Node::Sum(parts) => {
                let (mut intercept, mut terms) = (None, Distinct::default());
                for (minus, part) in parts {
                    let part = self.expand(part)?;
                    match minus {
                        false => terms.extend(part.terms),
                        true => terms.remove(&part.terms),
                    }
                    intercept = part.intercept.map(|added| added != *minus).or(intercept);
                }
                Sum { intercept, terms: terms.terms }
            }
            Node::Join(join, left, right, span) => {
                let (left, right) = (self.operand(left, *span)?, self.operand(right, *span)?);
                let mut terms = Distinct::default();
                match join {
                    Join::Interact => terms.extend(self.products(&left, &right, *span)?),
                    Join::Cross => {
                        let products = self.products(&left, &right, *span)?;
                        terms.extend(left);
                        terms.extend(right);
                        terms.extend(products);
                    }
                    // What is nested lies within all that stands left of it together.
                    Join::Nest => {
                        let whole = left.iter().fold(Term::new(), |whole, term| product(&whole, term));
                        terms.extend(left);
                        terms.extend(self.products(&[whole], &right, *span)?);
                    }
                }
                Sum { intercept: None, terms: terms.terms }
            }
            Node::Power(of, most, span) => {
                let left = self.operand(of, *span)?;
                let mut terms = Distinct::default();
                terms.extend(left.clone());
                let mut last = left.clone();
                // No term has more factors than there are terms, unless they have several each.
                for _ in 1..(*most as usize).min(left.len()) {
                    let mut next = Distinct::default();
                    next.extend(self.products(&left, &last, *span)?);
                    last = next.terms;
                    terms.extend(last.iter().cloned());
                    self.limit(terms.terms.len(), *span)?;
                }
                Sum { intercept: None, terms: terms.terms }
            }
        })
    }

    /// The terms of what an operator joins.
    fn operand(&mut self, node: &Node, span: Span) -> Result<Vec<Term>> {
        let Sum { intercept, terms } = self.expand(node)?;
        if intercept.is_some() {
            let message = "the intercept cannot be joined with anything";
            return Err(fault(
                self.text,
                span,
                message,
                "add 1, or take it away, outside of the parentheses",
            ));
        }
        Ok(terms)
    }

    fn products(&self, left: &[Term], right: &[Term], span: Span) -> Result<Vec<Term>> {
        self.limit(left.len().saturating_mul(right.len()) / 50, span)?;
        let mut terms = Distinct::default();
        for a in left {
            terms.extend(right.iter().map(|b| product(a, b)));
            self.limit(terms.terms.len(), span)?;
        }
        Ok(terms.terms)
    }

    fn limit(&self, count: usize, span: Span) -> Result<()> {
        if count <= MOST_TERMS {
            return Ok(());
        }
        let message = format!("this makes more than {MOST_TERMS} terms");
        Err(fault(self.text, span, message, "write those that matter"))
    }
}
