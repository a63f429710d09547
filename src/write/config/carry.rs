//! Settings on their way from one file into another: what a key is called there, if it exists.
//!
//! strongSwan's two files have the same daemon behind them, so the table is of the keys that fill
//! the same field of it (`stroke_config.c`, `vici_config.c`); OPNsense writes swanctl.conf.
//! libreswan's column has what its manual describes in the same words.

use crate::peer::setting::{KeySet, Setting};

/// Which part of a connection a setting belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Scope {
    Connection,
    Local,
    Remote,
    Child,
}

/// A setting as it is called in the file that is written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Carried {
    pub(super) scope: Scope,
    pub(super) key: &'static str,
    pub(super) value: String,
}

/// How the values of a row differ.
#[derive(Clone, Copy, Debug)]
enum Values {
    /// Not at all.
    Same,
    /// Yes and no; OPNsense writes 1 and 0.
    Bool,
    /// Words of swanctl.conf, and what the `ipsec.conf` of both daemons calls them.
    Words(&'static [(&'static str, &'static str)]),
}

/// A setting that several products have.
struct Row {
    scope: Scope,
    swanctl: &'static str,
    starter: Option<&'static str>,
    libreswan: Option<&'static str>,
    opnsense: bool,
    values: Values,
}

const fn row(
    scope: Scope,
    swanctl: &'static str,
    starter: Option<&'static str>,
    libreswan: Option<&'static str>,
    opnsense: bool,
    values: Values,
) -> Row {
    Row {
        scope,
        swanctl,
        starter,
        libreswan,
        opnsense,
        values,
    }
}

use Scope::{Child, Connection, Local, Remote};
use Values::{Bool, Same, Words};

const ACTIONS: Values = Words(&[
    ("none", "none"),
    ("clear", "clear"),
    ("trap", "hold"),
    ("start", "restart"),
    ("restart", "restart"),
]);

const ROWS: &[Row] = &[
    row(
        Connection,
        "aggressive",
        Some("aggressive"),
        None,
        true,
        Bool,
    ),
    row(
        Connection,
        "dpd_delay",
        Some("dpddelay"),
        Some("dpddelay"),
        true,
        Same,
    ),
    row(
        Connection,
        "dpd_timeout",
        Some("dpdtimeout"),
        Some("dpdtimeout"),
        true,
        Same,
    ),
    row(Connection, "dscp", Some("ikedscp"), None, false, Same),
    row(Connection, "encap", Some("forceencaps"), None, true, Bool),
    row(
        Connection,
        "fragmentation",
        Some("fragmentation"),
        None,
        false,
        Same,
    ),
    row(
        Connection,
        "keyingtries",
        Some("keyingtries"),
        None,
        true,
        Words(&[("0", "%forever")]),
    ),
    row(
        Connection,
        "local_port",
        Some("leftikeport"),
        Some("leftikeport"),
        false,
        Same,
    ),
    row(
        Connection,
        "mobike",
        Some("mobike"),
        Some("mobike"),
        true,
        Bool,
    ),
    row(
        Connection,
        "pull",
        Some("modeconfig"),
        None,
        false,
        Words(&[("yes", "pull"), ("no", "push")]),
    ),
    row(
        Connection,
        "remote_port",
        Some("rightikeport"),
        Some("rightikeport"),
        false,
        Same,
    ),
    row(
        Connection,
        "send_cert",
        Some("leftsendcert"),
        Some("leftsendcert"),
        true,
        Words(&[
            ("always", "always"),
            ("ifasked", "ifasked"),
            ("never", "never"),
            ("always", "yes"),
            ("never", "no"),
        ]),
    ),
    row(Connection, "send_certreq", None, None, true, Bool),
    row(
        Connection,
        "unique",
        Some("setup.uniqueids"),
        None,
        true,
        Words(&[
            ("replace", "yes"),
            ("replace", "replace"),
            ("no", "no"),
            ("keep", "keep"),
            ("never", "never"),
        ]),
    ),
    row(
        Connection,
        "vips",
        Some("leftsourceip"),
        None,
        false,
        Words(&[
            ("0.0.0.0", "%config"),
            ("0.0.0.0", "%config4"),
            ("::", "%config6"),
        ]),
    ),
    row(Local, "xauth_id", Some("xauth_identity"), None, false, Same),
    row(Remote, "aaa_id", Some("aaa_identity"), None, false, Same),
    row(
        Remote,
        "cert_policy",
        Some("rightcertpolicy"),
        None,
        false,
        Same,
    ),
    row(Remote, "groups", Some("rightgroups"), None, true, Same),
    row(
        Child,
        "close_action",
        Some("closeaction"),
        None,
        true,
        ACTIONS,
    ),
    row(
        Child,
        "dpd_action",
        Some("dpdaction"),
        Some("dpdaction"),
        true,
        ACTIONS,
    ),
    row(
        Child,
        "hostaccess",
        Some("lefthostaccess"),
        None,
        false,
        Bool,
    ),
    row(Child, "inactivity", Some("inactivity"), None, false, Same),
    row(
        Child,
        "ipcomp",
        Some("compress"),
        Some("compress"),
        false,
        Bool,
    ),
    row(Child, "life_bytes", Some("lifebytes"), None, false, Same),
    row(
        Child,
        "life_packets",
        Some("lifepackets"),
        None,
        false,
        Same,
    ),
    row(Child, "mark_in", Some("mark_in"), None, false, Same),
    row(Child, "mark_out", Some("mark_out"), None, false, Same),
    row(Child, "policies", Some("installpolicy"), None, true, Bool),
    row(
        Child,
        "replay_window",
        Some("replay_window"),
        Some("replay-window"),
        false,
        Same,
    ),
    row(Child, "reqid", Some("reqid"), Some("reqid"), true, Same),
    row(
        Child,
        "start_action",
        Some("auto"),
        Some("auto"),
        true,
        Words(&[
            ("none", "add"),
            ("trap", "route"),
            ("start", "start"),
            ("trap", "ondemand"),
            ("start", "up"),
            ("none", "ignore"),
        ]),
    ),
    row(
        Child,
        "tfc_padding",
        Some("tfc"),
        None,
        false,
        Words(&[("mtu", "%mtu")]),
    ),
    row(Child, "updown", Some("leftupdown"), None, false, Same),
];

impl Row {
    fn key(&self, keys: KeySet) -> Option<&'static str> {
        match keys {
            KeySet::Swanctl => Some(self.swanctl),
            KeySet::IpsecConf => self.starter,
            KeySet::Libreswan => self.libreswan,
            KeySet::Opnsense => self.opnsense.then_some(self.swanctl),
            KeySet::Device | KeySet::Iked | KeySet::Pfsense => None,
        }
    }

    /// The value in the words of swanctl.conf; `None` for a word that has none.
    fn neutral(&self, keys: KeySet, value: &str) -> Option<String> {
        let is_section = matches!(keys, KeySet::Swanctl | KeySet::Opnsense);
        Some(match self.values {
            Bool => match value.to_ascii_lowercase().as_str() {
                "yes" | "true" | "enabled" | "1" => "yes".to_owned(),
                "no" | "false" | "disabled" | "0" => "no".to_owned(),
                _ => return None,
            },
            Words(words) if !is_section => {
                let found = words
                    .iter()
                    .find(|(_, word)| word.eq_ignore_ascii_case(value));
                match found {
                    Some((word, _)) => (*word).to_owned(),
                    None if self.takes_others() => value.to_owned(),
                    None => return None,
                }
            }
            Same | Words(_) => value.to_owned(),
        })
    }

    /// The value in the words of a file.
    fn spelt(&self, keys: KeySet, neutral: &str) -> Option<String> {
        let is_section = matches!(keys, KeySet::Swanctl | KeySet::Opnsense);
        Some(match self.values {
            Bool if keys == KeySet::Opnsense => u8::from(neutral == "yes").to_string(),
            Words(words) if !is_section => {
                let found = words
                    .iter()
                    .find(|(word, _)| word.eq_ignore_ascii_case(neutral));
                match found {
                    Some((_, word)) => (*word).to_owned(),
                    None if self.takes_others() => neutral.to_owned(),
                    None => return None,
                }
            }
            Bool | Same | Words(_) => neutral.to_owned(),
        })
    }

    /// Whether words that are not in the list are the same everywhere: numbers and addresses.
    fn takes_others(&self) -> bool {
        matches!(self.swanctl, "keyingtries" | "tfc_padding" | "vips")
    }
}

/// What a setting is called in a file with other keys; `None` where that has no such setting. The
/// `scope` is that of the setting where the file of the source has sections.
pub(super) fn carried(
    (from, to): (KeySet, KeySet),
    scope: Scope,
    setting: &Setting,
) -> Option<Carried> {
    let sectioned = matches!(from, KeySet::Swanctl | KeySet::Opnsense);
    let row = ROWS.iter().find(|row| {
        row.key(from) == Some(setting.key.as_str()) && (!sectioned || row.scope == scope)
    })?;
    let neutral = row.neutral(from, &setting.value)?;
    Some(Carried {
        scope: row.scope,
        key: row.key(to)?,
        value: row.spelt(to, &neutral)?,
    })
}

#[cfg(test)]
mod tests {
    use super::{ROWS, Scope, carried};
    use crate::diag::Span;
    use crate::peer::setting::{KeySet, Setting};

    fn setting(key: &str, value: &str) -> Setting {
        Setting {
            key: key.to_owned(),
            value: value.to_owned(),
            span: Span::new(0, 0..0),
            bearing: None,
        }
    }

    #[test]
    fn keys_stand_once_in_each_column() {
        for keys in [KeySet::Swanctl, KeySet::IpsecConf, KeySet::Libreswan] {
            let own: Vec<_> = ROWS.iter().filter_map(|row| row.key(keys)).collect();
            for (place, key) in own.iter().enumerate() {
                assert!(!own[..place].contains(key), "{keys}: {key}");
            }
        }
    }

    #[test]
    fn values_are_spelt_as_the_other_file_spells_them() {
        let both = (KeySet::IpsecConf, KeySet::Swanctl);
        for (key, value, expected) in [
            ("forceencaps", "yes", Some(("encap", "yes"))),
            ("dpdaction", "hold", Some(("dpd_action", "trap"))),
            ("keyingtries", "%forever", Some(("keyingtries", "0"))),
            ("keyingtries", "3", Some(("keyingtries", "3"))),
            ("auto", "route", Some(("start_action", "trap"))),
            ("rightca", "CN=a", None),
        ] {
            let found = carried(both, Scope::Connection, &setting(key, value));
            let found = found.map(|it| (it.key, it.value));
            let found = found.as_ref().map(|(key, value)| (*key, value.as_str()));
            assert_eq!(found, expected, "{key}={value}");
        }
        let back = (KeySet::Swanctl, KeySet::IpsecConf);
        let found = carried(back, Scope::Child, &setting("start_action", "trap"));
        assert_eq!(found.unwrap().value, "route");
        // The key of another section is another setting.
        assert_eq!(carried(back, Scope::Remote, &setting("mobike", "no")), None);
    }
}
