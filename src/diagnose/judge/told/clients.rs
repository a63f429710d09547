//! Clients that say little: Apple's agents and Windows, by their sentences and numbers.

use super::super::Aid;
use super::{Rule, finding};
use crate::diagnose::attempt::Attempt;
use crate::diagnose::cause::Cause;
use crate::diagnose::event::Witness;
use crate::diagnose::explanation::{Confidence, Explanation, Phase};
use crate::diagnose::statement::Statement;

pub(super) const RULES: &[Rule] = &[apple, windows];

const TABLE_7: &str = "IPsec VPN (IKEv2) with pfSense and OS X El Capitan, Table 7 (ldx.ca)";
const MICROSOFT: &str = "Microsoft, error codes of remote access and of IPsec";

/// Sentences of Apple's agents. One alone is likely, not certain: the agent names the message that it
/// could not make or take, not the reason.
fn apple(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    if attempt.attempt_key.witness != Witness::Apple {
        return None;
    }
    let refused = attempt.has(Statement::NoProposalReceived);
    let answered_auth = attempt.has_any(&[Statement::ClientAuthFailed, Statement::ClientEapFailed]);
    let found = |cause, phase, message: &str, statements: &[Statement], fix: &str| {
        finding(
            (cause, phase),
            Confidence::Likely,
            message,
            attempt.lines(statements),
            fix,
        )
        .says(TABLE_7)
    };
    // `Received error: Error (No Proposal Chosen)` comes with the exchange in which it was received.
    if let Some(said) = said_at_the_end(attempt) {
        return Some(said);
    }
    let in_init = attempt.has(Statement::ClientInitFailed);
    if refused && (!in_init || attempt.has(Statement::ClientAuthFailed)) {
        return Some(found(
            Cause::EspProposalMismatch,
            Phase::ChildSa,
            "the server refuses the client's proposals of phase 2 (No Proposal Chosen)",
            &[Statement::NoProposalReceived, Statement::ClientAuthFailed],
            "give the server a phase 2 that the client offers: for OS X 10.11 AES-256 with SHA-256, or AES-128 with \
             SHA-1",
        ));
    }
    if in_init {
        return Some(found(
            Cause::IkeProposalMismatch,
            Phase::IkeSaInit,
            "the client could not use the server's answer to IKE_SA_INIT: no proposal of phase 1 matches",
            &[Statement::ClientInitFailed, Statement::NoProposalReceived],
            "give the server a phase 1 that the client offers: for OS X 10.11 AES-256, SHA-256 and group 14",
        ));
    }
    if attempt.has(Statement::TlsAlertReceived) {
        return Some(found(
            Cause::CertIdentity,
            Phase::IkeAuth,
            "EAP-TLS failed: the server does not accept the client's certificate for the identity that it claims",
            &[Statement::TlsAlertReceived, Statement::ClientEapFailed],
            "set the Local ID to the CN of the user certificate; else its CA is not known to the server",
        ));
    }
    if attempt.has(Statement::ClientAuthNotBegun) {
        return Some(found(
            Cause::CertIdentity,
            Phase::IkeAuth,
            "the client could not make its IKE_AUTH: the Remote ID is missing, or is not the server's name",
            &[Statement::ClientAuthNotBegun],
            "set the Remote ID to the CN of the server certificate, and the Local ID to that of the user certificate",
        ));
    }
    if attempt.has(Statement::ClientEapFailed) {
        return Some(found(
            Cause::EapFailed,
            Phase::IkeAuth,
            "EAP failed: the server does not accept user or certificate",
            &[Statement::ClientEapFailed, Statement::AuthFailedReceived],
            "look at the server's log; with EAP-TLS set the Local ID to the CN of the user certificate, else check user \
             name and password",
        ));
    }
    if answered_auth && !attempt.has(Statement::AuthFailedReceived) {
        return Some(found(
            Cause::EspProposalMismatch,
            Phase::ChildSa,
            "the client could not use the server's answer to IKE_AUTH: most often no proposal of phase 2 matches",
            &[Statement::ClientAuthFailed],
            "compare phase 2 of the server with the client's offer: for OS X 10.11 AES-256 with SHA-256",
        ));
    }
    None
}

/// What the session manager says when it takes a tunnel down.
fn said_at_the_end(attempt: &Attempt) -> Option<Explanation> {
    const SERVER_LOG: &str = "look at the server's log of that second: it says why";
    const SIGNS: &[Statement] = &[
        Statement::ClientRefused,
        Statement::NegotiationFailed,
        Statement::ServerEnded,
        Statement::ServerSilent,
    ];
    let seen = attempt.first_of(SIGNS)?;
    let (cause, phase, confidence, message, fix) = match seen.statement {
        Statement::ClientRefused => (
            Cause::AuthFailedOpaque,
            Phase::IkeAuth,
            Confidence::Likely,
            "the server refuses to authenticate the client",
            "look at the server's log of that second: it says why; check the Local ID, user name and password, or \
             the client's certificate",
        ),
        Statement::NegotiationFailed => (
            Cause::IkeProposalMismatch,
            Phase::IkeSaInit,
            Confidence::Possible,
            "the negotiation with the server failed: most often no proposal matches",
            "look at the server's log of that second: it names both lists of proposals",
        ),
        Statement::ServerEnded => (
            Cause::AuthFailedOpaque,
            Phase::IkeAuth,
            Confidence::Possible,
            "the server ended the tunnel while it was made",
            SERVER_LOG,
        ),
        _ => (
            Cause::NoResponse,
            Phase::Network,
            Confidence::Possible,
            "the server does not respond: it was never reached, or IKE_AUTH is lost, or it is gone",
            "look whether the server's log has IKE_SA_INIT of this second: if not, open UDP 500 and 4500 on the way; \
             if it has, IKE_AUTH on UDP 4500 is lost",
        ),
    };
    Some(finding(
        (cause, phase),
        confidence,
        message,
        attempt.lines(SIGNS),
        fix,
    ))
}

/// Error numbers of Windows.
fn windows(attempt: &Attempt, _: &Aid<'_>) -> Option<Explanation> {
    if attempt.has(Statement::OtherTunnel) {
        return None;
    }
    let number = attempt.detail(Statement::ErrorNumber)?;
    let row = NUMBERS.iter().find(|row| row.numbers.contains(&number))?;
    let message = format!("error {number}: {}", row.message);
    Some(
        finding(
            (row.cause, row.phase),
            row.confidence,
            message,
            attempt.lines(&[Statement::ErrorNumber]),
            row.fix,
        )
        .says(MICROSOFT),
    )
}

/// What to do about a number that says that it failed, and not why.
pub(super) fn opaque_number(attempt: &Attempt) -> Option<String> {
    let number = attempt.detail(Statement::ErrorNumber)?;
    if NUMBERS.iter().any(|row| row.numbers.contains(&number)) {
        return None;
    }
    Some(format!(
        "error {number} says that it failed, not why: look at the server's log of that second, and at the events of \
         RasClient and of CAPI2 around this one; `rasdial NAME` in a console repeats the attempt"
    ))
}

/// What Windows' numbers mean.
struct Row {
    numbers: &'static [&'static str],
    cause: Cause,
    phase: Phase,
    confidence: Confidence,
    message: &'static str,
    fix: &'static str,
}

const NUMBERS: &[Row] = &[
    Row {
        numbers: &["868"],
        cause: Cause::Unreachable,
        phase: Phase::Network,
        confidence: Confidence::Certain,
        message: "the server's name does not resolve",
        fix: "fix name resolution, or use the server's IP address",
    },
    Row {
        numbers: &["809", "807", "800"],
        cause: Cause::NoResponse,
        phase: Phase::Network,
        confidence: Confidence::Likely,
        message: "the server does not answer, on UDP 500 or on UDP 4500",
        fix: "open and forward UDP 500 and 4500; if the server's log shows IKE_SA_INIT, IKE_AUTH is lost: UDP 4500 is \
              blocked, or its fragments are dropped (Windows 10 1803 and later can use IKEv2 fragmentation)",
    },
    Row {
        numbers: &["13801"],
        cause: Cause::CertIdentity,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "the client does not accept the server's certificate",
        fix: "the server certificate needs serverAuth and the dialled name as subjectAltName; its CA belongs into the \
              local machine's Trusted Root Certification Authorities, not into the user's",
    },
    Row {
        numbers: &["853", "854", "855", "856", "861", "862", "863"],
        cause: Cause::CertUntrusted,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "the certificate of the user is refused in EAP: it is not valid, expired, revoked, or its CA is not \
                  trusted by the server",
        fix: "check the dates of the user's certificate, and that its issuer is trusted by the server (NTAuth store of \
              the domain) and its revocation list can be had; the log of the RADIUS server names the reason",
    },
    Row {
        numbers: &["864", "865", "860", "0x800b0109", "0x800b010a"],
        cause: Cause::CertUntrusted,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "the client does not trust the issuer of the server's certificate",
        fix: "import the CA of the server's certificate into the local machine's Trusted Root Certification \
              Authorities",
    },
    Row {
        numbers: &[
            "13817",
            "858",
            "859",
            "0x800b0101",
            "0x800b010c",
            "0x80092012",
            "0x80092013",
        ],
        cause: Cause::CertValidity,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "a certificate is expired, revoked, or its revocation list cannot be had",
        fix: "renew the certificate, and let the client reach the revocation list that it names",
    },
    Row {
        numbers: &["857", "866", "0x800b010f", "0x800b0110"],
        cause: Cause::CertIdentity,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "the server's certificate is not for the name that was dialled, or not for servers",
        fix: "use a certificate with the dialled name as subjectAltName and with serverAuth",
    },
    Row {
        numbers: &["829"],
        cause: Cause::PeerDead,
        phase: Phase::Network,
        confidence: Confidence::Possible,
        message: "the link failed: it was up, and was ended",
        fix: "look at the server's log of that second, and whether the client's network changed or slept; events \
              around this one say how long the tunnel was up",
    },
    Row {
        numbers: &["13805", "13813", "13814", "13815"],
        cause: Cause::NoResponse,
        phase: Phase::Network,
        confidence: Confidence::Possible,
        message: "negotiation timed out",
        fix: "open and forward UDP 500 and 4500; the server's log shows whether IKE_SA_INIT arrives there",
    },
    Row {
        numbers: &["842"],
        cause: Cause::TsMismatch,
        phase: Phase::ChildSa,
        confidence: Confidence::Likely,
        message: "the traffic selectors were not accepted (TS_UNACCEPTABLE)",
        fix: "let the server accept the selectors 0.0.0.0/0 and ::/0 that Windows asks for",
    },
    Row {
        numbers: &["840", "841"],
        cause: Cause::VirtualIp,
        phase: Phase::ChildSa,
        confidence: Confidence::Likely,
        message: "no address was given to the client (INTERNAL_ADDRESS_FAILURE, FAILED_CP_REQUIRED)",
        fix: "give the server a pool of addresses, large enough and of the family that the client asks for",
    },
    Row {
        numbers: &["850"],
        cause: Cause::EapMethod,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "the EAP method that the connection demands is not installed",
        fix: "choose a method that both sides have, such as EAP-MSCHAPv2",
    },
    Row {
        numbers: &["13806", "13820", "798", "766"],
        cause: Cause::CertMissing,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "the client has no certificate that it may use, or the issuer of one of them is not trusted",
        fix: "install a machine certificate with clientAuth and its private key in the local machine's store, issued by \
              a CA that the server asks for",
    },
    Row {
        numbers: &["13818", "13819"],
        cause: Cause::CertIdentity,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "a certificate is of the wrong type",
        fix: "use a certificate whose subjectAltName is the server's name and which has serverAuth",
    },
    Row {
        numbers: &["13834"],
        cause: Cause::CertIdentity,
        phase: Phase::IkeAuth,
        confidence: Confidence::Possible,
        message: "the identity that the server sends could not be processed (ID payload)",
        fix: "let the server send the name that is dialled as its identity, and let its certificate have that name as \
              subjectAltName; the server's log of that second says more",
    },
    Row {
        numbers: &["13868"],
        cause: Cause::IkeProposalMismatch,
        phase: Phase::IkeSaInit,
        confidence: Confidence::Likely,
        message: "policy match error: NO_PROPOSAL_CHOSEN was received",
        fix: "Windows offers group 2 unless it is told otherwise: run Set-VpnConnectionIPsecConfiguration with the \
              server's suites (`ikecompat recommend --clients windows`), or set NegotiateDH2048_AES256",
    },
    Row {
        numbers: &["13843", "13863", "13816"],
        cause: Cause::PfsMismatch,
        phase: Phase::Rekey,
        confidence: Confidence::Possible,
        message: "Windows could not use a message of the server; reported when keys are renewed with a group that it \
                  did not offer",
        fix: "turn PFS off in phase 2 of the server, or set -PfsGroup on Windows to the server's group; let the client \
              renew keys, not the server",
    },
    Row {
        numbers: &["691"],
        cause: Cause::EapFailed,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "user name or password are refused",
        fix: "check user name, domain and password, and the RADIUS server's log",
    },
    Row {
        numbers: &["812"],
        cause: Cause::EapMethod,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "a policy of the server refuses the authentication method",
        fix: "set client and server, and the policy of the RADIUS server, to the same method",
    },
    Row {
        numbers: &["787", "789", "806", "835"],
        cause: Cause::AuthFailedOpaque,
        phase: Phase::IkeAuth,
        confidence: Confidence::Likely,
        message: "the server could not be authenticated",
        fix: "check certificate and key of both sides; the server's log says more",
    },
];
