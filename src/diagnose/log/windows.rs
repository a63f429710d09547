//! Windows' remote access client and server: event 20227, error numbers, the texts of the dialogs.

use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

/// Texts of the dialogs in small letters, and the numbers they stand for.
const TEXTS: &[(&str, &str)] = &[
    ("ike authentication credentials are unacceptable", "13801"),
    ("ike credentials are unacceptable", "13801"),
    ("身份验证凭证不可接受", "13801"),
    ("身份验证凭据不可接受", "13801"),
    ("无法找到有效的计算机证书", "13806"),
    ("ike failed to find valid machine certificate", "13806"),
    ("error processing id payload", "13834"),
    ("error_ipsec_ike_policy_match", "13868"),
    ("policy match error", "13868"),
    ("invalid payload received", "13843"),
    ("error_ipsec_ike_auth_fail", "13801"),
    ("error_ipsec_ike_no_cert", "13806"),
    ("error_ipsec_ike_timed_out", "13805"),
    ("error_vpn_timeout", "809"),
    ("error_dnsname_not_resolvable", "868"),
    ("error_ts_unacceptable", "842"),
    ("error_internal_address_failure", "840"),
    ("error_failed_cp_required", "841"),
    ("error_eap_server_root_cert_not_found", "864"),
    ("error_eap_user_cert_invalid", "853"),
    ("the remote server is not responding", "809"),
    (
        "certificate that validates the server certificate was not found",
        "864",
    ),
    (
        "certificate that authenticates the client to the server is not valid",
        "853",
    ),
    (
        "prevented because of a policy configured on your ras/vpn server",
        "812",
    ),
    (
        "could not be found that can be used with this extensible authentication protocol",
        "798",
    ),
    (
        "the connection was terminated by the remote computer before it could be completed",
        "628",
    ),
    ("ike failed to find a valid machine certificate", "13806"),
    ("name or password that you specified is not valid", "691"),
    (
        "user name and password combination you provided is not recognized",
        "691",
    ),
    (
        "the name of the remote access server did not resolve",
        "868",
    ),
];

/// Numbers that mean something here, so that other numbers in a line are no errors: those of remote access
/// (`raserror.h`), of IPsec (`winerror.h`), and of certificates as HRESULT.
const NUMBERS: &[&str] = &[
    "619",
    "628",
    "633",
    "691",
    "718",
    "720",
    "750",
    "766",
    "787",
    "789",
    "798",
    "800",
    "806",
    "807",
    "809",
    "812",
    "828",
    "829",
    "835",
    "840",
    "841",
    "842",
    "850",
    "853",
    "854",
    "855",
    "856",
    "857",
    "858",
    "859",
    "860",
    "861",
    "862",
    "863",
    "864",
    "865",
    "866",
    "868",
    "13801",
    "13805",
    "13806",
    "13816",
    "13819",
    "13804",
    "13807",
    "13808",
    "13813",
    "13814",
    "13815",
    "13817",
    "13818",
    "13820",
    "13822",
    "13824",
    "13825",
    "13826",
    "13828",
    "13829",
    "13830",
    "13831",
    "13832",
    "13833",
    "13834",
    "13835",
    "13836",
    "13837",
    "13838",
    "13839",
    "13840",
    "13841",
    "13842",
    "13843",
    "13863",
    "13868",
    "87",
    "1931",
    "0x80004005",
    "0x800b0101",
    "0x800b0109",
    "0x800b010a",
    "0x800b010c",
    "0x800b010f",
    "0x800b0110",
    "0x80092012",
    "0x80092013",
];

/// Words that only remote access lines have.
const MARKS: [&str; 7] = [
    "rror code returned after failure",
    "Remote Access error ",
    "RasClient",
    "CoId=",
    "RemoteAccess",
    "RasMan",
    "dialed a connection named",
];

/// Tunnels of remote access that are no IKEv2, as an event about the link names them.
const OTHER_TUNNELS: [&str; 4] = ["(SSTP)", "(L2TP)", "(PPTP)", "(PPPOE)"];

/// Reads a line; returns whether it is about Windows' VPN.
pub(super) fn line(line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
    let small = line.to_ascii_lowercase();
    let text = TEXTS.iter().find(|(text, _)| small.contains(text));
    let marked = MARKS.iter().any(|mark| line.contains(mark));
    let number = text
        .map(|(_, number)| *number)
        .or_else(|| error_number(line))
        .or_else(|| unmistakable(line))
        // Whatever the language, the number of the error stands last in the event.
        .or_else(|| marked.then(|| last_number(line)).flatten());
    // The command that dials, with a number that is of no VPN.
    let dials = small.contains("rasdial") && small.contains("error");
    if number.is_none() && !marked && !dials {
        return false;
    }
    let server = line.contains("RemoteAccess") || line.contains("20271") || line.contains("20255");
    let attempt_key = AttemptKey {
        witness: if server {
            Witness::Rras
        } else {
            Witness::Windows
        },
        stream: 0,
        key: correlation(line).map_or(Key::Open, Key::Serial),
    };
    let statement = match number {
        Some(_) => Statement::ErrorNumber,
        // The link is up before authentication; the connection is only behind it.
        None if line.contains("successfully connected") => Statement::ChildEstablished,
        None if line.contains("has successfully established a") => Statement::LinkEstablished,
        None if line.contains("has started dialing") => Statement::Initiating,
        None if marked && OTHER_TUNNELS.iter().any(|tunnel| line.contains(tunnel)) => {
            Statement::OtherTunnel
        }
        None => Statement::Other,
    };
    let detail = number.map(ToOwned::to_owned);
    say(attempt_key, EventKind::Statement(statement, detail));
    true
}

/// A number of IPsec's own in a sentence about a VPN: machines translate what stands before it in many ways.
fn unmistakable(line: &str) -> Option<&'static str> {
    let speaks = line.contains("VPN") || line.contains("IKEv2");
    let number = speaks.then(|| last_number(line)).flatten();
    let own = number.filter(|number| number.len() == 5 && number.starts_with("13"));
    own.or_else(|| translated(line)).or_else(|| {
        // `I get a 809 Error on Windows`.
        let (before, _) = line
            .split_once(" Error")
            .or_else(|| line.split_once(" error"))?;
        let word = before.rsplit(' ').next()?;
        let named = speaks || line.contains("Windows");
        known(word).filter(|_| named)
    })
}

/// The number behind `error code` in another language, in a line that is about Windows or a connection.
fn translated(line: &str) -> Option<&'static str> {
    const WORDS: [&str; 10] = [
        "ehlercode",
        "ode d'erreur",
        "ódigo de error",
        "ódigo de erro",
        "odice di errore",
        "odice errore",
        "од ошибки",
        "错误代码",
        "錯誤碼",
        "エラー コード",
    ];
    const ABOUT: [&str; 8] = [
        "VPN", "IKEv2", "indows", "win1", "Win1", "RAS", "Einwahl", "拨号",
    ];
    if let Some(number) = beside(line) {
        return Some(number);
    }
    let words = WORDS.iter().find(|words| line.contains(**words))?;
    if !ABOUT.iter().any(|about| line.contains(about)) {
        return None;
    }
    let (_, behind) = line.split_once(words)?;
    let digit = behind.find(|c: char| c.is_ascii_digit())?;
    // A word or a colon may stand between.
    let near = behind[..digit].chars().count() < 24;
    let signed = behind[..digit].ends_with('-');
    let from = if signed { digit - 1 } else { digit };
    known(number_at(&behind[from..])).filter(|_| near)
}

/// A number that only a VPN of Windows has, beside the Chinese word for an error: `错误 809`, `809 錯誤`.
fn beside(line: &str) -> Option<&'static str> {
    const WORDS: [&str; 2] = ["错误", "錯誤"];
    const OWN: [&str; 5] = ["809", "868", "13801", "13806", "13868"];
    let own = |text: &str| known(number_at(text.trim_start())).filter(|it| OWN.contains(it));
    WORDS.iter().find_map(|word| {
        let (before, behind) = line.split_once(word)?;
        let before = before.trim_end();
        let digits = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        own(behind).or_else(|| own(&before[digits..]))
    })
}

/// The number behind `error code returned on failure is`, `error 809`, `Error code:`….
fn error_number(line: &str) -> Option<&'static str> {
    const BEFORE: [&str; 9] = [
        "rror code returned after failure is ",
        "error code returned on failure is ",
        "reason code returned on failure is ",
        "reason code returned on termination is ",
        "The error code is ",
        "rror code: ",
        "rror: ",
        "rror ",
        "HRESULT ",
    ];
    BEFORE.iter().find_map(|words| {
        let mut rest = line;
        while let Some((_, behind)) = rest.split_once(words) {
            let known = known(number_at(behind));
            // A short number alone is anybody's.
            let ours = known.is_some_and(|number| number.len() >= 5)
                || words.contains("returned ")
                || words.starts_with("The")
                || line.contains("VPN")
                || line.contains("Ras")
                || line.contains("Remote Access");
            if let Some(known) = known.filter(|_| ours) {
                return Some(known);
            }
            rest = behind;
        }
        None
    })
}

/// The number at the beginning of a text, with its sign, decimal or hexadecimal.
fn number_at(text: &str) -> &str {
    let body = text.strip_prefix('-').unwrap_or(text);
    let digits = match body.strip_prefix("0x").or_else(|| body.strip_prefix("0X")) {
        Some(hex) => {
            2 + hex
                .find(|c: char| !c.is_ascii_hexdigit())
                .unwrap_or(hex.len())
        }
        None => body
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(body.len()),
    };
    &text[..text.len() - body.len() + digits]
}

/// The number as it stands in the table: an HRESULT that wraps an error of Windows is that error.
fn known(number: &str) -> Option<&'static str> {
    let hex = number
        .strip_prefix("0x")
        .or_else(|| number.strip_prefix("0X"));
    let value = match hex {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        // Two's complement: what is printed as a negative number is an HRESULT.
        None => match number.parse::<i64>().ok()? {
            negative if negative < 0 => u32::try_from(negative + (1 << 32)).ok()?,
            positive => u32::try_from(positive).ok()?,
        },
    };
    let text = match value >> 16 {
        0x8007 => (value & 0xffff).to_string(),
        0 => value.to_string(),
        _ => format!("{value:#x}"),
    };
    NUMBERS.iter().find(|known| **known == text).copied()
}

/// The last number of the line that means something, but for those in `CoId={…}` and in times.
fn last_number(line: &str) -> Option<&'static str> {
    let line = line.rsplit_once("CoId={").map_or(line, |(_, rest)| {
        rest.split_once('}').map_or(rest, |(_, rest)| rest)
    });
    let mut found = None;
    let mut place = 0;
    while let Some(start) = line[place..].find(|c: char| c.is_ascii_digit()) {
        let start = place + start;
        let signed = line[..start].ends_with('-');
        let from = if signed { start - 1 } else { start };
        let number = number_at(&line[from..]);
        let end = from + number.len();
        let before = line[..from].chars().next_back();
        let after = line[end..].chars().next();
        let part = |c: Option<char>| {
            c.is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '-' | '/'))
        };
        if !part(before) && !part(after) && number.trim_start_matches('-').len() > 2 {
            found = known(number).or(found);
        }
        place = end.max(start + 1);
    }
    found
}

/// A number for `CoId={…}`, which names one dialling.
fn correlation(line: &str) -> Option<u64> {
    use std::hash::{Hash as _, Hasher as _};
    let (_, rest) = line.split_once("CoId={")?;
    let (id, _) = rest.split_once('}')?;
    let mut hasher = rustc_hash::FxHasher::default();
    id.hash(&mut hasher);
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::{known, last_number, translated};

    #[test]
    fn numbers_are_read_whatever_their_form() {
        for (text, number) in [
            ("13801", Some("13801")),
            ("-2147011095", Some("13801")),
            ("0x800735E9", Some("13801")),
            ("-2146762487", Some("0x800b0109")),
            ("864", Some("864")),
            ("12345", None),
            ("-5", None),
        ] {
            assert_eq!(known(text), number, "{text}");
        }
    }

    #[test]
    fn a_number_in_a_sentence_of_another_language_is_read() {
        for (line, number) in [
            ("Die Einwahl schlug fehl, Fehlercode: 809.", Some("809")),
            ("win10 连接失败，错误代码为 809。", Some("809")),
            ("Le VPN a échoué avec le code d'erreur 868", Some("868")),
            ("结果依然出现 809 错误", Some("809")),
            ("Windows 10 錯誤 809", Some("809")),
            ("第 8090 行错误", None),
            ("Fehlercode 809 der Waschmaschine", None),
            (
                "VPN: Fehlercode siehe Handbuch, das auf Seite eins beginnt: 809",
                None,
            ),
        ] {
            assert_eq!(translated(line), number, "{line}");
        }
    }

    #[test]
    fn the_number_of_a_localised_event_stands_last() {
        for (line, number) in [
            (
                "CoId={AB12CD34-0868-0000-0000-000000000809}: a connexion nommee 13, code 13868.",
                Some("13868"),
            ),
            (
                "CoId={AB12}: 809 Einwahlen um 10:08:09; Fehlercode -2146762487",
                Some("0x800b0109"),
            ),
            ("CoId={AB12}: 2026-08-09 nothing", None),
        ] {
            assert_eq!(last_number(line), number, "{line}");
        }
    }
}
