//! Plans and servers to write: out of the database, and one suite at a time.

use std::sync::LazyLock;

use ikecompat::answer::{ServerText, reading};
use ikecompat::diag::{Diagnostic, Sources};
use ikecompat::dialect::swan;
use ikecompat::format::Format;
use ikecompat::ike::{Proposal, Protocol, Suite, Transform, TransformType};
use ikecompat::peer::server::Product;
use ikecompat::peer::{
    Child, Client, Configuration, Connection, Engine, Entry, Origin, Policy, Server,
};
use ikecompat::profile::Database;
use ikecompat::read;
use ikecompat::recommend::{self, Names, Plan, PlanRequest};
use itertools::Itertools as _;

/// A plan.
pub(super) struct Planned {
    pub(super) name: String,
    pub(super) product: Product,
    pub(super) plan: Plan,
}

impl Planned {
    /// The server that the plan makes.
    pub(super) fn server(&self) -> Server {
        let names = Names {
            connection: Some("Work VPN"),
            address: Some("vpn.example.com"),
            remote_id: Some("vpn.example.com"),
        };
        recommend::server(&self.plan, names)
    }
}

pub(super) const PRODUCTS: [Product; 6] = [
    Product::Libreswan,
    Product::Openiked,
    Product::Opnsense,
    Product::Pfsense,
    Product::Rras,
    Product::Strongswan,
];

/// Every plan for one client of the database, for every two of the aliases, and for all aliases,
/// with and without changes on the clients, for every product.
pub(super) fn plans() -> &'static [Planned] {
    static PLANS: LazyLock<Vec<Planned>> = LazyLock::new(|| {
        let database = Database::builtin();
        let policy = database.policy("rfc8247").unwrap();
        let aliases = ["osx", "macos-13", "ios-16", "android", "windows"];
        let all = database.select("all").unwrap_or_default();
        // Clients that offer the same and are configured alike have the same plan.
        let same = |client: &Client| {
            let Client {
                ike_sa_init,
                ike_auth,
                child_rekey_by_client,
                method,
                ..
            } = client;
            format!("{ike_sa_init:?} {ike_auth:?} {child_rekey_by_client:?} {method:?}")
        };
        let all = all.into_iter().unique_by(|one| same(&one.client));
        let alone = all.map(|one| vec![one.client]);
        let select = |words: &str| -> Vec<Client> {
            let selected = database.select(words).unwrap_or_default();
            selected.into_iter().map(|one| one.client).collect()
        };
        let pairs = aliases.iter().array_combinations::<2>();
        let pairs = pairs.map(|[one, other]| select(&format!("{one},{other}")));
        let everybody = std::iter::once(select(&aliases.join(",")));
        let sets: Vec<_> = alone.chain(pairs).chain(everybody).collect();
        let mut plans = Vec::new();
        for (clients, product) in itertools::iproduct!(&sets, PRODUCTS) {
            let Some(free) = planned(clients, product, true, &policy) else {
                continue;
            };
            // Without a client to configure, leaving them as they are gives the same plan.
            let restricted = !free.plan.reconfigured.is_empty();
            plans.push(free);
            if restricted {
                plans.extend(planned(clients, product, false, &policy));
            }
        }
        plans
    });
    &PLANS
}

fn planned(
    clients: &[Client],
    product: Product,
    client_changes: bool,
    policy: &Policy,
) -> Option<Planned> {
    let request = PlanRequest {
        client_changes,
        ..PlanRequest::new(clients, product, policy)
    };
    let ids = clients.iter().map(|client| client.id.as_str()).join(",");
    Some(Planned {
        name: format!("{ids} on {product}, changes {client_changes}"),
        product,
        plan: recommend::recommend(request).ok()?,
    })
}

/// A server of one connection with these proposals.
pub(super) fn server(ike: &[Proposal], esp: &[Proposal]) -> Server {
    let entry = |proposal: &Proposal| Entry::new(proposal.clone(), Origin::Argument);
    Server {
        file: String::new(),
        product: None,
        engine: Engine::STRONGSWAN_5_9_8,
        prefers_own: true,
        address: None,
        remote_id: None,
        connection_name: None,
        nat: None,
        connections: vec![Connection {
            name: "a".to_owned(),
            ike: ike.iter().map(entry).collect(),
            children: vec![Child {
                name: "b".to_owned(),
                esp: esp.iter().map(entry).collect(),
                ..Child::default()
            }],
            ..Connection::default()
        }],
        built_with: Vec::new(),
        clients: Vec::new(),
        definitions: Default::default(),
    }
}

/// One proposal in strongSwan's keywords.
pub(super) fn proposal(protocol: Protocol, text: &str) -> Proposal {
    swan::parse(protocol, text).unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// Every transform of a type that strongSwan 5 has a keyword for.
fn of_type(kind: TransformType) -> Vec<Transform> {
    let known = |(word, _): &&(&str, Transform)| swan::Generation::Five.knows(word);
    let all = swan::KEYWORDS
        .iter()
        .filter(known)
        .map(|(_, transform)| *transform);
    all.filter(|t| t.kind == kind && !t.is_none())
        .unique()
        .collect()
}

/// Suites of one protocol: every cipher with every hash in two groups, and every group with a
/// classic and an AEAD cipher.
pub(super) fn suites(protocol: Protocol) -> Vec<Suite> {
    let ciphers = of_type(TransformType::ENCR);
    let hashes = of_type(TransformType::INTEG);
    let groups = of_type(TransformType::KE);
    let usual = ["modp2048", "ecp384"].map(|word| swan::keyword(word).unwrap());
    let plain = ["aes256", "aes256gcm16"].map(|word| swan::keyword(word).unwrap());
    let sha256 = swan::keyword("sha256").unwrap();
    let all = itertools::iproduct!(ciphers, hashes, usual);
    let all = all.chain(itertools::iproduct!(plain, [sha256], groups));
    let mut suites = Vec::new();
    for (encr, integ, ke) in all {
        let mut suite = Suite::of(protocol, [encr]);
        if !encr.is_aead() {
            suite.set(integ);
        }
        if protocol == Protocol::Ike {
            let Some(prf) = swan::prf_of(integ) else {
                continue;
            };
            suite.set(prf);
            suite.set(ke);
            suites.push(suite);
        } else {
            suite.set(swan::keyword("noesn").unwrap());
            suites.push(suite);
            suite.set(ke);
            suites.push(suite);
        }
    }
    suites.into_iter().unique().collect()
}

/// Reads a text as the configuration of a server.
pub(super) fn read(format: Format, text: &[u8]) -> Result<Server, String> {
    let text = ServerText {
        format: Some(format),
        ..ServerText::new("written", text)
    };
    let reading = reading::server(&text, &Database::builtin(), &mut Sources::new());
    Ok(reading.map_err(shown)?.value)
}

/// Reads a text as the file of a client.
pub(super) fn read_client(format: Format, text: &[u8]) -> Result<Configuration, String> {
    static UNSET: LazyLock<Client> = LazyLock::new(|| {
        let selected = Database::builtin().select("ios-16").unwrap_or_default();
        selected.into_iter().next().unwrap().client
    });
    let mut sources = Sources::new();
    let file = sources.add_octets("written", text).map_err(shown)?;
    let reading = read::client(&mut sources, file, format, &UNSET).map_err(shown)?;
    Ok(reading.value)
}

fn shown(diagnostics: Vec<Diagnostic>) -> String {
    diagnostics.into_iter().map(|one| one.message).join("; ")
}

/// The proposals of a server: those of IKE and of ESP, connection by connection.
pub(super) fn proposals(server: &Server) -> Vec<(Vec<&Proposal>, Vec<&Proposal>)> {
    server
        .connections
        .iter()
        .map(|connection| {
            let esp = connection.children.iter().flat_map(|child| &child.esp);
            (
                connection.ike.iter().map(|entry| &entry.proposal).collect(),
                esp.map(|entry| &entry.proposal).collect(),
            )
        })
        .collect()
}
