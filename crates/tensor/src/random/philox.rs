//! `Philox`: the counter-based generator Philox 4x32-10.

/// 2^64 streams per seed, each of 2^66 numbers of 32 bits.
#[derive(Clone, Debug)]
pub struct Philox {
    seed: u64,
    stream: u64,
    /// The number to come.
    position: u64,
}

impl Philox {
    pub const fn new(seed: u64, stream: u64) -> Philox {
        Philox { seed, stream, position: 0 }
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub fn next(&mut self) -> u32 {
        let block = self.block(self.position / 4);
        let number = block[(self.position % 4) as usize];
        self.position += 1;
        number
    }

    /// Fills a slice with converted numbers, one each.
    pub fn fill<T>(&mut self, out: &mut [T], convert: impl Fn(u32) -> T) {
        let lead = ((4 - self.position % 4) % 4).min(out.len() as u64) as usize;
        let (lead, rest) = out.split_at_mut(lead);
        lead.iter_mut().for_each(|out| *out = convert(self.next()));
        for four in rest.chunks_mut(4) {
            let block = self.block(self.position / 4);
            four.iter_mut().zip(block).for_each(|(out, bits)| *out = convert(bits));
            self.position += four.len() as u64;
        }
    }

    /// Four numbers from a counter. Constants: Salmon et al., table 2 and section 3.3 of the reference code's paper.
    #[inline]
    fn block(&self, counter: u64) -> [u32; 4] {
        let mut key = [self.seed as u32, (self.seed >> 32) as u32];
        let mut x = [counter as u32, (counter >> 32) as u32, self.stream as u32, (self.stream >> 32) as u32];
        for _ in 0..10 {
            let left = u64::from(x[0]) * 0xD251_1F53;
            let right = u64::from(x[2]) * 0xCD9E_8D57;
            x = [
                (right >> 32) as u32 ^ x[1] ^ key[0],
                right as u32,
                (left >> 32) as u32 ^ x[3] ^ key[1],
                left as u32,
            ];
            key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers for 4x32-10 that the authors' Random123 library ships.
    #[test]
    fn blocks_are_the_known_answers() {
        let block = |seed, stream, counter| Philox::new(seed, stream).block(counter);
        assert_eq!(block(0, 0, 0), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
        assert_eq!(block(u64::MAX, u64::MAX, u64::MAX), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
        assert_eq!(
            block(0x299f31d0_a4093822, 0x03707344_13198a2e, 0x85a308d3_243f6a88),
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]
        );
    }
}
