//! A server as commands of RouterOS.

use std::io::Write;

use super::{Device, Lists, distinct, fields};
use crate::dialect::routeros::{expresses, spell};
use crate::ike::{Protocol, Suite, Transform};
use crate::peer::Auth;
use crate::write::config::refusal::Failure;

pub(in crate::write::config) const DEVICE: Device = Device {
    product: "RouterOS",
    limit: "a profile has one hash, which is its PRF, and no AEAD; a proposal has one group",
    source: "https://help.mikrotik.com/docs/display/ROS/IPsec",
    expresses,
    // No source that was found has a limit of names or of times.
    longest_name: usize::MAX,
    // The peer that is written is for every address.
    most: 1,
    lifetimes: [1..=u64::MAX, 1..=u64::MAX],
};

const BESIDE: &str = "certificates, identities and addresses for clients: `certificate`, `my-id` and `mode-config` of `/ip ipsec identity`";

/// Writes the commands. Returns what they do not say.
pub(in crate::write::config) fn write(
    server: &crate::peer::Server,
    auth: Auth,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    DEVICE.write(server, (BESIDE, false), out, |one, text, lost| {
        peer(one, auth, text, lost)
    })
}

/// How an identity authenticates. A router that answers has no EAP but through RADIUS.
const fn method(auth: Auth) -> &'static str {
    match auth {
        Auth::Certificate => "digital-signature",
        Auth::EapMschapv2 | Auth::EapRadius | Auth::EapTls => "eap-radius",
        Auth::Psk => "pre-shared-key",
    }
}

fn peer(
    one: &Lists<'_>,
    auth: Auth,
    text: &mut String,
    lost: &mut Vec<String>,
) -> Result<(), Failure> {
    let name = &one.name;
    let word = |protocol, it: Option<Transform>| it.and_then(|it| spell(protocol, it));
    let [ciphers, hashes, groups] = fields(
        &one.ike,
        [
            &|suite| word(Protocol::Ike, suite.encr()),
            &|suite| word(Protocol::Ike, suite.integ()),
            &|suite| word(Protocol::Ike, suite.ke()),
        ],
        "a profile of RouterOS",
        lost,
    );
    let limit = "a profile has one hash for all of its proposals";
    if let Some(refusal) = DEVICE.differing(&one.connection.ike, Suite::integ, limit) {
        return Err(refusal.into());
    }
    let time = one.connection.lifetime.as_ref().map(|time| time.value);
    let lifetime = lifetime(DEVICE.lifetime(time, Protocol::Ike, &one.connection.name, lost));
    text.push_str(&format!(
        "/ip ipsec profile\nadd dh-group={} enc-algorithm={} hash-algorithm={}{lifetime} name={name}\n\
         /ip ipsec policy group\nadd name={name}\n\
         /ip ipsec peer\nadd exchange-mode=ike2 name={name} passive=yes profile={name}\n\
         /ip ipsec identity\nadd auth-method={} generate-policy=port-strict peer={name} policy-template-group={name}\n",
        list(&groups),
        list(&ciphers),
        list(&hashes),
        method(Auth::of_clients(one.connection, auth)),
    ));
    for child in &one.children {
        let group = match DEVICE.pfs(child)? {
            Some(group) => word(Protocol::Esp, Some(group)).unwrap_or_default(),
            None => "none",
        };
        let (ciphers, hashes) = algorithms(&child.esp, lost);
        let own = &child.name;
        let time = child.child.lifetime.as_ref().map(|time| time.value);
        let lifetime =
            self::lifetime(DEVICE.lifetime(time, Protocol::Esp, &child.child.name, lost));
        text.push_str(&format!(
            "/ip ipsec proposal\nadd auth-algorithms={} enc-algorithms={}{lifetime} name={own} pfs-group={group}\n\
             /ip ipsec policy\nadd dst-address=0.0.0.0/0 group={name} proposal={own} src-address=0.0.0.0/0 template=yes\n",
            match hashes.is_empty() {
                true => "\"\"".to_owned(),
                false => list(&hashes),
            },
            list(&ciphers),
        ));
    }
    Ok(())
}

type Words = Vec<Option<&'static str>>;

/// Ciphers and hashes of ESP: an AEAD cipher stands beside hashes that are not for it.
fn algorithms(suites: &[Suite], lost: &mut Vec<String>) -> (Words, Words) {
    let word = |it: Option<Transform>| it.and_then(|it| spell(Protocol::Esp, it));
    let with_hash: Vec<Suite> = suites
        .iter()
        .filter(|it| it.integ().is_some())
        .copied()
        .collect();
    let [_, hashes] = fields(
        &with_hash,
        [&|suite| word(suite.encr()), &|suite| word(suite.integ())],
        "a proposal of RouterOS",
        lost,
    );
    let ciphers = distinct(suites.iter().map(|suite| word(suite.encr())));
    (ciphers, hashes)
}

fn list(words: &[Option<&'static str>]) -> String {
    let words: Vec<_> = words.iter().copied().flatten().collect();
    words.join(",")
}

/// `lifetime=8h`, in the largest unit that divides it.
fn lifetime(seconds: Option<u64>) -> String {
    let Some(seconds) = seconds else {
        return String::new();
    };
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut units = units.into_iter();
    let unit = units.find(|(length, _)| seconds.is_multiple_of(*length));
    let (length, letter) = unit.unwrap_or((1, "s"));
    format!(" lifetime={}{letter}", seconds / length)
}
