//! `to_device`: a copy on another device.

use ndgrad_array::{Array, Backend, Device, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;

use super::{Call, Case, Listed, Op, Saves, apply};
use crate::Tensor;

/// Copies every element to another device.
#[derive(Clone, Copy, Debug)]
pub struct ToDevice {
    /// The device to copy to.
    pub device: Device,
}

impl Listed for ToDevice {
    const NAME: &'static str = "to_device";
    const DOC: &'static str = "The same elements on another device.";

    fn cases() -> Vec<Case> {
        let device = Device::cpu_at(2);
        vec![Case::new(ToDevice { device }, &[&[2, 3]]), Case::new(ToDevice { device }, &[&[0]])]
    }
}

impl Op for ToDevice {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        Ok(Spec { device: self.device, ..inputs[0] })
    }

    /// All devices so far are processors, which share their memory.
    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.copy(inputs[0], out);
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        head.to_device(call.spec(0).device)
    }
}

impl Tensor {
    /// The tensor on another device; itself if it is there already. MXNet's `as_in_context`. The gradient comes back
    /// to the device that the tensor came from.
    ///
    /// ```
    /// use ndgrad_tensor::{Device, tensor};
    /// let x = tensor([1.0, 2.0]);
    /// let y = x.to_device(Device::cpu_at(1));
    /// assert_eq!((x.device(), y.device()), (Device::cpu(), Device::cpu_at(1)));
    /// assert_eq!((2.0 * y).device().to_string(), "cpu(1)");
    /// ```
    #[track_caller]
    pub fn to_device(&self, device: Device) -> Tensor {
        if self.device() == device { self.clone() } else { apply(ToDevice { device }, &[self]) }
    }
}
