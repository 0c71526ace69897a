//! `Description`: what the columns of a file look like, found in one pass.

mod sketch;

use crate::{Column, Kind, Source, Table};
use ndgrad_array::Result;
use sketch::Sketch;
use std::collections::HashMap;

/// The most levels of a column that are counted.
const MOST_LEVELS: usize = 1 << 17;

/// Numbers that a sketch keeps at each level, where columns are few, and where they are thousands.
const KEPT: (usize, usize) = (256, 1 << 14);

/// Numbers that the sketches of all columns keep at each level.
const KEPT_BY_ALL: usize = 1 << 20;

/// What the columns of a file look like.
///
/// ```
/// use ndgrad_data::{Description, Options, Source, Values};
/// let text = "size,kind\n1,a\n2,b\n4,a\n,a\n";
/// let source = Source::from_reader("t.csv", text.as_bytes(), &Options::new())?;
/// let description = Description::of(&source, source.names(), |_| Ok(()))?;
/// assert_eq!((description.rows, description.columns[0].missing), (4, 1));
/// let Values::Numbers(sizes) = &description.columns[0].values else { panic!() };
/// assert_eq!(sizes.quantiles, [1.0, 1.5, 2.0, 3.0, 4.0]);
/// let Values::Categories(kinds) = &description.columns[1].values else { panic!() };
/// assert_eq!(kinds.frequencies[0], ("a".to_string(), 3));
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// The number of rows.
    pub rows: u64,
    /// The columns that were asked for.
    pub columns: Vec<Described>,
}

/// What a column looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// The number of missing values; NaN, which some files hold, is counted among them.
    pub missing: u64,
    /// Its values.
    pub values: Values,
}

/// What the values of a column look like.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers, or dates in days since 1970-01-01.
    Numbers(Numbers),
    /// Categories.
    Categories(Categories),
}

/// What numbers look like; all is NaN where there are none.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// The mean.
    pub mean: f64,
    /// The standard deviation, of as many degrees of freedom as numbers less one.
    pub deviation: f64,
    /// The smallest number, those below which a quarter, a half and three quarters lie, and the largest.
    pub quantiles: [f64; 5],
    /// How far the ranks of the three quartiles may be off, as a part of the rows; 0 where they are exact.
    pub rank_error: f64,
    /// How many numbers lie in each of ten parts, equally wide, from the smallest to the largest; in a long file
    /// estimated from the numbers that were kept for the quantiles. Empty where all numbers are equal.
    pub histogram: Vec<u64>,
}

/// What categories look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Categories {
    /// The levels and how often they occur, the most frequent first, then by name.
    pub frequencies: Vec<(String, u64)>,
    /// The values of levels that came when 131,072 others were counted already, and are not among the frequencies.
    pub uncounted: u64,
}

impl Description {
    /// Describes these columns in one pass over the source. After each batch, `progress` is given the number of rows so
    /// far; the error that it returns ends the pass.
    ///
    /// # Errors
    /// What is wrong with the file, a name that is no column's, and what `progress` returns.
    pub fn of<S: AsRef<str>>(
        source: &Source,
        columns: &[S],
        mut progress: impl FnMut(u64) -> Result<()>,
    ) -> Result<Description> {
        let kept = (KEPT_BY_ALL / columns.len().max(1)).clamp(KEPT.0, KEPT.1);
        source.attempt(|| {
            let mut rows = 0;
            let mut all: Vec<Option<Part>> = columns.iter().map(|_| None).collect();
            source.map_tables(
                columns,
                |table| Ok((table.rows() as u64, Vec::from_iter(table.columns().iter().map(Part::of)))),
                |(more, parts)| {
                    rows += more;
                    for (all, part) in all.iter_mut().zip(parts) {
                        all.get_or_insert_with(|| part.nothing(kept)).add(part);
                    }
                    progress(rows)
                },
            )?;
            let described = columns.iter().zip(all).map(|(name, part)| {
                let (missing, values) = part.expect("a file has a row").finish();
                let name = name.as_ref().to_string();
                Ok(Described { kind: source.kind(&name)?, name, missing, values })
            });
            Ok(Description { rows, columns: described.collect::<Result<_>>()? })
        })
    }

    /// Describes a table.
    pub fn of_table(table: &Table) -> Description {
        let columns = table.names().iter().zip(table.columns()).map(|(name, column)| {
            let kind = match column {
                Column::Numeric(numeric) if numeric.is_dates() => Kind::Date,
                Column::Numeric(_) => Kind::Number,
                Column::Category(_) => Kind::Category,
            };
            let part = Part::of(column);
            let mut all = part.nothing(KEPT.1);
            all.add(part);
            let (missing, values) = all.finish();
            Described { name: name.clone(), kind, missing, values }
        });
        Description { rows: table.rows() as u64, columns: columns.collect() }
    }
}

/// A column of some rows.
struct Part {
    missing: u64,
    content: Content,
}

enum Content {
    /// What is present of a batch.
    Numbers(Vec<f64>),
    Moments(Box<Moments>),
    Categories {
        counts: HashMap<String, u64>,
        uncounted: u64,
    },
}

/// Numbers added up: mean and squares as T. F. Chan, G. H. Golub and R. J. LeVeque combine those of parts ("Algorithms
/// for computing the sample variance", 1983).
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
    range: (f64, f64),
    sketch: Sketch,
}

impl Moments {
    fn add(&mut self, numbers: &[f64]) {
        if numbers.is_empty() {
            return;
        }
        let count = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / count;
        let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
        let (all, apart) = (self.count + count, mean - self.mean);
        self.squares += squares + apart * apart * self.count * count / all;
        self.mean += apart * count / all;
        self.count = all;
        for number in numbers {
            self.range = (self.range.0.min(*number), self.range.1.max(*number));
        }
        self.sketch.extend(numbers.iter().copied());
    }

    fn finish(self) -> Numbers {
        if self.count == 0.0 {
            let (quantiles, histogram) = ([f64::NAN; 5], Vec::new());
            return Numbers { mean: f64::NAN, deviation: f64::NAN, quantiles, rank_error: 0.0, histogram };
        }
        let [low, middle, high] = self.sketch.quantiles([0.25, 0.5, 0.75]);
        Numbers {
            mean: self.mean,
            deviation: (self.squares / (self.count - 1.0)).sqrt(),
            quantiles: [self.range.0, low, middle, high, self.range.1],
            rank_error: self.sketch.error(),
            histogram: self.histogram(),
        }
    }

    fn histogram(&self) -> Vec<u64> {
        const BINS: usize = 10;
        let (low, high) = self.range;
        // Halves, as the whole may be beyond the largest number.
        let width = high / 2.0 - low / 2.0;
        if width <= 0.0 || !width.is_finite() {
            return Vec::new();
        }
        let mut counts = vec![0; BINS];
        for (number, weight) in self.sketch.weighted() {
            let place = (number / 2.0 - low / 2.0) / width * BINS as f64;
            counts[(place as usize).min(BINS - 1)] += weight;
        }
        counts
    }
}

impl Part {
    fn of(column: &Column) -> Part {
        let (len, content) = match column {
            Column::Numeric(numeric) => {
                let numbers =
                    Vec::from_iter(numeric.values().iter().copied().filter(|number| !number.is_nan()));
                (numbers.len(), Content::Numbers(numbers))
            }
            Column::Category(category) => {
                let mut counts = vec![0; category.levels().len()];
                category.codes().flatten().for_each(|code| counts[code as usize] += 1);
                let len: u64 = counts.iter().sum();
                let counts = category.levels().iter().cloned().zip(counts).filter(|(_, count)| *count > 0);
                (len as usize, Content::Categories { counts: counts.collect(), uncounted: 0 })
            }
        };
        Part { missing: (column.len() - len) as u64, content }
    }

    /// No rows of the same column.
    fn nothing(&self, kept: usize) -> Part {
        let content = match self.content {
            Content::Categories { .. } => Content::Categories { counts: HashMap::new(), uncounted: 0 },
            Content::Numbers(_) | Content::Moments(_) => Content::Moments(Box::new(Moments {
                count: 0.0,
                mean: 0.0,
                squares: 0.0,
                range: (f64::INFINITY, f64::NEG_INFINITY),
                sketch: Sketch::new(kept),
            })),
        };
        Part { missing: 0, content }
    }

    /// Adds the rows of a batch that follows.
    fn add(&mut self, batch: Part) {
        self.missing += batch.missing;
        match (&mut self.content, batch.content) {
            (Content::Moments(moments), Content::Numbers(numbers)) => moments.add(&numbers),
            (Content::Categories { counts, uncounted }, Content::Categories { counts: more, .. }) => {
                // In order of their names, so that those that are counted do not depend on chance.
                let mut more: Vec<(String, u64)> = more.into_iter().collect();
                more.sort_unstable();
                for (level, count) in more {
                    let is_full = counts.len() >= MOST_LEVELS;
                    match counts.get_mut(&level) {
                        Some(all) => *all += count,
                        None if is_full => *uncounted += count,
                        None => _ = counts.insert(level, count),
                    }
                }
            }
            _ => unreachable!("a column is of one kind in all batches"),
        }
    }

    fn finish(self) -> (u64, Values) {
        let values = match self.content {
            Content::Moments(moments) => Values::Numbers(moments.finish()),
            Content::Numbers(_) => unreachable!("batches are added to what they have in common"),
            Content::Categories { counts, uncounted } => {
                let mut frequencies: Vec<(String, u64)> = counts.into_iter().collect();
                frequencies
                    .sort_unstable_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
                Values::Categories(Categories { frequencies, uncounted })
            }
        };
        (self.missing, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, samples};

    /// `df.describe()` of pandas 3.1.1, and `df.species.value_counts()`.
    #[test]
    fn penguins_are_described_as_pandas_does() {
        let penguins = Table::from_csv("penguins.csv", samples::PENGUINS.as_bytes()).unwrap();
        let description = Description::of_table(&penguins);
        let column = |name: &str| description.columns.iter().find(|column| column.name == name).unwrap();
        let mass = column("body_mass_g");
        let Values::Numbers(numbers) = &mass.values else { panic!("numbers") };
        assert_eq!((description.rows, mass.missing), (344, 2));
        assert!((numbers.mean - 4201.754386).abs() < 1e-6 && (numbers.deviation - 801.954536).abs() < 1e-6);
        assert_eq!(numbers.quantiles, [2700.0, 3550.0, 4050.0, 4750.0, 6300.0]);
        assert_eq!(numbers.histogram.iter().sum::<u64>(), 342);
        let Values::Categories(species) = &column("species").values else { panic!("categories") };
        let expected = [("Adelie", 152), ("Gentoo", 124), ("Chinstrap", 68)];
        assert_eq!(species.frequencies, expected.map(|(level, count)| (level.to_string(), count)));
    }

    #[test]
    fn a_description_does_not_depend_on_the_batches() {
        let mut text = "a,b,day\n".to_string();
        for i in 0..5000u64 {
            let a = i * 7919 % 5003;
            text += &format!(
                "{},{},20{:02}-01-01\n",
                if a % 50 == 0 { "NA".into() } else { a.to_string() },
                a % 13,
                a % 90
            );
        }
        let of = |bytes| {
            let options = Options::new().batch_bytes(bytes).categories(["b"]);
            let source = Source::from_reader("t.csv", text.as_bytes(), &options).unwrap();
            Description::of(&source, source.names(), |_| Ok(())).unwrap()
        };
        let (whole, parts) = (of(1 << 20), of(1000));
        assert_eq!(whole.columns[1], parts.columns[1]);
        let (Values::Numbers(one), Values::Numbers(other)) =
            (&whole.columns[0].values, &parts.columns[0].values)
        else {
            panic!("numbers")
        };
        assert_eq!((one.quantiles, &one.histogram), (other.quantiles, &other.histogram));
        assert!((one.mean - other.mean).abs() < 1e-9 && (one.deviation - other.deviation).abs() < 1e-9);
        assert_eq!(whole.columns[2].kind, Kind::Date);
    }

    #[test]
    fn nothing_but_missing_values() {
        let source = Source::from_reader("t.csv", "a,b\nNA,1\n,1\n".as_bytes(), &Options::new()).unwrap();
        let description = Description::of(&source, &["b", "a"], |_| Ok(())).unwrap();
        let [Values::Numbers(same), Values::Numbers(none)] = [0, 1].map(|i| &description.columns[i].values)
        else {
            panic!("numbers")
        };
        assert_eq!((same.quantiles, same.deviation, same.histogram.len()), ([1.0; 5], 0.0, 0));
        assert!(none.mean.is_nan() && none.quantiles[0].is_nan());
        assert_eq!(description.columns[1].missing, 2);
    }
}
