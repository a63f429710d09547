//! How one side of a connection proves who it is.

use std::fmt::{self, Display, Formatter};

use super::origin::Spanned;
use super::setting::Setting;

/// A way to prove who one is.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Method {
    /// A certificate or a raw public key.
    PublicKey,
    /// A secret that both sides know.
    PreSharedKey,
    /// EAP, with the name of the method where one is named: `mschapv2`, `tls`, `radius`.
    Eap(Option<String>),
    /// XAUTH of IKEv1.
    Xauth,
    /// Nothing is proved (RFC 7619).
    Null,
}

impl Method {
    /// Reads the words of swanctl.conf and both `ipsec.conf`.
    pub(crate) fn of(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase();
        let keys = [
            "rsa", "ecdsa", "bliss", "ed25519", "ed448", "pubkey", "ike:",
        ];
        Some(match word.as_str() {
            "psk" | "secret" => Self::PreSharedKey,
            "null" => Self::Null,
            "cert" | "certificate" | "pkcs11" => Self::PublicKey,
            _ if word.starts_with("xauth") => Self::Xauth,
            "eap" | "eaponly" => Self::Eap(None),
            _ => match word.strip_prefix("eap-") {
                Some(method) => {
                    let method = method.split(':').next().unwrap_or(method);
                    Self::Eap(Some(method.to_owned()))
                }
                None if keys.iter().any(|key| word.starts_with(key)) => Self::PublicKey,
                None => return None,
            },
        })
    }
}

impl Display for Method {
    /// The word of strongSwan's files.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::PublicKey => f.write_str("pubkey"),
            Self::PreSharedKey => f.write_str("psk"),
            Self::Eap(None) => f.write_str("eap"),
            Self::Eap(Some(method)) => write!(f, "eap-{method}"),
            Self::Xauth => f.write_str("xauth"),
            Self::Null => f.write_str("null"),
        }
    }
}

/// One proof; several follow each other (RFC 4739).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Round {
    /// What is proved with; `None` where the file has a word that is not known here.
    pub method: Option<Method>,
    /// The word that the file has; `None` where the product's default holds.
    pub written: Option<Spanned<String>>,
    /// The identity, as written.
    pub id: Option<Spanned<String>>,
    /// The identity inside EAP, as written.
    pub eap_id: Option<Spanned<String>>,
    /// Certificates of this side by file name or reference.
    pub certificates: Vec<Spanned<String>>,
    /// Certificate authorities that have to have issued the other side's, in the same way.
    pub authorities: Vec<Spanned<String>>,
    /// All settings of the round.
    pub settings: Vec<Setting>,
}

/// How one side of a connection proves who it is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Authentication {
    /// Methods in the product's own words, such as `pubkey`, `psk`, `eap-mschapv2`.
    pub methods: Vec<Spanned<String>>,
    /// The identity, as written.
    pub id: Option<Spanned<String>>,
    /// Certificates by file name or reference.
    pub certificates: Vec<Spanned<String>>,
    /// Addresses, host names or ranges, as written.
    pub addresses: Vec<Spanned<String>>,
    /// The proofs in their order, with defaults filled in; empty where the source says nothing of
    /// authentication.
    pub rounds: Vec<Round>,
}

impl Authentication {
    /// A side that proves itself once; of a round without any method nothing is said.
    pub(crate) fn of_round(round: Round) -> Self {
        let methods = round.method.iter().zip(&round.written);
        let methods = methods.map(|(method, written)| Spanned {
            value: method.to_string(),
            span: written.span.clone(),
        });
        Self {
            methods: methods.collect(),
            id: round.id.clone(),
            certificates: round.certificates.clone(),
            addresses: Vec::new(),
            rounds: match (&round.method, &round.written) {
                (None, None) => Vec::new(),
                _ => vec![round],
            },
        }
    }

    /// Whether its addresses are groups of hosts that encrypt among each other where they can, as
    /// libreswan calls them.
    pub(crate) fn is_opportunistic(&self) -> bool {
        let group =
            |address: &str| address.starts_with("%opportunistic") || address.starts_with("%group");
        self.addresses.iter().any(|address| group(&address.value))
    }
}

#[cfg(test)]
mod tests {
    use super::Method;

    #[test]
    fn words_of_all_products_are_read() {
        for (word, expected) in [
            ("pubkey-sha256", Some("pubkey")),
            ("rsa-4096-sha256", Some("pubkey")),
            ("secret", Some("psk")),
            ("eap-TLS:rsa-2048", Some("eap-tls")),
            ("eaponly", Some("eap")),
            ("xauth-generic", Some("xauth")),
            ("null", Some("null")),
            ("never", None),
        ] {
            let found = Method::of(word).map(|it| it.to_string());
            assert_eq!(found.as_deref(), expected, "{word}");
        }
    }
}
