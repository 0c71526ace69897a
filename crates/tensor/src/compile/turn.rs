//! Products that are read turned alone, as the gradient of a transposed matrix is, are computed turned.

use ndgrad_array::Layout;
use ndgrad_cpu::copied;

use super::plan::root;
use super::trace::{Action, Id, Source, Trace};

/// Changes each product of two matrices that is read as its transpose alone, and is not `kept` itself, to the product of the
/// transposed operands in reverse order: the same sums of the same products, and nothing is left to be turned.
pub(super) fn turn_products(trace: &mut Trace, kept: &[Id]) {
    for index in 0..trace.instructions.len() {
        if let Some(turned) = only_turned(trace, index, kept) {
            let array = copied(&trace.values[turned].array);
            trace.values[turned].array = array;
            trace.values[turned].source = Source::Computed(index);
            let [left, right] = trace.instructions[index].inputs[..] else {
                unreachable!("a product of two")
            };
            let operands = [right, left].map(|id| transposed(trace, id));
            let instruction = &mut trace.instructions[index];
            instruction.inputs = operands.into_iter().collect();
            instruction.output = turned;
        }
    }
}

/// The transpose of what an instruction gives, if it can be computed as well, and is all that is read of it.
fn only_turned(trace: &Trace, index: usize, kept: &[Id]) -> Option<Id> {
    let instruction = &trace.instructions[index];
    let Action::Apply(op) = &instruction.action else { return None };
    let output = instruction.output;
    let shape = *trace.values[output].array.shape();
    if !op.turns() || shape.rank() != 2 {
        return None;
    }
    let mut views = (0..trace.values.len()).filter(|&id| id != output && root(trace, id) == output);
    let (view, more) = (views.next()?, views.next());
    let is_transpose = *trace.values[view].array.layout() == Layout::contiguous(shape).transpose();
    let is_read =
        kept.contains(&output) || trace.instructions.iter().any(|other| other.inputs.contains(&output));
    (is_transpose && more.is_none() && !is_read).then_some(view)
}

/// The value that shows the transpose of a matrix.
fn transposed(trace: &mut Trace, id: Id) -> Id {
    let value = &trace.values[id];
    let layout = match value.source {
        Source::View(_) => *value.array.layout(),
        _ => Layout::contiguous(*value.array.shape()),
    };
    let array = value.array.view(layout.transpose());
    let root = root(trace, id);
    trace.view(&array, root)
}
