//! A peer with one of its identities as a connection, its policies as children.

mod sides;

use std::ops::Range;
use std::time::Duration;

use sides::{bearing, duration, pools, role, sides};

use super::script::Argument;
use super::{Index, Item, Reader, settings};
use crate::diag::{Diagnostic, Severity, Span, any_of, nearest, quoted_or};
use crate::dialect::routeros;
use crate::ike::{Proposal, Protocol, Sn, Transform, TransformType};
use crate::peer::server::{IkeVersions, Mode, Role, Spanned};
use crate::peer::{Child, Connection, Entry, Origin};
use crate::read::ReadCode;
use crate::read::loading::Work;

/// The name of the entries that a router has by itself.
pub(super) const DEFAULT: &str = "default";

impl Reader<'_> {
    /// Takes a peer: a connection for each of its identities.
    pub(super) fn peer(
        &mut self,
        items: &Index<'_>,
        peer: &Item,
        connections: &mut Vec<Connection>,
    ) {
        let number = connections.len() + 1;
        let name = peer.value("name").or_else(|| peer.value("address"));
        let name = name.map_or_else(|| format!("peer{number}"), str::to_owned);
        let span = peer.argument("name").map_or(&peer.span, |it| &it.place);
        let versions = match peer.value("exchange-mode") {
            Some("ike2") => IkeVersions::Ikev2,
            // `main` is the default.
            _ => IkeVersions::Ikev1,
        };
        // Before 6.43 a peer has these settings itself.
        let own = ["enc-algorithm", "hash-algorithm", "dh-group"];
        let is_old = own.iter().any(|key| peer.argument(key).is_some());
        let profile = peer.value("profile").unwrap_or(DEFAULT);
        let profile = match is_old {
            true => Some(peer),
            false => items.profile(profile),
        };
        if profile.is_none() && peer.value("profile").is_some_and(|it| it != DEFAULT) {
            self.dangling(peer, "profile");
        }
        let ike = match versions {
            IkeVersions::Ikev2 => self.ike(profile, span, versions),
            IkeVersions::Any | IkeVersions::Ikev1 => Vec::new(),
        };
        let mut identities = items.identities(peer);
        if peer.argument("secret").is_some() || peer.argument("auth-method").is_some() {
            identities.push(peer);
        }
        let alone = [None];
        let each: Vec<Option<&Item>> = identities.into_iter().map(Some).collect();
        let each = if each.is_empty() { &alone[..] } else { &each };
        for (place, identity) in each.iter().enumerate() {
            let name = match place {
                0 => name.clone(),
                _ => format!("{name}-{}", place + 1),
            };
            let used: Vec<&Item> = [Some(peer), profile, *identity]
                .into_iter()
                .flatten()
                .collect();
            if !self.copies(&used) {
                return;
            }
            let mut connection = Connection {
                role: role(peer, *identity),
                name,
                span: Some(span.clone()),
                versions,
                ike: ike.clone(),
                settings: settings(&used, bearing),
                ..Connection::default()
            };
            connection.lifetime = profile.and_then(|it| self.time(it, "lifetime"));
            sides(peer, *identity, &mut connection);
            if let Some(identity) = identity {
                connection.pools = pools(items, identity);
            }
            if versions == IkeVersions::Ikev2 {
                connection.children = self.children(items, peer, *identity, &connection);
                // A router without any identity answers nobody, so the text is a part of what it has.
                if connection.children.is_empty()
                    && items.items.identities.is_empty()
                    && identity.is_none()
                {
                    let message = "there is no identity, so nothing is known of phase 2";
                    self.complain(
                        Diagnostic::new(Severity::Note, ReadCode::NoChild, span, message)
                            .help("`/ip ipsec export` writes identities and policies too"),
                    );
                    connection.children.push(Child::unknown());
                }
            }
            connections.push(connection);
        }
    }

    /// Says that an entry names another one that is not there.
    fn dangling(&mut self, item: &Item, key: &str) {
        let Some(argument) = item.argument(key) else {
            return;
        };
        if argument.is_computed {
            return;
        }
        let message = format!("there is no {key} of this name");
        self.complain(
            Diagnostic::warning(ReadCode::DanglingReference, &argument.place, message)
                .help("export the whole of `/ip ipsec`"),
        );
    }

    /// The algorithms of a profile. What it does not say is as in the router's own.
    fn ike(&mut self, profile: Option<&Item>, span: &Span, versions: IkeVersions) -> Vec<Entry> {
        let ciphers = self.list(profile, "enc-algorithm", Protocol::Ike, TransformType::ENCR);
        let hashes = self.list(
            profile,
            "hash-algorithm",
            Protocol::Ike,
            TransformType::INTEG,
        );
        let groups = self.list(profile, "dh-group", Protocol::Ike, TransformType::KE);
        let named = profile
            .and_then(|it| it.value("prf-algorithm"))
            .filter(|it| *it != "auto");
        let prfs = match named {
            Some(_) => self.list(profile, "prf-algorithm", Protocol::Ike, TransformType::PRF),
            None => None,
        };
        let (Some(ciphers), Some(hashes), Some(groups)) = (ciphers, hashes, groups) else {
            return Vec::new();
        };
        let prfs = match prfs {
            Some(prfs) => prfs,
            // The PRF is that of the hash.
            None => hashes.with(|hash| {
                let word = routeros::spell(Protocol::Ike, hash)?;
                routeros::transform(Protocol::Ike, TransformType::PRF, word)
            }),
        };
        let all = [ciphers, hashes, prfs, groups];
        self.assume(&all, Protocol::Ike, span, versions == IkeVersions::Ikev2);
        self.entry(Protocol::Ike, &all, profile)
    }

    fn esp(&mut self, proposal: Option<&Item>, protocol: Protocol, span: &Span) -> Vec<Entry> {
        let ciphers = self.list(
            proposal,
            "enc-algorithms",
            Protocol::Esp,
            TransformType::ENCR,
        );
        let hashes = self.list(
            proposal,
            "auth-algorithms",
            Protocol::Esp,
            TransformType::INTEG,
        );
        let groups = self.list(proposal, "pfs-group", Protocol::Esp, TransformType::KE);
        let (Some(ciphers), Some(hashes), Some(groups)) = (ciphers, hashes, groups) else {
            return Vec::new();
        };
        let groups = groups.with(|group| (!group.is_none()).then_some(group));
        self.assume(
            &[ciphers.clone(), hashes.clone(), groups.clone()],
            protocol,
            span,
            true,
        );
        let sizes = List::assumed([Transform::sn(Sn::Sequential32)]);
        if protocol == Protocol::Ah {
            return self.entry(protocol, &[hashes, groups, sizes], proposal);
        }
        // AEAD ciphers have a proposal of their own, which needs no integrity algorithm.
        let aead = ciphers.with(|it| it.is_aead().then_some(it));
        let classic = ciphers.with(|it| (!it.is_aead()).then_some(it));
        let mut entries = Vec::new();
        let first = ciphers.words.first().is_some_and(|it| it.0.is_aead());
        for with_aead in [first, !first] {
            let ciphers = if with_aead { &aead } else { &classic };
            if ciphers.words.is_empty() {
                continue;
            }
            let mut lists = vec![ciphers.clone(), groups.clone(), sizes.clone()];
            if !with_aead {
                lists.insert(1, hashes.clone());
            }
            entries.extend(self.entry(protocol, &lists, proposal));
        }
        entries
    }

    fn entry(&self, protocol: Protocol, lists: &[List], item: Option<&Item>) -> Vec<Entry> {
        let words = || lists.iter().flat_map(|list| &list.words);
        let proposal = Proposal::new(protocol, words().map(|word| word.0));
        let spans: Vec<Span> = lists.iter().filter_map(|list| list.place.clone()).collect();
        let origin = match (spans.is_empty(), item) {
            (false, _) => Origin::Expanded(spans),
            (true, Some(item)) => Origin::Written(item.span.clone()),
            (true, None) => {
                Origin::Default(format!("{} {}", self.engine.name, self.engine.version))
            }
        };
        let placed = words().filter_map(|(value, span)| {
            let (value, span) = (*value, span.clone()?);
            Some(Spanned { value, span })
        });
        vec![Entry::new(proposal, origin).with_words(placed.collect::<Vec<_>>())]
    }

    /// The values of a key, or those of the router's own object; `None` if they are not known.
    fn list(
        &mut self,
        item: Option<&Item>,
        key: &str,
        protocol: Protocol,
        kind: TransformType,
    ) -> Option<List> {
        let Some(argument) = item.and_then(|it| it.argument(key)) else {
            let own = self.defaults(protocol)?;
            return Some(List::assumed(own.of(kind).iter().copied()));
        };
        if argument.is_computed {
            let message = format!("the value of `{key}` is known when the script runs");
            self.complain(
                Diagnostic::error(ReadCode::UnresolvedValue, &argument.place, message)
                    .help("write the value itself into the file that is read"),
            );
            return None;
        }
        // One that many name is read for each of them.
        if !self.work.takes(argument.value.len()) {
            return None;
        }
        Some(self.words(argument, protocol, kind))
    }

    fn words(&mut self, argument: &Argument, protocol: Protocol, kind: TransformType) -> List {
        let Argument {
            key, value, place, ..
        } = argument;
        let mut list = List {
            words: Vec::new(),
            place: Some(place.clone()),
        };
        let mut next = 0;
        for word in value.split(',') {
            let start = next;
            next += word.len() + 1;
            if word.is_empty() {
                continue;
            }
            let span = within(place, value, start..start + word.len());
            if let Some(transform) = routeros::transform(protocol, kind, word) {
                if list.words.iter().all(|known| known.0 != transform) {
                    list.words.push((transform, Some(span)));
                }
                continue;
            }
            if word == "null" && kind == TransformType::INTEG {
                continue;
            }
            if !self.work.takes(Work::CHILD) {
                break;
            }
            let known = routeros::words(protocol, kind);
            let said = quoted_or(
                word,
                known
                    .iter()
                    .copied()
                    .chain(routeros::UNKNOWN.iter().copied()),
                "this",
            );
            if routeros::UNKNOWN.contains(&word) {
                let message =
                    format!("{said} is left out: its key length or its number is not known");
                self.complain(Diagnostic::warning(
                    ReadCode::DefaultUnknown,
                    &span,
                    message,
                ));
                continue;
            }
            let message = format!("{said} is nothing that `{key}` takes");
            let near = nearest(word, known.iter().copied());
            self.complain(
                Diagnostic::error(ReadCode::UnknownKeyword, &span, message)
                    .note(format!("expected {}", any_of(known.iter().copied())))
                    .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
            );
        }
        list
    }

    /// Says once for each phase that values are assumed.
    fn assume(&mut self, lists: &[List], protocol: Protocol, span: &Span, is_wanted: bool) {
        let missing = lists.iter().any(|list| list.place.is_none());
        let said = &mut self.assumed[usize::from(protocol != Protocol::Ike)];
        if !missing || !is_wanted || std::mem::replace(said, true) {
            return;
        }
        let what = match protocol {
            Protocol::Ike => "profile",
            Protocol::Ah | Protocol::Esp => "proposal",
        };
        let message = format!(
            "the {what} does not say everything; the rest is taken to be as RouterOS has it by default"
        );
        self.complain(
            Diagnostic::new(Severity::Note, ReadCode::DefaultAssumed, span, message)
                .help("`/export verbose` writes every value"),
        );
    }

    /// A span of time as RouterOS writes it: `1d`, `8h30m`, `00:30:00`.
    fn time(&mut self, item: &Item, key: &str) -> Option<Spanned<Duration>> {
        let argument = item.argument(key).filter(|it| !it.is_computed)?;
        let value = duration(&argument.value);
        if value.is_none() {
            let message = format!("`{key}` is no span of time");
            self.complain(
                Diagnostic::warning(ReadCode::NotATime, &argument.place, message)
                    .help("write it as `1d`, `8h30m` or `00:30:00`"),
            );
        }
        let span = argument.place.clone();
        value.map(|value| Spanned { value, span })
    }

    fn children(
        &mut self,
        items: &Index<'_>,
        peer: &Item,
        identity: Option<&Item>,
        connection: &Connection,
    ) -> Vec<Child> {
        let generates = identity
            .and_then(|it| it.value("generate-policy"))
            .is_some_and(|it| it != "no");
        let group = identity.and_then(|it| it.value("policy-template-group"));
        let group = group.unwrap_or(DEFAULT);
        let policies = items.policies(peer, generates.then_some(group));
        let mut children: Vec<Child> = policies
            .iter()
            .enumerate()
            .map_while(|(place, policy)| self.child(items, policy, place, connection))
            .collect();
        // The template that every router has is not in an export.
        if children.is_empty() && generates && group == DEFAULT {
            let span = connection.span.clone().unwrap_or_else(|| peer.span.clone());
            let proposal = items.proposal(DEFAULT);
            children.push(Child {
                name: DEFAULT.to_owned(),
                span: Some(span.clone()),
                esp: self.esp(proposal, Protocol::Esp, &span),
                ..Child::default()
            });
        }
        children
    }

    /// Whether these entries may be copied into one more connection or child.
    fn copies(&self, items: &[&Item]) -> bool {
        let arguments = items.iter().flat_map(|it| &it.arguments);
        let settings = arguments.map(|it| Work::SETTING + it.key.len() + it.value.len());
        self.work.takes(Work::CHILD + settings.sum::<usize>())
    }

    /// A policy as a child; nothing if there are too many.
    fn child(
        &mut self,
        items: &Index<'_>,
        policy: &Item,
        place: usize,
        connection: &Connection,
    ) -> Option<Child> {
        let name = policy.value("proposal").unwrap_or(DEFAULT);
        let proposal = items.proposal(name);
        let used: Vec<&Item> = [Some(policy), proposal].into_iter().flatten().collect();
        if !self.copies(&used) {
            return None;
        }
        if proposal.is_none() && name != DEFAULT {
            self.dangling(policy, "proposal");
        }
        let protocol = match policy.value("ipsec-protocols") {
            Some("ah") => Protocol::Ah,
            _ => Protocol::Esp,
        };
        let list = self.esp(proposal, protocol, &policy.span);
        let tunnel = matches!(policy.value("tunnel"), Some("yes" | "true")) || policy.is_template();
        let mut child = Child {
            name: match place {
                0 => connection.name.clone(),
                _ => format!("{}-{}", connection.name, place + 1),
            },
            span: Some(policy.span.clone()),
            mode: (!tunnel && connection.role == Role::SiteToSite).then(|| Spanned {
                value: Mode::Transport,
                span: policy.span.clone(),
            }),
            settings: settings(&used, bearing),
            ..Child::default()
        };
        for (key, networks) in [
            ("src-address", &mut child.local_networks),
            ("dst-address", &mut child.remote_networks),
        ] {
            let argument = policy.argument(key).filter(|it| !it.value.is_empty());
            networks.extend(argument.map(placed));
        }
        if protocol == Protocol::Ah {
            child.ah = list;
        } else {
            child.esp = list;
        }
        child.lifetime = proposal.and_then(|it| self.time(it, "lifetime"));
        Some(child)
    }
}

/// Algorithms of a kind, and where they are written.
#[derive(Clone, Debug)]
struct List {
    words: Vec<(Transform, Option<Span>)>,
    /// Where the value stands; `None` if it is the router's own.
    place: Option<Span>,
}

impl List {
    fn assumed(transforms: impl IntoIterator<Item = Transform>) -> Self {
        Self {
            words: transforms.into_iter().map(|it| (it, None)).collect(),
            place: None,
        }
    }

    /// The list with each algorithm as `change` has it, or without.
    fn with(&self, change: impl Fn(Transform) -> Option<Transform>) -> Self {
        let words = self.words.iter();
        let words = words.filter_map(|(it, span)| Some((change(*it)?, span.clone())));
        Self {
            words: words.collect(),
            place: self.place.clone(),
        }
    }
}

/// Where a word of a list stands; all of the value where it is quoted or goes over several lines.
fn within(place: &Span, value: &str, word: Range<usize>) -> Span {
    let exact = place.end - place.start == value.len();
    if exact {
        let start = place.start;
        Span::new(place.file, start + word.start..start + word.end)
    } else {
        place.clone()
    }
}

fn placed(argument: &Argument) -> Spanned<String> {
    Spanned {
        value: argument.value.clone(),
        span: argument.place.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn times_are_read_as_routeros_writes_them() {
        for (text, expected) in [
            ("1d", Some(86_400)),
            ("8h30m", Some(30_600)),
            ("00:30:00", Some(1800)),
            ("1d02:00:00", Some(93_600)),
            ("0s", Some(0)),
            ("3600", Some(3600)),
            ("", None),
            ("soon", None),
        ] {
            assert_eq!(duration(text).map(|it| it.as_secs()), expected, "{text}");
        }
    }
}
