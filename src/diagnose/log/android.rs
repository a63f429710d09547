//! Android's own IKE library in logcat (`packages/modules/IPsec`, Android 11 to 15).
//!
//! It prints what it offers, and the class of what made it stop: `IkeSaPayload: Generate SA Request:
//! Proposal(1) IKE: ENCR_AES_CBC(256)|…`, `IkeSessionStateMachine: IKE Session fatal error in
//! CreateIkeLocalIkeAuth`, then the exception with its reason.

use std::sync::LazyLock;

use super::table::Table;
use super::{Told, names};
use crate::diagnose::Statement;
use crate::diagnose::event::{
    AttemptKey, Direction, EventKind, Exchange, Key, Message, ProposalRole, Witness,
};
use crate::ike::{Proposal, Protocol, Transform, TransformType};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(PHRASES));

/// What each phrase says; which exchange it is about, [`Reader`] knows.
pub(super) const PHRASES: &str = include_str!("android/phrases.txt");

/// Words that only lines of this library have.
const MARKS: [&str; 8] = [
    "IkeSessionStateMachine",
    "ChildSessionStateMachine",
    "IkeSaPayload",
    "IkeMessage: ",
    "android.net.ipsec.ike",
    "VpnIkev2",
    "IkeV2VpnRunner",
    "IkeNetworkLostException",
];

/// Remembers which session is running and how far it got.
#[derive(Debug, Default)]
pub(super) struct Reader {
    session: u64,
    /// The session has ended, so a further offer begins another one.
    over: bool,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Stage {
    #[default]
    Init,
    Auth,
    Up,
}

impl Reader {
    /// Reads a line; returns whether it is about this library.
    pub(super) fn line(&mut self, told: &mut Told<'_>) -> bool {
        let line = told.text;
        if !MARKS.iter().any(|mark| line.contains(mark)) {
            return false;
        }
        if let Some((_, list)) = line.split_once("Generate SA Request: ") {
            self.offer(list, ProposalRole::Received, told);
            return true;
        }
        if let Some((_, list)) = line.split_once("Receive SA Response: ") {
            self.offer(list, ProposalRole::Selected, told);
            return true;
        }
        if let Some(message) = message(line) {
            self.reach(message.exchange);
            told.say(self.key(), EventKind::Message(message));
            return true;
        }
        let fatal = line.contains("fatal error");
        let in_auth = line.contains("LocalIkeAuth");
        if fatal && in_auth && self.stage == Stage::Init {
            // The state says that IKE_AUTH was sent, whether its message was logged or not.
            self.stage = Stage::Auth;
            told.say(
                self.key(),
                EventKind::Statement(Statement::InitAnswered, None),
            );
        }
        let child = self.stage != Stage::Init || line.contains("Child Session fatal error");
        let found = TABLE.find(line).map(|(statement, _)| statement);
        let statement = match found {
            Some(Statement::NoProposalReceived) if child => Statement::ChildNoProposalReceived,
            Some(statement) => statement,
            None => Statement::Other,
        };
        if statement == Statement::IkeEstablished {
            self.stage = Stage::Up;
        }
        self.over |= fatal;
        told.say(self.key(), EventKind::Statement(statement, None));
        true
    }

    fn key(&self) -> AttemptKey {
        AttemptKey {
            witness: Witness::Android,
            stream: 0,
            key: Key::Serial(self.session),
        }
    }

    fn reach(&mut self, exchange: Option<Exchange>) {
        if exchange == Some(Exchange::IKE_AUTH) && self.stage == Stage::Init {
            self.stage = Stage::Auth;
        }
    }

    fn offer(&mut self, list: &str, role: ProposalRole, told: &mut Told<'_>) {
        let Some(list) = list_of(list) else {
            told.other(self.key());
            return;
        };
        let first = list.first().map(Proposal::protocol);
        if role == ProposalRole::Received && first == Some(Protocol::Ike) && self.over {
            self.session += 1;
            self.over = false;
            self.stage = Stage::Init;
        }
        told.say(self.key(), EventKind::Proposals(role, list));
    }
}

/// `IkeMessage: Generating IKE INIT request 0`.
fn message(line: &str) -> Option<Message> {
    let (direction, rest) = if let Some((_, rest)) = line.split_once("Generating IKE ") {
        (Direction::Sent, rest)
    } else if let Some((_, rest)) = line.split_once("Decoding IKE ") {
        (Direction::Received, rest)
    } else {
        let (_, rest) = line.split_once("Received IKE ")?;
        (Direction::Received, rest)
    };
    let mut words = rest.split_whitespace();
    let exchange = match words.next()? {
        "INIT" => Exchange::IKE_SA_INIT,
        "AUTH" => Exchange::IKE_AUTH,
        _ => return None,
    };
    let response = match words.next()? {
        "request" => false,
        "response" => true,
        _ => return None,
    };
    Some(Message {
        exchange: Some(exchange),
        response,
        id: Some(words.next()?.parse().ok()?),
        ..Message::plain(direction)
    })
}

/// `Proposal(1) IKE: ENCR_AES_CBC(256)|AUTH_HMAC_SHA2_256_128|…, Proposal(2) IKE: …`; nothing if a part is not
/// understood.
fn list_of(text: &str) -> Option<Vec<Proposal>> {
    let proposals = text.split("Proposal(").skip(1).map(|row| {
        let (_, row) = row.split_once(')')?;
        let (protocol, row) = row.split_once(": ")?;
        let transforms: Option<Vec<_>> = row
            .trim()
            .trim_end_matches(',')
            .split('|')
            .map(transform)
            .collect();
        Some(Proposal::new(names::protocol(protocol)?, transforms?))
    });
    let list: Option<Vec<_>> = proposals.collect();
    list.filter(|list| !list.is_empty())
}

/// `ENCR_AES_CBC(256)`, `DH_2048_BIT_MODP`, `ESN_No_Extended`, `PRF(9)`.
fn transform(text: &str) -> Option<Transform> {
    let (name, number) = match text.trim().split_once('(') {
        Some((name, rest)) => (name, rest.trim_end_matches(')').parse().ok()),
        None => (text.trim(), None),
    };
    let kind = match name.split('_').next()? {
        "ENCR" => TransformType::ENCR,
        "AUTH" => TransformType::INTEG,
        "PRF" => TransformType::PRF,
        "DH" => TransformType::KE,
        "ESN" => TransformType::SN,
        _ => return None,
    };
    // A type alone names what the library does not support, by number.
    if matches!(name, "ENCR" | "AUTH" | "PRF" | "DH") {
        return Some(Transform::raw(kind, number?));
    }
    names::transform(kind, name, number)
}

#[cfg(test)]
mod tests {
    use super::list_of;
    use crate::dialect::charon;

    #[test]
    fn the_whole_offer_is_read_or_none_of_it() {
        let read = |text: &str| -> Option<Vec<String>> {
            Some(list_of(text)?.iter().map(charon::proposal).collect())
        };
        let offer = "Proposal(1) IKE: ENCR_AES_CBC(256)|ENCR_3DES(0)|AUTH_HMAC_SHA2_512_256|DH_4096_BIT_MODP|\
                     DH_GROUP_CURVE_25519|PRF_AES128_XCBC, Proposal(2) ESP: ENCR_AES_GCM_16(256)|ESN_No_Extended";
        assert_eq!(
            read(offer),
            Some(vec![
                "IKE:AES_CBC_256/3DES_CBC/HMAC_SHA2_512_256/PRF_AES128_XCBC/MODP_4096/CURVE_25519"
                    .to_owned(),
                "ESP:AES_GCM_16_256/NO_EXT_SEQ".to_owned(),
            ])
        );
        assert_eq!(
            read("Proposal(1) IKE: ENCR_AES_CBC(256)|AUTH_HMAC_SHA2_51"),
            None
        );
        assert_eq!(read("nothing"), None);
    }
}
