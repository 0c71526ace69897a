//! Asks the linker for a small program.

use std::env::var;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=no-unwinding.ld");
    let is = |name: &str, value: &str| var(name).is_ok_and(|found| found == value);
    // A package with an optimization level of its own loses the profile's `strip` (cargo 1.95).
    if is("CARGO_CFG_TARGET_OS", "linux") && is("PROFILE", "release") {
        println!("cargo::rustc-link-arg-bins=-Wl,--strip-all");
    }
    // For this target the compiler brings a linker that knows these options; who names another one may have one that does not.
    let named = var("RUSTC_LINKER").is_ok()
        || var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("link"));
    if !is("TARGET", "x86_64-unknown-linux-gnu") || !is("PROFILE", "release") || named {
        return;
    }
    // Functions of the same instructions are there once.
    let mut options = vec!["--icf=all".to_string()];
    // A release program aborts where it panics: nobody reads how its stack would be unwound.
    let directory = var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    options.extend(["--no-eh-frame-hdr".into(), format!("-T,{directory}/no-unwinding.ld")]);
    // Addresses to be set at the start are written down in bits instead of lines; older C libraries cannot read that.
    if is("HOST", "x86_64-unknown-linux-gnu") && c_library().is_some_and(|version| version >= (2, 36)) {
        options.push("-z,pack-relative-relocs".into());
    }
    for option in options {
        println!("cargo::rustc-link-arg-bins=-Wl,{option}");
    }
}

/// The version of this machine's C library, if that is GNU's.
fn c_library() -> Option<(u32, u32)> {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
