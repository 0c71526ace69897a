//! Which columns a term adds, so that none follows from those of other terms.
//!
//! A category is coded by an indicator for each level where nothing else spans their sum, and by one column fewer where
//! something does. How that is found out is patsy's rule (N. J. Smith, "The patsy formula language", section
//! "Redundancy"): a term stands for all products of its categories, each without its constant; those that other
//! terms stand for already are left out; and a product that differs from a longer one by one factor is taken into it,
//! which then has the whole of that factor.

use std::collections::{BTreeMap, HashSet};

use super::terms::Term;

/// A product of factors, as one group of columns: whether each category has a column for every level.
pub(super) type Product = Vec<(usize, bool)>;

/// The terms in order, each with its products. Terms with the same numbers (not categories) stand together, those
/// without first, and terms of fewer factors come before those of more.
pub(super) fn order(
    intercept: bool,
    terms: &[Term],
    is_category: &dyn Fn(usize) -> bool,
) -> Vec<(Term, Vec<Product>)> {
    // Groups in order of appearance, each of terms with the same numbers.
    let mut groups: Vec<Vec<Term>> = vec![Vec::new()];
    let mut places = BTreeMap::from([(Vec::new(), 0)]);
    for term in terms {
        let mut numbers = Vec::from_iter(term.iter().copied().filter(|&factor| !is_category(factor)));
        numbers.sort_unstable();
        let place = *places.entry(numbers).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(term.clone());
    }
    let mut ordered = Vec::new();
    for (place, mut group) in groups.into_iter().enumerate() {
        group.sort_by_key(Vec::len);
        let mut used: HashSet<Vec<usize>> = HashSet::new();
        if place == 0 && intercept {
            used.insert(Vec::new());
        }
        for term in group {
            let products = products(&term, is_category, &mut used);
            ordered.push((term, products));
        }
    }
    ordered
}

/// Categories of a term beyond which the products are not told apart (there would be 2^16 of them).
pub(super) const MOST_CATEGORIES: usize = 16;

fn products(
    term: &Term,
    is_category: &dyn Fn(usize) -> bool,
    used: &mut HashSet<Vec<usize>>,
) -> Vec<Product> {
    let categories = Vec::from_iter(term.iter().copied().filter(|&factor| is_category(factor)));
    // Each subset as places in `categories`: shorter ones first, and then in the order of the places.
    let mut subsets = Vec::from_iter(
        (0u32..1 << categories.len())
            .map(|bits| Vec::from_iter((0..categories.len()).filter(|place| bits & (1 << place) != 0))),
    );
    subsets.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    let mut kept: Vec<BTreeMap<usize, bool>> = Vec::new();
    for subset in subsets {
        let mut factors = Vec::from_iter(subset.iter().map(|&place| categories[place]));
        factors.sort_unstable();
        if used.insert(factors) {
            kept.push(subset.into_iter().map(|place| (categories[place], false)).collect());
        }
    }
    while let Some((short, long, factor)) = absorbed(&kept) {
        kept[long] = kept[short].clone();
        kept[long].insert(factor, true);
        kept.remove(short);
    }
    let whole = |codes: BTreeMap<usize, bool>| {
        let own = term.iter().filter_map(|factor| match is_category(*factor) {
            true => codes.get(factor).map(|&full| (*factor, full)),
            false => Some((*factor, false)),
        });
        own.collect()
    };
    kept.into_iter().map(whole).collect()
}

/// The first product that another one takes in, and the factor by which they differ.
fn absorbed(kept: &[BTreeMap<usize, bool>]) -> Option<(usize, usize, usize)> {
    for (short, less) in kept.iter().enumerate() {
        for (long, more) in kept.iter().enumerate().skip(short + 1) {
            if more.len() == less.len() + 1
                && less.iter().all(|(factor, full)| more.get(factor) == Some(full))
            {
                let factor = more.keys().find(|factor| !less.contains_key(factor))?;
                return Some((short, long, *factor));
            }
        }
    }
    None
}
