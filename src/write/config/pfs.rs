//! Perfect forward secrecy on the way from libreswan to daemons that have it by groups alone.

use std::borrow::Cow;

use crate::ike::{Proposal, Transform, TransformType};
use crate::peer::{Connection, Server};

/// The server with the groups written down that libreswan takes from the IKE SA: with `pfs=yes`,
/// its default, and no group in a proposal of a child, that is the group of the IKE SA.
pub(super) fn spelt_out(server: &Server) -> Cow<'_, Server> {
    if !server.engine.name.row().has_pfs_switch {
        return Cow::Borrowed(server);
    }
    let mut server = server.clone();
    for connection in &mut server.connections {
        let groups = groups(connection);
        for child in &mut connection.children {
            if child.pfs == Some(false) {
                continue;
            }
            for entry in child.esp.iter_mut().chain(&mut child.ah) {
                if entry.proposal.of(TransformType::KE).is_empty() {
                    let transforms = entry.proposal.transforms().iter().chain(&groups);
                    let protocol = entry.proposal.protocol();
                    entry.proposal = Proposal::new(protocol, transforms.copied());
                }
            }
        }
    }
    Cow::Owned(server)
}

/// The groups of the IKE SA, each once.
fn groups(connection: &Connection) -> Vec<Transform> {
    let mut groups = Vec::new();
    let entries = connection.ike.iter();
    for group in entries.flat_map(|entry| entry.proposal.of(TransformType::KE)) {
        if !group.is_none() && !groups.contains(group) {
            groups.push(*group);
        }
    }
    groups
}
