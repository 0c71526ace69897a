//! An epoch as one call is what its calls one after the other are, bit for bit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ndgrad_tensor::autograd::{self, GradReq};
use ndgrad_tensor::compile::Feed;
use ndgrad_tensor::optim::Adam;
use ndgrad_tensor::{DType, Tensor, compile, random, tensor};

/// Rows of two tables in batches of these numbers of rows, again and again from the start.
#[derive(Clone)]
struct Rows {
    tables: [Tensor; 2],
    batches: Vec<Vec<usize>>,
    next: usize,
    are_told: bool,
}

impl Rows {
    fn new(tables: [Tensor; 2], sizes: &[usize]) -> Rows {
        let count = tables[0].len();
        let mut row = 0;
        let mut batch = |&size: &usize| {
            let rows = (row..row + size).map(|row| (row * 7) % count).collect();
            row += size;
            rows
        };
        Rows { batches: sizes.iter().map(&mut batch).collect(), tables, next: 0, are_told: true }
    }
}

impl Feed<(Tensor, Tensor)> for Rows {
    fn next(&mut self) -> Option<(Tensor, Tensor)> {
        let rows = self.batches.get(self.next)?;
        self.next += 1;
        Some((self.tables[0].take(rows), self.tables[1].take(rows)))
    }

    fn tables(&self) -> Vec<Tensor> {
        if self.are_told { self.tables.to_vec() } else { Vec::new() }
    }

    fn rows(&self) -> Option<(usize, &[usize])> {
        self.batches.get(self.next).map(|rows| (rows.len(), &rows[..]))
    }

    fn skip(&mut self) {
        self.next += 1;
    }
}

fn bits(x: &Tensor) -> Vec<u64> {
    x.to_dtype(DType::F64).to_vec::<f64>().into_iter().map(f64::to_bits).collect()
}

/// Compares what is left after the epoch, and what came out last, in three ways: eager, over rows, over batches.
#[track_caller]
fn compare<S>(make: impl Fn() -> S, step: impl Fn(&S, (Tensor, Tensor)) -> Vec<Tensor>, rows: &Rows)
where
    S: AsRef<[Tensor]>,
{
    let run = |way: usize| {
        random::seed(4);
        let state = make();
        let mut feed = Rows { are_told: way == 1, ..rows.clone() };
        let last = if way == 0 {
            std::iter::from_fn(|| feed.next()).map(|batch| step(&state, batch)).last()
        } else {
            compile(|batch| step(&state, batch)).over(feed)
        };
        let mut all: Vec<Tensor> = last.expect("a batch").iter().map(Tensor::detach).collect();
        for leaf in state.as_ref() {
            all.extend([leaf.detach(), leaf.grad()]);
        }
        all.push(random::normal([3]));
        all.iter().map(bits).collect::<Vec<_>>()
    };
    let eager = run(0);
    assert_eq!(run(1), eager, "over rows");
    assert_eq!(run(2), eager, "over batches");
}

fn line(width: usize, dtype: DType) -> [Tensor; 2] {
    random::seed(2);
    let x = random::normal([64, width]).to_dtype(dtype);
    [x.clone(), x.sum_axes(1) + 0.1]
}

#[test]
fn training_is_the_same_whatever_the_size() {
    for dtype in [DType::F32, DType::F64] {
        // From kernels for a few elements to tiles, and with odd batches in between.
        for (width, batch) in [(1, 1), (2, 4), (3, 4), (4, 3), (5, 4), (2, 7), (40, 32)] {
            let sizes = [batch, batch, batch, batch, 2, 2, 2, batch, batch, batch];
            let make = || {
                [
                    Tensor::zeros_as([width, 1], dtype),
                    tensor(0.5).to_dtype(dtype),
                    tensor(0.0).to_dtype(dtype),
                ]
                .map(|x| x.attach_grad())
            };
            compare(
                make,
                |[w, b, moving], (x, y)| {
                    let loss = autograd::record(|| (x.dot(w) + b - y.reshape([-1, 1])).square().mean());
                    loss.backward();
                    w.assign(w - 0.01 * w.grad());
                    b.assign(b - 0.01 * b.grad());
                    moving.assign(0.9 * &moving.detach() + 0.1 * loss.detach());
                    vec![loss.detach()]
                },
                &Rows::new(line(width, dtype), &sizes),
            );
        }
    }
}

/// A parameter and its moments are written where they lie, unless their old or new values are read once more.
#[test]
fn adam_changes_parameters_over_an_epoch_as_step_by_step() {
    struct Model {
        adam: Adam,
        leaves: Vec<Tensor>,
    }
    impl AsRef<[Tensor]> for Model {
        fn as_ref(&self) -> &[Tensor] {
            &self.leaves
        }
    }
    for (width, reads) in [(1, "nothing"), (3, "nothing"), (40, "nothing"), (40, "old"), (40, "new")] {
        let make = || {
            let w = Tensor::zeros([width, 1]).attach_grad();
            let adam = Adam::new(std::slice::from_ref(&w), 0.01);
            let leaves = [&[w], adam.state()].concat();
            Model { adam, leaves }
        };
        compare(
            make,
            |Model { adam, leaves }, (x, y)| {
                let w = &leaves[0];
                let old = w.detach();
                let loss = autograd::record(|| (x.dot(w) - y.reshape([-1, 1])).square().mean());
                loss.backward();
                adam.step();
                match reads {
                    "old" => vec![old.square().sum()],
                    "new" => vec![w.square().sum()],
                    _ => vec![loss.detach()],
                }
            },
            &Rows::new(line(width, DType::F32), &[32, 32, 32, 2, 2, 32, 32, 32]),
        );
    }
}

#[test]
fn gradients_that_are_added_up_and_draws_go_on_from_step_to_step() {
    compare(
        || [tensor([[0.1], [0.2]]).attach_grad_with(GradReq::Add)],
        |[w], (x, y)| {
            let noise = random::normal([1]);
            let loss = autograd::record(|| (x.dot(w) * noise - y.reshape([-1, 1])).abs().sum());
            loss.backward();
            vec![w.grad()]
        },
        &Rows::new(line(2, DType::F32), &[3; 9]),
    );
}

#[test]
fn leaves_that_change_places_or_become_what_others_get_are_right_too() {
    compare(
        || [tensor([1.0, 2.0]), tensor([3.0, 4.0]), tensor([[0.0; 2]; 3])].map(|x| x.attach_grad()),
        |[a, b, c], (x, _)| {
            let (old, sum) = (a.detach(), x.sum_axes(0));
            a.assign(b.detach());
            b.assign(&old * 0.5);
            c.assign(x.clone());
            vec![old, sum]
        },
        &Rows::new(line(2, DType::F32), &[3; 6]),
    );
}

#[test]
fn a_step_that_is_refused_leaves_what_the_one_before_left() {
    let (x, y) = (tensor([[1.0], [2.0], [3.0], [4.0], [5.0]]), tensor([0, 0, 0, 1, 0]));
    // The fourth label does not exist.
    let rows = Rows::new([x.clone(), y], &[1; 5]);
    let order: Vec<usize> = rows.batches.concat();
    let sum = tensor(0.0).attach_grad();
    let step = compile(|(x, label): (Tensor, Tensor)| {
        let loss = x.cross_entropy(&label);
        sum.assign(&sum + x.sum());
        loss
    });
    let panic = catch_unwind(AssertUnwindSafe(|| step.over(rows))).expect_err("a label that does not exist");
    let message = panic.downcast_ref::<String>().expect("a message");
    assert!(message.starts_with("gather: position out of bounds"), "{message}");
    let done: f64 = order.iter().take_while(|&&row| row != 3).map(|&row| row as f64 + 1.0).sum();
    assert_eq!(sum.item(), done);
}

/// What was seen of a leaf before an epoch, by a handle, a view or a detached tensor, stays as it was.
#[test]
fn what_others_hold_of_a_leaf_is_never_written_over() {
    for width in [2, 40] {
        let [x, y] = line(width, DType::F32);
        let w = Tensor::zeros([width, 1]).attach_grad();
        let step = compile(|(x, y): (Tensor, Tensor)| {
            autograd::record(|| (x.dot(&w) - y.reshape([-1, 1])).square().mean()).backward();
            w.assign(&w - 0.01 * w.grad());
        });
        let mut seen: Vec<(Tensor, Vec<u64>)> = Vec::new();
        for _ in 0..3 {
            step.over(Rows::new([x.clone(), y.clone()], &[4; 10]));
            for held in [w.detach(), w.detach().transpose(), w.detach().reshape([-1]), w.grad()] {
                let before = bits(&held);
                seen.push((held, before));
            }
            for (held, before) in &seen {
                assert_eq!(&bits(held), before, "width {width}");
            }
        }
        assert_ne!(seen[0].1, seen[4].1, "it learns");
        assert!(seen.iter().all(|(held, before)| bits(held) == *before));
    }
}
