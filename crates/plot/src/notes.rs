//! Short texts beside points, where they cover nothing.

use crate::clip::Frame;
use crate::font;
use crate::scene::{Anchor, Item, Point, Scene, Text};
use crate::style::Color;

const FONT: f64 = 10.5;

/// From a point to the text beside it.
const BESIDE: f64 = 6.0;

/// Draws each text to the right of its point, to the left, above or below: the first of these places that lies
/// within the frame and covers no earlier text. A text that has none is left out.
pub(crate) fn draw(scene: &mut Scene, frame: Frame, notes: impl IntoIterator<Item = (Point, String)>) {
    let mut taken: Vec<Frame> = Vec::new();
    for ((x, y), text) in notes {
        let width = font::width(&text, FONT);
        let corners = [
            (x + BESIDE, y - FONT / 2.0),
            (x - BESIDE - width, y - FONT / 2.0),
            (x - width / 2.0, y - BESIDE - FONT),
            (x - width / 2.0, y + BESIDE),
        ];
        let boxes = corners.map(|(left, top)| Frame { left, right: left + width, top, bottom: top + FONT });
        let free = |place: &&Frame| inside(place, &frame) && !taken.iter().any(|other| overlap(place, other));
        let Some(place) = boxes.iter().find(free).copied() else { continue };
        taken.push(place);
        let Frame { left, right, top, bottom } = place;
        // Points below the text show through, but do not hide it.
        let corners = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
        scene.items.push(Item::Area { corners, fill: Color::WHITE, opacity: 0.7 });
        scene.text(Text::new(text, (left, bottom - 1.5), FONT, Anchor::Start));
    }
}

fn inside(inner: &Frame, outer: &Frame) -> bool {
    outer.contains((inner.left, inner.top)) && outer.contains((inner.right, inner.bottom))
}

fn overlap(a: &Frame, b: &Frame) -> bool {
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(notes: &[(Point, &str)]) -> Vec<(String, Point)> {
        let frame = Frame { left: 0.0, right: 100.0, top: 0.0, bottom: 100.0 };
        let mut scene = Scene::new(100.0, 100.0, String::new());
        draw(&mut scene, frame, notes.iter().map(|&(at, text)| (at, text.to_string())));
        let texts = scene.items.into_iter().filter_map(|item| match item {
            Item::Text(text) => Some((text.text, text.at)),
            _ => None,
        });
        texts.collect()
    }

    #[test]
    fn texts_stand_where_there_is_room() {
        let texts = drawn(&[((50.0, 50.0), "12"), ((98.0, 50.0), "13")]);
        assert!(
            texts[0].1.0 > 50.0 && texts[1].1.0 < 98.0,
            "to the right, and at the edge to the left: {texts:?}"
        );
    }

    #[test]
    fn texts_never_cover_each_other() {
        let same = [((50.0, 50.0), "1234"); 9];
        let texts = drawn(&same);
        assert!((2..9).contains(&texts.len()), "{texts:?}");
        for (i, (_, a)) in texts.iter().enumerate() {
            assert!(texts[i + 1..].iter().all(|(_, b)| (a.0 - b.0).abs() > 5.0 || (a.1 - b.1).abs() > 5.0));
        }
    }
}
