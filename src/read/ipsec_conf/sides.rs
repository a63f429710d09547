//! `left` and `right`: which of them is the server, and how each proves who it is.

use super::inherit::Whole;
use crate::diag::Span;
use crate::peer::server::{Authentication, Role, Spanned};
use crate::read::settings::Value;
use crate::read::swanctl::connection::is_anybody;

/// Which side of a connection is the machine that the file is on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::read) enum Local {
    Left,
    Right,
}

impl Local {
    /// The prefixes of the local and of the remote side.
    pub(in crate::read) const fn prefixes(self) -> [&'static str; 2] {
        match self {
            Self::Left => ["left", "right"],
            Self::Right => ["right", "left"],
        }
    }
}

/// Whether an address is any peer's. libreswan has groups of them.
fn is_anyone(address: &str) -> bool {
    is_anybody(address) || address.starts_with("%group") || address.starts_with("%opportunistic")
}

/// Which side is local: the daemons look at the addresses of the machine, which are not known here.
/// Left, unless only left stands for anybody and right for this machine.
pub(in crate::read) fn local(conn: &Whole<'_>) -> Local {
    let own = |side: &str| {
        conn.value(side)
            .is_some_and(|address| address.starts_with("%defaultroute"))
    };
    if own("right") && !own("left") {
        Local::Right
    } else {
        Local::Left
    }
}

/// Whom the connection is for: a peer with an address, or whoever dials in. A side that is given
/// addresses out of a pool dials in.
pub(in crate::read) fn role(conn: &Whole<'_>, remote: &str, pool: &str) -> Role {
    let address = conn.value(remote);
    let fixed = address.is_some_and(|address| {
        let addresses = address.split(',').map(str::trim);
        addresses
            .into_iter()
            .all(|one| !one.is_empty() && !is_anyone(one))
    });
    let gives_addresses = conn
        .value(&format!("{remote}{pool}"))
        .is_some_and(|pool| !pool.starts_with("%config"));
    if fixed && !gives_addresses {
        Role::SiteToSite
    } else {
        Role::RemoteAccess
    }
}

/// Where the side `own` asks for an address: one of the `words` begins the value of `key`.
pub(in crate::read) fn asks_for_address(
    conn: &Whole<'_>,
    own: &str,
    key: &str,
    words: &[&str],
) -> Option<Span> {
    let key = format!("{own}{key}");
    let value = conn.value(&key)?.to_ascii_lowercase();
    let asks = words.iter().any(|word| value.starts_with(word));
    let setting = conn.settings.get(key.as_str())?;
    asks.then(|| setting.key.clone())
}

pub(in crate::read) fn placed(value: &Value) -> Spanned<String> {
    Spanned {
        value: value.to_string(),
        span: value.span().clone(),
    }
}

/// How the side `prefix` proves who it is; `shared` are keys that speak of both sides.
pub(in crate::read) fn authentication(
    conn: &Whole<'_>,
    prefix: &str,
    shared: &[&str],
) -> Authentication {
    let of = |suffix: &str| conn.value(&format!("{prefix}{suffix}"));
    let mut methods: Vec<_> = ["auth", "auth2"].into_iter().filter_map(of).collect();
    if methods.is_empty() {
        methods.extend(shared.iter().filter_map(|key| conn.value(key)));
    }
    Authentication {
        methods: methods.into_iter().map(placed).collect(),
        id: of("id").map(placed),
        certificates: ["cert", "cert2"]
            .into_iter()
            .filter_map(of)
            .map(placed)
            .collect(),
        addresses: of("").map(placed).into_iter().collect(),
        rounds: Vec::new(),
    }
}
