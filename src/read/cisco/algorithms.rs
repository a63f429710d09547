//! Lists of algorithms, and the proposals that they make.

use super::Reader;
use super::lines::{Block, Word};
use crate::diag::{Diagnostic, Severity, Span, any_of, nearest, quoted_or};
use crate::dialect::cisco::{self, Menu};
use crate::ike::{Proposal, Protocol, Sn, Transform, TransformType};
use crate::peer::server::Spanned;
use crate::peer::{Entry, Origin};
use crate::read::ReadCode;

/// Algorithms of all kinds that go together, each with its place where it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    /// Whether a part of a list was taken back, so that it is not known what is left.
    pub(super) is_unclear: bool,
    pub(super) transforms: Vec<(Transform, Option<Span>)>,
}

impl Lists {
    pub(super) fn of(&self, kind: TransformType) -> impl Iterator<Item = Transform> {
        let all = self.transforms.iter().map(|it| it.0);
        all.filter(move |it| it.kind == kind)
    }

    pub(super) fn has(&self, kind: TransformType) -> bool {
        self.of(kind).next().is_some()
    }

    /// Adds algorithms; one that is there already says nothing more.
    pub(super) fn extend(
        &mut self,
        transforms: impl IntoIterator<Item = (Transform, Option<Span>)>,
    ) {
        for (transform, span) in transforms {
            if !self.transforms.iter().any(|known| known.0 == transform) {
                self.transforms.push((transform, span));
            }
        }
    }

    /// Puts in what a list is missing from a default one; gives whether it did.
    pub(super) fn fill(&mut self, default: &Proposal) -> bool {
        let before = self.transforms.len();
        let had_prf = self.has(TransformType::PRF) || self.has(TransformType::INTEG);
        let is_aead = self.is_aead_alone();
        for kind in TransformType::COMPARED {
            let made = kind == TransformType::PRF && had_prf
                || kind == TransformType::INTEG && is_aead
                || kind.additional_round().is_some();
            if !made && !self.has(kind) {
                self.transforms
                    .extend(default.of(kind).iter().map(|it| (*it, None)));
            }
        }
        before != self.transforms.len()
    }

    fn is_aead_alone(&self) -> bool {
        let mut ciphers = self.of(TransformType::ENCR).peekable();
        ciphers.peek().is_some() && ciphers.all(Transform::is_aead)
    }

    /// The proposals: AEAD ciphers have one of their own, which needs no integrity algorithm.
    pub(super) fn entries(&self, protocol: Protocol, origin: &Origin) -> Vec<Entry> {
        let first_is_aead = self
            .of(TransformType::ENCR)
            .next()
            .is_some_and(Transform::is_aead);
        let mut entries = Vec::new();
        for aead in [first_is_aead, !first_is_aead] {
            let kept = |it: &&(Transform, Option<Span>)| match it.0.kind {
                TransformType::ENCR => it.0.is_aead() == aead,
                TransformType::INTEG => !aead,
                _ => true,
            };
            let kept: Vec<_> = self.transforms.iter().filter(kept).collect();
            if !kept.iter().any(|it| it.0.kind == TransformType::ENCR) && protocol != Protocol::Ah {
                continue;
            }
            let mut transforms: Vec<_> = kept.iter().map(|it| it.0).collect();
            if protocol == Protocol::Ike && !self.has(TransformType::PRF) {
                transforms.extend(self.of(TransformType::INTEG).filter_map(cisco::prf_of));
            }
            if protocol != Protocol::Ike && !self.has(TransformType::SN) {
                transforms.push(Transform::sn(Sn::Sequential32));
            }
            let words = kept.iter().filter_map(|(value, span)| {
                let (value, span) = (*value, span.clone()?);
                Some(Spanned { value, span })
            });
            let words: Vec<_> = words.collect();
            let proposal = Proposal::new(protocol, transforms);
            entries.push(Entry::new(proposal, origin.clone()).with_words(words));
            if protocol == Protocol::Ah {
                break;
            }
        }
        entries
    }
}

impl Reader<'_> {
    /// Whether `no` stands before a part of what a command of the block says.
    fn is_unclear(&mut self, block: &Block, command: &Word) -> bool {
        let lists = ["encryption", "integrity", "prf", "group", "pqc", "protocol"];
        let key = command.text.as_str();
        if !lists.contains(&key) || block.after(&[key]).is_none() {
            return false;
        }
        let message = format!("what is left of `{key}` after this `no` is not known");
        self.complain(
            Diagnostic::warning(ReadCode::DefaultUnknown, &command.span, message)
                .help("`show running-config` prints what is left"),
        );
        true
    }

    /// The algorithm that a word names, or a complaint.
    pub(super) fn algorithm(
        &mut self,
        menu: Menu,
        kind: TransformType,
        word: &Word,
    ) -> Option<(Transform, Option<Span>)> {
        if let Some(transform) = menu.transform(kind, &word.text) {
            return Some((transform, Some(word.span.clone())));
        }
        let known = menu.words(kind);
        let said = quoted_or(&word.text, known.iter().copied(), "this");
        let message = format!("{said} is no {} here", kind.noun());
        let complaint = Diagnostic::error(ReadCode::UnknownKeyword, &word.span, message);
        let near = nearest(&word.text, known.iter().copied());
        let complaint = complaint.maybe_help(near.map(|near| format!("did you mean `{near}`?")));
        self.complain(complaint.note(format!("expected {}", any_of(known))));
        None
    }

    /// The algorithms behind `encryption`, `integrity`, `prf` and `group`, and additional key exchanges.
    pub(super) fn lists(&mut self, menu: Menu, block: &Block) -> Lists {
        let mut lists = Lists::default();
        let mut round = TransformType::ADDKE1;
        for line in &block.lines {
            let (Some(first), rest) = (line.first(), line.get(1..).unwrap_or_default()) else {
                continue;
            };
            if let ("no", Some(word)) = (first.text.as_str(), rest.first()) {
                lists.is_unclear |= self.is_unclear(block, word);
                continue;
            }
            let kind = match first.text.as_str() {
                "encryption" => TransformType::ENCR,
                "integrity" => TransformType::INTEG,
                "prf" => TransformType::PRF,
                "group" => TransformType::KE,
                "pqc" => TransformType::ADDKE1,
                "additional-key-exchange" => {
                    let number = rest.first().and_then(|it| it.text.parse().ok());
                    round = number.and_then(TransformType::additional).unwrap_or(round);
                    continue;
                }
                "key-exchange-method" => round,
                _ => continue,
            };
            for word in rest {
                if menu == Menu::AsaPolicy
                    && kind == TransformType::INTEG
                    && word.text == cisco::NULL
                {
                    continue;
                }
                if kind == TransformType::ADDKE1 && word.text == "optional" {
                    // A peer without ML-KEM is taken too, which in RFC 9370 is the number 0.
                    let none = Transform::raw(kind, 0);
                    lists.extend([(none, Some(word.span.clone()))]);
                    continue;
                }
                let found = self.algorithm(menu, kind, word);
                lists.extend(found);
            }
        }
        lists
    }

    /// The proposals of `crypto ikev2 proposal` of IOS; of the one that is called `default` what is missing
    /// is the release's own. `None` where that is not known.
    pub(super) fn ios_proposal(&mut self, block: &Block) -> Option<Vec<Entry>> {
        let mut lists = self.lists(Menu::IosProposal, block);
        let needs_integrity = !lists.is_aead_alone();
        let missing = [
            (TransformType::ENCR, "encryption"),
            (TransformType::INTEG, "integrity"),
            (TransformType::KE, "group"),
        ];
        let missing = missing.iter().find(|(kind, _)| {
            !lists.has(*kind) && (*kind != TransformType::INTEG || needs_integrity)
        });
        let Some(name) = block.name() else {
            return Some(Vec::new());
        };
        // What is written and is none has been said.
        let is_written = |key: &str| block.after(&[key]).is_some();
        if missing.is_some_and(|(_, key)| is_written(key)) {
            return Some(Vec::new());
        }
        if let Some((_, key)) = missing {
            if name.text == "default" {
                lists.fill(&self.default_list(Protocol::Ike, &name.span)?);
            } else {
                let message = format!("`{key}` is missing, so the proposal is not used");
                self.complain(
                    Diagnostic::warning(ReadCode::NotWritten, &name.span, message).note(
                        "a proposal needs encryption, integrity unless it is AES-GCM, and a group",
                    ),
                );
                return Some(Vec::new());
            }
        }
        if self.has_refused(&lists) || lists.is_unclear {
            return None;
        }
        let makes_prf = lists.has(TransformType::PRF) || lists.has(TransformType::INTEG);
        if !makes_prf && is_written("prf") {
            return Some(Vec::new());
        }
        if !makes_prf {
            let message = "`prf` is missing beside AES-GCM, so the proposal is not used";
            self.complain(Diagnostic::warning(
                ReadCode::NotWritten,
                &name.span,
                message,
            ));
            return Some(Vec::new());
        }
        Some(lists.entries(Protocol::Ike, &origin(block)))
    }

    /// Whether the release refuses something in a list, with a complaint: it is not known what it has instead.
    pub(super) fn has_refused(&mut self, lists: &Lists) -> bool {
        if !self.refuses_weak {
            return false;
        }
        let mut written = lists.transforms.iter();
        let refused = written.find_map(|(transform, span)| {
            let span = span.as_ref()?;
            cisco::is_refused_as_weak(*transform).then_some(span)
        });
        let Some(span) = refused else {
            return false;
        };
        let message = format!(
            "{} refuses this algorithm, so it is not known what is used",
            self.engine
        );
        self.complain(
            Diagnostic::warning(ReadCode::NotWritten, span, message)
                .note("field notice FN72510: since IOS XE 17.11.1 weak algorithms need a command of their own")
                .help("take a stronger one, or `crypto engine compliance shield disable` if the router has it"),
        );
        true
    }

    /// The proposals of `crypto ikev2 policy` of the ASA; `None` where one is not known.
    pub(super) fn asa_policy(&mut self, block: &Block) -> Option<Vec<Entry>> {
        let lists = self.lists(Menu::AsaPolicy, block);
        let missing = [
            (TransformType::ENCR, "encryption"),
            (TransformType::KE, "group"),
            (TransformType::PRF, "prf"),
            (TransformType::INTEG, "integrity"),
        ];
        let is_written = |key: &str| block.after(&[key]).is_some();
        self.is_whole(&lists, &missing, is_written, block)?;
        if lists.is_unclear {
            return None;
        }
        Some(lists.entries(Protocol::Ike, &origin(block)))
    }

    /// Whether nothing is missing, with a complaint where something is; what is written and is none has been said.
    fn is_whole(
        &mut self,
        lists: &Lists,
        needed: &[(TransformType, &str)],
        is_written: impl Fn(&str) -> bool,
        block: &Block,
    ) -> Option<()> {
        let mut missing = needed.iter().filter(|(kind, _)| {
            !lists.has(*kind) && (*kind != TransformType::INTEG || !lists.is_aead_alone())
        });
        let Some((_, key)) = missing.next() else {
            return Some(());
        };
        if let (false, Some(name)) = (is_written(key), block.name()) {
            let message = format!("`{key}` is missing, and what the ASA has instead is not known");
            self.complain(
                Diagnostic::warning(ReadCode::DefaultUnknown, &name.span, message)
                    .help("`show running-config all crypto` prints it"),
            );
        }
        None
    }

    /// `crypto ipsec ikev2 ipsec-proposal`: `protocol esp encryption …`, `protocol esp integrity …`; `None` where
    /// one of both is not known.
    pub(super) fn asa_proposal(&mut self, block: &Block) -> Option<Lists> {
        let mut lists = Lists::default();
        let mut without_integrity = false;
        let needed = [
            (TransformType::ENCR, "encryption"),
            (TransformType::INTEG, "integrity"),
        ];
        for (kind, key) in needed {
            for word in block.all_after(&["protocol", "esp", key]).flatten() {
                if kind == TransformType::INTEG && word.text == cisco::NULL {
                    without_integrity = true;
                    continue;
                }
                let found = self.algorithm(Menu::AsaProposal, kind, word);
                lists.extend(found);
            }
        }
        let taken = block.after(&["no"]).and_then(<[Word]>::first).cloned();
        if taken.is_some_and(|word| self.is_unclear(block, &word)) {
            return None;
        }
        let needed = needed.get(..if without_integrity { 1 } else { 2 });
        let is_written = |key: &str| block.after(&["protocol", "esp", key]).is_some();
        self.is_whole(&lists, needed.unwrap_or_default(), is_written, block)?;
        Some(lists)
    }

    /// The words of a transform set; its protocol is AH where it has no cipher.
    pub(super) fn transform_set(&mut self, block: &Block) -> (Protocol, Lists) {
        let mut lists = Lists::default();
        let mut protocol = Protocol::Ah;
        let mut words = block.rest().iter().peekable();
        while let Some(word) = words.next() {
            let mut word = word.clone();
            let takes_size = ["esp-aes", "esp-gcm", "esp-gmac"].contains(&word.text.as_str());
            if let Some(size) = words.next_if(|next| takes_size && is_number(&next.text)) {
                word.text = format!("{} {}", word.text, size.text);
                word.span.end = size.span.end;
            }
            if word.text == "comp-lzs" || word.text == "esn" {
                continue;
            }
            let (menu, kind) = match word.text.as_str() {
                it if it.starts_with("ah-") => (Menu::TransformSetAh, TransformType::INTEG),
                it if it.ends_with("-hmac") => (Menu::TransformSet, TransformType::INTEG),
                _ => (Menu::TransformSet, TransformType::ENCR),
            };
            if menu == Menu::TransformSet {
                protocol = Protocol::Esp;
            }
            let found = self.algorithm(menu, kind, &word);
            lists.extend(found);
        }
        if protocol == Protocol::Esp && !lists.has(TransformType::ENCR) {
            // `esp-sha-hmac` alone.
            let null = Menu::TransformSet.transform(TransformType::ENCR, "esp-null");
            lists.extend(null.map(|it| (it, None)));
        }
        (protocol, lists)
    }

    /// The list that the release has by itself, with a remark that it is assumed; `None` if it is not known.
    pub(super) fn default_list(&mut self, protocol: Protocol, span: &Span) -> Option<Proposal> {
        let known = self.version_is_written;
        let own = known.then(|| (self.context.defaults)(self.engine, protocol));
        let own = own.flatten().and_then(|all| all.into_iter().next());
        let what = match protocol {
            Protocol::Ike => "proposal",
            Protocol::Esp | Protocol::Ah => "transform set",
        };
        let print = match protocol {
            Protocol::Ike => "`show crypto ikev2 proposal default` prints it",
            Protocol::Esp | Protocol::Ah => "`show crypto ipsec transform-set default` prints it",
        };
        let complaint = match (&own, known) {
            (Some(_), _) => {
                let message = format!("the default {what} of {} is assumed", self.engine);
                Diagnostic::new(Severity::Note, ReadCode::DefaultAssumed, span, message)
            }
            (None, true) => {
                let message = format!("the default {what} of {} is not known", self.engine);
                Diagnostic::warning(ReadCode::DefaultUnknown, span, message)
            }
            (None, false) => {
                let message = format!(
                    "the default {what} counts, which differs by release, and the file has no `version`"
                );
                Diagnostic::warning(ReadCode::DefaultUnknown, span, message)
            }
        };
        self.remarks.say_once(complaint.help(print));
        own
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// Where a proposal comes from: the lines that it is made of.
pub(super) fn origin(block: &Block) -> Origin {
    let lines = block.lines.iter().filter_map(|line| {
        let (first, last) = (line.first()?, line.last()?);
        let lists = [
            "encryption",
            "integrity",
            "prf",
            "group",
            "pqc",
            "protocol",
            "key-exchange-method",
        ];
        let listed = lists.contains(&first.text.as_str());
        listed.then(|| Span::new(first.span.file, first.span.start..last.span.end))
    });
    let lines: Vec<Span> = lines.collect();
    match (lines.is_empty(), block.header.first(), block.header.last()) {
        (true, Some(first), Some(last)) => {
            Origin::Written(Span::new(first.span.file, first.span.start..last.span.end))
        }
        _ => Origin::Expanded(lines),
    }
}
