//! Two daemons against each other: list against list, in all six exchanges.

use crate::compat::exchange::{self, Outcome, Side};
use crate::compat::gap::{self, Gap};
use crate::compat::select::Rule;
use crate::compat::tunnel::{Childless, Tunnel, childless_tunnel, tunnel};
use crate::diag;
use crate::dialect::swan;
use crate::ike::{Proposal, Protocol};
use crate::peer::{Build, Engine, Exchange};
use crate::profile::servers::Defaults;
use crate::profile::{Broken, Database};

/// A daemon of one build and configuration.
pub struct Daemon {
    build: Build,
    defaults: Option<Defaults>,
    rule: Rule,
    engine: Engine,
}

impl Daemon {
    /// A daemon of strongSwan; `prefers_own` says whether it walks its own list first when it answers
    /// (`charon.prefer_configured_proposals`).
    pub fn new(engine: Engine, prefers_own: bool) -> Result<Self, Broken> {
        let database = Database::builtin();
        Ok(Self {
            build: database.build(engine)?,
            defaults: database.defaults(engine)?,
            rule: Rule::Charon { prefers_own },
            engine,
        })
    }

    /// Loads a list as the daemon does: one bad proposal discards it. `Err` is the daemon's reason.
    pub fn configure(
        &self,
        protocol: Protocol,
        words: &[impl AsRef<str>],
    ) -> Result<Vec<Proposal>, String> {
        let generation = swan::Generation::of_major(self.engine.version.major());
        let mut list = Vec::new();
        for word in words {
            let word = word.as_ref();
            if word.trim().eq_ignore_ascii_case("default") {
                let engine = self.engine;
                let defaults = self.defaults.as_ref();
                let defaults =
                    defaults.ok_or_else(|| format!("the default list of {engine} is not known"))?;
                list.extend_from_slice(match protocol {
                    Protocol::Ike => &defaults.ike,
                    Protocol::Ah | Protocol::Esp => &defaults.esp,
                });
                continue;
            }
            // The daemon reads what its buffer holds and never learns that there was more.
            let word = generation.read_part(word);
            if let Some(unknown) = generation.first_unknown(word) {
                return Err(format!("algorithm '{}' not recognized", &word[unknown]));
            }
            list.push(swan::parse(protocol, word).map_err(|why| why.to_string())?);
        }
        Ok(list)
    }

    /// What there is to say of the first word that is no keyword of this version: since when it is one, or which was
    /// probably meant.
    pub fn about_unknown(&self, words: &[impl AsRef<str>]) -> Option<String> {
        let generation = swan::Generation::of_major(self.engine.version.major());
        let mut unknown = words.iter().filter_map(|word| {
            let word = generation.read_part(word.as_ref());
            Some(&word[generation.first_unknown(word)?])
        });
        let word = unknown.next()?;
        if let Some(known) = generation.known_elsewhere(word) {
            return Some(known.to_owned());
        }
        let known = swan::keywords().filter(|known| generation.knows(known));
        diag::nearest(word, known).map(|near| format!("did you mean `{near}`?"))
    }

    /// Loads a word of `childless`. `Err` is the daemon's reason.
    pub fn childless(&self, word: &str) -> Result<Childless, String> {
        let known = word.parse().ok();
        let known = known.filter(|mode| *mode != Childless::Prefer || self.build.prefers_childless);
        known.ok_or_else(|| "invalid value for: childless".to_owned())
    }

    /// One side with these lists.
    pub fn side<'a>(&'a self, ike: &'a [Proposal], esp: &'a [Proposal]) -> Side<'a> {
        Side {
            ike,
            esp,
            build: &self.build,
            rule: self.rule,
            with_private: false,
        }
    }
}

/// What two sides make of each other.
pub struct Negotiation<'a> {
    /// The side that begins the connection.
    pub initiator: Side<'a>,
    /// The other one.
    pub responder: Side<'a>,
    /// What comes of each exchange.
    pub outcomes: Tunnel,
    /// Whether the lists of ESP were compared; if not, IKE_SA_INIT alone was played.
    pub with_esp: bool,
}

/// Plays IKE_SA_INIT alone.
pub fn negotiate_ike<'a>(initiator: Side<'a>, responder: Side<'a>) -> Negotiation<'a> {
    Negotiation {
        initiator,
        responder,
        outcomes: Tunnel {
            ike_sa_init: exchange::ike_sa_init(initiator, responder),
            ike_auth: Outcome::NotReached,
            child_rekey_by_client: Outcome::NotReached,
            child_rekey_by_server: Outcome::NotReached,
            ike_rekey_by_client: Outcome::NotReached,
            ike_rekey_by_server: Outcome::NotReached,
        },
        with_esp: false,
    }
}

/// Plays all exchanges.
pub fn negotiate<'a>(initiator: Side<'a>, responder: Side<'a>) -> Negotiation<'a> {
    Negotiation {
        initiator,
        responder,
        outcomes: tunnel(initiator, responder),
        with_esp: true,
    }
}

/// Plays all exchanges between two sides with these settings of `childless`.
pub fn negotiate_childless<'a>(
    initiator: (Side<'a>, Childless),
    responder: (Side<'a>, Childless),
) -> Negotiation<'a> {
    Negotiation {
        initiator: initiator.0,
        responder: responder.0,
        outcomes: childless_tunnel(initiator, responder),
        with_esp: true,
    }
}

/// The pair of proposals that is nearest to an agreement, numbered from 0 in configured order.
pub(crate) struct NearestPair {
    /// Of the initiator of the connection.
    pub initiator: usize,
    /// Of its responder.
    pub responder: usize,
    /// What it lacks; the asking side of the exchange in `asked`.
    pub gaps: Vec<Gap>,
}

impl<'a> Negotiation<'a> {
    /// The exchanges that were played, with what came of each.
    pub(crate) fn played(&self) -> impl Iterator<Item = (Exchange, &Outcome)> {
        let all = self.outcomes.iter();
        all.filter(|(exchange, _)| self.with_esp || *exchange == Exchange::IkeSaInit)
    }

    /// Whether every exchange that was played ends in agreement.
    pub fn agrees(&self) -> bool {
        self.played()
            .all(|(_, outcome)| outcome.agreement().is_some())
    }

    /// The side that asks in an exchange, and the one that answers.
    pub(crate) fn sides(&self, exchange: Exchange) -> (Side<'a>, Side<'a>) {
        if exchange.is_by_server() {
            (self.responder, self.initiator)
        } else {
            (self.initiator, self.responder)
        }
    }

    /// How many proposals the asking and the answering side compare.
    pub(crate) fn lengths(&self, exchange: Exchange) -> (usize, usize) {
        let (asking, answering) = self.sides(exchange);
        match exchange.protocol() {
            Protocol::Ike => (asking.ike.len(), answering.ike.len()),
            Protocol::Ah | Protocol::Esp => (asking.esp.len(), answering.esp.len()),
        }
    }

    /// The nearest pair of an exchange without agreement; `None` if a list is empty.
    pub(crate) fn nearest(&self, exchange: Exchange) -> Option<NearestPair> {
        let (asking, answering) = self.sides(exchange);
        let (asked, answered) = match exchange.protocol() {
            Protocol::Ike => (asking.ike, answering.ike),
            Protocol::Ah | Protocol::Esp => (asking.esp, answering.esp),
        };
        let terms = answering.terms(exchange.compares_groups());
        let nearest = gap::nearest(asked, answered, terms, |_, _, _| ())?;
        let (initiator, responder) = by_connection(exchange, nearest.asked, nearest.answered);
        Some(NearestPair {
            initiator,
            responder,
            gaps: nearest.gaps,
        })
    }
}

/// What belongs to the asking and to the answering side, as the initiator's and the responder's.
pub(crate) fn by_connection<T>(exchange: Exchange, asking: T, answering: T) -> (T, T) {
    if exchange.is_by_server() {
        (answering, asking)
    } else {
        (asking, answering)
    }
}
