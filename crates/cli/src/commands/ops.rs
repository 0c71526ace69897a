//! `ndgrad ops`: the operations, and what each of them takes.

use std::io::{Write, stdout};

use clap::Args;
use ndgrad::ops::{Entry, OPS};
use serde_json::{Value, json};

use crate::failure::Result;

const EXAMPLES: &str = "\
Examples:
  ndgrad ops
  ndgrad ops --json | jq -r '.[] | select(.differentiable | not) | .name'";

/// List the operations: the dtypes that each takes, its gradient, and where it runs.
///
/// First those with a kernel or a formula of their own, then the methods that are made of these (mean, clip, stack and
/// so on).
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Ops {
    /// Print a list of objects with name, doc, dtypes, differentiable and devices
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print a table in Markdown
    #[arg(long)]
    markdown: bool,
}

impl Ops {
    /// Prints the list.
    pub fn run(&self) -> Result<()> {
        let mut out = stdout().lock();
        if self.json {
            let list: Vec<Value> = OPS.iter().map(object).collect();
            writeln!(out, "{:#}", Value::from(list))?;
        } else if self.markdown {
            writeln!(out, "| operation | dtypes | gradient | devices | |\n| --- | --- | --- | --- | --- |")?;
            for entry in OPS {
                let [name, dtypes, gradient, devices, doc] = fields(entry);
                writeln!(
                    out,
                    "| `{name}` | {dtypes} | {gradient} | {devices} | {} |",
                    doc.replace('|', "\\|")
                )?;
            }
        } else {
            let rows: Vec<[String; 5]> = OPS.iter().map(fields).collect();
            let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
            let widths = [width(0), width(1), width(2), width(3)];
            for [name, dtypes, gradient, devices, doc] in &rows {
                let [a, b, c, d] = widths;
                writeln!(out, "{name:a$}  {dtypes:b$}  {gradient:c$}  {devices:d$}  {doc}")?;
            }
        }
        out.flush()?;
        Ok(())
    }
}

fn fields(entry: &Entry) -> [String; 5] {
    let gradient = if entry.differentiable { "gradient" } else { "-" };
    [
        entry.name.into(),
        entry.dtypes.to_string(),
        gradient.into(),
        devices(entry).join(", "),
        entry.doc.into(),
    ]
}

fn object(entry: &Entry) -> Value {
    let dtypes: Vec<&str> = entry.dtypes.iter().map(|dtype| dtype.name()).collect();
    json!({
        "name": entry.name,
        "doc": entry.doc,
        "dtypes": dtypes,
        "differentiable": entry.differentiable,
        "devices": devices(entry),
    })
}

fn devices(entry: &Entry) -> Vec<String> {
    entry.devices().iter().map(ToString::to_string).collect()
}
