//! `Sketch`: quantiles of any number of numbers in bounded memory.

/// Numbers in the order of a stream, of which ever fewer are kept that stand for ever more: two buffers of equal
/// weight, sorted together, become one of every second number with twice the weight. After J. I. Munro and
/// M. S. Paterson, "Selection and sorting with limited storage" (1980), and G. S. Manku, S. Rajagopalan and
/// B. G. Lindsay, "Approximate medians and other quantiles in one pass and with limited memory" (1998). Nothing is
/// drawn: the same numbers in the same order give the same sketch.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    /// Numbers that stand for 1, 2, 4 and so on.
    levels: Vec<Vec<f64>>,
    /// Whether the next halving of a level keeps the second of each pair.
    second: Vec<bool>,
    /// The most numbers of a level.
    most: usize,
    count: u64,
    /// How far a rank may be off, at most.
    error: u64,
}

impl Sketch {
    pub fn new(most: usize) -> Self {
        Sketch { levels: vec![Vec::new()], second: vec![false], most: most.max(2), count: 0, error: 0 }
    }

    /// Adds numbers, none of them NaN.
    pub fn extend(&mut self, numbers: impl Iterator<Item = f64>) {
        for number in numbers {
            self.count += 1;
            self.levels[0].push(number);
            if self.levels[0].len() > self.most {
                self.shrink();
            }
        }
    }

    /// How far the rank of a quantile may be off, as a part of all numbers; 0 where all numbers are kept.
    pub fn error(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.error as f64 / self.count as f64 }
    }

    fn shrink(&mut self) {
        let mut level = 0;
        while self.levels[level].len() > self.most {
            if level + 1 == self.levels.len() {
                self.levels.push(Vec::new());
                self.second.push(false);
            }
            let mut numbers = std::mem::take(&mut self.levels[level]);
            numbers.sort_unstable_by(f64::total_cmp);
            // Of an odd number of them, the largest waits.
            if numbers.len() % 2 == 1 {
                self.levels[level].extend(numbers.pop());
            }
            let offset = usize::from(self.second[level]);
            self.second[level] = !self.second[level];
            self.levels[level + 1].extend(numbers.chunks_exact(2).map(|pair| pair[offset]));
            self.error += 1 << level;
            level += 1;
        }
    }

    /// The numbers that are kept, sorted, and how many each stands for.
    pub fn weighted(&self) -> Vec<(f64, u64)> {
        let weigh = |(level, numbers): (usize, &Vec<f64>)| {
            Vec::from_iter(numbers.iter().map(|&number| (number, 1 << level)))
        };
        let mut all: Vec<(f64, u64)> = self.levels.iter().enumerate().flat_map(weigh).collect();
        all.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        all
    }

    /// The quantiles of these parts (from 0 to 1): where all numbers are kept, between two of them as R's default
    /// (type 7: R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", 1996) has it; or else the
    /// number of the nearest rank. NaN where there is no number.
    pub fn quantiles<const N: usize>(&self, parts: [f64; N]) -> [f64; N] {
        let all = self.weighted();
        let at = |rank: u64| {
            let mut before = 0;
            let place = all.iter().find(|(_, weight)| {
                before += weight;
                before > rank
            });
            place.or(all.last()).map_or(f64::NAN, |(number, _)| *number)
        };
        parts.map(|part| {
            let rank = part * self.count.saturating_sub(1) as f64;
            if self.error > 0 {
                return at(rank.round() as u64);
            }
            let (low, high) = (at(rank.floor() as u64), at(rank.ceil() as u64));
            let part = rank - rank.floor();
            if low == high { low } else { low * (1.0 - part) + high * part }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `quantile(c(3, 1, 4, 1, 5, 9, 2, 6), c(0, .25, .5, .75, 1))` in R 4.2.2.
    #[test]
    fn few_numbers_have_their_exact_quantiles() {
        let mut sketch = Sketch::new(100);
        sketch.extend([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0].into_iter());
        assert_eq!(sketch.quantiles([0.0, 0.25, 0.5, 0.75, 1.0]), [1.0, 1.75, 3.5, 5.25, 9.0]);
        assert_eq!(sketch.error(), 0.0);
        assert!(Sketch::new(10).quantiles([0.5])[0].is_nan());
    }

    proptest! {
        #[test]
        fn ranks_are_as_near_as_is_said(numbers in prop::collection::vec(0i32..500, 1..2000), most in 2usize..60) {
            let mut sketch = Sketch::new(most);
            sketch.extend(numbers.iter().map(|&number| number.into()));
            prop_assert_eq!(sketch.weighted().iter().map(|(_, weight)| weight).sum::<u64>(), numbers.len() as u64);
            for part in [0.0, 0.1, 0.5, 0.75, 1.0] {
                let [found] = sketch.quantiles([part]);
                if sketch.error > 0 {
                    let rank = (part * (numbers.len() - 1) as f64).round();
                    let below = numbers.iter().filter(|&&number| f64::from(number) < found).count() as f64;
                    let to = numbers.iter().filter(|&&number| f64::from(number) <= found).count() as f64;
                    let error = sketch.error as f64;
                    prop_assert!(below - error <= rank && rank <= to - 1.0 + error, "{} in {}..{} ± {}", rank, below, to, error);
                }
            }
        }
    }
}
