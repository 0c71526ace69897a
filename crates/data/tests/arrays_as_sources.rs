//! Arrays of NumPy as sources of rows: `tests/golden/arrays.py` made the small ones.

use std::fs;
use std::path::PathBuf;

use ndgrad_data::{Kind, Options, Source, Table, npy, npz};
use ndgrad_tensor::Tensor;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn open(name: &str) -> Source {
    Source::open(golden(name), &Options::new()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn columns(table: &Table) -> Vec<Vec<f64>> {
    let values = |name: &String| table.numeric(name).unwrap().values().to_vec();
    table.names().iter().map(values).collect()
}

#[test]
fn a_matrix_has_a_column_for_each_of_its_own() {
    let expected = [[-2.0, 1.0], [-1.0, 2.0], [0.0, 3.0]];
    let names = [
        "little_f4.npy",
        "little_i8.npy",
        "big_f8.npy",
        "big_i4.npy",
        "version_3.npy",
        "columns.npy",
        "one.npz",
    ];
    for name in names {
        let source = open(name);
        assert_eq!(source.names(), ["x0", "x1", "x2"], "{name}");
        assert_eq!(source.schema().unwrap().rows, 2, "{name}");
        assert_eq!(columns(&source.table().unwrap()), expected, "{name}");
        let some = source.tables(&["x2", "x0"]).unwrap().next().unwrap().unwrap();
        assert_eq!(columns(&some), [expected[2], expected[0]], "{name}");
    }
    assert_eq!(columns(&open("u1.npy").table().unwrap())[1], [1.0, 4.0]);
    assert_eq!(columns(&open("b1.npy").table().unwrap())[0], [0.0, 1.0]);
    assert_eq!(columns(&open("refused_unsigned.npy").table().unwrap())[0].len(), 2);
    assert_eq!(columns(&open("row.npy").table().unwrap()), [[0.0, 1.0, 2.0, 3.0, 4.0]]);
}

#[test]
fn records_have_a_column_for_each_field_of_numbers() {
    let source = open("records.npy");
    assert_eq!(source.names(), ["x", "y", "odd"]);
    assert_eq!(source.left_out()[0].name, "name");
    assert_eq!(source.left_out()[0].reason, "values of type <U3 cannot be read");
    assert_eq!(columns(&source.table().unwrap()), [[0.5, 1.0, -2.0], [3.0, -4.0, 500.0], [1.0, 0.0, 1.0]]);
    let source = Source::open(golden("records.npy"), &Options::new().categories(["y"])).unwrap();
    assert_eq!(source.kind("y").unwrap(), Kind::Category);
    assert_eq!(source.table().unwrap().category("y").unwrap().levels(), ["-4", "3", "500"]);
}

#[test]
fn batches_follow_each_other_in_either_order() {
    let directory = tempfile::tempdir().unwrap();
    let (rows, width) = (70_000, 3);
    let numbers = Vec::from_iter((0..rows * width).map(|i| i as f64 / 7.0));
    let matrix = Tensor::from_vec([rows, width], numbers);
    npy::write(directory.path().join("rows.npy"), &matrix).unwrap();
    npz::write(directory.path().join("rows.npz"), [("m", &matrix)]).unwrap();
    // The columns one after another, which NumPy calls Fortran's order: a header of the same length says so.
    npy::write(directory.path().join("turned.npy"), &matrix.transpose()).unwrap();
    let mut bytes = fs::read(directory.path().join("turned.npy")).unwrap();
    let header = header(&bytes);
    bytes[..128].copy_from_slice(&header);
    fs::write(directory.path().join("turned.npy"), bytes).unwrap();
    for name in ["rows.npy", "rows.npz", "turned.npy"] {
        let source = Source::open(directory.path().join(name), &Options::new()).unwrap();
        assert!(source.tables(source.names()).unwrap().count() > 1, "{name}");
        let found = columns(&source.table().unwrap());
        for (column, found) in found.iter().enumerate() {
            assert!(
                found.iter().enumerate().all(|(row, x)| *x == (row * width + column) as f64 / 7.0),
                "{name}"
            );
        }
    }
}

/// The first 128 bytes for columns one after another.
fn header(bytes: &[u8]) -> Vec<u8> {
    let mut header = bytes[..128].to_vec();
    for (from, to) in [(&b"False"[..], &b"True "[..]), (b"(3, 70000)", b"(70000, 3)")] {
        let place = header.windows(from.len()).position(|window| window == from).unwrap();
        header[place..place + to.len()].copy_from_slice(to);
    }
    header
}

#[test]
fn what_is_no_matrix_of_numbers_is_refused_in_words() {
    let refused = |name: &str| Source::open(golden(name), &Options::new()).unwrap_err().to_string();
    for (name, reason) in [
        ("refused_complex.npy", "the dtype \"<c8\" is none of numbers that are read"),
        ("refused_nested.npy", "the field \"x\" has several numbers in a record"),
        ("fortran.npy", "the array has 3 axes\n    Save a matrix"),
        ("scalar.npy", "the array is one number"),
        ("stored.npz", "the archive holds 2 arrays (w.npy, b.npy)"),
        ("refused_bzip2.npz", "little_f4.npy"),
    ] {
        assert!(refused(name).contains(reason), "{name}: {}", refused(name));
    }
}

/// Wherever a file ends, and whatever byte of it is wrong, it is read or refused.
#[test]
fn damaged_arrays_never_panic() {
    let directory = tempfile::tempdir().unwrap();
    let read = |path: &PathBuf| Source::open(path, &Options::new())?.table();
    for name in ["records.npy", "columns.npy", "one.npz"] {
        let (bytes, path) = (fs::read(golden(name)).unwrap(), directory.path().join(name));
        for end in 6..bytes.len() {
            fs::write(&path, &bytes[..end]).unwrap();
            assert!(read(&path).is_err(), "{name} to {end}");
        }
        for place in 6..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[place] ^= 0x55;
            fs::write(&path, wrong).unwrap();
            let _ = read(&path);
        }
    }
    let bytes = fs::read(golden("columns.npy")).unwrap();
    let path = directory.path().join("short.npy");
    fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(
        error.contains("cut short: its header claims 2 rows of 12 bytes, but 23 bytes are there"),
        "{error}"
    );
}

#[test]
fn a_compressed_array_is_read_from_a_copy() {
    let bytes = fs::read(golden("little_f4.npy")).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, &bytes).unwrap();
    let gzip = encoder.finish().unwrap();
    let zstd = ruzstd::encoding::compress_to_vec(&bytes[..], ruzstd::encoding::CompressionLevel::Fastest);
    let expected = columns(&open("little_f4.npy").table().unwrap());
    for (name, compressed) in [("a.npy.gz", &gzip), ("a.npy.zst", &zstd)] {
        let source = Source::from_reader(name, &compressed[..], &Options::new()).unwrap();
        assert_eq!(columns(&source.table().unwrap()), expected, "{name}");
        let error =
            Source::from_reader(name, &compressed[..compressed.len() - 20], &Options::new()).unwrap_err();
        assert!(error.to_string().contains("is damaged or cut short"), "{error}");
    }
}
