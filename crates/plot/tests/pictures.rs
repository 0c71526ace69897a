//! What is in the pictures: marks, names, ticks, and no surprise on odd data.

use ndgrad_plot::{self as plot, Figure};
use proptest::prelude::*;

fn count(svg: &str, text: &str) -> usize {
    svg.matches(text).count()
}

/// The texts of the picture, in drawing order.
fn texts(svg: &str) -> Vec<&str> {
    let elements = svg.lines().filter(|line| line.starts_with("<text"));
    elements.map(|line| line.split_once('>').unwrap().1.strip_suffix("</text>").unwrap()).collect()
}

/// Every coordinate written as `attribute="…"`.
fn attributes(svg: &str, attribute: &str) -> Vec<f64> {
    let opening = format!(" {attribute}=\"");
    let starts = svg.split(&opening).skip(1);
    starts.map(|rest| rest.split_once('"').unwrap().0.parse().unwrap()).collect()
}

#[test]
fn every_point_is_one_mark() {
    let x: Vec<f64> = (0..10_000).map(|i| f64::from(i % 101)).collect();
    let y: Vec<f64> = (0..10_000).map(|i| f64::from(i % 97)).collect();
    let svg = plot::scatter(&x, &y).to_svg();
    assert_eq!(count(&svg, "<circle"), 10_000);
    assert!(svg.len() < 600_000, "{} bytes", svg.len());
    let svg = Figure::new().points("a", &[1.0], &[2.0]).points("b", &x[..50], &y[..50]).to_svg();
    // One mark more per series, in the legend.
    assert_eq!((count(&svg, "<circle"), count(&svg, "z\"/>")), (2, 51));
}

#[test]
fn ticks_are_round_and_labelled() {
    let svg = plot::scatter(&[-3.5, 3.5], &[0.011, 0.052]).to_svg();
    let expected = ["−3", "−2", "−1", "0", "1", "2", "3", "0.01", "0.02", "0.03", "0.04", "0.05"];
    assert_eq!(texts(&svg), expected);
}

#[test]
fn names_stand_in_the_legend_in_order() {
    let (x, y) = ([0.0, 1.0], [1.0, 2.0]);
    let svg = plot::line(&x, &y).name("train").points("validation", &x, &y).points("", &x, &y).to_svg();
    let names: Vec<&str> = texts(&svg).into_iter().filter(|text| text.contains('a')).collect();
    assert_eq!(names, ["train", "validation"]);
    assert!(!texts(&plot::scatter(&x, &y).to_svg()).contains(&"y = x"));
    assert!(texts(&plot::scatter(&x, &y).identity_line().to_svg()).contains(&"y = x"));
}

#[test]
fn a_crowded_legend_grows_the_picture_and_covers_nothing() {
    let (x, y) = ([0.0, 1.0], [1.0, 2.0]);
    let layers = (0..60).fold(Figure::new(), |figure, i| figure.line(&format!("series {i}"), &x, &y));
    let svg = layers.to_svg();
    assert_eq!(texts(&svg).iter().filter(|text| text.starts_with("series")).count(), 60);
    let height = attributes(&svg, "height")[0];
    assert!(height > 600.0 && attributes(&svg, "y").iter().all(|&y| y < height));
}

#[test]
fn markup_in_texts_is_text() {
    let svg = plot::scatter(&[1.0], &[1.0])
        .name("<n>")
        .title("a < b & \"c\"")
        .x_label("<x>")
        .y_label("y&y")
        .to_svg();
    for escaped in ["&lt;n&gt;", "a &lt; b &amp; &quot;c&quot;", "&lt;x&gt;", "y&amp;y"] {
        assert!(texts(&svg).contains(&escaped), "{escaped}");
    }
}

#[test]
fn identity_gives_both_axes_the_same_ticks() {
    let svg = plot::scatter(&[0.0, 4.0], &[10.0, 20.0]).identity_line().to_svg();
    let ticks: Vec<&str> = texts(&svg).into_iter().filter(|text| text.parse::<f64>().is_ok()).collect();
    assert_eq!(ticks, ["0", "5", "10", "15", "20", "0", "5", "10", "15", "20"]);
}

#[test]
fn a_reference_line_is_within_the_picture() {
    let svg = plot::scatter(&[0.0, 1.0], &[5.0, 6.0]).zero_line().to_svg();
    assert!(texts(&svg).contains(&"0"));
    assert_eq!(count(&svg, "stroke-dasharray"), 1);
    // Zero has no place on a logarithmic axis.
    assert_eq!(count(&plot::scatter(&[0.0, 1.0], &[5.0, 6.0]).zero_line().y_log().to_svg(), "dasharray"), 0);
}

#[test]
fn what_cannot_be_shown_is_counted() {
    let (x, y) = ([0.0, 1.0, 2.0, f64::NAN], [1.0, f64::INFINITY, -2.0, 4.0]);
    let svg = plot::scatter(&x, &y).to_svg();
    assert_eq!(count(&svg, "<circle"), 2);
    assert!(texts(&svg).contains(&"2 left out: not finite"));
    let svg = plot::scatter(&x, &y).y_log().to_svg();
    assert_eq!(count(&svg, "<circle"), 1);
    assert!(texts(&svg).contains(&"3 left out: not finite or not positive"));
}

#[test]
fn without_points_the_picture_says_so() {
    for figure in [Figure::new(), plot::scatter(&[0.0; 0], &[0.0; 0]), plot::line(&[f64::NAN], &[1.0])] {
        assert!(texts(&figure.to_svg()).contains(&"no finite points"));
    }
    assert!(texts(&plot::line(&[1.0], &[-1.0]).y_log().to_svg()).contains(&"no finite, positive points"));
}

#[test]
fn the_same_figure_gives_the_same_text() {
    let figure = plot::line(&[1.0, 2.0, 3.0], &[1.0, 0.1, 0.01]).y_log().title("t");
    assert_eq!(figure.to_svg(), figure.clone().to_svg());
}

#[test]
#[should_panic(
    expected = "scatter: x and y differ in length\n    x  [3]\n    y  [2]   its length (2) must equal x's length (3)"
)]
fn lengths_must_agree() {
    let _ = plot::scatter(&[1.0, 2.0, 3.0], &[1.0, 2.0]);
}

#[test]
fn a_panic_names_the_callers_file() {
    let hook = std::panic::take_hook();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::panic::set_hook(Box::new(move |info| {
        let _ = sender.send(info.location().map(|place| place.file().to_string()));
    }));
    let result = std::panic::catch_unwind(|| Figure::new().points("p", &[1.0], &[1.0, 2.0]));
    std::panic::set_hook(hook);
    assert!(result.is_err());
    let files: Vec<Option<String>> = receiver.try_iter().collect();
    assert!(files.iter().flatten().any(|file| file.ends_with("pictures.rs")), "{files:?}");
}

#[test]
fn a_network_has_a_node_and_an_arrow_for_every_input() {
    let svg = plot::network(&["a", "b", "c"], "y").weights(&[1.0_f32, -0.5, 1234.5678]).to_svg();
    assert_eq!((count(&svg, "#e69f00"), count(&svg, "#009e73")), (3, 1));
    assert_eq!(count(&svg, "z\"/>"), 3 + 3, "an arrow head and a ground for the weight each");
    for text in ["a", "b", "c", "y", "1", "−0.5", "1235"] {
        assert!(texts(&svg).contains(&text), "{text}");
    }
}

#[test]
fn of_many_inputs_the_first_and_the_last_are_drawn() {
    let names: Vec<String> = (0..300).map(|i| format!("x{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let svg = plot::network(&names, "y").to_svg();
    assert_eq!(texts(&svg), ["x0", "x1", "x2", "x3", "x4", "294 more", "x299", "y"]);
    assert_eq!(texts(&plot::network(&names[..7], "y").to_svg()).len(), 8);
    assert_eq!(texts(&plot::network(&[], "y").to_svg()), ["y"]);
}

#[test]
#[should_panic(expected = "every input needs one weight")]
fn a_network_needs_as_many_weights_as_inputs() {
    let _ = plot::network(&["a"], "y").weights(&[1.0, 2.0]);
}

/// Numbers of every size, and those that are none.
fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![8 => any::<f64>(), 2 => -1e3..1e3_f64, 1 => Just(0.0), 1 => Just(f64::MAX), 1 => Just(5e-324), 1 => Just(1.0)]
}

proptest! {
    #[test]
    fn any_data_gives_a_picture_within_its_edges(
        points in prop::collection::vec((any_value(), any_value()), 0..8),
        log in any::<bool>(), identity in any::<bool>(), lines in any::<bool>(), level in any_value(),
    ) {
        let (x, y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        let figure = if lines { plot::line(&x, &y) } else { plot::scatter(&x, &y) };
        let figure = figure.horizontal_line(level);
        let figure = if log { figure.y_log() } else { figure };
        let figure = if identity { figure.identity_line() } else { figure };
        let svg = figure.to_svg();
        prop_assert!(!svg.contains("NaN") && !svg.contains("inf\"") && !svg.contains("inf "));
        let (width, height) = (attributes(&svg, "width")[0], attributes(&svg, "height")[0]);
        for (names, edge) in [(["x", "cx"], width), (["y", "cy"], height)] {
            for place in names.iter().flat_map(|name| attributes(&svg, name)) {
                prop_assert!((0.0..=edge).contains(&place), "{place} of {edge}\n{svg}");
            }
        }
    }
}
