//! A server as libreswan's `ipsec.conf`. strongSwan's file of the same name is another language,
//! see [`crate::write::config::ipsec_conf`].
//!
//! `ikev2=yes` is the spelling that versions 4 and 5 both read. `pfs=` and `esn=` hold for a whole
//! connection and are always written: by default PFS uses the group of the IKE SA, and 4.x
//! proposes both sizes of sequence numbers.

use std::io::Write;
use std::time::Duration;

use crate::dialect::pluto::{self, Release};
use crate::dialect::{Inexpressible, swan};
use crate::ike::{Proposal, Protocol, Sn, Suite, Transform, TransformType};
use crate::peer::server::{IkeVersions, Mode, Product, Spanned};
use crate::peer::setting::{KeySet, Setting};
use crate::peer::{Child, Connection, Engine, EngineName, Entry, Role, Server, Version};
use crate::write::config::carry::{Scope, carried};
use crate::write::config::format::Choices;
use crate::write::config::ipsec_conf::{quoted, verbatim};
use crate::write::config::refusal::{Failure, Refusal, words};
use crate::write::config::setup::{
    Auth, CERTIFICATE, DNS, POOL_RANGE, certificates, local_id, pools, version_one, word,
};

/// Where the syntax is written.
const SOURCE: &str = "https://libreswan.org/man/ipsec.conf.5.html";

/// The longest lifetime of an SA that pluto takes (libreswan, ipsec.conf(5), `ikelifetime`).
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// pluto's `rekeymargin` if nothing is written.
const MARGIN: Duration = Duration::from_secs(9 * 60);

/// The lists of one child, and what holds for all of it.
struct Lists {
    ike: Vec<String>,
    /// Whether additional key exchanges need IKE_INTERMEDIATE.
    intermediate: bool,
    esp: Vec<String>,
    pfs: bool,
    esn: &'static str,
}

/// Writes the file. Returns what it could not carry.
pub(crate) fn write(
    server: &Server,
    choices: Choices,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let release = release(server, choices.release);
    let (mut refused, mut lost, mut taken) = (Vec::new(), Vec::new(), Vec::new());
    if server.definitions.keys == Some(KeySet::Libreswan) {
        out.write_all(verbatim::write(server, &mut lost).as_bytes())?;
        return Ok(lost);
    }
    let mut text = String::from("config setup\n");
    for connection in server.connections.iter().filter(|c| c.not_loaded.is_none()) {
        let auth = Auth::of_clients(connection, choices.auth);
        for (place, child) in connection.children.iter().enumerate() {
            let lists = lists((server, release), connection, child, &mut refused);
            let name = match place {
                0 => connection.name.clone(),
                _ => format!("{}-{}", connection.name, child.name),
            };
            let name = word(&name, &mut taken);
            text.push_str(&format!("\nconn {name}\n"));
            conn(&mut text, server, (connection, child), auth, &mut lost);
            proposals(&mut text, &lists, child);
            times(&mut text, server, (connection, child), &mut lost);
            settings(&mut text, server, connection, child);
        }
    }
    if !refused.is_empty() {
        return Err(Failure::Refused(refused));
    }
    out.write_all(text.as_bytes())?;
    Ok(lost)
}

fn line(text: &mut String, key: &str, value: &str) {
    text.push_str(&format!("\t{key}={value}\n"));
}

/// The release whose words are written: the one that is asked for, else that of a server that runs libreswan, else
/// one whose words every known release has.
fn release(server: &Server, asked: Option<Version>) -> Version {
    let own = server.engine.name == EngineName::Libreswan;
    let own = own.then_some(server.engine.version);
    asked.or(own).unwrap_or(COMMON)
}

/// A release whose words all others read.
const COMMON: Version = Version::new(4, 0, 0);

/// Whether a release has words for the suite.
pub(crate) fn expresses(suite: &Suite, release: Option<Version>) -> bool {
    let release = release.unwrap_or(COMMON);
    spelt(&suite.to_proposal(), release, false).is_ok()
}

fn refuse(what: String, limit: &'static str) -> Inexpressible {
    Inexpressible {
        what,
        product: "libreswan",
        limit,
        source: SOURCE,
    }
}

/// A proposal of a list; `with_none` says that there is no group, which has to be said in a list
/// where others have one.
fn spelt(proposal: &Proposal, release: Version, with_none: bool) -> Result<String, Inexpressible> {
    let engine = Engine {
        name: EngineName::Libreswan,
        version: release,
    };
    if has_additional(proposal) && !Product::Libreswan.has_hybrids(engine) {
        let limit = "additional key exchanges, `addke1=`, came with release 5.4, which `--to libreswan@5.4` writes for";
        return Err(refuse(words(proposal), limit));
    }
    let release = Release::of_major(release.major());
    let plain = proposal.without(|kind| kind == TransformType::SN);
    let integrity = plain.of(TransformType::INTEG);
    let own: Vec<_> = integrity.iter().filter_map(|t| swan::prf_of(*t)).collect();
    if plain.protocol() == Protocol::Ike
        && !integrity.is_empty()
        && plain.of(TransformType::PRF) != own
    {
        let limit =
            "integrity and PRF that differ are read in one order by 4.x and in the other by 5.x";
        return Err(refuse(words(proposal), limit));
    }
    let text = pluto::write(&plain).ok_or_else(|| {
        refuse(
            words(proposal),
            "it has no words for these algorithms together, or for one of them",
        )
    })?;
    // Read back: nothing is written that libreswan would refuse or understand in another way.
    let same = pluto::parse(plain.protocol(), &text, release);
    if same.as_ref() != Ok(&plain) {
        let limit = "the release has not all of these algorithms built in, or adds others to them";
        return Err(refuse(words(proposal), limit));
    }
    let groupless = proposal.of(TransformType::KE).is_empty();
    Ok(if with_none && groupless {
        format!("{text};none")
    } else {
        text
    })
}

fn lists(
    (server, release): (&Server, Version),
    connection: &Connection,
    child: &Child,
    refused: &mut Vec<Refusal>,
) -> Lists {
    let own = if child.ah.is_empty() {
        &child.esp
    } else {
        &child.ah
    };
    let groups = |entry: &Entry| {
        let groups = entry.proposal.of(TransformType::KE);
        groups.iter().any(|group| !group.is_none())
    };
    let pfs = match server.engine.name.row().has_pfs_switch {
        true => child.pfs.unwrap_or(true),
        false => own.iter().any(groups),
    };
    let says = |suite: &Suite| expresses(suite, Some(release));
    let mut list = |entries: &[Entry], with_none| -> Vec<String> {
        let mut texts = Vec::new();
        for entry in entries {
            match spelt(&entry.proposal, release, with_none) {
                Ok(text) => texts.push(text),
                Err(why) => refused.push(Refusal::of_entry(entry, why, says)),
            }
        }
        texts
    };
    let lists = Lists {
        ike: list(&connection.ike, false),
        intermediate: connection.ike.iter().any(|it| has_additional(&it.proposal)),
        esp: list(own, pfs),
        pfs,
        esn: own.first().map_or("no", |entry| esn(&entry.proposal)),
    };
    let first = |entry: &Entry| entry.proposal.first_ke().filter(|ke| !ke.is_none());
    let group = own.iter().find_map(first);
    let others = own
        .iter()
        .filter(|e| first(e).is_some() && first(e) != group);
    refused.extend(others.map(|entry| {
        let limit = "the ESP proposals of a connection begin with one group, it has no INVALID_KE_PAYLOAD for child SAs";
        let same = |s: &Suite| s.ke() == group && says(s);
        Refusal::of_entry(entry, refuse(words(&entry.proposal), limit), same)
    }));
    let others = own.iter().filter(|entry| esn(&entry.proposal) != lists.esn);
    refused.extend(others.map(|entry| {
        let limit = "`esn=` holds for all proposals of a connection";
        Refusal::of_entry(entry, refuse(words(&entry.proposal), limit), says)
    }));
    lists
}

/// Whether a proposal has additional key exchanges.
fn has_additional(proposal: &Proposal) -> bool {
    let mut transforms = proposal.transforms().iter();
    transforms.any(|t| t.kind.additional_round().is_some())
}

/// What `esn=` says of the sequence numbers of a proposal.
fn esn(proposal: &Proposal) -> &'static str {
    let long = proposal.contains(Transform::sn(Sn::Sequential64));
    let short = proposal.contains(Transform::sn(Sn::Sequential32));
    match (long, short) {
        (true, true) => "either",
        (true, false) => "yes",
        (false, _) => "no",
    }
}

fn proposals(text: &mut String, lists: &Lists, child: &Child) {
    if !lists.ike.is_empty() {
        line(text, "ike", &lists.ike.join(","));
    }
    if lists.intermediate {
        line(text, "intermediate", "yes");
    }
    if !lists.esp.is_empty() {
        let protocol = child.ah.first().map(|entry| entry.proposal.protocol());
        if protocol == Some(Protocol::Ah) {
            line(text, "phase2", "ah");
            line(text, "phase2alg", &lists.esp.join(","));
        } else {
            line(text, "esp", &lists.esp.join(","));
        }
    }
    line(text, "pfs", if lists.pfs { "yes" } else { "no" });
    line(text, "esn", lists.esn);
}

fn conn(
    text: &mut String,
    server: &Server,
    (connection, child): (&Connection, &Child),
    auth: Auth,
    lost: &mut Vec<String>,
) {
    let read = server.definitions.keys.is_some();
    lost.extend(version_one(connection));
    let version = match connection.versions {
        IkeVersions::Any | IkeVersions::Ikev2 => "yes",
        IkeVersions::Ikev1 => "no",
    };
    line(text, "ikev2", version);
    let own = connection.local.addresses.first();
    line(
        text,
        "left",
        &quoted(own.map_or("%defaultroute", |placed| &placed.value)),
    );
    line(text, "leftid", &quoted(&id(&local_id(server, connection))));
    if auth != Auth::Psk {
        certificate(text, server, connection);
    }
    let clients = connection.role == Role::RemoteAccess;
    if read {
        networks(text, "left", &child.local_networks);
        networks(text, "right", &child.remote_networks);
        let mode = child.mode.as_ref().map(|mode| mode.value);
        if mode.is_some_and(|mode| mode == Mode::Transport) {
            line(text, "type", "transport");
        }
        if child.truncated_sha256.is_some() {
            line(text, "sha2-truncbug", "yes");
        }
    } else if clients {
        line(text, "leftsubnet", "0.0.0.0/0");
    } else {
        lost.push(format!(
            "the networks of connection `{}`: add `leftsubnet` and `rightsubnet`",
            connection.name
        ));
    }
    let other = connection.remote.addresses.first();
    let other = other.filter(|_| !clients);
    line(
        text,
        "right",
        &quoted(other.map_or("%any", |placed| &placed.value)),
    );
    match (&connection.remote.id, auth) {
        (Some(id), _) => line(text, "rightid", &quoted(&id.value)),
        (None, Auth::Psk) => {}
        (None, _) => {
            line(text, "rightid", "%fromcert");
            line(text, "rightca", "%same");
        }
    }
    if read {
        let pools = pools(server, connection, "");
        let ranges = pools.defined.iter().flat_map(|pool| &pool.addresses);
        let ranges: Vec<_> = ranges.map(|it| range(it)).collect();
        if !ranges.is_empty() {
            line(text, "rightaddresspool", &quoted(&ranges.join(",")));
            line(text, "narrowing", "yes");
        }
    } else if clients {
        text.push_str("\t# replace: addresses that clients get inside of the tunnel\n");
        line(text, "rightaddresspool", POOL_RANGE);
        line(text, "narrowing", "yes");
        text.push_str("\t# replace: the DNS server that they ask through the tunnel\n");
        line(text, "modecfgdns", DNS);
        line(text, "mobike", "yes");
        line(text, "fragmentation", "yes");
        line(text, "dpddelay", "30s");
        line(text, "dpdtimeout", "120s");
    }
    match auth {
        Auth::Psk => {
            lost.push(format!(
                "the pre-shared key of connection `{}`: put it into ipsec.secrets",
                connection.name
            ));
            line(text, "authby", "secret");
        }
        Auth::Certificate => line(text, "authby", "rsasig"),
        Auth::EapMschapv2 | Auth::EapRadius | Auth::EapTls => {
            let name = &connection.name;
            lost.push(if auth == Auth::EapTls {
                format!("EAP-TLS of connection `{name}`: it is written as certificates without EAP, `leftautheap=tls` is left to you")
            } else {
                format!("passwords of connection `{name}`: libreswan has EAP-TLS alone ({SOURCE}), so it is written as certificates without EAP")
            });
            line(text, "authby", "rsasig");
        }
    }
}

/// The certificate of this side, and when it is sent, unless a setting of the source says that.
fn certificate(text: &mut String, server: &Server, connection: &Connection) {
    let own = certificates(server, &connection.local, Product::Libreswan);
    if own.is_empty() {
        text.push_str("\t# replace: the nickname of the server certificate in the NSS database\n");
    }
    line(
        text,
        "leftcert",
        &quoted(own.first().unwrap_or(&CERTIFICATE)),
    );
    let mut own = connection.settings.iter();
    let keys = server
        .definitions
        .keys
        .map(|from| (from, KeySet::Libreswan));
    let is_said = own.any(|setting| {
        let carried = keys.and_then(|keys| carried(keys, Scope::Connection, setting));
        carried.is_some_and(|it| it.key == "leftsendcert")
    });
    if !is_said {
        line(text, "leftsendcert", "always");
    }
}

/// `leftsubnet` or `rightsubnet`.
fn networks(text: &mut String, side: &str, networks: &[Spanned<String>]) {
    let networks = networks.iter().map(|it| it.value.as_str());
    let networks: Vec<_> = networks.filter(|it| !it.starts_with("dynamic")).collect();
    match networks.as_slice() {
        [] => {}
        [one] => line(text, &format!("{side}subnet"), &quoted(one)),
        several => line(text, &format!("{side}subnets"), &quoted(&several.join(","))),
    }
}

/// The first and the last address of a pool, where it is a network of IPv4.
fn range(pool: &str) -> String {
    let ends = || {
        let (network, bits) = pool.split_once('/')?;
        let network = u32::from(network.parse::<std::net::Ipv4Addr>().ok()?);
        let bits: u32 = bits.parse().ok().filter(|bits| (1..=30).contains(bits))?;
        let hosts = u32::MAX >> bits;
        let first = (network & !hosts) + 1;
        let last = (network | hosts) - 1;
        let address = std::net::Ipv4Addr::from;
        Some(format!("{}-{}", address(first), address(last)))
    };
    ends().unwrap_or_else(|| pool.to_owned())
}

/// Settings of another daemon's file that this one has too.
fn settings(text: &mut String, server: &Server, connection: &Connection, child: &Child) {
    let mut has_auto = false;
    let mut write = |scope: Scope, settings: &[Setting]| {
        let Some(keys) = server.definitions.keys else {
            return;
        };
        for setting in settings {
            let carried = carried((keys, KeySet::Libreswan), scope, setting);
            if let Some(carried) = carried {
                has_auto |= carried.key == "auto";
                line(text, carried.key, &quoted(&carried.value));
            }
        }
    };
    write(Scope::Connection, &connection.settings);
    write(Scope::Child, &child.settings);
    if !has_auto {
        line(text, "auto", "add");
    }
}

/// A host name is marked as one by `@`.
fn id(id: &str) -> String {
    let marked = id.starts_with('@') || id.contains(['=', '@']);
    if marked || id.parse::<std::net::IpAddr>().is_ok() {
        id.to_owned()
    } else {
        format!("@{id}")
    }
}

fn times(
    text: &mut String,
    server: &Server,
    (connection, of_child): (&Connection, &Child),
    lost: &mut Vec<String>,
) {
    let zero = Some(Duration::ZERO);
    let (ike, child) = (connection.rekey.ike, connection.rekey.child);
    if ike == zero || child == zero {
        line(text, "rekey", "no");
        if server.definitions.keys.is_none() {
            // An SA ends with its lifetime then, unless the client renews it before.
            let lifetime = |own: Option<&Spanned<Duration>>| own.map_or(LONGEST, |own| own.value);
            for (key, own) in [
                ("ikelifetime", lifetime(connection.lifetime.as_ref())),
                ("salifetime", lifetime(of_child.lifetime.as_ref())),
            ] {
                line(text, key, &format!("{}s", own.as_secs()));
            }
        }
        if ike != child {
            lost.push(format!(
                "connection `{}`: `rekey=no` stops the server's rekeying of the IKE SA and of child SAs alike",
                connection.name
            ));
        }
    } else if ike.is_some() || child.is_some() {
        // New keys are asked for `rekeymargin` before the end of the lifetime.
        line(text, "rekeymargin", &format!("{}s", MARGIN.as_secs()));
        line(text, "rekeyfuzz", "0%");
        for (key, time) in [("ikelifetime", ike), ("salifetime", child)] {
            if let Some(time) = time {
                line(text, key, &format!("{}s", (time + MARGIN).as_secs()));
            }
        }
    }
}
