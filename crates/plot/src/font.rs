//! The font that ships with the pictures: how wide a text is, and the outlines of its letters.

use std::sync::LazyLock;

use ttf_parser::{Face, GlyphId};

/// A subset of DejaVu Sans; `font/README.md` says how it was made.
static FACE: LazyLock<Face<'static>> = LazyLock::new(|| {
    Face::parse(include_bytes!("../font/DejaVuSans-subset.ttf"), 0).expect("the embedded font is whole")
});

/// Fonts to draw SVG text with, the ones of the same width first.
pub(crate) const FAMILY: &str = "DejaVu Sans, Verdana, Geneva, sans-serif";

/// How far below the middle of a digit its baseline lies, in ems (half of DejaVu's digit height, 0.729).
pub(crate) const HALF_DIGIT: f64 = 0.36;

/// The width of `text` at `size` units to the em. A letter that the font lacks is as wide as its empty box.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|letter| advance(glyph(letter), size)).sum()
}

/// `text` as it is where it fits into `room`, otherwise its beginning and an ellipsis.
pub(crate) fn fitted(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_string();
    }
    let mut used = width("…", size);
    let fits = |letter: &char| {
        used += advance(glyph(*letter), size);
        used <= room
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

fn glyph(letter: char) -> GlyphId {
    FACE.glyph_index(letter).unwrap_or(GlyphId(0))
}

fn advance(glyph: GlyphId, size: f64) -> f64 {
    f64::from(FACE.glyph_hor_advance(glyph).unwrap_or(0)) * size / f64::from(FACE.units_per_em())
}

/// The letters of `text`, each with its distance from the start, in font units.
#[cfg(feature = "png")]
pub(crate) fn letters(text: &str) -> impl Iterator<Item = (f64, GlyphId)> {
    text.chars().map(glyph).scan(0.0, |next, glyph| {
        let start = *next;
        *next += advance(glyph, units_per_em());
        Some((start, glyph))
    })
}

/// Draws the outline of a letter, in font units, y upwards. A space has none.
#[cfg(feature = "png")]
pub(crate) fn outline(glyph: GlyphId, pen: &mut dyn ttf_parser::OutlineBuilder) {
    let _ = FACE.outline_glyph(glyph, pen);
}

/// Font units to the em.
#[cfg(feature = "png")]
pub(crate) fn units_per_em() -> f64 {
    f64::from(FACE.units_per_em())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_the_fonts() {
        // fonttools: TTFont("DejaVuSans.ttf")["hmtx"]: zero 1303, l 569, one em is 2048.
        assert_eq!(width("00", 2048.0), 2606.0);
        assert_eq!(width("l0", 1024.0), 936.0);
    }

    #[test]
    fn a_long_text_ends_in_an_ellipsis() {
        assert_eq!(fitted("short", 12.0, 100.0), "short");
        let cut = fitted("a name that goes on and on", 12.0, 100.0);
        assert!(cut.starts_with("a name") && cut.ends_with('…') && width(&cut, 12.0) <= 100.0);
    }

    #[test]
    fn every_letter_that_pictures_use_is_there() {
        for letter in "−×…⋮⁻⁰¹²³⁴⁵⁶⁷⁸⁹₀₁αβσ²±≤".chars() {
            assert!(FACE.glyph_index(letter).is_some(), "{letter}");
        }
    }
}
