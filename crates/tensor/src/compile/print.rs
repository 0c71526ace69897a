//! `Program`: what a compiled function does, to be read.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::panic::Location;

use ndgrad_array::{Shape, Spec};

use super::plan::{Laid, Plan, Stage, root};
use super::trace::{Action, Id, Source, Trace};

/// What a compiled function does at each call: its steps, those that go over memory together, and the memory that it
/// takes. Printed by `{}`, as a graph by [`Program::dot`].
///
/// ```
/// use ndgrad_tensor::{Tensor, compile, tensor};
/// let function = compile(|x: Tensor| (2.0 * &x + 1.0).tanh().sum());
/// function.call(tensor([1.0, 2.0, 3.0]));
/// let program = function.programs()[0].to_string();
/// assert!(program.starts_with("4 operations in 2 steps, 1 of them a pass of 3 formulas"), "{program}");
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    /// What is there before: inputs, leaves, constants.
    given: Vec<Given>,
    steps: Vec<Stepping>,
    /// What is there afterwards, and the number of the value.
    results: Vec<(String, usize)>,
    buffers: usize,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Given {
    value: usize,
    kind: String,
    spec: Spec,
}

#[derive(Clone, Debug)]
struct Stepping {
    /// The number of elements, if it is a pass of formulas.
    pass: Option<usize>,
    operations: Vec<Operation>,
}

#[derive(Clone, Debug)]
struct Operation {
    value: usize,
    name: &'static str,
    operands: Vec<(usize, Option<Shape>)>,
    spec: Spec,
    /// Whether the result is written to memory, and not only to a tile.
    is_stored: bool,
    location: &'static Location<'static>,
}

impl Program {
    pub(super) fn new(trace: &Trace, plan: &Plan<'_>, laid: &Laid, results: &[(String, Id)]) -> Program {
        let mut numbers = Numbers::default();
        let mut given = Vec::new();
        for &id in laid.slots.keys() {
            let kind = match trace.values[id].source {
                Source::Input(index) => format!("input {index}"),
                Source::Leaf(index) => format!("leaf {index}"),
                Source::Gradient(index) => format!("gradient of leaf {index}"),
                Source::Constant => "constant".to_string(),
                Source::View(_) | Source::Computed(_) => continue,
            };
            given.push(Given { value: numbers.of(id), kind, spec: trace.values[id].array.spec() });
        }
        let mut operation = |&index: &usize| {
            let instruction = &trace.instructions[index];
            let operand = |&id: &Id| {
                let own = root(trace, id);
                let shape = *trace.values[id].array.shape();
                (numbers.of(own), (own != id).then_some(shape))
            };
            let operands = instruction.inputs.iter().map(operand).collect();
            Operation {
                operands,
                value: numbers.of(instruction.output),
                name: match &instruction.action {
                    Action::Apply(op) => op.name(),
                    Action::Draw(name, _) => name,
                },
                spec: trace.values[instruction.output].array.spec(),
                is_stored: laid.slots.contains_key(&instruction.output),
                location: instruction.location,
            }
        };
        let step = |stage: &Stage| Stepping {
            pass: if let Stage::Fused(count, _) | Stage::Changed(count, _) = stage {
                Some(*count)
            } else {
                None
            },
            operations: stage.instructions().iter().map(&mut operation).collect(),
        };
        let steps = plan.stages.iter().map(step).collect();
        let results = results.iter().map(|(name, id)| (name.clone(), numbers.of(root(trace, *id)))).collect();
        let bytes = laid.specs.iter().map(|spec| spec.shape.size() * spec.dtype.size()).sum();
        Program { given, steps, results, buffers: laid.specs.len(), bytes }
    }

    /// The program as a graph in Graphviz's language; what is done in one pass stands in one box.
    pub fn dot(&self) -> String {
        let mut text = String::from("digraph program {\n  node [shape=box, fontname=\"sans-serif\"];\n");
        self.write_dot(&mut text).expect("a string takes all");
        text + "}\n"
    }

    fn write_dot(&self, text: &mut String) -> fmt::Result {
        for Given { value, kind, spec } in &self.given {
            writeln!(text, "  v{value} [shape=ellipse, label=\"{kind}\\n{} {}\"];", spec.shape, spec.dtype)?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            if let Some(count) = step.pass {
                writeln!(text, "  subgraph cluster_{number} {{\n    label=\"pass over {count}\";")?;
            }
            for operation in &step.operations {
                let Operation { value, name, spec, .. } = operation;
                writeln!(text, "    v{value} [label=\"{name}\\n{} {}\"];", spec.shape, spec.dtype)?;
            }
            if step.pass.is_some() {
                writeln!(text, "  }}")?;
            }
            for operation in &step.operations {
                for (operand, _) in &operation.operands {
                    writeln!(text, "  v{operand} -> v{};", operation.value)?;
                }
            }
        }
        for (number, (name, value)) in self.results.iter().enumerate() {
            writeln!(text, "  r{number} [shape=ellipse, label=\"{name}\"];\n  v{value} -> r{number};")?;
        }
        Ok(())
    }
}

/// Values numbered in the order in which they are named.
#[derive(Default)]
struct Numbers(BTreeMap<Id, usize>);

impl Numbers {
    fn of(&mut self, id: Id) -> usize {
        let next = self.0.len();
        *self.0.entry(id).or_insert(next)
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations: usize = self.steps.iter().map(|step| step.operations.len()).sum();
        let passes: Vec<usize> =
            self.steps.iter().filter(|step| step.pass.is_some()).map(|step| step.operations.len()).collect();
        write!(f, "{operations} operations in {} steps", self.steps.len())?;
        match passes[..] {
            [] => {}
            [formulas] => write!(f, ", 1 of them a pass of {formulas} formulas")?,
            _ => {
                let formulas: usize = passes.iter().sum();
                write!(f, ", {} of them passes of {formulas} formulas", passes.len())?;
            }
        }
        writeln!(f, "; {} buffers, {} bytes", self.buffers, self.bytes)?;
        for Given { value, kind, spec } in &self.given {
            writeln!(f, "    %{value}: {} {} = {kind}", spec.shape, spec.dtype)?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            if let Some(count) = step.pass {
                writeln!(f, "{number:3} pass over {count} elements")?;
            }
            for (place, operation) in step.operations.iter().enumerate() {
                match step.pass {
                    None => write!(f, "{number:3} {operation}")?,
                    Some(_) => write!(
                        f,
                        "  {} {operation}",
                        if place + 1 == step.operations.len() { "└" } else { "├" }
                    )?,
                }
            }
        }
        for (name, value) in &self.results {
            writeln!(f, "    {name} = %{value}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Operation { value, name, operands, spec, is_stored, location } = self;
        write!(f, "%{value}: {} {} = {name}(", spec.shape, spec.dtype)?;
        for (place, (operand, shape)) in operands.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}%{operand}")?;
            if let Some(shape) = shape {
                write!(f, " as {shape}")?;
            }
        }
        let tile = if *is_stored { "" } else { " (in a tile)" };
        writeln!(f, "){tile}  {}:{}", location.file(), location.line())
    }
}
