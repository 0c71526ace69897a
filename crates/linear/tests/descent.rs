//! Mini-batch descent: near the exact estimates for every loss, and resumed to the same bits.

use ndgrad_data::Table;
use ndgrad_linear::{
    Descent, DescentState, DesignOptions, End, Family, Formula, GeneralizedLinear, InMemory, LeastSquares,
    Loss, Multinomial, MultinomialModel, Optimizer, Penalized, Penalty, QuantileRegression,
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

/// Three classes.
fn classes() -> InMemory {
    rows(
        |eta, u| {
            if u < 0.3 { 1.0 } else { 2.0 * f64::from((u - 0.3) / 0.7 < 1.0 / (1.0 + (-2.0 * eta).exp())) }
        },
    )
}

#[test]
fn classes_are_told_apart_as_the_exact_fit_does() {
    let mut rows = classes();
    let exact = Multinomial::new(["a", "b", "c"].map(String::from)).fit(&mut rows).unwrap();
    let wanted: Vec<f64> = exact.inference.terms.iter().map(|term| term.estimate).collect();
    for optimizer in [Optimizer::Sgd, Optimizer::Adam] {
        let state = run(&Descent::new(Loss::Multinomial(3)).optimizer(optimizer).epochs(80), &mut rows);
        let estimates = state.estimates();
        assert_eq!(estimates.len(), 6);
        for k in [1, 2, 4, 5] {
            let (unit, size) = ([5.0, 0.001][(k - 1) % 3], wanted[4].abs() * 5.0);
            let (found, wanted) = (estimates[k] * unit, wanted[k] * unit);
            assert!((found - wanted).abs() < 0.05 * size, "{optimizer:?} {k}: {found} {wanted}");
        }
        assert!((state.losses[79] * 1500.0 / -exact.log_likelihood - 1.0).abs() < 0.01);
    }
}

#[test]
fn penalties_lead_where_the_exact_path_is() {
    // Two columns more, which are noise.
    let mut generator = Generator::philox(12);
    let noise = Vec::from_iter(generator.normal([1500, 2]).to_vec::<f32>().into_iter().map(f64::from));
    let mut line = rows(|eta, u| 100.0 * (eta + u));
    line.x =
        line.x.chunks(2).zip(noise.chunks(2)).flat_map(|(x, e)| [x[0], x[1], e[0], 0.1 * e[1]]).collect();
    line.names.extend(["noise", "more"].map(String::from));
    let mut zeros = 0;
    for (mix, lambda, standardize) in
        [(0.0, 0.5, true), (1.0, 20.0, true), (0.5, 10.0, true), (1.0, 5.0, false)]
    {
        for intercept in [true, false] {
            line.intercept = intercept;
            let exact = Penalized::elastic_net(mix).standardize(standardize).lambdas([lambda]).unwrap();
            let exact = &exact.fit(&mut line).unwrap().points[0];
            for optimizer in [Optimizer::Sgd, Optimizer::Adam] {
                let descent = Descent::new(Loss::Squares).optimizer(optimizer).epochs(60);
                let state = run(&descent.penalty(Penalty { lambda, mix, standardize }), &mut line);
                let found = &state.estimates()[usize::from(intercept)..];
                // Without an intercept, years are far from 0.
                let units = [if intercept { 5.0 } else { 2000.0 }, 0.001, 1.0, 0.1];
                let scaled = |b: &[f64]| Vec::from_iter(b.iter().zip(units).map(|(b, unit)| b * unit));
                let (found, wanted) = (scaled(found), scaled(&exact.coefficients));
                let size = wanted.iter().fold(0.0_f64, |most, b| most.max(b.abs()));
                for (found, wanted) in found.iter().zip(&wanted) {
                    let what = format!("{mix} {standardize} {intercept} {optimizer:?}: {found} {wanted}");
                    assert!((found - wanted).abs() < 0.03 * size, "{what}");
                    // A weak penalty is drowned by the noise of batches.
                    assert!(*wanted != 0.0 || *found == 0.0 || lambda < 20.0, "{what}");
                    zeros += usize::from(*found == 0.0);
                }
            }
        }
    }
    assert!(zeros >= 8, "{zeros}");
}

#[test]
fn a_run_that_is_interrupted_and_saved_goes_on_to_the_same_bits() {
    let binary = rows(|eta, u| f64::from(u < 1.0 / (1.0 + (-eta).exp())));
    let penalty = Penalty { lambda: 0.05, mix: 0.7, standardize: true };
    for optimizer in [Optimizer::Sgd, Optimizer::Adam] {
        let plain = Descent::new(Loss::Logistic);
        let many = Descent::new(Loss::Multinomial(3)).penalty(penalty);
        for (descent, mut rows) in [(plain, binary.clone()), (many, classes())] {
            let descent = descent.optimizer(optimizer).epochs(3).every(700).seed(5);
            let whole = run(&descent, &mut rows);
            let mut state = descent.start(&mut rows).unwrap();
            let mut stops = 0;
            let mut stop = |_: &_| ControlFlow::Break(());
            while descent.run(&mut rows, &mut state, &mut stop).unwrap() == End::Interrupted {
                stops += 1;
                state = DescentState::from_text(&state.to_text()).unwrap();
            }
            assert!(stops >= 5, "{stops}");
            assert_eq!(state, whole);
            let other = run(&descent.clone().seed(6), &mut rows);
            assert_ne!(other.estimates(), whole.estimates());
        }
    }
}

#[test]
fn states_of_earlier_releases_are_read() {
    let mut line = rows(|eta, u| 100.0 * (eta + u));
    let descent = Descent::new(Loss::Squares).epochs(2);
    let state = run(&descent, &mut line);
    let mut text: serde_json::Value = serde_json::from_str(&state.to_text()).unwrap();
    for key in ["deviations", "penalty", "standardize", "zeros", "rows"] {
        assert!(text.as_object_mut().unwrap().remove(key).is_some(), "{key}");
    }
    let mut old = DescentState::from_text(&text.to_string()).unwrap();
    assert_eq!((old.rows, old.estimates()), (0, state.estimates()));
    let end = descent.epochs(3).run(&mut line, &mut old, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(end, End::Epochs);
    assert_eq!(old.estimates(), run(&Descent::new(Loss::Squares).epochs(3), &mut line).estimates());
}

#[test]
fn a_model_of_classes_comes_of_a_state() {
    let text = "kind,x\nb,1\na,2\nb,3\na,4\nc,5\na,4\nc,7\nb,2\nc,6\na,3\n";
    let data = Table::from_csv("t.csv", text.as_bytes()).unwrap();
    let options = DesignOptions { category_target: true, ..DesignOptions::default() };
    let design = Formula::parse("kind ~ x").unwrap().learn(&mut &data, &options).unwrap();
    let mut rows = design.observe(&data);
    let descent = Descent::new(Loss::Multinomial(3)).epochs(200).batch_size(5);
    let mut state = descent.start(&mut rows).unwrap();
    descent.run(&mut rows, &mut state, &mut |_| ControlFlow::Continue(())).unwrap();
    let model = MultinomialModel::descent(design, &state);
    assert_eq!(MultinomialModel::from_bytes("m", &model.to_bytes()).unwrap(), model);
    let chosen = model.predict(&Table::from_csv("n.csv", "x\n0\n9\n".as_bytes()).unwrap()).unwrap();
    assert_eq!(chosen, [Some(1), Some(2)]);
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
    let penalty = Penalty { lambda: 1.0, mix: 1.0, standardize: true };
    let error = descent.clone().penalty(penalty).run(&mut line, &mut state, go_on).unwrap_err().to_string();
    assert!(error.contains("other penalties"), "{error}");
    let error = Descent::new(Loss::Multinomial(3)).start(&mut line).unwrap_err().to_string();
    assert!(error.contains("a class is a whole number from 0 to 2"), "{error}");
    assert!(Descent::new(Loss::Multinomial(1)).start(&mut line).is_err());
    let wild = Descent::new(Loss::Squares).optimizer(Optimizer::Sgd).learning_rate(1e3);
    let mut state = wild.start(&mut line).unwrap();
    let error = wild.run(&mut line, &mut state, go_on).unwrap_err().to_string();
    assert!(error.contains("use a learning rate below"), "{error}");
    for text in ["", "{}", "[1]", "{\"format\":\"ndgrad descent 1\",\"names\":[1]}"] {
        assert!(DescentState::from_text(text).unwrap_err().to_string().contains("no saved state"));
    }
}
