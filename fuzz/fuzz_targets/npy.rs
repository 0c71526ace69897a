//! Any bytes are an array or an error; an array is written and read back as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ndgrad_data::npy;

fuzz_target!(|bytes: &[u8]| {
    let Ok(tensor) = npy::from_reader("fuzz.npy", bytes) else { return };
    let mut written = Vec::new();
    npy::to_writer(&mut written, &tensor).expect("a vector takes everything");
    let again = npy::from_reader("again.npy", &written[..]).expect("what was written");
    assert_eq!((again.shape(), again.dtype()), (tensor.shape(), tensor.dtype()));
    let mut twice = Vec::new();
    npy::to_writer(&mut twice, &again).expect("a vector takes everything");
    assert_eq!(twice, written);
});
