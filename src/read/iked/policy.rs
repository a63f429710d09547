//! A rule `ikev2` as a connection, as `create_ike` of OpenIKED's `parse.y` makes a policy of it.

use std::net::IpAddr;
use std::time::Duration;

use super::Reader;
use super::grammar::{Block, Flow, Proof, Rule};
use super::lexer::Token;
use crate::diag::{Diagnostic, Severity, Span, any_of, nearest};
use crate::dialect::iked;
use crate::ike::{Proposal, Protocol, Transform, TransformType};
use crate::peer::authentication::{Authentication, Method, Round};
use crate::peer::server::{IkeVersions, Mode, Rekey, Role, Spanned};
use crate::peer::setting::Bearing;
use crate::peer::{Child, Connection, Entry, Origin};
use crate::read::swanctl::connection::is_anybody;
use crate::read::{ReadCode, harmless, loading};

/// What iked lets a child SA live when nobody says it (`IKED_LIFETIME_SECONDS`).
const LIFETIME: u64 = 3 * 60 * 60;

/// It asks for new keys of an IKE SA after so many percent of `ikelifetime`
/// (`ikev2_ike_sa_rekey_schedule`),
const PERCENT_OF_IKE: u64 = 85;
/// and of a child SA at the latest after so many of `lifetime` (`pfkey_sa`).
const PERCENT_OF_CHILD: u64 = 95;

const fn percent(of: u64, percent: u64) -> Duration {
    Duration::from_secs(of.saturating_mul(percent) / 100)
}

impl Reader<'_> {
    /// Takes a rule, whose first word is `ikev2`.
    pub(super) fn rule(&mut self, keyword: &Token, mut rule: Rule) {
        let number = self.connections.len() + 1;
        let (name, span) = match rule.name.take() {
            Some(name) => {
                self.show_if(&name.span, true);
                (name.value, name.span)
            }
            None => (format!("policy{number}"), keyword.span.clone()),
        };
        self.addresses(&mut rule, &span);
        mark_names(&mut rule);
        let ike = self.list(Protocol::Ike, &rule.ike, &span, &rule);
        let protocol = if rule.is_ah {
            Protocol::Ah
        } else {
            Protocol::Esp
        };
        let list = self.list(protocol, &rule.child, &span, &rule);
        let mut child = Child {
            name: name.clone(),
            span: Some(span.clone()),
            mode: rule.transport.clone().map(|span| Spanned {
                value: Mode::Transport,
                span,
            }),
            ..Child::default()
        };
        if rule.is_ah {
            child.ah = list;
        } else {
            child.esp = list;
        }
        networks(&rule.flows, &mut child);
        let seconds = rule.lifetime.as_ref().map_or(LIFETIME, |it| it.value);
        child.lifetime = rule.lifetime.as_ref().map(|written| Spanned {
            value: Duration::from_secs(written.value),
            span: written.span.clone(),
        });
        let rekey = Rekey {
            // Zero is the default, and means never.
            ike: Some(percent(
                rule.ikelifetime.as_ref().map_or(0, |it| it.value),
                PERCENT_OF_IKE,
            )),
            child: Some(percent(seconds, PERCENT_OF_CHILD)),
        };
        for time in [&rule.ikelifetime, &rule.lifetime].into_iter().flatten() {
            self.show_if(&time.span, true);
        }
        for pool in &rule.pools {
            self.show_host(pool);
        }
        let (local, remote) = self.sides(&rule);
        self.connections.push(Connection {
            role: role(&rule),
            name,
            span: Some(span),
            versions: IkeVersions::Ikev2,
            ike,
            children: vec![child],
            rekey,
            local,
            remote,
            pools: rule.pools,
            settings: rule.settings,
            ..Connection::default()
        });
    }

    /// Where iked would not know whom a rule is for, or where it could not begin.
    fn addresses(&mut self, rule: &mut Rule, span: &Span) {
        for flow in &rule.flows {
            self.show_host(&flow.from);
            self.show_host(&flow.to);
        }
        for host in [&rule.local, &rule.peer].into_iter().flatten() {
            self.show_host(host);
        }
        let refused = |message: &str, said: &str, help: &str| {
            Diagnostic::error(ReadCode::Contradiction, span, message)
                .note(format!("iked says \"{said}\", and refuses the whole file"))
                .help(help)
        };
        if rule.local.is_none() && rule.peer.is_none() {
            if let [flow] = rule.flows.as_slice() {
                // The peer is the other end of the only flow.
                rule.peer = Some(flow.to.clone());
            } else {
                self.complain(refused(
                    "the rule has several flows, and does not say who the peer is",
                    "could not get local/peer specification",
                    "add `peer any`, or the address of the peer",
                ));
            }
        }
        let fixed = rule
            .peer
            .as_ref()
            .is_some_and(|peer| !is_anyone(&peer.value));
        if rule.is_active && !fixed {
            self.complain(refused(
                "an `active` rule has no address of its peer",
                "active mode requires local/peer address",
                "name the peer, or make the rule `passive`",
            ));
        }
    }

    fn sides(&mut self, rule: &Rule) -> (Authentication, Authentication) {
        let (method, word) = match &rule.proof {
            Proof::Unsaid => (Method::PublicKey, None),
            Proof::Signature(word) => {
                self.show_if(&word.span, true);
                (Method::PublicKey, Some(word.clone()))
            }
            Proof::PreSharedKey(span) => {
                self.secrets.get_or_insert_with(|| span.clone());
                let value = "psk".to_owned();
                let span = span.clone();
                (Method::PreSharedKey, Some(Spanned { value, span }))
            }
            Proof::Mschapv2(span) => {
                self.show_if(span, true);
                let method = Method::Eap(Some("mschapv2".to_owned()));
                let value = method.to_string();
                let span = span.clone();
                (method, Some(Spanned { value, span }))
            }
        };
        // The server proves itself by a key where clients use EAP.
        let own = match &method {
            Method::Eap(_) => (Method::PublicKey, None),
            _ => (method.clone(), word.clone()),
        };
        let mut side = |id: &Option<Spanned<String>>, (method, word): (_, Option<_>)| {
            if let Some(id) = id {
                self.show_if(&id.span, harmless::is_identity(&id.value));
            }
            Authentication {
                methods: word.clone().into_iter().collect(),
                id: id.clone(),
                rounds: vec![Round {
                    method: Some(method),
                    written: word,
                    id: id.clone(),
                    ..Round::default()
                }],
                ..Authentication::default()
            }
        };
        let mut local = side(&rule.srcid, own);
        let mut remote = side(&rule.dstid, (method, word));
        local
            .addresses
            .extend(rule.local.iter().filter_map(address));
        remote
            .addresses
            .extend(rule.peer.iter().filter_map(address));
        (local, remote)
    }

    /// The proposals of the blocks, or those that iked has by itself.
    fn list(
        &mut self,
        protocol: Protocol,
        blocks: &[Block],
        span: &Span,
        rule: &Rule,
    ) -> Vec<Entry> {
        let defaults = self.defaults(protocol);
        if blocks.is_empty() {
            return self.unwritten(protocol, defaults, span, rule);
        }
        let mut entries = Vec::new();
        for block in blocks {
            let Some(words) = self.transforms(protocol, block) else {
                continue;
            };
            let listed: Vec<_> = words.iter().map(|word| word.value).collect();
            match iked::proposals(protocol, &listed, defaults.as_deref().unwrap_or_default()) {
                Ok(proposals) => {
                    let entry = |proposal| {
                        Entry::new(proposal, Origin::Written(block.span.clone()))
                            .with_words(words.iter().cloned())
                    };
                    entries.extend(proposals.into_iter().map(entry));
                }
                Err(refusal) => {
                    let message = "iked takes no such combination of algorithms";
                    self.complain(
                        Diagnostic::error(ReadCode::IncompatibleValues, &block.span, message)
                            .note(format!("iked says \"{}\", and refuses the whole file", refusal.said()))
                            .help(match refusal {
                                iked::Refusal::NoneInIke => "name a group, such as `group curve25519`",
                                iked::Refusal::SequenceNumbersInIke => {
                                    "move `esn` into `childsa`, where there are packets to number"
                                }
                                iked::Refusal::Mixed => {
                                    "write two blocks, one with the AEAD ciphers and one with the others"
                                }
                                iked::Refusal::IntegrityBesideAead => {
                                    "remove `auth`, or write a second block for the other ciphers"
                                }
                            }),
                    );
                }
            }
        }
        if entries.len() > loading::MOST_PROPOSALS {
            self.complain(loading::too_many(span));
        }
        entries
    }

    /// The transforms of a block with their places; `None` if a word names none.
    fn transforms(&mut self, protocol: Protocol, block: &Block) -> Option<Vec<Spanned<Transform>>> {
        let mut words = Vec::new();
        let mut are_known = true;
        for (keyword, word) in &block.transforms {
            let text = word.as_ref().map_or("", |word| word.text.as_str());
            let span = &word.as_ref().unwrap_or(keyword).span;
            match iked::transform(protocol, &keyword.text, text) {
                Some(value) if protocol != Protocol::Ike && value.kind == TransformType::PRF => {
                    let message = "iked passes over a PRF of a child SA";
                    self.complain(
                        Diagnostic::warning(ReadCode::IgnoredSetting, span, message)
                            .note("a child SA takes its keys from the PRF of the IKE SA")
                            .help("remove it"),
                    );
                    self.show_if(span, true);
                }
                Some(value) => {
                    self.show_if(span, true);
                    let span = span.clone();
                    words.push(Spanned { value, span });
                }
                None => {
                    are_known = false;
                    let unknown = self.unknown(protocol, (&keyword.text, text), span);
                    self.complain(unknown);
                }
            }
        }
        are_known.then_some(words)
    }

    fn unknown(
        &mut self,
        protocol: Protocol,
        (keyword, word): (&str, &str),
        span: &Span,
    ) -> Diagnostic {
        let known = iked::words(protocol, keyword);
        let near = nearest(word, known.iter().copied());
        self.show_if(span, harmless::is_list(word) && near.is_some());
        let said = crate::diag::quoted_or(word, known.iter().copied(), "this");
        let list = if protocol == Protocol::Ike {
            "ikesa"
        } else {
            "childsa"
        };
        let message = format!("{said} is nothing that `{keyword}` of `{list}` takes");
        // `sha256` for `hmac-sha2-256`.
        let digits: String = word.chars().filter(char::is_ascii_digit).collect();
        let hash = known
            .iter()
            .find(|it| word.starts_with("sha") && digits.len() > 2 && it.ends_with(&digits));
        let meant = hash.copied().or(near);
        Diagnostic::error(ReadCode::UnknownKeyword, span, message)
            .note("iked says \"… not a valid transform\", and refuses the whole file")
            .note(format!("expected {}", any_of(known.iter().copied())))
            .maybe_help(meant.map(|meant| format!("did you mean `{meant}`?")))
    }

    /// What iked has where nothing is written.
    fn unwritten(
        &mut self,
        protocol: Protocol,
        defaults: Option<Vec<Proposal>>,
        span: &Span,
        rule: &Rule,
    ) -> Vec<Entry> {
        let keyword = match protocol {
            Protocol::Ike => "ikesa",
            Protocol::Ah | Protocol::Esp => "childsa",
        };
        let engine = format!("{} {}", self.engine.name, self.engine.version);
        let Some(defaults) = defaults else {
            let message = format!("it is not known what {engine} uses without `{keyword}`");
            self.complain(
                Diagnostic::warning(ReadCode::DefaultUnknown, span, message)
                    .help(format!("add `{keyword}` with the proposals")),
            );
            return Vec::new();
        };
        let said = &mut self.assumed[usize::from(protocol != Protocol::Ike)];
        if role(rule) == Role::RemoteAccess && !std::mem::replace(said, true) {
            let message =
                format!("`{keyword}` is missing, the default proposals of {engine} are assumed");
            let note = Diagnostic::new(Severity::Note, ReadCode::DefaultAssumed, span, message);
            let note = match protocol {
                Protocol::Ike => note,
                Protocol::Ah | Protocol::Esp => note.note(
                    "they are those of OpenBSD; on Linux the portable edition leaves AES-GCM and \
                     SHA-256 out of them",
                ),
            };
            self.complain(note);
        }
        let own = defaults.into_iter().filter_map(|proposal| match protocol {
            Protocol::Ah => of_ah(&proposal),
            Protocol::Esp | Protocol::Ike => Some(proposal),
        });
        let entry = |proposal| Entry::new(iked::plain(proposal), Origin::Default(engine.clone()));
        own.map(entry).collect()
    }
}

/// A proposal of ESP as one of AH: without ciphers, and none where nothing is left to prove with.
fn of_ah(proposal: &Proposal) -> Option<Proposal> {
    let kept = proposal.transforms().iter().copied();
    let kept = kept.filter(|it| it.kind != TransformType::ENCR);
    let has_integrity = !proposal.of(TransformType::INTEG).is_empty();
    has_integrity.then(|| Proposal::new(Protocol::Ah, kept))
}

/// Whom a rule is for. One that is active, or that is never looked at when somebody dials in, is for
/// no client.
fn role(rule: &Rule) -> Role {
    let fixed = rule
        .peer
        .as_ref()
        .is_some_and(|peer| !is_anyone(&peer.value));
    if rule.is_active || rule.is_skipped || fixed && rule.pools.is_empty() {
        Role::SiteToSite
    } else {
        Role::RemoteAccess
    }
}

/// Whether a host is more than one.
fn is_anyone(host: &str) -> bool {
    ["any", "dynamic"].contains(&host) || is_anybody(host)
}

/// An address that other daemons take too; the name of an interface is iked's own.
fn address(host: &Spanned<String>) -> Option<Spanned<String>> {
    let dotted = host.value.contains(['.', ':']);
    dotted.then(|| host.clone())
}

/// Networks of both sides that have addresses, each once; `any` stands for the family of the other end, or for both.
fn networks(flows: &[Flow], child: &mut Child) {
    for flow in flows {
        let (from, to) = (&flow.from, &flow.to);
        add(from, &to.value, &mut child.local_networks);
        add(to, &from.value, &mut child.remote_networks);
    }
}

fn add(one: &Spanned<String>, other: &str, list: &mut Vec<Spanned<String>>) {
    let values: &[&str] = match one.value.as_str() {
        "any" if other.contains(':') => &["::/0"],
        "any" if other.contains('.') => &["0.0.0.0/0"],
        "any" => &["0.0.0.0/0", "::/0"],
        own if is_named(own) => &[],
        own => &[own],
    };
    for value in values {
        if !list.iter().any(|known| known.value == *value) {
            list.push(Spanned {
                value: (*value).to_owned(),
                span: one.span.clone(),
            });
        }
    }
}

/// Whether a host of a flow is no network.
fn is_named(host: &str) -> bool {
    let network = host.split('/').next().unwrap_or(host);
    !["any", "dynamic"].contains(&host) && network.parse::<IpAddr>().is_err()
}

/// Marks flows whose ends have no address: names and interfaces are iked's own.
fn mark_names(rule: &mut Rule) {
    let any_named = rule
        .flows
        .iter()
        .any(|flow| is_named(&flow.from.value) || is_named(&flow.to.value));
    if any_named {
        let flows = rule.settings.iter_mut();
        for setting in flows.filter(|it| ["from", "to"].contains(&it.key.as_str())) {
            setting.bearing = Some(Bearing::Reachability);
        }
    }
    if rule
        .local
        .as_ref()
        .is_some_and(|it| it.value != "any" && address(it).is_none())
    {
        let own = rule.settings.iter_mut().filter(|it| it.key == "local");
        own.for_each(|setting| setting.bearing = Some(Bearing::Reachability));
    }
}
