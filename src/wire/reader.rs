//! Taking octets off the front of a message, with every length checked.

use super::Malformed;

/// A place in a message. It only moves forward, and never past the end.
#[derive(Clone, Debug)]
pub struct WireReader<'a> {
    left: &'a [u8],
}

impl<'a> WireReader<'a> {
    /// A reader at the start of `bytes`.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }

    /// How many octets are left.
    pub(crate) const fn left(&self) -> usize {
        self.left.len()
    }

    /// Whether nothing is left.
    pub(crate) const fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// The next `count` octets, which are the ones of `what`.
    pub(crate) fn take(&mut self, what: &'static str, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.left.split_at_checked(count).ok_or(Malformed::Claims {
            what,
            claimed: count,
            left: self.left.len(),
        })?;
        self.left = rest;
        Ok(taken)
    }

    /// A reader of the next `count` octets alone.
    pub(crate) fn sub(&mut self, what: &'static str, count: usize) -> Result<Self, Malformed> {
        self.take(what, count).map(Self::new)
    }

    /// The next octets as an array.
    pub(crate) fn array<const N: usize>(
        &mut self,
        what: &'static str,
    ) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.left.split_first_chunk().ok_or(Malformed::Ends {
            what,
            needed: N,
            left: self.left.len(),
        })?;
        self.left = rest;
        Ok(*taken)
    }

    /// The next octet.
    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, Malformed> {
        self.array(what).map(u8::from_be_bytes)
    }

    /// The next two octets as a number.
    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, Malformed> {
        self.array(what).map(u16::from_be_bytes)
    }

    /// The next four octets as a number.
    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        self.array(what).map(u32::from_be_bytes)
    }

    /// The next eight octets as a number.
    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, Malformed> {
        self.array(what).map(u64::from_be_bytes)
    }

    /// Everything that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.left)
    }

    /// Fails unless everything was taken.
    pub(crate) fn end(&self, what: &'static str) -> Result<(), Malformed> {
        if self.left.is_empty() {
            return Ok(());
        }
        Err(Malformed::Trailing {
            what,
            left: self.left.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::WireReader;

    #[test]
    fn nothing_is_taken_past_the_end() {
        let mut reader = WireReader::new(&[1, 2, 3]);
        assert_eq!(reader.u16("a number"), Ok(0x0102));
        let failed = reader.take("the rest", 2).unwrap_err();
        assert_eq!(
            failed.to_string(),
            "the rest claims 2 octets, 1 octet is left"
        );
        let failed = reader.u32("a word").unwrap_err();
        assert_eq!(failed.to_string(), "a word needs 4 octets, 1 octet is left");
        assert_eq!(
            reader.end("the message").unwrap_err().to_string(),
            "1 octet follows the message"
        );
        assert_eq!(reader.rest(), [3]);
        assert!(reader.end("the message").is_ok());
    }
}
