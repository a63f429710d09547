//! OpenWrt's `/etc/config/ipsec`, as the file and as `uci show ipsec` prints it.
//!
//! The init script of the package strongswan writes a `swanctl.conf` out of it; so does this, with the place of every
//! word, and reads it as strongSwan does. What is written is that of `net/strongswan/files/swanctl.init` of
//! openwrt/packages at 01349432 (lists of `child`) and at 5e874849 (lists of `tunnel` and `transport`, `gateway`).

mod package;
mod sections;
mod unread;

use self::package::{Value as Word, read as package};
use self::sections::Writer;
use super::unread::Unread;
use super::{ReadCode, ReadContext, Reading, harmless, swanctl};
use crate::diag::{Diagnostic, Place, Sources, Span, is_slip};
use crate::dialect::vyos;
use crate::peer::Server;
use crate::peer::surface::ConfigSurface;

/// Reads the text numbered `file`.
///
/// Fails if no `remote` in it is enabled, and if strongSwan loads none of them.
pub(crate) fn read(
    sources: &mut Sources,
    file: usize,
    context: &ReadContext<'_>,
) -> Result<Reading<Server>, Vec<Diagnostic>> {
    let package = package(file, &sources.text(file))?;
    let mut shown = package.commands.clone();
    for section in &package.sections {
        shown.extend(section.places.iter().cloned());
        for option in section.options() {
            shown.extend(shown_of(&option.key, &option.place, &option.values));
        }
    }
    for span in shown {
        sources.show(&span);
    }
    let mut writer = Writer::new(&package);
    let off = writer.all();
    let (sections, diagnostics) = writer.into_parts();
    let mut read = swanctl::of_sections((sources, file), &sections, diagnostics, context, || {
        let message = match off {
            0 => "the file has no section `remote`",
            _ => "no section `remote` has `option enabled '1'`",
        };
        Diagnostic::error(ReadCode::NoConnection, Place::File(file), message)
            .help("`uci export ipsec` prints what is read")
    })?;
    read.value.definitions.surface = Some(ConfigSurface::Uci);
    let mut unread = Unread::default();
    unread::look(&package, &mut unread);
    unread.into(&mut read.value.definitions, &mut read.diagnostics);
    Ok(read)
}

/// Keys of which the values are names, addresses, numbers or choices.
const HARMLESS: &[&str] = &[
    "addrs",
    "authentication_method",
    "child",
    "closeaction",
    "crypto_proposal",
    "dns",
    "dpdaction",
    "dpddelay",
    "eap_id",
    "enabled",
    "encap",
    "fragmentation",
    "gateway",
    "if_id",
    "inactivity",
    "ipcomp",
    "keyexchange",
    "keyingtries",
    "lifebytes",
    "lifepackets",
    "lifetime",
    "local_addrs",
    "local_identifier",
    "local_ip",
    "local_subnet",
    "mobike",
    "mode",
    "overtime",
    "pools",
    "priority",
    "rekeybytes",
    "rekeypackets",
    "rekeytime",
    "remote_addrs",
    "remote_identifier",
    "remote_subnet",
    "replay_window",
    "send_cert",
    "send_certreq",
    "startaction",
    "transport",
    "tunnel",
    "vips",
];

/// Keys of algorithms.
const ALGORITHMS: &[&str] = &[
    "dh_group",
    "encryption_algorithm",
    "hash_algorithm",
    "prf_algorithm",
];

fn shown_of(key: &str, place: &Span, values: &[Word]) -> Vec<Span> {
    let algorithms = ALGORITHMS.contains(&key);
    if !algorithms && !HARMLESS.contains(&key) {
        return Vec::new();
    }
    let kept = values.iter().filter(|value| match algorithms {
        true => is_keyword(&value.text),
        false => harmless::is_identity(&value.text),
    });
    let spans = kept.map(|value| value.place.clone());
    std::iter::once(place.clone()).chain(spans).collect()
}

/// Whether a word is a keyword of strongSwan or a slip of one.
fn is_keyword(word: &str) -> bool {
    let groups = vyos::groups().filter_map(vyos::keyword);
    let known = vyos::CIPHERS.iter().chain(vyos::HASHES).copied();
    crate::dialect::swan::keyword(word).is_some() || is_slip(word, known.chain(groups))
}
