//! Exact fits of rows with names, weights and clusters against statsmodels; golden/least_squares.py wrote the numbers.

use std::collections::HashMap;

use ndgrad_data::{Table, samples};
use ndgrad_linear::diagnostics::{Kept, RowDiagnostic};
use ndgrad_linear::{Block, CovarianceKind, InMemory, LeastSquares, LinearFit, Observations};
use proptest::prelude::*;

const NAMES: [&str; 5] =
    ["bill_length_mm", "flipper_length_mm", "species[Chinstrap]", "species[Gentoo]", "sex[male]"];

/// The penguins that have all values, as the script makes them; weighted ones of little bill depth have weight 0.
fn penguins(case: &str) -> InMemory {
    let table = Table::from_csv("penguins.csv", samples::PENGUINS.as_bytes()).unwrap();
    let numbers = |name: &str| table.numeric(name).unwrap().iter().collect::<Vec<Option<f64>>>();
    let texts = |name: &str| {
        let category = table.category(name).unwrap();
        (0..category.len()).map(|row| category.get(row).map(str::to_lowercase)).collect::<Vec<_>>()
    };
    let [length, flipper, depth, mass] =
        ["bill_length_mm", "flipper_length_mm", "bill_depth_mm", "body_mass_g"].map(numbers);
    let [species, sex, island] = ["species", "sex", "island"].map(texts);
    let mut rows = InMemory::new(NAMES.map(String::from), Vec::new(), Vec::new()).unwrap();
    rows.intercept = case != "origin";
    let (mut weights, mut clusters) = (Vec::new(), Vec::new());
    for i in 0..mass.len() {
        let (Some(length), Some(flipper), Some(depth), Some(mass), Some(sex)) =
            (length[i], flipper[i], depth[i], mass[i], sex[i].as_deref())
        else {
            continue;
        };
        let species = species[i].as_deref().unwrap();
        let is = |yes: bool| f64::from(u8::from(yes));
        rows.x.extend([
            length,
            flipper,
            is(species == "chinstrap"),
            is(species == "gentoo"),
            is(sex == "male"),
        ]);
        rows.y.push(mass);
        weights.push(if depth < 14.0 { 0.0 } else { depth });
        clusters.push(
            ["biscoe", "dream", "torgersen"]
                .iter()
                .position(|&name| Some(name) == island[i].as_deref())
                .unwrap() as u32,
        );
    }
    rows.weights = (case == "weighted").then_some(weights);
    rows.clusters = Some(clusters);
    rows
}

fn golden(case: &str) -> HashMap<String, Vec<f64>> {
    let lines = include_str!("golden/least_squares.txt").lines();
    let read = |line: &str| {
        let mut cells = line.split(',');
        (cells.next() == Some(case)).then(|| {
            (cells.next().unwrap().to_string(), cells.map(|cell| cell.parse().unwrap()).collect::<Vec<f64>>())
        })
    };
    lines.filter_map(read).collect()
}

/// Relative agreement.
#[track_caller]
fn assert_close(what: &str, found: &[f64], expected: &[f64], limit: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = if found == expected { 0.0 } else { (found - expected).abs() / expected.abs() };
        assert!(error < limit, "{what} {i}: {found} is not {expected}, by {error:e}");
    }
}

/// Rows that say that reading them again is dear, in blocks of another size.
struct FromFile(InMemory, usize);

impl Observations for FromFile {
    fn names(&self) -> &[String] {
        &self.0.names
    }

    fn has_intercept(&self) -> bool {
        self.0.intercept
    }

    fn pass(
        &mut self,
        visit: &mut dyn FnMut(&Block<'_>) -> ndgrad_array::Result<()>,
    ) -> ndgrad_array::Result<()> {
        let (width, rows) = (self.0.names.len(), &self.0);
        for first in (0..rows.y.len()).step_by(self.1) {
            let part = first..rows.y.len().min(first + self.1);
            visit(&Block {
                first: first as u64,
                x: &rows.x[part.start * width..part.end * width],
                y: &rows.y[part.clone()],
                weights: rows.weights.as_ref().map(|weights| &weights[part.clone()]),
                offset: rows.offset.as_ref().map(|offset| &offset[part.clone()]),
                clusters: rows.clusters.as_ref().map(|clusters| &clusters[part.clone()]),
            })?;
        }
        Ok(())
    }
}

fn estimates(fit: &LinearFit) -> Vec<f64> {
    fit.inference.terms.iter().map(|term| term.estimate).collect()
}

#[test]
fn estimates_tests_and_covariances_are_those_of_statsmodels() {
    for case in ["plain", "weighted", "origin"] {
        let (mut rows, expected) = (penguins(case), golden(case));
        let fit = LeastSquares::new().level(0.9).fit(&mut rows).unwrap();
        let terms = &fit.inference.terms;
        let column =
            |read: fn(&ndgrad_linear::TermEstimate) -> f64| terms.iter().map(read).collect::<Vec<f64>>();
        for (key, found) in [
            ("estimate", column(|term| term.estimate)),
            ("statistic", column(|term| term.statistic)),
            ("p_value", column(|term| term.p_value)),
            ("lower", column(|term| term.lower)),
            ("upper", column(|term| term.upper)),
        ] {
            assert_close(&format!("{case} {key}"), &found, &expected[key], 1e-8);
        }
        let f = fit.f_test.unwrap();
        let summary = [
            fit.residual_sum_of_squares,
            fit.r2.unwrap(),
            fit.adjusted_r2.unwrap(),
            f.statistic,
            f.p_value,
            fit.log_likelihood,
            fit.aic,
            fit.bic,
            fit.deviation.unwrap(),
        ];
        assert_close(&format!("{case} summary"), &summary, &expected["summary"], 1e-8);
        if case == "plain" {
            let what = format!("{case} variance inflation");
            assert_close(&what, &fit.variance_inflation, &expected["variance_inflation"], 1e-8);
        }
        for kind in CovarianceKind::ALL {
            let inference = fit.inference_of(kind, &mut rows).unwrap();
            let what = format!("{case} {kind}");
            assert_close(&what, &inference.covariance.matrix, &expected[kind.name()], 1e-8);
            assert_eq!(inference.covariance.kind, kind);
            if kind == CovarianceKind::Clustered {
                let found: Vec<f64> = inference.terms.iter().map(|term| term.p_value).collect();
                assert_close(&what, &found, &expected["clustered p"], 1e-8);
            }
        }
    }
}

#[test]
fn residuals_and_influence_are_those_of_statsmodels() {
    for case in ["plain", "weighted", "origin"] {
        let (mut rows, expected) = (penguins(case), golden(case));
        let fit = LeastSquares::new().fit(&mut rows).unwrap();
        let found = fit.diagnose(&mut rows, Kept::default()).unwrap();
        let test = found.jarque_bera;
        let residuals = [found.durbin_watson, test.statistic, test.p_value, found.skewness, found.kurtosis];
        assert_close(&format!("{case} residuals"), &residuals, &expected["residuals"], 1e-8);
        let test = found.breusch_pagan.unwrap();
        let what = format!("{case} Breusch-Pagan");
        assert_close(&what, &[test.statistic, test.p_value], &expected["breusch_pagan"], 1e-8);
        assert_eq!(found.sample.len() as u64, fit.rows);
        let some = || expected["rows"].iter().map(|&place| &found.sample[place as usize]);
        for (key, found) in [
            ("leverage", some().map(|row| row.leverage).collect::<Vec<f64>>()),
            ("standardized", some().map(|row| row.standardized).collect()),
            ("studentized", some().map(|row| row.studentized).collect()),
            ("cooks_distance", some().map(|row| row.cooks_distance).collect()),
        ] {
            assert_close(&format!("{case} {key}"), &found, &expected[key], 1e-8);
        }
        let numbers = |rows: &[RowDiagnostic]| rows[..5].iter().map(|row| row.row).collect::<Vec<u64>>();
        let places = |key: &str| {
            let rows = expected[key].iter().map(|&place| found.sample[place as usize].row);
            rows.collect::<Vec<u64>>()
        };
        assert_eq!(numbers(&found.influential), places("influential"));
        assert_eq!(numbers(&found.costly), places("costly"));
        let leverages: f64 = found.sample.iter().map(|row| row.leverage).sum();
        assert!((leverages - fit.rank as f64).abs() < 1e-10);
        let shares: f64 = found.sample.iter().map(|row| row.loss_share).sum();
        assert!((shares - 1.0).abs() < 1e-12);
        // A sample is of rows in order, the same every time; remarkable rows do not depend on it.
        let few = fit.diagnose(&mut rows, Kept { sample: 30, extremes: 5 }).unwrap();
        assert_eq!((few.sample.len(), &few.costly[..]), (30, &found.costly[..5]));
        assert!(few.sample.iter().all(|row| found.sample.contains(row)));
        assert!(few.sample.is_sorted_by_key(|row| row.row));
    }
}

/// Large enough for sums, in memory and from a file: each way gives the digits of the others.
#[test]
fn ways_and_threads_agree() {
    let mut small = penguins("weighted");
    small.offset = Some((0..small.y.len()).map(|i| (i % 7) as f64 * 10.1).collect());
    let times = 500;
    let repeat = |numbers: &Option<Vec<f64>>| numbers.as_ref().map(|numbers| numbers.repeat(times));
    let mut large = InMemory {
        x: small.x.repeat(times),
        y: small.y.repeat(times),
        weights: repeat(&small.weights),
        offset: repeat(&small.offset),
        clusters: small.clusters.as_ref().map(|numbers| numbers.repeat(times)),
        ..small.clone()
    };
    let solver = LeastSquares::new();
    let exact = solver.fit(&mut small).unwrap();
    let fits = [1, 2, 3].map(|count| {
        ndgrad_tensor::threads::set_threads(count);
        let mut file = FromFile(std::mem::take(&mut large), 10_007);
        let read = solver.fit(&mut file).unwrap();
        large = file.0;
        (solver.fit(&mut large).unwrap(), read, solver.inference(&mut large))
    });
    let [(memory, file, robust), others @ ..] = &fits;
    // Rows in memory are summed in f64.
    for (fit, limit) in [(memory, 4e-15), (file, 1e-15)] {
        assert_close("estimates", &estimates(fit), &estimates(&exact), limit);
        assert_close(
            "squares",
            &[fit.residual_sum_of_squares],
            &[exact.residual_sum_of_squares * times as f64],
            1e-13,
        );
        let freedom = fit.degrees_of_freedom as f64 / exact.degrees_of_freedom as f64;
        let errors: Vec<f64> =
            fit.inference.terms.iter().map(|term| term.std_error * freedom.sqrt()).collect();
        let expected: Vec<f64> = exact.inference.terms.iter().map(|term| term.std_error).collect();
        assert_close("errors", &errors, &expected, 1e-11);
    }
    for (other, read, other_robust) in others {
        assert_eq!((&other.inference, &read.inference), (&memory.inference, &file.inference));
        assert_eq!(other_robust, robust);
    }
}

/// Rows in memory are read once where a model of the first is near; where it is not, the answer is the same.
#[test]
fn the_first_rows_may_be_unlike_the_others() {
    let (rows, first, width) = (400_000, 180_000, 3);
    let noise = |i: usize| ((i * 7919 + 13) % 10_007) as f64 / 10_007.0 - 0.5;
    for (changed, factor) in [(rows, 1.0), (first, 1.0), (first, 1e6)] {
        for intercept in [true, false] {
            let (mut x, mut y) = (Vec::new(), Vec::new());
            for i in 0..rows {
                let later = i >= changed;
                let row = [noise(i), noise(3 * i + 1) + 0.5 * noise(i), noise(5 * i + 2)].map(|x| x + 0.25);
                x.extend(
                    row.iter().enumerate().map(|(j, &x)| if j == 2 && i < first { 0.5 } else { x * factor }),
                );
                let slope = if later { -3.0 } else { 2.0 };
                y.push(slope * row[0] + row[1] + 0.1 * row[2] + 0.3 * noise(11 * i));
            }
            let names = ["a", "b", "c"].map(String::from);
            assert_eq!(x.len(), rows * width);
            let mut memory = InMemory { intercept, ..InMemory::new(names, x, y).unwrap() };
            let solver = LeastSquares::new();
            let fit = solver.fit(&mut memory).unwrap();
            let exact = solver.fit(&mut FromFile(memory, 10_007)).unwrap();
            let what = format!("changed from {changed} on, times {factor}, intercept {intercept}");
            assert_close(&what, &estimates(&fit), &estimates(&exact), 1e-13);
            let squares = [fit.residual_sum_of_squares];
            assert_close(&what, &squares, &[exact.residual_sum_of_squares], 1e-13);
        }
    }
}

trait Everything {
    fn inference(&self, rows: &mut InMemory) -> Vec<ndgrad_linear::Inference>;
}

impl Everything for LeastSquares {
    fn inference(&self, rows: &mut InMemory) -> Vec<ndgrad_linear::Inference> {
        let fit = self.fit(rows).unwrap();
        CovarianceKind::ALL.map(|kind| fit.inference_of(kind, rows).unwrap()).to_vec()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Statistics of parts add up to those of all rows, in any grouping.
    #[test]
    fn merged_parts_fit_like_the_whole(first in 20..150_usize, second in 160..300_usize, weighted: bool) {
        let rows = penguins(if weighted { "weighted" } else { "plain" });
        let part = |range: std::ops::Range<usize>| InMemory {
            x: rows.x[range.start * 5..range.end * 5].to_vec(),
            y: rows.y[range.clone()].to_vec(),
            weights: rows.weights.as_ref().map(|weights| weights[range.clone()].to_vec()),
            clusters: None,
            ..rows.clone()
        };
        let solver = LeastSquares::new();
        let statistics = |range| solver.statistics(&mut part(range)).unwrap();
        let (a, b, c) = (statistics(0..first), statistics(first..second), statistics(second..rows.y.len()));
        let mut left = a.clone();
        left.merge(&b).unwrap();
        left.merge(&c).unwrap();
        let mut right = b;
        right.merge(&c).unwrap();
        let mut other = a;
        other.merge(&right).unwrap();
        let whole = solver.fit(&mut rows.clone()).unwrap();
        for merged in [left, other] {
            let fit = solver.fit_statistics(&merged).unwrap();
            assert_close("estimates", &estimates(&fit), &estimates(&whole), 1e-14);
            let squares = (fit.residual_sum_of_squares, whole.residual_sum_of_squares);
            assert_close("squares", &[squares.0], &[squares.1], 1e-14);
            prop_assert_eq!((fit.rows, fit.rank), (whole.rows, whole.rank));
            assert_close("likelihood", &[fit.log_likelihood], &[whole.log_likelihood], 1e-13);
        }
    }
}

/// Indicators of all levels are the same model as an intercept and all but one.
#[test]
fn breusch_pagan_counts_a_constant_once() {
    let y = Vec::from_iter((0..60).map(|i| f64::from(i * 17 % 23) * f64::from(1 + i % 3)));
    let level = |i: u32, level: u32| f64::from(i % 3 == level);
    let x =
        |levels: &[u32]| (0..60).flat_map(|i| levels.iter().map(move |&l| level(i, l))).collect::<Vec<_>>();
    let mut all = InMemory::new(["a", "b", "c"].map(String::from), x(&[0, 1, 2]), y.clone()).unwrap();
    all.intercept = false;
    let mut others = InMemory::new(["b", "c"].map(String::from), x(&[1, 2]), y).unwrap();
    let [a, b] = [&mut all, &mut others].map(|rows| {
        let fit = LeastSquares::new().fit(rows).unwrap();
        fit.diagnose(rows, Kept::default()).unwrap().breusch_pagan.unwrap()
    });
    assert_eq!(a.distribution, b.distribution);
    assert_close("statistic", &[a.statistic, a.p_value], &[b.statistic, b.p_value], 1e-10);
    // Columns that do not vary have nothing to tell.
    let mut constant = InMemory::new(["one".to_string()], vec![1.0; 60], others.y.clone()).unwrap();
    constant.intercept = false;
    let fit = LeastSquares::new().fit(&mut constant).unwrap();
    assert_eq!(fit.diagnose(&mut constant, Kept::default()).unwrap().breusch_pagan, None);
}
