//! `Device`: where an array lives and its operations run.

use std::fmt;

use crate::{Error, Result};

/// Where an array lives and its operations run; MXNet calls it a context.
///
/// ```
/// use ndgrad_array::Device;
/// assert_eq!(Device::cpu().to_string(), "cpu(0)");
/// assert!(Device::cuda(0).is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Device(Kind);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Kind {
    #[default]
    Cpu,
}

impl Device {
    /// The processor, the default.
    pub const fn cpu() -> Device {
        Device(Kind::Cpu)
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

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Cpu => f.pad("cpu(0)"),
        }
    }
}
