//! Writing a picture to a file: whole or not at all.

use std::path::Path;

use ndgrad_array::{Error, Result, write_file};

use crate::palette::Palette;
use crate::scene::Scene;

/// Pixels to the unit in a saved PNG: sharp on today's screens and at 8 cm in print.
#[cfg(feature = "png")]
const PNG_SCALE: f64 = 2.0;

/// Writes the picture in the format that the ending of `path` names.
pub(crate) fn save(scene: &Scene, path: &Path) -> Result<()> {
    let bytes = encode(scene, path)?;
    write_file(path, |file| file.write_all(&bytes).map_err(Error::output))
}

fn encode(scene: &Scene, path: &Path) -> Result<Vec<u8>> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("svg") => Ok(crate::svg::write(scene, Palette::Fixed).into_bytes()),
        Some("png") => png(scene, path),
        Some(other) => Err(wrong_ending(path, &format!("this name ends in .{other}"))),
        None => Err(wrong_ending(path, "this name has no ending")),
    }
}

fn wrong_ending(path: &Path, found: &str) -> Error {
    Error::content(path, format!("{found}; pictures are saved as .svg or as .png"))
}

#[cfg(feature = "png")]
fn png(scene: &Scene, path: &Path) -> Result<Vec<u8>> {
    crate::png::encode(scene, PNG_SCALE)
        .ok_or_else(|| Error::content(path, "the picture is too large for a .png; save it as .svg"))
}

#[cfg(not(feature = "png"))]
fn png(_: &Scene, path: &Path) -> Result<Vec<u8>> {
    let message = "this build draws no .png; save as .svg, or build with the feature `png` of ndgrad-plot";
    Err(Error::content(path, message))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn scene() -> Scene {
        Scene::new(20.0, 10.0, "empty".to_string())
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn an_existing_file_is_replaced_and_nothing_else_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.SVG");
        fs::write(&path, "old").unwrap();
        save(&scene(), &path).unwrap();
        assert!(fs::read_to_string(&path).unwrap().starts_with("<svg"));
        assert_eq!(names(directory.path()), ["a.SVG"]);
    }

    #[test]
    fn another_ending_names_both_that_work() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["a.pdf", "a", "svg"] {
            let message = save(&scene(), &directory.path().join(name)).unwrap_err().to_string();
            assert!(
                message.contains(".svg") && message.contains(".png") && message.contains(name),
                "{message}"
            );
        }
        assert!(names(directory.path()).is_empty());
    }

    #[test]
    fn a_directory_that_is_not_there_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("none").join("a.svg");
        let message = save(&scene(), &path).unwrap_err().to_string();
        assert!(message.starts_with(&format!("{}: cannot create: ", path.display())), "{message}");
    }

    #[test]
    fn a_failed_rename_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("taken.svg");
        fs::create_dir(&path).unwrap();
        save(&scene(), &path).unwrap_err();
        assert_eq!(names(directory.path()), ["taken.svg"]);
    }

    #[cfg(not(feature = "png"))]
    #[test]
    fn without_the_feature_png_says_how_to_get_it() {
        let directory = tempfile::tempdir().unwrap();
        let message = save(&scene(), &directory.path().join("a.png")).unwrap_err().to_string();
        assert!(message.contains("feature `png`"), "{message}");
        assert!(names(directory.path()).is_empty());
    }
}
