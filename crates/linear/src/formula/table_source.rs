//! `TableSource`: where rows come from, as tables one after the other.

use ndgrad_array::Result;
use ndgrad_data::{Column, Kind, Source, Table};

/// What is known of a column before its rows are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnInfo {
    /// The column's name.
    pub name: String,
    /// Whether it holds categories; numbers otherwise.
    pub is_category: bool,
    /// Why it cannot be a feature, if that is known: `it has no value in any row`.
    pub unfit: Option<String>,
}

/// Rows as tables, one after the other, that can be read from the start again and are the same each time: a
/// [`Table`] in memory, or a [`Source`], which is a file.
pub trait TableSource {
    /// The columns, in order.
    ///
    /// # Errors
    /// If they cannot be read.
    fn columns(&mut self) -> Result<Vec<ColumnInfo>>;

    /// Whether another pass costs no more than reading memory does.
    fn in_memory(&self) -> bool {
        false
    }

    /// Hands every table, which has at least the columns `names`, to `visit`, in order, until one returns an error.
    ///
    /// # Errors
    /// What `visit` returns, or why the rows cannot be read.
    fn pass(&mut self, names: &[String], visit: &mut dyn FnMut(&Table) -> Result<()>) -> Result<()>;
}

impl<T: TableSource + ?Sized> TableSource for &mut T {
    fn columns(&mut self) -> Result<Vec<ColumnInfo>> {
        (**self).columns()
    }

    fn in_memory(&self) -> bool {
        (**self).in_memory()
    }

    fn pass(&mut self, names: &[String], visit: &mut dyn FnMut(&Table) -> Result<()>) -> Result<()> {
        (**self).pass(names, visit)
    }
}

impl TableSource for &Table {
    fn columns(&mut self) -> Result<Vec<ColumnInfo>> {
        let info = |(name, column): (&String, &Column)| ColumnInfo {
            name: name.clone(),
            is_category: matches!(column, Column::Category(_)),
            unfit: (column.missing() == column.len()).then(|| "it has no value in any row".to_string()),
        };
        Ok(self.names().iter().zip(Table::columns(self)).map(info).collect())
    }

    fn in_memory(&self) -> bool {
        true
    }

    fn pass(&mut self, _: &[String], visit: &mut dyn FnMut(&Table) -> Result<()>) -> Result<()> {
        visit(self)
    }
}

/// What the columns hold is what the source knows at the time: whoever reads wraps the whole in [`Source::attempt`].
impl TableSource for &Source {
    fn columns(&mut self) -> Result<Vec<ColumnInfo>> {
        let info = |(name, kind): (&String, Kind)| ColumnInfo {
            name: name.clone(),
            is_category: kind == Kind::Category,
            unfit: None,
        };
        let left_out = self.left_out().iter().map(|column| ColumnInfo {
            name: column.name.clone(),
            is_category: false,
            unfit: Some(format!("its {}", column.reason)),
        });
        Ok(self.names().iter().zip(self.kinds()).map(info).chain(left_out).collect())
    }

    fn pass(&mut self, names: &[String], visit: &mut dyn FnMut(&Table) -> Result<()>) -> Result<()> {
        for table in self.tables(names)? {
            visit(&table?)?;
        }
        Ok(())
    }
}
