//! Keyed hashes: the PRFs of RFC 7296, section 2.13 and the integrity algorithms.

use aes::cipher::{Array, BlockCipherEncrypt as _, KeyInit};
use aes::{Aes128, Aes128Enc};
use cmac::Cmac;
use hmac::{Hmac, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use crate::ike::{Integ, Prf, Transform, TransformType};

/// A keyed hash, as PRFs and integrity algorithms share them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum KeyedHash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
    Xcbc,
    Cmac,
}

/// Length of a block, of a key and of the result of AES-128.
const BLOCK: usize = 16;

impl KeyedHash {
    const fn octets(self) -> usize {
        match self {
            Self::Md5 | Self::Xcbc | Self::Cmac => BLOCK,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The hash of the parts, one after another; nothing if the key has a length it cannot have.
    fn of(self, key: &[u8], parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        fn mac<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
            let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
                return Zeroizing::default();
            };
            for part in parts {
                mac.update(part);
            }
            // It wipes itself; what is taken out of it would not.
            let result = mac.finalize();
            Zeroizing::new(result.as_bytes().to_vec())
        }
        match self {
            Self::Md5 => mac::<Hmac<Md5>>(key, parts),
            Self::Sha1 => mac::<Hmac<Sha1>>(key, parts),
            Self::Sha256 => mac::<Hmac<Sha256>>(key, parts),
            Self::Sha384 => mac::<Hmac<Sha384>>(key, parts),
            Self::Sha512 => mac::<Hmac<Sha512>>(key, parts),
            Self::Cmac => mac::<Cmac<Aes128>>(key, parts),
            Self::Xcbc => xcbc(key, &Zeroizing::new(parts.concat())).unwrap_or_default(),
        }
    }
}

/// AES-XCBC-MAC (RFC 3566) without truncation; `None` unless the key has 16 octets.
fn xcbc(key: &[u8], data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let first = Aes128Enc::new_from_slice(key).ok()?;
    let derived = |octet: u8| {
        let mut block = Zeroizing::new(Array::from([octet; BLOCK]));
        first.encrypt_block(&mut block);
        block
    };
    let cipher = Aes128Enc::new(&derived(1));
    let mut state = Zeroizing::new(Array::from([0; BLOCK]));
    let mut rest = data;
    while let Some((block, following)) = rest.split_at_checked(BLOCK)
        && !following.is_empty()
    {
        add(&mut state, block);
        cipher.encrypt_block(&mut state);
        rest = following;
    }
    add(&mut state, rest);
    if rest.len() == BLOCK {
        add(&mut state, derived(2).as_slice());
    } else {
        if let Some(octet) = state.get_mut(rest.len()) {
            *octet ^= 0x80;
        }
        add(&mut state, derived(3).as_slice());
    }
    cipher.encrypt_block(&mut state);
    Some(Zeroizing::new(state.to_vec()))
}

fn add(state: &mut [u8], block: &[u8]) {
    for (octet, other) in state.iter_mut().zip(block) {
        *octet ^= other;
    }
}

/// A pseudo-random function.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct PseudoRandom(KeyedHash);

impl PseudoRandom {
    /// The function of a transform, if this program can compute it.
    pub(crate) fn of(transform: Transform) -> Option<Self> {
        if transform.kind != TransformType::PRF {
            return None;
        }
        Some(Self(match Prf::from_repr(transform.id)? {
            Prf::HmacMd5 => KeyedHash::Md5,
            Prf::HmacSha1 => KeyedHash::Sha1,
            Prf::HmacSha2_256 => KeyedHash::Sha256,
            Prf::HmacSha2_384 => KeyedHash::Sha384,
            Prf::HmacSha2_512 => KeyedHash::Sha512,
            Prf::Aes128Xcbc => KeyedHash::Xcbc,
            Prf::Aes128Cmac => KeyedHash::Cmac,
            Prf::HmacTiger | Prf::HmacStreebog512 => return None,
        }))
    }

    /// Length of its keys, and of its results.
    pub(crate) const fn octets(self) -> usize {
        self.0.octets()
    }

    /// Whether its key has one length only, so that of each nonce half a key is used.
    pub(super) const fn has_fixed_key(self) -> bool {
        matches!(self.0, KeyedHash::Xcbc | KeyedHash::Cmac)
    }

    /// prf(key, parts); a key of any length is brought to the right one (RFC 4434, RFC 4615).
    pub(crate) fn compute(self, key: &[u8], parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        if !self.has_fixed_key() || key.len() == BLOCK {
            return self.0.of(key, parts);
        }
        let fitting = if self.0 == KeyedHash::Xcbc && key.len() < BLOCK {
            let mut padded = Zeroizing::new(key.to_vec());
            padded.resize(BLOCK, 0);
            padded
        } else {
            self.0.of(&[0; BLOCK], &[key])
        };
        self.0.of(&fitting, parts)
    }

    /// prf+ (RFC 7296, section 2.13); `None` if more than 255 results are asked for.
    pub(crate) fn expand(
        self,
        key: &[u8],
        seed: &[&[u8]],
        octets: usize,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let mut stream = Zeroizing::new(Vec::with_capacity(octets + self.octets()));
        let mut last = Zeroizing::new(Vec::new());
        let mut number = 0_u8;
        while stream.len() < octets {
            number = number.checked_add(1)?;
            let mut parts: Vec<&[u8]> = vec![&last];
            parts.extend(seed);
            let counter = [number];
            parts.push(&counter);
            let next = self.compute(key, &parts);
            stream.extend_from_slice(&next);
            last = next;
        }
        stream.truncate(octets);
        Some(stream)
    }
}

/// An integrity algorithm.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Integrity {
    hash: KeyedHash,
    tag: usize,
}

impl Integrity {
    /// The algorithm of a transform, if this program can compute it.
    pub(crate) fn of(transform: Transform) -> Option<Self> {
        if transform.kind != TransformType::INTEG {
            return None;
        }
        let integ = Integ::from_repr(transform.id)?;
        let hash = match integ {
            Integ::HmacMd5_96 | Integ::HmacMd5_128 => KeyedHash::Md5,
            Integ::HmacSha1_96 | Integ::HmacSha1_160 => KeyedHash::Sha1,
            Integ::AesXcbc96 => KeyedHash::Xcbc,
            Integ::AesCmac96 => KeyedHash::Cmac,
            Integ::HmacSha2_256_128 => KeyedHash::Sha256,
            Integ::HmacSha2_384_192 => KeyedHash::Sha384,
            Integ::HmacSha2_512_256 => KeyedHash::Sha512,
            Integ::None
            | Integ::DesMac
            | Integ::KpdkMd5
            | Integ::Aes128Gmac
            | Integ::Aes192Gmac
            | Integ::Aes256Gmac => return None,
        };
        let tag = usize::from(integ.tag_bits()?) / 8;
        Some(Self { hash, tag })
    }

    /// Length of its keys.
    pub(crate) const fn key_octets(self) -> usize {
        self.hash.octets()
    }

    /// Length of its tags.
    pub(crate) const fn tag_octets(self) -> usize {
        self.tag
    }

    /// The tag over the parts.
    pub(crate) fn tag(self, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let mut tag = self.hash.of(key, parts).to_vec();
        tag.truncate(self.tag);
        tag
    }
}
