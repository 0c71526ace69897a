//! Programs over slots: what a pass computes is what its formulas compute one after the other, whatever the size.

use std::sync::Arc;

use ndgrad_array::{
    Array, Backend, Binary, Change, DType, DTypes, Device, Layout, OperationError, Predicate, Reduction,
    Scalar, Shape, Spec, Unary,
};
use ndgrad_cpu::Cpu;
use ndgrad_cpu::program::{Changes, Compute, Formula, Operand, Pass, Program, Routine, Slot, Step};
use proptest::prelude::*;

#[derive(Clone, Copy)]
struct Halve;

impl Unary for Halve {
    const DTYPES: DTypes = DTypes::FLOATS;

    fn value<S: Scalar>(self, x: S) -> S {
        x * S::literal(0.5)
    }
}

#[derive(Clone, Copy)]
struct Subtract;

impl Binary for Subtract {
    const DTYPES: DTypes = DTypes::FLOATS;

    fn value<S: Scalar>(self, x: S, y: S) -> S {
        x - y
    }
}

#[derive(Clone, Copy)]
struct Pull;

impl Change<2, 1> for Pull {
    fn value<S: Scalar>(self, [place, speed]: [S; 2], force: S, [time]: [S; 1]) -> [S; 2] {
        let speed = speed - time * force;
        [place + time * speed, speed]
    }
}

#[derive(Clone, Copy)]
struct Below;

impl Predicate for Below {
    const DTYPES: DTypes = DTypes::FLOATS;

    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        x.less(y)
    }
}

fn spec(shape: &[usize], dtype: DType) -> Spec {
    Spec { shape: Shape::new(shape), dtype, device: Device::cpu() }
}

fn numbers(shape: &[usize], seed: f64) -> Array {
    let count: usize = shape.iter().product();
    let numbers: Vec<f64> = (0..count).map(|i| ((i as f64 + seed) * 1.7).sin()).collect();
    Array::from_slice(Shape::new(shape), &numbers)
}

fn narrowed(x: &Array, dtype: DType) -> Array {
    let mut narrow = Array::new(Spec { dtype, ..x.spec() });
    Cpu.copy(x, &mut narrow);
    narrow
}

fn bits(x: &Array) -> Vec<u64> {
    let wide = narrowed(x, DType::F64);
    wide.to_vec::<f64>().into_iter().map(f64::to_bits).collect()
}

/// Computes `d = (x - row) / 2` in tiles and stores `where d < column { d } else { x }` and the mask.
fn check(rows: usize, columns: usize, dtype: DType, threads: usize) {
    ndgrad_cpu::threads::set_threads(threads);
    let shape = [rows, columns];
    let x = narrowed(&numbers(&shape, 0.0), dtype);
    let (row, column) =
        (narrowed(&numbers(&[columns], 5.0), dtype), narrowed(&numbers(&[rows, 1], 9.0), dtype));
    let (whole, count) = (Shape::new(&shape), rows * columns);

    let specs = vec![x.spec(), row.spec(), column.spec(), spec(&shape, dtype), spec(&shape, DType::Bool)];
    let mut pass = Pass::new(count);
    let from = pass.read(Slot(0), dtype);
    let stretched_row = pass.load(Slot(1), &row.layout().broadcast_to(whole), dtype);
    let stretched_column = pass.load(Slot(2), &column.layout().broadcast_to(whole), dtype);
    let difference = pass.apply(Formula::zip(Subtract, dtype).unwrap(), &[from, stretched_row]);
    let half = pass.apply(Formula::map(Halve, dtype).unwrap(), &[difference]);
    let mask = pass.apply(Formula::compare(Below, dtype).unwrap(), &[half, stretched_column]);
    let chosen = pass.apply(Formula::select(dtype).unwrap(), &[mask, half, from]);
    pass.store(chosen, Slot(3));
    pass.store(mask, Slot(4));
    let mut program = Program::new(specs, vec![Step::Pass(pass)]);
    program.put(Slot(0), x.clone());
    program.put(Slot(1), row.clone());
    program.put(Slot(2), column.clone());
    program.run().unwrap();

    let [mut difference, mut half, mut mask, mut chosen] =
        [dtype, dtype, DType::Bool, dtype].map(|dtype| Array::new(spec(&shape, dtype)));
    Cpu.zip(Subtract, &x, &row, &mut difference);
    Cpu.map(Halve, &difference, &mut half);
    Cpu.compare(Below, &half, &column, &mut mask);
    Cpu.select(&mask, &half, &x, &mut chosen);
    assert_eq!(bits(program.get(Slot(3))), bits(&chosen), "{shape:?} {dtype} {threads}");
    assert_eq!(bits(program.get(Slot(4))), bits(&mask), "{shape:?} {dtype} {threads}");
}

#[test]
fn a_pass_is_its_formulas_one_after_the_other() {
    for dtype in [DType::F32, DType::F64] {
        for (rows, columns) in
            [(1, 1), (1, 7), (3, 1), (4, 2), (1, 1024), (5, 205), (2, 1025), (0, 3), (3, 700)]
        {
            check(rows, columns, dtype, 1);
        }
    }
}

#[test]
fn pieces_of_a_large_pass_are_computed_on_threads() {
    check(301, 401, DType::F32, 2);
}

#[test]
fn states_change_together() {
    let slots = |slots: &[usize]| slots.iter().map(|&slot| Slot(slot)).collect::<Vec<_>>();
    for dtype in [DType::F32, DType::F64] {
        for (count, threads) in [(1, 1), (15, 1), (16, 1), (100, 1), (1025, 1), (70_001, 2)] {
            ndgrad_cpu::threads::set_threads(threads);
            let one = spec(&[], dtype);
            let specs = [vec![spec(&[count], dtype); 3], vec![one], vec![spec(&[count], dtype); 2]].concat();
            let changes = Arc::new(Changes::new(Pull, dtype));
            let step = Step::Change { changes, inputs: slots(&[0, 1, 2, 3]), out: slots(&[4, 5]) };
            let mut program = Program::new(specs, vec![step]);
            let given = [0.0, 1.0, 2.0].map(|seed| narrowed(&numbers(&[count], seed), dtype));
            given.iter().enumerate().for_each(|(slot, x)| program.put(Slot(slot), x.clone()));
            program.put(Slot(3), narrowed(&Array::from_slice([], &[0.3]), dtype));
            program.run().unwrap();
            ndgrad_cpu::threads::set_threads(1);
            let [place, speed, force] = given.map(|x| narrowed(&x, DType::F64).to_vec::<f64>());
            let expected = (0..count).map(|i| match dtype {
                DType::F64 => Pull.value([place[i], speed[i]], force[i], [0.3]),
                _ => Pull.value([place[i] as f32, speed[i] as f32], force[i] as f32, [0.3]).map(f64::from),
            });
            let ours = [4, 5].map(|slot| narrowed(program.get(Slot(slot)), DType::F64).to_vec::<f64>());
            assert!(
                expected.enumerate().all(|(i, expected)| [ours[0][i], ours[1][i]] == expected),
                "{count}"
            );
        }
    }
}

/// With one step more that refuses its input, nothing may be written over what was read.
#[test]
fn states_are_carried_to_the_next_run() {
    struct Refuse;
    impl Compute for Refuse {
        fn compute(&self, _: &[&Array], _: &mut Array) -> Result<(), OperationError> {
            Err(OperationError::new("step", "no"))
        }
    }
    for (count, is_refused) in [(3, false), (300, false), (300, true)] {
        let all = spec(&[count], DType::F64);
        let specs = vec![all, all, all, spec(&[], DType::F64), all, all, all];
        let [inputs, out] = [0..4, 4..6].map(|slots| slots.map(Slot).collect());
        let mut steps = vec![Step::Change { changes: Arc::new(Changes::new(Pull, DType::F64)), inputs, out }];
        if is_refused {
            steps.push(Step::Compute { function: Box::new(Refuse), inputs: vec![], out: Slot(6) });
        }
        let mut program = Program::new(specs, steps);
        let given = [0.0, 1.0, 2.0].map(|seed| numbers(&[count], seed));
        given.iter().enumerate().for_each(|(slot, x)| program.put(Slot(slot), x.clone()));
        program.put(Slot(3), Array::from_slice([], &[0.3]));
        program.carry(Slot(4), Slot(0));
        program.carry(Slot(5), Slot(1));
        let start = given.clone().map(|x| x.to_vec::<f64>());
        let [mut place, mut speed, force] = start.clone();
        for _ in 0..3 {
            assert_eq!(program.run_on(&[]).is_err(), is_refused);
            for i in (0..count).filter(|_| !is_refused) {
                [place[i], speed[i]] = Pull.value([place[i], speed[i]], force[i], [0.3]);
            }
        }
        program.end_runs();
        assert_eq!([0, 1].map(|slot| program.get(Slot(slot)).to_vec::<f64>()), [place, speed]);
        assert_eq!(given.clone().map(|x| x.to_vec::<f64>()), start);
        // What is put again is read where it lies, and stays.
        program.put(Slot(0), given[0].clone());
        assert_eq!(program.run().is_err(), is_refused);
        assert!(program.get(Slot(0)).shares_buffer(&given[0]));
        assert_eq!(given[0].to_vec::<f64>(), start[0]);
    }
}

#[test]
#[should_panic(expected = "what is written is nothing else")]
fn states_are_not_written_where_they_are_read() {
    let specs =
        vec![spec(&[3], DType::F32), spec(&[3], DType::F32), spec(&[3], DType::F32), spec(&[], DType::F32)];
    let changes = Arc::new(Changes::new(Pull, DType::F32));
    let inputs = [0, 1, 2, 3].map(Slot).to_vec();
    Program::new(specs, vec![Step::Change { changes, inputs, out: vec![Slot(0), Slot(1)] }]);
}

/// The last of a slot's results is what the next run begins with, as with parameters.
/// Few elements are copied, many change places; what was put is seen by others and stays.
#[test]
fn values_are_carried_to_the_next_run() {
    for count in [3, 300] {
        let mut pass = Pass::new(count);
        let x = pass.read(Slot(0), DType::F32);
        let half = pass.apply(Formula::map(Halve, DType::F32).unwrap(), &[x]);
        pass.store(half, Slot(1));
        let mut program = Program::new(vec![spec(&[count], DType::F32); 2], vec![Step::Pass(pass)]);
        let numbers: Vec<f32> = (0..count).map(|i| 8.0 * i as f32 - 24.0).collect();
        let start = Array::from_slice([count], &numbers);
        program.put(Slot(0), start.clone());
        program.carry(Slot(1), Slot(0));
        for _ in 0..3 {
            program.run_on(&[]).unwrap();
        }
        program.end_runs();
        let eighth: Vec<f32> = numbers.iter().map(|x| x / 8.0).collect();
        assert_eq!(program.get(Slot(0)).to_vec::<f32>(), eighth);
        assert_eq!(start.to_vec::<f32>(), numbers);
        // What is put again is read where it lies, and what was taken is written no more.
        program.put(Slot(0), start.clone());
        program.run().unwrap();
        let taken = program.take(Slot(1));
        program.run().unwrap();
        assert!(!taken.shares_buffer(program.get(Slot(1))));
        assert_eq!(taken.to_vec::<f32>(), numbers.iter().map(|x| x / 2.0).collect::<Vec<_>>());
        assert!(program.get(Slot(0)).shares_buffer(&start));
    }
}

#[test]
fn what_is_read_once_more_is_not_overwritten_by_what_is_carried() {
    let mut pass = Pass::new(3);
    let x = pass.read(Slot(0), DType::F32);
    let half = pass.apply(Formula::map(Halve, DType::F32).unwrap(), &[x]);
    pass.store(half, Slot(1));
    let rest = pass.apply(Formula::zip(Subtract, DType::F32).unwrap(), &[x, half]);
    pass.store(rest, Slot(2));
    let mut program = Program::new(vec![spec(&[3], DType::F32); 3], vec![Step::Pass(pass)]);
    program.put(Slot(0), Array::from_slice([3], &[8f32, 16.0, -24.0]));
    program.carry(Slot(1), Slot(0));
    for _ in 0..3 {
        program.run_on(&[]).unwrap();
    }
    program.end_runs();
    for slot in [0, 2] {
        assert_eq!(program.get(Slot(slot)).to_vec::<f32>(), [1.0, 2.0, -3.0]);
    }
}

/// Longer than what is called without a return, with results that the next formula has in registers, and one that it reads
/// from memory.
#[test]
fn many_formulas_of_few_elements() {
    let numbers = [0.3, -1.7, 2.9, 1e-3];
    for dtype in [DType::F32, DType::F64] {
        let mut pass = Pass::new(4);
        let x = pass.read(Slot(0), dtype);
        let mut y = x;
        for _ in 0..90 {
            let difference = pass.apply(Formula::zip(Subtract, dtype).unwrap(), &[x, y]);
            let half = pass.apply(Formula::map(Halve, dtype).unwrap(), &[difference]);
            let is_below = pass.apply(Formula::compare(Below, dtype).unwrap(), &[half, difference]);
            y = pass.apply(Formula::select(dtype).unwrap(), &[is_below, difference, half]);
        }
        pass.store(y, Slot(1));
        let mut program = Program::new(vec![spec(&[4], dtype); 2], vec![Step::Pass(pass)]);
        let given = narrowed(&Array::from_slice([4], &numbers), dtype);
        program.put(Slot(0), given.clone());
        program.run().unwrap();
        let rounded = |x: f64| if dtype == DType::F32 { f64::from(x as f32) } else { x };
        let expected = narrowed(&given, DType::F64).to_vec::<f64>().into_iter().map(|x| {
            (0..90).fold(x, |y, _| {
                let difference = rounded(x - y);
                let half = rounded(difference * 0.5);
                if half < difference { difference } else { half }
            })
        });
        assert_eq!(bits(program.get(Slot(1))), expected.map(f64::to_bits).collect::<Vec<_>>(), "{dtype}");
    }
}

#[test]
#[should_panic(expected = "what a step writes cannot be put")]
fn nothing_is_put_where_results_are_carried() {
    let mut pass = Pass::new(3);
    let x = pass.read(Slot(0), DType::F32);
    let half = pass.apply(Formula::map(Halve, DType::F32).unwrap(), &[x]);
    pass.store(half, Slot(1));
    let mut program = Program::new(vec![spec(&[3], DType::F32); 2], vec![Step::Pass(pass)]);
    program.carry(Slot(1), Slot(0));
    program.put(Slot(0), Array::from_slice([3], &[1.0f32; 3]));
}

struct Transposed;

impl Compute for Transposed {
    fn compute(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        if inputs[0].to_vec::<f32>()[0] < 0.0 {
            return Err(OperationError::new("transposed", "a number is negative"));
        }
        Cpu.copy(inputs[0], out);
        Ok(())
    }
}

#[test]
fn functions_read_slots_as_layouts_show_them_and_may_refuse() {
    let layout = Layout::contiguous(Shape::from([2, 3])).transpose();
    let step =
        Step::Compute { function: Box::new(Transposed), inputs: vec![(Slot(0), layout)], out: Slot(1) };
    let specs = vec![spec(&[2, 3], DType::F32), spec(&[3, 2], DType::F32)];
    let mut program = Program::new(specs, vec![step]);
    // A view into the middle of a buffer is brought to its start.
    let long = Array::from_slice([8], &[0.0f32, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let view = long.view(long.layout().slice(0, 2, 6, 1).reshape(Shape::from([2, 3])).unwrap());
    program.put(Slot(0), view);
    program.run().unwrap();
    assert_eq!(program.get(Slot(1)).to_vec::<f32>(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    program.put(Slot(0), Array::from_slice([2, 3], &[-1.0f32; 6]));
    assert!(program.run().unwrap_err().to_string().starts_with("transposed: a number is negative"));
}

/// Lets go of the array that it was to fill, and panics when it is told to.
struct Careless;

impl Compute for Careless {
    fn compute(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        *out = numbers(&[3], 1.0);
        assert!(inputs[0].to_vec::<f64>()[0] >= 0.0, "told to");
        Cpu.copy(inputs[0], out);
        Ok(())
    }
}

/// The pointer of its slot pointed to memory that was given back, and a pass of the next run wrote there.
#[test]
fn a_run_after_a_panic_writes_to_memory_of_its_own() {
    let double = DType::F64;
    let pass_between = |from: usize, to: usize| {
        let mut pass = Pass::new(3);
        let x = pass.read(Slot(from), double);
        let half = pass.apply(Formula::map(Halve, double).unwrap(), &[x]);
        pass.store(half, Slot(to));
        Step::Pass(pass)
    };
    // The slot 1 serves twice: for what a pass gives, and for what the function gives.
    let inputs = vec![(Slot(2), Layout::contiguous(Shape::from([3])))];
    let careless = Step::Compute { function: Box::new(Careless), inputs, out: Slot(1) };
    let steps = vec![pass_between(0, 1), pass_between(1, 2), careless, pass_between(1, 3)];
    let mut program = Program::new(vec![spec(&[3], double); 4], steps);
    program.put(Slot(0), Array::from_slice([3], &[-8.0f64, 8.0, 8.0]));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| program.run()));
    assert!(panicked.is_err());
    program.put(Slot(0), Array::from_slice([3], &[8.0f64, 16.0, 24.0]));
    program.run().unwrap();
    assert_eq!(program.get(Slot(3)).to_vec::<f64>(), [1.0, 2.0, 3.0]);
}

#[test]
#[should_panic(expected = "a slot that fits its pass")]
fn a_pass_over_a_smaller_slot_is_refused() {
    let mut pass = Pass::new(100);
    let x = pass.read(Slot(0), DType::F32);
    let half = pass.apply(Formula::map(Halve, DType::F32).unwrap(), &[x]);
    pass.store(half, Slot(1));
    Program::new(vec![spec(&[99], DType::F32), spec(&[100], DType::F32)], vec![Step::Pass(pass)]);
}

#[test]
#[should_panic(expected = "a layout within its slot")]
fn a_load_from_beyond_its_slot_is_refused() {
    let mut pass = Pass::new(4);
    let layout = Layout::contiguous(Shape::from([9])).slice(0, 5, 4, 1);
    let x = pass.load(Slot(0), &layout, DType::F32);
    let half = pass.apply(Formula::map(Halve, DType::F32).unwrap(), &[x]);
    pass.store(half, Slot(1));
    Program::new(vec![spec(&[8], DType::F32), spec(&[4], DType::F32)], vec![Step::Pass(pass)]);
}

proptest! {
    #[test]
    fn passes_of_any_shape_agree(rows in 0usize..40, columns in 1usize..90) {
        check(rows, columns, DType::F32, 1);
    }
}

/// A few elements take other kernels than many do, which sum in the same order.
#[test]
fn products_and_sums_of_any_size_are_those_of_the_backend() {
    #[derive(Clone, Copy)]
    struct Add;
    impl Reduction for Add {
        const DTYPES: DTypes = DTypes::NUMBERS;

        fn identity<S: Scalar>(self) -> S {
            S::ZERO
        }

        fn combine<S: Scalar>(self, left: S, right: S) -> S {
            left + right
        }
    }

    for dtype in [DType::F32, DType::F64, DType::I32] {
        for (rows, inner, columns) in
            (0..6).flat_map(|i| (0..6).flat_map(move |j| [0, 1, 2, 5].map(|k| (i, j, k))))
        {
            let x = narrowed(&numbers(&[rows, inner], 1.0), dtype);
            let y = narrowed(&numbers(&[columns, inner], 2.0), dtype);
            let turned = y.layout().transpose();
            let mut expected = Array::new(spec(&[rows, columns], dtype));
            Cpu.matmul(&x, &y.view(turned), &mut expected);
            let operands =
                [Operand { slot: x.spec(), layout: *x.layout() }, Operand { slot: y.spec(), layout: turned }];
            let Some(routine) = Routine::product(operands[0], operands[1], expected.spec()) else {
                assert_eq!(rows * columns, 0);
                continue;
            };
            check_routine(routine, &[&x, &y], &expected);

            for (kept, layout) in [(1, *x.layout()), (1, x.layout().transpose()), (0, *x.layout())] {
                let shape = Shape::new(&layout.shape()[..kept]);
                let mut expected = Array::new(Spec { shape, ..x.spec() });
                Cpu.reduce(Add, &x.view(layout), kept, &mut expected);
                let operand = Operand { slot: x.spec(), layout };
                if let Some(routine) = Routine::reduction(Add, operand, kept, None, expected.spec()) {
                    check_routine(routine, &[&x], &expected);
                }
            }
        }
    }
}

#[track_caller]
fn check_routine(routine: Routine, inputs: &[&Array], expected: &Array) {
    let out = Slot(inputs.len());
    let specs = inputs.iter().map(|input| input.spec()).chain([expected.spec()]).collect();
    let slots: Vec<Slot> = (0..inputs.len()).map(Slot).collect();
    let mut program = Program::new(specs, vec![Step::Routine { routine, inputs: slots, out }]);
    inputs.iter().enumerate().for_each(|(slot, &input)| program.put(Slot(slot), input.clone()));
    program.run().unwrap();
    assert_eq!(bits(program.get(out)), bits(expected), "{:?} {}", inputs[0].spec(), expected.shape());
}

#[test]
fn rows_are_gathered_into_a_slot() {
    for width in [1, 2, 3, 4, 7] {
        let table = numbers(&[9, width + 1], 3.0);
        let table = table.view(table.layout().slice(1, 1, width, 1));
        let rows = [8, 0, 3, 3];
        let mut pass = Pass::new(4 * width);
        let x = pass.read(Slot(0), DType::F64);
        let half = pass.apply(Formula::map(Halve, DType::F64).unwrap(), &[x]);
        pass.store(half, Slot(1));
        let mut program = Program::new(vec![spec(&[4, width], DType::F64); 2], vec![Step::Pass(pass)]);
        program.gather(&table, Slot(0));
        program.run_on(&rows).unwrap();
        let mut expected = Array::new(spec(&[4, width], DType::F64));
        Cpu.gather(&table, &rows, &mut expected);
        assert_eq!(bits(program.get(Slot(0))), bits(&expected));
        let halves: Vec<f64> = expected.to_vec::<f64>().into_iter().map(|x| x * 0.5).collect();
        assert_eq!(program.get(Slot(1)).to_vec::<f64>(), halves);
    }
}
