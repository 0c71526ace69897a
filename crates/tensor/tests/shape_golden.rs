//! Creation, shapes and indices against NumPy: `golden/shape.txt`, made by `golden/shape.py`. All exact.

use ndgrad_tensor::{DType, ELLIPSIS, Index, NEW_AXIS, Pad, Shape, Tensor, along, ops, tensor};

const GOLDEN: &str = include_str!("golden/shape.txt");

fn lines(name: &str) -> Vec<Vec<&'static str>> {
    let fields = |line: &'static str| line.split('|').map(str::trim).collect::<Vec<_>>();
    let found: Vec<_> = GOLDEN.lines().map(fields).filter(|fields| fields[0] == name).collect();
    assert!(!found.is_empty(), "{name}");
    found
}

fn numbers<T: std::str::FromStr>(words: &str) -> Vec<T> {
    words.split_whitespace().map(|word| word.parse().ok().unwrap()).collect()
}

fn shape(words: &str) -> Shape {
    Shape::new(&numbers(words))
}

/// 1, 2, 3, ... as i64.
fn ramp(words: &str) -> Tensor {
    let shape = shape(words);
    (1..=shape.size() as i64).collect::<Tensor>().reshape(shape)
}

#[test]
fn broadcasting_agrees_refusals_included() {
    let mut refused = 0;
    for fields in lines("broadcast") {
        let [left, right] = [1, 2].map(|i| Tensor::zeros(shape(fields[i])));
        match (ops::try_apply(ops::ZipOp(ops::Add), &[&left, &right]), fields[3]) {
            (Ok(sum), expected) => assert_eq!(sum.shape(), shape(expected), "{fields:?}"),
            (Err(error), "refused") => {
                refused += 1;
                assert!(error.to_string().starts_with("add: shapes do not stretch"), "{error}");
            }
            (Err(error), _) => panic!("{fields:?}: {error}"),
        }
    }
    assert!(refused > 30);
}

fn index(word: &str) -> Index {
    let parts: Vec<&str> = word.split(':').collect();
    match parts[..] {
        ["..."] => ELLIPSIS,
        ["new"] => NEW_AXIS,
        [at] => Index::At(at.parse().unwrap()),
        [start, end, step] => Index::Range {
            start: Some(start.parse().unwrap()),
            end: Some(end.parse().unwrap()),
            step: step.parse().unwrap(),
        },
        _ => unreachable!("{word}"),
    }
}

fn pairs(words: &str) -> Vec<(usize, usize)> {
    numbers(words).chunks(2).map(|pair| (pair[0], pair[1])).collect()
}

/// The result of a line's call.
fn call(name: &str, x: &Tensor, arguments: &str) -> Tensor {
    let given: Vec<isize> = if name == "i" { vec![] } else { numbers(arguments) };
    let multiple = || {
        let remainders = x.to_vec::<i64>().into_iter().map(|number| number % given[0] as i64);
        remainders.collect::<Tensor>().reshape(x.shape())
    };
    match name {
        "i" => x.i(&arguments.split_whitespace().map(index).collect::<Vec<Index>>()[..]),
        "flip" => x.flip(given[0]),
        "roll" => x.roll(given[0], given[1]),
        "repeat" => x.repeat(given[0] as usize, given[1]),
        "tile" => x.tile(&numbers(arguments)),
        "swap_axes" => x.swap_axes(given[0], given[1]),
        "move_axis" => x.move_axis(given[0], given[1]),
        "concat" => Tensor::concat(&[x, &x.repeat(2, given[0]), x], given[0]),
        "stack" => Tensor::stack(&[x, &-x], given[0]),
        "expand_dims" => x.expand_dims(given[0]),
        "squeeze" => x.squeeze(),
        "take_axis" => {
            x.take_axis(given[0], &given[1..].iter().map(|&i| i as i64).collect::<Tensor>().reshape([2, 2]))
        }
        "split" => {
            let axis = given[1].rem_euclid(x.rank() as isize) as usize;
            let first = given[0] as usize;
            x.split([first, x.shape()[axis] - first], given[1]).remove(1)
        }
        "pad_constant" => x.pad(&pairs(arguments), Pad::Constant(9.0)),
        "pad_edge" => x.pad(&pairs(arguments), Pad::Edge),
        "pad_reflect" => x.pad(&pairs(arguments), Pad::Reflect),
        "mask_select" => x.mask_select(&multiple().less(1)),
        "mask_rows" => x.mask_select(&(0..x.len()).map(|row| row % 2 == 0).collect()),
        "one_hot" => multiple().one_hot_as(given[0] as usize, DType::I64),
        "nonzero" => multiple().nonzero(),
        "tril" => x.tril(given[0]),
        "triu" => x.triu(given[0]),
        "tri" => Tensor::tri_as(x.shape()[0], x.shape()[1], given[0], DType::I64),
        "diag" => x.diag(given[0]),
        "eye" => Tensor::eye_as(x.len(), DType::I64),
        _ => unreachable!("{name}"),
    }
}

#[test]
fn calls_agree() {
    let names = "i flip roll repeat tile swap_axes move_axis concat stack expand_dims squeeze take_axis split pad_constant \
                 pad_edge pad_reflect one_hot mask_select mask_rows nonzero tril triu tri diag eye";
    for name in names.split_whitespace() {
        for fields in lines(name) {
            let result = call(name, &ramp(fields[1]), fields[2]);
            assert_eq!(result.shape(), shape(fields[3]), "{fields:?}");
            assert_eq!(result.to_vec::<i64>(), numbers::<i64>(fields[4]), "{fields:?}");
        }
    }
}

#[test]
fn set_and_with_agree() {
    let down = |count: i64| (0..count).map(|i| -i).collect::<Tensor>();
    let of = |shape: &[usize], numbers: &[i64]| Tensor::from_slice(shape, numbers);
    for fields in lines("set") {
        let mut x = ramp(fields[1]);
        let whole = x.clone();
        let thirds = whole.to_vec::<i64>().into_iter().map(|number| number % 3 == 0);
        let thirds = thirds.collect::<Tensor>().reshape(whole.shape());
        let same = |with: Tensor| assert_eq!(with.to_vec::<i64>(), numbers::<i64>(fields[4]), "{fields:?}");
        macro_rules! both {
            ($place:expr, $value:expr) => {{
                x.set($place, $value);
                same(whole.with($place, $value));
            }};
        }
        match fields[2] {
            "row" => both!(1, down(4)),
            "column" => both!((ELLIPSIS, -1), down(3)),
            "steps" => both!((Index::from(0..3).step(2), Index::from(1..4).step(2)), of(&[2, 1], &[-1, -2])),
            "new" => both!((.., NEW_AXIS, 0), of(&[1, 1], &[-5])),
            "mask" => both!(&thirds, -7),
            "mask values" => both!(&thirds, down(4)),
            "mask rows" => both!(&tensor([true, false, true]), down(4)),
            "along" => both!(along(1, [3, 0, -1]), down(3)),
            "along twice" => both!(along(0, &tensor([1, 1])), of(&[2, 4], &[-1, -2, -3, -4, -5, -6, -7, -8])),
            other => unreachable!("{other}"),
        }
        same(x);
        assert_eq!(whole.to_vec::<i64>(), (1..=12).collect::<Vec<_>>());
    }
}

/// A float as Python's `float.hex` writes it.
fn hex(word: &str) -> f64 {
    let (sign, word) = word.strip_prefix('-').map_or((1.0, word), |rest| (-1.0, rest));
    let (mantissa, exponent) = word.strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (whole, fraction) = mantissa.split_once('.').unwrap();
    let digits = u64::from_str_radix(&format!("{whole}{fraction}"), 16).unwrap();
    sign * digits as f64 * 2f64.powi(exponent.parse::<i32>().unwrap() - 4 * fraction.len() as i32)
}

/// linspace to the last bit; arange, whose golden numbers are exact, within 4 units in the last place of its bounds.
#[test]
fn sequences_agree() {
    for (name, bound) in [("linspace", 0.0), ("arange", 4.0 * f64::EPSILON)] {
        for fields in lines(name) {
            let given: Vec<f64> = numbers(fields[1]);
            let result = match name {
                "linspace" => Tensor::linspace_as(given[0], given[1], given[2] as usize, DType::F64),
                _ => Tensor::arange_as(given[0], given[1], given[2], DType::F64),
            };
            let expected: Vec<f64> = fields[3].split_whitespace().map(hex).collect();
            let largest = given[..2].iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
            assert_eq!(result.size(), expected.len(), "{fields:?}");
            for (result, expected) in result.to_vec::<f64>().into_iter().zip(expected) {
                assert!((result - expected).abs() <= bound * largest, "{fields:?}: {result} {expected}");
            }
        }
    }
}
