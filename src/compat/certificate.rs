//! What a client makes of a server's certificate, and of its own.

use std::net::IpAddr;

use strum::{Display, EnumIter, EnumMessage, EnumString, IntoStaticStr};

use crate::diag::{Diagnostic, Place, Severity};
use crate::peer::certificate::{Certificate, Demands, Key};

/// Stable name of a finding about a certificate. The comment on a variant is its user
/// documentation.
#[derive(
    Clone,
    Copy,
    Debug,
    Display,
    EnumIter,
    EnumMessage,
    EnumString,
    Eq,
    IntoStaticStr,
    Ord,
    PartialEq,
    PartialOrd,
)]
#[non_exhaustive]
#[strum(serialize_all = "kebab-case")]
pub enum CertificateCode {
    /// The address that clients dial is too short for a client.
    ///
    /// OS X 10.11 fails before it asks DNS if the server address has fewer than ten characters.
    ///
    /// Use a longer name, or the IP address, which then has to stand in the certificate.
    AddressTooShort,
    /// The IP address that clients dial does not stand in the certificate as a dNSName.
    ///
    /// Windows compares what was dialled with the dNSNames only, and stops with error 13801.
    ///
    /// Issue the certificate with the address as iPAddress and as dNSName, or dial the name.
    AddressNotDnsName,
    /// The certificate is no longer valid.
    ///
    /// Every client compares its own clock with the dates.
    ///
    /// Issue a new one with the same names, and install it on the server.
    CertificateExpired,
    /// The certificate expires in less than thirty days.
    ///
    /// Clients will refuse it from then on, all on the same day.
    ///
    /// Issue the next one now, with the same names.
    CertificateExpiresSoon,
    /// The certificate is not valid yet.
    ///
    /// Clients compare its dates with their own clocks.
    ///
    /// Look at the clock of the machine that issued it, and wait or issue it anew.
    CertificateNotYetValid,
    /// The certificate has an extended key usage, but not clientAuth.
    ///
    /// Windows then stops with error 13806; servers may refuse it as well.
    ///
    /// Issue it with clientAuth among the extended key usages, or without the extension.
    ClientAuthMissing,
    /// The certificate's key is on another curve than the client was told to expect.
    ///
    /// `CertificateType` of an Apple configuration profile names the curve: ECDSA256, ECDSA384 or ECDSA521. What a
    /// client does with another curve was not seen.
    ///
    /// Set `CertificateType` to the curve of the certificate.
    EcdsaCurveNotExpected,
    /// The client does not accept a server certificate with an ECDSA key.
    ///
    /// Connections made by hand on iOS were seen to stop after the first answer of IKE_AUTH.
    ///
    /// Issue an RSA certificate for these clients, or set `CertificateType` in a configuration profile.
    EcdsaNotAccepted,
    /// The certificate does not name what clients dial or expect.
    ///
    /// A client compares its Remote ID, or else the server address, with the names in the certificate.
    ///
    /// Issue the certificate with that name as dNSName, or enter a name that stands in it as server
    /// address or Remote ID.
    NameNotInCertificate,
    /// The client does not accept a server certificate with an RSA key.
    ///
    /// An Apple client expects the kind of key that `CertificateType` of its configuration profile
    /// names, RSA where it is left out.
    ///
    /// Set `CertificateType` to RSA in the profile, or issue a certificate with an ECDSA key.
    RsaNotAccepted,
    /// The RSA key has fewer than 2048 bits.
    ///
    /// RFC 8247, section 3.1.1: such keys SHOULD NOT be used.
    ///
    /// Issue it with a key of 2048 bits or more.
    RsaKeyTooShort,
    /// The Remote ID is not the CN of the certificate, which an old client needs.
    ///
    /// OS X 10.11 with EAP-TLS compares the Remote ID with the CN.
    ///
    /// Enter the CN there, and have it among the subjectAltNames for newer clients.
    RemoteIdNotCommonName,
    /// The certificate has no subjectAltName for a server.
    ///
    /// Clients of today ignore the CN.
    ///
    /// Issue it with the name as dNSName.
    SanMissing,
    /// The certificate has no extended key usage serverAuth.
    ///
    /// Apple's clients since iOS 13 and macOS 10.15, and Windows, refuse it.
    ///
    /// Issue it with serverAuth among the extended key usages; a CA's template for servers does that.
    ServerAuthMissing,
    /// The certificate is signed with SHA-1 or MD5.
    ///
    /// NIST SP 800-131A disallows SHA-1 for signatures, and systems of today refuse it more and more.
    ///
    /// Issue it anew with a CA that signs with SHA-256.
    WeakCertificateSignature,
}

/// What clients are told to dial and to expect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told<'a> {
    /// Host name or IP address.
    pub address: Option<&'a str>,
    /// Remote ID.
    pub remote_id: Option<&'a str>,
    /// The time, in seconds since 1970.
    pub now: i64,
}

/// Seconds before the end at which a certificate expires soon.
const SOON: i64 = 30 * 24 * 60 * 60;

/// A finding; an error if the client provably refuses the certificate. A certificate is no text, so
/// it has no place.
fn finding(code: CertificateCode, severity: Severity, message: String, help: &str) -> Diagnostic {
    Diagnostic::new(severity, code, Place::Nowhere, message).help(help)
}

/// Judges a server's certificate for a client with these demands.
pub fn server(certificate: &Certificate, demands: &Demands, told: &Told<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut say = |code, refused: bool, message: String, help: &str| {
        let severity = if refused {
            Severity::Error
        } else {
            Severity::Warning
        };
        found.push(finding(code, severity, message, help));
    };
    let own_cn = |name: &str| {
        let cn = certificate.common_name.as_deref();
        cn.is_some_and(|cn| cn.eq_ignore_ascii_case(name))
    };
    if !certificate.has_san() {
        let message = "the certificate has no subjectAltName, only a CN".to_owned();
        say(
            CertificateCode::SanMissing,
            demands.san,
            message,
            "issue it with its host name as dNSName",
        );
    } else if let Some(name) = told.remote_id.or(told.address) {
        let dialled = name.parse::<IpAddr>().is_ok();
        let as_dns = demands.address_as_dns_name && dialled;
        let named = certificate.names(name) || (as_dns && certificate.has_dns_name(name));
        if !named && (demands.san || !own_cn(name)) {
            let message = format!("the certificate does not name `{name}`");
            let help = "issue it for that name, or have clients dial one that it has";
            say(
                CertificateCode::NameNotInCertificate,
                demands.san,
                message,
                help,
            );
        }
    }
    if let Some(name) = told
        .remote_id
        .filter(|name| demands.cn_as_remote_id && !own_cn(name))
    {
        let message = format!("the Remote ID `{name}` is not the CN of the certificate");
        let help = "enter the CN there, or issue the certificate with that CN";
        say(CertificateCode::RemoteIdNotCommonName, true, message, help);
    }
    if let Some(address) = told.address {
        let is_ip = address.parse::<IpAddr>().is_ok();
        if is_ip && demands.address_as_dns_name && !certificate.has_dns_name(address) {
            let message = format!("`{address}` is not in the certificate as dNSName");
            let help = "issue it with the address as dNSName too, or dial the host name";
            say(CertificateCode::AddressNotDnsName, true, message, help);
        }
        let letters = address.chars().count();
        if !is_ip && letters < demands.shortest_address {
            let message = format!(
                "the server address `{address}` has {letters} characters, the client needs {}",
                demands.shortest_address
            );
            say(
                CertificateCode::AddressTooShort,
                true,
                message,
                "dial a longer name, or the IP address",
            );
        }
    }
    if !certificate.usage.is_some_and(|usage| usage.server) {
        let message = "the certificate has no extended key usage serverAuth".to_owned();
        let help = "issue it with extendedKeyUsage = serverAuth";
        say(
            CertificateCode::ServerAuthMissing,
            demands.server_auth,
            message,
            help,
        );
    }
    found.extend(of_key(certificate, demands));
    found.extend(of_any(certificate, told.now));
    found
}

/// Judges the key of a server's certificate for a client with these demands.
fn of_key(certificate: &Certificate, demands: &Demands) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut say = |code, severity, message: String, help: &str| {
        found.push(finding(code, severity, message, help));
    };
    if let (Key::Ecdsa(bits), true) = (certificate.key, demands.no_ecdsa) {
        let message = "the certificate has an ECDSA key, which the client does not accept";
        let help = way_to_ecdsa(demands, bits);
        say(
            CertificateCode::EcdsaNotAccepted,
            Severity::Error,
            message.to_owned(),
            help,
        );
    }
    if let (Key::Ecdsa(bits), Some(curve)) = (certificate.key, demands.curve)
        && bits != curve
    {
        let message = format!(
            "the certificate has an ECDSA key of {bits} bits, and the client was told to expect \
             ECDSA{curve}; whether it takes another curve is not known"
        );
        let help = way_to_ecdsa(demands, bits);
        say(
            CertificateCode::EcdsaCurveNotExpected,
            Severity::Warning,
            message,
            help,
        );
    }
    if rsa_refused(certificate, demands) {
        let message = "the certificate has an RSA key, which the client does not accept";
        let help = "issue one with an ECDSA key, or set CertificateType to RSA";
        say(
            CertificateCode::RsaNotAccepted,
            Severity::Error,
            message.to_owned(),
            help,
        );
    }
    found
}

/// What helps a client that does not accept an ECDSA key of so many bits.
const fn way_to_ecdsa(demands: &Demands, bits: usize) -> &'static str {
    match (demands.by_certificate_type, bits) {
        (true, 256) => {
            "set CertificateType to ECDSA256 in a configuration profile, or issue one with an RSA key"
        }
        (true, 384) => {
            "set CertificateType to ECDSA384 in a configuration profile, or issue one with an RSA key"
        }
        (true, 521) => {
            "set CertificateType to ECDSA521 in a configuration profile, or issue one with an RSA key"
        }
        _ => "issue one with an RSA key for these clients",
    }
}

/// Whether the key is an RSA key that the client is told not to take.
fn rsa_refused(certificate: &Certificate, demands: &Demands) -> bool {
    matches!(certificate.key, Key::Rsa(_)) && demands.no_rsa
}

/// Judges the certificate of a user or a client.
pub fn client(certificate: &Certificate, now: i64) -> Vec<Diagnostic> {
    let mut found = of_any(certificate, now);
    if certificate.usage.is_some_and(|usage| !usage.client) {
        found.push(finding(
            CertificateCode::ClientAuthMissing,
            Severity::Warning,
            "the certificate has extended key usages, but not clientAuth".to_owned(),
            "issue it with extendedKeyUsage = clientAuth",
        ));
    }
    found
}

/// What is wrong with a certificate whoever has it.
fn of_any(certificate: &Certificate, now: i64) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut say = |code, severity, message: String, help: &str| {
        found.push(finding(code, severity, message, help));
    };
    let (from, until) = certificate.valid;
    let issue = "issue a new one";
    if now > until {
        let message = "the certificate has expired".to_owned();
        say(
            CertificateCode::CertificateExpired,
            Severity::Error,
            message,
            issue,
        );
    } else if now < from {
        let message = "the certificate is not valid yet".to_owned();
        let help = "wait, or look at the clock of who issued it";
        say(
            CertificateCode::CertificateNotYetValid,
            Severity::Error,
            message,
            help,
        );
    } else if until - now < SOON {
        let days = (until - now) / (24 * 60 * 60);
        let message = format!("the certificate expires in {days} days");
        say(
            CertificateCode::CertificateExpiresSoon,
            Severity::Warning,
            message,
            issue,
        );
    }
    if let Key::Rsa(bits) = certificate.key
        && bits < 2048
    {
        let message = format!("the RSA key has {bits} bits");
        let help = "issue one with 2048 bits or more (RFC 8247, section 3.1.1)";
        say(
            CertificateCode::RsaKeyTooShort,
            Severity::Warning,
            message,
            help,
        );
    }
    if certificate.weak_signature {
        let message = "the certificate is signed with SHA-1 or MD5".to_owned();
        let help = "have it signed with SHA-256";
        say(
            CertificateCode::WeakCertificateSignature,
            Severity::Warning,
            message,
            help,
        );
    }
    found
}
