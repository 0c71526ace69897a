//! `Mersenne`: the generator MT19937.

/// The 32-bit Mersenne Twister (Matsumoto and Nishimura, ACM TOMACS 8, 1998; seeding of 2002).
#[derive(Clone, Debug)]
pub struct Mersenne {
    state: [u32; 624],
    next: usize,
}

impl Mersenne {
    pub fn new(seed: u32) -> Mersenne {
        let mut state = [seed; 624];
        for i in 1..624 {
            let last = state[i - 1];
            state[i] = (last ^ last >> 30).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Mersenne { state, next: 624 }
    }

    /// The generator with this state, of which `next` numbers are used up, at most 624.
    pub fn with_state(state: [u32; 624], next: usize) -> Mersenne {
        Mersenne { state, next }
    }

    pub fn state(&self) -> (&[u32; 624], usize) {
        (&self.state, self.next)
    }

    pub fn next(&mut self) -> u32 {
        if self.next == 624 {
            self.twist();
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9D2C_5680;
        y ^= y << 15 & 0xEFC6_0000;
        y ^ y >> 18
    }

    fn twist(&mut self) {
        for i in 0..624 {
            let y = self.state[i] & 0x8000_0000 | self.state[(i + 1) % 624] & 0x7FFF_FFFF;
            let odd = if y & 1 == 1 { 0x9908_B0DF } else { 0 };
            self.state[i] = self.state[(i + 397) % 624] ^ y >> 1 ^ odd;
        }
        self.next = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The C++ standard (rand.predef) requires this 10,000th number of `mt19937`, whose seed is 5489.
    #[test]
    fn the_ten_thousandth_number_is_the_standards() {
        let mut generator = Mersenne::new(5489);
        let last = (0..10_000).map(|_| generator.next()).last();
        assert_eq!(last, Some(4_123_659_995));
    }
}
