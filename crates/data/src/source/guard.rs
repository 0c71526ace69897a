//! `guarded`: reading by libraries that panic where some files are damaged.

use std::cell::RefCell;

use ndgrad_array::{Error, Place};

thread_local! {
    /// The name of the file that such a library reads on this thread.
    static FILE: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn damaged(file: &str, why: &str) -> Error {
    let message = format!(
        "the file is damaged or cut short ({why})\n    Copy it anew from where it came from, or write it again."
    );
    Error::content(Place::file(file), message)
}

/// Runs what reads; what is wrong with the file is an error even where the library panics.
#[cfg(feature = "arrow")]
pub(super) fn guarded<T>(file: &str, read: impl FnOnce() -> Result<T, String>) -> ndgrad_array::Result<T> {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    FILE.set(Some(file.to_string()));
    let result = catch_unwind(AssertUnwindSafe(read));
    let blamed = damaged_file();
    FILE.set(None);
    match result {
        Ok(result) => result.map_err(|why| damaged(file, &why)),
        Err(_) => Err(blamed.expect("it is named above")),
    }
}

/// What a panic of this thread says of the file that it is reading, if it is reading one of a format whose libraries
/// panic where files are damaged (Parquet, Arrow IPC).
///
/// A [`Source`](crate::Source) makes an error of such a panic. Where panics end the program at once (`panic = "abort"`) it cannot;
/// the program's panic hook may ask here, and end the program as after an error.
///
/// ```
/// let usual = std::panic::take_hook();
/// std::panic::set_hook(Box::new(move |panic| match ndgrad_data::damaged_file() {
///     Some(error) => {
///         eprintln!("error: {error}");
///         std::process::exit(1);
///     }
///     None => usual(panic),
/// }));
/// ```
pub fn damaged_file() -> Option<Error> {
    let contradiction = |file: &String| damaged(file, "its parts contradict each other");
    FILE.with_borrow(|file| file.as_ref().map(contradiction))
}
