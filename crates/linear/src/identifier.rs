//! Columns that name their rows.

use crate::text::count;

/// Categories of a column that was not declared one are not expected to have more levels than this.
const MOST_LEVELS: usize = 1000;

/// Why a column names its rows rather than groups them, if it does: a level for each row, or more than half as many
/// levels as rows (in a table of some size), or very many. Two levels are never too many.
pub(crate) fn identifier(levels: usize, rows: usize) -> Option<String> {
    let reason = match levels {
        ..=2 => return None,
        _ if levels == rows || (levels > 10 && 2 * levels > rows) => {
            "it tells rows apart rather than groups them"
        }
        _ if levels > MOST_LEVELS => "that is too many for indicator columns",
        _ => return None,
    };
    Some(format!("it has {} in {}; {reason}", count(levels, "level"), count(rows, "row")))
}
