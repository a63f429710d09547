//! Ciphers of the SK payload (RFC 7296, section 3.14; RFC 5282; RFC 5930; RFC 7634).

use aes::{Aes128, Aes192, Aes256};
use aes_gcm::AesGcm;
use aes_gcm::aead::{AeadInOut, Nonce, Tag};
use camellia::{Camellia128, Camellia192, Camellia256};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::consts::{U8, U11, U12, U16};
use cbc::cipher::{
    BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt as _, BlockModeEncrypt as _, KeyInit,
    KeyIvInit, StreamCipher,
};
use ccm::Ccm;
use chacha20poly1305::ChaCha20Poly1305;
use ctr::Ctr32BE;
use des::TdesEde3;
use zeroize::Zeroizing;

use crate::ike::{Encr, Transform, TransformType};

/// A cipher with its key length.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cipher {
    encr: Encr,
    key: usize,
}

/// Something does not fit: a length, or the tag.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct DoesNotFit;

type Done = Result<(), DoesNotFit>;

impl Cipher {
    /// The cipher of a transform, if this program can compute it.
    pub(crate) fn of(transform: Transform) -> Option<Self> {
        if transform.kind != TransformType::ENCR {
            return None;
        }
        let encr = Encr::from_repr(transform.id)?;
        let key = match (encr, transform.key_bits) {
            (Encr::TripleDes, 0) => 24,
            (Encr::ChaCha20Poly1305, 0) => 32,
            (
                Encr::AesCbc
                | Encr::AesCtr
                | Encr::AesCcm8
                | Encr::AesCcm12
                | Encr::AesCcm16
                | Encr::AesGcm8
                | Encr::AesGcm12
                | Encr::AesGcm16
                | Encr::CamelliaCbc
                | Encr::CamelliaCcm8
                | Encr::CamelliaCcm12
                | Encr::CamelliaCcm16,
                bits @ (128 | 192 | 256),
            ) => usize::from(bits) / 8,
            _ => return None,
        };
        Some(Self { encr, key })
    }

    /// Length of its keys, with the salt that RFC 5282 and others append.
    pub(crate) const fn key_octets(self) -> usize {
        self.key + self.salt_octets()
    }

    const fn salt_octets(self) -> usize {
        match self.encr {
            Encr::AesCtr
            | Encr::AesGcm8
            | Encr::AesGcm12
            | Encr::AesGcm16
            | Encr::ChaCha20Poly1305 => 4,
            Encr::AesCcm8
            | Encr::AesCcm12
            | Encr::AesCcm16
            | Encr::CamelliaCcm8
            | Encr::CamelliaCcm12
            | Encr::CamelliaCcm16 => 3,
            _ => 0,
        }
    }

    /// Length of the initialisation vector on the wire.
    pub(crate) const fn iv_octets(self) -> usize {
        match self.encr {
            Encr::AesCbc | Encr::CamelliaCbc => 16,
            _ => 8,
        }
    }

    /// What the length of the plaintext has to be a multiple of.
    pub(crate) const fn block_octets(self) -> usize {
        match self.encr {
            Encr::AesCbc | Encr::CamelliaCbc => 16,
            Encr::TripleDes => 8,
            _ => 1,
        }
    }

    /// Length of the tag of a cipher that authenticates too.
    pub(crate) fn tag_octets(self) -> Option<usize> {
        let authenticates = self.encr.is_aead();
        let octets = self.encr.icv_octets().map(usize::from);
        octets.filter(|_| authenticates)
    }

    /// Encrypts in place; gives the tag, which is empty unless the cipher authenticates.
    pub(super) fn encrypt(
        self,
        key: &[u8],
        iv: &[u8],
        aad: &[u8],
        data: &mut [u8],
    ) -> Result<Vec<u8>, DoesNotFit> {
        let mut tag = Vec::new();
        self.run(key, iv, aad, data, Direction::Encrypt(&mut tag))?;
        Ok(tag)
    }

    /// Decrypts in place; fails if the tag of a cipher that authenticates is wrong.
    pub(super) fn decrypt(
        self,
        key: &[u8],
        iv: &[u8],
        aad: &[u8],
        data: &mut [u8],
        tag: &[u8],
    ) -> Done {
        self.run(key, iv, aad, data, Direction::Decrypt(tag))
    }

    fn run(
        self,
        key: &[u8],
        iv: &[u8],
        aad: &[u8],
        data: &mut [u8],
        direction: Direction<'_>,
    ) -> Done {
        let (key, salt) = key.split_at_checked(self.key).ok_or(DoesNotFit)?;
        // The salt is of the key.
        let nonce = Zeroizing::new([salt, iv].concat());
        // Of a mode and a tag length, the cipher of each key length.
        macro_rules! sized {
            ($run:ident, $cipher:ident) => {
                match self.key {
                    16 => $run::<$cipher!(128)>(key, &nonce, aad, data, direction),
                    24 => $run::<$cipher!(192)>(key, &nonce, aad, data, direction),
                    _ => $run::<$cipher!(256)>(key, &nonce, aad, data, direction),
                }
            };
        }
        macro_rules! aes {
            (128) => {
                Aes128
            };
            (192) => {
                Aes192
            };
            (256) => {
                Aes256
            };
        }
        macro_rules! camellia {
            (128) => {
                Camellia128
            };
            (192) => {
                Camellia192
            };
            (256) => {
                Camellia256
            };
        }
        macro_rules! aead {
            ($mode:ident, $nonce:ty, $tag:ty, $family:ident) => {{
                macro_rules! with_tag {
                                            (128) => { modes::$mode<$family!(128), $nonce, $tag> };
                                            (192) => { modes::$mode<$family!(192), $nonce, $tag> };
                                            (256) => { modes::$mode<$family!(256), $nonce, $tag> };
                                        }
                sized!(authenticated, with_tag)
            }};
        }
        match self.encr {
            Encr::AesCbc => sized!(cipher_block_chaining, aes),
            Encr::CamelliaCbc => sized!(cipher_block_chaining, camellia),
            Encr::TripleDes => cipher_block_chaining::<TdesEde3>(key, &nonce, aad, data, direction),
            Encr::AesCtr => sized!(counter, aes),
            Encr::AesGcm8 => aead!(Gcm, U12, U8, aes),
            Encr::AesGcm12 => aead!(Gcm, U12, U12, aes),
            Encr::AesGcm16 => aead!(Gcm, U12, U16, aes),
            Encr::AesCcm8 => aead!(CounterMac, U11, U8, aes),
            Encr::AesCcm12 => aead!(CounterMac, U11, U12, aes),
            Encr::AesCcm16 => aead!(CounterMac, U11, U16, aes),
            Encr::CamelliaCcm8 => aead!(CounterMac, U11, U8, camellia),
            Encr::CamelliaCcm12 => aead!(CounterMac, U11, U12, camellia),
            Encr::CamelliaCcm16 => aead!(CounterMac, U11, U16, camellia),
            Encr::ChaCha20Poly1305 => {
                authenticated::<ChaCha20Poly1305>(key, &nonce, aad, data, direction)
            }
            _ => Err(DoesNotFit),
        }
    }
}

/// The modes with a tag, under names that take cipher, nonce and tag in one order.
mod modes {
    pub(super) type Gcm<C, N, T> = super::AesGcm<C, N, T>;
    pub(super) type CounterMac<C, N, T> = super::Ccm<C, T, N>;
}

/// Which way, with the tag that comes out or is compared.
enum Direction<'t> {
    Encrypt(&'t mut Vec<u8>),
    Decrypt(&'t [u8]),
}

fn cipher_block_chaining<C>(
    key: &[u8],
    iv: &[u8],
    _aad: &[u8],
    data: &mut [u8],
    direction: Direction<'_>,
) -> Done
where
    C: BlockCipherEncrypt + BlockCipherDecrypt + KeyInit,
{
    match direction {
        Direction::Encrypt(_) => {
            let mode = cbc::Encryptor::<C>::new_from_slices(key, iv).map_err(|_| DoesNotFit)?;
            let length = data.len();
            let done = mode.encrypt_padded::<NoPadding>(data, length);
            done.map_err(|_| DoesNotFit)?;
        }
        Direction::Decrypt(_) => {
            let mode = cbc::Decryptor::<C>::new_from_slices(key, iv).map_err(|_| DoesNotFit)?;
            mode.decrypt_padded::<NoPadding>(data)
                .map_err(|_| DoesNotFit)?;
        }
    }
    Ok(())
}

/// RFC 3686: the counter starts at 1.
fn counter<C>(
    key: &[u8],
    nonce: &[u8],
    _aad: &[u8],
    data: &mut [u8],
    _direction: Direction<'_>,
) -> Done
where
    C: BlockCipherEncrypt + KeyInit + cbc::cipher::BlockSizeUser<BlockSize = U16>,
{
    let start = Zeroizing::new([nonce, &[0, 0, 0, 1]].concat());
    let mut mode = Ctr32BE::<C>::new_from_slices(key, &start).map_err(|_| DoesNotFit)?;
    mode.try_apply_keystream(data).map_err(|_| DoesNotFit)
}

fn authenticated<A: AeadInOut + KeyInit>(
    key: &[u8],
    nonce: &[u8],
    aad: &[u8],
    data: &mut [u8],
    direction: Direction<'_>,
) -> Done {
    let cipher = A::new_from_slice(key).map_err(|_| DoesNotFit)?;
    let nonce = <&Nonce<A>>::try_from(nonce).map_err(|_| DoesNotFit)?;
    match direction {
        Direction::Encrypt(tag) => {
            let made = cipher.encrypt_inout_detached(nonce, aad, data.into());
            tag.extend_from_slice(&made.map_err(|_| DoesNotFit)?);
            Ok(())
        }
        Direction::Decrypt(tag) => {
            let tag = <&Tag<A>>::try_from(tag).map_err(|_| DoesNotFit)?;
            let done = cipher.decrypt_inout_detached(nonce, aad, data.into(), tag);
            done.map_err(|_| DoesNotFit)
        }
    }
}
