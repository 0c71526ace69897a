//! Many numbers folded to one, in an order that only their count decides.
//!
//! The numbers are cut into blocks of 1,024. Within a block, number `i` goes to lane `i mod 16`, and the lanes are
//! combined as a tree; so are the blocks (pairwise summation: Higham, "The accuracy of floating point
//! summation", SIAM J. Sci. Comput. 14, 1993). The tree is the same for every layout, instruction set and number
//! of threads.

use std::hint::black_box;

pub const LANES: usize = 16;
pub const BLOCK: usize = 1024;

/// Blocks that are reduced at the same time: an addition takes about as many cycles.
const READERS: usize = 4;

/// The most blocks of one run between two that are reduced at the same time, a power of [`READERS`]. Those of one page after
/// the other come soonest from memory, and several such series sooner than one.
const MOST_APART: usize = 64;

/// Runs that are reduced at the same time: the lanes of more of them would not stay in registers.
const RUNS: usize = 2;

/// Runs whose lanes wait in memory for what follows, which then waits for none of them.
const WAITING: usize = 16;

/// Runs of numbers, of which each is reduced to one. All must be `#[inline(always)]`.
pub trait Runs {
    type Number: Copy;
    fn identity(&self) -> Self::Number;
    /// A lane and number `i` of a run together.
    fn add(&self, lane: Self::Number, run: usize, i: usize) -> Self::Number;
    fn combine(&self, left: Self::Number, right: Self::Number) -> Self::Number;
}

/// Runs of numbers that lie one behind the other. All must be `#[inline(always)]`.
pub trait Rows: Runs {
    /// Numbers of a run in rows of [`LANES`].
    type Rows: Copy;
    /// So many rows of a run, from number `start` on.
    fn rows(&self, run: usize, start: usize, rows: usize) -> Self::Rows;
    /// Each lane and a number of a row together.
    fn add_row(&self, lanes: [Self::Number; LANES], rows: Self::Rows, row: usize) -> [Self::Number; LANES];
    /// Asks for the numbers of a run, if they may be far.
    fn ask(&self, run: usize, count: usize);
    /// Some lanes and as many numbers of a run together, from number `start` on.
    fn add_some<const N: usize>(&self, lanes: &mut [Self::Number; N], run: usize, start: usize);
}

/// Reduces a run of `count` numbers for each output: several at the same time.
#[inline(always)]
pub fn fold_runs<R: Rows>(runs: &R, count: usize, out: &mut [R::Number]) {
    if count > BLOCK {
        return fold_long_runs(runs, count, out);
    }
    if lanes_of(count) < LANES {
        return (out.iter_mut().enumerate()).for_each(|(run, out)| *out = fold_few(runs, run, 0, count));
    }
    let mut lanes = [[runs.identity(); LANES]; WAITING];
    for (group, out) in out.chunks_mut(WAITING).enumerate() {
        let first = group * WAITING;
        let lanes = &mut lanes[..out.len()];
        let (pairs, rest) = lanes.as_chunks_mut::<RUNS>();
        let paired = pairs.len() * RUNS;
        for (pair, lanes) in pairs.iter_mut().enumerate() {
            // Between groups the processor sees no row for a while.
            (0..RUNS).for_each(|i| runs.ask(first + WAITING + pair * RUNS + i, count));
            *lanes = add_rows(
                runs,
                std::array::from_fn::<_, RUNS, _>(|i| (first + pair * RUNS + i, 0)),
                count / LANES,
            );
        }
        for (i, lanes) in rest.iter_mut().enumerate() {
            [*lanes] = add_rows(runs, [(first + paired + i, 0)], count / LANES);
        }
        finish(runs, black_box(lanes), first, 0, count, out);
    }
}

/// Takes the numbers behind the last whole row of blocks of `count` into their lanes, and these together: each block is of
/// the next run, from a place on.
#[inline(always)]
fn finish<R: Rows>(
    runs: &R,
    lanes: &mut [[R::Number; LANES]],
    first: usize,
    start: usize,
    count: usize,
    out: &mut [R::Number],
) {
    let whole = start + count / LANES * LANES;
    if start + count > whole {
        for (i, lanes) in lanes.iter_mut().enumerate() {
            // Eight of them, four, two, one: pieces whose sizes are known when this is compiled.
            let mut rest = &mut lanes[..count % LANES];
            let mut place = whole;
            rest = add_piece::<R, 8>(runs, rest, first + i, &mut place);
            rest = add_piece::<R, 4>(runs, rest, first + i, &mut place);
            rest = add_piece::<R, 2>(runs, rest, first + i, &mut place);
            add_piece::<R, 1>(runs, rest, first + i, &mut place);
        }
    }
    for (out, lanes) in out.iter_mut().zip(lanes) {
        // The compiler does not see that the next ones lie beside them, and so takes no lane of many at once.
        *out = combined(runs, black_box(lanes));
    }
}

/// Takes `N` numbers of a run, from a place on, into as many lanes, if there are so many, and returns the other lanes.
#[inline(always)]
fn add_piece<'a, R: Rows, const N: usize>(
    runs: &R,
    lanes: &'a mut [R::Number],
    run: usize,
    place: &mut usize,
) -> &'a mut [R::Number] {
    if lanes.len() < N {
        return lanes;
    }
    let (piece, rest) = lanes.split_first_chunk_mut::<N>().expect("so many lanes");
    runs.add_some(piece, run, *place);
    *place += N;
    rest
}

/// Reduces runs of more than a block.
#[inline(always)]
fn fold_long_runs<R: Rows>(runs: &R, count: usize, out: &mut [R::Number]) {
    let whole = count / BLOCK;
    let finish = |run: usize, mut tree: Tree<'_, R>| {
        if count > whole * BLOCK {
            tree.add(fold_block(runs, run, whole * BLOCK, count % BLOCK), 1);
        }
        tree.total()
    };
    let apart = out.len() / READERS;
    for first in 0..apart {
        let starts: [_; READERS] = std::array::from_fn(|i| (first + i * apart, 0));
        for ((run, _), tree) in starts.into_iter().zip(fold_parts(runs, starts, whole)) {
            out[run] = finish(run, tree);
        }
    }
    for (run, out) in out.iter_mut().enumerate().skip(READERS * apart) {
        *out = finish(run, fold_long(runs, run, whole));
    }
}

/// Reduces a run of so many blocks, [`READERS`] branches of the tree at the same time.
#[inline(always)]
fn fold_long<R: Rows>(runs: &R, run: usize, blocks: usize) -> Tree<'_, R> {
    let mut tree = Tree::new(runs);
    let (mut apart, mut done) = (MOST_APART, 0);
    while apart > 0 {
        if done + READERS * apart > blocks {
            apart /= READERS;
            continue;
        }
        let starts = std::array::from_fn(|i| (run, (done + i * apart) * BLOCK));
        for part in fold_parts(runs, starts, apart) {
            tree.add(part.total(), apart);
        }
        done += READERS * apart;
    }
    for block in done..blocks {
        let [total] = fold_whole_blocks(runs, [(run, block * BLOCK)]);
        tree.add(total, 1);
    }
    tree
}

/// Reduces so many blocks of runs, each from a place on.
#[inline(always)]
fn fold_parts<R: Rows>(runs: &R, starts: [(usize, usize); READERS], blocks: usize) -> [Tree<'_, R>; READERS] {
    let mut trees = starts.map(|_| Tree::new(runs));
    for block in 0..blocks {
        let totals = fold_whole_blocks(runs, starts.map(|(run, start)| (run, start + block * BLOCK)));
        trees.iter_mut().zip(totals).for_each(|(tree, total)| tree.add(total, 1));
    }
    trees
}

/// What blocks were reduced to, one after the other.
struct Tree<'a, R: Runs> {
    runs: &'a R,
    blocks: usize,
    /// The branches that wait for their right neighbours: one for each bit of the number of blocks.
    branches: [R::Number; usize::BITS as usize],
    waiting: usize,
}

impl<'a, R: Runs> Tree<'a, R> {
    #[inline(always)]
    fn new(runs: &'a R) -> Self {
        Tree { runs, blocks: 0, branches: [runs.identity(); usize::BITS as usize], waiting: 0 }
    }

    /// Adds what so many blocks came to: a power of two, of which what was added before has a multiple.
    #[inline(always)]
    fn add(&mut self, mut total: R::Number, blocks: usize) {
        for _ in 0..(self.blocks / blocks).trailing_ones() {
            self.waiting -= 1;
            total = self.runs.combine(self.branches[self.waiting], total);
        }
        self.branches[self.waiting] = total;
        self.waiting += 1;
        self.blocks += blocks;
    }

    #[inline(always)]
    fn total(self) -> R::Number {
        let last = self.branches[self.waiting - 1];
        let others = self.branches[..self.waiting - 1].iter().rev();
        others.fold(last, |total, &branch| self.runs.combine(branch, total))
    }
}

/// Reduces `count` numbers of a run from a place on: no more than there are lanes.
#[inline(always)]
pub fn fold_few<R: Runs>(runs: &R, run: usize, start: usize, count: usize) -> R::Number {
    if count <= 4 {
        // What the loops below come to.
        let lane = |i| if i < count { runs.add(runs.identity(), run, start + i) } else { runs.identity() };
        return match count {
            0 | 1 => lane(0),
            2 => runs.combine(lane(0), lane(1)),
            _ => runs.combine(runs.combine(lane(0), lane(2)), runs.combine(lane(1), lane(3))),
        };
    }
    let mut lanes = [runs.identity(); LANES];
    for (i, lane) in lanes.iter_mut().enumerate().take(count) {
        *lane = runs.add(*lane, run, start + i);
    }
    let mut width = lanes_of(count) / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = runs.combine(lanes[i], lanes[i + width]);
        }
        width /= 2;
    }
    lanes[0]
}

/// Reduces a block of `count` numbers of a run from a place on.
#[inline(always)]
fn fold_block<R: Rows>(runs: &R, run: usize, start: usize, count: usize) -> R::Number {
    if count < LANES {
        return fold_few(runs, run, start, count);
    }
    let mut lanes = add_rows(runs, [(run, start)], count / LANES);
    let mut total = runs.identity();
    finish(runs, black_box(&mut lanes), run, start, count, std::slice::from_mut(&mut total));
    total
}

/// Reduces `N` whole blocks, each of a run from a place on.
#[inline(always)]
fn fold_whole_blocks<R: Rows, const N: usize>(runs: &R, blocks: [(usize, usize); N]) -> [R::Number; N] {
    let lanes = add_rows(runs, blocks, BLOCK / LANES);
    // The compiler sees them leave as a whole, and so keeps them in registers as a whole.
    let lanes = black_box(lanes);
    let mut totals = [runs.identity(); N];
    for (total, lanes) in totals.iter_mut().zip(&lanes) {
        *total = combined(runs, lanes);
    }
    totals
}

/// Takes rows of numbers of `N` blocks into lanes, at the same time, so that none waits for the additions of another.
#[inline(always)]
fn add_rows<R: Rows, const N: usize>(
    runs: &R,
    blocks: [(usize, usize); N],
    rows: usize,
) -> [[R::Number; LANES]; N] {
    let numbers = blocks.map(|(run, start)| runs.rows(run, start, rows));
    let mut lanes = [[runs.identity(); LANES]; N];
    for row in 0..rows {
        for (lanes, numbers) in lanes.iter_mut().zip(numbers) {
            *lanes = runs.add_row(*lanes, numbers, row);
        }
    }
    lanes
}

/// What the lanes of a block come to, as a tree.
#[inline(always)]
fn combined<R: Runs>(runs: &R, lanes: &[R::Number; LANES]) -> R::Number {
    let eight: [_; 8] = std::array::from_fn(|i| runs.combine(lanes[i], lanes[i + 8]));
    let four: [_; 4] = std::array::from_fn(|i| runs.combine(eight[i], eight[i + 4]));
    runs.combine(runs.combine(four[0], four[2]), runs.combine(four[1], four[3]))
}

/// The lanes that a block of `count` numbers has: a power of two.
#[inline(always)]
pub fn lanes_of(count: usize) -> usize {
    count.next_power_of_two().min(LANES)
}
