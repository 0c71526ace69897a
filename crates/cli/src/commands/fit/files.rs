//! `Files`: what a fit leaves behind, all of it or nothing.

use std::path::{Path, PathBuf};

use ndgrad::Error;
use ndgrad::data::write_file;

use super::Outcome;
use crate::failure::Result;
use crate::output::OutputDirectory;

/// The places of the files of a fit.
pub struct Files {
    out: OutputDirectory,
    pictures: Option<OutputDirectory>,
    page: Option<PathBuf>,
}

const MODEL: &str = "model.safetensors";
const PAGE: &str = "report.html";
const JSON: &str = "report.json";

impl Files {
    /// Tries whether files can be made there: better now than after the work.
    pub fn prepare(out: &Path, pictures: Option<&Path>, page: Option<&Path>) -> Result<Files> {
        let out = OutputDirectory::prepare(out)?;
        let pictures = pictures.map(OutputDirectory::prepare).transpose()?;
        Ok(Files { out, pictures, page: page.map(Path::to_path_buf) })
    }

    /// Writes everything, and names it in the report.
    pub fn write(mut self, outcome: &mut Outcome) -> Result<()> {
        let Outcome { model, report, files, .. } = outcome;
        model.save(&self.out.file(MODEL)?)?;
        let mut names = vec![self.out.published(MODEL), self.out.published(JSON)];
        names.push(match &self.page {
            Some(path) => path.display().to_string(),
            None => self.out.published(PAGE),
        });
        for (name, text) in files {
            write_text(&self.out.file(name)?, text)?;
            names.push(self.out.published(name));
        }
        if let Some(pictures) = &mut self.pictures {
            for picture in &report.pictures {
                for ending in ["svg", "png"] {
                    let name = format!("{}.{ending}", picture.name);
                    picture.figure.save(pictures.file(&name)?)?;
                    names.push(pictures.published(&name));
                }
            }
        }
        report.files = names;
        write_text(&self.out.file(JSON)?, &format!("{:#}\n", report.json()))?;
        let html = report.html();
        if self.page.is_none() {
            write_text(&self.out.file(PAGE)?, &html)?;
        }
        // A page elsewhere first: where it cannot be written, nothing else is.
        if let Some(path) = &self.page {
            write_text(path, &html)?;
        }
        if let Some(pictures) = self.pictures {
            pictures.publish()?;
        }
        self.out.publish()?;
        Ok(())
    }
}

fn write_text(path: &Path, text: &str) -> Result<()> {
    let write = |file: &mut dyn std::io::Write| {
        file.write_all(text.as_bytes()).map_err(|error| Error::file(path, "write", error))
    };
    Ok(write_file(path, write)?)
}
