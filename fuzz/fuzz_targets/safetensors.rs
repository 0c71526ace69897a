//! Any bytes are named tensors or an error; the tensors are written and read back as they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ndgrad_data::safetensors;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = safetensors::from_bytes("fuzz.safetensors", bytes) else { return };
    let mut written = Vec::new();
    safetensors::to_writer(&mut written, &file.tensors, &file.metadata).expect("a vector takes everything");
    let again = safetensors::from_bytes("again.safetensors", &written).expect("what was written");
    assert!(again.tensors.keys().eq(file.tensors.keys()));
    assert_eq!(again.metadata, file.metadata);
    let mut twice = Vec::new();
    safetensors::to_writer(&mut twice, &again.tensors, &again.metadata).expect("a vector takes everything");
    assert_eq!(twice, written);
});
