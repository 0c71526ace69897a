//! `Plan`: from what a function did to a program that does it again.

use std::collections::BTreeMap;
use std::sync::Arc;

use ndgrad_array::{Array, Layout, Shape, Spec};
use ndgrad_cpu::copied;
use ndgrad_cpu::program::{Compute, Formula, Operand, Pass, PassValue, Slot, Step};

use super::compute::{Applied, Drawn, Whole};
use super::trace::{Action, Id, Instruction, Source, Trace};
use crate::ops::Changed;

/// What is done together, as numbers of instructions.
#[derive(Debug)]
pub(super) enum Stage {
    /// Elementwise formulas in one pass over this many elements.
    Fused(usize, Vec<usize>),
    /// States that change together, of this many elements.
    Changed(usize, Vec<usize>),
    Single(usize),
}

/// What is to be done, in which order, and which values that takes.
pub(super) struct Plan<'a> {
    trace: &'a Trace,
    /// Whether anybody needs the value.
    is_needed: Vec<bool>,
    pub stages: Vec<Stage>,
}

impl<'a> Plan<'a> {
    /// A plan that leads to these values.
    pub fn new(trace: &'a Trace, wanted: &[Id]) -> Plan<'a> {
        let is_needed = needed(trace, wanted);
        let stages = Scheduler::new(trace, &is_needed).run();
        Plan { trace, is_needed, stages }
    }

    /// Gives memory to values and makes steps of stages. What is `kept` is there when the program has run, in a slot
    /// that nothing else uses.
    pub fn lay_out(&self, kept: &[Id]) -> Laid {
        let kept: Vec<Id> = kept.iter().map(|&id| root(self.trace, id)).collect();
        let mut laid =
            Laid { specs: Vec::new(), slots: BTreeMap::new(), constants: Vec::new(), steps: Vec::new() };
        for (id, value) in self.trace.values.iter().enumerate() {
            if self.is_needed[id]
                && matches!(
                    value.source,
                    Source::Input(_) | Source::Leaf(_) | Source::Gradient(_) | Source::Constant
                )
            {
                laid.give(id, value.array.spec());
                if value.source == Source::Constant {
                    laid.constants.push((laid.slots[&id], value.array.clone()));
                }
            }
        }
        let last_use = self.last_uses(&kept);
        let mut free: Vec<Slot> = Vec::new();
        for (at, stage) in self.stages.iter().enumerate() {
            for &index in stage.instructions() {
                let output = self.trace.instructions[index].output;
                // What is read within its own pass alone needs no memory.
                if last_use.get(&output).is_none_or(|&last| last == at) && matches!(stage, Stage::Fused(..)) {
                    continue;
                }
                let spec = self.trace.values[output].array.spec();
                match free.iter().position(|slot| laid.specs[slot.0] == spec) {
                    Some(place) => {
                        laid.slots.insert(output, free.swap_remove(place));
                    }
                    None => laid.give(output, spec),
                }
            }
            let step = self.step(stage, &mut laid);
            laid.steps.push(step);
            let ended =
                |(id, &last): (&Id, &usize)| (last == at).then(|| laid.slots.get(id).copied()).flatten();
            free.extend(last_use.iter().filter_map(ended));
        }
        laid
    }

    /// After which stage the memory of a computed value is free, if ever.
    fn last_uses(&self, kept: &[Id]) -> BTreeMap<Id, usize> {
        let mut last = BTreeMap::new();
        for (at, stage) in self.stages.iter().enumerate() {
            for &index in stage.instructions() {
                for &input in &self.trace.instructions[index].inputs {
                    let input = root(self.trace, input);
                    if matches!(self.trace.values[input].source, Source::Computed(_)) {
                        last.insert(input, at);
                    }
                }
            }
        }
        kept.iter().for_each(|&id| {
            last.insert(id, usize::MAX);
        });
        last
    }

    fn step(&self, stage: &Stage, laid: &mut Laid) -> Step {
        match stage {
            Stage::Fused(count, instructions) => Step::Pass(self.pass(*count, instructions, laid)),
            Stage::Changed(_, instructions) => self.change(instructions, laid),
            Stage::Single(index) => self.single(*index, laid),
        }
    }

    fn change(&self, instructions: &[usize], laid: &mut Laid) -> Step {
        let first = changed(self.trace, instructions[0]).expect("only states are changed");
        let own = &self.trace.instructions[instructions[0]].inputs;
        let inputs = own.iter().map(|&id| self.whole(id, laid)).collect();
        let out = (0..first.changes.states()).map(|state| {
            let is_it = |&&index: &&usize| changed(self.trace, index).is_some_and(|it| it.state == state);
            match instructions.iter().find(is_it) {
                Some(&index) => laid.slots[&self.trace.instructions[index].output],
                // Nobody needs it.
                None => laid.new_slot(self.trace.values[own[state]].array.spec()),
            }
        });
        Step::Change { changes: first.changes.clone(), inputs, out: out.collect() }
    }

    /// A slot that has the elements of a value and no others: its own, or one to which they are copied first.
    fn whole(&self, id: Id, laid: &mut Laid) -> Slot {
        let (slot, layout) = (laid.slots[&root(self.trace, id)], self.layout(id));
        let size = laid.specs[slot.0].shape.size();
        if layout.is_contiguous() && layout.offset() == 0 && layout.shape().size() == size {
            return slot;
        }
        let out = laid.new_slot(self.trace.values[id].array.spec());
        laid.steps.push(Step::Compute { function: Box::new(Whole), inputs: vec![(slot, layout)], out });
        out
    }

    fn single(&self, index: usize, laid: &Laid) -> Step {
        let Instruction { action, inputs, output, location } = &self.trace.instructions[index];
        let (out, slot) = (laid.slots[output], |&id: &Id| laid.slots[&root(self.trace, id)]);
        if let Action::Apply(op) = action {
            let operand = |id: &Id| Operand { slot: laid.specs[slot(id).0], layout: self.layout(*id) };
            let operands: Vec<Operand> = inputs.iter().map(operand).collect();
            if let Some(routine) = op.routine(&operands, laid.specs[out.0]) {
                return Step::Routine { routine, inputs: inputs.iter().map(slot).collect(), out };
            }
        }
        let function: Box<dyn Compute> = match action {
            Action::Apply(op) => Box::new(Applied { op: op.clone(), location }),
            Action::Draw(_, draw) => Box::new(Drawn(draw.clone())),
        };
        Step::Compute {
            function,
            inputs: inputs.iter().map(|id| (slot(id), self.layout(*id))).collect(),
            out,
        }
    }

    /// How a value lies in the slot of its root.
    fn layout(&self, id: Id) -> Layout {
        let value = &self.trace.values[id];
        match value.source {
            Source::View(_) => *value.array.layout(),
            _ => Layout::contiguous(*value.array.shape()),
        }
    }

    fn pass(&self, count: usize, instructions: &[usize], laid: &mut Laid) -> Pass {
        let mut pass = Pass::new(count);
        let mut values: BTreeMap<Id, PassValue> = BTreeMap::new();
        for &index in instructions {
            let Instruction { inputs, output, .. } = &self.trace.instructions[index];
            let shape = *self.trace.values[*output].array.shape();
            let inputs: Vec<PassValue> =
                inputs.iter().map(|&id| self.operand(id, shape, &mut pass, &mut values, laid)).collect();
            let formula = formula(self.trace, index).expect("only formulas are fused");
            let result = pass.apply(formula, &inputs);
            values.insert(*output, result);
        }
        for &index in instructions {
            let output = self.trace.instructions[index].output;
            if let Some(&slot) = laid.slots.get(&output) {
                pass.store(values[&output], slot);
            }
        }
        pass
    }

    /// A value as an operand of a formula over elements of `shape`.
    fn operand(
        &self,
        id: Id,
        shape: Shape,
        pass: &mut Pass,
        values: &mut BTreeMap<Id, PassValue>,
        laid: &mut Laid,
    ) -> PassValue {
        let array = &self.trace.values[id].array;
        let (dtype, root) = (array.dtype(), root(self.trace, id));
        let layout = self.layout(id);
        // One behind the other: the number of elements is all that counts.
        if array.shape().size() == shape.size() && layout.is_contiguous() && layout.offset() == 0 {
            if let Some(&value) = values.get(&root) {
                return value;
            }
            let slot = laid.slots[&root];
            if laid.specs[slot.0].shape.size() == shape.size() {
                return *values.entry(root).or_insert_with(|| pass.read(slot, dtype));
            }
        }
        let stretched = layout.broadcast_to(shape);
        if self.trace.values[id].source == Source::Constant && shape.size() <= SPELLED_OUT {
            let slot = laid.spell_out(array, shape);
            return pass.read(slot, dtype);
        }
        pass.load(laid.slots[&root], &stretched, dtype)
    }
}

/// Constants that are stretched to at most this many elements are stored as stretched.
const SPELLED_OUT: usize = 1024;

impl Stage {
    pub fn instructions(&self) -> &[usize] {
        match self {
            Stage::Fused(_, instructions) | Stage::Changed(_, instructions) => instructions,
            Stage::Single(index) => std::slice::from_ref(index),
        }
    }
}

/// Memory and steps.
pub(super) struct Laid {
    pub specs: Vec<Spec>,
    /// The slot of each value that has one.
    pub slots: BTreeMap<Id, Slot>,
    pub constants: Vec<(Slot, Array)>,
    pub steps: Vec<Step>,
}

impl Laid {
    fn new_slot(&mut self, spec: Spec) -> Slot {
        self.specs.push(spec);
        Slot(self.specs.len() - 1)
    }

    fn give(&mut self, id: Id, spec: Spec) {
        let slot = self.new_slot(spec);
        self.slots.insert(id, slot);
    }

    /// A slot with a constant stretched to a shape.
    fn spell_out(&mut self, constant: &Array, shape: Shape) -> Slot {
        let stretched = copied(&constant.view(constant.layout().broadcast_to(shape)));
        let slot = self.new_slot(stretched.spec());
        self.constants.push((slot, stretched));
        slot
    }
}

/// The value whose memory a value lies in.
pub(super) fn root(trace: &Trace, mut id: Id) -> Id {
    while let Source::View(of) = trace.values[id].source {
        id = of;
    }
    id
}

/// Which values lead to what is wanted. Draws are always done: they move the generator.
fn needed(trace: &Trace, wanted: &[Id]) -> Vec<bool> {
    let mut needed = vec![false; trace.values.len()];
    let mark = |needed: &mut Vec<bool>, id: Id| {
        needed[id] = true;
        needed[root(trace, id)] = true;
    };
    wanted.iter().for_each(|&id| mark(&mut needed, id));
    for instruction in trace.instructions.iter().rev() {
        if matches!(instruction.action, Action::Draw(..)) {
            needed[instruction.output] = true;
        }
        if needed[instruction.output] {
            instruction.inputs.iter().for_each(|&input| mark(&mut needed, input));
        }
    }
    needed
}

/// The formula of an instruction, if it is elementwise in a way that can be fused.
fn formula(trace: &Trace, index: usize) -> Option<Formula> {
    let Instruction { action: Action::Apply(op), inputs, .. } = &trace.instructions[index] else {
        return None;
    };
    op.formula(trace.values[*inputs.last()?].array.dtype())
}

/// The operation of an instruction, if it is what a state changes to.
fn changed(trace: &Trace, index: usize) -> Option<&Changed> {
    match &trace.instructions[index].action {
        Action::Apply(op) => Changed::of(&**op),
        Action::Draw(..) => None,
    }
}

/// Puts instructions in order, with chains of formulas together.
struct Scheduler<'a> {
    trace: &'a Trace,
    /// The instructions that are still to be done, in the order of the function.
    waiting: Vec<usize>,
    is_done: Vec<bool>,
    is_formula: Vec<bool>,
    stages: Vec<Stage>,
}

impl<'a> Scheduler<'a> {
    fn new(trace: &'a Trace, is_needed: &[bool]) -> Scheduler<'a> {
        let count = trace.instructions.len();
        let waiting = (0..count).filter(|&index| is_needed[trace.instructions[index].output]).collect();
        let is_formula = (0..count).map(|index| formula(trace, index).is_some()).collect();
        Scheduler { trace, waiting, is_done: vec![false; count], is_formula, stages: Vec::new() }
    }

    fn run(mut self) -> Vec<Stage> {
        while !self.waiting.is_empty() {
            // What is no formula goes first, so that formulas find more of their kind ready.
            let ready = |&&index: &&usize| self.is_ready(index);
            let single = self.waiting.iter().filter(|&&index| !self.is_formula[index]).find(ready);
            match single.copied() {
                Some(index) => {
                    let together = self.changing_with(index);
                    together.iter().for_each(|&index| self.finish(index));
                    self.stages.push(match changed(self.trace, index) {
                        Some(_) => Stage::Changed(self.size(index), together),
                        None => Stage::Single(index),
                    });
                }
                None => self.fuse(),
            }
        }
        self.stages
    }

    /// The instruction, and if it changes a state, those that change the others: they read the same.
    fn changing_with(&self, index: usize) -> Vec<usize> {
        let Some(first) = changed(self.trace, index) else { return vec![index] };
        let belongs = |&other: &usize| {
            changed(self.trace, other).is_some_and(|other| Arc::ptr_eq(&other.changes, &first.changes))
        };
        self.waiting.iter().copied().filter(belongs).collect()
    }

    fn fuse(&mut self) {
        let first =
            *self.waiting.iter().find(|&&index| self.is_ready(index)).expect("an order without a circle");
        let count = self.size(first);
        let mut together = Vec::new();
        while let Some(&index) = self.waiting.iter().find(|&&index| {
            self.is_formula[index]
                && self.size(index) == count
                && self.is_ready(index)
                && self.reads_whole(index, &together)
        }) {
            self.finish(index);
            together.push(index);
        }
        self.stages.push(Stage::Fused(count, together));
    }

    /// Whether what an instruction reads of this pass is ready element by element: not stretched or turned.
    fn reads_whole(&self, index: usize, together: &[usize]) -> bool {
        let count = self.size(index);
        self.trace.instructions[index].inputs.iter().all(|&input| {
            let array = &self.trace.values[input].array;
            let computed_here =
                |&&other: &&usize| self.trace.instructions[other].output == root(self.trace, input);
            !together.iter().any(|other| computed_here(&other))
                || (array.layout().is_contiguous()
                    && array.layout().offset() == 0
                    && array.shape().size() == count)
        })
    }

    fn size(&self, index: usize) -> usize {
        self.trace.values[self.trace.instructions[index].output].array.shape().size()
    }

    fn is_ready(&self, index: usize) -> bool {
        let instruction = &self.trace.instructions[index];
        let inputs_ready =
            instruction.inputs.iter().all(|&input| match self.trace.values[root(self.trace, input)].source {
                Source::Computed(by) => self.is_done[by],
                _ => true,
            });
        // Draws keep their order.
        let is_draw = |index: usize| matches!(self.trace.instructions[index].action, Action::Draw(..));
        let in_turn =
            || !is_draw(index) || self.waiting.iter().find(|&&other| is_draw(other)) == Some(&index);
        inputs_ready && in_turn()
    }

    fn finish(&mut self, index: usize) {
        self.is_done[index] = true;
        self.waiting.retain(|&other| other != index);
    }
}
