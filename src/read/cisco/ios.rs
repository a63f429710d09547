//! IOS and IOS XE: IKEv2 profiles with what they name.

use std::collections::{HashMap, HashSet};
use std::ptr;

use super::child::seconds;
use super::lines::{Block, Kind, Word};
use super::{IkeList, Reader, name_apart, placed, settings};
use crate::diag::{Diagnostic, Severity};
use crate::ike::Protocol;
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::{IkeVersions, Role, Spanned};
use crate::peer::{Child, Connection, Entry, Origin};
use crate::read::{ReadCode, loading};

/// The name of what a release has by itself.
pub(super) const DEFAULT: &str = "default";

/// What names an IKEv2 profile: IPsec profiles and entries of crypto maps, by the profile's name.
type Users<'b> = HashMap<&'b str, Vec<&'b Block>>;

impl<'r> Reader<'r> {
    pub(super) fn ios(&mut self) -> Vec<Connection> {
        let mut connections = Vec::new();
        let users = self.users();
        let mut policies = None;
        for profile in self.blocks.all(Kind::Profile) {
            let Some(name) = profile.name() else {
                continue;
            };
            if let Some(off) = profile.line(&["shutdown"]) {
                self.leave_out(off, "the profile is shut down, so it answers nobody");
                continue;
            }
            let policies = policies.get_or_insert_with(|| self.policies(name));
            let users = users.get(name.text.as_str());
            let users = users.map(Vec::as_slice).unwrap_or_default();
            let up: Vec<&Block> = users.iter().copied().filter(|it| self.is_up(it)).collect();
            if up.is_empty() && !users.is_empty() {
                self.leave_out(name, "everything that uses the profile is shut down");
                continue;
            }
            let users = &up;
            self.profile((profile, name), users, policies, &mut connections);
        }
        let known: HashSet<*const Block> =
            users.into_values().flatten().map(ptr::from_ref).collect();
        for block in self.blocks.iter() {
            if !known.contains(&ptr::from_ref(block)) {
                self.version_1_of(block, &mut connections);
            }
        }
        name_apart(&mut connections);
        connections
    }

    /// Whether an interface of an IPsec profile is up; one that protects none is taken to be used elsewhere.
    pub(super) fn is_up(&self, user: &Block) -> bool {
        let name = user.name().filter(|_| user.kind == Kind::IpsecProfile);
        name.is_none_or(|name| self.blocks.is_down(&name.text) != Some(true))
    }

    /// Says that something is shut down and left out.
    pub(super) fn leave_out(&mut self, word: &Word, message: &'static str) {
        self.is_down = true;
        self.complain(
            Diagnostic::warning(ReadCode::IgnoredSetting, &word.span, message)
                .help("`no shutdown` brings it up"),
        );
    }

    /// Takes an IPsec profile or an entry without an IKEv2 profile.
    fn version_1_of(&mut self, block: &Block, connections: &mut Vec<Connection>) {
        let kinds = [Kind::IpsecProfile, Kind::Map, Kind::DynamicMap];
        let protects = block.after(&["set", "transform-set"]).is_some()
            || block.after(&["set", "peer"]).is_some();
        let counts = kinds.contains(&block.kind) && self.is_up(block);
        if !counts || !protects || names_profile(block) {
            return;
        }
        let name = match (block.kind, block.name(), block.rest().first()) {
            (Kind::Map | Kind::DynamicMap, Some(name), Some(number)) => {
                format!("{} {}", name.text, number.text)
            }
            (_, Some(name), _) => name.text.clone(),
            _ => return,
        };
        let connection = Connection {
            name,
            span: block.name().map(|name| name.span.clone()),
            versions: IkeVersions::Ikev1,
            role: match block.after(&["set", "peer"]) {
                Some(_) => Role::SiteToSite,
                None => Role::RemoteAccess,
            },
            settings: settings(&[block]),
            ..Connection::default()
        };
        self.take(connection, connections);
    }

    /// Takes a profile: a connection for each policy, and for each method of the other side.
    fn profile(
        &mut self,
        (profile, name): (&Block, &Word),
        users: &[&Block],
        policies: &[IkeList],
        connections: &mut Vec<Connection>,
    ) {
        let mut children: Vec<Child> = Vec::new();
        for user in users {
            if let Some(name) = user.name() {
                let mut child = self.child(user, name);
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
        let role = self.role(profile, users);
        let remotes: Vec<&[Word]> = profile.all_after(&["authentication", "remote"]).collect();
        let remotes = match remotes.is_empty() {
            true => vec![Default::default()],
            false => remotes,
        };
        let peers = self.peers(users);
        let pools = self.pools(profile);
        for list in policies {
            for remote in &remotes {
                let mut connection = Connection {
                    name: name.text.clone(),
                    span: Some(name.span.clone()),
                    role,
                    versions: IkeVersions::Ikev2,
                    ike: list.entries.clone(),
                    ike_is_unknown: list.is_unknown,
                    children: children.clone(),
                    lifetime: profile.after(&["lifetime"]).and_then(seconds),
                    pools: pools.clone(),
                    settings: settings(&[profile]),
                    ..Connection::default()
                };
                sides(profile, remote, &mut connection);
                connection.remote.addresses.clone_from(&peers);
                if !self.take(connection, connections) {
                    return;
                }
            }
        }
    }

    /// The IPsec profiles and entries of crypto maps that name IKEv2 profiles.
    fn users(&self) -> Users<'r> {
        let mut users = Users::new();
        let blocks = self.blocks;
        let kinds = [Kind::IpsecProfile, Kind::Map, Kind::DynamicMap];
        for block in blocks.iter().filter(|block| kinds.contains(&block.kind)) {
            let named = block.after(&["set", "ikev2-profile"]);
            let named = named.and_then(|words| words.first());
            let own = block.name().filter(|_| block.kind == Kind::IpsecProfile);
            // `tunnel protection ipsec profile NAME ikev2-profile …` names one too.
            let protections = own
                .into_iter()
                .flat_map(|own| blocks.protected_by(&own.text));
            let by_interface = protections.flat_map(|(_, words)| {
                words.windows(2).filter_map(|pair| match pair {
                    [key, own] if key.text == "ikev2-profile" => Some(own),
                    _ => None,
                })
            });
            let mut seen: HashSet<&str> = HashSet::new();
            for word in named.into_iter().chain(by_interface) {
                if seen.insert(&word.text) {
                    users.entry(&word.text).or_default().push(block);
                }
            }
        }
        users
    }

    /// `tunnel mode ipsec` asks for everything, on both sides.
    fn selectors(&self, user: &Block, child: &mut Child) {
        let Some(name) = user.name() else {
            return;
        };
        let mut all = self.blocks.protected_by(&name.text);
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
    fn role(&self, profile: &Block, users: &[&Block]) -> Role {
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
        let mut names = users.iter().filter_map(|user| user.name());
        let on_tunnel = |name: &Word| {
            self.blocks.protected_by(&name.text).any(|(interface, _)| {
                interface.after(&["tunnel", "destination"]).is_some()
                    || interface.after(&["tunnel", "mode", "gre"]).is_some()
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
    pub(super) fn policies(&mut self, at: &Word) -> Vec<IkeList> {
        let mut lists: Vec<_> = self.written_policies().into_iter().map(|it| it.1).collect();
        if lists.is_empty() {
            let mut list = IkeList::default();
            if let Some(off) = self.blocks.without_default(&["crypto", "ikev2", "policy"]) {
                list.is_unknown = true;
                self.switched_off(off);
            }
            let own = self.blocks.named(Kind::Proposal, DEFAULT).next();
            list.extend(match own {
                Some(block) => self.ios_proposal(block),
                None => self.default_proposal(at),
            });
            lists.push(list);
        }
        lists
    }

    /// The policies that name proposals, with their lists.
    pub(super) fn written_policies(&mut self) -> Vec<(&'r Block, IkeList)> {
        let blocks = self.blocks;
        let mut used: HashSet<&str> = HashSet::from([DEFAULT]);
        let mut lists = Vec::new();
        for policy in blocks.all(Kind::Policy) {
            let names: Vec<&Word> = policy.all_after(&["proposal"]).flatten().collect();
            if names.is_empty() {
                continue;
            }
            used.extend(names.iter().map(|name| name.text.as_str()));
            let mut list = IkeList::default();
            for name in &names {
                if list.entries.len() > loading::MOST_PROPOSALS {
                    self.complain(loading::too_many(&name.span));
                    break;
                }
                list.extend(match blocks.named(Kind::Proposal, &name.text).next() {
                    Some(block) => self.ios_proposal(block),
                    None if name.text == DEFAULT => self.default_proposal(name),
                    None => {
                        self.dangling(name, "proposal");
                        None
                    }
                });
            }
            lists.push((policy, list));
        }
        let unused = blocks.all(Kind::Proposal).filter_map(Block::name);
        for name in unused.filter(|name| !used.contains(name.text.as_str())) {
            let message = "no policy names this proposal, so it is not used";
            self.remarks.say_once(
                Diagnostic::warning(ReadCode::IgnoredSetting, &name.span, message).help(format!(
                    "`crypto ikev2 policy`, and in it `proposal {}`",
                    name.text
                )),
            );
        }
        lists
    }

    fn switched_off(&mut self, word: &Word) {
        let message = "what the release has by itself is switched off, and nothing else is there";
        self.complain(
            Diagnostic::warning(ReadCode::DefaultUnknown, &word.span, message)
                .help("`show running-config | section crypto` prints what there is"),
        );
    }

    fn default_proposal(&mut self, at: &Word) -> Option<Vec<Entry>> {
        let command = ["crypto", "ikev2", "proposal"];
        if let Some(off) = self.blocks.without_default(&command) {
            self.switched_off(off);
            return None;
        }
        let own = self.default_list(Protocol::Ike, &at.span)?;
        let engine = format!("{} {}", self.engine.name, self.engine.version);
        Some(vec![Entry::new(own, Origin::Default(engine))])
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
        let mut policies = named
            .iter()
            .flat_map(|name| self.blocks.named(Kind::Authorization, name));
        let pool = policies.find_map(|policy| policy.after(&["pool"])?.first());
        self.pool(pool)
    }

    /// The range of `ip local pool`, or its name where the range is elsewhere.
    pub(super) fn pool(&self, name: Option<&Word>) -> Vec<Spanned<String>> {
        let Some(name) = name else {
            return Vec::new();
        };
        let found = self.blocks.named(Kind::Pool, &name.text).next();
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

    /// The other ends of the tunnels of those that use a profile.
    fn peers(&self, users: &[&Block]) -> Vec<Spanned<String>> {
        let set = users.iter().filter_map(|user| user.after(&["set", "peer"]));
        let set = set.filter_map(|words| words.first());
        let names = users.iter().filter_map(|user| user.name());
        let mut seen = HashSet::new();
        let names = names.filter(|name| seen.insert(name.text.as_str()));
        let interfaces = names.flat_map(|name| self.blocks.protected_by(&name.text));
        let ends = interfaces
            .filter_map(|(interface, _)| interface.after(&["tunnel", "destination"])?.first())
            .filter(|end| end.text != "dynamic");
        set.chain(ends).map(placed).collect()
    }
}

/// Whether an IPsec profile or an entry names an IKEv2 profile.
fn names_profile(block: &Block) -> bool {
    block.after(&["set", "ikev2-profile"]).is_some()
}

fn sides(profile: &Block, remote: &[Word], connection: &mut Connection) {
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
