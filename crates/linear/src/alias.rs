//! Columns that depend on earlier ones, taken out of the parameters of an iterative method.

use crate::exact::triangle::Triangle;
use crate::solution::Alias;
use crate::standard::Standard;

/// A column is dependent where the earlier ones leave at most this part of it unexplained.
const TOLERANCE: f64 = 1e-9;

/// A part of a column, relative to its length, that is rounding.
const NEGLIGIBLE: f64 = 1e-7;

/// From left to right, so that of two columns that depend on each other the later one goes; out of `triangle` as well.
/// Returns, besides, the places that parameters had.
pub(crate) fn take_out_dependent(
    triangle: &mut Triangle<f64>,
    standard: &mut Standard,
) -> (Vec<Alias>, Vec<usize>) {
    let ones = standard.ones();
    let (mut aliases, mut gone) = (Vec::new(), Vec::new());
    let mut k = 0;
    while k < standard.kept.len() {
        let place = ones + k;
        let spread = triangle.length(ones, place);
        if triangle.entry(place, place).abs() > TOLERANCE * spread {
            k += 1;
            continue;
        }
        aliases.push(alias(triangle, standard, k, spread));
        gone.push(place + gone.len());
        triangle.remove(place);
        standard.kept.remove(k);
    }
    (aliases, gone)
}

/// Column `kept[k]` in terms of the columns kept before it.
fn alias(triangle: &Triangle<f64>, standard: &Standard, k: usize, spread: f64) -> Alias {
    let (ones, column) = (standard.ones(), standard.kept[k]);
    let (centre, unit) = (standard.centres[column], standard.units[column]);
    if unit.is_infinite() || spread == 0.0 {
        return Alias { column, constant: centre, terms: Vec::new() };
    }
    // On the scaled columns: z = offset + sum(factor * other z).
    let combination = triangle.combination(ones + k);
    let offset = if ones == 1 { combination[0] * unit } else { 0.0 };
    let (mut constant, mut size) = (centre + offset, centre.abs());
    let mut terms = Vec::new();
    for (i, &factor) in combination[ones..].iter().enumerate() {
        if (factor * triangle.length(ones, ones + i)).abs() > NEGLIGIBLE * spread {
            let other = standard.kept[i];
            let factor = factor * unit / standard.units[other];
            terms.push((other, factor));
            constant -= factor * standard.centres[other];
            size += (factor * standard.centres[other]).abs();
        }
    }
    // What cancels to this little is zero, seen through rounding.
    let constant = if constant.abs() <= 1e-12 * size { 0.0 } else { constant };
    Alias { column, constant, terms }
}
