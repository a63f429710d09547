//! Conversations made by the encoder, for what no daemon does on demand.

use ikecompat::diagnose::packet::{Summary, feed};
use ikecompat::diagnose::{Aid, Diagnosis, DiagnosisReport, Outcome};
use ikecompat::ike::{self, Ke, Notify, Transform};
use ikecompat::wire::{
    Encrypted, Exchange, Flags, KeyExchange, Message, Payload, PayloadType, Spi, sa,
};

const CLIENT: [u8; 4] = [192, 0, 2, 1];
const SERVER: [u8; 4] = [192, 0, 2, 2];

/// A capture of raw IP, a second between packets.
struct Conversation {
    bytes: Vec<u8>,
    packets: u32,
}

impl Conversation {
    fn new() -> Self {
        let mut bytes = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
        bytes.extend([0; 8]);
        bytes.extend([0, 0, 4, 0, 101, 0, 0, 0]);
        Self { bytes, packets: 0 }
    }

    fn ip(mut self, from: [u8; 4], to: [u8; 4], protocol: u8, fragment: u16, data: &[u8]) -> Self {
        let length = u16::try_from(20 + data.len()).unwrap();
        let captured = u32::from(length).to_le_bytes();
        self.packets += 1;
        self.bytes.extend(self.packets.to_le_bytes());
        self.bytes.extend([0; 4]);
        self.bytes.extend(captured);
        self.bytes.extend(captured);
        self.bytes.extend([0x45, 0]);
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend([0, 7]);
        self.bytes.extend(fragment.to_be_bytes());
        self.bytes.extend([64, protocol, 0, 0]);
        self.bytes.extend(from);
        self.bytes.extend(to);
        self.bytes.extend(data);
        self
    }

    fn send(self, message: &Message<'_>, port: u16) -> Self {
        self.cut(message, port, usize::MAX)
    }

    /// Sends the first `keep` octets of a UDP packet as the first of several IP fragments.
    fn cut(self, message: &Message<'_>, port: u16, keep: usize) -> Self {
        let bytes = message.encode().unwrap();
        let marker: &[u8] = if port == 4500 { &[0; 4] } else { &[] };
        let length = u16::try_from(8 + marker.len() + bytes.len()).unwrap();
        let port = port.to_be_bytes();
        let mut udp = [port, port, length.to_be_bytes(), [0, 0]].concat();
        udp.extend(marker);
        udp.extend(bytes);
        let whole = udp.len() <= keep;
        udp.truncate(keep);
        let (from, to) = if message.header.flags.from_initiator() {
            (CLIENT, SERVER)
        } else {
            (SERVER, CLIENT)
        };
        self.ip(from, to, 17, if whole { 0 } else { 0x2000 }, &udp)
    }

    fn diagnose(&self) -> (DiagnosisReport, Summary) {
        let mut diagnosis = Diagnosis::new(Aid::default());
        let bytes = self.bytes.as_slice();
        let summary = feed(bytes, &mut |event| diagnosis.take(event), &mut |_| {}).unwrap();
        (diagnosis.finish(), summary)
    }

    fn cause(&self) -> (String, String) {
        let (report, _) = self.diagnose();
        assert_eq!(report.outcome(), Outcome::Failed);
        let finding = &report.findings()[0];
        (finding.cause.to_string(), finding.message.clone())
    }
}

fn message(exchange: Exchange, response: bool, id: u32) -> Message<'static> {
    let flags = if response {
        Flags::RESPONSE
    } else {
        Flags::INITIATOR
    };
    let responder = if exchange == Exchange::IKE_SA_INIT && !response {
        Spi(0)
    } else {
        Spi(9)
    };
    let mut message = Message::new(exchange, Spi(7), responder, Flags(flags));
    message.header.message_id = id;
    message
}

/// IKE_SA_INIT: an offer of these groups with a KE payload for the first, or the choice of one.
fn first(response: bool, groups: &[Ke]) -> Message<'static> {
    let mut transforms = vec![
        Transform::encr(ike::Encr::AesCbc, 256),
        Transform::integ(ike::Integ::HmacSha2_256_128),
        Transform::prf(ike::Prf::HmacSha2_256),
    ];
    transforms.extend(groups.iter().map(|group| Transform::ke(*group)));
    let proposal = ike::Proposal::new(ike::Protocol::Ike, transforms);
    let mut message = message(Exchange::IKE_SA_INIT, response, 0);
    message.payloads = vec![
        Payload::Sa(vec![sa::Proposal::of(1, &proposal)]),
        Payload::KeyExchange(KeyExchange {
            group: groups[0].number(),
            data: &[5; 64],
        }),
        Payload::Nonce(&[6; 32]),
    ];
    message
}

fn notify(kind: Notify, data: &'static [u8]) -> Message<'static> {
    let mut message = message(Exchange::IKE_SA_INIT, true, 0);
    message.header.responder_spi = Spi(0);
    message.payloads = vec![Payload::Notify(ikecompat::wire::Notify::new(kind, data))];
    message
}

/// An encrypted message whose vector, ciphertext and check value have so many octets.
fn secret(exchange: Exchange, response: bool, id: u32, bytes: usize) -> Message<'static> {
    let mut message = message(exchange, response, id);
    message.payloads = vec![Payload::Encrypted(Encrypted {
        inner: PayloadType::NOTIFY,
        data: vec![8; bytes].leak(),
    })];
    message
}

/// IKE_SA_INIT, asked and answered.
fn begun() -> Conversation {
    Conversation::new()
        .send(&first(false, &[Ke::Modp2048]), 500)
        .send(&first(true, &[Ke::Modp2048]), 500)
}

#[test]
fn a_group_that_the_client_does_not_follow_is_a_loop() {
    let asked = first(false, &[Ke::Modp2048, Ke::Ecp256]);
    let other = notify(Notify::INVALID_KE_PAYLOAD, &[0, 19]);
    let once = Conversation::new().send(&asked, 500).send(&other, 500);
    let (cause, message) = once.cause();
    assert_eq!(cause, "ke_group_loop");
    assert_eq!(
        message,
        "the server asks for ecp256, and the client, which tried modp2048, does not follow"
    );
    let again = once.send(&asked, 500).send(&other, 500);
    let again = again.send(&asked, 500).send(&other, 500);
    let (cause, message) = again.cause();
    assert_eq!(cause, "ke_group_loop");
    assert!(message.contains("for the 3rd time"), "{message}");

    // One that follows has not failed: the answer is only not in the capture.
    let follows = Conversation::new()
        .send(&asked, 500)
        .send(&other, 500)
        .send(&first(false, &[Ke::Ecp256, Ke::Modp2048]), 500);
    assert_eq!(follows.diagnose().0.outcome(), Outcome::Inconclusive);
}

#[test]
fn silence_in_ike_auth_is_told_apart_by_port_and_size() {
    let auth = secret(Exchange::IKE_AUTH, false, 1, 300);
    let cause = |conversation: Conversation| conversation.cause().0;
    assert_eq!(
        cause(begun().send(&auth, 4500).send(&auth, 4500)),
        "nat_t_blocked"
    );
    assert_eq!(
        cause(begun().send(&auth, 500).send(&auth, 500)),
        "half_open"
    );
    let large = secret(Exchange::IKE_AUTH, false, 1, 1800);
    let cut = begun().cut(&large, 4500, 1400).cut(&large, 4500, 1400);
    assert_eq!(cause(cut), "fragmentation");
    // Once may be the end of the capture.
    let once = begun().send(&auth, 4500);
    assert_eq!(once.diagnose().0.outcome(), Outcome::Inconclusive);
    let round = secret(Exchange::IKE_AUTH, false, 2, 60);
    let eap = begun()
        .send(&auth, 4500)
        .send(&secret(Exchange::IKE_AUTH, true, 1, 900), 4500)
        .send(&round, 4500)
        .send(&round, 4500);
    assert_eq!(cause(eap), "half_open");
}

/// The first packets of a child SA prove that IKE_AUTH was answered, wherever the answer went.
#[test]
fn packets_of_a_child_end_the_talk_of_silence() {
    let auth = secret(Exchange::IKE_AUTH, false, 1, 1800);
    let answer = secret(Exchange::IKE_AUTH, true, 1, 300);
    let asks_on = |port| {
        let small = secret(Exchange::IKE_AUTH, false, 1, 300);
        let mut conversation = begun();
        for _ in 0..4 {
            conversation = conversation.send(&small, port).send(&answer, port);
        }
        conversation
    };
    // That an answer does not get through NAT is a matter of the other port.
    assert_eq!(asks_on(4500).cause().0, "nat_t_blocked");
    let causes = |conversation: Conversation| {
        let (report, _) = conversation.diagnose();
        let causes = report.findings().iter().map(|it| it.cause.to_string());
        causes.collect::<Vec<_>>()
    };
    assert!(!causes(asks_on(500)).contains(&"nat_t_blocked".to_owned()));
    let esp = [0xc0, 0, 0, 1, 0, 0, 0, 1, 7, 7, 7, 7, 7, 7, 7, 7];
    let seen = |conversation: Conversation| {
        let there = conversation.ip(CLIENT, SERVER, 50, 0, &esp);
        causes(there.ip(SERVER, CLIENT, 50, 0, &esp))
    };
    assert!(!seen(asks_on(4500)).contains(&"nat_t_blocked".to_owned()));
    let cut = || begun().cut(&auth, 4500, 1400).cut(&auth, 4500, 1400);
    assert_eq!(cut().cause().0, "fragmentation");
    assert!(!seen(cut()).contains(&"fragmentation".to_owned()));
}

#[test]
fn an_answer_that_arrives_in_pieces_and_is_asked_for_again_is_lost() {
    let auth = secret(Exchange::IKE_AUTH, false, 1, 300);
    let answer = secret(Exchange::IKE_AUTH, true, 1, 1800);
    let round = |it: Conversation| it.send(&auth, 4500).cut(&answer, 4500, 1400);
    let (cause, message) = round(round(round(begun()))).cause();
    assert_eq!(cause, "fragmentation");
    assert!(
        message.starts_with("the answer to IKE_AUTH is so large"),
        "{message}"
    );
    assert_eq!(round(begun()).diagnose().0.outcome(), Outcome::Inconclusive);
}

#[test]
fn an_answer_that_is_asked_for_again_and_again_does_not_arrive() {
    let auth = secret(Exchange::IKE_AUTH, false, 1, 300);
    let answer = secret(Exchange::IKE_AUTH, true, 1, 208);
    let round = |it: Conversation| it.send(&auth, 4500).send(&answer, 4500);
    let (cause, message) = round(round(round(begun()))).cause();
    assert_eq!(cause, "nat_t_blocked");
    assert!(message.contains("the answers do not reach it"), "{message}");
    // One lost packet is no blocked port.
    assert_eq!(
        round(round(begun())).diagnose().0.outcome(),
        Outcome::Established
    );
}

#[test]
fn a_message_that_lies_is_a_protocol_error() {
    let mut bytes = first(true, &[Ke::Modp2048]).encode().unwrap();
    bytes[28 + 3] = 0xff; // length of the SA payload
    let length = u16::try_from(8 + bytes.len()).unwrap();
    let udp = [
        &[1, 0xf4, 1, 0xf4],
        &length.to_be_bytes()[..],
        &[0, 0],
        &bytes,
    ]
    .concat();
    let garbled = Conversation::new()
        .send(&first(false, &[Ke::Modp2048]), 500)
        .ip(SERVER, CLIENT, 17, 0, &udp);
    let (cause, message) = garbled.cause();
    assert_eq!(cause, "protocol_error");
    assert_eq!(
        message,
        "the server sends an IKE_SA_INIT that cannot be read: SA payload claims 255 octets, 156 \
         are left"
    );
    let works = garbled.send(&first(true, &[Ke::Modp2048]), 500);
    assert_eq!(works.diagnose().0.outcome(), Outcome::Inconclusive);
}

#[test]
fn a_client_that_begins_again_without_ike_auth_was_not_heard() {
    let mut again = first(false, &[Ke::Modp2048]);
    again.header.initiator_spi = Spi(8);
    let (report, _) = begun().send(&again, 500).diagnose();
    let finding = &report.findings()[0];
    assert_eq!(finding.cause.to_string(), "half_open");
    let lines: Vec<_> = finding.evidence.iter().map(|it| it.line).collect();
    assert_eq!(lines, [2, 3]);
    // After an IKE_AUTH it is another connection.
    let auth = secret(Exchange::IKE_AUTH, false, 1, 300);
    let answer = secret(Exchange::IKE_AUTH, true, 1, 208);
    let works = begun()
        .send(&auth, 4500)
        .send(&answer, 4500)
        .send(&again, 500);
    assert!(works.diagnose().0.findings().is_empty());
}

#[test]
fn lengths_prove_what_an_answer_does_not_hold() {
    // AES-CBC-256 with HMAC_SHA2_256_128: 16 octets of vector, 16 of check value, 1 of padding.
    let overhead = 33;
    let answered = |bytes: usize| {
        begun()
            .send(&secret(Exchange::IKE_AUTH, false, 1, 300), 4500)
            .send(&secret(Exchange::IKE_AUTH, true, 1, overhead + bytes), 4500)
    };
    let auth = 8 + 8 + 32;
    let child = auth + 32 + 48;
    for (bytes, cause) in [
        (8, Some("auth_failed_opaque")),
        (auth - 1, Some("auth_failed_opaque")),
        (auth, Some("esp_proposal_mismatch")),
        (child - 1, Some("esp_proposal_mismatch")),
        (child, None),
    ] {
        let (report, _) = answered(bytes).diagnose();
        let found = report.findings().first().map(|it| it.cause.to_string());
        assert_eq!(found.as_deref(), cause, "{bytes}");
    }
    assert_eq!(answered(child).diagnose().0.outcome(), Outcome::Established);
    // There is room for a certificate, so a refusal may be in there.
    assert_eq!(answered(1500).diagnose().0.outcome(), Outcome::Inconclusive);
    // A packet of a child SA decides.
    let esp = [0, 0, 16, 1, 0, 0, 0, 1, 0xaa, 0xaa];
    let with_esp = answered(1500).ip(CLIENT, SERVER, 50, 0, &esp);
    assert_eq!(with_esp.diagnose().0.outcome(), Outcome::Established);
}

#[test]
fn a_refused_rekeying_is_told_from_one_that_works() {
    let up = || {
        begun()
            .send(&secret(Exchange::IKE_AUTH, false, 1, 300), 4500)
            .send(&secret(Exchange::IKE_AUTH, true, 1, 208), 4500)
            .send(&secret(Exchange::CREATE_CHILD_SA, false, 2, 400), 4500)
    };
    let refused = up().send(&secret(Exchange::CREATE_CHILD_SA, true, 2, 48), 4500);
    assert_eq!(refused.cause().0, "pfs_mismatch");
    let works = up().send(&secret(Exchange::CREATE_CHILD_SA, true, 2, 208), 4500);
    assert_eq!(works.diagnose().0.outcome(), Outcome::Established);
    // INVALID_KE_PAYLOAD is as short as an error; the second try counts.
    let second = refused
        .send(&secret(Exchange::CREATE_CHILD_SA, false, 3, 400), 4500)
        .send(&secret(Exchange::CREATE_CHILD_SA, true, 3, 208), 4500);
    assert_eq!(second.diagnose().0.outcome(), Outcome::Established);
}

#[test]
fn refusals_by_icmp_and_by_the_server_are_certain() {
    // Destination unreachable, administratively prohibited, quoting 28 octets to port 4500.
    let quoted = |port: u16| {
        let mut bytes = vec![
            3, 13, 0, 0, 0, 0, 0, 0, 0x45, 0, 1, 0, 0, 7, 0, 0, 64, 17, 0, 0,
        ];
        bytes.extend(CLIENT);
        bytes.extend(SERVER);
        bytes.extend([port.to_be_bytes(), port.to_be_bytes(), [1, 0], [0, 0]].concat());
        bytes
    };
    let asked = Conversation::new().send(&first(false, &[Ke::Modp2048]), 500);
    let refused = asked.ip([198, 51, 100, 1], CLIENT, 1, 0, &quoted(500));
    assert_eq!(
        refused.cause(),
        (
            "unreachable".to_owned(),
            "a firewall refuses UDP 500".to_owned()
        )
    );
    let auth = secret(Exchange::IKE_AUTH, false, 1, 300);
    let refused = begun()
        .send(&auth, 4500)
        .ip([198, 51, 100, 1], CLIENT, 1, 0, &quoted(4500));
    assert_eq!(refused.cause().0, "nat_t_blocked");
    let syntax = Conversation::new()
        .send(&first(false, &[Ke::Modp2048]), 500)
        .send(&notify(Notify::INVALID_SYNTAX, &[]), 500);
    assert_eq!(
        syntax.cause(),
        (
            "protocol_error".to_owned(),
            "the server answers IKE_SA_INIT with INVALID_SYNTAX".to_owned()
        )
    );
}

#[test]
fn what_is_not_ikev2_is_counted() {
    let mut old = first(false, &[Ke::Modp1024]).encode().unwrap();
    old[17] = 0x10;
    old[18] = 2;
    let length = u16::try_from(8 + old.len()).unwrap();
    let udp = [
        &[1, 0xf4, 1, 0xf4],
        &length.to_be_bytes()[..],
        &[0, 0],
        &old,
    ]
    .concat();
    let keepalive = [0x11, 0x94, 0x11, 0x94, 0, 9, 0, 0, 0xff];
    let noise = [1, 0xf4, 1, 0xf4, 0, 12, 0, 0, 1, 2, 3, 4];
    let conversation = Conversation::new()
        .ip(CLIENT, SERVER, 17, 0, &udp)
        .ip(CLIENT, SERVER, 17, 0, &keepalive)
        .ip(CLIENT, SERVER, 17, 0, &noise);
    let (report, summary) = conversation.diagnose();
    let counts = summary.counts;
    assert_eq!(
        (counts.version_one, counts.keepalives, counts.malformed),
        (1, 1, 1)
    );
    assert_eq!(
        summary.warnings(),
        ["packet 3: the IKE header needs 28 octets, 4 are left"]
    );
    assert_eq!(report.outcome(), Outcome::Inconclusive);
}
