//! Exact least squares on random and on awkward data.

mod reference;

use ndgrad_array::Error;
use ndgrad_linear::{Alias, Estimate, LeastSquares, Solution};
use proptest::prelude::*;
use reference::{digits, rational};

/// A hash of `i` as a number within -0.5 and 0.5.
fn noise(i: usize) -> f64 {
    let hash = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
}

fn value(estimate: Option<Estimate>) -> f64 {
    estimate.unwrap().value
}

fn message(result: ndgrad_array::Result<Solution>) -> String {
    match result.unwrap_err() {
        Error::Data(message) => message,
        other => panic!("not an error of the data: {other}"),
    }
}

/// Column by column to row by row.
fn rows(columns: &[&[f64]]) -> Vec<f64> {
    (0..columns[0].len()).flat_map(|i| columns.iter().map(move |column| column[i])).collect()
}

/// A small design of whole numbers, its number of columns, a target, and whether there is an intercept.
fn problems() -> impl Strategy<Value = (Vec<f64>, usize, Vec<f64>, bool)> {
    (0..4_usize, 0..8_usize, any::<bool>()).prop_flat_map(|(columns, more, intercept)| {
        let rows = (columns + usize::from(intercept)).max(1) + more;
        let numbers = |count| prop::collection::vec((-9..=9).prop_map(f64::from), count);
        (numbers(rows * columns), Just(columns), numbers(rows), Just(intercept))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_answer_is_the_rational_one((x, columns, y, intercept) in problems()) {
        let solver = LeastSquares::new();
        let solver = if intercept { solver } else { solver.without_intercept() };
        let solution = solver.solve(&x, columns, &y).unwrap();
        let Some(exact) = rational(&x, columns, &y, intercept) else {
            prop_assert!(!solution.aliases.is_empty(), "dependent columns were not found");
            return Ok(());
        };
        prop_assert_eq!(&solution.aliases, &[]);
        let estimates = solution.intercept.into_iter().chain(solution.coefficients.into_iter().flatten());
        for (estimate, (&parameter, &error)) in
            estimates.zip(exact.parameters.iter().zip(&exact.standard_errors))
        {
            if parameter == 0.0 {
                prop_assert!(estimate.value.abs() < 1e-24);
            } else {
                prop_assert!(digits(estimate.value, parameter) >= 15.6, "{} {parameter}", estimate.value);
            }
            match estimate.standard_error {
                None => prop_assert_eq!(solution.degrees_of_freedom, 0),
                Some(found) if error == 0.0 => prop_assert!(found < 1e-24),
                Some(found) => prop_assert!(digits(found, error) >= 14.5, "{found} {error}"),
            }
        }
        let squares = solution.residual_sum_of_squares;
        if exact.residual_sum_of_squares == 0.0 {
            prop_assert!(squares < 1e-48);
        } else {
            prop_assert!(digits(squares, exact.residual_sum_of_squares) >= 15.0);
        }
    }

    #[test]
    fn aliases_say_what_the_column_is((x, columns, y, intercept) in problems()) {
        let solver = LeastSquares::new();
        let solver = if intercept { solver } else { solver.without_intercept() };
        let solution = solver.solve(&x, columns, &y).unwrap();
        for Alias { column, constant, terms } in &solution.aliases {
            prop_assert_eq!(solution.coefficients[*column], None);
            for row in x.chunks_exact(columns) {
                let sum: f64 = constant + terms.iter().map(|&(other, factor)| factor * row[other]).sum::<f64>();
                prop_assert!((row[*column] - sum).abs() < 1e-12, "{} is not {sum}", row[*column]);
            }
            for (other, _) in terms {
                prop_assert!(other < column && solution.coefficients[*other].is_some());
            }
        }
        prop_assert_eq!(solution.rank + solution.aliases.len(), columns + usize::from(intercept));
    }
}

#[test]
fn a_far_origin_costs_no_digits() {
    // Nanoseconds since 1970 over one second: without centring, X'X would hold nothing but the mean.
    let time: Vec<f64> = (0..50).map(|i| 1.7e18 + 2e7 * f64::from(i)).collect();
    let y: Vec<f64> = (0..50).map(noise).collect();
    let solution = LeastSquares::new().solve(&time, 1, &y).unwrap();
    let exact = rational(&time, 1, &y, true).unwrap();
    assert!(digits(value(solution.intercept), exact.parameters[0]) >= 15.6);
    assert!(digits(value(solution.coefficients[0]), exact.parameters[1]) >= 15.6);
    assert!(digits(solution.intercept.unwrap().standard_error.unwrap(), exact.standard_errors[0]) >= 14.5);
}

#[test]
fn units_cost_no_digits_from_one_end_of_the_range_to_the_other() {
    let plain: Vec<f64> = (0..40).map(noise).collect();
    let y: Vec<f64> = (40..60).map(noise).collect();
    let exact = rational(&plain, 2, &y, true).unwrap();
    for (a, b, c) in [(-1000, 1000, 0), (1020, -1020, 500), (-900, 0, -1000)] {
        let x: Vec<f64> =
            plain.chunks_exact(2).flat_map(|r| [libm::scalbn(r[0], a), libm::scalbn(r[1], b)]).collect();
        let y: Vec<f64> = y.iter().map(|&y| libm::scalbn(y, c)).collect();
        let solved = LeastSquares::new().solve(&x, 2, &y);
        if (c - a).max(c - b) > 1023 {
            assert!(message(solved).contains("beyond the range of 64-bit numbers"));
            continue;
        }
        let solution = solved.unwrap();
        let expected = libm::scalbn(exact.parameters[0], c);
        assert!(digits(value(solution.intercept), expected) >= 15.6);
        for (found, (&plain, shift)) in
            solution.coefficients.into_iter().zip(exact.parameters[1..].iter().zip([c - a, c - b]))
        {
            // Under the range of f64 what is left is zero, or has lost digits.
            let expected = libm::scalbn(plain, shift);
            if expected.is_normal() {
                assert!(digits(value(found), expected) >= 15.6, "{found:?} {expected:e}");
            }
        }
    }
}

#[test]
fn the_later_of_dependent_columns_goes_and_is_named() {
    // The third is a temperature in Fahrenheit of the first in Celsius; the fifth says whether the fourth is off.
    let celsius: Vec<f64> = (0..30).map(|i| 40.0 * noise(i)).collect();
    let other: Vec<f64> = (30..60).map(noise).collect();
    let fahrenheit: Vec<f64> = celsius.iter().map(|c| 32.0 + 1.8 * c).collect();
    let on: Vec<f64> = (0..30).map(|i| f64::from(i % 3 == 0)).collect();
    let off: Vec<f64> = on.iter().map(|on| 1.0 - on).collect();
    let constant = [0.1; 30];
    let y: Vec<f64> = (60..90).map(noise).collect();
    let x = rows(&[&celsius, &other, &fahrenheit, &on, &off, &constant]);
    // Once, and often enough for the path of large data.
    for times in [1, 5000] {
        let solution = LeastSquares::new().solve(&x.repeat(times), 6, &y.repeat(times)).unwrap();
        let [first, second, third] = &solution.aliases[..] else { panic!("{:?}", solution.aliases) };
        assert_eq!((first.column, second.column, third.column), (2, 4, 5));
        assert!(digits(first.constant, 32.0) > 12.0 && digits(first.terms[0].1, 1.8) > 12.0, "{first:?}");
        assert_eq!((first.terms.len(), first.terms[0].0), (1, 0));
        assert!(digits(second.constant, 1.0) > 12.0 && digits(second.terms[0].1, -1.0) > 12.0, "{second:?}");
        assert_eq!((second.terms.len(), second.terms[0].0), (1, 3));
        assert_eq!((third.constant, &third.terms[..]), (0.1, &[][..]));
        let names = ["celsius", "other", "fahrenheit", "on", "off", "constant"];
        let described: Vec<String> = solution.aliases.iter().map(|alias| alias.describe(&names)).collect();
        assert_eq!(described, ["fahrenheit = 32 + 1.8 celsius", "off = 1 - on", "constant = 0.1"]);
        // The other coefficients are those of the model without these columns.
        let kept = rows(&[&celsius, &other, &on]);
        let exact = rational(&kept, 3, &y, true).unwrap();
        let found: Vec<Option<f64>> = solution.coefficients.iter().map(|c| c.map(|c| c.value)).collect();
        assert_eq!(found, [1, 2, 0, 3, 0, 0].map(|i| (i > 0).then(|| exact.parameters[i])));
        assert_eq!(value(solution.intercept), exact.parameters[0]);
        assert_eq!((solution.rank, solution.degrees_of_freedom), (4, 30 * times - 4));
    }
}

#[test]
fn the_tolerance_decides_what_is_dependent() {
    let a: Vec<f64> = (0..40).map(noise).collect();
    // A copy that went through f32.
    let b: Vec<f64> = a.iter().map(|&a| f64::from((a * 3.0) as f32)).collect();
    let y: Vec<f64> = (40..80).map(noise).collect();
    let x = rows(&[&a, &b]);
    let blurred = LeastSquares::new().solve(&x, 2, &y).unwrap();
    assert_eq!(blurred.rank, 3);
    assert!(digits(value(blurred.coefficients[1]), rational(&x, 2, &y, true).unwrap().parameters[2]) >= 15.6);
    assert_eq!(LeastSquares::new().tolerance(1e-6).solve(&x, 2, &y).unwrap().rank, 2);
}

/// Kahan's matrix: no column is near a combination of the earlier ones, and yet the matrix is singular but for
/// rounding (W. Kahan, "Numerical linear algebra", Canadian Mathematical Bulletin 9, 1966).
#[test]
fn columns_that_determine_nothing_are_refused() {
    let (size, sine, cosine) = (130, 0.93, 0.3675595189897821);
    let mut x = vec![0.0; 2 * size * size];
    for i in 0..size {
        let scale = f64::powi(sine, i as i32);
        x[i * size + i] = scale;
        x[i * size + i + 1..(i + 1) * size].fill(-cosine * scale);
    }
    let y: Vec<f64> = (0..2 * size).map(noise).collect();
    let text = message(LeastSquares::new().without_intercept().solve(&x, size, &y));
    assert!(
        text.starts_with("least squares: the columns are too nearly dependent (condition number about "),
        "{text}"
    );
}

#[test]
fn a_long_fit_is_the_rational_one() {
    // More rows than a block holds, and the last block is not full.
    let (rows, columns) = (1500, 2);
    let x: Vec<f64> = (0..rows * columns).map(|i| (1000.0 * noise(i)).round()).collect();
    let y: Vec<f64> = (0..rows).map(|i| (1000.0 * noise(i + 9999)).round()).collect();
    let solution = LeastSquares::new().solve(&x, columns, &y).unwrap();
    let exact = rational(&x, columns, &y, true).unwrap();
    assert_eq!(value(solution.intercept), exact.parameters[0]);
    assert_eq!(value(solution.coefficients[0]), exact.parameters[1]);
    assert_eq!(value(solution.coefficients[1]), exact.parameters[2]);
}

// numpy 2.4.6:
//
//   t = np.loadtxt("longley.csv", delimiter=",", skiprows=1)[:, 1:]
//   z = t - t.mean(axis=0)
//   np.linalg.cond(z / np.linalg.norm(z, axis=0)), np.linalg.cond(t / np.linalg.norm(t, axis=0))
#[test]
fn the_condition_is_that_of_the_scaled_columns() {
    let table: Vec<Vec<f64>> = include_str!("../../data/samples/longley.csv")
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let x: Vec<f64> = table.iter().flat_map(|row| row[1..].to_vec()).collect();
    let y: Vec<f64> = table.iter().map(|row| row[0]).collect();
    let centred = LeastSquares::new().solve(&x, 6, &y).unwrap().condition;
    let plain = LeastSquares::new().without_intercept().solve(&x, 6, &y).unwrap().condition;
    assert!((centred / 110.5441534423136 - 1.0).abs() < 0.01, "{centred}");
    assert!((plain / 1086.0170218411363 - 1.0).abs() < 0.01, "{plain}");
}

#[test]
fn a_model_without_columns_is_the_mean() {
    let solution = LeastSquares::new().solve(&[], 0, &[1.0, 2.0, 6.0]).unwrap();
    // The standard deviation 7^0.5 over the root of 3.
    let expected = Estimate { value: 3.0, standard_error: Some((14.0_f64 / 2.0 / 3.0).sqrt()) };
    assert_eq!(solution.intercept.map(|i| i.value), Some(expected.value));
    assert!(
        digits(solution.intercept.unwrap().standard_error.unwrap(), expected.standard_error.unwrap()) > 15.0
    );
    assert_eq!((solution.rank, solution.degrees_of_freedom, solution.condition), (1, 2, 1.0));
}

#[test]
fn as_many_rows_as_parameters_leave_no_standard_error() {
    let solution = LeastSquares::new().solve(&[1.0, 3.0], 1, &[5.0, 9.0]).unwrap();
    assert_eq!(solution.intercept, Some(Estimate { value: 3.0, standard_error: None }));
    assert_eq!(solution.coefficients, [Some(Estimate { value: 2.0, standard_error: None })]);
    assert!(solution.residual_sum_of_squares < 1e-60);
    assert_eq!(solution.degrees_of_freedom, 0);
}

#[test]
fn a_target_of_zeros_has_coefficients_of_zero() {
    let x: Vec<f64> = (0..12).map(noise).collect();
    let solution = LeastSquares::new().solve(&x, 3, &[0.0; 4]).unwrap();
    assert!(solution.coefficients.iter().all(|c| value(*c) == 0.0));
    assert_eq!(solution.residual_sum_of_squares, 0.0);
}

#[test]
fn too_few_rows_are_refused_with_a_remedy() {
    let text = message(LeastSquares::new().solve(&[1.0, 2.0, 3.0, 4.0], 2, &[1.0, 2.0]));
    assert_eq!(
        text,
        "least squares: 2 rows cannot determine 2 columns and an intercept; at least 3 are needed\n    \
         add rows, use fewer columns, or fit with a penalty (ridge), which needs no more rows than there are"
    );
    assert!(LeastSquares::new().without_intercept().solve(&[1.0, 2.0, 3.0, 5.0], 2, &[1.0, 2.0]).is_ok());
    let one = message(LeastSquares::new().solve(&[1.0], 1, &[1.0]));
    assert!(one.contains("1 row cannot determine 1 column and an intercept"), "{one}");
    assert!(message(LeastSquares::new().solve(&[], 3, &[])).contains("0 rows cannot determine 3 columns"));
    assert!(message(LeastSquares::new().without_intercept().solve(&[], 0, &[])).contains("at least 1"));
}

#[test]
fn what_is_not_finite_is_named() {
    let text = message(LeastSquares::new().solve(&[1.0, 2.0, 3.0, f64::NAN, 5.0, 6.0], 2, &[1.0, 2.0, 3.0]));
    assert_eq!(
        text,
        "least squares: x[row 1, column 1] is NaN (rows and columns are counted from 0)\n    \
         drop the row, or fill the value in"
    );
    let text = message(LeastSquares::new().solve(&[1.0, 2.0], 1, &[1.0, f64::NEG_INFINITY]));
    assert!(text.starts_with("least squares: y[row 1] is -inf"));
}

#[test]
#[should_panic(
    expected = "least squares: x must hold one row for each y\n    x  [5]   2 rows of 3 columns are wanted"
)]
fn shapes_that_do_not_fit_are_a_mistake() {
    let _ = LeastSquares::new().solve(&[0.0; 5], 3, &[0.0; 2]);
}

#[test]
#[should_panic(expected = "the tolerance must lie within 1e-12 and 1")]
fn a_tolerance_of_zero_is_a_mistake() {
    let _ = LeastSquares::new().tolerance(0.0);
}
