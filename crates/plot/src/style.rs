//! Colours, markers and dashes: what tells one series from the next, in colour and in black and white.

use crate::scene::Pen;

/// A colour, `0xRRGGBB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Color(pub(crate) u32);

impl Color {
    pub(crate) const WHITE: Color = Color(0xffffff);
    /// Text and frame.
    pub(crate) const INK: Color = Color(0x222222);
    /// Remarks and arrows.
    pub(crate) const GREY: Color = Color(0x666666);
    /// The grid.
    pub(crate) const LIGHT: Color = Color(0xe4e4e4);
    pub(crate) const ORANGE: Color = Color(0xe69f00);
    pub(crate) const GREEN: Color = Color(0x009e73);
}

/// The colours of M. Okabe and K. Ito, *Color Universal Design* (2008), which people with any kind of colour
/// vision tell apart; without their yellow, too faint on white.
const COLORS: [Color; 7] = [
    Color(0x0072b2),
    Color(0xd55e00),
    Color(0x009e73),
    Color(0xcc79a7),
    Color(0xe69f00),
    Color(0x56b4e9),
    Color(0x000000),
];

const MARKERS: [Marker; 7] = [
    Marker::Circle,
    Marker::Triangle,
    Marker::Square,
    Marker::Cross,
    Marker::Diamond,
    Marker::Plus,
    Marker::Wedge,
];

const DASHES: [&[f64]; 7] = [
    &[],
    &[7.0, 4.0],
    &[2.0, 3.0],
    &[8.0, 3.0, 2.0, 3.0],
    &[14.0, 4.0],
    &[8.0, 3.0, 2.0, 3.0, 2.0, 3.0],
    &[4.0, 2.0],
];

/// The look of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    pub(crate) color: Color,
    pub(crate) marker: Marker,
    pub(crate) dash: &'static [f64],
}

impl Style {
    /// The look of the series at `index`. Each of the first 49 differs from all others.
    pub(crate) fn of(index: usize) -> Self {
        let form = (index + index / 7) % 7;
        Style { color: COLORS[index % 7], marker: MARKERS[form], dash: DASHES[form] }
    }

    /// The pen that the lines of the series are drawn with.
    pub(crate) fn pen(self) -> Pen {
        Pen { color: self.color, width: 1.8, dash: self.dash }
    }
}

/// The shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    Circle,
    Triangle,
    Square,
    Cross,
    Diamond,
    Plus,
    /// A triangle that points down.
    Wedge,
}

impl Marker {
    /// The corners around the origin (y downwards) for a marker as heavy as a circle of radius 1; none for the
    /// circle itself.
    pub(crate) fn corners(self) -> &'static [(f64, f64)] {
        match self {
            Marker::Circle => &[],
            Marker::Triangle => &[(0.0, -1.3), (1.2, 0.8), (-1.2, 0.8)],
            Marker::Wedge => &[(0.0, 1.3), (-1.2, -0.8), (1.2, -0.8)],
            Marker::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Marker::Diamond => &[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
            Marker::Plus => &[
                (-0.4, -1.4),
                (0.4, -1.4),
                (0.4, -0.4),
                (1.4, -0.4),
                (1.4, 0.4),
                (0.4, 0.4),
                (0.4, 1.4),
                (-0.4, 1.4),
                (-0.4, 0.4),
                (-1.4, 0.4),
                (-1.4, -0.4),
                (-0.4, -0.4),
            ],
            Marker::Cross => &[
                (0.0, -0.57),
                (0.77, -1.34),
                (1.34, -0.77),
                (0.57, 0.0),
                (1.34, 0.77),
                (0.77, 1.34),
                (0.0, 0.57),
                (-0.77, 1.34),
                (-1.34, 0.77),
                (-0.57, 0.0),
                (-1.34, -0.77),
                (-0.77, -1.34),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_differ_in_color_and_in_form() {
        let styles: Vec<Style> = (0..49).map(Style::of).collect();
        for (i, a) in styles.iter().enumerate() {
            assert!(styles[i + 1..].iter().all(|b| a != b), "style {i} comes twice");
        }
        for pair in styles[..7].windows(2) {
            assert!(pair[0].color != pair[1].color && pair[0].marker != pair[1].marker);
            assert_ne!(pair[0].dash, pair[1].dash);
        }
    }
}
