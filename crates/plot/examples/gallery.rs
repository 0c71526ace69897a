//! Writes one picture of every kind to a folder: `cargo run --example gallery --features png -- pictures`.

use ndgrad_array::{Error, Result};
use ndgrad_plot::{self as plot, Figure};

/// Uniform numbers in [0, 1), the same on every run: good enough to look at.
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Roughly normal: the sum of twelve uniforms has variance 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "pictures".to_string());
    std::fs::create_dir_all(&folder).map_err(|error| Error::file(&folder, "create", error))?;
    for (name, figure) in figures() {
        for ending in ["svg", "png"] {
            figure.save(format!("{folder}/{name}.{ending}"))?;
        }
    }
    let many: Vec<String> = (0..300).map(|i| format!("pixel {i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let networks = [
        ("network", plot::network(&["x₀", "x₁"], "ŷ")),
        (
            "network-weights",
            plot::network(&["bill_length_mm", "flipper_length_mm", "species: Gentoo"], "body_mass_g")
                .weights(&[2.0013, -3.39987, 1.25e-7]),
        ),
        ("network-many", plot::network(&many, "digit").weights(&vec![0.125; 300])),
        ("network-one", plot::network(&["x"], "y").weights(&[f64::NAN])),
        ("network-none", plot::network(&[], "y")),
    ];
    for (name, network) in networks {
        for ending in ["svg", "png"] {
            network.save(format!("{folder}/{name}.{ending}"))?;
        }
    }
    Ok(())
}

fn figures() -> Vec<(&'static str, Figure)> {
    let mut random = Uniform(1);
    let x0: Vec<f64> = (0..10_000).map(|_| random.normal()).collect();
    let x1: Vec<f64> = (0..10_000).map(|_| random.normal()).collect();
    let y: Vec<f64> = x0.iter().zip(&x1).map(|(a, b)| 2.0 * a - 3.4 * b + 4.2).collect();
    let steps: Vec<f64> = (0..400).map(f64::from).collect();
    let decay = |rate: f64, floor: f64, noise: f64, random: &mut Uniform| -> Vec<f64> {
        steps.iter().map(|i| (8.0 * (-rate * i).exp() + floor) * (1.0 + noise * random.normal())).collect()
    };
    let train = decay(0.03, 1e-4, 0.05, &mut random);
    let validation = decay(0.027, 4e-4, 0.08, &mut random);
    let actual: Vec<f64> = (0..333).map(|_| 4200.0 + 800.0 * random.normal()).collect();
    let predicted: Vec<f64> = actual.iter().map(|a| a + 250.0 * random.normal()).collect();
    let residuals: Vec<f64> = actual.iter().zip(&predicted).map(|(a, p)| a - p).collect();
    let half = |from: &[f64], part: usize| -> Vec<f64> {
        from.iter().enumerate().filter(|(i, _)| usize::from(i % 5 == 0) == part).map(|(_, v)| *v).collect()
    };
    let hundred_thousand: Vec<f64> = (0..100_000).map(|_| random.normal()).collect();
    let more: Vec<f64> = hundred_thousand.iter().map(|x| x * x + random.normal()).collect();
    let wide: Vec<f64> = (0..50).map(f64::from).collect();
    let all_styles = (0..9).fold(Figure::new(), |figure, k| {
        let curve: Vec<f64> =
            wide.iter().map(|x| f64::from(k) + (x / 8.0 + f64::from(k)).sin() / 2.0).collect();
        match k % 2 {
            0 => figure.line(&format!("curve number {k}"), &wide, &curve),
            _ => figure.points(&format!("points number {k}"), &wide, &curve),
        }
    });
    vec![
        ("scatter", plot::scatter(&x1, &y).title("Label against the second feature").x_label("x₁").y_label("y")),
        ("bare", plot::scatter(&x1[..40], &y[..40])),
        (
            "loss",
            plot::line(&steps, &train)
                .name("training")
                .line("validation", &steps, &validation)
                .title("Loss during training")
                .x_label("epoch")
                .y_label("mean squared error")
                .y_log(),
        ),
        ("loss-linear", plot::line(&steps, &train).x_label("batch").y_label("moving average of loss")),
        (
            "fit",
            Figure::new()
                .points("training", &half(&actual, 0), &half(&predicted, 0))
                .points("validation", &half(&actual, 1), &half(&predicted, 1))
                .identity_line()
                .title("body_mass_g: predicted against actual")
                .x_label("actual body_mass_g")
                .y_label("predicted body_mass_g"),
        ),
        (
            "residuals",
            plot::scatter(&predicted, &residuals)
                .zero_line()
                .title("Residuals")
                .x_label("predicted body_mass_g")
                .y_label("actual − predicted"),
        ),
        (
            "estimated",
            Figure::new().points("real", &x1[..100], &y[..100]).points("estimated", &x1[..100], &y[100..200]).title("Estimated against real").x_label("x₁").y_label("y"),
        ),
        ("styles", all_styles.title("Every style").x_label("x").y_label("y")),
        ("hundred-thousand", plot::scatter(&hundred_thousand, &more).title("A hundred thousand points")),
        ("constant", plot::scatter(&[3.0, 3.0], &[7.0, 7.0]).title("Constant")),
        ("one-point", plot::line(&[0.0], &[0.0]).title("A line with one point").x_label("x").y_label("y")),
        ("huge", plot::scatter(&[-1e300, 0.0, 1e300], &[-f64::MAX, 0.0, f64::MAX]).title("Huge").x_label("x").y_label("y")),
        ("tiny", plot::scatter(&[1e-300, 2e-300, 4e-300], &[0.0, 5e-324, 3e-323]).title("Tiny").x_label("x").y_label("y")),
        ("offset", plot::scatter(&[1e9, 1e9 + 0.5, 1e9 + 1.0], &[-123_456_789.0, -123_456_788.0, -123_456_787.0]).title("Offset").x_label("seconds since 1970").y_label("y")),
        ("salary", plot::scatter(&[21.0, 35.0, 64.0], &[25_000.0, 71_000.0, 180_000.0]).x_label("age").y_label("income in dollars")),
        ("log-wide", plot::line(&[0.0, 1.0, 2.0, 3.0], &[1e-300, 1.0, -4.0, 1e300]).y_log().title("From 1e-300 to 1e300")),
        ("log-narrow", plot::line(&[0.0, 1.0, 2.0], &[0.51, 0.55, 0.62]).y_log().title("Less than a decade")),
        ("log-negative", plot::line(&[0.0, 1.0], &[-1.0, 0.0]).y_log().title("Nothing positive")),
        ("gaps", plot::line(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], &[1.0, 2.0, f64::NAN, 2.5, f64::INFINITY, 1.0]).title("Gaps").x_label("x")),
        ("empty", Figure::new().title("Empty").x_label("x").y_label("y")),
        ("escapes", plot::scatter(&[1.0, 2.0], &[1.0, 2.0]).name("<&>\" 'quoted'").title("a < b & \"c\" > d: größe, Ελληνικά, Цена, 価格").x_label("a very long label that goes on and on and on until there is no room left for it in the picture at all, and then some").y_label("another very long label that goes on and on until there is no room left for it")),
    ]
}
