//! `Philox`: the counter-based generator Philox 4x32-10.

/// 2^64 streams per seed, each of 2^66 numbers of 32 bits.
#[derive(Clone, Debug)]
pub struct Philox {
    seed: u64,
    stream: u64,
    /// The number to come.
    position: u64,
    /// The block that it stands in, unless it is the block's first.
    block: [u32; 4],
}

impl Philox {
    pub const fn new(seed: u64, stream: u64) -> Philox {
        Philox { seed, stream, position: 0, block: [0; 4] }
    }

    /// The generator that has drawn `position` numbers.
    pub fn at(seed: u64, stream: u64, position: u64) -> Philox {
        let philox = Philox { position, ..Philox::new(seed, stream) };
        Philox { block: philox.block(position / 4), ..philox }
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub fn stream(&self) -> u64 {
        self.stream
    }

    pub fn position(&self) -> u64 {
        self.position
    }

    pub fn next(&mut self) -> u32 {
        let place = (self.position % 4) as usize;
        if place == 0 {
            self.block = self.block(self.position / 4);
        }
        self.position = self.position.wrapping_add(1);
        self.block[place]
    }

    /// The next four numbers that begin a block.
    pub fn next_block(&mut self) -> [u32; 4] {
        let counter = self.position.div_ceil(4);
        self.position = counter.wrapping_mul(4).wrapping_add(4);
        self.block(counter)
    }

    /// Fills a slice with converted numbers, one each.
    pub fn fill<T>(&mut self, out: &mut [T], convert: impl Fn(u32) -> T) {
        let lead = ((4 - self.position % 4) % 4).min(out.len() as u64) as usize;
        let (lead, rest) = out.split_at_mut(lead);
        lead.iter_mut().for_each(|out| *out = convert(self.next()));
        for four in rest.chunks_mut(4) {
            let block = self.block(self.position / 4);
            four.iter_mut().zip(block).for_each(|(out, bits)| *out = convert(bits));
            self.block = block;
            self.position = self.position.wrapping_add(four.len() as u64);
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
