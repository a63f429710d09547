//! What every file says beside proposals: names, how people authenticate, and what the reader of
//! the file has to put in.
//!
//! Server formats are written from a [`Server`], client formats from a [`Setup`]. Both leave out
//! secrets, certificates, address pools and networks: where a file cannot do without them, it has
//! one of the `FILL_IN` words.

use crate::dialect::Inexpressible;
use crate::ike::{Proposal, Suite};
use crate::peer::certificate::Certificate;
use crate::peer::server::{Authentication, IkeVersions, Product};
use crate::peer::{Connection, Server};
use crate::write::config::refusal::{Refusal, nearest, phase, suites, words};

pub use crate::peer::Auth;

/// What a file needs and nobody said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FillIn {
    /// The word that stands in the file.
    pub(crate) word: &'static str,
    /// What belongs there.
    pub(crate) meaning: &'static str,
    /// How the value is found.
    pub(crate) found_by: &'static str,
}

const fn fill_in(word: &'static str, meaning: &'static str, found_by: &'static str) -> FillIn {
    FillIn {
        word,
        meaning,
        found_by,
    }
}

/// All of them.
pub(crate) const FILL_IN: &[FillIn] = &[
    fill_in(
        ADDRESS,
        "host name or address that clients dial, which the server certificate has to name",
        "`openssl x509 -in SERVER.crt -noout -ext subjectAltName` shows the names of a certificate, \
         `--address NAME` puts one into every file",
    ),
    fill_in(
        CERTIFICATE,
        "the server certificate, whose key has to be there too",
        "`swanctl --list-certs` on strongSwan, `ipsec listcerts` with ipsec.conf, \
         `certutil -L -d sql:/var/lib/ipsec/nss` on libreswan list those that are installed",
    ),
    fill_in(
        CA,
        "the certificate of the CA that issued the certificates of clients",
        "`openssl x509 -in USER.crt -noout -issuer` names it",
    ),
    fill_in(
        POOL_RANGE,
        "the addresses that clients get inside of the tunnel",
        "`ip route` lists the networks that are in use and cannot be taken",
    ),
    fill_in(
        POOL,
        "the addresses that clients get inside of the tunnel",
        "`ip route`, or `netstat -rn` on a firewall, lists the networks that are in use and cannot be taken",
    ),
    fill_in(
        DNS,
        "the DNS server that clients ask through the tunnel",
        "`resolvectl dns` or `cat /etc/resolv.conf` on a machine of the network shows the one in use",
    ),
    fill_in(
        PASSWORD,
        "the password of the user before it, one line or section a user",
        "`openssl rand -base64 18` makes one",
    ),
    fill_in(
        USER,
        "the name of a user, for as many as there are; with user certificates a name in the certificate",
        "`openssl x509 -in USER.crt -noout -subject -ext subjectAltName` shows those of a certificate, \
         `--local-id NAME` or `--client-cert FILE` puts one into every file",
    ),
    fill_in(
        RADIUS_SECRET,
        "the secret that server and RADIUS server share",
        "it stands in the RADIUS server's list of clients",
    ),
    fill_in(
        RADIUS_ADDRESS,
        "the address of the RADIUS server",
        "`ss -ulpn 'sport = :1812'` shows it on the machine where it runs",
    ),
    fill_in(
        REFID_OF_CERTIFICATE,
        "the reference of the server certificate in config.xml",
        "`grep -A2 '<cert' /conf/config.xml` on the firewall shows each with its name",
    ),
    fill_in(
        REFID_OF_CA,
        "the reference of the CA in config.xml",
        "`grep -A2 '<ca' /conf/config.xml` on the firewall shows each with its name",
    ),
];

/// Where nobody said what clients dial (a name of RFC 2606, which nobody can own).
pub(crate) const ADDRESS: &str = "vpn.example.com";
/// The server certificate.
pub(crate) const CERTIFICATE: &str = "server.crt";
/// The certificate authority.
pub(crate) const CA: &str = "ca.crt";
/// Addresses for clients.
pub(crate) const POOL: &str = "10.99.0.0/24";
/// The same for libreswan, which wants the first and the last.
pub(crate) const POOL_RANGE: &str = "10.99.0.10-10.99.0.250";
/// The DNS server of clients (an address of RFC 5737, which nobody has).
pub(crate) const DNS: &str = "192.0.2.53";
/// A user.
pub(crate) const USER: &str = "user-1";
/// The password of that user.
pub(crate) const PASSWORD: &str = "REPLACE-password-of-user-1";
/// The RADIUS server (an address of RFC 5737, which nobody has).
pub(crate) const RADIUS_ADDRESS: &str = "192.0.2.18";
/// What the server and the RADIUS server share.
pub(crate) const RADIUS_SECRET: &str = "REPLACE-secret-of-the-RADIUS-server";
/// Where a firewall's file refers to the server certificate.
pub(crate) const REFID_OF_CERTIFICATE: &str = "REPLACE-refid-of-the-server-certificate";
/// Where a firewall's file refers to the certificate authority.
pub(crate) const REFID_OF_CA: &str = "REPLACE-refid-of-the-CA-of-clients";
pub(crate) use crate::answer::plan::NAME;

/// A client's connection to a server.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Setup {
    /// What it is called on the client.
    pub name: String,
    /// What the client dials.
    pub address: String,
    /// The identity that the server has to prove.
    pub remote_id: String,
    /// How the client proves who it is.
    pub auth: Auth,
    /// IKE proposals.
    pub ike: Vec<Proposal>,
    /// ESP proposals, with their groups where PFS is on.
    pub esp: Vec<Proposal>,
    /// What Windows calls the data encryption of the connection, if that matters.
    pub encryption_level: Option<&'static str>,
    /// What the client calls itself, if known.
    pub local_id: Option<String>,
    /// The server's certificate, if known.
    pub server: Option<Certificate>,
    /// Certificates of CAs that the client has to trust.
    pub authorities: Vec<Certificate>,
}

impl Setup {
    /// What a client of `connection` is told.
    pub(crate) fn for_connection(server: &Server, connection: &Connection, auth: Auth) -> Self {
        let address = server.address.clone().unwrap_or_else(|| ADDRESS.to_owned());
        let own_id = connection.local.id.as_ref().map(|id| id.value.clone());
        let name = server.connection_name.clone();
        let esp = connection.children.first().map(|child| &child.esp);
        Self {
            name: name.unwrap_or_else(|| NAME.to_owned()),
            remote_id: server
                .remote_id
                .clone()
                .or(own_id)
                .unwrap_or_else(|| address.clone()),
            address,
            auth: Auth::of_clients(connection, auth),
            ike: connection.ike.iter().map(|e| e.proposal.clone()).collect(),
            esp: esp
                .into_iter()
                .flatten()
                .map(|e| e.proposal.clone())
                .collect(),
            ..Self::default()
        }
    }

    /// What the client calls itself, or a word that stands for it.
    pub(super) fn local_identity(&self) -> &str {
        self.local_id.as_deref().unwrap_or(USER)
    }

    /// The certificate that makes the server's trusted: that of a CA, else its own.
    pub(super) fn trusted(&self) -> Option<&Certificate> {
        self.authorities.first().or(self.server.as_ref())
    }
}

/// The one suite of a list, for products that take one; `product`, `limit` and `source` are what
/// is said if there are several, `expresses` says which of them the product has.
pub(super) fn only(
    proposals: &[Proposal],
    (product, limit, source): (&'static str, &'static str, &'static str),
    expresses: impl Fn(&Suite) -> bool,
) -> Result<Suite, Refusal> {
    let mut all: Vec<Suite> = proposals.iter().flat_map(suites).collect();
    all.dedup();
    match (proposals, all.as_slice()) {
        (_, [one]) => Ok(*one),
        ([], _) | (_, []) => Err(Refusal {
            phase: 0,
            proposal: String::new(),
            why: Box::new(Inexpressible {
                what: "nothing".to_owned(),
                product,
                limit,
                source,
            }),
            nearest: None,
            span: None,
        }),
        ([first, ..], _) => {
            let each: Vec<_> = proposals.iter().map(words).collect();
            Err(Refusal {
                phase: phase(first.protocol()),
                proposal: each.join(", "),
                why: Box::new(Inexpressible {
                    what: each.join(","),
                    product,
                    limit,
                    source,
                }),
                nearest: all
                    .iter()
                    .copied()
                    .find(&expresses)
                    .or_else(|| nearest(all.first()?, &expresses))
                    .map(|suite| words(&suite.to_proposal())),
                span: None,
            })
        }
    }
}

/// The identity of the server in a server's file.
pub(crate) fn local_id(server: &Server, connection: &Connection) -> String {
    let own = connection.local.id.as_ref().map(|id| id.value.clone());
    own.or_else(|| server.remote_id.clone())
        .or_else(|| server.address.clone())
        .unwrap_or_else(|| ADDRESS.to_owned())
}

/// An identity without the mark that says that it is a name of a host, for products that have a field for the kind of
/// an identity or see it themselves.
pub(super) fn unmarked(id: &str) -> &str {
    let is_name = |rest: &&str| !rest.contains('@') && !rest.starts_with('#');
    id.strip_prefix("fqdn:")
        .or_else(|| id.strip_prefix('@').filter(is_name))
        .unwrap_or(id)
}

/// What a connection of both versions of IKE loses where a format has IKEv2 alone.
pub(super) fn version_one(connection: &Connection) -> Option<String> {
    let name = &connection.name;
    (connection.versions == IkeVersions::Any)
        .then(|| format!("IKEv1 of connection `{name}`: what is written is for IKEv2 alone"))
}

/// The networks that clients get addresses from, of each family one, for products that take no ranges. What else the
/// connection asks for is named, and that `default` stands in its place where there is none.
pub(super) fn pool_networks(
    server: &Server,
    connection: &Connection,
    takes: impl Fn(&str) -> bool,
    lost: &mut Vec<String>,
) -> Vec<String> {
    let Pools { names, defined } = pools(server, connection, "");
    let known = |name: &String| defined.iter().any(|pool| pool.name == *name);
    let mut others: Vec<_> = names.iter().filter(|name| !known(name)).cloned().collect();
    let mut taken: Vec<String> = Vec::new();
    for address in defined.iter().flat_map(|pool| &pool.addresses) {
        let same_family = |other: &String| other.contains(':') == address.contains(':');
        if takes(address) && !taken.iter().any(same_family) {
            taken.push(address.clone());
        } else {
            others.push(address.clone());
        }
    }
    let name = &connection.name;
    lost.extend(others.into_iter().map(|pool| {
        format!(
            "the pool `{pool}` of connection `{name}`: the format takes a network of each family"
        )
    }));
    if taken.is_empty() && server.definitions.keys.is_some() {
        lost.push(format!(
            "addresses for clients of connection `{name}`: {POOL} is written for you to replace"
        ));
    }
    taken
}

/// The addresses of this machine that a file names; words of a daemon for any address are none.
pub(super) fn own_addresses<'c>(server: &Server, connection: &'c Connection) -> Vec<&'c str> {
    let read = server.definitions.keys.is_some();
    let all = connection.local.addresses.iter().filter(|_| read);
    let values = all.map(|placed| placed.value.as_str());
    values.filter(|value| !value.starts_with('%')).collect()
}

/// That a connection's own addresses are not written.
pub(super) fn without_addresses(server: &Server, connection: &Connection) -> Option<String> {
    let own = own_addresses(server, connection);
    let (name, list) = (&connection.name, own.join(", "));
    (!own.is_empty()).then(|| format!("the own address of connection `{name}`: {list}"))
}

/// Whether a text is a network with the length of its prefix.
pub(super) fn is_network(text: &str) -> bool {
    let parts = text.split_once('/');
    parts.is_some_and(|(address, bits)| {
        let most = if address.contains(':') { 128 } else { 32 };
        address.parse::<std::net::IpAddr>().is_ok()
            && bits.parse::<u8>().is_ok_and(|bits| bits <= most)
    })
}

/// The certificates of one side, if their names mean something to `product`: a firewall's are
/// references into its own `config.xml`, the others are files of that daemon.
pub(super) fn certificates<'a>(
    server: &Server,
    side: &'a Authentication,
    product: Product,
) -> Vec<&'a str> {
    let own = server.product.unwrap_or(Product::Strongswan);
    let names = side.certificates.iter().filter(|_| own == product);
    names.map(|placed| placed.value.as_str()).collect()
}

/// The pools of a connection in strongSwan's words.
#[derive(Debug, Default)]
pub(super) struct Pools {
    /// Names that the connection asks for.
    pub(super) names: Vec<String>,
    /// Pools that have to be defined for it.
    pub(super) defined: Vec<DefinedPool>,
}

/// A pool that is defined.
#[derive(Debug)]
pub(super) struct DefinedPool {
    pub(super) name: String,
    pub(super) addresses: Vec<String>,
    pub(super) settings: Vec<(&'static str, String)>,
}

/// The pools of a connection: `%name` is one that is defined elsewhere, all other values are
/// addresses. Pools that the source defines by name are defined with the first that asks.
pub(super) fn pools(server: &Server, connection: &Connection, name: &str) -> Pools {
    let mut pools = Pools::default();
    let mut addresses = Vec::new();
    for asked in &connection.pools {
        let known = &server.definitions.pools;
        if let Some(pool) = known.iter().find(|pool| pool.name == asked.value) {
            pools.names.push(pool.name.clone());
            pools.defined.push(DefinedPool {
                name: pool.name.clone(),
                addresses: pool.addresses.iter().map(|it| it.value.clone()).collect(),
                settings: Vec::new(),
            });
        } else if let Some(other) = asked.value.strip_prefix('%') {
            if !other.starts_with("config") {
                pools.names.push(other.to_owned());
            }
        } else {
            addresses.push(asked.value.clone());
        }
    }
    if !addresses.is_empty() {
        let name = format!("{name}-clients");
        let dns = connection.settings.iter();
        let dns = dns.filter(|setting| matches!(setting.key.as_str(), "rightdns" | "modecfgdns"));
        pools.names.push(name.clone());
        pools.defined.push(DefinedPool {
            name,
            addresses,
            settings: dns.map(|it| ("dns", it.value.replace(' ', ","))).collect(),
        });
    }
    pools
}

/// A name as one word of letters, digits, `-` and `_`; never empty, and none of `taken`.
pub(super) fn word(name: &str, taken: &mut Vec<String>) -> String {
    let mut word = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
        } else if !word.ends_with('-') {
            word.push('-');
        }
    }
    let word = word.trim_matches('-');
    let word = if word.is_empty() { "vpn" } else { word };
    let mut unique = word.to_owned();
    let mut number = 2;
    while taken.contains(&unique) {
        unique = format!("{word}-{number}");
        number += 1;
    }
    taken.push(unique.clone());
    unique
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn names_become_words_that_differ() {
        let mut taken = Vec::new();
        for (name, expected) in [
            ("IKEv2 VPN", "IKEv2-VPN"),
            ("IKEv2  VPN!", "IKEv2-VPN-2"),
            ("…", "vpn"),
            ("con_1", "con_1"),
        ] {
            assert_eq!(word(name, &mut taken), expected);
        }
    }
}
