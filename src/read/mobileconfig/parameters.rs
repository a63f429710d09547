//! One dictionary of SA parameters: `IKESecurityAssociationParameters` or that of the child.

use super::{Dict, Number};
use crate::diag::{Diagnostic, Severity, Span, any_of, or_list};
use crate::dialect::{apple, swan};
use crate::ike::{Proposal, Protocol, Sn, Transform, TransformType};
use crate::peer::server::Spanned;
use crate::peer::{Entry, Origin};
use crate::read::{ReadCode, harmless};

/// How long an SA may live, in minutes.
const MINUTES: std::ops::RangeInclusive<i64> = 10..=1440;

/// The defaults that Apple's schema documents, those since iOS 14 and macOS 11.
pub(super) fn documented() -> [Transform; 4] {
    let words = ["aes256", "sha256", "prfsha256", "modp2048"];
    words.map(|word| swan::keyword(word).expect("the four words are keywords"))
}

/// A dictionary that was read.
pub(super) struct Parameters {
    encryption: Transform,
    integrity: Transform,
    prf: Transform,
    group: Transform,
    additional: Vec<Transform>,
    /// Whether a server without them is taken, too.
    falls_back: bool,
    spans: Vec<Span>,
    words: Vec<Spanned<Transform>>,
    pub(super) sets_lifetime: bool,
}

/// Whether the client takes a server without a post-quantum key exchange, too.
pub(super) const FALLBACK: &str = "AllowPostQuantumKeyExchangeFallback";

/// The additional key exchanges, which Apple's documentation numbers ADDKE1 to ADDKE7.
const METHODS: &str = "PostQuantumKeyExchangeMethods";

/// Where their values and their number are written.
const METHODS_SOURCE: &str = "https://developer.apple.com/documentation/networkextension/nevpnikev2securityassociationparameters/postquantumkeyexchangemethods-3173s";

impl Parameters {
    /// Reads a dictionary of IKE, or of ESP with PFS or without; what is not set is that of `defaults`.
    pub(super) fn read(
        dict: Dict<'_, '_>,
        defaults: &[Transform],
        (protocol, pfs): (Protocol, bool),
        wrong: &mut Vec<Diagnostic>,
    ) -> Self {
        let [aes, sha, prf, modp] = documented();
        let default = |kind, documented| {
            let found = defaults.iter().find(|it| it.kind == kind).copied();
            found.unwrap_or(documented)
        };
        let mut parameters = Self {
            encryption: default(TransformType::ENCR, aes),
            integrity: default(TransformType::INTEG, sha),
            prf: default(TransformType::PRF, prf),
            group: default(TransformType::KE, modp),
            additional: Vec::new(),
            falls_back: false,
            spans: Vec::new(),
            words: Vec::new(),
            sets_lifetime: false,
        };
        let mut unset = Vec::new();
        match dict.string("EncryptionAlgorithm") {
            Some(value) => {
                match apple::encryption_of(&value.value) {
                    Some(cipher) => {
                        parameters.encryption = cipher;
                        parameters.word(cipher, &value.span);
                    }
                    None => {
                        let values = apple::encryption_values().collect();
                        wrong.push(not_a_value("EncryptionAlgorithm", &value, values));
                    }
                }
                parameters.spans.push(value.span);
            }
            None => unset.push(("EncryptionAlgorithm", parameters.encryption)),
        }
        match dict.string("IntegrityAlgorithm") {
            Some(value) => {
                match apple::integrity_of(&value.value) {
                    Some((integ, prf)) => {
                        (parameters.integrity, parameters.prf) = (integ, prf);
                        parameters.word(integ, &value.span);
                        parameters.word(prf, &value.span);
                    }
                    None => {
                        let values = apple::integrity_values().collect();
                        wrong.push(not_a_value("IntegrityAlgorithm", &value, values));
                    }
                }
                parameters.spans.push(value.span);
            }
            // It says nothing about ESP that authenticates by its cipher.
            None if protocol == Protocol::Esp && parameters.encryption.is_aead() => {}
            None => unset.push(("IntegrityAlgorithm", parameters.integrity)),
        }
        match dict.number("DiffieHellmanGroup") {
            Some(number) => parameters.group(number, wrong),
            None if pfs => unset.push(("DiffieHellmanGroup", parameters.group)),
            None => {}
        }
        parameters.post_quantum(dict, wrong);
        parameters.lifetime(dict, wrong);
        if parameters.spans.is_empty() {
            parameters.spans.push(dict.span());
        } else if !unset.is_empty() {
            say_what_is_unset(&unset, dict, wrong);
        }
        parameters
    }

    fn word(&mut self, value: Transform, span: &Span) {
        let span = span.clone();
        self.words.push(Spanned { value, span });
    }

    fn group(&mut self, number: Number, wrong: &mut Vec<Diagnostic>) {
        let known = || {
            let numbers: Vec<_> = apple::group_values().map(|it| it.to_string()).collect();
            format!("the groups are {}", or_list(&numbers))
        };
        match number {
            Number::Given(number) => {
                let group = u16::try_from(number.value).ok().and_then(apple::group_of);
                match group {
                    Some(group) => {
                        self.group = group;
                        self.word(group, &number.span);
                    }
                    None => {
                        let message = format!("a profile cannot name group {}", number.value);
                        wrong.push(
                            Diagnostic::error(ReadCode::UnknownValue, &number.span, message)
                                .note(known())
                                .note(source()),
                        );
                    }
                }
                self.spans.push(number.span);
            }
            Number::Other(span) => {
                let message = "`DiffieHellmanGroup` is no integer";
                wrong.push(
                    Diagnostic::error(ReadCode::UnknownValue, &span, message)
                        .note(known())
                        .help("write `<integer>14</integer>`"),
                );
            }
        }
    }

    /// Additional key exchanges, one a round, since version 26.
    fn post_quantum(&mut self, dict: Dict<'_, '_>, wrong: &mut Vec<Diagnostic>) {
        self.falls_back = dict.is_on(FALLBACK);
        let methods = match dict.numbers(METHODS) {
            Ok(methods) => methods,
            Err(span) => {
                let message = format!("`{METHODS}` is an array of integers");
                let help = "write `<array><integer>36</integer></array>`";
                wrong.push(Diagnostic::error(ReadCode::UnknownValue, &span, message).help(help));
                return;
            }
        };
        let mut none: Option<Span> = None;
        for (round, method) in (1..).zip(methods) {
            let (value, span) = match method {
                Number::Given(method) => (Some(method.value), method.span),
                Number::Other(span) => (None, span),
            };
            let Some(kind) = TransformType::additional(round) else {
                let message = "a client has room for seven additional key exchanges";
                wrong.push(
                    Diagnostic::error(ReadCode::UnknownValue, &span, message).note(METHODS_SOURCE),
                );
                return;
            };
            match (value, value.and_then(apple::post_quantum_of)) {
                (_, Some(known)) => {
                    let transform = Transform {
                        kind,
                        ..Transform::ke(known)
                    };
                    self.additional.push(transform);
                    self.word(transform, &span);
                    wrong.extend(none.take().map(|none| none_before_another(&none)));
                }
                (Some(0), None) => none = Some(span.clone()),
                (_, None) => wrong.push(not_post_quantum(&span)),
            }
            self.spans.push(span);
        }
    }

    fn lifetime(&mut self, dict: Dict<'_, '_>, wrong: &mut Vec<Diagnostic>) {
        let name = "LifeTimeInMinutes";
        let span = match dict.number(name) {
            None => return,
            Some(Number::Given(minutes)) if MINUTES.contains(&minutes.value) => {
                self.sets_lifetime = true;
                return;
            }
            Some(Number::Given(Spanned { span, .. }) | Number::Other(span)) => span,
        };
        self.sets_lifetime = true;
        let message = format!(
            "`{name}` is an integer from {} to {}",
            MINUTES.start(),
            MINUTES.end()
        );
        wrong.push(Diagnostic::warning(ReadCode::UnknownValue, &span, message).note(source()));
    }

    /// The proposals that go out. How a fallback is offered was not seen; a second proposal without the additional key
    /// exchanges is how a server without them meets the client.
    pub(super) fn entries(
        &self,
        protocol: Protocol,
        with_group: bool,
        falls_back: bool,
    ) -> Vec<Entry> {
        let falls_back = falls_back || self.falls_back;
        let classical = with_group && falls_back && !self.additional.is_empty();
        let classical = classical.then(|| self.entry(protocol, with_group, &[]));
        let first = self.entry(protocol, with_group, &self.additional);
        std::iter::once(first).chain(classical).collect()
    }

    fn entry(&self, protocol: Protocol, with_group: bool, additional: &[Transform]) -> Entry {
        let mut transforms = vec![self.encryption];
        if !self.encryption.is_aead() {
            transforms.push(self.integrity);
        }
        transforms.push(match protocol {
            Protocol::Ike => self.prf,
            Protocol::Ah | Protocol::Esp => Transform::sn(Sn::Sequential32),
        });
        if with_group {
            transforms.push(self.group);
            transforms.extend(additional);
        }
        let words = self
            .words
            .iter()
            .filter(|word| transforms.contains(&word.value));
        let words: Vec<_> = words.cloned().collect();
        let proposal = Proposal::new(protocol, transforms);
        Entry::new(proposal, Origin::Expanded(self.spans.clone())).with_words(words)
    }
}

fn not_post_quantum(span: &Span) -> Diagnostic {
    let message = "a post-quantum method is 36 (ML-KEM-768), 37 (ML-KEM-1024) or 0 (none)";
    Diagnostic::error(ReadCode::UnknownValue, span, message).note(METHODS_SOURCE)
}

/// No source says whether the next method then takes the number of this round or keeps its own.
fn none_before_another(span: &Span) -> Diagnostic {
    let message = "what a client offers for 0 (none) before another method is not known";
    Diagnostic::error(ReadCode::UnknownValue, span, message)
        .note(METHODS_SOURCE)
        .help("leave the 0 out, or put it last")
}

fn source() -> String {
    format!("Apple's schema: {}", apple::SOURCE)
}

fn say_what_is_unset(unset: &[(&str, Transform)], dict: Dict<'_, '_>, wrong: &mut Vec<Diagnostic>) {
    let assumed: Vec<_> = unset
        .iter()
        .map(|(name, default)| {
            let word = swan::spell(*default).unwrap_or_default();
            format!("`{name}` {word}")
        })
        .collect();
    let message = format!("not set, so taken as the default: {}", assumed.join(", "));
    wrong.push(
        Diagnostic::new(
            Severity::Note,
            ReadCode::DefaultAssumed,
            dict.span(),
            message,
        )
        .note(
            "since iOS 14 and macOS 11 aes256, sha256 and modp2048; before 3des, sha1 and modp1024",
        ),
    );
}

/// The complaint about a word that is none of a set, with the one that has the same letters.
pub(super) fn not_a_value(
    name: &str,
    value: &Spanned<String>,
    values: Vec<&'static str>,
) -> Diagnostic {
    let folded = |word: &str| {
        let word = word.to_ascii_lowercase().replace(['-', '_'], "");
        match word.strip_prefix("sha2") {
            Some(bits) if bits.len() == 3 => format!("sha{bits}"),
            _ => word,
        }
    };
    let same = |candidate: &&&str| folded(candidate) == folded(&value.value);
    let meant = values.iter().find(same);
    let word = harmless::quoted(&value.value);
    let message = format!("{word} is not a value of `{name}`");
    Diagnostic::error(ReadCode::UnknownValue, &value.span, message)
        .note(format!(
            "a profile takes {}",
            any_of(values.iter().copied())
        ))
        .note(source())
        .maybe_help(meant.map(|meant| format!("write `{meant}`")))
}
