//! `Device`: where an array lives and its operations run.

use std::fmt;

use crate::{Error, Result};

/// Where an array lives and its operations run; MXNet calls it a context.
///
/// Processors are numbered. They share memory and kernels, yet are devices of their own, as in MXNet: operands must
/// live on the same one. A program that is to run on several devices can so be tested on any machine.
///
/// ```
/// use ndgrad_array::Device;
/// assert_eq!(Device::cpu().to_string(), "cpu(0)");
/// assert_eq!(Device::cpu_at(1).to_string(), "cpu(1)");
/// assert!(Device::cuda(0).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Device(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Cpu(u8),
}

impl Device {
    /// The processor, the default.
    pub const fn cpu() -> Device {
        Device::cpu_at(0)
    }

    /// The processor of this number, counted from 0; [`Device::cpu`] is the first.
    pub const fn cpu_at(index: u8) -> Device {
        Device(Kind::Cpu(index))
    }

    /// The NVIDIA GPU of this number, counted from 0.
    ///
    /// # Errors
    /// When this build has no such backend. This version runs on processors alone, so that is always.
    pub fn cuda(index: usize) -> Result<Device> {
        Err(Error::Device {
            device: format!("cuda({index})"),
            message: "this version of ndgrad runs on the processor alone; use Device::cpu()".into(),
        })
    }
}

impl Default for Device {
    fn default() -> Device {
        Device::cpu()
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Cpu(index) => f.pad(&format!("cpu({index})")),
        }
    }
}
