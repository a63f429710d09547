//! Algorithms as components of a bill of materials: which primitive, mode, curve and strength.

use serde_json::{Value, json};

use crate::dialect::charon;
use crate::ike::{Encr, Integ, Ke, Transform, TransformType};
use crate::peer::Policy;
use crate::write::escape::visible;

/// What an algorithm is called inside of the document.
pub(crate) fn reference(transform: Transform) -> String {
    let kind = kind(transform);
    format!("algorithm/{kind}/{}", charon::transform(transform))
}

/// Additional key exchanges are the same algorithms as the first one.
fn kind(transform: Transform) -> &'static str {
    if transform.kind.is_key_exchange() {
        return "ke";
    }
    match transform.kind {
        TransformType::ENCR => "encr",
        TransformType::PRF => "prf",
        _ => "integ",
    }
}

/// The component of an algorithm.
pub(crate) fn component(transform: Transform, policy: &Policy) -> Value {
    let mut properties = json!({
        "primitive": primitive(transform),
        "cryptoFunctions": functions(transform),
    });
    if let Some(mode) = mode(transform) {
        properties["mode"] = mode.into();
    }
    if let Some(curve) = curve(transform) {
        properties["curve"] = curve.into();
    }
    if let Some(set) = parameter_set(transform) {
        properties["parameterSetIdentifier"] = set.into();
    }
    if let Some(strength) = policy.strength(transform) {
        properties["classicalSecurityLevel"] = strength.bits.into();
    }
    if let Some(level) = quantum_level(transform) {
        properties["nistQuantumSecurityLevel"] = level.into();
    }
    json!({
        "type": "cryptographic-asset",
        "bom-ref": reference(transform),
        "name": charon::transform(transform),
        "cryptoProperties": { "assetType": "algorithm", "algorithmProperties": properties },
        "properties": [property("ikecompat:transform-id", &transform.id.to_string())],
    })
}

/// The component of a method of authentication, in the words of the product.
pub(crate) fn authentication(reference: &str, method: &str) -> Value {
    let primitive = match method {
        "psk" | "secret" => "mac",
        "pubkey" | "rsasig" | "ecdsa" => "signature",
        _ => "other",
    };
    json!({
        "type": "cryptographic-asset",
        "bom-ref": reference,
        "name": method,
        "cryptoProperties": {
            "assetType": "algorithm",
            "algorithmProperties": { "primitive": primitive },
        },
    })
}

fn primitive(transform: Transform) -> &'static str {
    if transform.kind.is_key_exchange() {
        return match Ke::from_repr(transform.id) {
            Some(Ke::MlKem512 | Ke::MlKem768 | Ke::MlKem1024) => "kem",
            Some(_) => "key-agree",
            None => "unknown",
        };
    }
    match transform.kind {
        TransformType::PRF => "kdf",
        TransformType::INTEG => "mac",
        _ if transform.is_aead() => "ae",
        _ => match Encr::from_repr(transform.id) {
            Some(Encr::Null) => "other",
            Some(_) => "block-cipher",
            None => "unknown",
        },
    }
}

fn functions(transform: Transform) -> Vec<&'static str> {
    if transform.kind.is_key_exchange() {
        return match primitive(transform) {
            "kem" => vec!["keygen", "encapsulate", "decapsulate"],
            _ => vec!["keygen", "keyderive"],
        };
    }
    match transform.kind {
        TransformType::PRF => vec!["keyderive"],
        TransformType::INTEG => vec!["tag"],
        _ if transform.is_aead() => vec!["encrypt", "decrypt", "tag"],
        _ => vec!["encrypt", "decrypt"],
    }
}

fn mode(transform: Transform) -> Option<&'static str> {
    if transform.kind != TransformType::ENCR {
        return None;
    }
    use Encr as E;
    Some(match E::from_repr(transform.id)? {
        E::AesCbc | E::CamelliaCbc | E::TripleDes | E::Des | E::Blowfish | E::Cast => "cbc",
        E::AesCtr | E::CamelliaCtr => "ctr",
        E::AesGcm8 | E::AesGcm12 | E::AesGcm16 | E::AesGcm16Iiv => "gcm",
        E::AesCcm8 | E::AesCcm12 | E::AesCcm16 | E::AesCcm8Iiv => "ccm",
        E::CamelliaCcm8 | E::CamelliaCcm12 | E::CamelliaCcm16 => "ccm",
        _ => return None,
    })
}

/// Curves by the names that CycloneDX gives in its examples: family, then name.
fn curve(transform: Transform) -> Option<&'static str> {
    if !transform.kind.is_key_exchange() {
        return None;
    }
    Some(match Ke::from_repr(transform.id)? {
        Ke::Ecp192 => "nist/P-192",
        Ke::Ecp224 => "nist/P-224",
        Ke::Ecp256 => "nist/P-256",
        Ke::Ecp384 => "nist/P-384",
        Ke::Ecp521 => "nist/P-521",
        Ke::BrainpoolP224r1 => "brainpool/brainpoolP224r1",
        Ke::BrainpoolP256r1 => "brainpool/brainpoolP256r1",
        Ke::BrainpoolP384r1 => "brainpool/brainpoolP384r1",
        Ke::BrainpoolP512r1 => "brainpool/brainpoolP512r1",
        Ke::Curve25519 => "other/Curve25519",
        Ke::Curve448 => "other/Curve448",
        _ => return None,
    })
}

/// The key length, the size of a group, or the digest, where the name alone does not say.
fn parameter_set(transform: Transform) -> Option<String> {
    if transform.key_bits > 0 {
        return Some(transform.key_bits.to_string());
    }
    let of_ke = |ke| {
        Some(match ke {
            Ke::Modp768 => "768",
            Ke::Modp1024 | Ke::Modp1024S160 => "1024",
            Ke::Modp1536 => "1536",
            Ke::Modp2048 | Ke::Modp2048S224 | Ke::Modp2048S256 => "2048",
            Ke::Modp3072 => "3072",
            Ke::Modp4096 => "4096",
            Ke::Modp6144 => "6144",
            Ke::Modp8192 => "8192",
            Ke::MlKem512 => "512",
            Ke::MlKem768 => "768",
            Ke::MlKem1024 => "1024",
            _ => return None,
        })
    };
    let of_integ = |integ| {
        Some(match integ {
            Integ::HmacSha2_256_128 => "128",
            Integ::HmacSha2_384_192 => "192",
            Integ::HmacSha2_512_256 => "256",
            Integ::HmacSha1_96 | Integ::HmacMd5_96 | Integ::AesXcbc96 | Integ::AesCmac96 => "96",
            _ => return None,
        })
    };
    let set = match transform.kind {
        kind if kind.is_key_exchange() => Ke::from_repr(transform.id).and_then(of_ke),
        TransformType::INTEG => Integ::from_repr(transform.id).and_then(of_integ),
        _ => None,
    };
    set.map(ToOwned::to_owned)
}

/// The category of NIST: that of FIPS 203 for ML-KEM, 0 for discrete logarithms, which a quantum
/// computer takes. For symmetric algorithms the document leaves it to its reader.
fn quantum_level(transform: Transform) -> Option<u8> {
    if !transform.kind.is_key_exchange() {
        return None;
    }
    Some(match Ke::from_repr(transform.id)? {
        Ke::MlKem512 => 1,
        Ke::MlKem768 => 3,
        Ke::MlKem1024 => 5,
        Ke::None => return None,
        _ => 0,
    })
}

/// A property with a name and a value.
pub(crate) fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": visible(value) })
}
