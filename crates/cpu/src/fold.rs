//! Many numbers folded to one, in an order that only their count decides.
//!
//! The numbers are cut into blocks of 1,024. Within a block, number `i` goes to lane `i mod 16`, and the lanes are
//! combined as a tree; so are the blocks (pairwise summation: Higham, "The accuracy of floating point
//! summation", SIAM J. Sci. Comput. 14, 1993). The tree is the same for every layout, instruction set and number
//! of threads.

pub const LANES: usize = 16;
pub const BLOCK: usize = 1024;

/// Blocks of one run that are reduced at the same time: an addition takes about as many cycles.
const BLOCKS: usize = 4;

/// Numbers ahead that are asked from memory where blocks are reduced one after the other.
const AHEAD: usize = 512;

/// Runs that are reduced at the same time: the lanes of more of them would not stay in registers.
const RUNS: usize = 2;

/// Numbers, by their positions, that a run is reduced of. All must be `#[inline(always)]`.
pub trait Run {
    type Number: Copy;
    fn identity(&self) -> Self::Number;
    /// Each lane and a number together: those from `start` on.
    fn add(&self, lanes: [Self::Number; LANES], start: usize) -> [Self::Number; LANES];
    /// One lane and number `i` together.
    fn add_one(&self, lane: Self::Number, i: usize) -> Self::Number;
    fn combine(&self, left: Self::Number, right: Self::Number) -> Self::Number;
    /// Asks for a row of numbers, from `start` on, that will soon be added, if they are there.
    #[inline(always)]
    fn ask(&self, _start: usize) {}
}

/// Reduces a run of `count` numbers for each output: several at the same time.
#[inline(always)]
pub fn fold_runs<R: Run>(count: usize, run: impl Fn(usize) -> R, out: &mut [R::Number]) {
    if count > BLOCK {
        // One after the other, as they lie in memory, which is what long ones wait for.
        for (i, out) in out.iter_mut().enumerate() {
            *out = fold_long(count, &run(i));
        }
        return;
    }
    let (groups, rest) = out.as_chunks_mut::<RUNS>();
    let grouped = groups.len() * RUNS;
    for (group, out) in groups.iter_mut().enumerate() {
        let runs: [R; RUNS] = std::array::from_fn(|i| run(group * RUNS + i));
        *out = fold_blocks(runs.each_ref().map(|run| (run, 0)), count, None);
    }
    for (i, out) in rest.iter_mut().enumerate() {
        [*out] = fold_blocks([(&run(grouped + i), 0)], count, None);
    }
}

/// Reduces a run of many numbers.
#[inline(always)]
fn fold_long<R: Run>(count: usize, run: &R) -> R::Number {
    let mut tree = Tree::new(run);
    let grouped = count / (BLOCKS * BLOCK) * (BLOCKS * BLOCK);
    for start in (0..grouped).step_by(BLOCKS * BLOCK) {
        let blocks: [_; BLOCKS] = std::array::from_fn(|i| (run, start + i * BLOCK));
        fold_blocks(blocks, BLOCK, Some(BLOCKS * BLOCK)).into_iter().for_each(|total| tree.add(total));
    }
    for start in (grouped..count).step_by(BLOCK) {
        let [total] = fold_blocks([(run, start)], BLOCK.min(count - start), Some(AHEAD));
        tree.add(total);
    }
    tree.total()
}

/// What blocks were reduced to, one after the other.
struct Tree<'a, R: Run> {
    run: &'a R,
    blocks: usize,
    /// The branches that wait for their right neighbours: one for each bit of the number of blocks.
    branches: [R::Number; usize::BITS as usize],
    waiting: usize,
}

impl<'a, R: Run> Tree<'a, R> {
    #[inline(always)]
    fn new(run: &'a R) -> Self {
        Tree { run, blocks: 0, branches: [run.identity(); usize::BITS as usize], waiting: 0 }
    }

    #[inline(always)]
    fn add(&mut self, mut total: R::Number) {
        for _ in 0..self.blocks.trailing_ones() {
            self.waiting -= 1;
            total = self.run.combine(self.branches[self.waiting], total);
        }
        self.branches[self.waiting] = total;
        self.waiting += 1;
        self.blocks += 1;
    }

    #[inline(always)]
    fn total(self) -> R::Number {
        let last = self.branches[self.waiting - 1];
        let others = self.branches[..self.waiting - 1].iter().rev();
        others.fold(last, |total, &branch| self.run.combine(branch, total))
    }
}

/// Reduces `count` numbers of a run from a place on: no more than there are lanes.
#[inline(always)]
pub fn fold_few<R: Run>(run: &R, start: usize, count: usize) -> R::Number {
    if count <= 4 {
        // What the loops below come to.
        let lane = |i| if i < count { run.add_one(run.identity(), start + i) } else { run.identity() };
        return match count {
            0 | 1 => lane(0),
            2 => run.combine(lane(0), lane(1)),
            _ => run.combine(run.combine(lane(0), lane(2)), run.combine(lane(1), lane(3))),
        };
    }
    let mut lanes = [run.identity(); LANES];
    for (i, lane) in lanes.iter_mut().enumerate().take(count) {
        *lane = run.add_one(*lane, start + i);
    }
    let mut width = lanes_of(count) / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = run.combine(lanes[i], lanes[i + width]);
        }
        width /= 2;
    }
    lanes[0]
}

/// Reduces `N` blocks of `count` numbers, each of a run from a place on, at the same time, so that none waits for the
/// additions of another. What lies so many numbers ahead is asked for: the processor foresees nothing beyond a page, which
/// may be as long as a block.
#[inline(always)]
fn fold_blocks<R: Run, const N: usize>(
    blocks: [(&R, usize); N],
    count: usize,
    ahead: Option<usize>,
) -> [R::Number; N] {
    if count < LANES {
        return blocks.map(|(run, start)| fold_few(run, start, count));
    }
    let run = blocks[0].0;
    // Kept in registers: no slice is taken of them.
    let mut lanes = [[run.identity(); LANES]; N];
    let whole = count / LANES * LANES;
    for row in (0..whole).step_by(LANES) {
        for (lanes, (run, start)) in lanes.iter_mut().zip(blocks) {
            if let Some(ahead) = ahead {
                run.ask(start + row + ahead);
            }
            *lanes = run.add(*lanes, start + row);
        }
    }
    let mut totals = [run.identity(); N];
    for (i, (run, start)) in blocks.into_iter().enumerate() {
        // Positions that are known when this is compiled, so that the lanes stay in registers.
        let mut lanes = lanes[i];
        for (i, lane) in lanes.iter_mut().enumerate().take(LANES - 1) {
            if i < count - whole {
                *lane = run.add_one(*lane, start + whole + i);
            }
        }
        let eight: [_; 8] = std::array::from_fn(|i| run.combine(lanes[i], lanes[i + 8]));
        let four: [_; 4] = std::array::from_fn(|i| run.combine(eight[i], eight[i + 4]));
        totals[i] = run.combine(run.combine(four[0], four[2]), run.combine(four[1], four[3]));
    }
    totals
}

/// The lanes that a block of `count` numbers has: a power of two.
#[inline(always)]
pub fn lanes_of(count: usize) -> usize {
    count.next_power_of_two().min(LANES)
}
