//! The rules of `iked.conf`: `ikev2rule`, `set`, `user`, `include` and macros of OpenIKED's `parse.y`.
//!
//! The parts of a rule have one order; what stands elsewhere costs the whole file.

use super::lexer::{Kind, Token};
use crate::diag::{Diagnostic, Span, nearest, quoted_or};
use crate::dialect::iked;
use crate::peer::server::Spanned;
use crate::peer::setting::{Bearing, Setting};
use crate::read::ReadCode;

/// Words that are no strings unless they stand in quotation marks (`lookup` of `parse.y`).
pub(super) const KEYWORDS: &[&str] = &[
    "active",
    "ah",
    "any",
    "auth",
    "bytes",
    "cert_partial_chain",
    "childsa",
    "config",
    "couple",
    "decouple",
    "default",
    "dpd_check_interval",
    "dstid",
    "dynamic",
    "eap",
    "enc",
    "enforcesingleikesa",
    "esn",
    "esp",
    "file",
    "flow",
    "fragmentation",
    "from",
    "group",
    "iface",
    "ike",
    "ikelifetime",
    "ikesa",
    "ikev2",
    "include",
    "inet",
    "inet6",
    "ipcomp",
    "lifetime",
    "local",
    "maxage",
    "mobike",
    "name",
    "natt",
    "noenforcesingleikesa",
    "noesn",
    "nofragmentation",
    "nomobike",
    "nostickyaddress",
    "novendorid",
    "ocsp",
    "passive",
    "peer",
    "port",
    "prf",
    "proto",
    "psk",
    "quick",
    "rdomain",
    "request",
    "sa",
    "set",
    "skip",
    "srcid",
    "stickyaddress",
    "tag",
    "tap",
    "tcpmd5",
    "to",
    "tolerate",
    "transport",
    "tunnel",
    "user",
    "vendorid",
];

/// Words of rules that iked leaves to ipsecctl (`otherrule`).
const PASSED_OVER: &[&str] = &[
    "flow",
    "from",
    "ike",
    "sa",
    "tcpmd5",
    "to",
    "transport",
    "tunnel",
];

/// Options of `config` and `request` (`cpxfs`).
const CONFIG: &[&str] = &[
    "address",
    "netmask",
    "name-server",
    "netbios-server",
    "dhcp-server",
    "protected-subnet",
    "access-server",
];

/// Words that stand for a way to prove who one is (`methodxfs`).
const METHODS: &[&str] = &[
    "rsa",
    "ecdsa256",
    "ecdsa384",
    "ecdsa521",
    "rfc7427",
    "signature",
];

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.binary_search(&word).is_ok()
}

pub(super) fn is_passed_over(token: &Token) -> bool {
    token.kind == Kind::Word && PASSED_OVER.contains(&token.text.as_str())
}

/// One block behind `ikesa` or `childsa`.
#[derive(Debug)]
pub(super) struct Block {
    /// From the keyword to the last word.
    pub(super) span: Span,
    /// Keyword and word of each transform; `esn` and `noesn` have no word.
    pub(super) transforms: Vec<(Token, Option<Token>)>,
}

/// A flow: networks of this side and of the other.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) from: Spanned<String>,
    pub(super) to: Spanned<String>,
}

/// How the peers prove who they are.
#[derive(Debug, Default)]
pub(super) enum Proof {
    /// Any signature, because nothing is said.
    #[default]
    Unsaid,
    Signature(Spanned<String>),
    PreSharedKey(Span),
    Mschapv2(Span),
}

/// A rule `ikev2`.
#[derive(Debug, Default)]
pub(super) struct Rule {
    pub(super) name: Option<Spanned<String>>,
    pub(super) is_active: bool,
    /// Whether it is passed over when somebody dials in.
    pub(super) is_skipped: bool,
    pub(super) transport: Option<Span>,
    pub(super) is_ah: bool,
    pub(super) flows: Vec<Flow>,
    pub(super) local: Option<Spanned<String>>,
    pub(super) peer: Option<Spanned<String>>,
    pub(super) ike: Vec<Block>,
    pub(super) child: Vec<Block>,
    pub(super) srcid: Option<Spanned<String>>,
    pub(super) dstid: Option<Spanned<String>>,
    pub(super) ikelifetime: Option<Spanned<u64>>,
    pub(super) lifetime: Option<Spanned<u64>>,
    pub(super) proof: Proof,
    /// Addresses for clients.
    pub(super) pools: Vec<Spanned<String>>,
    /// Every part in its order, as it can be written again.
    pub(super) settings: Vec<Setting>,
}

/// The words of one statement, from the first to the last.
pub(super) struct Words<'t> {
    tokens: &'t [Token],
    at: usize,
    /// Where the statement is, for what is missing at its end.
    whole: Span,
}

type Parsed<T> = Result<T, Box<Diagnostic>>;

impl<'t> Words<'t> {
    /// The words behind the first.
    pub(super) fn behind_first(tokens: &'t [Token]) -> Option<Self> {
        let first = tokens.first()?;
        Some(Self {
            tokens,
            at: 1,
            whole: first.span.clone(),
        })
    }

    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    /// The next word, if it is one of these keywords.
    fn one_of(&mut self, keywords: &[&str]) -> Option<&'t Token> {
        let token = self
            .peek()
            .filter(|it| keywords.iter().any(|word| it.is(word)))?;
        self.at += 1;
        Some(token)
    }

    fn string(&mut self, what: &str) -> Parsed<&'t Token> {
        match self.peek() {
            Some(token) if token.is_string() => {
                self.at += 1;
                Ok(token)
            }
            _ => Err(self.unexpected(what)),
        }
    }

    fn number(&mut self, what: &str) -> Parsed<&'t Token> {
        match self.peek() {
            Some(token) if token.kind == Kind::Number => {
                self.at += 1;
                Ok(token)
            }
            _ => Err(self.unexpected(what)),
        }
    }

    /// Where the last word ends.
    fn end(&self) -> Span {
        let last = self
            .at
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last));
        last.map_or_else(|| self.whole.clone(), |it| it.span.clone())
    }

    fn from(&self, first: &Span) -> Span {
        let end = self.end();
        if end.file == first.file && end.end >= first.start {
            Span::new(first.file, first.start..end.end)
        } else {
            first.clone()
        }
    }

    /// What is said where another word was to be.
    fn unexpected(&self, what: &str) -> Box<Diagnostic> {
        let complaint = |span: &Span, message: String| {
            Diagnostic::error(ReadCode::SyntaxError, span, message)
                .note("iked says \"syntax error\", and refuses the whole file")
        };
        let Some(token) = self.peek() else {
            let message = format!("the statement ends, and {what} is missing");
            let help = "end the line with `\\`, if the statement goes on in the next one";
            return Box::new(complaint(&self.end(), message).help(help));
        };
        let word = match token.kind {
            Kind::Word => quoted_or(&token.text, KEYWORDS.iter().copied(), "this"),
            Kind::Quoted | Kind::Number | Kind::Sign => "this".to_owned(),
        };
        let message = format!("{word} stands where iked expects {what}");
        let diagnostic = complaint(&token.span, message);
        let group = token.kind == Kind::Number
            && self
                .at
                .checked_sub(1)
                .and_then(|before| self.tokens.get(before))
                .is_some_and(|before| before.is("group"));
        Box::new(if group {
            diagnostic.help(format!("write `grp{}`", token.text))
        } else {
            diagnostic
        })
    }

    /// Fails unless the statement ends here.
    pub(super) fn finish(&self, what: &str) -> Parsed<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected(what)),
        }
    }

    /// The string behind `include`, or the strings behind `user`, of which nothing is kept.
    pub(super) fn strings(&mut self, count: usize) -> Parsed<&'t Token> {
        let first = self.string("a string in quotation marks")?;
        for _ in 1..count {
            self.string("a string in quotation marks")?;
        }
        self.finish("the end of the line")?;
        Ok(first)
    }

    /// `host_spec`, `any` and, in a flow, `dynamic` and a network behind NAT; whether there is one.
    fn host(&mut self, in_flow: bool) -> Parsed<(Spanned<String>, bool)> {
        let words: &[&str] = if in_flow {
            &["any", "dynamic"]
        } else {
            &["any"]
        };
        if let Some(token) = self.one_of(words) {
            return Ok((placed(token), false));
        }
        let mut host = self.host_spec()?;
        let behind = in_flow && self.one_of(&["("]).is_some();
        if behind {
            self.host_spec()?;
            if self.one_of(&[")"]).is_none() {
                return Err(self.unexpected("`)`"));
            }
            host.span = self.from(&host.span);
        }
        Ok((host, behind))
    }

    fn host_spec(&mut self) -> Parsed<Spanned<String>> {
        let mut host = placed(self.string("an address")?);
        if self.one_of(&["/"]).is_some() {
            let bits = self.number("the length of the network's prefix")?;
            host.value = format!("{}/{}", host.value, bits.text);
            host.span = self.from(&host.span);
        }
        Ok(host)
    }

    /// A number of seconds, or of minutes or hours.
    fn time(&mut self) -> Parsed<Spanned<u64>> {
        self.measured(&[('m', 60), ('h', 3600)], "a time such as `3600` or `1h`")
    }

    fn measured(&mut self, units: &[(char, u64)], what: &str) -> Parsed<Spanned<u64>> {
        let wrong = self.unexpected(what);
        let token = self
            .peek()
            .filter(|it| it.kind == Kind::Number || it.is_string());
        let Some(token) = token else {
            return Err(wrong);
        };
        let number = token
            .text
            .trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = token.text.get(number.len()..).unwrap_or_default();
        let factor = match (token.kind, unit) {
            (Kind::Number, _) => Some(1),
            _ => units
                .iter()
                .find(|(letter, _)| unit.eq_ignore_ascii_case(&letter.to_string()))
                .map(|(_, factor)| *factor),
        };
        let value = number.parse::<u64>().ok().zip(factor);
        let Some(value) = value.and_then(|(value, factor)| value.checked_mul(factor)) else {
            return Err(wrong);
        };
        self.at += 1;
        let span = token.span.clone();
        Ok(Spanned { value, span })
    }
}

fn placed(token: &Token) -> Spanned<String> {
    Spanned {
        value: token.text.clone(),
        span: token.span.clone(),
    }
}

/// A word as it can be written again.
fn spelt(token: &Token) -> String {
    match token.kind {
        Kind::Quoted => iked::string(&token.text),
        Kind::Word | Kind::Number | Kind::Sign => token.text.clone(),
    }
}

/// Reads a rule, whose first word is `ikev2`.
pub(super) fn rule(mut words: Words<'_>) -> Parsed<Rule> {
    let mut rule = Rule::default();
    if words.peek().is_some_and(Token::is_string) {
        rule.name = Some(placed(words.string("a name")?));
    }
    flags(&mut rule, &mut words)?;
    hosts(&mut rule, &mut words)?;
    peers(&mut rule, &mut words)?;
    for (keyword, child) in [("ikesa", false), ("childsa", true)] {
        while let Some(token) = words.one_of(&[keyword]) {
            let block = block(&mut rule, token, &mut words)?;
            let list = if child {
                &mut rule.child
            } else {
                &mut rule.ike
            };
            list.push(block);
        }
    }
    for keyword in ["srcid", "dstid"] {
        if let Some(token) = words.one_of(&[keyword]) {
            let id = words.string("an identity")?;
            set(&mut rule, token, spelt(id), None);
            let id = Some(placed(id));
            match keyword {
                "srcid" => rule.srcid = id,
                _ => rule.dstid = id,
            }
        }
    }
    times(&mut rule, &mut words)?;
    proof(&mut rule, &mut words)?;
    config(&mut rule, &mut words)?;
    if let Some(token) = words.one_of(&["iface"]) {
        let name = spelt(words.string("an interface")?);
        set(&mut rule, token, name, Some(Bearing::Operation));
    }
    while let Some(token) = words.one_of(&["tag", "tap"]) {
        let value = spelt(words.string("a string")?);
        set(&mut rule, token, value, Some(Bearing::Operation));
    }
    words.finish(&format!(
        "the end of the rule, or {} in its order",
        what_follows(&rule)
    ))?;
    Ok(rule)
}

/// The parts that may still follow, for a message.
fn what_follows(rule: &Rule) -> &'static str {
    let said = |key: &str| rule.settings.iter().any(|setting| setting.key == key);
    if said("config") || said("request") || said("iface") {
        "`config`, `iface`, `tag` or `tap`"
    } else if said("srcid") || said("dstid") || !matches!(rule.proof, Proof::Unsaid) {
        "`ikelifetime`, `lifetime`, the authentication, `config` or `tag`"
    } else {
        "`peer`, `ikesa`, `childsa`, `srcid`, `ikelifetime`, `lifetime`, the authentication, \
         `config` or `tag`"
    }
}

fn set(rule: &mut Rule, token: &Token, value: String, bearing: Option<Bearing>) {
    rule.settings.push(Setting {
        key: token.text.clone(),
        value,
        span: token.span.clone(),
        bearing,
    });
}

fn flags(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
    for (keywords, bearing) in [
        (
            &["quick", "skip", "default"][..],
            Some(Bearing::Reachability),
        ),
        (&["passive", "active"], None),
        (&["ipcomp"], Some(Bearing::Reachability)),
        (&["tunnel", "transport"], None),
        (&["natt"], Some(Bearing::Operation)),
        (&["esp", "ah"], None),
        (&["inet", "inet6"], Some(Bearing::Reachability)),
    ] {
        let Some(token) = words.one_of(keywords) else {
            continue;
        };
        let mut bearing = bearing;
        match token.text.as_str() {
            "active" => {
                rule.is_active = true;
                bearing = Some(Bearing::Operation);
            }
            "skip" => rule.is_skipped = true,
            "transport" => rule.transport = Some(token.span.clone()),
            "ah" => rule.is_ah = true,
            _ => {}
        }
        set(rule, token, String::new(), bearing);
    }
    if let Some(token) = words.one_of(&["proto"]) {
        let mut value = Vec::new();
        let several = words.one_of(&["{"]).is_some();
        loop {
            let protocol = words
                .peek()
                .filter(|it| it.is_string() || it.kind == Kind::Number);
            let Some(protocol) = protocol else {
                return Err(words.unexpected("a protocol such as `tcp`"));
            };
            words.at += 1;
            value.push(spelt(protocol));
            let comma = several && words.one_of(&[","]).is_some();
            if !several || !comma && words.one_of(&["}"]).is_some() {
                break;
            }
        }
        let value = if several {
            format!("{{ {} }}", value.join(", "))
        } else {
            value.concat()
        };
        set(rule, token, value, Some(Bearing::Reachability));
    }
    if let Some(token) = words.one_of(&["rdomain"]) {
        let number = words.number("a number")?;
        set(
            rule,
            token,
            number.text.clone(),
            Some(Bearing::Reachability),
        );
    }
    Ok(())
}

fn hosts(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
    loop {
        if !rule.flows.is_empty() {
            words.one_of(&[","]);
        }
        let Some(first) = words.one_of(&["from", "to"]) else {
            if rule.flows.is_empty() {
                return Err(words.unexpected("`from` and `to`"));
            }
            return Ok(());
        };
        let start = words.at;
        let (one, nat) = words.host(true)?;
        let mut limited = nat | port(words)?;
        let second = if first.is("from") { "to" } else { "from" };
        if words.one_of(&[second]).is_none() {
            return Err(words.unexpected(&format!("`{second}`")));
        }
        let (other, nat) = words.host(true)?;
        limited |= nat | port(words)?;
        let text = words.tokens.get(start..words.at).unwrap_or_default();
        let bearing = limited.then_some(Bearing::Reachability);
        set(rule, first, joined(text), bearing);
        if let Some(setting) = rule.settings.last_mut() {
            setting.span = words.from(&first.span);
        }
        let (from, to) = match second {
            "to" => (one, other),
            _ => (other, one),
        };
        rule.flows.push(Flow { from, to });
    }
}

/// Words with blanks between them, but none around `/`.
fn joined(tokens: &[Token]) -> String {
    let mut text = String::new();
    for token in tokens {
        let slash = token.is("/") || text.ends_with('/');
        if !text.is_empty() && !slash {
            text.push(' ');
        }
        text.push_str(&spelt(token));
    }
    text
}

/// Whether a port is named.
fn port(words: &mut Words<'_>) -> Parsed<bool> {
    if words.one_of(&["port"]).is_none() {
        return Ok(false);
    }
    let port = words
        .peek()
        .is_some_and(|it| it.is_string() || it.kind == Kind::Number);
    if !port {
        return Err(words.unexpected("a port"));
    }
    words.at += 1;
    Ok(true)
}

fn peers(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
    for _ in 0..2 {
        let open: &[&str] = match (&rule.peer, &rule.local) {
            (None, None) => &["peer", "local"],
            (None, Some(_)) => &["peer"],
            (Some(_), None) => &["local"],
            (Some(_), Some(_)) => &[],
        };
        let Some(token) = words.one_of(open) else {
            return Ok(());
        };
        let start = words.at;
        let (host, _) = words.host(false)?;
        let text = joined(words.tokens.get(start..words.at).unwrap_or_default());
        set(rule, token, text, None);
        match token.text.as_str() {
            "peer" => rule.peer = Some(host),
            _ => rule.local = Some(host),
        }
    }
    Ok(())
}

fn block(rule: &mut Rule, keyword: &Token, words: &mut Words<'_>) -> Parsed<Block> {
    let mut transforms = Vec::new();
    let start = words.at;
    while let Some(kind) = words.one_of(&["auth", "enc", "prf", "group", "esn", "noesn"]) {
        let word = match kind.text.as_str() {
            "esn" | "noesn" => None,
            "group" => Some(words.string("the name of a group")?.clone()),
            _ => Some(words.string("the name of an algorithm")?.clone()),
        };
        transforms.push((kind.clone(), word));
    }
    if transforms.is_empty() {
        // `transforms` may be empty in the grammar, and iked then reads what is not there.
        return Err(words.unexpected("`enc`, `auth`, `prf` or `group`"));
    }
    let text = joined(words.tokens.get(start..words.at).unwrap_or_default());
    set(rule, keyword, text, None);
    Ok(Block {
        span: words.from(&keyword.span),
        transforms,
    })
}

fn times(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
    if let Some(token) = words.one_of(&["ikelifetime"]) {
        let time = words.time()?;
        set(rule, token, time.value.to_string(), None);
        rule.ikelifetime = Some(time);
    }
    if let Some(token) = words.one_of(&["lifetime"]) {
        let time = words.time()?;
        set(rule, token, time.value.to_string(), None);
        rule.lifetime = Some(time);
        if let Some(token) = words.one_of(&["bytes"]) {
            let units = [('k', 1 << 10), ('m', 1 << 20), ('g', 1 << 30)];
            let bytes = words.measured(&units, "a number of octets such as `4G`")?;
            let value = bytes.value.to_string();
            set(rule, token, value, Some(Bearing::Reachability));
        }
    }
    Ok(())
}

fn proof(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
    if let Some(token) = words.one_of(&["psk"]) {
        rule.proof = Proof::PreSharedKey(token.span.clone());
        let file = words.one_of(&["file"]).is_some();
        let key = words.string("the key in quotation marks")?;
        // The key itself is never kept; the name of its file is.
        let value = if file {
            format!("file {}", spelt(key))
        } else {
            String::new()
        };
        set(rule, token, value, None);
    } else if let Some(token) = words.one_of(&["eap"]) {
        let method = words.string("the method `\"mschap-v2\"`")?;
        let name = method.text.to_ascii_lowercase().replace('-', "_");
        if name != "mschap_v2" {
            return Err(Box::new(
                Diagnostic::error(
                    ReadCode::UnknownValue,
                    &method.span,
                    "iked has no such method of EAP",
                )
                .note("iked says \"unsupported EAP method: …\", and refuses the whole file")
                .help("write `eap \"mschap-v2\"`, the one that there is"),
            ));
        }
        set(rule, token, spelt(method), None);
        rule.proof = Proof::Mschapv2(words.from(&token.span));
    } else if words.peek().is_some_and(Token::is_string) {
        let word = words.string("the authentication")?;
        let Some(method) = METHODS.iter().find(|it| it.starts_with(&word.text)) else {
            let known = METHODS.iter().copied();
            let said = quoted_or(&word.text, known.clone(), "this");
            let near = nearest(&word.text, known);
            let message = format!("{said} is no way to authenticate");
            return Err(Box::new(
                Diagnostic::error(ReadCode::UnknownValue, &word.span, message)
                    .note(
                        "iked says \"not a valid authentication mode\", and refuses the whole file",
                    )
                    .note(format!(
                        "expected {}",
                        crate::diag::any_of(METHODS.iter().copied())
                    ))
                    .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
            ));
        };
        // `signature` is the default; the others narrow it.
        let narrow = *method != "signature";
        let bearing = narrow.then_some(Bearing::Security);
        rule.settings.push(Setting {
            key: (*method).to_owned(),
            value: String::new(),
            span: word.span.clone(),
            bearing,
        });
        rule.proof = Proof::Signature(Spanned {
            value: (*method).to_owned(),
            span: word.span.clone(),
        });
    }
    Ok(())
}

fn config(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
    while let Some(token) = words.one_of(&["config", "request"]) {
        let option = words.string("an option such as `address`")?;
        let Some(name) = CONFIG.iter().find(|it| it.starts_with(&option.text)) else {
            let known = CONFIG.iter().copied();
            let said = quoted_or(&option.text, known.clone(), "this");
            let message = format!("{said} is no option of `{}`", token.text);
            return Err(Box::new(
                Diagnostic::error(ReadCode::UnknownValue, &option.span, message)
                    .note("iked says \"not a valid ikecfg option\", and refuses the whole file")
                    .note(format!("expected {}", crate::diag::any_of(known))),
            ));
        };
        let start = words.at;
        let host = if token.is("request") {
            words.host(false)?.0
        } else {
            words.host_spec()?
        };
        let text = joined(words.tokens.get(start..words.at).unwrap_or_default());
        let pool = *name == "address" && token.is("config");
        let bearing = (!pool).then_some(match *name {
            "address" | "protected-subnet" => Bearing::Reachability,
            _ => Bearing::Operation,
        });
        set(rule, token, format!("{name} {text}"), bearing);
        if pool {
            rule.pools.push(host);
        }
    }
    Ok(())
}

/// What `set` takes, with what depends on it; `None` where it says what holds anyway.
const SETTINGS: &[(&str, Option<Bearing>)] = &[
    ("active", None),
    ("passive", Some(Bearing::Operation)),
    ("couple", None),
    ("decouple", Some(Bearing::Reachability)),
    ("fragmentation", Some(Bearing::Operation)),
    ("nofragmentation", None),
    ("mobike", None),
    ("nomobike", Some(Bearing::Operation)),
    ("vendorid", None),
    ("novendorid", Some(Bearing::Operation)),
    ("enforcesingleikesa", Some(Bearing::Reachability)),
    ("noenforcesingleikesa", None),
    ("stickyaddress", Some(Bearing::Operation)),
    ("nostickyaddress", None),
    ("ocsp", Some(Bearing::Security)),
    ("cert_partial_chain", Some(Bearing::Security)),
    ("dpd_check_interval", Some(Bearing::Operation)),
];

/// Reads what stands behind `set`.
pub(super) fn setting(mut words: Words<'_>) -> Parsed<Setting> {
    let names: Vec<_> = SETTINGS.iter().map(|row| row.0).collect();
    let Some(token) = words.one_of(&names) else {
        let near = words
            .peek()
            .and_then(|it| nearest(&it.text, names.iter().copied()));
        let wrong = words.unexpected("the name of a setting");
        let near = near.map(|near| format!("did you mean `{near}`?"));
        return Err(Box::new(wrong.maybe_help(near)));
    };
    let mut value = String::new();
    match token.text.as_str() {
        "ocsp" => {
            value = spelt(words.string("the URL of the responder")?);
            for keyword in ["tolerate", "maxage"] {
                if words.one_of(&[keyword]).is_none() {
                    break;
                }
                value = format!("{value} {keyword} {}", words.time()?.value);
            }
        }
        "dpd_check_interval" => value = words.number("a number of seconds")?.text.clone(),
        _ => {}
    }
    words.finish("the end of the line")?;
    let row = SETTINGS.iter().find(|row| token.is(row.0));
    Ok(Setting {
        key: token.text.clone(),
        value,
        span: token.span.clone(),
        bearing: row.and_then(|row| row.1),
    })
}

/// Reads a macro, `name = "value" "more"`: its name, and its value.
pub(super) fn definition(tokens: &[Token]) -> Option<Parsed<(String, String)>> {
    let [name, sign, values @ ..] = tokens else {
        return None;
    };
    if !sign.is("=") {
        return None;
    }
    if !name.is_string() {
        let word = quoted_or(&name.text, KEYWORDS.iter().copied(), "this");
        let message = format!("{word} is no name for a macro");
        return Some(Err(Box::new(
            Diagnostic::error(ReadCode::SyntaxError, &name.span, message)
                .note("iked says \"syntax error\", and refuses the whole file")
                .note("a name is no number and no keyword of iked.conf")
                .help("give it another name"),
        )));
    }
    let words = |at| Words {
        tokens,
        at,
        whole: name.span.clone(),
    };
    if values.is_empty() {
        return Some(Err(words(2).unexpected("the value of the macro")));
    }
    if let Some(wrong) = values.iter().position(|it| !it.is_string()) {
        let complaint = words(wrong + 2).unexpected("a string");
        return Some(Err(Box::new(
            complaint.help("put the value of the macro into quotation marks"),
        )));
    }
    let values: Vec<_> = values.iter().map(|it| it.text.as_str()).collect();
    Some(Ok((name.text.clone(), values.join(" "))))
}

#[cfg(test)]
mod tests {
    use super::KEYWORDS;

    #[test]
    fn keywords_are_in_order_to_be_looked_up() {
        assert!(KEYWORDS.is_sorted());
    }
}
