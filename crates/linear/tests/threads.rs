//! The same seed gives the same model, whatever the number of threads.

use ndgrad_data::{Numeric, Table, samples};
use ndgrad_linear::LinearRegression;
use ndgrad_tensor::{random::Generator, threads};

/// Large enough for every kernel to use several threads.
fn large() -> Table {
    let (rows, columns) = (60_000, 8);
    let numbers = Generator::philox(1).normal([columns, rows]).to_vec::<f32>();
    let column =
        |j: usize| Numeric::from(Vec::from_iter(numbers[j * rows..][..rows].iter().map(|&v| f64::from(v))));
    Table::new("large", (0..columns).map(|j| (format!("c{j}"), column(j).into())))
}

#[test]
fn threads_and_runs_change_no_bit() {
    let penguins = Table::from_csv("penguins.csv", samples::PENGUINS.as_bytes()).unwrap();
    for (table, target) in [(penguins, "body_mass_g"), (large(), "c0")] {
        let regression = LinearRegression::new(target).seed(7);
        let fits = [1, 2, 2, 3].map(|count| {
            threads::set_threads(count);
            regression.fit(&table).unwrap()
        });
        let [first, others @ ..] = &fits;
        for other in others {
            assert_eq!(other.model.to_bytes(), first.model.to_bytes());
            assert_eq!(other.history, first.history);
            assert_eq!(other.train, first.train);
        }
        let other_seed = LinearRegression::new(target).seed(8).fit(&table).unwrap();
        assert_ne!(other_seed.train.rows, first.train.rows);
    }
}
