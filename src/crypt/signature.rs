//! Signatures of a server and in its certificates: RSA with PKCS#1 v1.5 and PSS, ECDSA.

use std::fmt::{self, Display, Formatter};

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::traits::SignatureScheme as _;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_parser::oid_registry::{
    OID_HASH_SHA1, OID_NIST_HASH_SHA256, OID_NIST_HASH_SHA384, OID_NIST_HASH_SHA512, Oid,
};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

/// The hash of a signature.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::Display)]
pub enum SignatureHash {
    /// SHA-1.
    #[strum(serialize = "SHA-1")]
    Sha1,
    /// SHA-256.
    #[strum(serialize = "SHA-256")]
    Sha256,
    /// SHA-384.
    #[strum(serialize = "SHA-384")]
    Sha384,
    /// SHA-512.
    #[strum(serialize = "SHA-512")]
    Sha512,
}

/// The kind of a signature.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::Display)]
pub enum SignatureKind {
    /// RSA with padding of PKCS#1 v1.5.
    #[strum(serialize = "RSA PKCS#1 v1.5")]
    RsaPkcs1,
    /// RSA with PSS.
    #[strum(serialize = "RSASSA-PSS")]
    RsaPss,
    /// ECDSA.
    #[strum(serialize = "ECDSA")]
    Ecdsa,
}

/// How a signature was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Scheme {
    /// Its kind.
    pub kind: SignatureKind,
    /// Its hash.
    pub hash: SignatureHash,
}

impl Display for Scheme {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}", self.kind, self.hash)
    }
}

/// Why a signature is not known to be right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NotVerified {
    /// It is wrong.
    Wrong,
    /// It, or the key, is not what it says it is.
    Malformed,
    /// This program does not compute it; its name or number.
    NotComputed(String),
}

impl Display for NotVerified {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong => f.write_str("the signature is wrong"),
            Self::Malformed => f.write_str("the signature or its key is malformed"),
            Self::NotComputed(what) => write!(f, "this program does not compute {what}"),
        }
    }
}

/// Methods of the AUTH payload (RFC 7296, section 3.8; RFC 4754; RFC 7427).
const RSA: u8 = 1;
const ECDSA_256: u8 = 9;
const ECDSA_384: u8 = 10;
const ECDSA_521: u8 = 11;
const DIGITAL_SIGNATURE: u8 = 14;

/// All hashes, the most usual first for a signature that does not say which it has.
const HASHES: [SignatureHash; 4] = [
    SignatureHash::Sha1,
    SignatureHash::Sha256,
    SignatureHash::Sha384,
    SignatureHash::Sha512,
];

impl SignatureHash {
    fn of_oid(oid: &Oid<'_>) -> Option<Self> {
        match oid {
            _ if *oid == OID_HASH_SHA1 => Some(Self::Sha1),
            _ if *oid == OID_NIST_HASH_SHA256 => Some(Self::Sha256),
            _ if *oid == OID_NIST_HASH_SHA384 => Some(Self::Sha384),
            _ if *oid == OID_NIST_HASH_SHA512 => Some(Self::Sha512),
            _ => None,
        }
    }

    fn digest(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(data).to_vec(),
            Self::Sha256 => Sha256::digest(data).to_vec(),
            Self::Sha384 => Sha384::digest(data).to_vec(),
            Self::Sha512 => Sha512::digest(data).to_vec(),
        }
    }

    fn pkcs1(self) -> Pkcs1v15Sign {
        match self {
            Self::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
            Self::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Self::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Self::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        }
    }
}

/// A signature, as its algorithm identifier describes it.
#[derive(Clone, Copy)]
struct Described {
    scheme: Scheme,
    /// Length of the salt, with PSS.
    salt: usize,
}

impl Described {
    /// What an algorithm identifier says (RFC 8017, appendix A.2; RFC 5758, section 3.2).
    fn of(algorithm: &AlgorithmIdentifier<'_>) -> Result<Self, NotVerified> {
        use SignatureHash::{Sha1, Sha256, Sha384, Sha512};
        use SignatureKind::{Ecdsa, RsaPkcs1, RsaPss};
        let oid = algorithm.algorithm.to_id_string();
        let (kind, hash, salt) = match oid.as_str() {
            "1.2.840.113549.1.1.5" => (RsaPkcs1, Sha1, 0),
            "1.2.840.113549.1.1.11" => (RsaPkcs1, Sha256, 0),
            "1.2.840.113549.1.1.12" => (RsaPkcs1, Sha384, 0),
            "1.2.840.113549.1.1.13" => (RsaPkcs1, Sha512, 0),
            "1.2.840.10045.4.1" => (Ecdsa, Sha1, 0),
            "1.2.840.10045.4.3.2" => (Ecdsa, Sha256, 0),
            "1.2.840.10045.4.3.3" => (Ecdsa, Sha384, 0),
            "1.2.840.10045.4.3.4" => (Ecdsa, Sha512, 0),
            "1.2.840.113549.1.1.10" => {
                let parameters = algorithm
                    .parameters
                    .as_ref()
                    .ok_or(NotVerified::Malformed)?;
                let pss = RsaSsaPssParams::try_from(parameters);
                let pss = pss.map_err(|_| NotVerified::Malformed)?;
                let mask = pss.mask_gen_algorithm();
                let mask = mask.map_err(|_| NotVerified::Malformed)?;
                let hash = SignatureHash::of_oid(pss.hash_algorithm_oid());
                if hash != SignatureHash::of_oid(&mask.hash) {
                    let what = "RSASSA-PSS with two hashes".to_owned();
                    return Err(NotVerified::NotComputed(what));
                }
                let hash = hash.ok_or_else(|| {
                    NotVerified::NotComputed("RSASSA-PSS with another hash".to_owned())
                })?;
                (RsaPss, hash, pss.salt_length() as usize)
            }
            "1.3.101.112" => return Err(NotVerified::NotComputed("Ed25519".to_owned())),
            "1.3.101.113" => return Err(NotVerified::NotComputed("Ed448".to_owned())),
            _ => {
                return Err(NotVerified::NotComputed(format!(
                    "signatures of type {oid}"
                )));
            }
        };
        let scheme = Scheme { kind, hash };
        Ok(Self { scheme, salt })
    }
}

/// How an ECDSA signature is written.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Form {
    /// Both numbers in DER.
    Der,
    /// Both numbers side by side (RFC 4754, section 7).
    Plain,
}

/// Verifies a signature over `signed` that an algorithm identifier describes, as in certificates.
pub(crate) fn verify(
    key: &SubjectPublicKeyInfo<'_>,
    algorithm: &AlgorithmIdentifier<'_>,
    signature: &[u8],
    signed: &[u8],
) -> Result<Scheme, NotVerified> {
    with(key, Described::of(algorithm)?, Form::Der, signature, signed)
}

/// Verifies the data of an AUTH payload, behind its method, over `signed`.
pub(crate) fn verify_auth(
    key: &SubjectPublicKeyInfo<'_>,
    method: u8,
    data: &[u8],
    signed: &[u8],
) -> Result<Scheme, NotVerified> {
    let ecdsa = |hash| {
        let kind = SignatureKind::Ecdsa;
        let scheme = Scheme { kind, hash };
        let described = Described { scheme, salt: 0 };
        with(key, described, Form::Plain, data, signed)
    };
    match method {
        RSA => {
            // It names its hash only inside, under the key: RFC 7296, section 3.8 recommends SHA-1.
            let tried = HASHES.map(|hash| {
                let kind = SignatureKind::RsaPkcs1;
                let scheme = Scheme { kind, hash };
                let described = Described { scheme, salt: 0 };
                with(key, described, Form::Der, data, signed)
            });
            let [first, ..] = &tried;
            let right = tried.iter().find(|it| it.is_ok());
            right.unwrap_or(first).clone()
        }
        ECDSA_256 => ecdsa(SignatureHash::Sha256),
        ECDSA_384 => ecdsa(SignatureHash::Sha384),
        ECDSA_521 => ecdsa(SignatureHash::Sha512),
        DIGITAL_SIGNATURE => {
            let (length, rest) = data.split_first().ok_or(NotVerified::Malformed)?;
            let parts = rest.split_at_checked(usize::from(*length));
            let (algorithm, signature) = parts.ok_or(NotVerified::Malformed)?;
            let (left, algorithm) =
                AlgorithmIdentifier::from_der(algorithm).map_err(|_| NotVerified::Malformed)?;
            if !left.is_empty() {
                return Err(NotVerified::Malformed);
            }
            verify(key, &algorithm, signature, signed)
        }
        other => Err(NotVerified::NotComputed(format!(
            "authentication method {other}"
        ))),
    }
}

fn with(
    key: &SubjectPublicKeyInfo<'_>,
    Described { scheme, salt }: Described,
    form: Form,
    signature: &[u8],
    signed: &[u8],
) -> Result<Scheme, NotVerified> {
    let digest = scheme.hash.digest(signed);
    let parsed = key.parsed().map_err(|_| NotVerified::Malformed)?;
    let right = match (&parsed, scheme.kind) {
        (PublicKey::RSA(rsa), SignatureKind::RsaPkcs1 | SignatureKind::RsaPss) => {
            let number = |octets: &[u8]| BoxedUint::from_be_slice_vartime(unpadded(octets));
            let key = rsa::PublicKey::new(number(rsa.modulus), number(rsa.exponent));
            let key = key.map_err(|_| NotVerified::NotComputed("this RSA key".to_owned()))?;
            let verified = match (scheme.kind, scheme.hash) {
                (SignatureKind::RsaPkcs1, hash) => hash.pkcs1().verify(&key, &digest, signature),
                (_, SignatureHash::Sha1) => {
                    Pss::<Sha1>::new_with_salt(salt).verify(&key, &digest, signature)
                }
                (_, SignatureHash::Sha256) => {
                    Pss::<Sha256>::new_with_salt(salt).verify(&key, &digest, signature)
                }
                (_, SignatureHash::Sha384) => {
                    Pss::<Sha384>::new_with_salt(salt).verify(&key, &digest, signature)
                }
                (_, SignatureHash::Sha512) => {
                    Pss::<Sha512>::new_with_salt(salt).verify(&key, &digest, signature)
                }
            };
            verified.is_ok()
        }
        (PublicKey::EC(point), SignatureKind::Ecdsa) => {
            ecdsa(key, point.data(), form, signature, &digest)?
        }
        _ => return Err(NotVerified::Malformed),
    };
    if right {
        Ok(scheme)
    } else {
        Err(NotVerified::Wrong)
    }
}

/// A number without the zeros before it.
fn unpadded(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets.get(zeros..).unwrap_or_default()
}

/// Whether an ECDSA signature over a digest is right.
fn ecdsa(
    key: &SubjectPublicKeyInfo<'_>,
    point: &[u8],
    form: Form,
    signature: &[u8],
    digest: &[u8],
) -> Result<bool, NotVerified> {
    macro_rules! on {
        ($curve:ident, $octets:literal) => {{
            use $curve::ecdsa::{Signature, VerifyingKey};
            let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| NotVerified::Malformed)?;
            let signature = match form {
                Form::Der => Signature::from_der(signature),
                Form::Plain => Signature::from_slice(signature),
            };
            // A shorter digest is the same number with zeros before it.
            let mut padded = vec![0; $octets.max(digest.len()) - digest.len()];
            padded.extend(digest);
            Ok(signature.is_ok_and(|it| key.verify_prehash(&padded, &it).is_ok()))
        }};
    }
    let curve = key.algorithm.parameters.as_ref();
    let curve = curve.and_then(|it| it.clone().oid().ok());
    let curve = curve.ok_or(NotVerified::Malformed)?.to_id_string();
    match curve.as_str() {
        "1.2.840.10045.3.1.7" => on!(p256, 32_usize),
        "1.3.132.0.34" => on!(p384, 48_usize),
        "1.3.132.0.35" => on!(p521, 66_usize),
        _ => Err(NotVerified::NotComputed(format!(
            "ECDSA on the curve {curve}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::FromDer as _;
    use x509_parser::x509::SubjectPublicKeyInfo;

    use super::{NotVerified, verify_auth};

    /// Signatures that OpenSSL made: name, method, key, data of the AUTH payload.
    const SIGNATURES: &str = include_str!("signatures.txt");

    /// What was signed.
    const SIGNED: &[u8] = b"a message of this test";

    fn octets(hex: &str) -> Vec<u8> {
        let pairs = hex.as_bytes().chunks(2);
        let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
        pairs.map(|pair| octet(pair).unwrap()).collect()
    }

    #[test]
    fn right_signatures_are_right_and_changed_ones_are_not() {
        let mut names = Vec::new();
        for line in SIGNATURES.lines().filter(|line| !line.starts_with('#')) {
            let [name, method, key, data] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("four fields: {line}");
            };
            let (key, mut data) = (octets(key), octets(data));
            let (_, key) = SubjectPublicKeyInfo::from_der(&key).unwrap();
            let method = method.parse().unwrap();
            let scheme = verify_auth(&key, method, &data, SIGNED);
            assert_eq!(scheme.unwrap().to_string(), name, "method {method}");
            let other = verify_auth(&key, method, &data, b"another message");
            assert_eq!(other, Err(NotVerified::Wrong), "{name}");
            // The last octet of an ECDSA signature in DER, too, is one of its second number.
            *data.last_mut().unwrap() ^= 1;
            let changed = verify_auth(&key, method, &data, SIGNED);
            assert_eq!(changed, Err(NotVerified::Wrong), "{name}");
            for length in 0..data.len() {
                assert!(verify_auth(&key, method, &data[..length], SIGNED).is_err());
            }
            names.push(name);
        }
        assert!(names.len() >= 14, "{names:?}");
    }

    #[test]
    fn what_is_not_computed_is_not_wrong() {
        let line = SIGNATURES
            .lines()
            .find(|line| line.starts_with("ECDSA"))
            .unwrap();
        let key = octets(line.split('\t').nth(2).unwrap());
        let (_, key) = SubjectPublicKeyInfo::from_der(&key).unwrap();
        let shared_key = verify_auth(&key, 2, &[0; 32], SIGNED);
        assert!(matches!(shared_key, Err(NotVerified::NotComputed(_))));
        // Ed25519 by RFC 8420.
        let ed25519 = [&[7, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70][..], &[0; 64]].concat();
        let ed25519 = verify_auth(&key, 14, &ed25519, SIGNED).unwrap_err();
        assert_eq!(ed25519.to_string(), "this program does not compute Ed25519");
        let rsa = verify_auth(&key, 1, &[0; 256], SIGNED);
        assert_eq!(
            rsa,
            Err(NotVerified::Malformed),
            "the key is of another kind"
        );
    }
}
