//! What keeps a client out although the lists agree: everything of IKE_AUTH that is no proposal.

use super::client::Situation;
use super::code::NegotiationCode;
use crate::peer::authentication::Method;
use crate::peer::server::Childless;
use crate::peer::setting::KeySet;
use crate::peer::{Client, Connection, EngineName, Span};

/// Whose certificate is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CertificateSide {
    /// The client refuses the server's.
    Server,
    /// The client's own.
    Client,
}

/// What keeps a client out although the lists agree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Obstacle {
    /// The server wants a proof that the client cannot give.
    Authentication {
        /// What it wants.
        wanted: Method,
        /// What the client has.
        offered: Vec<Method>,
        /// Where the server's method is written.
        span: Option<Span>,
    },
    /// The server wants one proof after the other (RFC 4739), and the client knows one.
    SecondRound {
        /// The methods of all rounds.
        wanted: Vec<Method>,
        /// Where the second one is written.
        span: Option<Span>,
    },
    /// The client asks for an address, and the server has none to give: INTERNAL_ADDRESS_FAILURE.
    NoAddressPool,
    /// The server takes no child SA in IKE_AUTH, where the client asks for it: INVALID_SYNTAX.
    ChildlessForced {
        /// Where that is written.
        span: Span,
    },
    /// A certificate is refused.
    Certificate {
        /// Whose.
        side: CertificateSide,
        /// The name of the finding that says why.
        code: &'static str,
        /// The same as a sentence.
        why: String,
    },
}

impl Obstacle {
    /// The name of what it is about.
    pub(crate) const fn code(&self) -> NegotiationCode {
        match self {
            Self::Authentication { .. } => NegotiationCode::AuthenticationMethodNotOffered,
            Self::SecondRound { .. } => NegotiationCode::SecondAuthenticationRound,
            Self::NoAddressPool => NegotiationCode::NoAddressPool,
            Self::ChildlessForced { .. } => NegotiationCode::ChildlessForced,
            Self::Certificate { .. } => NegotiationCode::CertificateRefused,
        }
    }

    /// Where it stands, if it is something that is written.
    pub(crate) const fn span(&self) -> Option<&Span> {
        match self {
            Self::Authentication { span, .. } | Self::SecondRound { span, .. } => span.as_ref(),
            Self::ChildlessForced { span } => Some(span),
            Self::NoAddressPool | Self::Certificate { .. } => None,
        }
    }

    /// Whether the daemon looks for another connection because of it.
    pub(crate) const fn is_of_authentication(&self) -> bool {
        matches!(self, Self::Authentication { .. } | Self::SecondRound { .. })
    }
}

/// What keeps `client` out of `connection`, certificates aside.
pub(crate) fn obstacles(
    client: &Client,
    connection: &Connection,
    situation: &Situation,
    keys: Option<KeySet>,
) -> Vec<Obstacle> {
    let authentication = authentication(client, connection);
    let childless = childless(client, connection);
    // What the file does not say may be where the addresses come from.
    let pool = !connection.ike_is_unknown && no_pool(client, connection, situation, keys);
    let found = [
        authentication,
        childless,
        pool.then_some(Obstacle::NoAddressPool),
    ];
    found.into_iter().flatten().collect()
}

fn authentication(client: &Client, connection: &Connection) -> Option<Obstacle> {
    let has = &client.authentication.stated()?.value;
    let rounds = &connection.remote.rounds;
    let wanted: Option<Vec<_>> = rounds.iter().map(|round| round.method.clone()).collect();
    let wanted = wanted.filter(|all| !all.is_empty() && !all.contains(&Method::Xauth))?;
    let place = |number: usize| {
        let written = rounds.get(number)?.written.as_ref();
        written.map(|word| word.span.clone())
    };
    let gives = |own: &Vec<Method>| {
        let each = own.iter().zip(&wanted);
        own.len() == wanted.len() && each.into_iter().all(|(own, wanted)| may_be(own, wanted))
    };
    if has.iter().any(gives) {
        return None;
    }
    if let [wanted] = wanted.as_slice() {
        let single = has.iter().filter(|own| own.len() == 1).flatten();
        return Some(Obstacle::Authentication {
            wanted: wanted.clone(),
            offered: single.cloned().collect(),
            span: place(0),
        });
    }
    Some(Obstacle::SecondRound {
        span: place(1),
        wanted,
    })
}

/// Whether a client may prove itself by this method alone; so does one of which nothing is known.
pub(crate) fn may_authenticate(client: &Client, wanted: &Method) -> bool {
    let stated = client.authentication.stated();
    stated.is_none_or(|has| {
        let mut single = has.value.iter().filter(|own| own.len() == 1).flatten();
        single.any(|own| may_be(own, wanted))
    })
}

/// Whether a method of a client may be what the server wants. Of EAP only those methods are held
/// against each other that every list of a client is complete about.
fn may_be(own: &Method, wanted: &Method) -> bool {
    // The last is Cisco's own, which no other client has.
    let compared = |name: &str| matches!(name, "mschapv2" | "tls" | "anyconnect");
    match (own, wanted) {
        (Method::Eap(Some(own)), Method::Eap(Some(wanted))) => own == wanted || !compared(wanted),
        (Method::Eap(_), Method::Eap(_)) => true,
        (own, wanted) => own == wanted,
    }
}

/// RFC 6023: only who begins without a child SA is let in.
fn childless(client: &Client, connection: &Connection) -> Option<Obstacle> {
    let written = connection.childless.as_ref()?;
    let asks_at_once = client.ike_auth.stated().is_some();
    (written.value == Childless::Force && asks_at_once).then(|| Obstacle::ChildlessForced {
        span: written.span.clone(),
    })
}

/// charon refuses a child SA where it has no address for who asks for one (`ike_config.c`). What
/// libreswan does then no source says.
fn no_pool(
    client: &Client,
    connection: &Connection,
    situation: &Situation,
    keys: Option<KeySet>,
) -> bool {
    let says = keys.is_some_and(|keys| keys != KeySet::Libreswan);
    says && situation.engine == EngineName::Strongswan
        && connection.pools.is_empty()
        && client.address_request.stated().is_some()
}

#[cfg(test)]
mod tests {
    use super::may_be;
    use crate::peer::authentication::Method;

    #[test]
    fn methods_of_eap_are_compared_where_lists_are_complete() {
        let method = |word: &str| Method::of(word).unwrap();
        for (own, wanted, expected) in [
            ("certificate", "pubkey", true),
            ("certificate", "psk", false),
            ("eap-tls", "eap-tls", true),
            ("eap-tls", "eap-mschapv2", false),
            ("eap-tls", "eap-radius", true),
            ("eap-tls", "eap-ttls", true),
            ("eap-mschapv2", "eap-anyconnect", false),
            ("eap-tls", "eap", true),
            ("eap-tls", "pubkey", false),
        ] {
            assert_eq!(
                may_be(&method(own), &method(wanted)),
                expected,
                "{own} {wanted}"
            );
        }
    }
}
