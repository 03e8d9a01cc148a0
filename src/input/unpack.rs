//! Unpacks what is compressed, as it goes by. Gzip and Zstandard are told by their first bytes, which no
//! JSON text has, so that a stream needs no name.

use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// The most that is unpacked of one file, in bytes: a few of them can stand for endless ones.
pub(super) const MAX_UNPACKED_BYTES: u64 = 1 << 30;

/// The most that Zstandard may look back, in bytes; what `zstd` itself takes unless told otherwise.
const MAX_WINDOW_BYTES: u64 = 1 << 27;

/// Bytes by which the packings are told.
pub(super) const MAGIC_BYTES: usize = 4;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstandard,
}

impl Packing {
    /// Each with the ending of its files.
    const ENDINGS: [(Self, &'static str); 2] = [(Self::Gzip, "gz"), (Self::Zstandard, "zst")];

    /// What a file's name says.
    pub(super) fn of_name(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?;
        let known = Self::ENDINGS.into_iter().find(|(_, known)| known.eq_ignore_ascii_case(ending));
        known.map(|(packing, _)| packing)
    }

    /// What the first bytes say.
    pub(super) fn of_start(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // A frame of data, or one to be skipped.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Some(Self::Zstandard)
            }
            _ => None,
        }
    }

    /// As it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstandard => "Zstandard",
        }
    }

    /// The unpacked stream.
    pub(super) fn unpack(self, packed: Box<dyn Read>) -> Box<dyn Read> {
        let packed = BufReader::new(packed);
        let stream: Box<dyn Read> = match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Self::Zstandard => Box::new(Frames::new(packed)),
        };
        Box::new(Unpacked { packing: self, stream, left: MAX_UNPACKED_BYTES })
    }
}

/// A stream that is being unpacked.
struct Unpacked {
    packing: Packing,
    stream: Box<dyn Read>,
    /// Bytes that may still come.
    left: u64,
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let name = self.packing.name();
        let count = self.stream.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => io::Error::other(format!("the {name} data is cut off or damaged")),
        })?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(format!(
                "unpacked, it is larger than {} GiB",
                MAX_UNPACKED_BYTES >> 30
            ))
        })?;
        Ok(count)
    }
}

/// Zstandard frames one after the other, each with its checksum looked at.
struct Frames {
    packed: BufReader<Box<dyn Read>>,
    decoder: FrameDecoder,
    is_within: bool,
}

impl Frames {
    fn new(packed: BufReader<Box<dyn Read>>) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW_BYTES);
        Self { packed, decoder, is_within: false }
    }

    /// Enters the next frame; false where there is none.
    fn enter(&mut self) -> io::Result<bool> {
        use io::BufRead as _;
        if self.packed.fill_buf()?.is_empty() {
            return Ok(false);
        }
        match self.decoder.reset(&mut self.packed) {
            Ok(()) => self.is_within = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let length = u64::from(length);
                let skipped = io::copy(&mut self.packed.by_ref().take(length), &mut io::sink())?;
                if skipped < length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Err(error) => return Err(io::Error::other(error)),
        }
        Ok(true)
    }

    /// Leaves a frame whose content was taken.
    fn leave(&mut self) -> io::Result<()> {
        self.is_within = false;
        let said = self.decoder.get_checksum_from_data();
        match said {
            Some(said) if self.decoder.get_calculated_checksum() != Some(said) => {
                Err(io::ErrorKind::InvalidData.into())
            }
            _ => Ok(()),
        }
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.is_within {
                if !self.enter()? {
                    return Ok(0);
                }
                continue;
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            if self.decoder.is_finished() {
                self.leave()?;
                continue;
            }
            let block = BlockDecodingStrategy::UptoBlocks(1);
            self.decoder.decode_blocks(&mut self.packed, block).map_err(io::Error::other)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn packed(packing: Packing, text: &[u8]) -> Vec<u8> {
        match packing {
            Packing::Gzip => {
                let mut out =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                out.write_all(text).unwrap();
                out.finish().unwrap()
            }
            Packing::Zstandard => compress_to_vec(text, CompressionLevel::Fastest),
        }
    }

    fn unpacked(packing: Packing, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        let mut text = Vec::new();
        let mut stream = packing.unpack(Box::new(io::Cursor::new(bytes)));
        stream.read_to_end(&mut text).map_err(|error| error.to_string())?;
        Ok(text)
    }

    const BOTH: [Packing; 2] = [Packing::Gzip, Packing::Zstandard];

    #[test]
    fn what_was_packed_comes_back_part_after_part() {
        let text: Vec<u8> = (0..300_000_u32).flat_map(|n| (n / 7).to_le_bytes()).collect();
        for packing in BOTH {
            let one = packed(packing, &text);
            assert_eq!(Packing::of_start(&one), Some(packing));
            assert_eq!(unpacked(packing, one.clone()).unwrap(), text);
            let two = [one.as_slice(), &packed(packing, b""), &packed(packing, b"more")].concat();
            assert_eq!(unpacked(packing, two).unwrap(), [text.as_slice(), b"more"].concat());
        }
    }

    #[test]
    fn frames_to_be_skipped_are_skipped() {
        let skipped = [&[0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        assert_eq!(Packing::of_start(&skipped), Some(Packing::Zstandard));
        let all = [skipped.as_slice(), &packed(Packing::Zstandard, b"text"), &skipped].concat();
        assert_eq!(unpacked(Packing::Zstandard, all.clone()).unwrap(), b"text");
        let cut = all.get(..all.len() - 1).unwrap().to_vec();
        let error = unpacked(Packing::Zstandard, cut).unwrap_err();
        assert_eq!(error, "the Zstandard data is cut off or damaged");
    }

    #[test]
    fn what_is_cut_changed_or_followed_by_something_else_is_no_text() {
        let text = b"{\"a\": [1, 2, 3], \"b\": \"some text, some text\"}".repeat(9);
        for packing in BOTH {
            let whole = packed(packing, &text);
            for end in 0..whole.len() {
                let cut = whole.get(..end).unwrap().to_vec();
                let is_nothing = end == 0 && packing == Packing::Zstandard;
                assert!(unpacked(packing, cut).is_err() != is_nothing, "{packing:?} {end}");
            }
            for at in 0..whole.len() {
                let mut bytes = whole.clone();
                bytes[at] ^= 0x10;
                // Some bytes of the header say nothing about the text.
                let read = unpacked(packing, bytes);
                assert!(read.is_err() || read.unwrap() == text, "{packing:?} {at}");
            }
            let more = [whole.as_slice(), b"{}"].concat();
            assert!(unpacked(packing, more).is_err(), "{packing:?}");
        }
    }

    #[test]
    fn endless_data_ends() {
        let mut stream =
            Unpacked { packing: Packing::Gzip, stream: Box::new(io::repeat(b' ')), left: 100_000 };
        let error = io::copy(&mut stream, &mut io::sink()).unwrap_err();
        assert_eq!(error.to_string(), "unpacked, it is larger than 1 GiB");
    }

    #[test]
    fn a_name_says_how_a_file_is_packed() {
        for (name, packing) in [
            ("a.json.gz", Some(Packing::Gzip)),
            ("a.ndjson.ZST", Some(Packing::Zstandard)),
            ("a.json", None),
            ("gz", None),
        ] {
            assert_eq!(Packing::of_name(Path::new(name)), packing, "{name}");
        }
        assert_eq!(Packing::of_start(b"{}"), None);
        assert_eq!(Packing::of_start(b""), None);
    }
}
