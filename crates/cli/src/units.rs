//! `Units`: the units of columns, for the names of axes.

use std::collections::BTreeMap;
use std::str::FromStr;

/// The units of columns: `price=USD,carat=ct`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Units(BTreeMap<String, String>);

impl Units {
    /// The column with its unit, if that is known: `price (USD)`.
    pub fn axis(&self, column: &str) -> String {
        match self.0.get(column) {
            Some(unit) => format!("{column} ({unit})"),
            None => column.to_string(),
        }
    }

    /// The unit with a space before it, or nothing.
    pub fn after(&self, column: &str) -> String {
        self.0.get(column).map(|unit| format!(" {unit}")).unwrap_or_default()
    }

    /// The columns that have a unit.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl FromStr for Units {
    type Err = String;

    fn from_str(text: &str) -> Result<Units, String> {
        let pair = |pair: &str| match pair.split_once('=') {
            Some((column, unit)) if !column.trim().is_empty() && !unit.trim().is_empty() => {
                Ok((column.trim().to_string(), unit.trim().to_string()))
            }
            _ => Err(format!("{pair:?} is no column with its unit; write price=USD,carat=ct")),
        };
        text.split(',').map(pair).collect::<Result<_, _>>().map(Units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read() {
        let units: Units = "price=USD, carat=ct".parse().unwrap();
        assert_eq!((units.axis("price"), units.axis("cut")), ("price (USD)".into(), "cut".into()));
        assert_eq!(units.after("carat"), " ct");
        for wrong in ["price", "=USD", "price=", "price=USD,,"] {
            assert!(wrong.parse::<Units>().unwrap_err().contains("price=USD,carat=ct"), "{wrong}");
        }
    }
}
