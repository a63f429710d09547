//! charon's messages, of strongSwan 5.0 to 6.0. Its phrases stand in `charon/phrases.txt`.

use std::sync::LazyLock;

use super::table::Table;
use crate::diagnose::Statement;
use crate::diagnose::event::{Direction, Endpoint, EventKind, Exchange, Message, ProposalRole};
use crate::dialect::charon as names;
use crate::ike::{Notify, Proposal, Protocol, Transform, TransformType};

/// What each phrase says.
pub(super) const PHRASES: &str = include_str!("charon/phrases.txt");

/// All of them, to be found in one pass.
static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(PHRASES));

/// A line of no consequence.
const OTHER: EventKind = EventKind::Statement(Statement::Other, None);

/// What a message says, if it is one that is known. `message` is the text behind thread, group and IKE SA.
pub(super) fn read(message: &str) -> Option<EventKind> {
    let message = message.trim();
    if let Some(kind) = packet(message).or_else(|| coded(message)) {
        return Some(EventKind::Message(kind));
    }
    if let Some((whose, list)) = proposals(message) {
        return Some(EventKind::Proposals(whose, list));
    }
    let statement = |statement, detail: Option<&str>| {
        Some(EventKind::Statement(
            statement,
            detail.map(ToOwned::to_owned),
        ))
    };
    match life(message) {
        Some(Statement::Other) => return Some(OTHER),
        Some(found) => return statement(found, address_behind_to(message)),
        None => {}
    }
    let (found, detail) = TABLE.find(message)?;
    match found {
        // Success and failure begin alike.
        Statement::PeerAuthenticated if message.contains("(myself)") => {
            let failed = message.ends_with("failed");
            let key = EventKind::Statement(Statement::NoPrivateKey, detail.map(ToOwned::to_owned));
            let proved = EventKind::Statement(Statement::SelfAuthenticated, None);
            Some(if failed { key } else { proved })
        }
        Statement::PeerAuthenticated if !message.ends_with("successful") => Some(OTHER),
        Statement::RadiusRejected if message.ends_with("successful") => Some(OTHER),
        Statement::ConnectionNotLoaded
            if message.starts_with("loading") && !message.contains("failed") =>
        {
            Some(OTHER)
        }
        Statement::EapMethodUnsupported
            if !message.contains("fail") && message.starts_with("loading") =>
        {
            Some(OTHER)
        }
        Statement::SelectorsRefused
            if message.starts_with("traffic selectors") && !message.contains("acceptable") =>
        {
            Some(OTHER)
        }
        Statement::KernelRefused
            if message.starts_with("installing virtual IP") && !message.ends_with("failed") =>
        {
            Some(OTHER)
        }
        Statement::Malformed
            if message.starts_with("payload type") && !message.contains("critical") =>
        {
            Some(OTHER)
        }
        // A name in its place is that of a user, whom this connection is not for.
        Statement::MethodRefused
            if message.starts_with("constraint check failed: EAP identity ")
                && !message.contains("'%any'") =>
        {
            statement(Statement::PeerConfigUnfit, None)
        }
        Statement::NameUnresolved
            if message.starts_with("resolving") && !message.contains("failed") =>
        {
            Some(OTHER)
        }
        Statement::NoPrivateKey if !message.starts_with("no ") => Some(OTHER),
        // How `ipsec up` ends; older ones print no line of the child SA.
        Statement::ChildEstablished if !message.ends_with("established successfully") => {
            Some(OTHER)
        }
        Statement::EapMethodFailed if !message.contains("EAP") => Some(OTHER),
        Statement::RadiusSilent if message.contains("timed out") && !message.contains("RADIUS") => {
            None
        }
        // Files of all kinds are opened, and most are found.
        Statement::KeyUnreadable if !message.contains("failed") => Some(OTHER),
        Statement::KeyUnreadable if message.starts_with("opening") && !is_credential(message) => {
            Some(OTHER)
        }
        Statement::ConnectionUnknown
            if message.starts_with("CHILD_SA") && !message.ends_with("not found") =>
        {
            Some(OTHER)
        }
        Statement::WrongVersion
            if message.starts_with("IKE version") && !message.ends_with("not supported") =>
        {
            Some(OTHER)
        }
        Statement::OwnMethodUnfit
            if message.starts_with("private key") && !message.ends_with("not supported") =>
        {
            Some(OTHER)
        }
        Statement::Initiating => statement(found, address_behind_to(message)),
        Statement::Other => Some(OTHER),
        _ => statement(found, detail),
    }
}

/// Whether a file that is opened has a key or a certificate in it, by its name.
fn is_credential(message: &str) -> bool {
    const NAMES: [&str; 8] = [
        "key", "pem", "p12", "pfx", "der", "private", "secrets", "cert",
    ];
    let lower = message.to_ascii_lowercase();
    NAMES.iter().any(|name| lower.contains(name))
}

/// The number in `initiating IKE_SA con1[5] to 192.0.2.1`: of the IKE SA that is begun.
pub(super) fn begun(message: &str) -> Option<u64> {
    let rest = message.trim_start().strip_prefix("initiating IKE_SA ")?;
    let (name, _) = rest.split_once("] to ")?;
    name.rsplit_once('[')?.1.parse().ok()
}

/// The steps in the life of an SA, which name it: `IKE_SA con1[1] established between …`,
/// `CHILD_SA con1{1} established with …`, `inbound CHILD_SA …`.
fn life(message: &str) -> Option<Statement> {
    let ike = message.starts_with("IKE_SA ");
    let child = message.starts_with("CHILD_SA ")
        || message.starts_with("inbound CHILD_SA ")
        || message.starts_with("outbound CHILD_SA ");
    if message.starts_with("rekeying IKE_SA ")
        || message.starts_with("initiator did not reauthenticate")
    {
        return (!message.contains("failed")).then_some(Statement::RekeyingIke);
    }
    if message.starts_with("rekeying CHILD_SA ")
        || message.starts_with("creating rekey job for CHILD_SA ")
        || message.starts_with("detected rekeying of CHILD_SA ")
    {
        return Some(Statement::RekeyingChild);
    }
    if !ike && !child {
        return None;
    }
    let says = |words: &str| message.contains(words);
    let statement = if ike && says("] established between ") {
        Statement::IkeEstablished
    } else if child && says("} established with SPIs ") {
        Statement::ChildEstablished
    } else if ike && says(" rekeyed between ") {
        Statement::IkeRekeyed
    } else if child && says(" rekeyed ") {
        Statement::ChildRekeyed
    } else if says(" rekeying failed") {
        if ike {
            Statement::IkeRekeyFailed
        } else {
            Statement::ChildRekeyFailed
        }
    } else {
        Statement::Other
    };
    Some(statement)
}

/// The address in `… to 192.0.2.1`.
fn address_behind_to(message: &str) -> Option<&str> {
    let (_, rest) = message.rsplit_once(" to ")?;
    let word = rest.split_whitespace().next()?;
    word.parse::<std::net::IpAddr>().is_ok().then_some(word)
}

/// `sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (464 bytes)`.
fn packet(message: &str) -> Option<Message> {
    let (direction, rest) = if let Some(rest) = message.strip_prefix("sending packet: from ") {
        (Direction::Sent, rest)
    } else {
        (
            Direction::Received,
            message.strip_prefix("received packet: from ")?,
        )
    };
    let (from, rest) = rest.split_once(" to ")?;
    let mut words = rest.split_whitespace();
    let to = words.next()?;
    let bytes = words
        .next()
        .and_then(|word| word.trim_start_matches('(').parse().ok());
    Some(Message {
        from: endpoint(from),
        to: endpoint(to),
        bytes,
        ..Message::plain(direction)
    })
}

/// `192.0.2.1[500]`.
fn endpoint(text: &str) -> Option<Endpoint> {
    let (address, port) = match text.rsplit_once('[') {
        Some((address, port)) => (address, port.trim_end_matches(']').parse().ok()),
        None => (text, None),
    };
    let address = address.parse().ok()?;
    Some(Endpoint { address, port })
}

/// `generating IKE_AUTH request 1 [ IDi CERT N(INIT_CONTACT) … ]`, `parsed …`.
fn coded(message: &str) -> Option<Message> {
    let (direction, rest) = if let Some(rest) = message.strip_prefix("generating ") {
        (Direction::Sent, rest)
    } else {
        (Direction::Received, message.strip_prefix("parsed ")?)
    };
    let mut words = rest.split_whitespace();
    let exchange = exchange(words.next()?)?;
    let response = match words.next()? {
        "request" => false,
        "response" => true,
        _ => return None,
    };
    let id = words.next()?.parse().ok()?;
    let mut message = Message {
        exchange: Some(exchange),
        response,
        id: Some(id),
        ..Message::plain(direction)
    };
    for word in words.filter(|word| !matches!(*word, "[" | "]")) {
        if let Some(name) = word.strip_prefix("N(") {
            let name = name.trim_end_matches(')');
            message.notifies.extend(notify(name));
        } else if let Some(numbers) = word.strip_prefix("EF(") {
            let (number, of) = numbers.trim_end_matches(')').split_once('/')?;
            message.fragment = Some((number.parse().ok()?, of.parse().ok()?));
        } else if message.payloads.len() < 64 {
            message.payloads.push(word.to_owned());
        }
    }
    Some(message)
}

fn exchange(name: &str) -> Option<Exchange> {
    Some(match name {
        "IKE_SA_INIT" => Exchange::IKE_SA_INIT,
        "IKE_AUTH" => Exchange::IKE_AUTH,
        "CREATE_CHILD_SA" => Exchange::CREATE_CHILD_SA,
        "INFORMATIONAL" => Exchange::INFORMATIONAL,
        "IKE_INTERMEDIATE" => Exchange::IKE_INTERMEDIATE,
        "IKE_FOLLOWUP_KE" => Exchange::IKE_FOLLOWUP_KE,
        _ => return None,
    })
}

/// The notifies that say something about an attempt.
const TELLING: &[Notify] = &[
    Notify(1),
    Notify::AUTHENTICATION_FAILED,
    Notify::CHILD_SA_NOT_FOUND,
    Notify::COOKIE,
    Notify::FAILED_CP_REQUIRED,
    Notify::FRAGMENTATION_SUPPORTED,
    Notify::INTERNAL_ADDRESS_FAILURE,
    Notify::INVALID_KE_PAYLOAD,
    Notify::INVALID_MAJOR_VERSION,
    Notify::INVALID_SYNTAX,
    Notify::NO_PROPOSAL_CHOSEN,
    Notify::REDIRECT,
    Notify::REKEY_SA,
    Notify::TEMPORARY_FAILURE,
    Notify::TS_UNACCEPTABLE,
];

fn notify(short: &str) -> Option<Notify> {
    names::notify(short).filter(|notify| TELLING.contains(notify))
}

/// `received proposals: IKE:…, IKE:…`, `configured proposals:`, `selected proposal:`.
pub(super) fn proposals(message: &str) -> Option<(ProposalRole, Vec<Proposal>)> {
    let (whose, list) = if let Some(list) = message.strip_prefix("received proposals: ") {
        (ProposalRole::Received, list)
    } else if let Some(list) = message.strip_prefix("configured proposals: ") {
        (ProposalRole::Configured, list)
    } else {
        (
            ProposalRole::Selected,
            message.strip_prefix("selected proposal: ")?,
        )
    };
    let list: Vec<_> = list
        .split(',')
        .map(str::trim)
        .filter_map(proposal)
        .collect();
    (!list.is_empty()).then_some((whose, list))
}

/// One proposal; a name that nobody knows becomes a transform of an unknown type, which matches
/// nothing.
fn proposal(text: &str) -> Option<Proposal> {
    let (protocol, rest) = text.split_once(':')?;
    let protocol = match protocol {
        "IKE" => Protocol::Ike,
        "ESP" => Protocol::Esp,
        "AH" => Protocol::Ah,
        _ => return None,
    };
    // People mark what they take to be the difference.
    let known = |word: &str| names::parse_transform(word.trim_matches('*')).unwrap_or(UNKNOWN);
    let transforms = rest.split('/').map(known);
    Some(Proposal::new(protocol, transforms))
}

/// Of a type that no suite has, so that the proposal matches nothing.
const UNKNOWN: Transform = Transform::raw(TransformType(u8::MAX), 0);
