//! `Scene` to SVG: plain elements, no ids (so that several pictures fit into one page), two decimals.

use std::fmt::{self, Write};

use crate::font::FAMILY;
use crate::palette::Palette;
use crate::scene::{Anchor, Item, Pen, Point, Scene, Text};
use crate::style::{Color, Marker};

/// The picture as an SVG document.
pub(crate) fn write(scene: &Scene, palette: Palette) -> String {
    let mut out = String::new();
    document(&mut out, scene, palette).expect("writing to a String cannot fail");
    out
}

fn document(out: &mut String, scene: &Scene, palette: Palette) -> fmt::Result {
    let color = |color| palette.css(color);
    let (width, height) = (number(scene.width), number(scene.height));
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FAMILY}\" role=\"img\">"
    )?;
    writeln!(out, "<title>{}</title>", escaped(&scene.description))?;
    writeln!(out, "<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>", color(Color::WHITE))?;
    for item in &scene.items {
        match item {
            Item::Lines { lines, pen } => {
                let d: String = lines.iter().map(|line| path(line)).collect();
                writeln!(out, "<path fill=\"none\" {} d=\"{d}\"/>", stroke(pen, palette))?;
            }
            Item::Area { corners, fill, opacity } => {
                let opacity = match opacity {
                    1.0 => String::new(),
                    opacity => format!(" fill-opacity=\"{}\"", number(*opacity)),
                };
                writeln!(out, "<path fill=\"{}\"{opacity} d=\"{}z\"/>", color(*fill), path(corners))?;
            }
            Item::Disc { center, radius, fill, pen } => {
                let (x, y, r) = (number(center.0), number(center.1), number(*radius));
                let fill = color(*fill);
                writeln!(
                    out,
                    "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"{fill}\" {}/>",
                    stroke(pen, palette)
                )?;
            }
            Item::Marks { points, marker, radius, color: fill, opacity } => {
                writeln!(out, "<g fill=\"{}\" fill-opacity=\"{}\">", color(*fill), number(*opacity))?;
                points.iter().try_for_each(|&point| mark(out, *marker, *radius, point))?;
                writeln!(out, "</g>")?;
            }
            Item::Text(item) => text(out, item, palette)?,
        }
    }
    writeln!(out, "</svg>")
}

fn mark(out: &mut String, marker: Marker, radius: f64, (x, y): Point) -> fmt::Result {
    if marker == Marker::Circle {
        return writeln!(out, "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>", number(x), number(y), number(radius));
    }
    let corners: Vec<Point> =
        marker.corners().iter().map(|(dx, dy)| (x + radius * dx, y + radius * dy)).collect();
    writeln!(out, "<path d=\"{}z\"/>", path(&corners))
}

fn text(out: &mut String, text: &Text, palette: Palette) -> fmt::Result {
    let (x, y) = (number(text.at.0), number(text.at.1));
    let anchor = match text.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let turn = if text.upward { format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
    writeln!(
        out,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" fill=\"{}\"{anchor}{turn}>{}</text>",
        number(text.size),
        palette.css(text.color),
        escaped(&text.text)
    )
}

fn stroke(pen: &Pen, palette: Palette) -> String {
    let dash: Vec<String> = pen.dash.iter().map(|&length| number(length)).collect();
    let dash =
        if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{}\"", dash.join(" ")) };
    format!(
        "stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"{dash}",
        palette.css(pen.color),
        number(pen.width)
    )
}

fn path(points: &[Point]) -> String {
    let mut d = String::new();
    for (index, &(x, y)) in points.iter().enumerate() {
        // After the first point the line command is implied.
        d.push_str(if index == 0 { "M" } else { " " });
        d.push_str(&number(x));
        d.push(' ');
        d.push_str(&number(y));
    }
    d
}

/// Two decimals at most.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_string() } else { text.to_string() }
}

/// Text as XML character data. Control characters, which XML does not have, become a replacement character.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_decimals_at_most() {
        let texts = [12.345_001, -0.001, -3.0, 7.5, 100.0].map(number);
        assert_eq!(texts, ["12.35", "0", "-3", "7.5", "100"]);
    }

    #[test]
    fn markup_and_control_characters_are_escaped() {
        assert_eq!(escaped("a<b & \"c\">\u{1}\n"), "a&lt;b &amp; &quot;c&quot;&gt;\u{fffd} ");
    }
}
