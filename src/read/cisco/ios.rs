//! IOS and IOS XE: IKEv2 profiles with what they name.

use super::child::seconds;
use super::lines::{Block, Kind, Word};
use super::{Reader, name_apart, placed, settings};
use crate::diag::{Diagnostic, Severity};
use crate::ike::Protocol;
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::{IkeVersions, Role, Spanned};
use crate::peer::{Child, Connection, Entry, Origin};
use crate::read::{ReadCode, loading};

/// The name of what a release has by itself.
pub(super) const DEFAULT: &str = "default";

impl Reader<'_> {
    pub(super) fn ios(&mut self) -> Vec<Connection> {
        let mut connections = Vec::new();
        for profile in self.all(Kind::Profile) {
            self.profile(&profile, &mut connections);
        }
        for block in self.of_version_1() {
            let name = match (block.kind, block.name(), block.rest().first()) {
                (Kind::Map | Kind::DynamicMap, Some(name), Some(number)) => {
                    format!("{} {}", name.text, number.text)
                }
                (_, Some(name), _) => name.text.clone(),
                _ => continue,
            };
            connections.push(Connection {
                name,
                span: block.name().map(|name| name.span.clone()),
                versions: IkeVersions::Ikev1,
                role: match block.after(&["set", "peer"]) {
                    Some(_) => Role::SiteToSite,
                    None => Role::RemoteAccess,
                },
                settings: settings(&[&block]),
                ..Connection::default()
            });
        }
        name_apart(&mut connections);
        connections
    }

    /// Profiles and entries without an IKEv2 profile.
    fn of_version_1(&self) -> Vec<Block> {
        let kinds = [Kind::IpsecProfile, Kind::Map, Kind::DynamicMap];
        let blocks = self.blocks.iter().filter(|block| {
            let protects = block.after(&["set", "transform-set"]).is_some()
                || block.after(&["set", "peer"]).is_some();
            kinds.contains(&block.kind)
                && protects
                && block.after(&["set", "ikev2-profile"]).is_none()
                && !self.is_protected_by_version_2(block)
        });
        blocks.cloned().collect()
    }

    /// Whether `tunnel protection ipsec profile NAME ikev2-profile …` names an IPsec profile.
    fn is_protected_by_version_2(&self, block: &Block) -> bool {
        block.name().is_some_and(|name| {
            self.protections().any(|(_, words)| {
                words.first().is_some_and(|it| it.text == name.text)
                    && words.iter().any(|it| it.text == "ikev2-profile")
            })
        })
    }

    /// Interfaces with the words behind `tunnel protection ipsec profile`.
    fn protections(&self) -> impl Iterator<Item = (&Block, &[Word])> {
        let interfaces = self.blocks.iter().filter(|it| it.kind == Kind::Interface);
        interfaces.filter_map(|block| {
            let words = block.after(&["tunnel", "protection", "ipsec", "profile"])?;
            Some((block, words))
        })
    }

    /// Takes a profile: a connection for each policy, and for each method of the other side.
    fn profile(&mut self, profile: &Block, connections: &mut Vec<Connection>) {
        let Some(name) = profile.name().cloned() else {
            return;
        };
        let users = self.users(&name.text);
        let mut children: Vec<Child> = Vec::new();
        for user in &users {
            if let Some(name) = user.name().cloned() {
                let mut child = self.child(user, &name);
                self.selectors(user, &mut child);
                children.push(child);
            }
        }
        if users.is_empty() {
            let message =
                "no IPsec profile and no crypto map names this profile, so nothing is known of ESP";
            self.complain(
                Diagnostic::new(Severity::Note, ReadCode::NoChild, &name.span, message)
                    .help("`show running-config` prints the whole configuration"),
            );
            children.push(Child::unknown());
        }
        let role = self.role(profile, &users);
        let remotes: Vec<Vec<Word>> = profile
            .all_after(&["authentication", "remote"])
            .map(<[Word]>::to_vec)
            .collect();
        let remotes = match remotes.is_empty() {
            true => vec![Vec::new()],
            false => remotes,
        };
        let pools = self.pools(profile);
        for ike in self.policies(&name) {
            for remote in &remotes {
                let mut connection = Connection {
                    name: name.text.clone(),
                    span: Some(name.span.clone()),
                    role,
                    versions: IkeVersions::Ikev2,
                    ike: ike.clone(),
                    children: children.clone(),
                    lifetime: profile.after(&["lifetime"]).and_then(seconds),
                    pools: pools.clone(),
                    settings: settings(&[profile]),
                    ..Connection::default()
                };
                self.sides(profile, remote, &users, &mut connection);
                if connections.len() < loading::MOST {
                    connections.push(connection);
                }
            }
        }
    }

    /// The IPsec profiles and entries of crypto maps that name an IKEv2 profile.
    fn users(&self, name: &str) -> Vec<Block> {
        let says = |words: Option<&[Word]>| {
            words.is_some_and(|words| words.first().is_some_and(|it| it.text == name))
        };
        let protected: Vec<&str> = self
            .protections()
            .filter(|(_, words)| {
                let mut pairs = words.windows(2);
                pairs.any(|pair| {
                    matches!(pair, [key, own] if key.text == "ikev2-profile" && own.text == name)
                })
            })
            .filter_map(|(_, words)| words.first().map(|it| it.text.as_str()))
            .collect();
        let kinds = [Kind::IpsecProfile, Kind::Map, Kind::DynamicMap];
        let blocks = self.blocks.iter().filter(|block| {
            kinds.contains(&block.kind)
                && (says(block.after(&["set", "ikev2-profile"]))
                    || block.kind == Kind::IpsecProfile
                        && block
                            .name()
                            .is_some_and(|own| protected.contains(&own.text.as_str())))
        });
        blocks.cloned().collect()
    }

    /// `tunnel mode ipsec` asks for everything, on both sides.
    fn selectors(&self, user: &Block, child: &mut Child) {
        let Some(name) = user.name() else {
            return;
        };
        let mut all = self
            .protections()
            .filter(|(_, words)| words.first().is_some_and(|it| it.text == name.text));
        let Some((interface, mode)) =
            all.find_map(|(block, _)| Some((block, block.after(&["tunnel", "mode", "ipsec"])?)))
        else {
            return;
        };
        let Some(family) = mode.first() else {
            return;
        };
        let network = match family.text.as_str() {
            "ipv6" => "::/0",
            _ => "0.0.0.0/0",
        };
        let network = Spanned {
            value: network.to_owned(),
            span: family.span.clone(),
        };
        child.local_networks.push(network.clone());
        // A virtual template serves addresses that clients are given.
        if interface.after(&["tunnel", "destination"]).is_some() {
            child.remote_networks.push(network);
        }
    }

    /// Whom a profile is for: EAP, a virtual template and a dynamic map are for whoever comes; a fixed
    /// identity and a tunnel with its other end are for one.
    fn role(&self, profile: &Block, users: &[Block]) -> Role {
        let method = |side: &str| {
            let words = profile.after(&["authentication", side])?;
            words.first().map(|it| it.text.as_str())
        };
        if method("local") == Some("eap") {
            return Role::Client;
        }
        let by_eap = profile
            .all_after(&["authentication", "remote"])
            .any(|words| words.first().is_some_and(|it| it.text.contains("eap")));
        if by_eap || profile.after(&["virtual-template"]).is_some() {
            return Role::RemoteAccess;
        }
        let mut names = users.iter().filter_map(Block::name);
        let on_tunnel = |name: &Word| {
            self.protections().any(|(interface, words)| {
                let fixed = interface.after(&["tunnel", "destination"]).is_some()
                    || interface.after(&["tunnel", "mode", "gre"]).is_some();
                fixed && words.first().is_some_and(|it| it.text == name.text)
            })
        };
        let has_peer = users
            .iter()
            .any(|user| user.after(&["set", "peer"]).is_some());
        let fixed = profile
            .all_after(&["match", "identity", "remote"])
            .any(is_one);
        if names.any(on_tunnel) || has_peer || fixed {
            return Role::SiteToSite;
        }
        Role::RemoteAccess
    }

    /// The lists of the policies: the policies that somebody made, else the release's own.
    pub(super) fn policies(&mut self, at: &Word) -> Vec<Vec<Entry>> {
        let policies = self.all(Kind::Policy);
        let proposals = self.all(Kind::Proposal);
        let mut lists = Vec::new();
        for policy in &policies {
            let names: Vec<Word> = policy.all_after(&["proposal"]).flatten().cloned().collect();
            let mut entries = Vec::new();
            for name in names.iter().take(loading::MOST_PROPOSALS) {
                match proposals.iter().find(|block| block.is_named(&name.text)) {
                    Some(block) => entries.extend(self.ios_proposal(block)),
                    None if name.text == DEFAULT => entries.extend(self.default_proposal(name)),
                    None => self.dangling(name, "proposal"),
                }
            }
            if !names.is_empty() {
                lists.push(entries);
            }
        }
        for block in &proposals {
            let used = policies.iter().any(|policy| {
                let mut names = policy.all_after(&["proposal"]).flatten();
                names.any(|name| block.is_named(&name.text))
            });
            if let (Some(name), false) = (block.name(), used || block.is_named(DEFAULT)) {
                let message = "no policy names this proposal, so it is not used";
                self.complain_once(
                    Diagnostic::warning(ReadCode::IgnoredSetting, &name.span, message).help(
                        format!("`crypto ikev2 policy`, and in it `proposal {}`", name.text),
                    ),
                );
            }
        }
        if lists.is_empty() {
            let own = proposals.iter().find(|block| block.is_named(DEFAULT));
            lists.push(match own {
                Some(block) => self.ios_proposal(block),
                None => self.default_proposal(at),
            });
        }
        lists
    }

    fn default_proposal(&mut self, at: &Word) -> Vec<Entry> {
        let Some(own) = self.default_list(Protocol::Ike, &at.span) else {
            return Vec::new();
        };
        let engine = format!("{} {}", self.engine.name, self.engine.version);
        vec![Entry::new(own, Origin::Default(engine))]
    }

    /// Addresses for clients: the pool of the authorization policy that the profile names.
    fn pools(&self, profile: &Block) -> Vec<Spanned<String>> {
        let lists = profile.all_after(&["aaa", "authorization"]);
        let named: Vec<&str> = lists
            .filter_map(|words| {
                let list = words.iter().position(|it| it.text == "list")?;
                words.get(list + 2).map(|it| it.text.as_str())
            })
            .collect();
        let mut policies = self.blocks.iter().filter(|block| {
            let name = block.name().map(|it| it.text.as_str());
            block.kind == Kind::Authorization && name.is_some_and(|it| named.contains(&it))
        });
        let pool = policies.find_map(|policy| policy.after(&["pool"])?.first().cloned());
        self.pool(pool.as_ref())
    }

    /// The range of `ip local pool`, or its name where the range is elsewhere.
    pub(super) fn pool(&self, name: Option<&Word>) -> Vec<Spanned<String>> {
        let Some(name) = name else {
            return Vec::new();
        };
        let mut pools = self.blocks.iter().filter(|it| it.kind == Kind::Pool);
        let found = pools.find(|block| block.is_named(&name.text));
        let range = found.and_then(|block| match block.rest() {
            [first, last, ..] if last.text != "mask" => Some(Spanned {
                value: format!("{}-{}", first.text, last.text),
                span: first.span.clone(),
            }),
            [first, ..] => Some(placed(first)),
            [] => None,
        });
        vec![range.unwrap_or_else(|| placed(name))]
    }

    fn sides(
        &self,
        profile: &Block,
        remote: &[Word],
        users: &[Block],
        connection: &mut Connection,
    ) {
        let local = profile
            .after(&["authentication", "local"])
            .unwrap_or_default();
        let id = match profile.after(&["identity", "local"]) {
            Some([_, value, ..]) => Some(placed(value)),
            _ => None,
        };
        let certificates = profile.after(&["pki", "trustpoint"]);
        let certificates = certificates.and_then(|words| words.first().map(placed));
        connection.local = Authentication::of_round(Round {
            method: method(local),
            written: local.first().map(placed),
            id,
            certificates: certificates.into_iter().collect(),
            ..Round::default()
        });
        let mut ids = profile.all_after(&["match", "identity", "remote"]);
        let id = match ids.next_back() {
            Some(words @ [_, value, ..]) if is_one(words) && ids.next().is_none() => {
                Some(placed(value))
            }
            _ => None,
        };
        connection.remote = Authentication::of_round(Round {
            method: method(remote),
            written: remote.first().map(placed),
            id,
            ..Round::default()
        });
        let peers = users.iter().filter_map(|user| user.after(&["set", "peer"]));
        let mut peers: Vec<_> = peers
            .filter_map(|words| words.first().map(placed))
            .collect();
        let names: Vec<&str> = users
            .iter()
            .filter_map(|user| user.name().map(|it| it.text.as_str()))
            .collect();
        for (interface, words) in self.protections() {
            let used = words
                .first()
                .is_some_and(|it| names.contains(&it.text.as_str()));
            if let (true, Some([end, ..])) = (used, interface.after(&["tunnel", "destination"]))
                && end.text != "dynamic"
            {
                peers.push(placed(end));
            }
        }
        connection.remote.addresses = peers;
    }
}

/// Whether `match identity remote` means a single peer.
pub(super) fn is_one(words: &[Word]) -> bool {
    let words: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
    match words.as_slice() {
        ["address", "0.0.0.0", ..] => false,
        ["address", _] | ["address", _, "255.255.255.255"] => true,
        ["fqdn" | "email", "domain", ..] => false,
        ["fqdn" | "email" | "key-id", ..] => true,
        _ => false,
    }
}

fn method(words: &[Word]) -> Option<Method> {
    let first = words.first()?;
    Some(match first.text.as_str() {
        "pre-share" => Method::PreSharedKey,
        "rsa-sig" | "ecdsa-sig" => Method::PublicKey,
        "eap" => Method::Eap(None),
        // A method of Cisco's own client.
        "anyconnect-eap" => Method::Eap(Some("anyconnect".to_owned())),
        _ => return None,
    })
}
