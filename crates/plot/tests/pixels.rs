//! PNG pictures: size, ink, repeatability.
#![cfg(feature = "png")]

use ndgrad_plot as plot;
use tiny_skia::Pixmap;

fn figure() -> plot::Figure {
    let x: Vec<f64> = (0..50).map(f64::from).collect();
    plot::line(&x, &x).name("a line").points("points", &x, &x).title("Title").x_label("x").y_label("y")
}

fn has(pixmap: &Pixmap, (red, green, blue): (u8, u8, u8)) -> bool {
    pixmap.pixels().iter().any(|pixel| (pixel.red(), pixel.green(), pixel.blue()) == (red, green, blue))
}

#[test]
fn a_picture_has_its_size_and_its_colors() {
    let pixmap = Pixmap::decode_png(&figure().to_png(1.5)).unwrap();
    assert_eq!((pixmap.width(), pixmap.height()), (1080, 720));
    for color in [(0x00, 0x72, 0xb2), (0x22, 0x22, 0x22), (0xff, 0xff, 0xff)] {
        assert!(has(&pixmap, color), "{color:?}");
    }
}

#[test]
fn text_is_drawn() {
    let bare = plot::scatter(&[1.0], &[1.0]);
    // Dark pixels where a title stands, to the right of the upright axis.
    let ink = |figure: &plot::Figure| {
        let pixmap = Pixmap::decode_png(&figure.to_png(1.0)).unwrap();
        let places = (0..30).flat_map(|y| (60..720).map(move |x| (x, y)));
        places.filter(|&(x, y)| pixmap.pixel(x, y).unwrap().red() < 128).count()
    };
    assert_eq!(ink(&bare), 0);
    assert!(ink(&bare.title("A title that is long enough to be seen")) > 300);
}

#[test]
fn the_same_figure_gives_the_same_bytes() {
    assert_eq!(figure().to_png(2.0), figure().to_png(2.0));
}

#[test]
fn a_network_is_orange_and_green() {
    let pixmap = Pixmap::decode_png(&plot::network(&["a", "b"], "y").to_png(1.0)).unwrap();
    assert!(has(&pixmap, (0xe6, 0x9f, 0x00)) && has(&pixmap, (0x00, 0x9e, 0x73)));
}

#[test]
fn saving_chooses_the_format_by_the_ending() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.png");
    figure().save(&path).unwrap();
    let pixmap = Pixmap::decode_png(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!((pixmap.width(), pixmap.height()), (1440, 960));
}

#[test]
#[should_panic(expected = "to_png: the picture would be empty or too large")]
fn a_scale_without_pixels_is_refused() {
    figure().to_png(0.0);
}

#[test]
#[should_panic(expected = "1 to 16384 pixels")]
fn a_gigantic_scale_is_refused() {
    figure().to_png(f64::INFINITY);
}
