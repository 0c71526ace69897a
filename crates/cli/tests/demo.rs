//! `ndgrad demo`: the tutorial's numbers and pictures.

mod common;

use common::{Place, names};

/// The losses that the demo printed.
fn losses(out: &str) -> Vec<f64> {
    let lines = out.lines().filter_map(|line| line.split_once("Moving avg of loss: "));
    lines.map(|(_, loss)| loss.parse().unwrap()).collect()
}

/// The texts are those that the tutorial's cells print, made with MXNet.
#[test]
fn the_tutorial_digit_for_digit() {
    let place = Place::new();
    let run = place.ok("demo");
    let printed = "\n[-0.67765152  0.03629481]\n<NDArray 2 @cpu(0)>\n\n[ 2.74159384]\n<NDArray 1 @cpu(0)>\n";
    assert!(run.out.contains(printed), "{}", run.out);
    assert!(run.out.contains("\n[ 2.7212944]\n<NDArray 1 @cpu(0)>\n"), "{}", run.out);
    assert!(run.out.contains("<NDArray 4x2 @cpu(0)>") && run.out.contains("<NDArray 4 @cpu(0)>"));
    assert!(run.out.contains("pass: 2500\n") && run.out.contains("without reset: 0\n"), "{}", run.out);

    let losses = losses(&run.out);
    assert_eq!(losses.len(), 10);
    assert!((6.0..10.0).contains(&losses[0]) && losses[9] < 1.2e-4, "{losses:?}");
    assert!(
        run.out.contains("Epoch 0, batch 499. Moving") && run.out.contains("Epoch 1, batch 2499. Moving")
    );
    for (name, real) in [("w[0]", 2.0), ("w[1]", -3.4), ("b", 4.2)] {
        let line = run.out.lines().find(|line| line.starts_with(name)).unwrap();
        let numbers: Vec<f64> =
            line.split_whitespace().skip(1).map(|number| number.parse().unwrap()).collect();
        assert_eq!((numbers.len(), numbers[0]), (3, real));
        assert!((numbers[1] - real).abs() < 1e-3 && (numbers[2] - real).abs() < 1e-3, "{line}");
    }
    assert_eq!(run.err, "");
    let pictures = ["data", "estimated", "loss", "network"];
    let files: Vec<String> =
        pictures.iter().flat_map(|name| ["png", "svg"].map(|e| format!("{name}.{e}"))).collect();
    assert_eq!(names(&place.path("ndgrad-demo")), files);
    for file in files {
        assert!(run.out.contains(&format!("  ndgrad-demo/{file}\n")), "{file}");
    }
    assert!(place.read("ndgrad-demo/loss.png").starts_with(b"\x89PNG"));
    assert!(place.read("ndgrad-demo/network.svg").starts_with(b"<svg"));
}

#[test]
fn flags_change_the_data_and_the_place() {
    let place = Place::new();
    let words = "demo --seed 7 --generator philox --epochs 3 --batch-size 10 --learning-rate 0.05 --noise 0.5 --examples 200";
    let run = place.ok(&format!("{words} --out a/b"));
    assert!(run.out.contains("200 examples") && run.out.contains("pass: 20\n"), "{}", run.out);
    assert_eq!(losses(&run.out).len(), 3, "short epochs have one line each: {}", run.out);
    assert_eq!(names(&place.path("a/b")).len(), 8);
    let again = place.ok(&format!("{words} --out c"));
    assert_eq!(run.out.replace("a/b/", "c/"), again.out, "the same seed, the same numbers");
    assert_eq!(place.read("a/b/loss.png"), place.read("c/loss.png"));
    assert_ne!(run.out, place.ok(&format!("{} --out a/b", words.replace("--seed 7", "--seed 8"))).out);
}

#[test]
fn a_loss_that_explodes_stops_and_says_what_to_try() {
    let place = Place::new();
    let run = place.run("demo --learning-rate 10");
    assert_eq!(run.code, Some(1));
    assert!(run.err.starts_with("error: the loss is no longer a number: in epoch 0, batch "), "{}", run.err);
    assert!(run.err.contains("--learning-rate 10 are too large"), "{}", run.err);
    assert_eq!(place.names(), [""; 0]);
}
