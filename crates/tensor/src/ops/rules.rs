//! Rules that many operations share, and how they refuse.

use ndgrad_array::{DTypes, OperationError, Result, Spec};

/// Panics at the caller's line with the text of the error.
#[cold]
#[track_caller]
pub(crate) fn refuse(error: OperationError) -> ! {
    panic!("{error}")
}

/// What was computed, or a panic at the caller's line with the text of the error.
#[inline]
#[track_caller]
pub(crate) fn accept<T>(outcome: Result<T, OperationError>) -> T {
    match outcome {
        Ok(value) => value,
        Err(error) => refuse(error),
    }
}

/// The one dtype of all inputs, or an error that names the cast.
#[inline]
pub(crate) fn same_dtype(name: &str, inputs: &[Spec]) -> Result<(), OperationError> {
    match inputs.iter().find(|input| input.dtype != inputs[0].dtype) {
        None => Ok(()),
        Some(other) => Err(dtypes_differ(name, &inputs[0], other)),
    }
}

#[cold]
fn dtypes_differ(name: &str, left: &Spec, right: &Spec) -> OperationError {
    OperationError::new(name, "dtypes differ, and none is converted silently")
        .operand("left", format!("{} {}", left.shape, left.dtype), "")
        .operand("right", format!("{} {}", right.shape, right.dtype), "")
        .remedy(format!("convert one: right.to_dtype(DType::{:?})", left.dtype))
}

/// The one device of all inputs, or an error.
#[inline]
pub(crate) fn same_device(name: &str, inputs: &[Spec]) -> Result<(), OperationError> {
    match inputs.iter().find(|input| input.device != inputs[0].device) {
        None => Ok(()),
        Some(other) => Err(devices_differ(name, &inputs[0], other)),
    }
}

#[cold]
fn devices_differ(name: &str, first: &Spec, other: &Spec) -> OperationError {
    OperationError::new(name, "operands live on different devices")
        .operand("first", first.device, "")
        .operand("another", other.device, "")
        .remedy("bring them together with to_device")
}

/// The dtype must be one that the operation takes.
#[inline(always)]
pub(crate) fn check_dtype(name: &str, dtypes: DTypes, input: &Spec) -> Result<(), OperationError> {
    if dtypes.contains(input.dtype) { Ok(()) } else { Err(not_defined(name, dtypes, input)) }
}

#[cold]
fn not_defined(name: &str, dtypes: DTypes, input: &Spec) -> OperationError {
    let first = dtypes.iter().next().expect("an operation takes some dtype");
    OperationError::new(name, format!("not defined for {}", input.dtype))
        .operand("tensor", format!("{} {}", input.shape, input.dtype), format!("one of {dtypes} is needed"))
        .remedy(format!("convert it: x.to_dtype(DType::{first:?})"))
}

/// The axis that a number from -rank to rank - 1 names, or an error.
pub(crate) fn resolve_axis(name: &str, axis: isize, rank: usize) -> Result<usize, OperationError> {
    let resolved = if axis < 0 { axis + rank as isize } else { axis };
    if (0..rank as isize).contains(&resolved) {
        return Ok(resolved as usize);
    }
    let rule = match rank {
        0 => "a scalar has no axes".to_string(),
        _ => format!("an axis lies between {} and {}", -(rank as isize), rank - 1),
    };
    Err(OperationError::new(name, rule).operand("axis", axis, format!("of a tensor with {rank} axes")))
}
