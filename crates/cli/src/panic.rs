//! What a panic leaves behind: panics end a release program at once, so nothing is dropped and no one catches them.

use std::panic::{set_hook, take_hook};
use std::process::exit;

use ndgrad::data::{TemporaryFile, damaged_file};

use crate::failure::{DATA, say};

/// From now on a panic removes files half written; if a library has panicked because of what it reads, the command ends as after
/// any error in a file.
pub fn prepare() {
    let usual = take_hook();
    set_hook(Box::new(move |panic| {
        let damaged = damaged_file();
        if damaged.is_some() || cfg!(panic = "abort") {
            TemporaryFile::remove_all();
        }
        match damaged {
            Some(error) => {
                say(&format!("error: {error}"));
                exit(DATA.into());
            }
            None => usual(panic),
        }
    }));
}
