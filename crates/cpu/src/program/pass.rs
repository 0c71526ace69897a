//! `Pass`: a chain of elementwise formulas, computed in one pass over tiles that stay in the nearest cache.

use ndgrad_array::{DType, Layout, Spec};

use super::Slot;
use super::lane::{Formula, MOST_INPUTS};
use super::load::Load;
use super::tiled::{Address, Call, Tiled};

/// As many arrays at once a processor foresees the reading and writing of, sooner than it can be asked: `a * b + c` takes a
/// quarter longer if it is.
const FORESEEN: usize = 4;

/// Elementwise formulas over equally many elements, some of which read what others gave.
///
/// What is computed goes from formula to formula in tiles; only what is [stored](Pass::store) is written to memory.
pub struct Pass {
    count: usize,
    values: Vec<Value>,
    loads: Vec<Loading>,
    calls: Vec<Calling>,
}

/// A value within a [`Pass`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassValue(usize);

struct Value {
    dtype: DType,
    /// Where it lies in memory, if it is more than tiles.
    slot: Option<Slot>,
}

struct Loading {
    from: Slot,
    layout: Layout,
    to: usize,
}

struct Calling {
    formula: Formula,
    inputs: Vec<usize>,
    out: usize,
}

impl Pass {
    /// A pass over this many elements.
    pub fn new(count: usize) -> Pass {
        Pass { count, values: Vec::new(), loads: Vec::new(), calls: Vec::new() }
    }

    /// The number of elements.
    pub fn count(&self) -> usize {
        self.count
    }

    fn value(&mut self, dtype: DType, slot: Option<Slot>) -> PassValue {
        self.values.push(Value { dtype, slot });
        PassValue(self.values.len() - 1)
    }

    /// The elements of a slot, one after the other.
    pub fn read(&mut self, slot: Slot, dtype: DType) -> PassValue {
        self.value(dtype, Some(slot))
    }

    /// The elements of a slot as a layout shows them, of which there must be as many as the pass has.
    pub fn load(&mut self, from: Slot, layout: &Layout, dtype: DType) -> PassValue {
        let value = self.value(dtype, None);
        self.loads.push(Loading { from, layout: *layout, to: value.0 });
        value
    }

    /// A formula of values.
    ///
    /// # Panics
    /// When the formula takes other dtypes.
    pub fn apply(&mut self, formula: Formula, inputs: &[PassValue]) -> PassValue {
        let dtypes: Vec<DType> = inputs.iter().map(|input| self.values[input.0].dtype).collect();
        assert_eq!(dtypes, formula.inputs, "a formula of a pass takes its own dtypes");
        let out = self.value(formula.output, None);
        let inputs = inputs.iter().map(|input| input.0).collect();
        self.calls.push(Calling { formula, inputs, out: out.0 });
        out
    }

    /// Writes what a formula gave to a slot.
    ///
    /// # Panics
    /// When the value is no formula's, or stored already.
    pub fn store(&mut self, value: PassValue, slot: Slot) {
        let new = self.values[value.0].slot.is_none() && self.calls.iter().any(|call| call.out == value.0);
        assert!(new, "what a formula gave is stored once");
        self.values[value.0].slot = Some(slot);
    }

    /// The slots that are written.
    pub(super) fn written(&self) -> Vec<Slot> {
        self.calls.iter().filter_map(|call| self.values[call.out].slot).collect()
    }

    /// The pass with every operand found: all is checked against the slots, and few tiles serve for many values.
    ///
    /// # Panics
    /// When a slot is of another size or dtype, written twice, or written though it is read from the start.
    pub(super) fn prepare(self, slots: &[Spec]) -> Tiled {
        for Value { dtype, slot } in &self.values {
            if let Some(slot) = slot {
                let spec = slots[slot.0];
                assert!(spec.dtype == *dtype && spec.shape.size() == self.count, "a slot that fits its pass");
            }
        }
        let written = self.written();
        let computed: Vec<usize> = self.calls.iter().map(|call| call.out).collect();
        let read = self.values.iter().enumerate().filter(|(value, _)| !computed.contains(value));
        let read: Vec<Slot> = read.filter_map(|(_, value)| value.slot).collect();
        for slot in read.iter().copied().chain(self.loads.iter().map(|loading| loading.from)) {
            assert!(!written.contains(&slot), "a pass reads no slot that it writes");
        }
        let asks = read.len() + written.len() > FORESEEN;
        for (i, slot) in written.iter().enumerate() {
            assert!(!written[..i].contains(slot), "a slot is written once in a pass");
        }

        let mut tiles = Tiles::new(&self);
        let mut loads = Vec::new();
        for Loading { from, layout, to } in &self.loads {
            assert_eq!(layout.shape().size(), self.count, "as many elements as the pass has");
            assert_eq!(slots[from.0].dtype, self.values[*to].dtype, "a slot of the load's dtype");
            loads.push(Load::new(*from, layout, slots[from.0], tiles.take(*to)));
        }
        let mut calls: Vec<Call> = Vec::new();
        for (step, Calling { formula, inputs, out }) in self.calls.into_iter().enumerate() {
            let address = |value: usize, tiles: &Tiles| match &self.values[value] {
                Value { slot: Some(slot), dtype } => Address::slot(*slot, *dtype),
                Value { slot: None, .. } => Address::tile(tiles.of(value)),
            };
            let mut operands = [Address::tile(0); MOST_INPUTS];
            for (operand, &input) in operands.iter_mut().zip(&inputs) {
                *operand = address(input, &tiles);
            }
            if self.values[out].slot.is_none() {
                tiles.take(out);
            }
            // Only now, since a result may not lie over its operands.
            inputs.iter().for_each(|&input| tiles.give(input, step));
            let out = address(out, &tiles);
            let news = (operands[..inputs.len()].iter())
                .filter(|&&input| {
                    asks && !input.is_tile
                        && calls.iter().all(|call| call.out != input && !call.inputs.contains(&input))
                })
                .copied()
                .collect();
            calls.push(Call { unit: formula.unit(), lane: formula.lane, inputs: operands, out, news });
        }
        Tiled { count: self.count, loads, calls, tiles: tiles.count }
    }
}

/// Gives out tiles to values.
struct Tiles {
    tiles: Vec<Option<usize>>,
    last_use: Vec<usize>,
    free: Vec<usize>,
    count: usize,
}

impl Tiles {
    fn new(pass: &Pass) -> Tiles {
        let mut last_use = vec![usize::MAX; pass.values.len()];
        for (step, call) in pass.calls.iter().enumerate() {
            call.inputs.iter().for_each(|&input| last_use[input] = step);
        }
        // What is loaded once for the whole pass stays.
        pass.loads.iter().for_each(|loading| last_use[loading.to] = usize::MAX);
        Tiles { tiles: vec![None; pass.values.len()], last_use, free: Vec::new(), count: 0 }
    }

    fn take(&mut self, value: usize) -> usize {
        let tile = self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        });
        self.tiles[value] = Some(tile);
        tile
    }

    fn of(&self, value: usize) -> usize {
        self.tiles[value].expect("computed before it is read")
    }

    /// Frees the tile of a value that is not read after this step.
    fn give(&mut self, value: usize, step: usize) {
        if self.last_use[value] == step
            && let Some(tile) = self.tiles[value].take()
        {
            self.free.push(tile);
        }
    }
}
