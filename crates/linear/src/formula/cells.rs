//! Cells: the columns of a design before contrasts tell its categories apart.
//!
//! A design has a column fewer than there are levels where something else spans their sum, and which level is left out
//! depends on which there are. Sums over rows of parts with different levels add up in another form: with a column for
//! each term and each combination of the levels of its categories (a cell), where a level that a part lacks is a column of
//! zeros. The columns of the design are sums of these.

use ndgrad_array::Result;
use serde_json::{Value, json};

use super::info::{DesignInfo, Group, Kind};
use super::terms::Terms;
use super::{Factor, coding};

/// A column as a sum of others: their places, and what they are multiplied by.
type Sum = Vec<(usize, f64)>;

impl DesignInfo {
    /// The same terms with an indicator for each level of every category: what [`Statistics`](crate::Statistics) of parts of
    /// the data are made of that may lack levels.
    ///
    /// # Errors
    /// If there would be too many columns.
    pub fn cells(&self) -> Result<DesignInfo> {
        let terms = self.terms_again()?;
        let mut cells = self.clone();
        for learned in &mut cells.factors {
            if let Factor::Category { contrast, .. } = &mut learned.factor {
                *contrast = None;
            }
        }
        let whole = |&factor: &usize| (factor, self.factors[factor].is_category());
        let products: Vec<_> = terms.terms.iter().map(|term| term.iter().map(whole).collect()).collect();
        cells.lay_out(&products)?;
        Ok(cells)
    }

    /// Each column of this design as a sum of those of its [`cells`](Self::cells).
    ///
    /// # Errors
    /// As [`cells`](Self::cells).
    pub fn sums_of_cells(&self) -> Result<Vec<Vec<(usize, f64)>>> {
        let (terms, cells) = (self.terms_again()?, self.cells()?);
        let is_category = |factor: usize| self.factors[factor].is_category();
        let widths = |factor: usize| match &self.factors[factor].factor {
            Factor::Basis { basis, .. } => basis.width(),
            _ => 1,
        };
        let mut sums = vec![Sum::new(); self.names.len()];
        let mut groups = self.groups.iter();
        for (term, products) in coding::order(terms.intercept, &terms.terms, &is_category) {
            let place =
                terms.terms.iter().position(|own| *own == term).expect("the terms are those of the formula");
            for group in groups.by_ref().take(products.len()) {
                add(group, &cells.groups[place], &widths, &mut sums);
            }
        }
        Ok(sums)
    }

    /// The design of the same formula for the rows of both, with the levels of both.
    ///
    /// # Errors
    /// If the designs differ in something else; the text says in what.
    pub fn united(&self, other: &DesignInfo) -> Result<DesignInfo, String> {
        let (mut ours, mut theirs) = (self.to_json(), other.to_json());
        let factors = ours["factors"].as_array().map_or(0, Vec::len);
        let mut levels = Vec::with_capacity(factors);
        for (number, learned) in self.factors.iter().enumerate() {
            let names = |of: &mut Value| of["factors"].get_mut(number)?.as_object_mut()?.remove("levels");
            let (a, b) = (names(&mut ours), names(&mut theirs));
            let as_text = !matches!(learned.factor, Factor::Category { .. });
            levels.push(matches!(learned.kind, Kind::Category(_)).then(|| union([a, b], as_text)));
        }
        if let Some(difference) = difference(&ours, &theirs) {
            return Err(difference);
        }
        for (number, names) in levels.into_iter().enumerate() {
            if let Some(names) = names {
                ours["factors"][number]["levels"] = json!(names);
            }
        }
        DesignInfo::from_json(&ours)
    }

    /// The terms of the formula.
    fn terms_again(&self) -> Result<Terms> {
        Terms::of(&self.formula.text, &self.formula.terms, &self.all)
    }
}

/// Adds what each column of a group is of the cells of its term. In both, the first factor's columns vary fastest.
fn add(group: &Group, cells: &Group, widths: &dyn Fn(usize) -> usize, sums: &mut [Sum]) {
    for column in 0..group.width {
        let mut rest = column;
        let own: Vec<usize> = group
            .factors
            .iter()
            .map(|(factor, coding)| {
                let width = coding.as_ref().map_or_else(|| widths(*factor), |coding| coding.width());
                let place = rest % width;
                rest /= width;
                place
            })
            .collect();
        // The cells so far, by their places, of which each factor has so many for one of those before.
        let (mut found, mut stride) = (vec![(0, 1.0)], 1);
        for (factor, coding) in &cells.factors {
            let width = coding.as_ref().map_or_else(|| widths(*factor), |coding| coding.width());
            let place = group.factors.iter().position(|(other, _)| other == factor);
            let share = |level: usize| match place.map(|place| (&group.factors[place].1, own[place])) {
                // A category that the product leaves out is summed over.
                None => 1.0,
                Some((Some(coding), column)) => coding.row(level)[column],
                Some((None, column)) => f64::from(u8::from(level == column)),
            };
            let shares: Vec<(usize, f64)> =
                (0..width).map(|level| (level, share(level))).filter(|(_, share)| *share != 0.0).collect();
            found = shares
                .iter()
                .flat_map(|(level, share)| {
                    found.iter().map(move |(cell, product)| (cell + level * stride, product * share))
                })
                .collect();
            stride *= width;
        }
        sums[group.start + column] =
            found.into_iter().map(|(cell, share)| (cells.start + cell, share)).collect();
    }
}

/// The levels of both, in the order in which those of one column would be.
fn union(parts: [Option<Value>; 2], as_text: bool) -> Vec<String> {
    let names = parts.iter().flatten().filter_map(Value::as_array).flatten();
    let mut names: Vec<String> = names.filter_map(|name| name.as_str().map(String::from)).collect();
    let number = |name: &String| name.parse::<f64>().ok().filter(|_| !as_text);
    names.sort_unstable_by(|a, b| {
        match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
        .then_with(|| a.cmp(b))
    });
    names.dedup();
    names
}

/// What two designs differ in, besides levels.
fn difference(ours: &Value, theirs: &Value) -> Option<String> {
    const NAMED: [(&str, &str); 10] = [
        ("formula", "the formulas are others"),
        ("all", "`.` stands for other columns"),
        ("categories", "a column is a category in one part and numbers in the other"),
        ("missing", "missing values are dropped in one part and filled in in the other"),
        ("weights", "the weights are another column"),
        ("offset", "the offsets are another column"),
        ("clusters", "the clusters are another column"),
        ("fills", "missing values are filled in by other numbers"),
        ("factors", "means, knots or polynomials were learned from each part's own rows"),
        ("target", "what the target's transformation learned of each part is another"),
    ];
    let found = NAMED.iter().find(|(key, _)| ours[key] != theirs[key]);
    let other = || (ours != theirs).then(|| "what was chosen besides the formula is another".to_string());
    found.map(|(_, text)| text.to_string()).or_else(other)
}

#[cfg(test)]
mod tests {
    use super::super::{DesignOptions, Formula};
    use super::*;
    use ndgrad_data::Table;

    /// Every combination of three categories, with two numbers.
    fn table(rows: std::ops::Range<usize>) -> Table {
        let mut text = "a,b,year,x,z,y\n".to_string();
        for i in rows {
            let (a, b) = (["p", "q", "r"][i % 3], ["u", "v", "w", "t"][i / 3 % 4]);
            let (year, x, z) = ([1999, 10000, 2001][i / 12 % 3], i * 7 % 11, i * 5 % 13);
            text += &format!("{a},{b},{year},{}.5,{z},{}\n", x, x + 2 * z);
        }
        Table::from_csv("t.csv", text.as_bytes()).unwrap()
    }

    fn learn(formula: &str, table: &Table) -> DesignInfo {
        Formula::parse(formula).unwrap().learn(&mut &*table, &DesignOptions::default()).unwrap()
    }

    const FORMULAS: [&str; 9] = [
        "y ~ x + a",
        "y ~ a - 1",
        "y ~ a:b",
        "y ~ x + x:a + b",
        "y ~ a:x - 1",
        "y ~ a * b * z",
        "y ~ bs(x, df = 4):b + C(year)",
        "y ~ C(a, Sum) * C(b, Helmert) + C(year, Treatment(\"2001\"))",
        "y ~ C(b, Poly):x:z + a/z",
    ];

    #[test]
    fn columns_are_sums_of_cells() {
        let table = table(0..108);
        for formula in FORMULAS {
            let design = learn(formula, &table);
            let (cells, sums) = (design.cells().unwrap(), design.sums_of_cells().unwrap());
            let (wanted, whole) = (design.encode(&table).unwrap(), cells.encode(&table).unwrap());
            let width = design.names().len();
            assert_eq!(sums.len(), width);
            for (row, wanted) in whole.x.chunks(cells.names().len()).zip(wanted.x.chunks(width)) {
                for ((sum, wanted), name) in sums.iter().zip(wanted).zip(design.names()) {
                    let found: f64 = sum.iter().map(|&(place, share)| share * row[place]).sum();
                    let difference = (found - wanted).abs();
                    assert!(
                        difference <= 1e-12 * wanted.abs().max(1.0),
                        "{formula}: {name}: {found}, not {wanted}"
                    );
                }
            }
        }
    }

    #[test]
    fn designs_of_parts_unite_to_that_of_the_whole() {
        let whole = table(0..108);
        for formula in FORMULAS.into_iter().filter(|formula| !formula.contains("bs(")) {
            // The years are numbers, whose order is not that of their texts; parts have one each.
            let parts = [table(12..24), table(0..12), table(24..36)];
            if formula.contains("Treatment") {
                continue;
            }
            let [a, b, c] = parts.each_ref().map(|part| learn(formula, part));
            let united = a.united(&b).and_then(|both| both.united(&c)).unwrap();
            assert_eq!(united.to_json(), learn(formula, &whole).to_json(), "{formula}");
        }
        let years = [table(12..24), table(0..12)].map(|part| learn("y ~ C(year)", &part));
        assert_eq!(years[0].united(&years[1]).unwrap().names(), ["C(year)[10000]"]);
    }

    #[test]
    fn what_keeps_designs_apart_is_said() {
        let parts = [table(0..36), table(36..50)];
        let of = |formulas: [&str; 2]| {
            let [a, b] = [0, 1].map(|part| learn(formulas[part], &parts[part]));
            a.united(&b).unwrap_err()
        };
        assert_eq!(of(["y ~ x", "y ~ x + a"]), "the formulas are others");
        assert!(of(["y ~ scale(x)", "y ~ scale(x)"]).starts_with("means, knots or polynomials"));
    }
}
