//! The Statistical Reference Datasets of the US National Institute of Standards and Technology (StRD, linear
//! least squares; public domain), against NIST's certified values and against exact rational arithmetic.
//!
//! Certified values hold for the data as printed in decimals. Where `f64` cannot hold those (0.1, or the tenth
//! power of a number with ten digits), the best answer for the `f64` data differs from the certified one, and
//! only the rational solution of the `f64` data shows what the solver itself loses.

mod reference;

use ndgrad_array::Result;
use ndgrad_linear::{Block, Estimate, InMemory, LeastSquares, LinearFit, Observations, Solution};
use reference::{digits, rational};

struct DataSet {
    name: &'static str,
    x: Vec<f64>,
    columns: usize,
    y: Vec<f64>,
    intercept: bool,
    parameters: Vec<f64>,
    standard_errors: Vec<f64>,
    residual_deviation: f64,
    /// Least digits in common with NIST: parameters, then standard errors and residual deviation.
    certain: [f64; 2],
}

/// The numbers of a CSV file, the target first, as `(x, columns, y)`.
fn read(text: &str) -> (Vec<f64>, usize, Vec<f64>) {
    let rows: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let columns = rows[0].len() - 1;
    let x = rows.iter().flat_map(|row| row[1..].iter().copied()).collect();
    (x, columns, rows.iter().map(|row| row[0]).collect())
}

/// `x, x^2, ..., x^degree` for each x, each power one rounding away from the last.
fn powers(x: &[f64], degree: usize) -> Vec<f64> {
    x.iter()
        .flat_map(|&x| {
            (0..degree).scan(1.0, move |power, _| {
                *power *= x;
                Some(*power)
            })
        })
        .collect()
}

fn norris() -> DataSet {
    let (x, columns, y) = read(include_str!("../../data/samples/norris.csv"));
    DataSet {
        name: "Norris",
        x,
        columns,
        y,
        intercept: true,
        parameters: vec![-0.262323073774029, 1.00211681802045],
        standard_errors: vec![0.232818234301152, 0.429796848199937e-3],
        residual_deviation: 0.884796396144373,
        certain: [14.0, 13.9],
    }
}

fn pontius() -> DataSet {
    let (x, _, y) = read(include_str!("data/pontius.csv"));
    DataSet {
        name: "Pontius",
        x: powers(&x, 2),
        columns: 2,
        y,
        intercept: true,
        parameters: vec![0.673565789473684e-3, 0.732059160401003e-6, -0.316081871345029e-14],
        standard_errors: vec![0.107938612033077e-3, 0.157817399981659e-9, 0.486652849992036e-16],
        residual_deviation: 0.205177424076185e-3,
        certain: [13.0, 12.0],
    }
}

fn longley() -> DataSet {
    let (x, columns, y) = read(include_str!("../../data/samples/longley.csv"));
    DataSet {
        name: "Longley",
        x,
        columns,
        y,
        intercept: true,
        parameters: vec![
            -3482258.63459582,
            15.0618722713733,
            -0.358191792925910e-1,
            -2.02022980381683,
            -1.03322686717359,
            -0.511041056535807e-1,
            1829.15146461355,
        ],
        standard_errors: vec![
            890420.383607373,
            84.9149257747669,
            0.334910077722432e-1,
            0.488399681651699,
            0.214274163161675,
            0.226073200069370,
            455.478499142212,
        ],
        residual_deviation: 304.854073561965,
        certain: [14.5, 14.5],
    }
}

fn filip() -> DataSet {
    let (x, _, y) = read(include_str!("data/filip.csv"));
    DataSet {
        name: "Filip",
        x: powers(&x, 10),
        columns: 10,
        y,
        intercept: true,
        parameters: vec![
            -1467.48961422980,
            -2772.17959193342,
            -2316.37108160893,
            -1127.97394098372,
            -354.478233703349,
            -75.1242017393757,
            -10.8753180355343,
            -1.06221498588947,
            -0.670191154593408e-1,
            -0.246781078275479e-2,
            -0.402962525080404e-4,
        ],
        standard_errors: vec![
            298.084530995537,
            559.779865474950,
            466.477572127796,
            227.204274477751,
            71.6478660875927,
            15.2897178747400,
            2.23691159816033,
            0.221624321934227,
            0.142363763154724e-1,
            0.535617408889821e-3,
            0.896632837373868e-5,
        ],
        residual_deviation: 0.334801051324544e-2,
        certain: [7.5, 8.0],
    }
}

fn no_intercept(name: &'static str, x: &[f64], y: &[f64], certified: [f64; 3]) -> DataSet {
    let [parameter, standard_error, residual_deviation] = certified;
    DataSet {
        name,
        x: x.to_vec(),
        columns: 1,
        y: y.to_vec(),
        intercept: false,
        parameters: vec![parameter],
        standard_errors: vec![standard_error],
        residual_deviation,
        certain: [14.0, 14.0],
    }
}

fn no_intercept_1() -> DataSet {
    let x: Vec<f64> = (60..=70).map(f64::from).collect();
    let y: Vec<f64> = (130..=140).map(f64::from).collect();
    no_intercept("NoInt1", &x, &y, [2.07438016528926, 0.165289256198347e-1, 3.56753034006338])
}

fn no_intercept_2() -> DataSet {
    let certified = [0.727272727272727, 0.420827318078432e-1, 0.369274472937998];
    no_intercept("NoInt2", &[4.0, 5.0, 6.0], &[3.0, 4.0, 4.0], certified)
}

/// Wampler's polynomials of degree 5 at 0, 1, ..., 20. All but the second are `1 + x + ... + x^5` plus a
/// multiple of errors that are orthogonal to every polynomial of this degree, so all parameters are 1.
fn wampler(number: usize) -> DataSet {
    const ERRORS: [f64; 11] =
        [759.0, -2048.0, 2048.0, -2048.0, 2523.0, -2048.0, 2048.0, -2048.0, 1838.0, -2048.0, 2048.0];
    let (name, factor) =
        [("Wampler1", 0.0), ("Wampler2", 0.0), ("Wampler3", 1.0), ("Wampler4", 100.0), ("Wampler5", 10000.0)]
            [number - 1];
    let x: Vec<f64> = (0..=20).map(f64::from).collect();
    let second = number == 2;
    let y = (0..=20_usize)
        .map(|i| {
            let x = i as f64;
            // In units of 1e-5 all terms of the second are whole numbers too.
            let (base, unit) = if second { (10.0, 1e5) } else { (1.0, 1.0) };
            let sum: f64 = (0..=5).map(|k| x.powi(k) * f64::powi(base, 5 - k)).sum();
            sum / unit + factor * ERRORS[i.min(20 - i)]
        })
        .collect();
    DataSet {
        name,
        x: powers(&x, 5),
        columns: 5,
        y,
        intercept: true,
        parameters: if second { vec![1.0, 0.1, 0.01, 0.001, 0.0001, 0.00001] } else { vec![1.0; 6] },
        standard_errors: [
            2152.32624678170,
            2363.55173469681,
            779.343524331583,
            101.475507550350,
            5.64566512170752,
            0.112324854679312,
        ]
        .map(|error| error * factor)
        .to_vec(),
        residual_deviation: 2360.14502379268 * factor,
        certain: [[17.0, 13.0, 17.0, 17.0, 17.0][number - 1], 14.0],
    }
}

fn all() -> Vec<DataSet> {
    let mut sets = vec![norris(), pontius(), longley(), filip(), no_intercept_1(), no_intercept_2()];
    sets.extend((1..=5).map(wampler));
    sets
}

fn solve(set: &DataSet, x: &[f64], y: &[f64]) -> Solution {
    let solver = LeastSquares::new();
    let solver = if set.intercept { solver } else { solver.without_intercept() };
    solver.solve(x, set.columns, y).unwrap()
}

fn estimates(solution: &Solution) -> Vec<Estimate> {
    solution.intercept.into_iter().chain(solution.coefficients.iter().map(|c| c.unwrap())).collect()
}

fn worst(computed: impl IntoIterator<Item = f64>, expected: &[f64]) -> f64 {
    let computed: Vec<f64> = computed.into_iter().collect();
    assert_eq!(computed.len(), expected.len());
    computed.iter().zip(expected).map(|(&c, &e)| digits(c, e)).fold(17.0, f64::min)
}

#[test]
fn certified_values_are_met() {
    for set in all() {
        let solution = solve(&set, &set.x, &set.y);
        let estimates = estimates(&solution);
        let parameters = worst(estimates.iter().map(|e| e.value), &set.parameters);
        let deviation = (solution.residual_sum_of_squares / solution.degrees_of_freedom as f64).sqrt();
        let errors = estimates.iter().map(|e| e.standard_error.unwrap()).chain([deviation]);
        let expected: Vec<f64> =
            set.standard_errors.iter().copied().chain([set.residual_deviation]).collect();
        let errors = worst(errors, &expected);
        println!(
            "{}: parameters {parameters:.1} digits, standard errors {errors:.1}, condition {:.1e}",
            set.name, solution.condition
        );
        assert!(parameters >= set.certain[0], "{}: {parameters} digits in the parameters", set.name);
        assert!(errors >= set.certain[1], "{}: {errors} digits in the standard errors", set.name);
    }
}

#[test]
fn no_digit_is_lost_beyond_those_of_the_data() {
    for set in all() {
        let solution = solve(&set, &set.x, &set.y);
        let exact = rational(&set.x, set.columns, &set.y, set.intercept).unwrap();
        let estimates = estimates(&solution);
        let parameters = worst(estimates.iter().map(|e| e.value), &exact.parameters);
        let errors = worst(estimates.iter().map(|e| e.standard_error.unwrap()), &exact.standard_errors);
        let squares = digits(solution.residual_sum_of_squares, exact.residual_sum_of_squares);
        println!("{}: {parameters:.1} {errors:.1} {squares:.1}", set.name);
        assert!(parameters >= 15.6, "{}: {parameters} digits in the parameters", set.name);
        assert!(errors >= 14.5, "{}: {errors} digits in the standard errors", set.name);
        assert!(squares >= 15.0, "{}: {squares} digits in the sum of squares", set.name);
    }
}

/// How often rows are repeated to take the path of large data.
fn times(set: &DataSet) -> usize {
    let parameters = set.columns + usize::from(set.intercept);
    4_500_000 / (set.y.len() * parameters * parameters) + 1
}

/// Rows repeated leave the parameters as they are, and take the path of large data: sums of products.
#[test]
fn large_data_keep_the_digits_too() {
    for set in all() {
        let (parameters, times) = (set.columns + usize::from(set.intercept), times(&set));
        let solution = solve(&set, &set.x.repeat(times), &set.y.repeat(times));
        let exact = rational(&set.x, set.columns, &set.y, set.intercept).unwrap();
        let estimates = estimates(&solution);
        let found = worst(estimates.iter().map(|e| e.value), &exact.parameters);
        let freedom = solution.degrees_of_freedom as f64 / (set.y.len() - parameters) as f64;
        let errors = estimates.iter().map(|e| e.standard_error.unwrap() * freedom.sqrt());
        let errors = worst(errors, &exact.standard_errors);
        println!("{} x {times}: {found:.1} {errors:.1}", set.name);
        assert!(found >= 15.6, "{}: {found} digits in the parameters", set.name);
        assert!(errors >= 12.0, "{}: {errors} digits in the standard errors", set.name);
    }
}

/// The rows of a set, over and over, as if from a file; counts how often they are read.
struct Stream {
    rows: InMemory,
    times: usize,
    passes: usize,
}

impl Observations for Stream {
    fn names(&self) -> &[String] {
        &self.rows.names
    }

    fn has_intercept(&self) -> bool {
        self.rows.intercept
    }

    fn pass(&mut self, visit: &mut dyn FnMut(&Block<'_>) -> Result<()>) -> Result<()> {
        self.passes += 1;
        let height = self.rows.y.len();
        for repeat in 0..self.times {
            visit(&Block::new((repeat * height) as u64, &self.rows.x, &self.rows.y))?;
        }
        Ok(())
    }
}

/// Blocks of the rows repeated `within` times, `times` of them.
fn stream(set: &DataSet, within: usize, times: usize) -> Stream {
    let names: Vec<String> = (0..set.columns).map(|j| format!("x{j}")).collect();
    let mut rows = InMemory::new(names, set.x.repeat(within), set.y.repeat(within)).unwrap();
    rows.intercept = set.intercept;
    Stream { rows, times, passes: 0 }
}

/// Least digits of estimates and of standard errors, the latter as if rows were not repeated.
fn digits_of(fit: &LinearFit, set: &DataSet) -> [f64; 2] {
    let exact = rational(&set.x, set.columns, &set.y, set.intercept).unwrap();
    let freedom = fit.degrees_of_freedom as f64 / (set.y.len() - fit.rank) as f64;
    let terms = &fit.inference.terms;
    [
        worst(terms.iter().map(|term| term.estimate), &exact.parameters),
        worst(terms.iter().map(|term| term.std_error * freedom.sqrt()), &exact.standard_errors),
    ]
}

/// Data that are read from somewhere, in as few passes as the digits allow.
#[test]
fn streams_keep_the_digits() {
    for set in all() {
        let mut stream = stream(&set, 100, times(&set) / 100 + 1);
        let fit = LeastSquares::new().fit(&mut stream).unwrap();
        let [parameters, errors] = digits_of(&fit, &set);
        println!("{}: {parameters:.1} {errors:.1} digits in {} passes", set.name, stream.passes);
        assert!(parameters >= 15.6, "{}: {parameters} digits in the parameters", set.name);
        assert!(errors >= 12.0, "{}: {errors} digits in the standard errors", set.name);
        assert!(stream.passes <= 4, "{} passes", stream.passes);
    }
}

/// Sums alone lose the square of the condition number from 30 digits, and nothing where that leaves 16.
#[test]
fn sums_alone_keep_the_digits_that_they_can() {
    for set in all() {
        let solver = LeastSquares::new();
        let fit = solver.fit_statistics(&solver.statistics(&mut stream(&set, 1, 1)).unwrap()).unwrap();
        let [parameters, errors] = digits_of(&fit, &set);
        println!("{}: {parameters:.1} {errors:.1} digits", set.name);
        let least = if set.name == "Filip" { 8.0 } else { 13.0 };
        assert!(parameters >= least, "{}: {parameters} digits in the parameters", set.name);
        // What the polynomial leaves of Wampler2 is no more than the rounding of its target.
        let certain = if set.name == "Wampler2" { -0.01 } else { least };
        assert!(errors >= certain, "{}: {errors} digits in the standard errors", set.name);
    }
}
