//! The lists of proposals of groups.

use super::{Node, Writer};
use crate::diag::{Diagnostic, Severity, Span, any_of, quoted_or};
use crate::dialect::vyos;
use crate::read::ReadCode;
use crate::read::loading::{MOST_PROPOSALS, Room};
use crate::read::settings::Value;

impl<'n> Writer<'n> {
    /// The list of a group: with the group of `pfs` where `ike` is the IKE group beside an ESP group.
    pub(super) fn proposals(
        &mut self,
        group: &'n Node,
        ike: Option<Option<&'n Node>>,
    ) -> Option<Value> {
        let (pfs, place) = match (ike, group.value(&["pfs"])) {
            (None, _) | (Some(_), Some(("disable", _))) => (None, &group.place),
            (Some(ike), None | Some(("enable", _))) => match ike.and_then(first_group) {
                Some((number, place)) => (Some(number), place),
                None => (Some("2"), &group.place),
            },
            (Some(_), Some((number, place))) => (Some(number), place),
        };
        let mut value: Option<Value> = None;
        // Without one VyOS writes an empty list, which to strongSwan is none. Of one too many strongSwan complains.
        for (_, proposal) in group.all(&["proposal"]).take(MOST_PROPOSALS + 1) {
            if !self.room.takes(1) {
                self.complain(Room::exceeded(&group.place));
                return None;
            }
            let mut parts: Vec<(&str, &Span)> = Vec::new();
            for (key, default) in [("encryption", "aes128"), ("hash", "sha1")] {
                match proposal.value(&[key]) {
                    Some(part) => parts.push(part),
                    None => {
                        self.assume(proposal, key, default);
                        parts.push((default, &proposal.place));
                    }
                }
            }
            if ike.is_none() {
                parts.extend(proposal.value(&["prf"]));
            }
            let number = match (proposal.value(&["dh-group"]), ike) {
                (Some(written), None) => Some(written),
                (None, None) => {
                    self.assume(proposal, "dh-group", "2");
                    Some(("2", &proposal.place))
                }
                (_, Some(_)) => pfs.map(|number| (number, place)),
            };
            if let Some((number, place)) = number {
                parts.push((self.keyword(number, place)?, place));
            }
            let first = parts.first().map_or(&proposal.place, |part| part.1);
            let value = value.get_or_insert_with(|| Value::begin(first.file, first.start));
            value.append_proposal(parts);
        }
        value
    }

    fn assume(&mut self, proposal: &Node, key: &str, default: &str) {
        let message =
            format!("`{key}` is missing, so `{default}` is assumed, as VyOS has it since 1.4");
        self.complain(Diagnostic::new(
            Severity::Note,
            ReadCode::DefaultAssumed,
            &proposal.place,
            message,
        ));
    }

    /// strongSwan's keyword for the number of a group.
    fn keyword(&mut self, number: &str, place: &Span) -> Option<&'static str> {
        if let Some(keyword) = vyos::keyword(number) {
            return Some(keyword);
        }
        let bare = number.strip_prefix("dh-group").unwrap_or(number);
        let complaint = if vyos::UNKNOWN.contains(&bare) {
            let message = "which key exchange this number of VyOS's own is was not found";
            Diagnostic::error(ReadCode::UnknownKeyword, place, message)
                .help("`swanctl --list-conns` on the router says it")
        } else {
            let said = quoted_or(number, vyos::groups(), "this");
            let message = format!("{said} is no group");
            Diagnostic::error(ReadCode::UnknownKeyword, place, message)
                .note(format!("expected {}", any_of(vyos::groups())))
        };
        self.complain(complaint);
        None
    }
}

/// The first group of an IKE group, which `pfs enable` takes.
fn first_group(ike: &Node) -> Option<(&str, &Span)> {
    let (_, first) = ike.all(&["proposal"]).next()?;
    first.value(&["dh-group"])
}
