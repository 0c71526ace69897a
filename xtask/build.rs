//! Hands the name of the target, which cargo tells build scripts alone, to the program.

fn main() {
    println!("cargo::rustc-env=TARGET={}", std::env::var("TARGET").expect("cargo sets TARGET"));
}
