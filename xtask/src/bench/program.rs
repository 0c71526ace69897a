//! The programs that are measured: ours and the peers'.

/// How a program comes to be.
pub enum Kind {
    /// A binary of the crate in bench/.
    Ours,
    /// A script in bench/peers/python, run by a virtual environment with these packages.
    Python { environment: &'static str, packages: &'static [&'static str] },
    /// A crate in bench/peers/rust.
    Rust { flags: &'static str },
    /// A file in bench/peers/c.
    C { openblas: bool },
}

pub struct Program {
    pub name: &'static str,
    pub kind: Kind,
    /// The workloads that it has, each with the most threads that it makes use of.
    pub workloads: &'static [(&'static str, usize)],
}

impl Program {
    pub fn is_ours(&self) -> bool {
        matches!(self.kind, Kind::Ours)
    }

    /// Whether it has a workload on so many threads.
    pub fn has(&self, workload: &str, threads: usize) -> bool {
        self.workloads.iter().any(|&(name, most)| name == workload && threads <= most)
    }
}

const NUMPY: Kind =
    Kind::Python { environment: "numpy", packages: &["numpy==2.4.6", "scikit-learn==1.9.1", OPENBLAS] };

/// Readers of files of rows, and what fits them.
const TABLES: Kind = Kind::Python {
    environment: "tables",
    packages: &[
        "numpy==2.4.6",
        "scikit-learn==1.9.1",
        "duckdb==2.0.1",
        "polars==2.1.0",
        "polars-ds==0.13.0",
        "pandas==3.1.1",
    ],
};

/// OpenBLAS as a package, which the programs in C are linked to.
pub const OPENBLAS: &str = "scipy-openblas32==0.3.34.481.3";

pub const PROGRAMS: &[Program] = &[
    Program {
        name: "ndgrad-bench",
        kind: Kind::Ours,
        workloads: &[
            ("S1", 1),
            ("S2", 1),
            ("S3", 2),
            ("S4", 2),
            ("S5", 2),
            ("S6", 2),
            ("S7", 2),
            ("S8", 1),
            ("S11", 2),
            ("S12", 2),
            ("S13", 2),
            ("S14", 2),
        ],
    },
    Program { name: "memory", kind: Kind::Ours, workloads: &[("S10", 1)] },
    Program {
        name: "numpy_peer",
        kind: NUMPY,
        workloads: &[
            ("S1", 1),
            ("S3", 1),
            ("S4", 2),
            ("S5", 2),
            ("S6", 1),
            ("S7", 1),
            ("S8", 1),
            ("S9", 1),
            ("S11", 2),
        ],
    },
    Program { name: "sklearn_peer", kind: NUMPY, workloads: &[("S3", 1), ("S9", 1), ("S11", 2)] },
    Program {
        name: "jax_peer",
        kind: Kind::Python { environment: "jax", packages: &["jax==0.10.2"] },
        workloads: &[("S1", 1), ("S2", 1), ("S3", 2), ("S4", 2), ("S5", 2), ("S6", 2), ("S7", 2), ("S9", 1)],
    },
    Program {
        name: "torch_peer",
        // The registry's wheel for x86-64 Linux brings CUDA (5.5 GB); it has no other.
        kind: Kind::Python { environment: "torch", packages: &["torch==2.15.0", "numpy==2.4.6"] },
        workloads: &[("S1", 1), ("S3", 2), ("S4", 2), ("S5", 2), ("S6", 2), ("S7", 2), ("S8", 1), ("S9", 1)],
    },
    Program {
        name: "mxnet_peer",
        kind: Kind::Python { environment: "mxnet", packages: &["mxnet==1.9.1", "numpy==1.23.5"] },
        workloads: &[("S1", 1), ("S3", 2), ("S4", 2), ("S7", 1), ("S8", 1), ("S9", 1)],
    },
    Program { name: "duckdb_peer", kind: TABLES, workloads: &[("S12", 2), ("S13", 2)] },
    Program { name: "polars_peer", kind: TABLES, workloads: &[("S12", 2)] },
    Program { name: "polars_numpy_peer", kind: TABLES, workloads: &[("S12", 2)] },
    Program { name: "pandas_peer", kind: TABLES, workloads: &[("S12", 2)] },
    Program {
        name: "candle",
        kind: Kind::Rust { flags: "" },
        workloads: &[("S1", 1), ("S3", 2), ("S4", 2), ("S6", 2), ("S9", 1)],
    },
    Program {
        name: "burn",
        kind: Kind::Rust { flags: "" },
        workloads: &[("S1", 1), ("S3", 2), ("S4", 2), ("S9", 1)],
    },
    Program { name: "dfdx", kind: Kind::Rust { flags: "" }, workloads: &[("S1", 1), ("S9", 1)] },
    Program {
        name: "kernels",
        kind: Kind::Rust { flags: "" },
        workloads: &[("S5", 2), ("S7", 1), ("S11", 2)],
    },
    Program {
        name: "by_hand",
        kind: Kind::Rust { flags: "-C target-cpu=native" },
        workloads: &[("S1", 1), ("S2", 1), ("S3", 1)],
    },
    Program {
        name: "line",
        kind: Kind::C { openblas: false },
        workloads: &[("S1", 1), ("S2", 1), ("S3", 2)],
    },
    Program { name: "mlp", kind: Kind::C { openblas: true }, workloads: &[("S4", 2)] },
    Program { name: "products", kind: Kind::C { openblas: false }, workloads: &[("S5", 2)] },
    Program { name: "elementwise", kind: Kind::C { openblas: false }, workloads: &[("S6", 2)] },
    Program { name: "batches", kind: Kind::C { openblas: false }, workloads: &[("S8", 1)] },
];
