//! The parts of a rule `ikev2`, in their order.

use super::super::lexer::{Kind, Token};
use super::words::{Parsed, Words, spelt};
use super::{Block, CONFIG, Flow, METHODS, Proof, Rule};
use crate::diag::{Diagnostic, nearest, quoted_or};
use crate::peer::server::Spanned;
use crate::peer::setting::{Bearing, Setting};
use crate::read::ReadCode;

pub(super) fn set(rule: &mut Rule, token: &Token, value: String, bearing: Option<Bearing>) {
    rule.settings.push(Setting {
        key: token.text.clone(),
        value,
        span: token.span.clone(),
        bearing,
    });
}

pub(super) fn flags(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
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

pub(super) fn hosts(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
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
pub(super) fn port(words: &mut Words<'_>) -> Parsed<bool> {
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

pub(super) fn peers(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
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

pub(super) fn block(rule: &mut Rule, keyword: &Token, words: &mut Words<'_>) -> Parsed<Block> {
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

pub(super) fn times(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
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

pub(super) fn proof(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
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

pub(super) fn config(rule: &mut Rule, words: &mut Words<'_>) -> Parsed<()> {
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
