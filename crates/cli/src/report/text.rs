//! The report as text for people, in lines of about a hundred characters.

use std::io::{self, Write};

use super::{Coefficient, Fact, Report, probability};
use crate::number::{count, significant};
use crate::table::Text;

/// Coefficients beyond this many are left to report.json.
const MOST_TERMS: usize = 40;

/// Categories whose baselines are named, likewise.
const MOST_BASELINES: usize = 10;

/// The width of the two columns of facts.
const WIDTH: usize = 96;

impl Report {
    /// Prints the report.
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        if self.coefficients.len() <= MOST_TERMS {
            writeln!(out, "{}\n", self.equation)?;
        }
        writeln!(out, "{}\n", wrapped(&self.answer, WIDTH, ""))?;
        self.print_facts(out)?;
        self.print_coefficients(out)?;
        self.print_parts(out)?;
        self.print_diagnostics(out)?;
        self.print_rows(out)?;
        for fact in &self.course {
            writeln!(out, "{}: {}", fact.label, fact.value.text())?;
        }
        for (index, warning) in self.warnings.iter().enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            writeln!(out, "{gap}{}", wrapped(&format!("warning: {warning}"), WIDTH, "    "))?;
        }
        writeln!(out, "\nFiles:")?;
        self.files.iter().try_for_each(|path| writeln!(out, "  {path}"))
    }

    /// The facts in two columns, read downwards.
    fn print_facts(&self, out: &mut impl Write) -> io::Result<()> {
        let rule = "=".repeat(WIDTH);
        writeln!(out, "{rule}")?;
        let half = self.facts.len().div_ceil(2);
        let (left, right) = self.facts.split_at(half);
        let width = (WIDTH - 4) / 2;
        let entry = |fact: &Fact| {
            let value = fact.value.text();
            let room = width.saturating_sub(fact.label.chars().count());
            format!("{}{value:>room$}", fact.label)
        };
        for (index, fact) in left.iter().enumerate() {
            let other = right.get(index).map(entry).unwrap_or_default();
            writeln!(out, "{}", format!("{}    {other}", entry(fact)).trim_end())?;
        }
        writeln!(out, "{rule}")
    }

    fn print_coefficients(&self, out: &mut impl Write) -> io::Result<()> {
        let shown = &self.coefficients[..self.coefficients.len().min(MOST_TERMS)];
        let numbers = |pick: fn(&Coefficient) -> f64| shown.iter().map(pick).collect::<Vec<_>>();
        let exact = shown.iter().any(|c| c.exact.is_some());
        let errors = shown.iter().any(|c| !c.std_error.is_nan());
        let level =
            significant(100.0 * self.level, 4).trim_end_matches('0').trim_end_matches('.').to_string();
        let mut titles = vec!["".to_string(), "estimate".into()];
        if exact {
            titles.push("exact".into());
        }
        let interval = [format!("[{level} %"), "interval]".into()];
        if errors {
            titles.extend(["std. error", self.statistic, "p"].map(String::from).into_iter().chain(interval));
        }
        let mut table = Text::titled(titles);
        table.names(&shown.iter().map(|c| c.term.as_str()).collect::<Vec<_>>());
        table.numbers(&numbers(|c| c.estimate), 6);
        if exact {
            table.numbers(&numbers(|c| c.exact.unwrap_or(f64::NAN)), 6);
        }
        if errors {
            table.numbers(&numbers(|c| c.std_error), 4);
            table.decimals(&numbers(|c| c.statistic), 2);
            table.texts(shown.iter().map(|c| probability(c.p_value)).collect());
            table.numbers(&numbers(|c| c.lower), 5);
            table.numbers(&numbers(|c| c.upper), 5);
        }
        table.print(out)?;
        writeln!(out, "{}", "=".repeat(WIDTH))?;
        let more = self.coefficients.len() - shown.len();
        if more > 0 {
            writeln!(out, "and {}, which report.json lists", count(more, "more coefficient"))?;
        }
        if errors && self.covariance != "classical" {
            writeln!(out, "Standard errors: {}.", self.covariance)?;
        }
        if let Some(scale) = &self.scale {
            writeln!(out, "{}", wrapped(scale, WIDTH, "  "))?;
        }
        if !self.baselines.is_empty() && self.baselines.len() <= MOST_BASELINES {
            let text = format!("Categories are compared: {}.", self.baselines.join(", "));
            writeln!(out, "{}", wrapped(&text, WIDTH, "  "))?;
        }
        writeln!(out)
    }

    fn print_parts(&self, out: &mut impl Write) -> io::Result<()> {
        if self.parts.is_empty() {
            return Ok(());
        }
        let numbers = |pick: fn(&super::Part) -> f64| self.parts.iter().map(pick).collect::<Vec<_>>();
        let (loss, accuracy) = (self.parts[0].loss(), self.parts[0].accuracy.is_some());
        // Classes have no distance.
        let metric = !self.parts[0].rmse.is_nan();
        let titles = [
            ("RMSE", metric),
            ("MAE", metric),
            ("R2", metric),
            (loss.map_or("", |(name, _)| name), loss.is_some()),
            ("right", accuracy),
        ];
        let titles = titles.into_iter().filter(|(_, shown)| *shown).map(|(title, _)| title);
        let titles = ["rows", ""].into_iter().chain(titles).map(String::from);
        let mut table = Text::titled(titles.collect());
        table.names(&self.parts.iter().map(|part| part.name).collect::<Vec<_>>());
        table.texts(self.parts.iter().map(|part| part.rows.to_string()).collect());
        if metric {
            table.numbers(&numbers(|part| part.rmse), 5);
            table.numbers(&numbers(|part| part.mae), 5);
            let r2 = |part: &super::Part| part.r2.map_or("-".into(), |r2| format!("{r2:.6}"));
            table.texts(self.parts.iter().map(r2).collect());
        }
        if loss.is_some() {
            table.numbers(&numbers(|part| part.loss().map_or(f64::NAN, |(_, loss)| loss)), 5);
        }
        if accuracy {
            let right = |part: &super::Part| format!("{:.1} %", 100.0 * part.accuracy.unwrap_or(f64::NAN));
            table.texts(self.parts.iter().map(right).collect());
        }
        table.print(out)?;
        writeln!(out)
    }

    fn print_diagnostics(&self, out: &mut impl Write) -> io::Result<()> {
        if self.diagnostics.is_empty() {
            return Ok(());
        }
        let all = &self.diagnostics;
        let mut table = Text::new(["assumption", "statistic", "p", "", ""]);
        table.names(&all.iter().map(|d| d.name).collect::<Vec<_>>());
        table.texts(all.iter().map(|d| significant(d.statistic, 4)).collect());
        table.texts(all.iter().map(|d| d.p_value.map_or("-".into(), probability)).collect());
        table.texts(all.iter().map(|d| if d.doubtful { "!" } else { " " }.into()).collect());
        table.names(&all.iter().map(|d| d.meaning.as_str()).collect::<Vec<_>>());
        table.print(out)?;
        writeln!(out)
    }

    fn print_rows(&self, out: &mut impl Write) -> io::Result<()> {
        let rows = &self.rows[..self.rows.len().min(5)];
        if rows.is_empty() {
            return Ok(());
        }
        let mut table =
            Text::new(["heaviest rows", "actual", "predicted", "of the loss", "leverage", "Cook's D"]);
        let name = |row: &super::HeavyRow| match row.line {
            Some(line) => format!("line {line}"),
            None => format!("row {}", row.row),
        };
        table.names(&rows.iter().map(name).collect::<Vec<_>>());
        table.numbers(&rows.iter().map(|row| row.actual).collect::<Vec<_>>(), 5);
        table.numbers(&rows.iter().map(|row| row.predicted).collect::<Vec<_>>(), 5);
        table.texts(rows.iter().map(|row| format!("{:.1} %", 100.0 * row.share)).collect());
        let optional = |number: Option<f64>| number.unwrap_or(f64::NAN);
        table.decimals(&rows.iter().map(|row| optional(row.leverage)).collect::<Vec<_>>(), 3);
        table.decimals(&rows.iter().map(|row| optional(row.cooks_distance)).collect::<Vec<_>>(), 3);
        table.print(out)?;
        writeln!(out)
    }
}

/// The text in lines of at most `width` characters where its words allow it; lines after the first begin with
/// `indent`.
pub fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut lines = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            lines += &format!("\n{indent}");
            column = indent.len();
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines += word;
        column += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("one two three four", 9, "  "), "one two\n  three\n  four");
        assert_eq!(wrapped("unbreakable", 3, ""), "unbreakable");
    }
}
