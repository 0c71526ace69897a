//! `Palette`: how colours are written into an SVG, fixed or as the page's own.

use std::fmt::Write;

use crate::style::Color;

/// Who decides the colours of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Palette {
    /// The picture: it is the same everywhere.
    Fixed,
    /// The page that it stands in, by the variables of [`stylesheet`].
    Page,
}

/// What stands for each colour on a dark ground. The series keep their order of hues, lighter; Okabe and Ito's
/// orange and sky blue are light enough as they are.
const DARK: [(Color, Color); 11] = [
    (Color::WHITE, Color(0x16191d)),
    (Color::INK, Color(0xdde1e6)),
    (Color::GREY, Color(0x9aa3ad)),
    (Color::LIGHT, Color(0x2f353c)),
    (Color(0x0072b2), Color(0x5aa9e6)),
    (Color(0xd55e00), Color(0xf0803c)),
    (Color::GREEN, Color(0x2fc79b)),
    (Color(0xcc79a7), Color(0xe39cc4)),
    (Color::ORANGE, Color(0xe69f00)),
    (Color(0x56b4e9), Color(0x8ad0f7)),
    (Color(0x000000), Color(0xf5f5f5)),
];

impl Palette {
    /// The colour as an attribute's value.
    pub(crate) fn css(self, color: Color) -> String {
        match self {
            Palette::Fixed => hexadecimal(color),
            Palette::Page => format!("var({},{})", variable(color), hexadecimal(color)),
        }
    }
}

/// The variable is named after the colour on a white ground.
fn variable(color: Color) -> String {
    format!("--plot-{:06x}", color.0)
}

fn hexadecimal(color: Color) -> String {
    format!("#{:06x}", color.0)
}

/// The CSS rules that turn pictures made by [`Figure::to_html`](crate::Figure::to_html) dark where the reader's
/// system asks for dark pages. They set the variables `--plot-RRGGBB`, each named after the colour that it stands
/// for on a white ground; a page may set its own instead.
///
/// ```
/// use ndgrad_plot as plot;
/// let picture = plot::scatter(&[1.0, 2.0], &[3.0, 5.0]).to_html();
/// let page = format!("<style>{}</style>{picture}", plot::stylesheet());
/// assert!(picture.contains("var(--plot-ffffff,#ffffff)") && page.contains("--plot-ffffff:#16191d"));
/// ```
pub fn stylesheet() -> String {
    let mut rules = String::new();
    for (light, dark) in DARK {
        write!(rules, "{}:{};", variable(light), hexadecimal(dark)).expect("writing to a String cannot fail");
    }
    format!("@media screen and (prefers-color-scheme:dark){{:root{{{rules}}}}}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::Style;

    /// The luminance of W3C, *Web Content Accessibility Guidelines* 2.1.
    fn luminance(color: Color) -> f64 {
        let part = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
        };
        let [_, red, green, blue] = color.0.to_be_bytes();
        0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
    }

    #[test]
    fn every_color_has_a_dark_one_that_stands_out() {
        let dark = |light: Color| DARK.iter().find(|pair| pair.0 == light).expect("a dark colour").1;
        let ground = luminance(dark(Color::WHITE));
        let series = (0..7).map(|index| Style::of(index).color);
        for color in series.chain([Color::INK, Color::GREY]) {
            let contrast = (luminance(dark(color)) + 0.05) / (ground + 0.05);
            assert!(contrast >= 4.5, "{color:?}: {contrast}");
        }
        assert!(stylesheet().contains("--plot-222222:#dde1e6;"));
    }
}
