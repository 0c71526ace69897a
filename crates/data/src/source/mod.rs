//! `Source`: a file of rows, read in batches as often as need be.

mod append;
#[cfg(feature = "arrow")]
mod arrow;
#[cfg(feature = "arrow")]
mod batch;
mod builder;
mod chunks;
mod delimited;
mod format;
mod frames;
mod guard;
mod input;
#[cfg(feature = "parquet")]
mod leaf;
#[cfg(feature = "arrow")]
mod messages;
mod npy;
mod options;
mod ordered;
#[cfg(feature = "parquet")]
mod parquet;
mod scan;
mod schema;
mod tables;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "arrow", feature = "parquet"))]
mod values;

pub use guard::damaged_file;
pub(crate) use input::Input;
pub use options::Options;
pub use schema::{Kind, LeftOut, Schema, Variable};
pub use tables::Tables;

use builder::{Made, Use};
use format::{Format, Piece, Plan, Trouble, no_such_column};
use ndgrad_array::{Error, Place, Result};
use ordered::{Ordered, Task, Tasks, in_order};
use schema::Survey;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::table::{Collector, Header, Table};

/// A file of rows with named columns, read in batches of bounded size, as often as need be, on all threads.
///
/// Read are CSV and TSV, as [`Csv`](crate::Csv) describes them, plain or compressed with gzip or zstd; npy files, a matrix
/// (columns `x0`, `x1`, …) or records (columns by their fields), and npz archives of one; and, where the
/// features of these names are on, Parquet files and Arrow IPC (`arrow`) in files or streams. `-` is standard
/// input; like a pipe it is copied, to memory or, if it is large, to a temporary file.
///
/// A column holds numbers if every field that is not missing is one, dates if every one is an ISO date or time
/// (`2024-03-31`, `2024-03-31T12:30:00Z`), categories otherwise. Only the whole file tells for certain, and reading it
/// for that alone takes as long as reading its numbers. So a source begins with a guess from its first rows
/// ([`kinds`](Self::kinds)), by which [`tables`](Self::tables) reads; a field that contradicts it is an error, after
/// which [`attempt`](Self::attempt) reads the whole file for the [`schema`](Self::schema) and tries again.
///
/// Where one batch ends and the next begins depends on the file and the [`Options`] alone, not on the number of threads
/// ([`threads`](ndgrad_tensor::threads), `NDGRAD_THREADS`). The levels of a category column are those that occur in the
/// batch, sorted; who needs one numbering for all batches goes by their names.
///
/// ```
/// use ndgrad_data::{Kind, Options, Source};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("flats.csv");
/// std::fs::write(&path, "area,city,built\n50,Bonn,1990-05-01\n70,Kiel,2001-11-30\n").unwrap();
/// let source = Source::open(&path, &Options::new())?;
/// assert_eq!(source.kinds(), [Kind::Number, Kind::Category, Kind::Date]);
/// let area = source.attempt(|| {
///     let mut sum = 0.0;
///     for table in source.tables(&["area"])? {
///         sum += table?.numeric("area")?.values().iter().sum::<f64>();
///     }
///     Ok(sum)
/// })?;
/// assert_eq!(area, 120.0);
/// assert_eq!(source.schema()?.rows, 2);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone)]
pub struct Source {
    name: Arc<str>,
    format: Arc<dyn Format>,
    header: Arc<Header>,
    declared: Arc<Vec<Option<Kind>>>,
    knowledge: Arc<Mutex<Knowledge>>,
}

/// What is known of the columns.
struct Knowledge {
    kinds: Vec<Kind>,
    schema: Option<Arc<Schema>>,
    /// Whether a field contradicted the guess.
    contradicted: bool,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.name)
            .field("names", &self.names())
            .finish_non_exhaustive()
    }
}

impl Source {
    /// Opens the file at `path`, or standard input for `-`, and looks at its first rows.
    ///
    /// # Errors
    /// If the file cannot be read, holds no row, lacks a column that the options name, or is wrong at its beginning;
    /// the message names the line and the remedy.
    pub fn open(path: impl AsRef<Path>, options: &Options) -> Result<Source> {
        let path = path.as_ref();
        Source::of(Input::open(path)?, options, options.delimiter_for(path))
    }

    /// Takes all that `reader` gives; `name` stands for the file in messages.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn from_reader(name: &str, reader: impl Read, options: &Options) -> Result<Source> {
        Source::of(Input::copy(name, reader)?, options, options.delimiter_for(Path::new(name)))
    }

    fn of(input: Input, options: &Options, delimiter: u8) -> Result<Source> {
        let name: Arc<str> = input.name.as_str().into();
        let format = format::open(input, options, delimiter)?;
        let names = format.names().clone();
        let mut declared = vec![None; names.len()];
        for (wanted, kind) in &options.declared {
            let position = names.iter().position(|name| name == wanted);
            declared[position.ok_or_else(|| no_such_column(&name, wanted, &*format))?] = Some(*kind);
        }
        let knowledge = Knowledge { kinds: Vec::new(), schema: None, contradicted: false };
        let source = Source {
            header: Arc::new(Header::new(names.to_vec())),
            name,
            format,
            declared: Arc::new(declared),
            knowledge: Arc::new(Mutex::new(knowledge)),
        };
        source.guess()?;
        Ok(source)
    }

    /// Learns of the kinds what the first rows say.
    fn guess(&self) -> Result<()> {
        let declared = self.format.declared();
        let plan =
            if declared.is_some() { Arc::new(Plan { columns: Vec::new() }) } else { self.survey_plan() };
        let mut tasks = self.format.tasks(&plan)?;
        let (mut surveys, mut rows) = (self.no_surveys(), 0);
        while rows == 0 {
            let Some(task) = tasks.next() else {
                let message = match declared {
                    None => "there is a header but no row below it\n    Add at least one line of values.",
                    Some(_) => "there is no row\n    Write at least one.",
                };
                return Err(Error::content(Place::file(self.name.as_ref()), message));
            };
            let piece = task?()??;
            rows += piece.rows;
            add(&mut surveys, &piece);
        }
        if let Some((kinds, rows)) = declared {
            let kinds = self.declared.iter().zip(kinds).map(|(declared, kind)| declared.unwrap_or(kind));
            self.know(kinds.collect(), rows);
            return Ok(());
        }
        // The first rows may be all.
        let rows = tasks.next().is_none().then_some(rows as u64);
        self.know(self.judge(&surveys), rows);
        Ok(())
    }

    fn know(&self, kinds: Vec<Kind>, rows: Option<u64>) {
        let mut knowledge = self.knowledge();
        knowledge.schema = rows.map(|rows| {
            let variables = self.names().iter().zip(&kinds);
            let variables = variables.map(|(name, &kind)| Variable { name: name.clone(), kind });
            Arc::new(Schema { variables: variables.collect(), rows })
        });
        knowledge.kinds = kinds;
    }

    fn knowledge(&self) -> MutexGuard<'_, Knowledge> {
        self.knowledge.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn no_surveys(&self) -> Vec<Survey> {
        vec![Survey::default(); self.names().len()]
    }

    /// All columns: what is declared is checked, the others are surveyed. Any field may be part of a category.
    fn survey_plan(&self) -> Arc<Plan> {
        let used = |declared: &Option<Kind>| match declared {
            Some(kind @ (Kind::Number | Kind::Date)) => Use::Column(*kind),
            Some(Kind::Category) | None => Use::Survey,
        };
        Arc::new(Plan { columns: self.declared.iter().map(used).enumerate().collect() })
    }

    fn judge(&self, surveys: &[Survey]) -> Vec<Kind> {
        let kinds = self.declared.iter().zip(surveys);
        kinds.map(|(declared, survey)| declared.unwrap_or_else(|| survey.kind())).collect()
    }

    /// The file's name, as messages show it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> &[String] {
        self.format.names()
    }

    /// The index of the column of this name.
    ///
    /// # Errors
    /// If there is none; the message suggests the nearest name.
    pub fn position(&self, name: &str) -> Result<usize> {
        self.header.position(name).ok_or_else(|| no_such_column(&self.name, name, &*self.format))
    }

    /// The columns of the file that no table holds, as their values are neither numbers nor dates nor texts: lists in a
    /// Parquet file, for one. They are not among the [`names`](Self::names).
    pub fn left_out(&self) -> &[LeftOut] {
        self.format.left_out()
    }

    /// What the columns hold, as far as is known: declared, learned, or else guessed from the first rows.
    pub fn kinds(&self) -> Vec<Kind> {
        self.knowledge().kinds.clone()
    }

    /// The kind of the column of this name, as far as is known.
    ///
    /// # Errors
    /// If there is no such column.
    pub fn kind(&self, name: &str) -> Result<Kind> {
        let position = self.position(name)?;
        Ok(self.knowledge().kinds[position])
    }

    /// Whether what the columns hold is known for certain, without a look at the whole file.
    pub fn is_certain(&self) -> bool {
        self.knowledge().schema.is_some()
    }

    /// What the columns hold, for certain. The first call reads the whole file, unless it says so itself or is so
    /// short that its beginning is all of it.
    ///
    /// # Errors
    /// What is wrong with the file anywhere.
    pub fn schema(&self) -> Result<Arc<Schema>> {
        if let Some(schema) = &self.knowledge().schema {
            return Ok(schema.clone());
        }
        let (mut surveys, mut rows) = (self.no_surveys(), 0);
        let is_declared = self.format.declared().is_some();
        let plan = if is_declared { Arc::new(Plan { columns: Vec::new() }) } else { self.survey_plan() };
        in_order(self.format.tasks(&plan)?, |piece| {
            let piece = piece?;
            rows += piece.rows as u64;
            add(&mut surveys, &piece);
            Ok(())
        })?;
        let kinds = if is_declared { self.kinds() } else { self.judge(&surveys) };
        self.know(kinds, Some(rows));
        self.schema()
    }

    /// Calls `work`, which reads; if it fails after a field contradicted the guess of the kinds, reads the
    /// [`schema`](Self::schema) and calls `work` once more.
    ///
    /// # Errors
    /// What `work` returns, and what is wrong with the file.
    pub fn attempt<T>(&self, mut work: impl FnMut() -> Result<T>) -> Result<T> {
        let result = work();
        let again = {
            let mut knowledge = self.knowledge();
            std::mem::take(&mut knowledge.contradicted) && result.is_err()
        };
        if !again {
            return result;
        }
        self.schema()?;
        work()
    }

    /// These columns of all rows, in their order, as tables that follow each other; all columns for
    /// [`names`](Self::names).
    ///
    /// The tables are made on the threads of the reader and on the one that asks for them.
    ///
    /// # Errors
    /// If there is no such column, or the file cannot be opened. A table is an error where the file is wrong, or
    /// contradicts the guess of the kinds: see [`attempt`](Self::attempt). It is the last one then.
    ///
    /// # Panics
    /// If a name occurs twice.
    #[track_caller]
    pub fn tables<S: AsRef<str>>(&self, columns: &[S]) -> Result<Tables> {
        let (plan, header) = self.plan(columns)?;
        Ok(Tables::new(Ordered::new(self.format.tasks(&plan)?), self.clone(), header))
    }

    /// As [`tables`](Self::tables), with work that is done to each table on the reader's threads: `visit` is given what
    /// `map` makes of one table after the other.
    ///
    /// # Errors
    /// As [`tables`](Self::tables), and the first error that `map` or `visit` returns.
    ///
    /// # Panics
    /// If a name occurs twice.
    #[track_caller]
    pub fn map_tables<S: AsRef<str>, T: Send>(
        &self,
        columns: &[S],
        map: impl Fn(Table) -> Result<T> + Sync,
        mut visit: impl FnMut(T) -> Result<()>,
    ) -> Result<()> {
        let (plan, header) = self.plan(columns)?;
        let (map, header) = (&map, &header);
        let tasks: Tasks<'_, Result<Option<T>, Trouble>> =
            Box::new(self.format.tasks(&plan)?.map(move |task| {
                let task = task?;
                Ok(Box::new(move || {
                    Ok(match task()? {
                        Ok(piece) if piece.rows == 0 => Ok(None),
                        Ok(piece) => map(self.assemble(piece, header)).map(Some).map_err(Trouble::Other),
                        Err(trouble) => Err(trouble),
                    })
                }) as Task<'_, _>)
            }));
        in_order(tasks, |made| self.note(made)?.map_or(Ok(()), &mut visit))
    }

    /// All rows and columns as one table.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn table(&self) -> Result<Table> {
        Ok(self.table_within(self.names(), u64::MAX)?.expect("no table is too large"))
    }

    /// These columns of all rows as one table, or `None` if that would take more than so many bytes of memory; the file is
    /// not read further then.
    ///
    /// # Errors
    /// If there is no such column, and what is wrong with the file.
    ///
    /// # Panics
    /// If a name occurs twice.
    #[track_caller]
    pub fn table_within<S: AsRef<str>>(&self, columns: &[S], bytes: u64) -> Result<Option<Table>> {
        self.attempt(|| {
            let (mut all, mut size) = (Collector::default(), 0);
            for table in self.tables(columns)? {
                let table = table?;
                size += table.bytes();
                if size > bytes {
                    return Ok(None);
                }
                all.push(table);
            }
            Ok(all.finish())
        })
    }

    #[track_caller]
    fn plan<S: AsRef<str>>(&self, columns: &[S]) -> Result<(Arc<Plan>, Arc<Header>)> {
        let mut plan = Vec::with_capacity(columns.len());
        let kinds = self.kinds();
        let mut seen = vec![false; kinds.len()];
        for name in columns {
            let column = self.position(name.as_ref())?;
            assert!(
                !std::mem::replace(&mut seen[column], true),
                "column {:?} is asked for twice",
                name.as_ref()
            );
            plan.push((column, Use::Column(kinds[column])));
        }
        let all = plan.iter().map(|(column, _)| *column).eq(0..seen.len());
        let header = match all {
            true => self.header.clone(),
            false => Arc::new(Header::new(columns.iter().map(|name| name.as_ref().to_string()).collect())),
        };
        Ok((Arc::new(Plan { columns: plan }), header))
    }

    fn assemble(&self, piece: Piece, header: &Arc<Header>) -> Table {
        let columns = piece.made.into_iter().map(|made| match made {
            Made::Column(column) => column,
            Made::Survey(_) => unreachable!("columns were asked for"),
        });
        Table::assemble(self.name.clone(), header.clone(), piece.rows, columns.collect(), piece.lines)
    }

    /// Remembers a contradiction.
    fn note<T>(&self, made: Result<T, Trouble>) -> Result<T> {
        if let Err(Trouble::Kind(_)) = &made {
            let mut knowledge = self.knowledge();
            knowledge.contradicted = knowledge.schema.is_none();
        }
        Ok(made?)
    }
}

fn add(surveys: &mut [Survey], piece: &Piece) {
    for (survey, made) in surveys.iter_mut().zip(&piece.made) {
        if let Made::Survey(more) = made {
            survey.add(more);
        }
    }
}
