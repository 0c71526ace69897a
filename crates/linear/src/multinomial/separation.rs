//! Separation of classes: columns that tell classes apart with certainty, whose coefficients have no finite best value.

use super::METHOD;
use crate::glm::separation::{TAKES_PART, WRONG_SIDE};
use crate::observations::Observations;
use crate::standard::Standard;
use crate::text::{list, quoted};
use ndgrad_array::{Error, Result};

/// What is done with a row: its class, its columns, and how far it goes for each class.
type Visit<'a> = dyn FnMut(usize, &[f64], &[f64]) + 'a;

/// Looks whether going on in this direction for ever makes no row worse, so that the likelihood has no maximum: whether no row's
/// predictor of its own class falls behind that of another (A. Albert, J. A. Anderson, "On the existence of maximum
/// likelihood estimates in logistic regression models", Biometrika 71, 1984). `direction` has a part for each class but the
/// first.
///
/// # Errors
/// [`Error::Data`], naming columns and classes, if that is so.
pub(super) fn refuse(
    observations: &mut dyn Observations,
    standard: &Standard,
    classes: &[String],
    direction: &[f64],
) -> Result<()> {
    let (size, width, count) = (standard.parameters(), standard.names.len(), classes.len());
    let mut predictors = vec![0.0; count];
    let mut rows = |visit: &mut Visit<'_>| {
        observations.pass(&mut |block| {
            for (i, &y) in block.y.iter().enumerate().filter(|&(i, _)| block.weight(i) > 0.0) {
                let x = &block.x[i * width..][..width];
                for (predictor, part) in predictors[1..].iter_mut().zip(direction.chunks_exact(size.max(1))) {
                    *predictor = standard.predict(x, part);
                }
                visit(y as usize, x, &predictors);
            }
            Ok(())
        })
    };
    let (mut largest, mut wrong) = (0.0_f64, 0.0_f64);
    rows(&mut |class, _, predictors| {
        for predictor in predictors {
            let margin = predictors[class] - predictor;
            largest = largest.max(margin.abs());
            wrong = wrong.max(-margin);
        }
    })?;
    if largest == 0.0 || wrong > WRONG_SIDE * largest {
        return Ok(());
    }
    let mut seen = Seen {
        classes,
        least: vec![f64::INFINITY; count * count],
        ranges: vec![(f64::INFINITY, f64::NEG_INFINITY); count * standard.kept.len()],
        certain: 0,
        enough: WRONG_SIDE * largest,
    };
    rows(&mut |class, x, predictors| seen.add(class, standard.kept.iter().map(|&j| x[j]), predictors))?;
    Err(Error::Data(seen.message(standard, direction)))
}

/// What the rows are like in a direction that separates them.
struct Seen<'a> {
    classes: &'a [String],
    /// The least margin of the rows of each class over each other.
    least: Vec<f64>,
    /// The range of each column in each class.
    ranges: Vec<(f64, f64)>,
    /// Rows that are sure not to be of some class.
    certain: u64,
    /// The margin from which on a row is sure.
    enough: f64,
}

impl Seen<'_> {
    fn add(&mut self, class: usize, x: impl ExactSizeIterator<Item = f64>, predictors: &[f64]) {
        let (count, columns) = (self.classes.len(), x.len());
        let mut sure = false;
        for (other, predictor) in predictors.iter().enumerate().filter(|&(other, _)| other != class) {
            let margin = predictors[class] - predictor;
            sure |= margin > self.enough;
            let least = &mut self.least[class * count + other];
            *least = least.min(margin);
        }
        self.certain += u64::from(sure);
        for (range, value) in self.ranges[class * columns..].iter_mut().zip(x) {
            *range = (range.0.min(value), range.1.max(value));
        }
    }

    /// Whether all rows of both classes are sure not to be of the other.
    fn apart(&self, a: usize, b: usize) -> bool {
        let count = self.classes.len();
        self.least[a * count + b].min(self.least[b * count + a]) > self.enough
    }

    /// Whether a column alone tells all classes that are apart.
    fn divides(&self, column: usize, columns: usize) -> bool {
        let range = |class: usize| self.ranges[class * columns + column];
        let mut pairs = (0..self.classes.len())
            .flat_map(|b| (0..b).map(move |a| (a, b)))
            .filter(|&(a, b)| self.apart(a, b));
        let overlap = |(a, b)| range(a).1 >= range(b).0 && range(b).1 >= range(a).0;
        pairs.clone().next().is_some() && !pairs.any(overlap)
    }

    fn message(&self, standard: &Standard, direction: &[f64]) -> String {
        let (ones, columns) = (standard.ones(), standard.kept.len());
        let part = |k: usize| {
            direction.chunks_exact(ones + columns).fold(0.0_f64, |most, one| most.max(one[ones + k].abs()))
        };
        let most = (0..columns).map(part).fold(0.0, f64::max);
        let named = |those: &dyn Fn(usize) -> bool| {
            Vec::from_iter((0..columns).filter(|&k| those(k)).map(|k| &standard.names[standard.kept[k]]))
        };
        let alone = named(&|k| self.divides(k, columns));
        let taking_part = named(&|k| part(k) > TAKES_PART * most);
        let who = match (&alone[..], &taking_part[..]) {
            ([], []) => "the intercept alone tells".to_string(),
            ([], [one]) | ([one], _) => format!("{} alone tells", quoted(one)),
            ([], several) => format!("a combination of {} tells", list(several)),
            (several, _) => format!("each of {} alone tells", list(several)),
        };
        let all = 0..self.classes.len();
        let told: Vec<&String> = all
            .clone()
            .filter(|&class| all.clone().all(|other| other == class || self.apart(class, other)))
            .map(|class| &self.classes[class])
            .collect();
        let what = match &told[..] {
            [] => "some classes apart".to_string(),
            [one] => format!("the class {} from all others", quoted(one)),
            several => format!("the classes {} from all others", list(several)),
        };
        format!(
            "{METHOD}: the target is separated: {who} {what}, with certainty in {} of {} rows, so the likelihood grows \
             without end as coefficients do\n    leave the column out, merge classes or levels, add rows that tell otherwise, or train with a ridge penalty",
            self.certain, standard.rows,
        )
    }
}
