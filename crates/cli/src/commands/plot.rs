//! `ndgrad plot`: one column of a CSV file against another.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;
use ndgrad::data::Table;
use ndgrad::{Error, plot};

use crate::failure::{Failure, Result};
use crate::interrupt;
use crate::number::count;

const EXAMPLES: &str = "\
Examples:
  ndgrad plot penguins.csv --x flipper_length_mm --y body_mass_g
  ndgrad plot flats.csv --x area --y rent -o rent.png";

/// Draw a scatter plot of two columns of a CSV file.
///
/// Rows in which one of the two is missing are left out.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Plot {
    /// The CSV file, with the columns' names in its first line
    file: PathBuf,
    /// The column along the horizontal axis
    #[arg(long, value_name = "COLUMN")]
    x: String,
    /// The column along the vertical axis
    #[arg(long, value_name = "COLUMN")]
    y: String,
    /// The picture to write, ending in .svg or .png
    #[arg(short, long, default_value = "plot.svg", value_name = "FILE")]
    output: PathBuf,
}

impl Plot {
    /// Draws the picture.
    pub fn run(&self) -> Result<()> {
        let ending = self.output.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if !matches!(ending.as_deref(), Some("svg" | "png")) {
            let name = self.output.display();
            return Err(Failure::Usage(format!("--output {name} must end in .svg or in .png")));
        }
        let table = Table::read_csv(&self.file)?;
        let (x, y) = (table.numeric(&self.x)?, table.numeric(&self.y)?);
        let (x, y): (Vec<f64>, Vec<f64>) = x.iter().zip(y.iter()).filter_map(|(x, y)| Some((x?, y?))).unzip();
        if x.is_empty() {
            return Err(Failure::Data(Error::Data(format!(
                "{}: no row has both a value of {:?} and one of {:?}\n    Choose other columns, or fill in values.",
                table.name(),
                self.x,
                self.y
            ))));
        }
        let _hold = interrupt::hold();
        plot::scatter(&x, &y)
            .title(&format!("{} against {}", self.y, self.x))
            .x_label(&self.x)
            .y_label(&self.y)
            .save(&self.output)?;
        let left_out = match table.rows() - x.len() {
            0 => String::new(),
            rows => format!(" ({} with a missing value left out)", count(rows, "row")),
        };
        let mut out = stdout().lock();
        writeln!(out, "{}: {}{left_out}", self.output.display(), count(x.len(), "point"))?;
        out.flush()?;
        Ok(())
    }
}
