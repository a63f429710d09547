//! The blocks of a running configuration: a command, and the lines that are indented below it.

use crate::diag::Span;

/// A word with its place.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) span: Span,
}

/// The words of one line; there is at least one.
pub(super) type Line = Vec<Word>;

/// A command with the lines below it.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) kind: Kind,
    pub(super) header: Line,
    pub(super) lines: Vec<Line>,
}

/// What a command begins.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Kind {
    /// `crypto ikev2 proposal NAME`.
    Proposal,
    /// `crypto ikev2 policy NAME`.
    Policy,
    /// `crypto ikev2 profile NAME`.
    Profile,
    /// `crypto ikev2 keyring NAME`: secrets.
    Keyring,
    /// `crypto ikev2 authorization policy NAME`.
    Authorization,
    /// `crypto ipsec transform-set NAME …`.
    TransformSet,
    /// `crypto ipsec ikev2 ipsec-proposal NAME`.
    IpsecProposal,
    /// `crypto ipsec profile NAME`.
    IpsecProfile,
    /// `crypto map NAME NUMBER …`.
    Map,
    /// `crypto dynamic-map NAME NUMBER …`.
    DynamicMap,
    /// `crypto isakmp policy NUMBER`, `crypto ikev1 policy NUMBER`.
    Version1,
    /// `tunnel-group NAME …`.
    TunnelGroup,
    /// `ip local pool NAME …`.
    Pool,
    /// `interface NAME`.
    Interface,
    /// Everything else.
    Other,
}

impl Kind {
    /// How a command begins, and how many words stand before its name.
    const BEGINNINGS: &'static [(&'static str, Self)] = &[
        ("crypto ikev2 proposal", Self::Proposal),
        ("crypto ikev2 policy", Self::Policy),
        ("crypto ikev2 profile", Self::Profile),
        ("crypto ikev2 keyring", Self::Keyring),
        ("crypto ikev2 authorization policy", Self::Authorization),
        ("crypto ipsec transform-set", Self::TransformSet),
        ("crypto ipsec ikev2 ipsec-proposal", Self::IpsecProposal),
        ("crypto ipsec profile", Self::IpsecProfile),
        ("crypto map", Self::Map),
        ("crypto dynamic-map", Self::DynamicMap),
        ("crypto isakmp policy", Self::Version1),
        ("crypto ikev1 policy", Self::Version1),
        ("tunnel-group", Self::TunnelGroup),
        ("ip local pool", Self::Pool),
        ("interface", Self::Interface),
    ];

    /// The kind of a command, and which of its words is the name.
    pub(super) fn of(line: &[Word]) -> (Self, usize) {
        for (beginning, kind) in Self::BEGINNINGS {
            let words = beginning.split(' ').count();
            let begins = beginning
                .split(' ')
                .zip(line)
                .all(|(word, own)| own.text == word);
            if begins && line.len() > words {
                return (*kind, words);
            }
        }
        (Self::Other, line.len())
    }

    /// The commands that stand below such a command, where nothing is indented.
    pub(super) const fn commands(self) -> &'static [&'static str] {
        match self {
            Self::Proposal => &["encryption", "integrity", "prf", "group", "pqc"],
            Self::Policy => &[
                "proposal",
                "match",
                "encryption",
                "integrity",
                "prf",
                "group",
                "lifetime",
                "additional-key-exchange",
                "key-exchange-method",
            ],
            Self::Profile => &[
                "shutdown",
                "match",
                "identity",
                "authentication",
                "keyring",
                "pki",
                "lifetime",
                "virtual-template",
                "dpd",
            ],
            Self::Keyring => &["peer", "address", "hostname", "identity", "pre-shared-key"],
            Self::Authorization => &["pool", "dns", "netmask", "route", "def-domain"],
            Self::TransformSet => &["mode"],
            Self::IpsecProposal => &["protocol"],
            Self::IpsecProfile => &["set", "responder-only"],
            Self::Map | Self::DynamicMap => &["set", "match", "reverse-route"],
            Self::Version1 => &[
                "encr",
                "encryption",
                "authentication",
                "hash",
                "group",
                "lifetime",
                "prf",
            ],
            Self::TunnelGroup => &["address-pool", "default-group-policy", "ikev1", "ikev2"],
            Self::Interface => &["tunnel", "ip", "description", "shutdown"],
            Self::Pool | Self::Other => &[],
        }
    }
}

impl Block {
    /// The name that the command gives, if it gives one.
    pub(super) fn name(&self) -> Option<&Word> {
        self.header.get(Kind::of(&self.header).1)
    }

    /// The words behind the name.
    pub(super) fn rest(&self) -> &[Word] {
        self.header
            .get(Kind::of(&self.header).1 + 1..)
            .unwrap_or_default()
    }

    /// What stands behind a command of the block, the last one where it stands twice.
    pub(super) fn after<'b>(&'b self, command: &[&str]) -> Option<&'b [Word]> {
        self.all_after(command).last()
    }

    /// The first word of the last line that begins so.
    pub(super) fn line(&self, command: &[&str]) -> Option<&Word> {
        let begins = |line: &&Line| {
            let words = line.iter().map(|word| word.text.as_str());
            line.len() >= command.len() && words.zip(command).all(|(own, word)| own == *word)
        };
        self.lines.iter().rfind(begins)?.first()
    }

    /// What stands behind each command that begins so.
    pub(super) fn all_after<'b>(
        &'b self,
        command: &[&str],
    ) -> impl DoubleEndedIterator<Item = &'b [Word]> {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        self.lines
            .iter()
            .filter_map(move |line| after(line, &command))
    }
}

/// What stands behind the words with which the line begins.
fn after<'l>(line: &'l [Word], command: &[String]) -> Option<&'l [Word]> {
    let begins = command
        .iter()
        .zip(line)
        .all(|(word, own)| own.text == *word);
    (begins && line.len() >= command.len()).then(|| line.get(command.len()..).unwrap_or_default())
}

/// The words of a line, without the prompt that a copied session has before them.
pub(super) fn words(file: usize, at: usize, raw: &str) -> Line {
    let mut words = Vec::new();
    let mut rest = raw;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let place = at + raw.len() - rest.len();
        rest = behind;
        // The prompt may stand right before the command.
        let prompt = match word.split_once(")#") {
            Some((before, _)) if words.is_empty() && before.contains("(config") => before.len() + 2,
            _ => 0,
        };
        let word = word.get(prompt..).unwrap_or_default();
        if !word.is_empty() {
            let place = place + prompt;
            words.push(Word {
                text: word.to_owned(),
                span: Span::new(file, place..place + word.len()),
            });
        }
    }
    words
}
