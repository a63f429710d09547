//! What to tick on the page "Edit Phase 2", and what pfSense makes of it.

use crate::dialect::{Inexpressible, pfsense};
use crate::ike::{Protocol, Suite, Transform};
use crate::peer::Child;
use crate::write::config::refusal::{Refusal, suites, words};

/// The ticks of one phase 2.
pub(super) struct Ticks {
    pub(super) ciphers: Vec<(&'static str, Option<u16>)>,
    pub(super) hashes: Vec<&'static str>,
    pub(super) group: u16,
}

/// What to tick for all entries of a child together.
pub(super) fn of(child: &Child, lost: &mut Vec<String>) -> Result<Ticks, Vec<Refusal>> {
    let mut refused = Vec::new();
    for entry in &child.ah {
        refused.push(Refusal::of_entry(
            entry,
            Inexpressible {
                what: words(&entry.proposal),
                product: "the file for pfSense",
                limit: "this program writes AH into strongSwan's files alone",
                source: pfsense::SOURCE,
            },
            |_| false,
        ));
    }
    let mut all: Vec<Suite> = Vec::new();
    for entry in &child.esp {
        let proposal = &entry.proposal;
        for mut suite in suites(proposal) {
            if suite.ke().is_some_and(Transform::is_none) {
                suite = suite.without_key_exchange();
            }
            if let Err(why) = pfsense::phase2(&suite) {
                refused.push(Refusal::of_entry(entry, why, pfsense::expresses));
                break;
            }
            if all.first().is_some_and(|first| first.ke() != suite.ke()) {
                let why = crate::write::config::pfsense::one_group(proposal);
                let group = all.first().and_then(Suite::ke);
                let same = |s: &Suite| s.ke() == group && pfsense::expresses(s);
                refused.push(Refusal::of_entry(entry, why, same));
                break;
            }
            if !all.contains(&suite) {
                all.push(suite);
            }
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let made = expansion(&all);
    let text = |suites: &[&Suite]| {
        let each: Vec<_> = suites.iter().map(|s| words(&s.to_proposal())).collect();
        each.join(", ")
    };
    let more: Vec<_> = made.iter().filter(|suite| !all.contains(suite)).collect();
    if !more.is_empty() {
        lost.push(format!(
            "pfSense combines every hash with every AES of a phase 2, so `{}` also allows {}",
            child.name,
            text(&more)
        ));
    }
    let kept: Vec<_> = made.iter().filter(|suite| all.contains(suite)).collect();
    if kept.iter().copied().ne(all.iter()) {
        lost.push(format!(
            "pfSense puts the proposals of phase 2 into an order of its own: {}",
            text(&kept)
        ));
    }
    let group = all.first().and_then(Suite::ke).map_or(0, |ke| ke.id);
    let mut ticks = Ticks {
        ciphers: Vec::new(),
        hashes: Vec::new(),
        group,
    };
    // In the order of the page, which is also the one in which it is stored.
    for value in pfsense::ciphers_of_page() {
        let ticked = |suite: &&Suite| suite.encr() == Some(value.0);
        if all.iter().any(|suite| ticked(&suite)) {
            ticks.ciphers.push((value.1, value.2));
        }
    }
    for (integ, value) in pfsense::hashes_of_page() {
        if all.iter().any(|suite| suite.integ() == Some(integ)) {
            ticks.hashes.push(value);
        }
    }
    Ok(ticks)
}

/// What pfSense makes out of the ticks for these suites, in its order: AES-GCM backwards, then the
/// others by every hash (`ipsec_setup_proposal_entry`).
fn expansion(all: &[Suite]) -> Vec<Suite> {
    let page: Vec<_> = pfsense::ciphers_of_page()
        .map(|(transform, ..)| transform)
        .filter(|t| all.iter().any(|suite| suite.encr() == Some(*t)))
        .collect();
    let hashes: Vec<_> = pfsense::hashes_of_page()
        .map(|(integ, _)| integ)
        .filter(|integ| all.iter().any(|suite| suite.integ() == Some(*integ)))
        .collect();
    let template = all.first().copied();
    let with = |encr: Transform, integ: Option<Transform>| {
        let ke = template.and_then(|suite| suite.ke());
        let sn = template.and_then(|suite| suite.sn());
        let members = [Some(encr), integ, ke, sn];
        Suite::of(Protocol::Esp, members.into_iter().flatten())
    };
    let is_gcm = |t: &Transform| t.is_aead() && t.key_bits > 0;
    let gcm = page.iter().filter(|t| is_gcm(t)).rev();
    let mut made: Vec<_> = gcm.map(|t| with(*t, None)).collect();
    for cipher in page.iter().filter(|t| !is_gcm(t)) {
        if cipher.is_aead() {
            made.push(with(*cipher, None));
        } else {
            made.extend(hashes.iter().map(|hash| with(*cipher, Some(*hash))));
        }
    }
    made
}
