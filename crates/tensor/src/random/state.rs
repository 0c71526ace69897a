//! A generator's state as one line of text.

use std::fmt;
use std::str::FromStr;

use ndgrad_array::{Error, Result};

use super::generator::{Generator, Kind};
use super::mersenne::Mersenne;
use super::mxnet::MxNet;
use super::philox::Philox;

impl fmt::Display for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Philox(philox) => {
                let (seed, stream, position) = (philox.seed(), philox.stream(), philox.position());
                write!(f, "philox seed={seed} stream={stream} position={position}")
            }
            Kind::MxNet(mxnet) => {
                let (state, next) = mxnet.twister.state();
                write!(f, "mxnet seed={} next={next} state=", mxnet.seed())?;
                state.iter().try_for_each(|word| write!(f, "{word:08x}"))
            }
        }
    }
}

impl FromStr for Generator {
    type Err = Error;

    /// Reads what [`Display`](fmt::Display) wrote.
    ///
    /// # Errors
    /// When the text is anything else.
    fn from_str(text: &str) -> Result<Generator> {
        let mut words = text.split_whitespace();
        let read = match words.next() {
            Some("philox") => philox(&mut words),
            Some("mxnet") => mxnet(&mut words),
            _ => None,
        };
        read.filter(|_| words.next().is_none()).map(Generator).ok_or_else(|| {
            let start: String = text.chars().take(60).collect();
            Error::Data(format!(
                "generator: {start:?} is not a saved state; it looks like \"philox seed=7 stream=0 position=10\""
            ))
        })
    }
}

fn philox<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Kind> {
    let (seed, stream) = (value(words.next()?, "seed")?, value(words.next()?, "stream")?);
    Some(Kind::Philox(Philox::at(seed, stream, value(words.next()?, "position")?)))
}

fn mxnet<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Kind> {
    let (seed, next) = (value(words.next()?, "seed")?, value(words.next()?, "next")?);
    let digits = words.next()?.strip_prefix("state=")?;
    if next > 624 || digits.len() != 8 * 624 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut state = [0; 624];
    for (i, word) in state.iter_mut().enumerate() {
        *word = u32::from_str_radix(&digits[8 * i..8 * i + 8], 16).ok()?;
    }
    Some(Kind::MxNet(Box::new(MxNet::with_twister(seed, Mersenne::with_state(state, next)))))
}

fn value<T: FromStr>(word: &str, name: &str) -> Option<T> {
    word.strip_prefix(name)?.strip_prefix('=')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_restored_goes_on_where_it_was() {
        let generators = [Generator::philox(u64::MAX).stream(4), Generator::philox(3), Generator::mxnet(9)];
        for mut generator in generators {
            for count in [0, 1, 2, 3, 700] {
                generator.uniform([count]);
                let mut restored: Generator = generator.to_string().parse().unwrap();
                assert_eq!(restored.to_string(), generator.to_string());
                assert_eq!(restored.seed(), generator.seed());
                let [a, b] =
                    [&mut restored, &mut generator.clone()].map(|g| (g.bits32(), g.permutation(700)));
                assert_eq!(a, b, "after {count}");
            }
        }
    }

    #[test]
    fn the_last_position_wraps_around() {
        let mut generator: Generator =
            "philox seed=1 stream=0 position=18446744073709551615".parse().unwrap();
        generator.bits32();
        assert_eq!(generator.to_string(), "philox seed=1 stream=0 position=0");
        let mut generator: Generator =
            "philox seed=1 stream=0 position=18446744073709551615".parse().unwrap();
        generator.integers([1], 0..7);
        assert_eq!(generator.to_string(), "philox seed=1 stream=0 position=4");
    }

    #[test]
    fn other_texts_are_refused() {
        let twister = Generator::mxnet(1).to_string();
        let texts = [
            "",
            "philox",
            "philox seed=1 stream=0",
            "philox seed=1 stream=0 position=-1",
            "philox seed=1 stream=0 position=1 more",
            "philox stream=1 seed=0 position=1",
            &twister[..twister.len() - 1],
            &twister.replace("next=624", "next=625"),
            &format!("{}é", &twister[..twister.len() - 2]),
        ];
        for text in texts {
            let error = text.parse::<Generator>().unwrap_err().to_string();
            assert!(error.contains("is not a saved state"), "{text}: {error}");
        }
    }
}
