//! Any bytes are an archive of arrays or an error; the arrays are written and read back as they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ndgrad_data::npz;

fuzz_target!(|bytes: &[u8]| {
    let Ok(tensors) = npz::from_bytes("fuzz.npz", bytes) else { return };
    let mut written = Vec::new();
    npz::to_writer(&mut written, &tensors).expect("a vector takes everything");
    let again = npz::from_bytes("again.npz", &written).expect("what was written");
    assert!(again.keys().eq(tensors.keys()));
    let mut twice = Vec::new();
    npz::to_writer(&mut twice, &again).expect("a vector takes everything");
    assert_eq!(twice, written);
});
