//! `Messages`: what follows each other in files and streams of Arrow IPC.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use arrow_ipc::{Block, Message, Schema, root_as_footer, root_as_message};

/// How a message starts, since version 0.15 of Arrow.
const MARK: [u8; 4] = [0xff; 4];

/// What a file starts and ends with.
const FILE: &[u8] = b"ARROW1";

/// A message and its body.
pub(super) struct Parts {
    head: Vec<u8>,
    pub body: Vec<u8>,
}

impl Parts {
    pub fn message(&self) -> Result<Message<'_>, String> {
        root_as_message(&self.head).map_err(|error| error.to_string())
    }
}

/// The messages behind the schema.
pub(super) enum Messages {
    /// At these places: dictionaries first.
    File(BufReader<File>, std::vec::IntoIter<Block>),
    /// One behind the other.
    Stream(BufReader<File>),
}

impl Messages {
    /// The messages, and what `look` sees in the schema.
    pub fn open<T>(
        file: File,
        is_stream: bool,
        look: impl Fn(Schema<'_>) -> Result<T, String>,
    ) -> Result<(Messages, T), String> {
        let mut file = BufReader::new(file);
        if is_stream {
            let parts = parts(&mut file)?.ok_or("it is empty")?;
            let schema = parts.message()?.header_as_schema().ok_or("it does not begin with a schema")?;
            return Ok((Messages::Stream(file), look(schema)?));
        }
        let failed = |error: std::io::Error| error.to_string();
        const LENGTH: usize = size_of::<u32>();
        let end = (LENGTH + FILE.len()) as i64;
        file.seek(SeekFrom::End(-end)).map_err(failed)?;
        let length = take(&mut file, LENGTH)?;
        if take(&mut file, FILE.len())? != FILE {
            return Err("its end is missing".into());
        }
        let length = u32::from_le_bytes(length.try_into().expect("so many were taken"));
        file.seek(SeekFrom::End(-end - i64::from(length))).map_err(failed)?;
        let footer = take(&mut file, length as usize)?;
        let footer = root_as_footer(&footer).map_err(|error| error.to_string())?;
        let found = look(footer.schema().ok_or("it has no schema")?)?;
        let blocks = [footer.dictionaries(), footer.recordBatches()];
        let blocks: Vec<Block> =
            blocks.into_iter().flatten().flat_map(|blocks| blocks.iter().copied()).collect();
        Ok((Messages::File(file, blocks.into_iter()), found))
    }

    pub fn next(&mut self) -> Result<Option<Parts>, String> {
        match self {
            Messages::Stream(file) => parts(file),
            Messages::File(file, blocks) => {
                let Some(block) = blocks.next() else { return Ok(None) };
                let place = u64::try_from(block.offset()).map_err(|error| error.to_string())?;
                file.seek(SeekFrom::Start(place)).map_err(|error| error.to_string())?;
                parts(file)?.ok_or_else(|| "a message is missing".into()).map(Some)
            }
        }
    }
}

/// The next message, if there is one.
fn parts(file: &mut impl Read) -> Result<Option<Parts>, String> {
    let mut length = [0; size_of::<u32>()];
    let mut word = |file: &mut _| match Read::read_exact(file, &mut length) {
        Ok(()) => Ok(Some(length)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error.to_string()),
    };
    let Some(mut first) = word(file)? else { return Ok(None) };
    if first == MARK {
        first = word(file)?.ok_or("it ends within a message")?;
    }
    let length = u32::from_le_bytes(first) as usize;
    if length == 0 {
        return Ok(None);
    }
    let head = take(file, length)?;
    let body = root_as_message(&head).map_err(|error| error.to_string())?.bodyLength();
    let body = take(file, usize::try_from(body).map_err(|error| error.to_string())?)?;
    Ok(Some(Parts { head, body }))
}

/// So many bytes; what is claimed and not there is not made room for.
fn take(file: &mut impl Read, count: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(count.min(1 << 20));
    file.take(count as u64).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() < count { Err("it ends within a message".into()) } else { Ok(bytes) }
}
