//! The loop: how it starts, grows its batches, and stops.

use super::*;
use ndgrad_tensor::random::Generator;

/// Standardized rows with `y = x w + noise`.
fn examples(rows: usize, noise: f64, seed: u64) -> Examples {
    let mut generator = Generator::philox(seed);
    let x: Vec<f64> = generator.normal([rows, 2]).to_vec::<f32>().into_iter().map(f64::from).collect();
    let e = generator.normal([rows]).to_vec::<f32>();
    let y: Vec<f64> =
        (0..rows).map(|i| 0.5 * x[2 * i] - 0.25 * x[2 * i + 1] + noise * f64::from(e[i])).collect();
    (Tensor::from_slice([rows, 2], &x), Tensor::from_slice([rows, 1], &y))
}

struct Run {
    stop: Result<Stop>,
    history: Vec<Epoch>,
    /// The bias last.
    weights: Vec<f64>,
}

fn run(
    train: &Examples,
    validation: Option<&Examples>,
    change: impl FnOnce(&mut Trainer<'_>),
    mut progress: impl FnMut(&Epoch) -> ControlFlow<()>,
) -> Run {
    let mut trainer = Trainer {
        learning_rate: None,
        epochs: 1000,
        patience: 10,
        seed: 1,
        progress: &mut progress,
        history: Vec::new(),
    };
    change(&mut trainer);
    let ran = trainer.run(Point::start(Stage::Trial, 8, vec![0.0, 0.0], 0.0), train, validation);
    let weights = ran.as_ref().map_or_else(|_| Vec::new(), |ran| ran.weights.clone());
    Run { stop: ran.map(|ran| ran.stop), history: trainer.history, weights }
}

fn go_on(_: &Epoch) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn batches_grow_to_all_rows_and_the_gradient_vanishes() {
    let Run { stop, history, weights, .. } = run(&examples(300, 0.3, 1), None, |_| {}, go_on);
    assert_eq!(stop.unwrap(), Stop::Converged);
    let sizes: Vec<usize> = history.iter().map(|epoch| epoch.batch_size).collect();
    assert!(sizes.is_sorted());
    let mut distinct = sizes;
    distinct.dedup();
    assert_eq!(distinct, [8, 32, 128, 300]);
    assert!((weights[0] - 0.5).abs() < 0.06 && (weights[1] + 0.25).abs() < 0.06, "{weights:?}");
    let numbers: Vec<usize> = history.iter().map(|epoch| epoch.number).collect();
    assert_eq!(numbers, Vec::from_iter(1..=history.len()));
    let losses: Vec<f64> =
        history.iter().filter(|epoch| epoch.batch_size == 300).map(|epoch| epoch.train_loss).collect();
    assert!(losses.is_sorted_by(|a, b| a >= b), "a step along the best rate never goes up: {losses:?}");
}

#[test]
fn what_did_best_on_the_validation_rows_is_kept() {
    // What the 20 rows teach beyond the true weights is wrong elsewhere.
    let (train, validation) = (examples(20, 3.0, 2), examples(2000, 0.0, 3));
    let run = run(&train, Some(&validation), |trainer| trainer.patience = 1, go_on);
    assert_eq!(run.stop.unwrap(), Stop::ValidationStoppedImproving);
    let losses: Vec<f64> = run.history.iter().map(|epoch| epoch.validation_loss.unwrap()).collect();
    let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(*losses.last().unwrap() > 1.1 * least, "{losses:?}");
    let net = Net::new(&run.weights);
    assert_eq!(square_loss(&net.forward(&validation.0), &validation.1).item(), least);
    let all_rows = run.history.iter().filter(|epoch| epoch.batch_size == 20).count();
    assert_eq!(all_rows, 1, "patience begins where the noise of batches ends");
}

#[test]
fn epochs_and_interruptions_end_it_early() {
    let train = examples(300, 0.3, 1);
    let Run { stop, history, .. } = run(&train, None, |trainer| trainer.epochs = 3, go_on);
    assert_eq!((stop.unwrap(), history.len()), (Stop::Epochs, 3));
    let Run { stop, history, .. } = run(
        &train,
        None,
        |_| {},
        |epoch| match epoch.number {
            4 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        },
    );
    assert_eq!((stop.unwrap(), history.len()), (Stop::Interrupted, 4));
}

#[test]
fn what_goes_on_from_a_point_gives_the_same_bits() {
    let (train, validation) = (examples(300, 0.3, 1), examples(100, 0.3, 2));
    let mut progress = go_on;
    let mut run = |epochs: usize, history: Vec<Epoch>, point: Point| {
        let progress = &mut progress;
        let mut trainer = Trainer { learning_rate: None, epochs, patience: 1000, seed: 1, progress, history };
        let ran = trainer.run(point, &train, Some(&validation)).unwrap();
        (trainer.history, ran)
    };
    let start = || Point::start(Stage::Trial, 8, vec![0.0, 0.0], 0.0);
    let (whole, end) = run(1000, Vec::new(), start());
    assert_eq!(end.stop, Stop::Converged);
    // Within each size of batches, and where they have grown to all rows.
    for epochs in 1..whole.len() {
        let (history, part) = run(epochs, Vec::new(), start());
        assert_eq!((part.stop, history.len()), (Stop::Epochs, epochs));
        let (history, resumed) = run(1000, history, part.point);
        assert_eq!(history, whole, "after {epochs} epochs");
        assert_eq!((resumed.weights, resumed.point), (end.weights.clone(), end.point.clone()));
    }
}

#[test]
fn a_rate_beyond_the_curvature_diverges_with_advice() {
    let train = examples(300, 0.3, 1);
    let Run { stop, .. } = run(&train, None, |trainer| trainer.learning_rate = Some(5.0), go_on);
    let message = stop.unwrap_err().to_string();
    let (first, second) = message.split_once("\n    ").unwrap();
    assert!(first.starts_with("training diverged: after epoch 1 the loss is "), "{first}");
    assert!(first.ends_with(", and predicting the mean has a loss of 1"), "{first}");
    assert_eq!(
        second,
        "the learning rate 5 is too large for this data: try 0.07, or leave the choice to the program"
    );
    // So large that the first epoch ends at what is not a number.
    let Run { stop, .. } = run(&train, None, |trainer| trainer.learning_rate = Some(1e300), go_on);
    assert!(stop.unwrap_err().to_string().starts_with("training diverged: after epoch 1 the loss is NaN"));
}

#[test]
fn weights_that_are_right_already_stay() {
    let (x, _) = examples(50, 0.0, 1);
    let y = Tensor::from_slice([50, 1], &[0.0; 50]);
    let Run { stop, history, weights, .. } = run(&(x, y), None, |_| {}, go_on);
    assert_eq!((stop.unwrap(), history.len(), weights), (Stop::Converged, 1, vec![0.0, 0.0, 0.0]));
}
