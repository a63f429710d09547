//! What charon's log says about an exchange, line by line, in its own words.

/// IKE or ESP: the two levels on which proposals are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Esp,
    Ike,
}

impl Protocol {
    /// Splits the name off a list of proposals as charon prints it.
    fn split(text: &str) -> Option<(Self, &str)> {
        let (name, rest) = text.split_once(':')?;
        match name {
            "ESP" => Some((Self::Esp, rest)),
            "IKE" => Some((Self::Ike, rest)),
            _ => None,
        }
    }
}

/// One thing the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// A CHILD_SA is up.
    ChildUp,
    /// The lists did not match; this is the one of the answering side.
    Configured(Protocol, Vec<String>),
    /// An IKE_SA is up.
    IkeUp,
    /// The request of a rekeying has arrived.
    RekeyRequest,
    /// Nothing more follows about a rekeying on the side that asked for it.
    RekeyOver,
    Selected(Protocol, String),
    /// The lists did not match; the one of the asking side follows.
    Unmatched(Protocol),
    /// The IPsec backend did not take the CHILD_SA.
    Uninstallable,
    /// A peer did not answer in time: the exchange says nothing about proposals.
    Unanswered,
    /// INVALID_KE_PAYLOAD: group sent, group wanted.
    WrongGroup([String; 2]),
}

/// Reads a piece of a log.
pub(crate) fn words(log: &str) -> Vec<Word> {
    log.lines().filter_map(message).filter_map(word).collect()
}

/// The message of a line: `05[CFG] <name|1> message`. Lines about jobs are left out, they belong to
/// connections that ended before.
fn message(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once('[')?;
    let (group, rest) = rest.split_once("] ")?;
    if group == "JOB" {
        return None;
    }
    if !rest.starts_with('<') {
        return Some(rest);
    }
    rest.split_once("> ").map(|(_, message)| message)
}

fn word(message: &str) -> Option<Word> {
    if let Some(rest) = message.strip_prefix("selected proposal: ") {
        return Protocol::split(rest)
            .map(|(protocol, suite)| Word::Selected(protocol, suite.into()));
    }
    if let Some(rest) = message.strip_prefix("received proposals: ") {
        return Protocol::split(rest).map(|(protocol, _)| Word::Unmatched(protocol));
    }
    if let Some(rest) = message.strip_prefix("configured proposals: ") {
        let (protocol, _) = Protocol::split(rest)?;
        let proposals = rest.split(", ").filter_map(Protocol::split);
        let proposals = proposals.map(|(_, proposal)| proposal.to_owned()).collect();
        return Some(Word::Configured(protocol, proposals));
    }
    if let Some(rest) = message.strip_prefix("DH group ") {
        let (sent, wanted) = rest.split_once(" unacceptable, requesting ")?;
        return Some(Word::WrongGroup([sent.to_owned(), wanted.to_owned()]));
    }
    if message.starts_with("IKE_SA ") && message.contains(" established between ") {
        return Some(Word::IkeUp);
    }
    if message.starts_with("CHILD_SA ") && message.contains(" established with SPIs ") {
        return Some(Word::ChildUp);
    }
    if message.starts_with("parsed CREATE_CHILD_SA request") {
        return Some(Word::RekeyRequest);
    }
    if message.contains("unable to install") {
        return Some(Word::Uninstallable);
    }
    if message.starts_with("giving up after ") && message.ends_with(" retransmits") {
        return Some(Word::Unanswered);
    }
    let ends = [
        "CHILD_SA closed",
        "IKE_SA deleted",
        "rekeying failed",
        "destroying IKE_SA",
    ];
    ends.iter()
        .any(|end| message.contains(end))
        .then_some(Word::RekeyOver)
}

#[test]
fn the_words_of_charon_are_recognised() {
    let log = "10[IKE] <2> 203.0.113.5 is initiating an IKE_SA\n\
        10[CFG] <2> selected proposal: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256\n\
        10[IKE] <2> DH group MODP_2048 unacceptable, requesting ECP_256\n\
        11[CFG] <pair|2> received proposals: ESP:AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ\n\
        11[CFG] <pair|2> configured proposals: ESP:A/B, ESP:C/D\n\
        12[JOB] CHILD_SA {1} not found for delete\n\
        13[IKE] <pair|2> CHILD_SA closed\n";
    let suite = "AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256";
    let expected = [
        Word::Selected(Protocol::Ike, suite.to_owned()),
        Word::WrongGroup(["MODP_2048".to_owned(), "ECP_256".to_owned()]),
        Word::Unmatched(Protocol::Esp),
        Word::Configured(Protocol::Esp, vec!["A/B".to_owned(), "C/D".to_owned()]),
        Word::RekeyOver,
    ];
    assert_eq!(words(log), expected);
}
