//! Readers that leave early, and Ctrl-C.

#![cfg(unix)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use common::{Place, Run, names, rows};

fn spawn(place: &Place, words: &str) -> Child {
    place.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Presses Ctrl-C after so many seconds.
fn interrupted(place: &Place, words: &str, seconds: u64) -> Run {
    let child = spawn(place, words);
    sleep(Duration::from_secs(seconds));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success(), "ndgrad {words} ended before it was interrupted");
    Run::from(child.wait_with_output().unwrap())
}

/// Reads one line, as `head -1` does, and closes the pipe.
fn read_one_line(place: &Place, words: &str) -> (String, Run) {
    let mut child = spawn(place, words);
    let mut line = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (line, Run::from(child.wait_with_output().unwrap()))
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let place = Place::new();
    place.file("a.csv", rows(20_000)).ok("fit a.csv --target y");
    for (words, first) in [
        ("demo --epochs 40", "10,000 examples"),
        ("predict ndgrad-fit/model.safetensors a.csv", "a,b,kind,y,predicted"),
        ("fit", "body_mass_g = "),
    ] {
        let (line, run) = read_one_line(&place, words);
        assert!(line.starts_with(first), "{line}");
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{words}");
    }
    assert!(!place.path("ndgrad-demo").exists(), "the demo did not come to its pictures");
    assert_eq!(names(&place.path("ndgrad-fit")).len(), 3, "whole files or none");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let place = Place::new();
    for words in ["demo", "fit", "fit --json", "plot a.csv --x a --y y"] {
        place.file("a.csv", rows(10));
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = place.command(words).stdout(full).output().unwrap();
        let run = Run::from(output);
        assert_eq!(run.code, Some(1), "{words}");
        // Warnings may have come before.
        let last = run.err.lines().last().unwrap_or_default();
        assert!(last.starts_with("error: standard output: cannot write: "), "{words}: {}", run.err);
    }
}

#[test]
fn an_interrupted_fit_keeps_the_model_so_far() {
    let place = Place::new();
    // Steps so small that training takes minutes: an epoch takes 8 % off the loss.
    place.file("a.csv", rows(20_000));
    let words = "fit a.csv --target y --solver sgd --batch-size 1 --learning-rate 1e-6 --epochs 10000000 --validation 0 --out out";
    // A slow machine may take longer to begin; before the end of the first epoch there is nothing to keep.
    let runs = [2, 6, 20].into_iter().map(|seconds| interrupted(&place, words, seconds));
    let run = runs.into_iter().find(|_| place.path("out").exists()).expect("a model was saved");
    assert_eq!(run.code, Some(130), "{}", run.err);
    assert!(
        run.out.starts_with("Interrupted: this is the model as far as training had come."),
        "{}",
        run.out
    );
    assert_eq!(names(&place.path("out")).len(), 4, "all files are there, and no other");
    let report = String::from_utf8(place.read("out/report.json")).unwrap();
    assert!(report.contains("\"stop\": \"interrupted\""), "{report}");
    assert_eq!(place.ok("predict out/model.safetensors a.csv").out.lines().count(), 20_001);
    // It goes on, and comes to the same bits as a run that was never stopped.
    let state: serde_json::Value = serde_json::from_slice(&place.read("out/descent.json")).unwrap();
    let epochs = state["history"].as_array().unwrap().len() + 1;
    let words = words
        .replace("--epochs 10000000 --validation 0 --out out", &format!("--epochs {epochs} --validation 0"));
    place.ok(&format!("{words} --resume out/descent.json --out resumed"));
    place.ok(&format!("{words} --out whole"));
    assert_eq!(place.read("resumed/model.safetensors"), place.read("whole/model.safetensors"));
}

#[test]
fn an_interrupted_demo_leaves_nothing() {
    let place = Place::new();
    let run = interrupted(&place, "demo --epochs 1000000 --out out", 1);
    assert_eq!(run.code, Some(130), "{}", run.err);
    assert_eq!(place.names(), [""; 0]);
}
