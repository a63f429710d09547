//! The rules of `iked.conf`: `ikev2rule`, `set`, `user`, `include` and macros of OpenIKED's `parse.y`.
//!
//! The parts of a rule have one order; what stands elsewhere costs the whole file.

mod rule_parts;
pub(super) mod words;

use words::{Parsed, Words, placed, spelt};

use rule_parts::{block, config, flags, hosts, peers, proof, set, times};

use super::lexer::{Kind, Token};
use crate::diag::{Diagnostic, Span, nearest, quoted_or};
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
