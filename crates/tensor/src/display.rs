//! Printing: NumPy's layout, then shape, dtype and device.

use std::fmt;

use ndgrad_array::{DType, Shape};

use crate::Tensor;

/// How a tensor is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// At most this many digits after the point.
    pub precision: usize,
    /// With more elements than this, only the edges are printed.
    pub threshold: usize,
    /// How many positions at each end of an axis make its edges.
    pub edge: usize,
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
        Style { precision: 8, threshold: 1000, edge: 3, layout: Numbers::Shortest }
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
        Style { precision, ..self }
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
    /// The elements in NumPy's layout, those of a large tensor at its edges only, then shape, dtype and device. A
    /// precision applies: `{:.3}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = Style::default();
        self.styled(style.precision(f.precision().unwrap_or(style.precision))).fmt(f)
    }
}

impl fmt::Display for Styled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spec = self.tensor.spec();
        let edges = if spec.shape.size() > self.style.threshold { self.style.edge } else { usize::MAX };
        let wide = self.tensor.to_dtype(DType::F64).array();
        let values = wide.buffer::<f64>();
        let mut shown = Vec::new();
        visit(&spec.shape, edges, &mut |index| {
            let strides = wide.layout().strides().iter();
            let place = strides.zip(index).map(|(stride, &at)| stride * at as isize).sum::<isize>();
            shown.push(values[(wide.layout().offset() as isize + place) as usize]);
        });
        let texts = match self.style.layout {
            Numbers::Shortest if spec.shape.rank() == 0 => {
                shown.iter().map(|&x| alone(x, spec.dtype)).collect()
            }
            Numbers::Shortest => shortest(&shown, spec.dtype, self.style.precision),
            Numbers::Fixed => fixed(&shown, self.style.precision),
        };
        let names: Vec<String> = spec.shape.iter().map(usize::to_string).collect();
        match self.style.layout {
            Numbers::Shortest => {
                match spec.shape.size() {
                    0 => write!(f, "[]")?,
                    _ => write_nested(f, &spec.shape, edges, &mut texts.iter())?,
                }
                let size = if names.is_empty() { "scalar".to_string() } else { names.join("x") };
                write!(f, "\n<Tensor {size} {} @{}>", spec.dtype, spec.device)
            }
            Numbers::Fixed => {
                // MXNet has no scalars: one number is an array of shape 1.
                let shape = if spec.shape.rank() == 0 { Shape::from(1) } else { spec.shape };
                let size = if names.is_empty() { "1".to_string() } else { names.join("x") };
                writeln!(f)?;
                write_nested(f, &shape, edges, &mut texts.iter())?;
                write!(f, "\n<NDArray {size} @{}>", spec.device)
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

fn write_nested<'a>(
    f: &mut fmt::Formatter<'_>,
    shape: &[usize],
    edges: usize,
    texts: &mut impl Iterator<Item = &'a String>,
) -> fmt::Result {
    fn inner<'a>(
        f: &mut fmt::Formatter<'_>,
        shape: &[usize],
        edges: usize,
        depth: usize,
        texts: &mut impl Iterator<Item = &'a String>,
    ) -> fmt::Result {
        let Some((&size, rest)) = shape.split_first() else {
            return write!(f, "{}", texts.next().map_or("", String::as_str));
        };
        write!(f, "[")?;
        for (i, position) in shown_positions(size, edges).into_iter().enumerate() {
            if i > 0 {
                match rest.len() {
                    0 => write!(f, " ")?,
                    // One line between matrices for each axis above them.
                    deeper => write!(f, "{}{}", "\n".repeat(deeper), " ".repeat(depth + 1))?,
                }
            }
            match position {
                Some(_) => inner(f, rest, edges, depth + 1, texts)?,
                None => write!(f, "...")?,
            }
        }
        write!(f, "]")
    }
    inner(f, shape, edges, 0, texts)
}

/// NumPy's rule since 1.14: every number with the digits that identify it, at most `precision`, aligned at the
/// point; in scientific notation where sizes differ too much.
fn shortest(values: &[f64], dtype: DType, precision: usize) -> Vec<String> {
    let finite = || values.iter().map(|x| x.abs()).filter(|x| x.is_finite() && *x > 0.0);
    let (largest, smallest) = (finite().fold(0.0, f64::max), finite().fold(f64::INFINITY, f64::min));
    let scientific = largest >= 1e8 || (largest > 0.0 && (smallest < 1e-4 || largest / smallest > 1000.0));
    let digits = |x: f64| match dtype {
        DType::F32 => format!("{:e}", x as f32),
        _ => format!("{x:e}"),
    };
    // Digits after the point of the shortest text, in plain or scientific notation.
    let needed = |x: f64| {
        let text = digits(x);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len()) as isize;
        let shift: isize = if scientific { 0 } else { exponent.parse().unwrap_or(0) };
        (fraction - shift).max(0) as usize
    };
    let places =
        values.iter().filter(|x| x.is_finite()).map(|&x| needed(x)).max().unwrap_or(0).min(precision);
    let text = |&x: &f64| match (x.is_finite(), scientific) {
        (false, _) => {
            if x.is_nan() {
                "nan".to_string()
            } else if x > 0.0 {
                "inf".into()
            } else {
                "-inf".into()
            }
        }
        (true, true) => exponential(x, places),
        (true, false) => trim_zeros(format!("{x:.places$}")),
    };
    align(values.iter().map(text).collect())
}

/// A single number, with all digits that identify it.
fn alone(x: f64, dtype: DType) -> String {
    match dtype {
        DType::F32 => format!("{:?}", x as f32),
        _ => format!("{x:?}"),
    }
    .to_lowercase()
}

/// `1.5e-07`, `1.e+00`, as NumPy writes it.
fn exponential(x: f64, places: usize) -> String {
    let text = format!("{x:.places$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let point = if places == 0 { "." } else { "" };
    format!("{mantissa}{point}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

/// `1.50` to `1.5`, `2.00` to `2.`: the point stays, to show that the number is not an integer.
fn trim_zeros(text: String) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').to_string(),
        false => text + ".",
    }
}

/// Pads numbers on both sides so that their points stand below one another; words (nan, inf), which have none,
/// stand at the right edge.
fn align(texts: Vec<String>) -> Vec<String> {
    let parts = |text: &str| text.find('.').map(|point| (point, text.len() - point));
    let numbers = || texts.iter().filter_map(|text| parts(text));
    let words = texts.iter().filter(|text| parts(text).is_none()).map(String::len).max().unwrap_or(0);
    let after = numbers().map(|(_, after)| after).max().unwrap_or(0);
    let before = numbers().map(|(before, _)| before).max().unwrap_or(0).max(words.saturating_sub(after));
    let pad = |text: &String| match parts(text) {
        Some((own, rest)) => format!("{}{text}{}", " ".repeat(before - own), " ".repeat(after - rest)),
        None => format!("{text:>width$}", width = before + after),
    };
    texts.iter().map(pad).collect()
}

/// The rule of NumPy up to 1.13: digits after the point as many as any number needs, at most `precision`, and one
/// more column than the largest number, for a sign. Trailing zeros become spaces.
fn fixed(values: &[f64], precision: usize) -> Vec<String> {
    let digits = |x: f64| {
        let text = format!("{x:.precision$}");
        text.trim_end_matches('0').split_once('.').map_or(0, |(_, fraction)| fraction.len())
    };
    let places = values.iter().map(|&x| digits(x)).max().unwrap_or(0);
    let largest = values.iter().fold(0.0f64, |largest, x| largest.max(x.abs()));
    let width = format!("{}", largest.trunc()).len() + places + 2;
    let text = |&x: &f64| {
        let text = format!("{x:>width$.places$}");
        format!("{:width$}", text.trim_end_matches('0'))
    };
    values.iter().map(text).collect()
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
