//! `Text`: a table of names and numbers for people to read.

use std::io::{self, Write};

use crate::number::significant;

/// A table with a title above each column, put together column by column from the left.
pub struct Text {
    titles: Vec<String>,
    columns: Vec<Vec<String>>,
}

impl Text {
    /// A table with these titles.
    pub fn new<const N: usize>(titles: [&'static str; N]) -> Text {
        Text::titled(titles.map(String::from).to_vec())
    }

    /// As [`new`](Self::new), with titles that were put together.
    pub fn titled(titles: Vec<String>) -> Text {
        Text { titles, columns: Vec::new() }
    }

    /// Adds the column of names, which stand on the left: the beginnings of long ones, and of those with line
    /// breaks all in one line.
    pub fn names(&mut self, names: &[impl AsRef<str>]) {
        let names: Vec<String> = names.iter().map(|name| shown(name.as_ref())).collect();
        let width = self.width(names.iter().map(String::as_str));
        self.columns.push(names.iter().map(|name| format!("{name:<width$}")).collect());
    }

    /// Adds a column of texts that stand on the left.
    pub fn left(&mut self, texts: Vec<String>) {
        let width = self.width(texts.iter().map(String::as_str));
        let title = self.titles.get_mut(self.columns.len()).expect("a title for each column");
        *title = format!("{title:<width$}");
        self.columns.push(texts.iter().map(|text| format!("{text:<width$}")).collect());
    }

    /// Adds a column of texts, which stand on the right.
    pub fn texts(&mut self, texts: Vec<String>) {
        let width = self.width(texts.iter().map(String::as_str));
        self.columns.push(texts.iter().map(|text| format!("{text:>width$}")).collect());
    }

    /// Adds a column of numbers to so many significant digits, their points below each other; NaN, where there is
    /// none, is a dash.
    pub fn numbers(&mut self, numbers: &[f64], digits: usize) {
        let texts: Vec<String> = numbers
            .iter()
            .map(|&number| if number.is_nan() { "-".into() } else { significant(number, digits) })
            .collect();
        let point = |text: &str| text.find(['.', 'e']).unwrap_or(text.len());
        let after = texts.iter().map(|text| text.len() - point(text)).max().unwrap_or(0);
        self.texts(
            texts.iter().map(|text| format!("{text}{:1$}", "", after - (text.len() - point(text)))).collect(),
        );
    }

    /// Adds a column of numbers to so many decimals; NaN is a dash.
    pub fn decimals(&mut self, numbers: &[f64], decimals: usize) {
        let text = |&number: &f64| match number {
            number if number.is_nan() => "-".into(),
            number if number.abs() >= 1e7 => significant(number, 3),
            number => format!("{number:.decimals$}"),
        };
        self.texts(numbers.iter().map(text).collect());
    }

    /// The width of the next column.
    fn width<'a>(&self, texts: impl Iterator<Item = &'a str>) -> usize {
        let title = &self.titles[self.columns.len()];
        texts.map(|text| text.chars().count()).max().unwrap_or(0).max(title.chars().count())
    }

    /// Prints the titles and the rows, with two spaces between columns and none at the end.
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let rows = self.columns.first().map_or(0, Vec::len);
        let width = |column: &[String]| column.first().map_or(0, |text| text.chars().count());
        let mut titles = String::new();
        for (index, (title, column)) in self.titles.iter().zip(&self.columns).enumerate() {
            let width = width(column);
            titles += &if index == 0 { format!("{title:<width$}") } else { format!("  {title:>width$}") };
        }
        writeln!(out, "{}", titles.trim_end())?;
        for row in 0..rows {
            let fields: Vec<&str> = self.columns.iter().map(|column| column[row].as_str()).collect();
            writeln!(out, "{}", fields.join("  ").trim_end())?;
        }
        Ok(())
    }
}

fn shown(name: &str) -> String {
    const MOST: usize = 60;
    let mut text: String = name.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if name.chars().nth(MOST).is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_stand_below_each_other() {
        let mut table = Text::new(["term", "estimate", "rows"]);
        table.names(&["a", "größe", "c", "d"]);
        table.numbers(&[-3482258.6, 15.06187, 1e-9, f64::NAN], 4);
        table.texts(vec!["1".into(), "20".into(), "300".into(), String::new()]);
        let mut text = Vec::new();
        table.print(&mut text).unwrap();
        let expected = "\
term          estimate  rows
a      -3482259            1
größe        15.06        20
c             1.000e-9   300
d             -
";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }

    #[test]
    fn names_keep_to_their_line() {
        assert_eq!(shown("a\nb\u{1b}[1m"), "a b [1m");
        assert_eq!(shown(&"ß".repeat(70)), "ß".repeat(60) + "…");
    }
}
