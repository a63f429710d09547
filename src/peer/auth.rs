//! How clients prove who they are.

use strum::{Display, EnumString, VariantNames};

use super::Connection;
use super::authentication::Method;
use super::server::Authentication;

/// How clients prove who they are.
#[derive(Clone, Copy, Debug, Default, Display, EnumString, Eq, Hash, PartialEq, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Auth {
    /// A certificate of their own.
    Certificate,
    /// User name and password, kept by the server.
    EapMschapv2,
    /// Whatever a RADIUS server asks for.
    EapRadius,
    /// A certificate of their own, inside EAP.
    #[default]
    EapTls,
    /// One secret for all, which Windows and Apple's dialogs cannot do with IKEv2 or should not.
    Psk,
}

impl Auth {
    /// What the words of a file say about the client's side, `None` if nothing known.
    pub(crate) fn of(side: &Authentication) -> Option<Self> {
        side.methods
            .iter()
            .find_map(|method| Self::of_word(&method.value))
    }

    /// What a connection says of its clients, defaults of its product included; `otherwise` where
    /// its source says nothing.
    pub(crate) fn of_clients(connection: &Connection, otherwise: Self) -> Self {
        let rounds = connection.remote.rounds.iter();
        let mut methods = rounds.filter_map(|round| round.method.as_ref());
        let by_default = methods.find_map(|method| Self::of_word(&method.to_string()));
        Self::of(&connection.remote)
            .or(by_default)
            .unwrap_or(otherwise)
    }

    /// Reads the words of swanctl.conf, `ipsec.conf` and pfSense.
    fn of_word(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase();
        Some(match word.as_str() {
            "eap-tls" => Self::EapTls,
            "eap-mschapv2" | "eap-md5" | "eap" | "eap-dynamic" => Self::EapMschapv2,
            "eap-radius" => Self::EapRadius,
            "psk" | "secret" | "pre_shared_key" | "sharedsecret" => Self::Psk,
            "pubkey" | "cert" | "pkcs11" | "rsasig" | "ecdsasig" | "certificate"
            | "machinecertificate" => Self::Certificate,
            _ if word.starts_with("rsa") || word.starts_with("ecdsa") => Self::Certificate,
            _ => return None,
        })
    }

    /// The method of the client's only round.
    pub(crate) fn method(self) -> Method {
        let eap = |name: &str| Method::Eap(Some(name.to_owned()));
        match self {
            Self::Certificate => Method::PublicKey,
            Self::EapMschapv2 => eap("mschapv2"),
            Self::EapRadius => eap("radius"),
            Self::EapTls => eap("tls"),
            Self::Psk => Method::PreSharedKey,
        }
    }

    /// Whether the client has a certificate.
    pub const fn by_certificate(self) -> bool {
        matches!(self, Self::Certificate | Self::EapTls)
    }
}

#[cfg(test)]
mod tests {
    use super::Auth;

    #[test]
    fn methods_are_read_in_the_words_of_every_product() {
        for (text, expected) in [
            ("eap-tls", Some(Auth::EapTls)),
            ("pre_shared_key", Some(Auth::Psk)),
            ("rsa-sha2_256", Some(Auth::Certificate)),
            ("xauth", None),
        ] {
            assert_eq!(Auth::of_word(text), expected, "{text}");
        }
    }
}
