//! Printing against NumPy: `golden/display.py` made the file.

use ndgrad_tensor::{Element, Item, Style, Tensor, tensor};

fn from_words<T: Item>(shape: &[usize], words: &str, parse: impl Fn(&str) -> T) -> Tensor {
    if let Some(range) = words.strip_prefix("range ") {
        let (factor, modulus) = range.split_once(' ').unwrap();
        let (factor, modulus): (f64, usize) = (factor.parse().unwrap(), modulus.parse().unwrap());
        let size = shape.iter().product();
        let numbers: Vec<f64> = (0..size).map(|i| (i % modulus) as f64 * factor).collect();
        return Tensor::from_slice(shape, &numbers).to_dtype(T::Element::DTYPE);
    }
    Tensor::from_slice(shape, &words.split_whitespace().map(parse).collect::<Vec<T>>())
}

#[test]
fn arrays_stand_as_numpy_prints_them() {
    let golden = include_str!("golden/display.txt");
    let (first, cases) = golden.split_once('\n').unwrap();
    let mut count = 0;
    for case in cases.split_terminator("\n----\n") {
        let (head, expected) = case.split_once('\n').unwrap();
        let parts: Vec<&str> = head.splitn(4, "; ").collect();
        let [dtype, shape, precision, words] = parts[..] else { panic!("{head}") };
        let shape: Vec<usize> = shape.split_terminator(',').map(|size| size.parse().unwrap()).collect();
        let x = match dtype {
            "f32" => from_words(&shape, words, |bits| f32::from_bits(u32::from_str_radix(bits, 16).unwrap())),
            "f64" => from_words(&shape, words, |bits| f64::from_bits(u64::from_str_radix(bits, 16).unwrap())),
            "i32" => from_words(&shape, words, |number| number.parse::<i32>().unwrap()),
            "i64" => from_words(&shape, words, |number| number.parse::<i64>().unwrap()),
            "u8" => from_words(&shape, words, |number| number.parse::<u8>().unwrap()),
            _ => from_words(&shape, words, |truth| truth == "1"),
        };
        let printed = match precision {
            "-" => x.to_string(),
            // A single number keeps all its digits in NumPy, whatever the precision; no case asks for that.
            places => format!("{x:.places$}", places = places.parse().unwrap()),
        };
        let (printed, last) = printed.rsplit_once('\n').unwrap();
        assert_eq!(printed, expected, "{head}");
        assert!(last.starts_with("<Tensor ") && last.contains(dtype));
        count += 1;
    }
    assert!(first.ends_with(&format!(" {count} cases")), "{first}");
}

#[test]
fn a_precision_rounds_a_single_number_too() {
    let printed = |x: Tensor, precision: usize| {
        let text = format!("{x:.precision$}");
        text.split_once('\n').unwrap().0.to_string()
    };
    assert_eq!(printed(tensor(1.0) / 3.0, 3), "0.333");
    assert_eq!(printed(tensor(2.0), 3), "2.0");
    assert_eq!(printed(tensor(1.23456e-7), 2), "1.23e-07");
    assert_eq!(printed(tensor(7), 2), "7");
}

/// A view prints what its copy does.
#[test]
fn views_print_like_copies() {
    let x = Tensor::linspace(0.0, 11.0, 12).reshape([3, 4]);
    let turned = x.transpose();
    let copy = Tensor::from_slice(turned.shape(), &turned.to_vec::<f32>());
    assert_eq!(turned.to_string(), copy.to_string());
}

#[test]
fn a_style_sets_edges_threshold_and_width() {
    let x = Tensor::linspace(0.0, 9.0, 10);
    let style = Style::default().threshold(5).edge(2);
    assert_eq!(x.styled(style).to_string(), "[0. 1. ... 8. 9.]\n<Tensor 10 f32 @cpu(0)>");
    let style = Style::default().width(12);
    assert_eq!(x.styled(style).to_string(), "[0. 1. 2.\n 3. 4. 5.\n 6. 7. 8.\n 9.]\n<Tensor 10 f32 @cpu(0)>");
}

/// From NumPy 2.4 with `set_printoptions(legacy="1.13")` and the line width given, for what differs from today's rule.
#[test]
fn mxnets_style_breaks_rows_as_its_numpy_did() {
    let printed = |x: Tensor, width| {
        let text = x.styled(Style::mxnet().width(width)).to_string();
        text.trim_start_matches('\n').rsplit_once('\n').unwrap().0.to_string()
    };
    assert_eq!(printed(Tensor::from_slice(2, &[1e-10, 1.0]), 75), "[  1.00000000e-10   1.00000000e+00]");
    assert_eq!(printed(tensor([1, -2]), 75), "[ 1 -2]");
    assert_eq!(printed(tensor([true, false]), 75), "[ True False]");
    assert_eq!(printed(tensor([f64::NAN, 1.5]), 75), "[ nan  1.5]");
    let ten = Tensor::linspace(0.0, 9.0, 10);
    assert_eq!(printed(ten, 30), "[ 0.  1.  2.  3.  4.  5.  6.\n  7.  8.  9.]");
    assert_eq!(
        printed(tensor([1e10, f64::NAN, f64::INFINITY]), 30),
        "[  1.00000000e+10\n              nan\n              inf]"
    );
    let rows = "[  0.00000000e+00   1.00000000e+00   2.00000000e+00 ...,   1.99700000e+03
   1.99800000e+03   1.99900000e+03]";
    assert_eq!(printed(Tensor::linspace(0.0, 1999.0, 2000), 75), rows);
    let matrix = "[[  0.00000000e+00   1.00000000e+00]
 [  2.00000000e+00   3.00000000e+00]
 [  4.00000000e+00   5.00000000e+00]
 ..., \n [  1.99400000e+03   1.99500000e+03]
 [  1.99600000e+03   1.99700000e+03]
 [  1.99800000e+03   1.99900000e+03]]";
    assert_eq!(printed(Tensor::linspace(0.0, 1999.0, 2000).reshape([1000, 2]), 75), matrix);
}
