//! `Lines`: the line of the file at which each row begins.

/// Rows mostly begin one line after another, so only the exceptions are kept: a blank line, or a row that spans
/// lines because a quoted field holds a line break.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    /// The row, and the line that it begins at, wherever the line is not the one after the row before's.
    jumps: Vec<(usize, u64)>,
    rows: usize,
}

impl Lines {
    pub fn push(&mut self, line: u64) {
        if self.rows == 0 || self.get(self.rows - 1) + 1 != line {
            self.jumps.push((self.rows, line));
        }
        self.rows += 1;
    }

    /// The line of `row`, counted from 1.
    pub fn get(&self, row: usize) -> u64 {
        let after = self.jumps.partition_point(|&(first, _)| first <= row);
        let (first, line) = self.jumps[after - 1];
        line + (row - first) as u64
    }

    pub fn rows(&self) -> usize {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_jumps_are_kept() {
        let all = [2, 3, 4, 9, 10, 12, 13];
        let mut lines = Lines::default();
        all.iter().for_each(|&line| lines.push(line));
        assert_eq!(lines.rows(), 7);
        assert_eq!(lines.jumps.len(), 3);
        assert_eq!(Vec::from_iter((0..7).map(|row| lines.get(row))), all);
    }
}
