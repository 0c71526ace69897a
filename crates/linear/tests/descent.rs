//! Mini-batch descent: near the exact estimates for every loss, and resumed to the same bits.

use ndgrad_linear::{
    Descent, DescentState, End, Family, GeneralizedLinear, InMemory, LeastSquares, Loss, Optimizer,
    QuantileRegression,
};
use ndgrad_tensor::random::Generator;
use std::ops::ControlFlow;

/// Rows whose target follows from the predictor by `target`, which gets a uniform number besides.
fn rows(target: impl Fn(f64, f64) -> f64) -> InMemory {
    let mut generator = Generator::philox(11);
    let x = Vec::from_iter(generator.normal([1500, 2]).to_vec::<f32>().into_iter().map(f64::from));
    let u = generator.uniform([1500]).to_vec::<f32>();
    let y = x.chunks(2).zip(u).map(|(x, u)| target(0.4 + 0.8 * x[0] - 0.5 * x[1], f64::from(u))).collect();
    // Years and thousands.
    let x = x.chunks(2).flat_map(|x| [2000.0 + 5.0 * x[0], 0.001 * x[1]]).collect();
    InMemory::new(["year", "part"].map(String::from), x, y).unwrap()
}

fn run(descent: &Descent, rows: &mut InMemory) -> DescentState {
    let mut state = descent.start(rows).unwrap();
    let end = descent.run(rows, &mut state, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(end, End::Epochs);
    state
}

/// Slopes, per deviation of their columns, as near as this part of the largest.
fn near(found: &[f64], wanted: &[f64], part: f64, what: &str) {
    let scaled = |b: &[f64]| [b[1] * 5.0, b[2] * 0.001];
    let (found, wanted) = (scaled(found), scaled(wanted));
    let size = wanted[0].abs().max(wanted[1].abs());
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((found - wanted).abs() < part * size, "{what}: {found} is not near {wanted}");
    }
}

#[test]
fn descent_comes_near_the_exact_estimates() {
    let exact_glm = |family, rows: &mut InMemory| {
        let fit = GeneralizedLinear::new(family).fit(rows).unwrap();
        fit.inference.terms.iter().map(|term| term.estimate).collect::<Vec<f64>>()
    };
    for optimizer in [Optimizer::Sgd, Optimizer::Adam] {
        let check = |loss: Loss, rows: &mut InMemory, wanted: &[f64], part: f64| {
            let state = run(&Descent::new(loss).optimizer(optimizer).epochs(40), rows);
            near(&state.estimates(), wanted, part, &format!("{loss:?} {optimizer:?}"));
            assert!(state.losses[39] < state.losses[0]);
        };
        let mut binary = rows(|eta, u| f64::from(u < 1.0 / (1.0 + (-eta).exp())));
        let wanted = exact_glm(Family::Binomial, &mut binary);
        check(Loss::Logistic, &mut binary, &wanted, 0.05);
        let mut counts = rows(|eta, u| (2.0 * u * eta.exp()).round());
        let wanted = exact_glm(Family::Poisson, &mut counts);
        check(Loss::Poisson, &mut counts, &wanted, 0.05);
        let mut positive = rows(|eta, u| (0.5 + u) * eta.exp());
        let wanted = exact_glm(Family::Gamma, &mut positive);
        check(Loss::Gamma, &mut positive, &wanted, 0.05);
        let mut line = rows(|eta, u| 100.0 * (eta + u));
        let fit = LeastSquares::new().fit(&mut line).unwrap();
        let wanted: Vec<f64> = fit.inference.terms.iter().map(|term| term.estimate).collect();
        check(Loss::Squares, &mut line, &wanted, 0.02);
        // Wide enough for every row, Huber's loss is the squared one.
        check(Loss::Huber(1e6), &mut line, &wanted, 0.02);
        let fit = QuantileRegression::new(0.5).fit(&mut line).unwrap();
        let wanted: Vec<f64> = fit.inference.terms.iter().map(|term| term.estimate).collect();
        check(Loss::Quantile(0.5), &mut line, &wanted, 0.05);
    }
}

#[test]
fn a_run_that_is_interrupted_and_saved_goes_on_to_the_same_bits() {
    let mut rows = rows(|eta, u| f64::from(u < 1.0 / (1.0 + (-eta).exp())));
    for optimizer in [Optimizer::Sgd, Optimizer::Adam] {
        let descent = Descent::new(Loss::Logistic).optimizer(optimizer).epochs(3).every(700).seed(5);
        let whole = run(&descent, &mut rows);
        let mut state = descent.start(&mut rows).unwrap();
        let mut stops = 0;
        while descent.run(&mut rows, &mut state, &mut |_| ControlFlow::Break(())).unwrap() == End::Interrupted
        {
            stops += 1;
            state = DescentState::from_text(&state.to_text()).unwrap();
        }
        assert!(stops >= 5, "{stops}");
        assert_eq!(state, whole);
        let other = run(&descent.clone().seed(6), &mut rows);
        assert_ne!(other.estimates(), whole.estimates());
    }
}

#[test]
fn a_warm_start_is_where_it_was_told_to_be() {
    let mut line = rows(|eta, u| 100.0 * (eta + u));
    let descent = Descent::new(Loss::Squares);
    let mut state = descent.start(&mut line).unwrap();
    let wanted = [-30.0, 0.02, 700.0];
    state.warm_start(&wanted);
    for (found, wanted) in state.estimates().iter().zip(wanted) {
        assert!((found - wanted).abs() <= 1e-9 * wanted.abs(), "{found} {wanted}");
    }
}

#[test]
fn what_does_not_fit_together_is_said() {
    let mut line = rows(|eta, u| 100.0 * (eta + u));
    let error = Descent::new(Loss::Poisson).start(&mut line).unwrap_err().to_string();
    assert!(error.contains("a count is at least 0"), "{error}");
    let descent = Descent::new(Loss::Squares);
    let mut state = descent.start(&mut line).unwrap();
    let go_on = &mut |_: &_| ControlFlow::Continue(());
    let error = Descent::new(Loss::Gamma).run(&mut line, &mut state, go_on).unwrap_err().to_string();
    assert!(error.contains("other losses: squares"), "{error}");
    let wild = Descent::new(Loss::Squares).optimizer(Optimizer::Sgd).learning_rate(1e3);
    let mut state = wild.start(&mut line).unwrap();
    let error = wild.run(&mut line, &mut state, go_on).unwrap_err().to_string();
    assert!(error.contains("use a learning rate below"), "{error}");
    for text in ["", "{}", "[1]", "{\"format\":\"ndgrad descent 1\",\"names\":[1]}"] {
        assert!(DescentState::from_text(text).unwrap_err().to_string().contains("no saved state"));
    }
}
