//! Which known client an offer looks like, and in what it differs.
//!
//! The offer of IKE_SA_INIT is sent in the clear and is as good as a name: proposals, their order,
//! the order of transforms inside them, the group of the KE payload. Several releases may send the
//! same one; then all of them are given.

use std::fmt::{self, Display, Formatter};

use crate::diag::and_list;
use crate::ike::{Proposal, Transform, TransformType};
use crate::peer::{Client, EngineName};

use super::select::Offer;

/// Longer offers are compared as far as this.
const MOST: usize = 64;

/// What a proposal too many or too few costs, in transform types that differ.
const WHOLE: usize = 3;

/// An offer as it was seen.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// IKE proposals in wire order.
    pub ike: &'a [Proposal],
    /// Group of the KE payload, if it was seen.
    pub key_exchange: Option<Transform>,
    /// Order of transform types inside a proposal, if the wire was seen.
    pub type_order: Option<&'a [TransformType]>,
    /// ESP proposals of the first child SA, if they were seen.
    pub esp: Option<&'a [Proposal]>,
}

/// In what an offer differs from that of a known client. Proposals are numbered from 1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Difference {
    /// The same proposals stand in another order.
    Order,
    /// The known client offers this too.
    Missing(Proposal),
    /// The known client does not offer this.
    Extra {
        /// Its number in the offer.
        number: usize,
        /// What it is.
        proposal: Proposal,
    },
    /// A proposal has other transforms of a type.
    Changed {
        /// Its number in the offer.
        number: usize,
        /// The type.
        kind: TransformType,
        /// In the offer.
        observed: Vec<Transform>,
        /// What the known client offers.
        known: Vec<Transform>,
    },
    /// The KE payload is for another group.
    KeyExchange {
        /// In the offer.
        observed: Transform,
        /// The known client's.
        known: Transform,
    },
    /// Transform types stand in another order inside the proposals.
    TypeOrder {
        /// In the offer.
        observed: Vec<TransformType>,
        /// The known client's.
        known: Vec<TransformType>,
    },
}

/// How an offer compares with that of a known client.
#[derive(Clone, Debug)]
pub struct Likeness<'c> {
    /// The known client.
    pub client: &'c Client,
    /// Everything that differs.
    pub differences: Vec<Difference>,
    /// How much it is, in transform types.
    pub distance: usize,
}

impl Likeness<'_> {
    /// Whether nothing differs.
    pub fn is_equal(&self) -> bool {
        self.differences.is_empty()
    }

    /// Whether so little differs that the client may be an unknown release or set-up of this one.
    pub(crate) fn is_near(&self, offer: &[Proposal]) -> bool {
        self.distance <= (offer.len() / 3).min(WHOLE)
    }
}

/// Compares an offer with every client whose offer is known, the nearest first.
pub fn likenesses<'c>(
    observed: &Observed<'_>,
    clients: impl IntoIterator<Item = &'c Client>,
) -> Vec<Likeness<'c>> {
    let compared = |client| likeness(observed, client);
    let mut found: Vec<_> = clients.into_iter().filter_map(compared).collect();
    found.sort_by_key(|it| it.distance);
    found
}

/// Whom an offer looks like.
#[derive(Clone, Debug)]
pub(crate) struct Resemblance<'c> {
    /// The clients that send exactly this offer, or the one that comes nearest.
    pub clients: Vec<&'c Client>,
    /// Everything that differs; nothing of clients that send exactly this.
    pub differences: Vec<Difference>,
    /// The offer is one proposal, which many can send.
    pub is_short: bool,
    /// The order of transform types, where none of the clients was seen with it.
    pub strange_order: Option<String>,
}

/// Whom an offer looks like, if anybody.
///
/// Not every profile knows the order of transform types. It decides between clients where it is
/// known, and speaks against all of them where none has it.
pub(crate) fn resemblance<'c>(
    observed: &Observed<'_>,
    clients: impl IntoIterator<Item = &'c Client>,
) -> Option<Resemblance<'c>> {
    let of_lists = Observed {
        type_order: None,
        ..*observed
    };
    let mut found = recognise(&of_lists, clients);
    let known = |it: &Likeness<'_>| it.client.transform_order.is_some();
    let fits = |it: &Likeness<'_>| {
        let orders = observed
            .type_order
            .zip(it.client.transform_order.as_deref());
        orders.is_none_or(|(seen, known)| seen == known)
    };
    let confirmed = found.iter().any(|it| known(it) && fits(it));
    let strange = !confirmed && found.iter().any(|it| !fits(it));
    if !strange {
        found.retain(fits);
    }
    let first = found.first()?;
    Some(Resemblance {
        differences: first.differences.clone(),
        is_short: observed.ike.len() == 1,
        strange_order: observed.type_order.filter(|_| strange).map(type_order),
        clients: found.iter().map(|it| it.client).collect(),
    })
}

impl Resemblance<'_> {
    /// What is to be said about it, as sentences without full stop; `named` calls a client.
    pub(crate) fn sentences(&self, named: impl Fn(&Client) -> String) -> Vec<String> {
        let mut names: Vec<_> = self.clients.iter().map(|client| named(client)).collect();
        names.dedup();
        let names = and_list(&names);
        if !self.differences.is_empty() {
            let first = format!("the offer comes nearest to that of {names}");
            let differences = self.differences.iter().map(ToString::to_string);
            return [first].into_iter().chain(differences).collect();
        }
        let mut sentences = vec![if self.is_short {
            format!("the one proposal of the offer is also that of {names}")
        } else {
            format!("the offer is that of {names}")
        }];
        sentences.extend(self.strange_order.as_ref().map(|order| {
            format!(
                "but transforms stand in the order {order}, in which no capture of them shows them: \
                 another program may be configured alike"
            )
        }));
        sentences
    }
}

/// The clients that send exactly this offer; if there are none, the nearest one if it is near.
pub fn recognise<'c>(
    observed: &Observed<'_>,
    clients: impl IntoIterator<Item = &'c Client>,
) -> Vec<Likeness<'c>> {
    let mut found = likenesses(observed, clients);
    let equal = found.iter().filter(|it| it.is_equal()).count();
    if equal > 0 {
        found.retain(Likeness::is_equal);
    } else {
        found.truncate(1);
        found.retain(|it| it.is_near(observed.ike));
    }
    found
}

fn likeness<'c>(observed: &Observed<'_>, client: &'c Client) -> Option<Likeness<'c>> {
    let known = &client.ike_sa_init.stated()?.value;
    if observed.ike.is_empty() {
        return None;
    }
    let mut found = Found::default();
    let promoted = observed
        .key_exchange
        .filter(|_| client.engine == Some(EngineName::Strongswan))
        .map(|group| Offer::promoting(&known.proposals, group).to_proposals());
    // charon moves the group of its KE payload to the front of the list it was given.
    found.lists(
        observed.ike,
        promoted.as_deref().unwrap_or(&known.proposals),
    );
    if let (Some(observed), Some(esp), None) =
        (observed.esp, client.ike_auth.stated(), client.engine)
    {
        found.lists(observed, &esp.value);
    }
    if let (Some(seen), Some(known), None) =
        (observed.key_exchange, known.key_exchange, client.engine)
        && seen != known
    {
        found.distance += 1;
        found.differences.push(Difference::KeyExchange {
            observed: seen,
            known,
        });
    }
    if let (Some(seen), Some(known)) = (observed.type_order, &client.transform_order) {
        let seen: Vec<_> = seen.iter().copied().filter(|t| known.contains(t)).collect();
        let known: Vec<_> = known.iter().copied().filter(|t| seen.contains(t)).collect();
        if seen != known {
            found.distance += 1;
            found.differences.push(Difference::TypeOrder {
                observed: seen,
                known,
            });
        }
    }
    Some(Likeness {
        client,
        differences: found.differences,
        distance: found.distance,
    })
}

#[derive(Default)]
struct Found {
    differences: Vec<Difference>,
    distance: usize,
}

/// A step of the cheapest way from one list to the other.
#[derive(Clone, Copy)]
enum Step {
    Pair,
    Extra,
    Missing,
}

impl Found {
    fn lists(&mut self, observed: &[Proposal], known: &[Proposal]) {
        if observed == known {
            return;
        }
        let same = |list: &[Proposal], other: &[Proposal]| list.iter().all(|p| other.contains(p));
        if observed.len() == known.len() && same(observed, known) && same(known, observed) {
            self.distance += 1;
            self.differences.push(Difference::Order);
            return;
        }
        let observed = observed.get(..MOST).unwrap_or(observed);
        let known = known.get(..MOST).unwrap_or(known);
        let (mut at, mut against) = (0, 0);
        for step in cheapest(observed, known) {
            match step {
                Step::Pair => {
                    if let (Some(a), Some(b)) = (observed.get(at), known.get(against)) {
                        self.pair(at + 1, a, b);
                    }
                    (at, against) = (at + 1, against + 1);
                }
                Step::Extra => {
                    self.distance += WHOLE;
                    self.differences
                        .extend(observed.get(at).map(|proposal| Difference::Extra {
                            number: at + 1,
                            proposal: proposal.clone(),
                        }));
                    at += 1;
                }
                Step::Missing => {
                    self.distance += WHOLE;
                    let proposal = known.get(against).cloned();
                    self.differences.extend(proposal.map(Difference::Missing));
                    against += 1;
                }
            }
        }
    }

    fn pair(&mut self, number: usize, observed: &Proposal, known: &Proposal) {
        for kind in TransformType::COMPARED {
            let (a, b) = (observed.of(kind), known.of(kind));
            if a != b {
                self.distance += 1;
                self.differences.push(Difference::Changed {
                    number,
                    kind,
                    observed: a.to_vec(),
                    known: b.to_vec(),
                });
            }
        }
    }
}

/// In how many transform types two proposals differ.
fn not_compared(a: &Proposal, b: &Proposal) -> usize {
    let kinds = TransformType::COMPARED.into_iter();
    kinds.filter(|kind| a.of(*kind) != b.of(*kind)).count()
}

/// The cheapest way from one list to the other.
fn cheapest(observed: &[Proposal], known: &[Proposal]) -> Vec<Step> {
    let width = known.len() + 1;
    // costs[i][k]: of what stands behind place i of the one list and place k of the other.
    let mut costs = vec![vec![0; width]; observed.len() + 1];
    let mut steps = vec![vec![Step::Missing; width]; observed.len() + 1];
    for i in (0..=observed.len()).rev() {
        for k in (0..=known.len()).rev() {
            let mut best: Option<(usize, Step)> = None;
            let mut consider = |cost: usize, step| {
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, step));
                }
            };
            if i < observed.len() && k < known.len() {
                let cost = not_compared(&observed[i], &known[k]).min(2 * WHOLE);
                consider(costs[i + 1][k + 1] + cost, Step::Pair);
            }
            if i < observed.len() {
                consider(costs[i + 1][k] + WHOLE, Step::Extra);
            }
            if k < known.len() {
                consider(costs[i][k + 1] + WHOLE, Step::Missing);
            }
            if let Some((cost, step)) = best {
                costs[i][k] = cost;
                steps[i][k] = step;
            }
        }
    }
    let (mut i, mut k) = (0, 0);
    let mut way = Vec::new();
    while i < observed.len() || k < known.len() {
        let step = steps[i][k];
        i += usize::from(!matches!(step, Step::Missing));
        k += usize::from(!matches!(step, Step::Extra));
        way.push(step);
    }
    way
}

impl Display for Difference {
    /// What differs, as a sentence without full stop.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order => f.write_str("the same proposals stand in another order"),
            Self::Missing(proposal) => {
                write!(f, "the known client offers {} too", spelled(proposal))
            }
            Self::Extra { number, proposal } => write!(
                f,
                "the known client does not offer proposal {number}, {}",
                spelled(proposal)
            ),
            Self::Changed {
                number,
                kind,
                observed,
                known,
            } => write!(
                f,
                "{} of proposal {number}: {} here, {} of the known client",
                kind.noun(),
                listed(observed),
                listed(known)
            ),
            Self::KeyExchange { observed, known } => write!(
                f,
                "the KE payload is for {}, that of the known client for {}",
                word(*observed),
                word(*known)
            ),
            Self::TypeOrder { observed, known } => write!(
                f,
                "transforms stand in the order {}, those of the known client in the order {}",
                type_order(observed),
                type_order(known)
            ),
        }
    }
}

/// An order of transform types as profiles write it: `encr-prf-integ-ke`.
pub fn type_order(types: &[TransformType]) -> String {
    let names = types.iter().map(|kind| match kind.name() {
        Some(name) => name.to_lowercase(),
        None => kind.0.to_string(),
    });
    names.collect::<Vec<_>>().join("-")
}

fn word(transform: Transform) -> String {
    crate::dialect::keyword::of_transform(transform)
}

fn listed(transforms: &[Transform]) -> String {
    if transforms.is_empty() {
        return "none".to_owned();
    }
    let words: Vec<_> = transforms.iter().map(|t| word(*t)).collect();
    words.join(", ")
}

fn spelled(proposal: &Proposal) -> String {
    let words: Vec<_> = proposal.transforms().iter().map(|t| word(*t)).collect();
    words.join("-")
}
