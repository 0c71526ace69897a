//! The workloads: what is measured, in which cases, on how many threads.

pub struct Workload {
    pub name: &'static str,
    pub title: &'static str,
    /// What is run, for a reader of the results.
    pub text: &'static str,
    pub threads: &'static [usize],
    /// Sizes or shapes, given to every program; empty where there is but one.
    pub cases: &'static str,
    /// Fewer, smaller ones, for `--quick`.
    pub quick: &'static str,
    /// What the name of a file of rows ends in, which is made for each case; empty where none is read.
    pub ending: &'static str,
}

impl Workload {
    /// Sizes or shapes, fewer where it is to be quick.
    pub fn cases(&self, quick: bool) -> &'static str {
        if quick { self.quick } else { self.cases }
    }

    /// The files of rows that it reads.
    pub fn files(&self, quick: bool) -> Vec<String> {
        let cases = self.cases(quick).split(',').filter(|_| !self.ending.is_empty());
        cases.map(|case| format!("{case}.{}", self.ending)).collect()
    }
}

const BOTH: &[usize] = &[1, 2];

pub const WORKLOADS: &[Workload] = &[
    Workload {
        name: "S1",
        title: "the seeds' loop",
        text: "10,000 rows of two features, shuffled batches of four, two epochs: loader, loss, backward, gradient \
               descent, moving loss. Microseconds a step.",
        threads: &[1],
        cases: "",
        quick: "",
        ending: "",
    },
    Workload {
        name: "S2",
        title: "the seeds' loop, compiled",
        text: "The same steps, compiled before their time is taken. Microseconds a step.",
        threads: &[1],
        cases: "",
        quick: "",
        ending: "",
    },
    Workload {
        name: "S3",
        title: "linear regression",
        text: "One epoch over 1,000,000 rows of 100 features in f32, shuffled, batches of 256. Rows per second.",
        threads: BOTH,
        cases: "",
        quick: "",
        ending: "",
    },
    Workload {
        name: "S4",
        title: "a network",
        text: "784, 256 and 10 units, softmax cross entropy, Adam; one epoch over 60,000 rows in batches of 64. Rows \
               per second.",
        threads: BOTH,
        cases: "",
        quick: "",
        ending: "",
    },
    Workload {
        name: "S5",
        title: "matrix products",
        text: "m x k times k x n. GFLOP/s. The limit is that of multiply-adds in registers, or a loop in C for a \
               matrix times a vector.",
        threads: BOTH,
        cases: "64x64x64,256x256x256,1024x1024x1024,2048x2048x2048,10000x64x64,64x10000x64,64x64x10000,2048x2048x1",
        quick: "64x64x64,256x256x256,10000x64x64,2048x2048x1",
        ending: "",
    },
    Workload {
        name: "S6",
        title: "elementwise operations and their like",
        text: "Matrices of 100 columns in f32, by number of elements. GB/s of what must be read and written at least; \
               the limit is a loop in C into memory that is there.",
        threads: BOTH,
        cases: "1000,10000,100000,1000000,10000000",
        quick: "1000,100000,10000000",
        ending: "",
    },
    Workload {
        name: "S7",
        title: "standard normals",
        text: "f32, into one array. Millions per second.",
        threads: BOTH,
        cases: "100000000",
        quick: "10000000",
        ending: "",
    },
    Workload {
        name: "S8",
        title: "shuffled batches",
        text: "Batches of 256 from 1,000,000 rows of 100 features and their labels, in f32. Rows per second.",
        threads: &[1],
        cases: "",
        quick: "",
        ending: "",
    },
    Workload {
        name: "S9",
        title: "start and size",
        text: "From start to exit (`ndgrad --version`; for the others a program that does next to nothing, or an \
               import); the program's size; a cold release build of the library, for the others of their program in \
               this bench, on its first build; the crates in its tree.",
        threads: &[1],
        cases: "",
        quick: "",
        ending: "",
    },
    Workload {
        name: "S10",
        title: "memory",
        text: "Eager steps of S1 after the first 1,000: what a step asks of the system's allocator, and what is held \
               at the end more than at the start.",
        threads: &[1],
        cases: "1000000",
        quick: "100000",
        ending: "",
    },
    Workload {
        name: "S11",
        title: "exact least squares",
        text: "1,000,000 rows of 100 features and an intercept in f64, in memory, to coefficients. Milliseconds; the check is \
               the sum of the squared residuals.",
        threads: BOTH,
        cases: "",
        quick: "",
        ending: "",
    },
    Workload {
        name: "S12",
        title: "a CSV file to coefficients",
        text: "1,000,000 rows of 20 numbers of eight decimals and a target (241 MB), from the file to an exact fit. \
               Milliseconds, and the most memory that the process held; the check is the length of all coefficients.",
        threads: BOTH,
        cases: "1000000x20",
        quick: "1000000x20",
        ending: "csv",
    },
    Workload {
        name: "S13",
        title: "a Parquet file to coefficients",
        text: "20,000,000 rows of 20 numbers and a target (3.4 GB, compressed with Snappy), from the file to an exact \
               fit. Milliseconds, memory and check as above.",
        threads: BOTH,
        cases: "20000000x20",
        quick: "2000000x20",
        ending: "parquet",
    },
    Workload {
        name: "S14",
        title: "encoding",
        text: "The design matrix of 1,000,000 rows of 20 columns, 15 of numbers and 5 of six levels each, which makes \
               40 columns. Milliseconds.",
        threads: BOTH,
        cases: "1000000x20",
        quick: "1000000x20",
        ending: "",
    },
];

/// Whether more is better.
pub fn is_rate(unit: &str) -> bool {
    unit.ends_with("/s")
}
