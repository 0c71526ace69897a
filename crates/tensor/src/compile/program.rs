//! `Replay`: a program that is bound to the leaves that it changes.

use ndgrad_array::{Array, Layout, OperationError};
use ndgrad_cpu::program::{Program as Machine, Slot};
use smallvec::SmallVec;

use super::plan::{Laid, Plan, root};
use super::trace::{Id, Source, Trace};
use super::turn::turn_products;
use crate::Tensor;
use crate::autograd::{GradReq, Owner};

pub use super::print::Program;

/// What a function did, ready to be done again.
pub(super) struct Replay {
    pub(super) machine: Machine,
    /// The slot of each input that is read.
    pub(super) inputs: Vec<Option<Slot>>,
    pub(super) leaves: Vec<Bound>,
    pub(super) outputs: Vec<Output>,
    program: Program,
}

/// A leaf and what happens to it.
pub(super) struct Bound {
    pub leaf: Owner,
    request: GradReq,
    /// Whether a gradient had come before, if that matters.
    had_gradient: Option<bool>,
    pub reads_value: Option<Slot>,
    pub reads_gradient: Option<Slot>,
    pub value: Change,
    pub gradient: Change,
}

pub(super) enum Change {
    None,
    /// The gradient is forgotten.
    Cleared,
    To(Place),
}

/// Where a value is when the machine has run.
pub(super) struct Place {
    pub slot: Slot,
    /// How the value lies in the slot, if it is not all of it.
    pub view: Option<Box<Layout>>,
    /// The last that asks for what is in the slot may have it.
    pub is_last: bool,
}

pub(super) enum Output {
    Leaf(Tensor),
    Value(Place),
}

impl Replay {
    pub fn new(mut trace: Trace, outputs: &[Tensor]) -> Replay {
        // What leaves hold now is what they are to hold after each call.
        let values: Vec<(Id, Option<Id>)> = (0..trace.leaves.len())
            .map(|index| {
                let leaf = trace.leaves[index].leaf.clone();
                let value = trace.id(leaf.value().elements());
                (value, leaf.gradient().map(|gradient| trace.id(gradient.value().elements())))
            })
            .collect();
        let results: Vec<Option<Id>> = outputs
            .iter()
            .map(|output| output.leaf().is_none().then(|| trace.id(output.value().elements())))
            .collect();
        let changed: Vec<(Option<Id>, Option<Id>)> = values
            .iter()
            .zip(&trace.leaves)
            .map(|(&(value, gradient), state)| {
                ((value != state.value).then_some(value), gradient.filter(|_| gradient != state.gradient))
            })
            .collect();
        let kept: Vec<Id> = changed
            .iter()
            .flat_map(|&(value, gradient)| [value, gradient])
            .chain(results.iter().copied())
            .flatten()
            .collect();
        turn_products(&mut trace, &kept);
        let plan = Plan::new(&trace, &kept);
        let laid = plan.lay_out(&kept);
        let named = |name: &str, index: usize, id: Option<Id>| id.map(|id| (format!("{name} {index}"), id));
        let leaves = changed.iter().enumerate().flat_map(|(index, &(value, gradient))| {
            [named("gradient of leaf", index, gradient), named("leaf", index, value)]
        });
        let outputs_named = results.iter().enumerate().map(|(index, &id)| named("output", index, id));
        let program_results: Vec<(String, Id)> = outputs_named.chain(leaves).flatten().collect();
        let program = Program::new(&trace, &plan, &laid, &program_results);

        let mut places = Places { trace: &trace, laid: &laid };
        let leaves = trace.leaves.iter().zip(&values).zip(&changed);
        let leaves = leaves
            .map(|((state, &(_, gradient)), &(new_value, new_gradient))| Bound {
                leaf: state.leaf.clone(),
                request: state.request,
                had_gradient: state.gradient_matters.then_some(state.gradient.is_some()),
                reads_value: laid.slots.get(&state.value).copied(),
                reads_gradient: state.gradient.and_then(|id| laid.slots.get(&id).copied()),
                value: new_value.map_or(Change::None, |id| Change::To(places.of(id))),
                gradient: match (gradient, new_gradient) {
                    (None, _) if state.gradient.is_some() => Change::Cleared,
                    (_, Some(id)) => Change::To(places.of(id)),
                    _ => Change::None,
                },
            })
            .collect();
        let outputs = outputs
            .iter()
            .zip(&results)
            .map(|(output, id)| match id {
                None => Output::Leaf(output.clone()),
                Some(id) => Output::Value(places.of(*id)),
            })
            .collect();
        let mut inputs = Vec::new();
        for (id, value) in trace.values.iter().enumerate() {
            if let Source::Input(_) = value.source {
                inputs.push(laid.slots.get(&id).copied());
            }
        }
        let Laid { specs, constants, steps, .. } = laid;
        let mut machine = Machine::new(specs, steps);
        for (slot, array) in constants {
            machine.put(slot, array);
        }
        let mut replay = Replay { machine, inputs, leaves, outputs, program };
        replay.mark_last_uses();
        replay
    }

    /// Whether the leaves are as they were when the function was remembered, but for their numbers.
    pub fn still_holds(&self) -> bool {
        self.leaves.iter().all(|bound| {
            let leaf = &bound.leaf;
            leaf.request() == bound.request
                && bound.had_gradient.is_none_or(|had| had == leaf.gradient().is_some())
        })
    }

    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Gives the machine what leaves hold.
    pub(super) fn put_leaves(&mut self) {
        for bound in &self.leaves {
            let leaf = &bound.leaf;
            if let Some(slot) = bound.reads_value {
                self.machine.put(slot, leaf.value().elements().clone());
            }
            if let Some(slot) = bound.reads_gradient {
                let gradient = leaf.gradient().expect("there, or another replay had been taken");
                self.machine.put(slot, gradient.value().elements().clone());
            }
        }
    }

    /// Does it again.
    pub fn run(&mut self, inputs: &[Tensor]) -> Result<impl Iterator<Item = Tensor>, OperationError> {
        for (slot, input) in self.inputs.iter().zip(inputs) {
            if let Some(slot) = slot {
                self.machine.put(*slot, input.value().elements().clone());
            }
        }
        self.put_leaves();
        self.machine.run()?;
        Ok(self.fetch())
    }

    /// What came out of the last run; leaves are given what they are to hold.
    fn fetch(&mut self) -> impl Iterator<Item = Tensor> + use<> {
        let results: SmallVec<[Tensor; 4]> = self
            .outputs
            .iter()
            .map(|output| match output {
                Output::Leaf(leaf) => leaf.clone(),
                Output::Value(place) => Tensor::from_array(place.fetch(&mut self.machine)),
            })
            .collect();
        for bound in &self.leaves {
            let leaf = &bound.leaf;
            match &bound.gradient {
                Change::None => {}
                Change::Cleared => leaf.set_gradient(None),
                Change::To(place) => {
                    leaf.set_gradient(Some(Tensor::from_array(place.fetch(&mut self.machine))));
                }
            }
            if let Change::To(place) = &bound.value {
                leaf.assign(Tensor::from_array(place.fetch(&mut self.machine)));
            }
        }
        results.into_iter()
    }

    /// Marks, for each slot, the last place that is fetched from it.
    fn mark_last_uses(&mut self) {
        let mut seen = Vec::new();
        let mut fetched: Vec<&mut Place> = Vec::new();
        for output in &mut self.outputs {
            if let Output::Value(place) = output {
                fetched.push(place);
            }
        }
        for bound in &mut self.leaves {
            for change in [&mut bound.gradient, &mut bound.value] {
                if let Change::To(place) = change {
                    fetched.push(place);
                }
            }
        }
        for place in fetched.into_iter().rev() {
            place.is_last &= !seen.contains(&place.slot);
            seen.push(place.slot);
        }
    }
}

impl Bound {
    /// For the value and the gradient: the slot that it is read from, and what becomes of it.
    pub fn states(&self) -> [(Option<Slot>, &Change); 2] {
        [(self.reads_value, &self.value), (self.reads_gradient, &self.gradient)]
    }
}

impl Place {
    pub fn fetch(&self, machine: &mut Machine) -> Array {
        let array = if self.is_last { machine.take(self.slot) } else { machine.get(self.slot).clone() };
        match &self.view {
            None => array,
            Some(layout) => array.into_view(**layout),
        }
    }
}

struct Places<'a> {
    trace: &'a Trace,
    laid: &'a Laid,
}

impl Places<'_> {
    fn of(&mut self, id: Id) -> Place {
        let value = &self.trace.values[id];
        let root = root(self.trace, id);
        let view = matches!(value.source, Source::View(_)).then(|| Box::new(*value.array.layout()));
        // What was given to the machine stays there; what it computed is handed over.
        let is_last = matches!(self.trace.values[root].source, Source::Computed(_));
        Place { slot: self.laid.slots[&root], view, is_last }
    }
}
