//! `Frames`: what zstd compressed.

use std::io::{self, BufRead, ErrorKind, Read};

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// Frames of zstd one after another, as `zstd` and `pzstd` write them.
pub(super) struct Frames<R: BufRead>(State<R>);

enum State<R: BufRead> {
    Between(Option<R>),
    Within(Box<StreamingDecoder<R, FrameDecoder>>),
}

impl<R: BufRead> Frames<R> {
    pub fn new(compressed: R) -> Self {
        Frames(State::Between(Some(compressed)))
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match &mut self.0 {
                State::Within(decoder) => {
                    let count = decoder.read(buffer)?;
                    if count > 0 || buffer.is_empty() {
                        return Ok(count);
                    }
                    let State::Within(decoder) = std::mem::replace(&mut self.0, State::Between(None)) else {
                        return Ok(0);
                    };
                    self.0 = State::Between(Some(decoder.into_inner()));
                }
                State::Between(rest) => {
                    let Some(mut input) = rest.take() else { return Ok(0) };
                    if input.fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                    let decoder = StreamingDecoder::new(input);
                    let decoder =
                        decoder.map_err(|error| io::Error::new(ErrorKind::InvalidData, error.to_string()))?;
                    self.0 = State::Within(Box::new(decoder));
                }
            }
        }
    }
}
