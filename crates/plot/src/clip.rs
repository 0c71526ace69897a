//! The parts of a line that lie within a rectangle.

use crate::scene::Point;

/// A rectangle on the paper.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

impl Frame {
    pub(crate) fn contains(&self, (x, y): Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// The parts of the line through `points` within the frame, each cut at the edge.
    pub(crate) fn clip(&self, points: &[Point]) -> Vec<Vec<Point>> {
        let mut parts: Vec<Vec<Point>> = Vec::new();
        for pair in points.windows(2) {
            let Some((from, to)) = self.segment(pair[0], pair[1]) else { continue };
            match parts.last_mut() {
                Some(part) if part.last() == Some(&from) => part.push(to),
                _ => parts.push(vec![from, to]),
            }
        }
        parts
    }

    /// The part of a segment within the frame (Y.-D. Liang and B. A. Barsky, *A New Concept and Method for Line
    /// Clipping*, ACM Transactions on Graphics 3, 1984).
    fn segment(&self, from: Point, to: Point) -> Option<(Point, Point)> {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let (mut start, mut end) = (0.0_f64, 1.0_f64);
        for (step, room) in [
            (-dx, from.0 - self.left),
            (dx, self.right - from.0),
            (-dy, from.1 - self.top),
            (dy, self.bottom - from.1),
        ] {
            if step == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if step < 0.0 {
                start = start.max(room / step);
            } else {
                end = end.min(room / step);
            }
        }
        let at = |part: f64| match part {
            0.0 => from,
            1.0 => to,
            part => (from.0 + part * dx, from.1 + part * dy),
        };
        // A segment that only touches a corner has no length.
        (start < end).then(|| (at(start), at(end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { left: 0.0, right: 10.0, top: 0.0, bottom: 10.0 };

    #[test]
    fn lines_are_cut_at_the_edges() {
        assert_eq!(FRAME.clip(&[(1.0, 1.0), (9.0, 5.0)]), [[(1.0, 1.0), (9.0, 5.0)]]);
        assert_eq!(FRAME.clip(&[(-5.0, 5.0), (15.0, 5.0)]), [[(0.0, 5.0), (10.0, 5.0)]]);
        assert!(FRAME.clip(&[(-5.0, -1.0), (15.0, -1.0)]).is_empty());
        // Out at the top and in again.
        let parts = FRAME.clip(&[(0.0, 5.0), (5.0, -5.0), (10.0, 5.0)]);
        assert_eq!(parts, [[(0.0, 5.0), (2.5, 0.0)], [(7.5, 0.0), (10.0, 5.0)]]);
    }
}
