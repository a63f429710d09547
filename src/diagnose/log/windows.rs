//! Windows' remote access client and server: event 20227, error numbers, the texts of the dialogs.

use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, EventKind, Key, Witness};

/// Texts of the dialogs and the numbers they stand for.
const TEXTS: &[(&str, &str)] = &[
    ("IKE authentication credentials are unacceptable", "13801"),
    ("IKE failed to find valid machine certificate", "13806"),
    ("Error processing ID payload", "13819"),
    ("ERROR_IPSEC_IKE_POLICY_MATCH", "13868"),
    ("Policy match error", "13868"),
    ("policy match error", "13868"),
    ("Invalid payload received", "13843"),
    ("ERROR_IPSEC_IKE_AUTH_FAIL", "13801"),
    ("the remote server is not responding", "809"),
    ("name or password that you specified is not valid", "691"),
    (
        "user name and password combination you provided is not recognized",
        "691",
    ),
];

/// Numbers that mean something here, so that other numbers in a line are no errors.
const NUMBERS: [&str; 27] = [
    "619", "628", "633", "691", "720", "750", "787", "789", "798", "800", "806", "807", "809",
    "812", "828", "835", "853", "868", "13801", "13806", "13816", "13819", "13820", "13843",
    "13863", "13868", "87",
];

/// Words that only remote access lines have.
const MARKS: [&str; 5] = [
    "RasClient",
    "CoId=",
    "RemoteAccess",
    "RasMan",
    "dialed a connection named",
];

/// Reads a line; returns whether it is about Windows' VPN.
pub(super) fn line(line: &str, say: &mut dyn FnMut(AttemptKey, EventKind)) -> bool {
    let text = TEXTS.iter().find(|(text, _)| line.contains(text));
    let number = text
        .map(|(_, number)| *number)
        .or_else(|| error_number(line));
    let marked = MARKS.iter().any(|mark| line.contains(mark));
    if number.is_none() && !marked {
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
        None if line.contains("has successfully established a")
            || line.contains("successfully connected") =>
        {
            Statement::LinkEstablished
        }
        None if line.contains("has started dialing") => Statement::Initiating,
        None => Statement::Other,
    };
    let detail = number.map(ToOwned::to_owned);
    say(attempt_key, EventKind::Statement(statement, detail));
    true
}

/// The number behind `error code returned on failure is`, `error 809`, `Error code:`….
fn error_number(line: &str) -> Option<&'static str> {
    const BEFORE: [&str; 6] = [
        "error code returned on failure is ",
        "reason code returned on failure is ",
        "The error code is ",
        "rror code: ",
        "rror: ",
        "rror ",
    ];
    BEFORE.iter().find_map(|words| {
        let mut rest = line;
        while let Some((_, behind)) = rest.split_once(words) {
            let digits = behind
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(behind.len());
            let number = &behind[..digits];
            let known = NUMBERS.iter().find(|known| **known == number);
            // A short number alone is anybody's.
            let ours = number.len() == 5
                || words.starts_with("error code r")
                || words.starts_with("The")
                || line.contains("VPN")
                || line.contains("Ras");
            if let Some(known) = known.filter(|_| ours) {
                return Some(*known);
            }
            rest = behind;
        }
        None
    })
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
