//! `Collector`: batches put together into one table.

use super::{Category, Column, Levels, Numeric, Table, Tally};

/// Batches of a file's rows on their way into one table.
#[derive(Default)]
pub(crate) struct Collector {
    first: Option<Table>,
    columns: Vec<Gathered>,
}

enum Gathered {
    Numeric(Numeric),
    Category(Levels, Tally),
}

impl Gathered {
    fn append(&mut self, column: &Column) {
        match (self, column) {
            (Gathered::Numeric(all), Column::Numeric(more)) => all.append(more),
            (Gathered::Category(all, tally), Column::Category(more)) => all.append(more, tally),
            _ => unreachable!("a column is of one kind in all batches"),
        }
    }
}

impl Collector {
    /// Adds a batch that follows.
    pub fn push(&mut self, batch: Table) {
        let Some(all) = &mut self.first else {
            self.first = Some(batch);
            return;
        };
        if self.columns.is_empty() {
            self.columns = all.columns.drain(..).map(gather).collect();
        }
        for (all, more) in self.columns.iter_mut().zip(&batch.columns) {
            all.append(more);
        }
        all.rows += batch.rows;
        if let (Some(lines), Some(more)) = (&mut all.lines, &batch.lines) {
            lines.append(more);
        }
    }

    /// The table, if there was a batch.
    pub fn finish(self) -> Option<Table> {
        let mut table = self.first?;
        table.columns.extend(self.columns.into_iter().map(|column| match column {
            Gathered::Numeric(numeric) => Column::Numeric(numeric),
            Gathered::Category(levels, tally) => Column::Category(levels.finish(tally)),
        }));
        Some(table)
    }
}

fn gather(column: Column) -> Gathered {
    match column {
        Column::Numeric(numeric) => Gathered::Numeric(numeric),
        Column::Category(category) => gather_category(&category),
    }
}

fn gather_category(category: &Category) -> Gathered {
    let (mut levels, mut tally) = (Levels::default(), Tally::default());
    levels.append(category, &mut tally);
    Gathered::Category(levels, tally)
}
