//! What holds for every operation, checked by walking `OPS`.

use std::collections::HashSet;

use ndgrad_tensor::autograd;
use ndgrad_tensor::ops::{Case, Entry, Input, OPS, Saves};
use ndgrad_tensor::random::Generator;
use ndgrad_tensor::simd::{Level, set_level};
use ndgrad_tensor::{DType, Device, Index, Tensor, live_buffers};

/// Inputs drawn from the case's domains: of this dtype, but where the operation wants another.
fn inputs_of(case: &Case, dtype: DType) -> Vec<Tensor> {
    let mut generator = Generator::philox(11);
    let mut draw = |input: &Input| {
        let [low, high] = input.domain;
        let numbers = low + (high - low) * generator.uniform(input.shape).to_dtype(DType::F64);
        let numbers = (input.prepare)(numbers);
        match input.dtype.unwrap_or(dtype) {
            // As often true as false.
            DType::Bool => numbers.less((low + high) / 2.0),
            dtype => numbers.to_dtype(dtype),
        }
    };
    case.inputs.iter().map(&mut draw).collect()
}

fn inputs(case: &Case) -> Vec<Tensor> {
    inputs_of(case, DType::F64)
}

fn call(case: &Case, inputs: &[Tensor]) -> Tensor {
    case.call(&inputs.iter().collect::<Vec<_>>())
}

fn every_case(body: impl Fn(&Entry, &Case, &str)) {
    for entry in OPS {
        for case in (entry.cases)() {
            body(entry, &case, &format!("{} {case:?}", entry.name));
        }
    }
}

fn bits(x: &Tensor) -> Vec<u64> {
    x.to_dtype(DType::F64).to_vec::<f64>().into_iter().map(f64::to_bits).collect()
}

#[test]
fn it_is_listed_once_with_a_sentence_and_cases() {
    let names: HashSet<&str> = OPS.iter().map(|entry| entry.name).collect();
    assert_eq!(names.len(), OPS.len());
    for entry in OPS {
        assert!(entry.doc.ends_with('.') && entry.doc.len() > 10, "{}: {}", entry.name, entry.doc);
        let cases = (entry.cases)();
        let fits = |case: &Case| case.op.as_ref().is_none_or(|op| op.name() == entry.name);
        assert!(!cases.is_empty() && cases.iter().all(fits), "{}", entry.name);
    }
}

/// A file in `ops/` that implements an operation is of no use until it is listed.
#[test]
fn every_file_is_listed() {
    let mechanism = [
        "mod", "apply", "axes", "call", "changed", "compare", "derived", "elements", "entry", "extreme",
        "fold", "kept", "line", "map", "matrices", "op", "rows", "rules", "zip",
    ];
    let list = std::fs::read_to_string("src/ops/mod.rs").unwrap();
    for file in std::fs::read_dir("src/ops").unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(mechanism.contains(&name) || list.contains(&format!("\n    {name}: ")), "{path:?}");
    }
}

/// What a user may look for is in the table: every public method that makes a tensor of a tensor, but for handles and
/// forms of another method (`mean_axes`).
#[test]
fn every_method_is_listed() {
    let handles = ["detach", "attach_grad", "grad", "one_hot"];
    let forms = ["axis", "axes", "keepdims", "as", "of", "descending", "right", "from", "with"];
    for folder in ["src", "src/ops", "src/shape", "src/random"] {
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        for path in files.filter(|path| path.is_file()) {
            let text = std::fs::read_to_string(&path).unwrap();
            let Some((_, methods)) = text.split_once("impl Tensor {") else { continue };
            let methods = methods.lines().take_while(|line| *line != "}");
            for signature in methods.filter_map(|line| line.strip_prefix("    pub fn ")) {
                let (name, rest) = signature.split_once(['(', '<']).unwrap();
                let is_form = name.rsplit_once('_').is_some_and(|(_, form)| forms.contains(&form));
                if rest.contains("&self")
                    && rest.contains("-> Tensor")
                    && !is_form
                    && !handles.contains(&name)
                {
                    assert!(OPS.iter().any(|entry| entry.name == name), "{name} of {path:?}");
                }
            }
        }
    }
}

#[test]
fn its_gradient_is_that_of_finite_differences() {
    every_case(|entry, case, name| {
        if !entry.differentiable {
            return;
        }
        let report = autograd::check(|inputs| call(case, inputs), &inputs(case));
        assert!(report.error < 1e-8, "{name}: {report}");
    });
}

#[test]
fn its_second_gradient_is_that_of_finite_differences() {
    every_case(|entry, case, name| {
        if !entry.differentiable {
            return;
        }
        let report = autograd::check_second(|inputs| call(case, inputs), &inputs(case));
        assert!(report.error < 1e-7, "{name}: {report}");
    });
}

/// The same values, stored with the axes the other way round and a gap behind every element.
fn spread(x: &Tensor) -> Tensor {
    if x.rank() == 0 {
        return x.clone();
    }
    let backwards: Vec<usize> = (0..x.rank()).rev().collect();
    let turned = x.permute(&backwards[..]);
    let twice = turned.reshape([x.size(), 1]).broadcast_to([x.size(), 2]).reshape([2 * x.size()]);
    twice.i(Index::ALL.step(2)).reshape(turned.shape()).permute(&backwards[..])
}

#[test]
fn views_give_the_bits_of_copies() {
    every_case(|_, case, name| {
        let plain = inputs(case);
        let views: Vec<Tensor> = plain.iter().map(spread).collect();
        assert!(plain.iter().zip(&views).all(|(x, view)| bits(x) == bits(view)));
        assert_eq!(bits(&call(case, &plain)), bits(&call(case, &views)), "{name}");
    });
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    every_case(|entry, case, name| {
        for dtype in entry.dtypes.iter() {
            let inputs = inputs_of(case, dtype);
            let at = |level| {
                set_level(level);
                bits(&call(case, &inputs))
            };
            let results: Vec<Vec<u64>> = Level::available().into_iter().map(at).collect();
            assert!(results.iter().all(|result| *result == results[0]), "{name} {dtype}");
        }
    });
}

/// Whole numbers and bool give what f64 gives for the same numbers; f32 gives nearly that.
#[test]
fn every_dtype_gives_near_numbers() {
    every_case(|entry, case, name| {
        for dtype in entry.dtypes.iter() {
            let narrow = inputs_of(case, dtype);
            let widen = |(x, input): (&Tensor, &Input)| {
                if input.dtype.is_none() { x.to_dtype(DType::F64) } else { x.clone() }
            };
            let wide: Vec<Tensor> = narrow.iter().zip(&case.inputs).map(widen).collect();
            let (wide, narrow) = (call(case, &wide), call(case, &narrow));
            let same_kind = narrow.dtype() == dtype || narrow.dtype() == wide.dtype();
            assert!(same_kind || entry.name == "to_dtype", "{name} {dtype} gives {}", narrow.dtype());
            let values = |x: &Tensor| x.to_dtype(DType::F64).to_vec::<f64>();
            let near = |(a, b): (f64, f64)| match dtype {
                DType::U8 => a.rem_euclid(256.0) == b.rem_euclid(256.0),
                _ => a == b || (a - b).abs() < 3e-6 * a.abs().max(1.0) || (a.is_nan() && b.is_nan()),
            };
            assert!(values(&wide).into_iter().zip(values(&narrow)).all(near), "{name} {dtype}");
        }
    });
}

/// Results and gradients live where the inputs do, and what is made on the way does too.
#[test]
fn it_runs_where_its_inputs_live() {
    let there = Device::cpu_at(1);
    every_case(|entry, case, name| {
        let here = inputs(case);
        let leaf = |x: &Tensor| if x.dtype().is_float() { x.attach_grad() } else { x.clone() };
        let moved: Vec<Tensor> = here.iter().map(|x| leaf(&x.to_device(there))).collect();
        let y = autograd::record(|| call(case, &moved));
        assert_eq!(bits(&y), bits(&call(case, &here)), "{name}");
        assert!(y.device() == there || entry.name == "to_device", "{name}: {y:?}");
        if y.requires_grad() {
            y.backward();
            assert!(moved.iter().filter(|x| x.requires_grad()).all(|x| x.grad().device() == there), "{name}");
        }
    });
}

/// A dtype that is not taken is refused in words, not by a kernel.
#[test]
fn other_dtypes_are_refused_with_the_name_of_the_cast() {
    every_case(|entry, case, name| {
        for dtype in DType::ALL.iter().copied().filter(|&dtype| !entry.dtypes.contains(dtype)) {
            let inputs = inputs_of(case, dtype);
            let refused = std::panic::catch_unwind(|| call(case, &inputs)).expect_err(name);
            let message = refused.downcast_ref::<String>().unwrap();
            assert!(message.contains(&format!("not defined for {dtype}")), "{name}: {message}");
            assert!(message.contains("to_dtype(DType::"), "{name}: {message}");
        }
    });
}

/// Hollow inputs have no elements, so a gradient that reads what it did not ask for fails above. This shows that
/// a tape lets go of what is not asked for.
#[test]
fn the_tape_keeps_only_what_the_gradient_reads() {
    every_case(|entry, case, name| {
        let is_view = |x: &Tensor, y: &Tensor| x.array().shares_buffer(&y.array());
        let Some(op) = &case.op else { return };
        let before = live_buffers();
        let floats =
            case.inputs.iter().filter(|input| input.dtype.is_none_or(DType::is_float)).count() as isize;
        if !entry.differentiable || case.inputs.len() as isize != floats {
            return;
        }
        let y = {
            let leaves: Vec<Tensor> = inputs(case).iter().map(Tensor::attach_grad).collect();
            let y = autograd::record(|| call(case, &leaves));
            if leaves.iter().any(|x| is_view(x, &y)) {
                return;
            }
            y
        };
        // The leaves are gone, and what the tape does not keep with them.
        let Saves { inputs, .. } = op.saves();
        let kept = live_buffers() - before - 1;
        assert_eq!(kept, if inputs != 0 { floats } else { 0 }, "{name}");
        drop(y);
        assert_eq!(live_buffers(), before, "{name}");
    });
}
