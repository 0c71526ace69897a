//! `Lines`: the line of the file at which each row begins.

/// Rows mostly begin one line after another, so only the exceptions are kept: a blank line, or a row that spans
/// lines because a quoted field holds a line break.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    /// The row, and the line that it begins at, wherever the line is not the one after the row before's.
    jumps: Vec<(usize, u64)>,
    rows: usize,
    /// Where the next row begins, if nothing is in between.
    next: u64,
}

impl Lines {
    pub fn push(&mut self, line: u64) {
        if self.rows == 0 || self.next != line {
            self.jumps.push((self.rows, line));
        }
        self.rows += 1;
        self.next = line + 1;
    }

    /// Adds rows that follow.
    pub fn append(&mut self, other: &Lines) {
        for &(row, line) in &other.jumps {
            if row > 0 || self.rows == 0 || self.next != line {
                self.jumps.push((self.rows + row, line));
            }
        }
        self.rows += other.rows;
        self.next = other.next;
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
        for cut in 1..7 {
            let [mut first, mut second] = [Lines::default(), Lines::default()];
            all[..cut].iter().for_each(|&line| first.push(line));
            all[cut..].iter().for_each(|&line| second.push(line));
            first.append(&second);
            assert_eq!((first.jumps, first.rows, first.next), (lines.jumps.clone(), 7, 14));
        }
        assert_eq!(Vec::from_iter((0..7).map(|row| lines.get(row))), all);
    }
}
