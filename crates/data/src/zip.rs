//! ZIP archives, as far as `npz` files need them: members that are stored or deflated, of any size.
//!
//! By PKWARE's specification (APPNOTE.TXT 6.3), whose section numbers are named below.

use std::io::{self, Read, Write};

use flate2::Crc;
use flate2::read::DeflateDecoder;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END64: u32 = 0x0606_4b50;
const LOCATOR64: u32 = 0x0706_4b50;

/// One file of an archive, as the directory describes it.
pub struct Member<'a> {
    pub name: &'a str,
    data: &'a [u8],
    deflated: bool,
    checksum: u32,
    size: u64,
}

/// The members of an archive, or why it is none.
pub fn members(archive: &[u8]) -> Result<Vec<Member<'_>>, String> {
    let (count, mut directory) = directory(archive)?;
    let mut members = Vec::new();
    let mut total = 0;
    for _ in 0..count {
        let member = member(archive, &mut directory)?;
        // Otherwise a small file could unpack the same bytes again and again.
        total += member.data.len();
        if total > archive.len() {
            return Err("members of the archive overlap".into());
        }
        members.push(member);
    }
    Ok(members)
}

impl<'a> Member<'a> {
    /// The bytes of the file.
    pub fn reader(&self) -> Checked<'a> {
        let reader: Box<dyn Read + 'a> =
            if self.deflated { Box::new(DeflateDecoder::new(self.data)) } else { Box::new(self.data) };
        Checked { reader, sum: Crc::new(), count: 0, wanted: (self.checksum, self.size) }
    }
}

/// Reads a member and adds up its checksum.
pub struct Checked<'a> {
    reader: Box<dyn Read + 'a>,
    sum: Crc,
    count: u64,
    wanted: (u32, u64),
}

impl Read for Checked<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(out)?;
        self.sum.update(&out[..count]);
        self.count += count as u64;
        Ok(count)
    }
}

impl Checked<'_> {
    /// Reads what is left, and says what is wrong with the whole.
    pub fn finish(mut self) -> Result<(), String> {
        io::copy(&mut self, &mut io::sink()).map_err(|error| format!("it cannot be unpacked: {error}"))?;
        if (self.sum.sum(), self.count) != self.wanted {
            return Err("it is damaged: size or checksum are not those that were written".into());
        }
        Ok(())
    }
}

/// Numbers at places of a record, low byte first; `None` beyond its end.
fn number<const N: usize>(record: &[u8], at: usize) -> Option<u64> {
    let bytes = record.get(at..at.checked_add(N)?)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// A part of the archive.
fn part(archive: &[u8], start: u64, length: u64) -> Option<&[u8]> {
    let start = usize::try_from(start).ok()?;
    archive.get(start..start.checked_add(usize::try_from(length).ok()?)?)
}

/// The number of members, and the bytes of their directory (sections 4.3.14 to 4.3.16).
fn directory(archive: &[u8]) -> Result<(u64, &[u8]), String> {
    // A comment of up to 64 kB may follow the end record.
    let first = archive.len().saturating_sub(22 + 0xFFFF);
    let end = (first..=archive.len().saturating_sub(22))
        .rev()
        .find(|&at| number::<4>(archive, at) == Some(u64::from(END)) && archive.len() - at >= 22)
        .ok_or("this is no npz file: it has no directory as ZIP archives have one")?;
    let read = || {
        let record = &archive[end..];
        let narrow = [number::<2>(record, 10)?, number::<4>(record, 12)?, number::<4>(record, 16)?];
        let locator = end.checked_sub(20).map(|at| &archive[at..end]);
        let [count, length, start] = match locator {
            Some(locator) if number::<4>(locator, 0) == Some(u64::from(LOCATOR64)) => {
                let record = part(archive, number::<8>(locator, 8)?, 56)?;
                if number::<4>(record, 0)? != u64::from(END64) {
                    return None;
                }
                [number::<8>(record, 32)?, number::<8>(record, 40)?, number::<8>(record, 48)?]
            }
            _ => narrow,
        };
        Some((count, part(archive, start, length)?))
    };
    read()
        .ok_or_else(|| "the archive's directory lies outside of it: the file is cut short or damaged".into())
}

/// Takes the next member off the directory (section 4.3.12).
fn member<'a>(archive: &'a [u8], directory: &mut &'a [u8]) -> Result<Member<'a>, String> {
    let damaged = || "the archive's directory is damaged".to_string();
    let record = *directory;
    let read = || {
        let length = |at| number::<2>(record, at).map(|length| length as usize);
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let whole = record.get(..46 + name + extra + comment)?;
        (number::<4>(whole, 0)? == u64::from(CENTRAL)).then_some((whole, 46 + name, 46 + name + extra))
    };
    let (whole, name_end, extra_end) = read().ok_or_else(damaged)?;
    *directory = &record[whole.len()..];
    let name = std::str::from_utf8(&whole[46..name_end]).map_err(|_| damaged())?;
    let read = || {
        let mut wide = Wide::find(&whole[name_end..extra_end]);
        let size = wide.or(number::<4>(whole, 24)?)?;
        let packed = wide.or(number::<4>(whole, 20)?)?;
        let start = wide.or(number::<4>(whole, 42)?)?;
        let local = part(archive, start, 30)?;
        if number::<4>(local, 0)? != u64::from(LOCAL) {
            return None;
        }
        let before = 30 + number::<2>(local, 26)? + number::<2>(local, 28)?;
        Some((size, part(archive, start.checked_add(before)?, packed)?))
    };
    let (size, data) =
        read().ok_or_else(|| format!("member {name:?}: its bytes lie outside of the archive"))?;
    let (flags, method) = (number::<2>(whole, 8), number::<2>(whole, 10));
    if flags.is_some_and(|flags| flags & 1 == 1) {
        return Err(format!("member {name:?}: it is encrypted"));
    }
    let deflated = match method {
        Some(0) => false,
        Some(8) => true,
        other => {
            let method = other.unwrap_or_default();
            return Err(format!(
                "member {name:?}: it is compressed by method {method}; those read are 0 (stored) and 8 (deflated)"
            ));
        }
    };
    let checksum = number::<4>(whole, 16).ok_or_else(damaged)? as u32;
    Ok(Member { name, data, deflated, checksum, size })
}

/// The extra field with numbers of 64 bits, for those that 32 bits do not hold (section 4.5.3).
struct Wide<'a>(&'a [u8]);

impl<'a> Wide<'a> {
    fn find(mut extra: &'a [u8]) -> Wide<'a> {
        while let (Some(id), Some(length)) = (number::<2>(extra, 0), number::<2>(extra, 2)) {
            let Some(field) = extra.get(4..4 + length as usize) else { break };
            if id == 1 {
                return Wide(field);
            }
            extra = &extra[4 + length as usize..];
        }
        Wide(&[])
    }

    /// The number, or the next of the field if it is the mark for that.
    fn or(&mut self, narrow: u64) -> Option<u64> {
        if narrow != 0xFFFF_FFFF {
            return Some(narrow);
        }
        let wide = number::<8>(self.0, 0)?;
        self.0 = &self.0[8..];
        Some(wide)
    }
}

/// Writes an archive of stored members, one after another. All sizes have 64 bits, and no times are written: the same
/// members are the same bytes.
pub struct Writer<W> {
    writer: W,
    position: u64,
    count: u64,
    directory: Vec<u8>,
}

/// 1 January 1980, the first day of ZIP.
const DATE: u16 = 0x0021;

impl<W: Write> Writer<W> {
    pub fn new(writer: W) -> Writer<W> {
        Writer { writer, position: 0, count: 0, directory: Vec::new() }
    }

    pub fn member(&mut self, name: &str, data: &[u8]) -> io::Result<()> {
        let length = u16::try_from(name.len()).map_err(|_| io::Error::other("the name is too long"))?;
        let mut sum = Crc::new();
        sum.update(data);
        let size = (data.len() as u64).to_le_bytes();
        // Version 4.5, for 64 bits; names are UTF-8; stored; time and date; checksum; sizes; length of the name.
        let mut common = Vec::new();
        for number in [45, 1 << 11, 0, 0, DATE] {
            common.extend_from_slice(&u16::to_le_bytes(number));
        }
        common.extend_from_slice(&sum.sum().to_le_bytes());
        common.extend_from_slice(&[0xFF; 8]);
        common.extend_from_slice(&length.to_le_bytes());

        let extra = [&[1, 0, 16, 0], &size[..], &size].concat();
        let local = [&LOCAL.to_le_bytes(), &common[..], &[20, 0], name.as_bytes(), &extra].concat();
        self.writer.write_all(&local)?;
        self.writer.write_all(data)?;

        let extra = [&[1, 0, 24, 0], &size[..], &size, &self.position.to_le_bytes()].concat();
        self.directory.extend_from_slice(&CENTRAL.to_le_bytes());
        self.directory.extend_from_slice(&45u16.to_le_bytes());
        self.directory.extend_from_slice(&common);
        // Length of the extra field; no comment, disk 0, no attributes; the place is in the extra field.
        self.directory.extend_from_slice(&[28, 0]);
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&[0xFF; 4]);
        self.directory.extend_from_slice(name.as_bytes());
        self.directory.extend_from_slice(&extra);
        self.position += (local.len() + data.len()) as u64;
        self.count += 1;
        Ok(())
    }

    pub fn finish(mut self) -> io::Result<()> {
        let [count, length, start] = [self.count, self.directory.len() as u64, self.position];
        self.writer.write_all(&self.directory)?;
        let mut end = END64.to_le_bytes().to_vec();
        end.extend_from_slice(&44u64.to_le_bytes());
        end.extend_from_slice(&[45, 0, 45, 0]);
        end.extend_from_slice(&[0; 8]);
        for number in [count, count, length, start] {
            end.extend_from_slice(&number.to_le_bytes());
        }
        end.extend_from_slice(&LOCATOR64.to_le_bytes());
        end.extend_from_slice(&[0; 4]);
        end.extend_from_slice(&(start + length).to_le_bytes());
        end.extend_from_slice(&1u32.to_le_bytes());
        end.extend_from_slice(&END.to_le_bytes());
        end.extend_from_slice(&[0; 4]);
        end.extend_from_slice(&[0xFF; 12]);
        end.extend_from_slice(&[0; 2]);
        self.writer.write_all(&end)?;
        self.writer.flush()
    }
}
