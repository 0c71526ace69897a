//! Files of arrays: those that NumPy and the Python package safetensors wrote (golden/arrays.py says which versions),
//! what is written, and files that are damaged or lie.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ndgrad_data::{npy, npz, safetensors};
use ndgrad_tensor::{DType, Shape, Tensor, tensor};
use proptest::prelude::*;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// The array that all golden files hold.
fn array(dtype: DType) -> Tensor {
    let numbers = tensor([[0, 1, 2], [3, 4, 5]]);
    match dtype {
        DType::U8 => numbers.to_dtype(dtype),
        DType::Bool => tensor([[false, true, false], [true, false, true]]),
        _ => (numbers - 2).to_dtype(dtype),
    }
}

#[track_caller]
fn assert_same(x: &Tensor, expected: &Tensor) {
    assert_eq!((x.shape(), x.dtype()), (expected.shape(), expected.dtype()));
    let bytes = |x: &Tensor| {
        let mut bytes = Vec::new();
        npy::to_writer(&mut bytes, x).unwrap();
        bytes
    };
    assert_eq!(bytes(x), bytes(expected));
}

const DTYPES: [(DType, &str); 6] = [
    (DType::F32, "f4"),
    (DType::F64, "f8"),
    (DType::I32, "i4"),
    (DType::I64, "i8"),
    (DType::U8, "u1"),
    (DType::Bool, "b1"),
];

#[test]
fn what_numpy_wrote_is_read_and_written_byte_for_byte() {
    let directory = tempfile::tempdir().unwrap();
    for (dtype, name) in DTYPES {
        let little = if dtype.size() == 1 { format!("{name}.npy") } else { format!("little_{name}.npy") };
        let x = npy::read(golden(&little)).unwrap();
        assert_same(&x, &array(dtype));
        let path = directory.path().join("x.npy");
        npy::write(&path, &x.transpose().transpose()).unwrap();
        assert_eq!(fs::read(path).unwrap(), fs::read(golden(&little)).unwrap(), "{name}");
        if dtype.size() > 1 {
            assert_same(&npy::read(golden(&format!("big_{name}.npy"))).unwrap(), &array(dtype));
        }
    }
    let fortran = npy::read(golden("fortran.npy")).unwrap();
    assert_same(&fortran, &array(DType::I32).reshape([1, 2, 3]));
    assert_same(&npy::read(golden("version_2.npy")).unwrap(), &array(DType::F32));
    assert_same(&npy::read(golden("version_3.npy")).unwrap(), &array(DType::F32));
    for (name, shape) in [("scalar", &[][..]), ("empty", &[3, 0, 2]), ("row", &[5])] {
        let path = golden(&format!("{name}.npy"));
        let x = npy::read(&path).unwrap();
        assert_eq!(x.shape()[..], *shape);
        let mut written = Vec::new();
        npy::to_writer(&mut written, &x).unwrap();
        assert_eq!(written, fs::read(path).unwrap(), "{name}");
    }
    assert_eq!(npy::read(golden("scalar.npy")).unwrap().item(), 2.5);
}

#[test]
fn arrays_are_read_one_after_another() {
    let bytes = fs::read(golden("two.npy")).unwrap();
    let mut reader = &bytes[..];
    assert_same(&npy::from_reader("two.npy", &mut reader).unwrap(), &array(DType::F32));
    assert_same(&npy::from_reader("two.npy", &mut reader).unwrap(), &array(DType::I64));
    assert!(reader.is_empty());
}

#[test]
fn archives() {
    let stored = npz::read(golden("stored.npz")).unwrap();
    assert_eq!(stored.keys().collect::<Vec<_>>(), ["b", "w"]);
    assert_same(&stored["w"], &array(DType::F32));
    assert_eq!((stored["b"].item(), stored["b"].rank()), (2.5, 0));
    let compressed = npz::read(golden("compressed.npz")).unwrap();
    assert_same(&compressed["w"], &array(DType::F64));
    assert_same(&compressed["ones"], &Tensor::ones([40, 50]));

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.npz");
    npz::write(&path, &compressed).unwrap();
    let first = fs::read(&path).unwrap();
    let again = npz::read(&path).unwrap();
    assert!(again.keys().eq(compressed.keys()));
    again.iter().for_each(|(name, x)| assert_same(x, &compressed[name]));
    npz::write(&path, &again).unwrap();
    assert_eq!(fs::read(&path).unwrap(), first);
    npz::write(&path, BTreeMap::<String, Tensor>::new()).unwrap();
    assert!(npz::read(&path).unwrap().is_empty());
}

#[test]
fn safetensors_files() {
    let path = golden("all.safetensors");
    let file = safetensors::read(&path).unwrap();
    for (dtype, name) in DTYPES {
        assert_same(&file.tensors[&format!("x.{name}")], &array(dtype));
    }
    assert_eq!(file.tensors.len(), 8);
    assert_eq!(file.tensors["scalar"].item(), 2.5);
    assert_eq!(file.tensors["empty"].shape(), [3, 0, 2]);
    let texts: Vec<(&str, &str)> = file.metadata.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(texts, [("by", "\"ß\""), ("trained", "10 epochs")]);

    let mut written = Vec::new();
    safetensors::to_writer(&mut written, &file.tensors, &file.metadata).unwrap();
    let again = safetensors::from_bytes("again", &written).unwrap();
    again.tensors.iter().for_each(|(name, x)| assert_same(x, &file.tensors[name]));
    assert_eq!((again.tensors.len(), again.metadata), (8, file.metadata));
    let start = u64::from_le_bytes(written[..8].try_into().unwrap());
    assert_eq!(start % 8, 0);
}

/// The message, with the file's name only.
fn refusal<T>(result: ndgrad_array::Result<T>) -> String {
    let message = result.err().expect("a refusal").to_string();
    message.replace(&format!("{}/", golden("").display()).replace("//", "/"), "")
}

#[test]
fn what_tensors_do_not_hold_is_refused_by_name() {
    let dtypes = "is none of those that tensors have (f32, f64, i32, i64, u8, bool)";
    for (file, name) in [("half", "<f2"), ("unsigned", "<u4"), ("complex", "<c8"), ("text", "<U2")] {
        let expected = format!(
            "refused_{file}.npy: the dtype {name:?} {dtypes}\n    \
             Convert it in NumPy: numpy.save(path, x.astype('float32'))"
        );
        assert_eq!(refusal(npy::read(golden(&format!("refused_{file}.npy")))), expected);
    }
    let of = |name: &str| refusal(npy::read(golden(name)));
    assert_eq!(of("refused_axes.npy"), "refused_axes.npy: the array has 9 axes; a tensor has at most 8");
    assert!(of("refused_records.npy").starts_with("refused_records.npy: the array has fields"));
    assert!(of("stored.npz").starts_with("stored.npz: this is no npy file: it does not start with"));
    assert!(of("none.npy").contains("cannot read: there is no such file"));
    assert_eq!(
        refusal(safetensors::read(golden("refused_half.safetensors"))),
        format!("refused_half.safetensors: tensor \"h\": the dtype F16 {dtypes}")
    );
    let of = |name: &str| refusal(npz::read(golden(name)));
    assert_eq!(
        of("refused_bzip2.npz"),
        "refused_bzip2.npz: member \"little_f4.npy\": it is compressed by method 12; \
         those read are 0 (stored) and 8 (deflated)"
    );
    assert_eq!(
        of("refused_member.npz"),
        "refused_member.npz: member \"notes.txt\" is no array: its name does not end in .npy"
    );
    assert!(of("row.npy").starts_with("row.npy: this is no npz file"));
}

#[test]
fn names_that_are_taken() {
    let x = tensor([1.0]);
    let twice = [("x", &x), ("x", &x)];
    assert_eq!(refusal(npz::to_writer(Vec::new(), twice)), "npz: two tensors are named \"x\"");
    let none: [(&str, &str); 0] = [];
    let safetensors = |tensors: &[(&str, &Tensor)]| {
        refusal(safetensors::to_writer(Vec::new(), tensors.iter().copied(), none))
    };
    assert_eq!(safetensors(&twice), "safetensors: two tensors are named \"x\"");
    assert_eq!(
        safetensors(&[("__metadata__", &x)]),
        "safetensors: a tensor cannot be named \"__metadata__\""
    );
}

/// An npy file with this dictionary and one element of f4.
fn with_header(dictionary: &str) -> Vec<u8> {
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend_from_slice(&(dictionary.len() as u16).to_le_bytes());
    file.extend_from_slice(dictionary.as_bytes());
    file.extend_from_slice(&1.5f32.to_le_bytes());
    file
}

#[test]
fn headers_that_lie_or_are_malformed() {
    let of = |dictionary: &str| refusal(npy::from_reader("a.npy", &with_header(dictionary)[..]));
    let with_shape = |shape: &str| of(&format!("{{'descr':'<f4','fortran_order':True,'shape':{shape}}}"));
    // Petabytes are claimed; nothing is allocated for them.
    assert_eq!(
        with_shape("(1000000, 1000000000)"),
        "a.npy: the file is cut short: its header claims 1000000000000000 elements of f32, \
         4000000000000000 bytes, but 4 are there"
    );
    assert!(with_shape("(4294967296, 4294967296, 4294967296)").contains("no memory holds an array of shape"));
    assert!(with_shape("(0, 9223372036854775807, 4)").contains("no memory holds an array of shape"));
    assert!(
        with_shape("(99999999999999999999,)").contains("a size is expected, not \"99999999999999999999\"")
    );
    assert!(with_shape("(-1,)").contains("at character 45, a size is expected, not \"-1,)}\""));
    assert!(with_shape("[1]").contains("'(' is expected, not \"[1]}\""));
    assert!(of("{'descr':'<f4','fortran_order':False}").ends_with("the header has no entry \"shape\""));
    assert!(of("{'descr':'<f4','descr':'<f4'}").ends_with("the header has the entry \"descr\" twice"));
    assert!(of("{'more':1}").ends_with("the header has an unknown entry \"more\""));
    assert!(of("{'descr':'<f4','fortran_order':0}").contains("True or False is expected"));
    assert!(of("{'descr':'é").contains("text in quotes is expected"));
    assert!(of("").contains("'{' is expected"));
    let read = |bytes: &[u8]| npy::from_reader("a.npy", bytes);
    let loose = with_header(" { \"shape\" : ( 1L ,) , \"descr\" : 'f4', \"fortran_order\" : False } \n");
    assert_eq!(read(&loose).unwrap().to_vec::<f32>(), [1.5]);
    assert!(
        refusal(read(b"\x93NUMPY\x09\x01")).ends_with("npy version 9.1 is unknown; those read are 1 to 3")
    );
    assert!(
        refusal(read(b"\x93NUMPY\x02\x00\xff\xff\xff\xff")).contains("the header claims 4294967295 bytes")
    );
    assert!(refusal(read(b"\x93NUM")).ends_with("it ends within the header"));
}

#[test]
fn damaged_archives() {
    let mut file = fs::read(golden("stored.npz")).unwrap();
    // The last byte of the first member's data.
    let place = file.windows(4).skip(4).position(|four| four == b"PK\x03\x04").unwrap() + 3;
    file[place] ^= 1;
    let message = refusal(npz::from_bytes("a.npz", &file));
    assert_eq!(
        message,
        "a.npz: member \"w.npy\": it is damaged: size or checksum are not those that were written"
    );
    let whole = fs::read(golden("stored.npz")).unwrap();
    for length in 0..whole.len() {
        npz::from_bytes("a.npz", &whole[..length]).unwrap_err();
    }
}

fn files() -> Vec<Vec<u8>> {
    let names = ["fortran.npy", "big_f8.npy", "stored.npz", "compressed.npz", "all.safetensors"];
    names.iter().map(|name| fs::read(golden(name)).unwrap()).collect()
}

/// Reads bytes as each kind of file. None may panic.
fn read_as_anything(bytes: &[u8]) {
    let _ = npy::from_reader("a", bytes);
    let _ = npz::from_bytes("a", bytes);
    let _ = safetensors::from_bytes("a", bytes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn mutated_files_do_not_panic(
        file in 0..5usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        length in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = files().swap_remove(file);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(length) = length {
            bytes.truncate(length.index(bytes.len()));
        }
        read_as_anything(&bytes);
    }

    #[test]
    fn any_dictionary_is_read_or_refused(dictionary in "[{}()'\"<>:, a-z0-9LTrueFals]{0,60}") {
        let _ = npy::from_reader("a", &with_header(&dictionary)[..]);
        let shaped = format!("{{'descr':'<f4','fortran_order':True,'shape':({dictionary})}}");
        let _ = npy::from_reader("a", &with_header(&shaped)[..]);
    }

    #[test]
    fn every_tensor_comes_back(
        sizes in prop::collection::vec(0..4usize, 0..5),
        numbers in prop::collection::vec(any::<u64>(), 256),
        dtype in 0..6usize,
        name in ".{0,20}",
    ) {
        let shape = Shape::new(&sizes);
        let numbers: Vec<f64> = numbers[..shape.size()].iter().map(|&bits| f64::from_bits(bits)).collect();
        let x = Tensor::from_slice(shape, &numbers).to_dtype(DType::ALL[dtype]).transpose();
        let mut file = Vec::new();
        npy::to_writer(&mut file, &x).unwrap();
        assert_same(&npy::from_reader("a", &file[..]).unwrap(), &x);
        let mut file = Vec::new();
        npz::to_writer(&mut file, [(&name, &x)]).unwrap();
        assert_same(&npz::from_bytes("a", &file).unwrap()[&name], &x);
        let mut file = Vec::new();
        safetensors::to_writer(&mut file, [(&name, &x), (&format!("{name}2"), &x)], [(&name, &name)]).unwrap();
        let contents = safetensors::from_bytes("a", &file).unwrap();
        assert_same(&contents.tensors[&name], &x);
        prop_assert_eq!(&contents.metadata[&name], &name);
    }
}
