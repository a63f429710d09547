//! A profile, and the client that each of its variants is.

use std::collections::BTreeMap;
use std::time::Duration;

use indexmap::IndexMap;

use super::database::Broken;
use super::shape::{
    AnswerGroup, ClientFile, EngineWord, IkeGroup, LifetimeGroup, OfferGroup, Quirk, Reading,
    ReadingWord, ReauthenticationGroup, RekeyGroup, RekeyWords, SourceShape, ValueSet, Variant,
};
use crate::dialect::swan;
use crate::ike::{Ke, Notify, Proposal, Protocol, Transform, TransformType};
use crate::peer::authentication::Method;
use crate::peer::certificate::Demands;
use crate::peer::client::{
    Choices, ConfigMethod, IkeOffer, Lifetimes, Reauthentication, RekeyAnswer, RekeyOffer,
    ServerKey,
};
use crate::peer::{
    Client, EngineName, Evidence, Exchange, Fact, FirstMessage, Grade, Known, PerExchange,
};

/// A profile: the whole story of one client.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its id, the stem of its file.
    pub id: String,
    /// What the file says; of a mirror, with the variants of the profile it mirrors.
    pub file: ClientFile,
}

impl Profile {
    /// The names of its variants, the default one first.
    pub fn variants(&self) -> impl Iterator<Item = &str> {
        self.file.variants.keys().map(String::as_str)
    }

    /// What its quirks demand of the certificate and the address of a server.
    pub fn demands(&self) -> Demands {
        let quirks = &self.file.quirks;
        let any = |of: fn(&Quirk) -> Option<bool>| quirks.iter().any(|q| of(q) == Some(true));
        let shortest = quirks.iter().filter_map(|q| q.min_server_address_length);
        Demands {
            san: any(|q| q.needs_san),
            server_auth: any(|q| q.needs_server_auth),
            address_as_dns_name: any(|q| q.needs_address_as_dns_name),
            cn_as_remote_id: any(|q| q.needs_cn_as_remote_id),
            no_ecdsa: any(|q| q.no_ecdsa_server_certificate),
            no_rsa: false,
            curve: None,
            by_certificate_type: self
                .file
                .configurable
                .iter()
                .any(|way| way.by == ConfigMethod::AppleProfile),
            shortest_address: shortest.max().unwrap_or(0),
        }
    }

    /// What its quirks say of the first message.
    pub fn first_message(&self) -> FirstMessage {
        let quirks = &self.file.quirks;
        let notifies = quirks.iter().find_map(|it| it.notifies.as_ref());
        let vendor_ids = quirks.iter().find_map(|it| it.vendor_ids.as_ref());
        let named = |name: &String| Notify::named(name);
        FirstMessage {
            nonce: quirks.iter().find_map(|it| it.nonce_octets),
            notifies: notifies.map(|names| names.iter().filter_map(named).collect()),
            vendor_ids: vendor_ids.map(|ids| ids.iter().filter_map(|id| octets(id)).collect()),
            octets: quirks.iter().find_map(|it| it.message_octets),
        }
    }

    /// The client in one variant; `None` if there is no such variant.
    pub fn client(&self, variant: &str) -> Option<Result<Client, Broken>> {
        let facts = self.file.variants.get(variant)?;
        Some(self.convert(variant, facts).map_err(|what| Broken {
            file: self.id.clone(),
            what,
        }))
    }

    /// The grade of the first message of the first variant, if that is known.
    pub fn evidence(&self) -> Option<Grade> {
        let group = self.file.variants.values().next()?.ike_sa_init.as_ref()?;
        self.grade(&group.sources, group.grade).ok()
    }

    fn convert(&self, name: &str, variant: &Variant) -> Result<Client, String> {
        let several = self.file.variants.len() > 1;
        let id = if several {
            format!("{}:{name}", self.id)
        } else {
            self.id.clone()
        };
        let label = if several && name != "default" {
            format!("{} {name}", self.file.label)
        } else {
            self.file.label.clone()
        };
        let lifetimes = variant.lifetimes.as_ref();
        let seconds = |pick: fn(&LifetimeGroup) -> Option<u64>| {
            lifetimes.and_then(pick).map(Duration::from_secs)
        };
        let evidence = |group: &LifetimeGroup| -> Result<Evidence, String> {
            let grade = self.grade(&group.sources, group.grade)?;
            let sources = group.sources.clone();
            Ok(Evidence { grade, sources })
        };
        Ok(Client {
            id,
            label,
            covers: self.file.covers.clone(),
            engine: self.file.engine.map(|engine| match engine {
                EngineWord::Charon => EngineName::Strongswan,
                EngineWord::Libreswan => EngineName::Libreswan,
            }),
            transform_order: self.file.transform_order.as_deref().map(transform_order),
            ike_sa_init: self.known(
                variant,
                "ike-sa-init",
                variant.ike_sa_init.as_ref(),
                Self::ike,
            )?,
            ike_auth: self.known(variant, "ike-auth", variant.ike_auth.as_ref(), Self::offer)?,
            child_rekey_by_client: self.known(
                variant,
                "child-rekey-by-client",
                variant.child_rekey_by_client.as_ref(),
                |profile, group| profile.rekey(Protocol::Esp, group),
            )?,
            child_rekey_by_server: self.known(
                variant,
                "child-rekey-by-server",
                variant.child_rekey_by_server.as_ref(),
                |profile, group| profile.answer(Protocol::Esp, group),
            )?,
            ike_rekey_by_client: self.known(
                variant,
                "ike-rekey-by-client",
                variant.ike_rekey_by_client.as_ref(),
                |profile, group| profile.rekey(Protocol::Ike, group),
            )?,
            ike_rekey_by_server: self.known(
                variant,
                "ike-rekey-by-server",
                variant.ike_rekey_by_server.as_ref(),
                |profile, group| profile.answer(Protocol::Ike, group),
            )?,
            readings: readings(variant)?,
            lifetimes: Lifetimes {
                child: seconds(|l| l.child_rekey_seconds),
                child_mebibytes: lifetimes.and_then(|l| l.child_rekey_mebibytes),
                ike: seconds(|l| l.ike_rekey_seconds),
                evidence: lifetimes.map(evidence).transpose()?,
            },
            method: self.file.configurable.iter().map(|way| way.by).collect(),
            choices: self.choices()?,
            registry: variant.registry,
            reauthentication: self.reauthentication()?,
            address_request: self.address_request()?,
            needs_first_proposal: self
                .file
                .quirks
                .iter()
                .any(|quirk| quirk.needs_first_proposal == Some(true)),
            authentication: self.authentication()?,
            server_key: self.server_key()?,
        })
    }

    fn reauthentication(&self) -> Result<Known<Reauthentication>, String> {
        let Some(group) = &self.file.reauthentication else {
            let what = "no trace of a reauthentication with this client was found";
            return Ok(Known::Unknown(what.to_owned()));
        };
        let ReauthenticationGroup {
            begins, follows, ..
        } = *group;
        let value = Reauthentication { begins, follows };
        self.fact(value, &group.sources, group.grade, group.note.as_ref())
            .map(Known::Stated)
    }

    fn address_request(&self) -> Result<Known<()>, String> {
        let Some(group) = &self.file.address_request else {
            let what = "no source says whether this client asks for an address";
            return Ok(Known::Unknown(what.to_owned()));
        };
        self.fact((), &group.sources, group.grade, group.note.as_ref())
            .map(Known::Stated)
    }

    fn authentication(&self) -> Result<Known<Vec<Vec<Method>>>, String> {
        let Some(group) = &self.file.authentication else {
            let what = "no source says how users of this client authenticate";
            return Ok(Known::Unknown(what.to_owned()));
        };
        if group.incomplete {
            let what = "whether users of this client can authenticate otherwise";
            return Ok(Known::Unknown(what.to_owned()));
        }
        // `certificate+eap` is one set-up with two rounds.
        let rounds = |word: &String| word.split('+').filter_map(Method::of).collect();
        let methods = group.methods.iter().map(rounds).collect();
        self.fact(methods, &group.sources, None, group.note.as_ref())
            .map(Known::Stated)
    }

    fn server_key(&self) -> Result<Known<ServerKey>, String> {
        let Some(group) = &self.file.server_authentication else {
            let what = "no source says which keys of a server this client takes";
            return Ok(Known::Unknown(what.to_owned()));
        };
        self.fact(group.key, &group.sources, group.grade, group.note.as_ref())
            .map(Known::Stated)
    }

    /// What each way of configuring can choose.
    fn choices(&self) -> Result<BTreeMap<ConfigMethod, Choices>, String> {
        let mut choices = BTreeMap::new();
        for way in &self.file.configurable {
            let Some(values) = &way.values else {
                continue;
            };
            let chosen = Choices {
                ike: transforms(&values.ike)?,
                esp: transforms(&values.esp)?,
                additional_since: way.additional_since.clone(),
            };
            choices.insert(way.by, chosen);
        }
        Ok(choices)
    }

    /// A fact group, or why there is none.
    fn known<G, T>(
        &self,
        variant: &Variant,
        exchange: &str,
        group: Option<&G>,
        convert: impl Fn(&Self, &G) -> Result<Fact<T>, String>,
    ) -> Result<Known<T>, String> {
        match group {
            Some(group) => convert(self, group).map(Known::Stated),
            None => {
                let reason = variant.unknown.get(exchange);
                let reason = reason.map_or("the profile does not say", String::as_str);
                Ok(Known::Unknown(reason.to_owned()))
            }
        }
    }

    fn fact<T>(
        &self,
        value: T,
        sources: &[String],
        grade: Option<Grade>,
        note: Option<&String>,
    ) -> Result<Fact<T>, String> {
        Ok(Fact {
            value,
            grade: self.grade(sources, grade)?,
            sources: sources.to_vec(),
            note: note.cloned(),
        })
    }

    /// The grade of a fact: the best of its sources, or the lower one that is stated.
    pub(crate) fn grade(&self, sources: &[String], stated: Option<Grade>) -> Result<Grade, String> {
        grade_of(&self.file.sources, sources, stated)
    }

    fn ike(&self, group: &IkeGroup) -> Result<Fact<IkeOffer>, String> {
        let key_exchange = match &group.key_exchange {
            Some(word) => Some(swan::keyword(word).ok_or_else(|| format!("`{word}` is no group"))?),
            None => None,
        };
        let offer = IkeOffer {
            proposals: proposals(Protocol::Ike, &group.offers)?,
            key_exchange,
            retries_invalid_ke: group.retries_invalid_ke.map(Into::into),
            may_add: may_add(group)?,
        };
        self.fact(offer, &group.sources, group.grade, group.note.as_ref())
    }

    fn offer(&self, group: &OfferGroup) -> Result<Fact<Vec<Proposal>>, String> {
        let list = proposals(Protocol::Esp, &group.offers)?;
        self.fact(list, &group.sources, group.grade, group.note.as_ref())
    }

    fn rekey(&self, protocol: Protocol, group: &RekeyGroup) -> Result<Fact<RekeyOffer>, String> {
        let offer = words(
            protocol,
            &group.offers,
            in_group(group.group_of_ike_sa, group.group_only)?,
        )?;
        self.fact(offer, &group.sources, group.grade, group.note.as_ref())
    }

    fn answer(&self, protocol: Protocol, group: &AnswerGroup) -> Result<Fact<RekeyAnswer>, String> {
        let answer = RekeyAnswer {
            accepts: words(
                protocol,
                &group.accepts,
                in_group(group.group_of_ike_sa, group.group_only)?,
            )?,
            refuses_any_ke: group.refuses_any_ke,
            refuses_behind_nat: group.refuses_behind_nat,
        };
        self.fact(answer, &group.sources, group.grade, group.note.as_ref())
    }
}

/// What the sources leave possible where they do not say what a client offers.
fn readings(variant: &Variant) -> Result<PerExchange<Vec<RekeyOffer>>, String> {
    let mut all = PerExchange::default();
    for exchange in [Exchange::ChildRekeyByClient, Exchange::IkeRekeyByClient] {
        let key = exchange.to_string().replace('_', "-");
        let Some(group) = variant.readings.get(&key) else {
            continue;
        };
        let protocol = exchange.protocol();
        let offered = match protocol {
            Protocol::Ike => variant.ike_sa_init.as_ref().map(|group| &group.offers),
            Protocol::Ah | Protocol::Esp => variant.ike_auth.as_ref().map(|group| &group.offers),
        };
        let reading = |reading: &Reading| -> Result<RekeyOffer, String> {
            Ok(match reading {
                Reading::Word(ReadingWord::Negotiated) => RekeyOffer::Negotiated,
                Reading::Word(ReadingWord::NegotiatedInIkeGroup) => {
                    RekeyOffer::NegotiatedInIkeGroup
                }
                Reading::Word(ReadingWord::Offered) => {
                    let list =
                        offered.ok_or_else(|| format!("`{key}`: nothing is offered first"))?;
                    RekeyOffer::List(proposals(protocol, list)?)
                }
                Reading::List(list) => RekeyOffer::List(proposals(protocol, list)?),
            })
        };
        all[exchange] = group.offers.iter().map(reading).collect::<Result<_, _>>()?;
    }
    Ok(all)
}

/// Octets in hexadecimal digits.
pub(super) fn octets(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| {
        let all = pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
        let pair = std::str::from_utf8(pair).ok().filter(|_| all)?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs
        .collect::<Option<Vec<u8>>>()
        .filter(|it| !it.is_empty())
}

/// The order of transform types that words such as `encr-prf-integ-ke` name.
fn transform_order(words: &str) -> Vec<TransformType> {
    let named = |word: &str| {
        let mut types = TransformType::COMPARED.into_iter();
        types.find(|kind| {
            kind.name()
                .is_some_and(|name| name.eq_ignore_ascii_case(word))
        })
    };
    words.split('-').filter_map(named).collect()
}

/// The algorithms of a set of values.
fn transforms(set: &ValueSet) -> Result<Vec<Transform>, String> {
    let words = set.encryption.iter().chain(&set.integrity);
    let words = words.chain(&set.prf).chain(&set.key_exchange);
    let transform =
        |word: &String| swan::keyword(word).ok_or_else(|| format!("`{word}` is no algorithm"));
    let additional = |word: &String| {
        let hybrid = additional_key_exchange(word);
        hybrid.ok_or_else(|| format!("`{word}` is no additional key exchange"))
    };
    let additional = set.additional_key_exchange.iter().map(additional);
    words.map(transform).chain(additional).collect()
}

/// The methods that a client may offer besides.
fn may_add(group: &IkeGroup) -> Result<Vec<Ke>, String> {
    let method = |word: &String| {
        let known = swan::keyword(word).filter(|it| it.kind == TransformType::KE);
        let known = known.and_then(|it| Ke::from_repr(it.id));
        known.ok_or_else(|| format!("`{word}` is no key exchange method"))
    };
    group.may_add.iter().map(method).collect()
}

/// A key exchange method as the first additional key exchange.
pub(super) fn additional_key_exchange(word: &str) -> Option<Transform> {
    let method = swan::keyword(word).filter(|it| it.kind == TransformType::KE && !it.is_none())?;
    Some(Transform {
        kind: TransformType::ADDKE1,
        ..method
    })
}

/// What a rekeying does with the group of the IKE SA.
#[derive(Clone, Copy)]
enum InGroup {
    /// Nothing.
    No,
    /// Uses it, and goes without it where the list allows.
    Yes,
    /// The client refuses a server without it.
    Only,
}

fn in_group(group_of_ike_sa: bool, group_only: bool) -> Result<InGroup, String> {
    match (group_of_ike_sa, group_only) {
        (false, false) => Ok(InGroup::No),
        (true, false) => Ok(InGroup::Yes),
        (true, true) => Ok(InGroup::Only),
        (false, true) => Err("`group-only` stands without `group-of-ike-sa`".to_owned()),
    }
}

/// What a rekeying offers or accepts.
fn words(protocol: Protocol, words: &RekeyWords, group: InGroup) -> Result<RekeyOffer, String> {
    Ok(match (words, group) {
        (RekeyWords::List(list), InGroup::No) => RekeyOffer::List(proposals(protocol, list)?),
        (RekeyWords::List(list), InGroup::Yes) => {
            RekeyOffer::ListInIkeGroup(proposals(protocol, list)?)
        }
        (RekeyWords::Negotiated, InGroup::No) => RekeyOffer::Negotiated,
        (RekeyWords::Negotiated, InGroup::Yes) => RekeyOffer::NegotiatedInIkeGroup,
        (RekeyWords::Negotiated, InGroup::Only) => RekeyOffer::NegotiatedOnlyInIkeGroup,
        (RekeyWords::List(_), InGroup::Only) => {
            return Err("`group-only` stands beside a list, which says it itself".to_owned());
        }
        (RekeyWords::Neither, _) => {
            return Err("it offers neither a list nor `negotiated`".to_owned());
        }
    })
}

/// Proposals as they stand: nothing is derived.
fn proposals(protocol: Protocol, list: &[String]) -> Result<Vec<Proposal>, String> {
    list.iter()
        .map(|text| {
            let transforms = swan::transforms(text).map_err(|unknown| {
                let word = unknown.first().and_then(|place| text.get(place.clone()));
                format!("`{}` is no algorithm keyword", word.unwrap_or(text))
            })?;
            let transforms = transforms.into_iter().map(|(_, transform)| transform);
            Ok(Proposal::new(protocol, transforms))
        })
        .collect()
}

/// The grade of a fact: the best of its sources, or the lower one that is stated.
pub(super) fn grade_of(
    known: &IndexMap<String, SourceShape>,
    sources: &[String],
    stated: Option<Grade>,
) -> Result<Grade, String> {
    let mut best = None;
    for key in sources {
        let source = known.get(key);
        let source = source.ok_or_else(|| format!("`{key}` is no source"))?;
        best = Some(best.map_or(source.grade, |best: Grade| best.min(source.grade)));
    }
    let best = best.ok_or_else(|| "a fact names no source".to_owned())?;
    Ok(stated.map_or(best, |stated| stated.max(best)))
}
