//! Printing: NumPy's layout, then shape, dtype and device.

mod numbers;

use std::fmt;

use ndgrad_array::{Element, Shape};

use crate::Tensor;

/// How a tensor is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// At most this many digits after the point.
    precision: usize,
    /// With more elements than this, only the edges are printed.
    threshold: usize,
    /// How many positions at each end of an axis make its edges.
    edge: usize,
    /// Rows are broken into lines of at most this many columns.
    width: usize,
    /// Whether a precision was asked for: without one, a single number is printed with all its digits.
    rounded: bool,
    layout: Numbers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbers {
    /// As NumPy since 1.14: shortest digits that identify the number.
    Shortest,
    /// As NumPy up to 1.13 under MXNet: fixed digits, room for a sign, a line before, `<NDArray ...>` after.
    Fixed,
}

impl Default for Style {
    fn default() -> Style {
        Style { precision: 8, threshold: 1000, edge: 3, width: 75, rounded: false, layout: Numbers::Shortest }
    }
}

impl Style {
    /// The layout in which MXNet's NDArray was printed with the NumPy of its time (1.13 and earlier).
    ///
    /// ```
    /// use ndgrad_tensor::{Style, tensor};
    /// let x = tensor([0.5, -2.0]);
    /// assert_eq!(x.styled(Style::mxnet()).to_string(), "\n[ 0.5 -2. ]\n<NDArray 2 @cpu(0)>");
    /// ```
    pub fn mxnet() -> Style {
        Style { layout: Numbers::Fixed, ..Style::default() }
    }

    /// The same with at most this many digits after the point.
    pub fn precision(self, precision: usize) -> Style {
        Style { precision, rounded: true, ..self }
    }

    /// The same, where a tensor of more than this many elements (1000 otherwise) is printed at its edges only.
    pub fn threshold(self, threshold: usize) -> Style {
        Style { threshold, ..self }
    }

    /// The same with this many positions (3 otherwise) at each end of an axis as its edges.
    pub fn edge(self, edge: usize) -> Style {
        Style { edge, ..self }
    }

    /// The same with rows broken into lines of at most this many columns (75 otherwise).
    pub fn width(self, width: usize) -> Style {
        Style { width, ..self }
    }
}

/// A tensor to be printed in a style.
#[derive(Debug)]
pub struct Styled<'a> {
    tensor: &'a Tensor,
    style: Style,
}

impl Tensor {
    /// This tensor, to be printed in another style.
    ///
    /// ```
    /// use ndgrad_tensor::{Style, tensor};
    /// let third = tensor([1.0, 2.0]) / 3.0;
    /// let short = third.styled(Style::default().precision(3)).to_string();
    /// assert_eq!(short, "[0.333 0.667]\n<Tensor 2 f32 @cpu(0)>");
    /// ```
    pub fn styled(&self, style: Style) -> Styled<'_> {
        Styled { tensor: self, style }
    }
}

impl fmt::Display for Tensor {
    /// The elements in NumPy's layout (that of NumPy 2.4), those of a large tensor at its edges only, long rows
    /// broken into lines; then shape, dtype and device. A precision is the most digits after the point: `{:.3}`.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1, -20], [300, 4]]).to_string(), "[[  1 -20]\n [300   4]]\n<Tensor 2x2 i32 @cpu(0)>");
    /// assert_eq!(format!("{:.2}", tensor([1.0, 2.718])), "[1.   2.72]\n<Tensor 2 f32 @cpu(0)>");
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = Style::default();
        self.styled(f.precision().map_or(style, |precision| style.precision(precision))).fmt(f)
    }
}

impl fmt::Display for Styled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (array, style) = (self.tensor.array(), self.style);
        let spec = array.spec();
        let edges = if spec.shape.size() > style.threshold { style.edge } else { usize::MAX };
        let (strides, offset) = (array.layout().strides(), array.layout().offset() as isize);
        let mut shown = Vec::new();
        ndgrad_array::with_dtype!(spec.dtype, T => {
            let values = array.buffer::<T>();
            visit(&spec.shape, edges, &mut |index| {
                let steps = strides.iter().zip(index).map(|(stride, &at)| stride * at as isize);
                shown.push(values[(offset + steps.sum::<isize>()) as usize].widen());
            });
        });
        let sizes: Vec<String> = spec.shape.iter().map(usize::to_string).collect();
        match style.layout {
            Numbers::Shortest => {
                let texts = match spec.shape.rank() {
                    0 => vec![numbers::alone(shown[0], spec.dtype, style.rounded.then_some(style.precision))],
                    _ => numbers::shortest(&shown, spec.dtype, style.precision),
                };
                f.write_str(&Rows { texts, edges, style }.write(&spec.shape))?;
                let size = if sizes.is_empty() { "scalar".to_string() } else { sizes.join("x") };
                write!(f, "\n<Tensor {size} {} @{}>", spec.dtype, spec.device)
            }
            Numbers::Fixed => {
                // MXNet has no scalars: one number is an array of shape 1.
                let shape = if spec.shape.rank() == 0 { Shape::from(1) } else { spec.shape };
                let size = if sizes.is_empty() { "1".to_string() } else { sizes.join("x") };
                let texts = numbers::fixed(&shown, spec.dtype, style.precision);
                let rows = Rows { texts, edges, style }.write(&shape);
                write!(f, "\n{rows}\n<NDArray {size} @{}>", spec.device)
            }
        }
    }
}

/// The positions along an axis that are shown; `None` stands for those left out.
fn shown_positions(size: usize, edges: usize) -> Vec<Option<usize>> {
    if size <= edges.saturating_mul(2) {
        return (0..size).map(Some).collect();
    }
    let (head, tail) = (0..edges, size - edges..size);
    head.map(Some).chain([None]).chain(tail.map(Some)).collect()
}

fn visit(shape: &[usize], edges: usize, element: &mut impl FnMut(&[usize])) {
    fn inner(shape: &[usize], edges: usize, index: &mut Vec<usize>, element: &mut impl FnMut(&[usize])) {
        let Some((&size, rest)) = shape.split_first() else { return element(index) };
        for position in shown_positions(size, edges).into_iter().flatten() {
            index.push(position);
            inner(rest, edges, index, element);
            index.pop();
        }
    }
    inner(shape, edges, &mut Vec::new(), element);
}

/// The texts of the shown elements, to be set in brackets.
struct Rows {
    texts: Vec<String>,
    edges: usize,
    style: Style,
}

impl Rows {
    fn write(self, shape: &[usize]) -> String {
        if shape.iter().product::<usize>() == 0 {
            return "[]".into();
        }
        let mut out = String::new();
        self.nested(&mut out, shape, 0, &mut self.texts.iter());
        out
    }

    fn nested<'a>(
        &self,
        out: &mut String,
        shape: &[usize],
        depth: usize,
        texts: &mut impl Iterator<Item = &'a String>,
    ) {
        let Some((&size, rest)) = shape.split_first() else {
            return out.push_str(texts.next().map_or("", String::as_str));
        };
        out.push('[');
        if rest.is_empty() {
            self.row(out, size, depth + 1, texts);
        } else {
            let indent = " ".repeat(depth + 1);
            // One line between matrices for each axis above them.
            let between = "\n".repeat(rest.len());
            for (i, position) in shown_positions(size, self.edges).into_iter().enumerate() {
                if i > 0 {
                    out.push_str(&indent);
                }
                match (position, self.style.layout) {
                    (Some(_), _) => self.nested(out, rest, depth + 1, texts),
                    (None, Numbers::Shortest) => out.push_str("..."),
                    (None, Numbers::Fixed) => {
                        out.push_str("..., \n");
                        continue;
                    }
                }
                if position != size.checked_sub(1) {
                    out.push_str(&between);
                }
            }
        }
        out.push(']');
    }

    /// One row, broken where the next number and the brackets after it would pass the width.
    fn row<'a>(
        &self,
        out: &mut String,
        size: usize,
        indent: usize,
        texts: &mut impl Iterator<Item = &'a String>,
    ) {
        let modern = self.style.layout == Numbers::Shortest;
        let width = self.style.width.saturating_sub(if modern { indent } else { 0 });
        let mut column = indent;
        for (i, position) in shown_positions(size, self.edges).into_iter().enumerate() {
            let word = match position {
                Some(_) => texts.next().map_or("", String::as_str),
                None if modern => "...",
                None => "...,",
            };
            if i > 0 {
                out.push(' ');
                column += 1;
            }
            // The comma of NumPy 1.13 is not counted. A line that holds nothing yet is not broken now; it was then.
            let length = word.trim_end_matches(',').len();
            if column + length > width && (!modern || column > indent) {
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                column = indent;
            }
            out.push_str(word);
            column += word.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor;

    /// Made with NumPy 2.4 (`numpy.set_printoptions` untouched): `print(numpy.array(x, dtype=numpy.float32))`.
    #[test]
    fn numbers_stand_as_numpy_prints_them() {
        let printed = |x: Tensor| {
            let text = x.to_string();
            text.rsplit_once('\n').unwrap().0.to_string()
        };
        assert_eq!(printed(tensor([1.0, 2.5, -3.0])), "[ 1.   2.5 -3. ]");
        assert_eq!(printed(tensor([[1.0, 2.0], [3.0, 4.0]])), "[[1. 2.]\n [3. 4.]]");
        assert_eq!(printed(tensor([0.2, 100.25])), "[  0.2  100.25]");
        assert_eq!(printed(tensor([1e-10, 1.0])), "[1.e-10 1.e+00]");
        assert_eq!(printed(tensor([[[1.0], [2.0]], [[3.0], [4.0]]])), "[[[1.]\n  [2.]]\n\n [[3.]\n  [4.]]]");
        assert_eq!(printed(tensor([f64::NAN, 1.5, f64::NEG_INFINITY])), "[ nan  1.5 -inf]");
        assert_eq!(printed(Tensor::zeros([0])), "[]");
        assert_eq!(printed(Tensor::zeros([2, 0])), "[]");
        assert_eq!(printed(tensor([[1.5e-7, 2.0], [3.0, 4.0]])), "[[1.5e-07 2.0e+00]\n [3.0e+00 4.0e+00]]");
        assert_eq!(printed(tensor([123456.789, 0.001])), "[1.2345679e+05 1.0000000e-03]");
        assert_eq!(printed(tensor([1000.5, 0.5])), "[1.0005e+03 5.0000e-01]");
        assert_eq!(printed(Tensor::from_slice(2, &[1.0 / 3.0, 2.0 / 3.0])), "[0.33333333 0.66666667]");
        assert_eq!(printed(Tensor::from_slice(1, &[99999999.0])), "[99999999.]");
        assert_eq!(printed(Tensor::from_slice(2, &[f64::NAN, 1e-9])), "[   nan 1.e-09]");
        assert_eq!(printed(tensor(1.0) / 3.0), "0.33333334");
        assert_eq!(printed(tensor(2.0)), "2.0");
        assert_eq!(
            printed(Tensor::linspace(0.0, 1999.0, 2000)),
            "[0.000e+00 1.000e+00 2.000e+00 ... 1.997e+03 1.998e+03 1.999e+03]"
        );
    }

    #[test]
    fn the_last_line_names_shape_dtype_and_device() {
        assert!(tensor(2.0).to_string().ends_with("2.0\n<Tensor scalar f32 @cpu(0)>"));
        assert!(Tensor::zeros([3, 2]).to_string().ends_with("\n<Tensor 3x2 f32 @cpu(0)>"));
        assert_eq!(format!("{:?}", Tensor::zeros([3, 2])), "Tensor([3, 2] f32 @cpu(0))");
    }

    /// The outputs of the tutorial that this style is for.
    #[test]
    #[allow(clippy::excessive_precision)]
    fn the_style_of_mxnet_is_the_tutorials() {
        let printed = |x: &[f32]| Tensor::from_slice(x.len(), x).styled(Style::mxnet()).to_string();
        assert_eq!(printed(&[-0.67765152, 0.03629481]), "\n[-0.67765152  0.03629481]\n<NDArray 2 @cpu(0)>");
        assert_eq!(printed(&[2.7415938]), "\n[ 2.74159384]\n<NDArray 1 @cpu(0)>");
        assert_eq!(printed(&[2.7212944]), "\n[ 2.7212944]\n<NDArray 1 @cpu(0)>");
        assert_eq!(
            printed(&[4.7668643, 5.07063389, -3.01890087, 12.34088612]),
            "\n[  4.7668643    5.07063389  -3.01890087  12.34088612]\n<NDArray 4 @cpu(0)>"
        );
        let matrix = tensor([[-0.8431161, -0.65856469], [0.15113127, -0.16341539]]);
        assert_eq!(
            matrix.styled(Style::mxnet()).to_string(),
            "\n[[-0.8431161  -0.65856469]\n [ 0.15113127 -0.16341539]]\n<NDArray 2x2 @cpu(0)>"
        );
    }
}
