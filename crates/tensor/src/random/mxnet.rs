//! `MxNet`: the numbers of MXNet 1's first processor.

use super::mersenne::Mersenne;

/// MXNet's generator: one Mersenne Twister that persists between calls.
#[derive(Clone, Debug)]
pub struct MxNet {
    seed: u32,
    pub twister: Mersenne,
}

impl MxNet {
    pub fn new(seed: u32) -> MxNet {
        MxNet { seed, twister: Mersenne::new(seed.wrapping_mul(127)) }
    }

    pub fn with_twister(seed: u32, twister: Mersenne) -> MxNet {
        MxNet { seed, twister }
    }

    pub fn seed(&self) -> u32 {
        self.seed
    }

    pub fn bits(&mut self) -> u32 {
        self.twister.next()
    }

    /// In [0, 1]: the largest integers round up to 1.
    pub fn uniform(&mut self) -> f32 {
        self.bits() as f32 * 2f32.powi(-32)
    }

    /// Standard normal numbers by the polar method, every operation rounded to f32. Each pair gives first its second
    /// coordinate; what is left of the last pair is dropped when the call ends.
    pub fn normal(&mut self, out: &mut [f32]) {
        let mut kept = None;
        for out in out {
            *out = kept.take().unwrap_or_else(|| {
                let (first, second) = self.normal_pair();
                kept = Some(second);
                first
            });
        }
    }

    fn normal_pair(&mut self) -> (f32, f32) {
        loop {
            let x = 2.0 * self.uniform() - 1.0;
            let y = 2.0 * self.uniform() - 1.0;
            let r2 = x * x + y * y;
            if r2 <= 1.0 && r2 != 0.0 {
                let scale = ((-2.0 * ln(r2)) / r2).sqrt();
                return (y * scale, x * scale);
            }
        }
    }
}

/// The natural logarithm of a number in (0, 1], to the bit as glibc's `logf` (since 2.27) computes it, which is not
/// always the nearest f32. The method is table-driven reduction (Tang, "Table-driven implementation of the logarithm
/// function", ACM TOMS 16, 1990): `x = 2^k z`, `z` near one of sixteen centres `c`, and
/// `ln x = k ln 2 + ln c + ln(z / c)`, the last by a cubic polynomial, all in f64.
fn ln(x: f32) -> f32 {
    if x == 1.0 {
        return 0.0;
    }
    let bits = match x.to_bits() {
        // A subnormal number has no leading bit of its own.
        tiny if tiny < 0x0080_0000 => (x * 2f32.powi(23)).to_bits().wrapping_sub(23 << 23),
        bits => bits,
    };
    let shifted = bits.wrapping_sub(0x3f33_0000);
    let (inverse, log_centre) = CENTRES[(shifted >> 19) as usize % 16];
    let exponent = shifted as i32 >> 23;
    let z = f64::from(f32::from_bits(bits.wrapping_sub(shifted & 0xff80_0000)));
    let r = z * inverse - 1.0;
    let base = log_centre + f64::from(exponent) * std::f64::consts::LN_2;
    let square = r * r;
    let tail = POLYNOMIAL[1] * r + POLYNOMIAL[2];
    let tail = POLYNOMIAL[0] * square + tail;
    (tail * square + (base + r)) as f32
}

/// For each sixteenth of [0.7, 1.4) the inverse of a centre and the centre's logarithm, as glibc has them.
const CENTRES: [(f64, f64); 16] = [
    (1.398907162146528, -0.33569133332882284),
    (1.3403141896637998, -0.2929040563774074),
    (1.286432210124115, -0.2518726580937369),
    (1.2367150214269895, -0.21245868807117255),
    (1.1906977166711752, -0.17453945183745634),
    (1.1479821020556429, -0.1380057072319758),
    (1.1082251448272158, -0.10275976698545139),
    (1.0711297413057381, -0.06871392447020525),
    (1.036437278977283, -0.0357891387398228),
    (1.0, 0.0),
    (0.9492859795739057, 0.05204517742929496),
    (0.8951049428609004, 0.11081431298787942),
    (0.8476821620351103, 0.1652495223695143),
    (0.8050314851692001, 0.21687389031699977),
    (0.7664671008843108, 0.2659635028121397),
    (0.731428603316328, 0.3127556664073557),
];

const POLYNOMIAL: [f64; 3] = [-0.25089342214237154, 0.333456765744066, -0.4999997485802103];

#[cfg(test)]
mod tests {
    use super::*;

    /// On Linux with glibc `f32::ln` is the function that MXNet called.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn the_logarithm_is_glibcs() {
        // A prime stride visits one in 1009 of the numbers up to 1, subnormal ones included.
        for bits in (1..=1f32.to_bits()).step_by(1009).chain([1f32.to_bits()]) {
            let x = f32::from_bits(bits);
            assert_eq!(ln(x).to_bits(), x.ln().to_bits(), "ln({x:e})");
        }
    }

    /// `mx.random.seed(1)` with MXNet 1, as the tutorial *Linear regression from scratch* prints it: the first and
    /// the last of these numbers make its first row and its first label.
    #[test]
    fn draws_are_the_tutorials() {
        let mut generator = MxNet::new(1);
        let (mut x, mut noise) = ([0.0; 20_000], [0.0; 10_000]);
        generator.normal(&mut x);
        generator.normal(&mut noise);
        let printed = |x: f32| format!("{x:.8}");
        assert_eq!([printed(x[0]), printed(x[1])], ["-0.67765152", "0.03629481"]);
        let clean = 2.0 * x[0] - 3.4 * x[1] + 4.2;
        assert_eq!(printed(clean), "2.72129440");
        assert_eq!(printed(clean + 0.01 * noise[0]), "2.74159384");
    }
}
