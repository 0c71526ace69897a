//! How good a fit is, in numbers.

use ndgrad::linear::diagnostics::Diagnostics;
use ndgrad::linear::{GeneralizedFit, LinearFit};

use crate::report::{Diagnostic, Fact, Value};

/// A probability below this makes an assumption doubtful.
const DOUBTFUL: f64 = 0.01;

/// The facts of least squares, and how many rows were dropped, where that is known.
pub fn of_linear(fit: &LinearFit, dropped: Option<u64>) -> Vec<Fact> {
    let test = fit.f_test.as_ref();
    let mut facts = vec![
        Fact::new("rows", "rows used", Value::Count(fit.rows)),
        Fact::new("rank", "coefficients", Value::Count(fit.rank as u64)),
        Fact::new("degrees_of_freedom", "degrees of freedom", Value::Count(fit.degrees_of_freedom as u64)),
        Fact::of("deviation", "residual standard deviation", Value::Number, fit.deviation),
        Fact::of("log_likelihood", "log-likelihood", Value::Number, fit.log_likelihood),
        Fact::of("r2", "R2", Value::Part, fit.r2),
        Fact::of("adjusted_r2", "adjusted R2", Value::Part, fit.adjusted_r2),
        Fact::of("f_statistic", "F statistic", Value::Number, test.map(|test| test.statistic)),
        Fact::of("f_p_value", "p of F", Value::Probability, test.map(|test| test.p_value)),
        Fact::of("aic", "AIC", Value::Number, fit.aic),
        Fact::of("bic", "BIC", Value::Number, fit.bic),
    ];
    if let Some(dropped) = dropped {
        facts.insert(1, Fact::new("dropped", "rows dropped for missing values", Value::Count(dropped)));
    }
    facts
}

/// What solved it, and in how many steps.
pub fn solver(name: &str, iterations: usize) -> Vec<Fact> {
    vec![
        Fact::new("solver", "solver", Value::Text(name.into())),
        Fact::new("iterations", "iterations", Value::Count(iterations as u64)),
    ]
}

/// The facts of a generalized linear model.
pub fn of_generalized(fit: &GeneralizedFit, dropped: u64) -> Vec<Fact> {
    vec![
        Fact::new("rows", "rows used", Value::Count(fit.rows)),
        Fact::new("dropped", "rows dropped for missing values", Value::Count(dropped)),
        Fact::new("family", "family", Value::Text(fit.family.name().into())),
        Fact::new("link", "link", Value::Text(fit.link.name().into())),
        Fact::new("rank", "coefficients", Value::Count(fit.rank as u64)),
        Fact::new("degrees_of_freedom", "degrees of freedom", Value::Count(fit.degrees_of_freedom as u64)),
        Fact::of("deviance", "deviance", Value::Number, fit.deviance),
        Fact::of("null_deviance", "deviance of the mean alone", Value::Number, fit.null_deviance),
        Fact::of("explained_deviance", "deviance explained", Value::Part, fit.explained_deviance()),
        Fact::of("dispersion", "dispersion", Value::Number, fit.dispersion),
        Fact::of("log_likelihood", "log-likelihood", Value::Number, fit.log_likelihood),
        Fact::of("mc_fadden_r2", "McFadden's R2", Value::Part, fit.mc_fadden_r2()),
        Fact::of("aic", "AIC", Value::Number, fit.aic),
        Fact::of("bic", "BIC", Value::Number, fit.bic),
    ]
}

/// What the tests of the residuals of least squares say, in plain words.
pub fn tests(found: &Diagnostics, robust: bool) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    if let Some(test) = &found.breusch_pagan {
        let doubtful = test.p_value < DOUBTFUL;
        let meaning = match (doubtful, robust) {
            (false, _) => "errors are about as large everywhere",
            (true, true) => "errors are larger in some places, which the standard errors allow for",
            (true, false) => "errors are larger in some places: use --covariance hc3",
        };
        all.push(Diagnostic {
            key: "breusch_pagan",
            name: "Breusch-Pagan",
            statistic: test.statistic,
            p_value: Some(test.p_value),
            doubtful: doubtful && !robust,
            meaning: meaning.into(),
        });
    }
    let normal = found.jarque_bera.p_value >= DOUBTFUL;
    let (skewed, heavy) = (found.skewness.abs() > 0.5, found.kurtosis > 4.0);
    let meaning = match (normal, skewed, heavy) {
        (true, ..) => "errors look normal",
        (_, true, _) => "errors lean to one side: a logarithm of the target may help",
        (_, _, true) => "some errors are very large: look at the heaviest rows",
        _ => "errors are not quite normal, which matters in small data only",
    };
    all.push(Diagnostic {
        key: "jarque_bera",
        name: "Jarque-Bera",
        statistic: found.jarque_bera.statistic,
        p_value: Some(found.jarque_bera.p_value),
        doubtful: !normal && (skewed || heavy),
        meaning: meaning.into(),
    });
    let d = found.durbin_watson;
    let meaning = match d {
        d if d < 1.5 => "errors of neighboring rows are alike: rows may not be independent",
        d if d > 2.5 => "errors of neighboring rows alternate: rows may not be independent",
        _ => "neighboring rows look independent",
    };
    all.push(Diagnostic {
        key: "durbin_watson",
        name: "Durbin-Watson",
        statistic: d,
        p_value: None,
        doubtful: !(1.5..=2.5).contains(&d),
        meaning: meaning.into(),
    });
    all
}
