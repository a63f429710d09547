//! One change of a server's configuration, carried out on its model: what is advised can be tried
//! before anybody is told to do it.

use std::time::Duration;

use super::server::Spanned;
use super::{Entry, Origin, Server, Span};
use crate::ike::{Ke, Proposal, Protocol, Transform, TransformType};

/// A list of proposals of a server: that of phase 1, or that of a child.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ListPlace {
    /// Number of the connection, from 0.
    pub connection: usize,
    /// Number of the child in it, from 0; `None` for phase 1.
    pub child: Option<usize>,
}

/// A change.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Edit {
    /// An entry more.
    Add {
        /// In which list.
        list: ListPlace,
        /// The entry.
        proposal: Proposal,
        /// Before all others instead of behind them.
        first: bool,
    },
    /// This entry instead of all others.
    Replace {
        /// In which list.
        list: ListPlace,
        /// The entry.
        proposal: Proposal,
    },
    /// An entry less.
    Remove {
        /// In which list.
        list: ListPlace,
        /// Its number, from 0.
        number: usize,
    },
    /// An entry before all others.
    MoveToFront {
        /// In which list.
        list: ListPlace,
        /// Its number, from 0.
        number: usize,
    },
    /// An algorithm out of every entry of a list. An entry in which it is the only one of its type
    /// goes.
    RemoveAlgorithm {
        /// From which list.
        list: ListPlace,
        /// The algorithm.
        transform: Transform,
    },
    /// An algorithm before all others of its type.
    PutFirst {
        /// In which list.
        list: ListPlace,
        /// In which entry, from 0.
        number: usize,
        /// The algorithm.
        transform: Transform,
    },
    /// NONE behind all groups of an entry.
    PutNoneLast {
        /// In which list.
        list: ListPlace,
        /// In which entry, from 0.
        number: usize,
    },
    /// An algorithm more in an entry.
    AddAlgorithm {
        /// In which list.
        list: ListPlace,
        /// In which entry, from 0.
        number: usize,
        /// The algorithm.
        transform: Transform,
    },
    /// No perfect forward secrecy: no groups in a child's list.
    DropGroups {
        /// The child's list.
        list: ListPlace,
    },
    /// A group for perfect forward secrecy in every entry of a child.
    AddGroup {
        /// The child's list.
        list: ListPlace,
        /// The group.
        group: Transform,
        /// Rekeying without a group stays allowed, or is from now on.
        optional: bool,
    },
    /// The server never asks for new keys of the protocol.
    StopRekeying {
        /// Number of the connection, from 0.
        connection: usize,
        /// IKE for the IKE SA, else the child SAs.
        protocol: Protocol,
    },
    /// The server gives an SA that nobody renewed up after this time.
    SetLifetime {
        /// Number of the connection, from 0.
        connection: usize,
        /// IKE for the IKE SA, else the child SAs.
        protocol: Protocol,
        /// How long it lives.
        lifetime: Duration,
    },
    /// The server's order decides instead of the client's.
    PreferOwn,
}

impl Edit {
    /// Carries the change out. What it is about and is not there stays so.
    pub fn apply(&self, server: &mut Server) {
        match self {
            Self::StopRekeying {
                connection,
                protocol,
            } => stop_rekeying(server, *connection, *protocol),
            Self::SetLifetime {
                connection,
                protocol,
                lifetime,
            } => set_lifetime(server, *connection, *protocol, *lifetime),
            Self::PreferOwn => server.prefers_own = true,
            Self::DropGroups { list } => switch_pfs(server, *list, false),
            Self::AddGroup { list, .. } => switch_pfs(server, *list, true),
            Self::Add { .. }
            | Self::Replace { .. }
            | Self::Remove { .. }
            | Self::MoveToFront { .. }
            | Self::RemoveAlgorithm { .. }
            | Self::PutFirst { .. }
            | Self::PutNoneLast { .. }
            | Self::AddAlgorithm { .. } => {}
        }
        let entries = self.list().and_then(|list| entries(server, list));
        if let Some(entries) = entries {
            self.apply_to(entries);
        }
    }

    /// The list that is changed, if it is one.
    pub(crate) const fn list(&self) -> Option<ListPlace> {
        match self {
            Self::StopRekeying { .. } | Self::SetLifetime { .. } | Self::PreferOwn => None,
            Self::Add { list, .. }
            | Self::Replace { list, .. }
            | Self::Remove { list, .. }
            | Self::MoveToFront { list, .. }
            | Self::RemoveAlgorithm { list, .. }
            | Self::PutFirst { list, .. }
            | Self::PutNoneLast { list, .. }
            | Self::AddAlgorithm { list, .. }
            | Self::DropGroups { list }
            | Self::AddGroup { list, .. } => Some(*list),
        }
    }

    fn apply_to(&self, entries: &mut Vec<Entry>) {
        let written = |proposal: &Proposal| Entry::new(proposal.clone(), Origin::Argument);
        match self {
            Self::Add {
                proposal, first, ..
            } => {
                let place = if *first { 0 } else { entries.len() };
                entries.insert(place, written(proposal));
            }
            Self::Replace { proposal, .. } => *entries = vec![written(proposal)],
            Self::Remove { number, .. } if *number < entries.len() => {
                entries.remove(*number);
            }
            Self::MoveToFront { number, .. } if *number < entries.len() => {
                entries[..=*number].rotate_right(1);
            }
            Self::RemoveAlgorithm { transform, .. } => entries.retain_mut(|entry| {
                if !entry.proposal.contains(*transform) {
                    return true;
                }
                change(entry, |all| all.retain(|t| t != transform));
                // Sequence numbers need not be named.
                transform.kind == TransformType::SN || !entry.proposal.of(transform.kind).is_empty()
            }),
            Self::DropGroups { .. } => entries.iter_mut().for_each(|entry| {
                entry.proposal = entry.proposal.without_key_exchange();
            }),
            Self::AddGroup {
                group, optional, ..
            } => entries
                .iter_mut()
                .for_each(|entry| add_group(entry, *group, *optional)),
            Self::PutFirst {
                number, transform, ..
            } => change_at(entries, *number, |all| {
                all.sort_by_key(|t| t != transform);
            }),
            Self::PutNoneLast { number, .. } => change_at(entries, *number, |all| {
                all.sort_by_key(|t| t.is_none());
            }),
            Self::AddAlgorithm {
                number, transform, ..
            } => change_at(entries, *number, |all| all.push(*transform)),
            Self::Remove { .. }
            | Self::MoveToFront { .. }
            | Self::StopRekeying { .. }
            | Self::SetLifetime { .. }
            | Self::PreferOwn => {}
        }
    }
}

/// The entries of a list.
pub(crate) fn entries(server: &mut Server, list: ListPlace) -> Option<&mut Vec<Entry>> {
    let connection = server.connections.get_mut(list.connection)?;
    match list.child {
        None => Some(&mut connection.ike),
        Some(child) => Some(&mut connection.children.get_mut(child)?.esp),
    }
}

fn change_at(entries: &mut [Entry], number: usize, work: impl FnOnce(&mut Vec<Transform>)) {
    if let Some(entry) = entries.get_mut(number) {
        change(entry, work);
    }
}

fn change(entry: &mut Entry, work: impl FnOnce(&mut Vec<Transform>)) {
    let mut all = entry.proposal.transforms().to_vec();
    work(&mut all);
    entry.proposal = Proposal::new(entry.proposal.protocol(), all);
}

fn add_group(entry: &mut Entry, group: Transform, optional: bool) {
    change(entry, |all| {
        let is_group = |t: &Transform| t.kind == TransformType::KE;
        let without = all.iter().all(|t| !is_group(t));
        let none = all.iter().any(|t| is_group(t) && t.is_none());
        all.retain(|t| !(is_group(t) && t.is_none()));
        if !all.contains(&group) {
            all.push(group);
        }
        if none || (without && optional) {
            all.push(Transform::ke(Ke::None));
        }
    });
}

/// Sets the switch that some products have beside the groups.
fn switch_pfs(server: &mut Server, list: ListPlace, on: bool) {
    let connection = server.connections.get_mut(list.connection);
    let child = connection.zip(list.child);
    let child = child.and_then(|(connection, child)| connection.children.get_mut(child));
    if let Some(child) = child
        && (child.pfs.is_some() || server.engine.name.row().has_pfs_switch)
    {
        child.pfs = Some(on);
    }
}

fn stop_rekeying(server: &mut Server, connection: usize, protocol: Protocol) {
    let Some(connection) = server.connections.get_mut(connection) else {
        return;
    };
    match protocol {
        Protocol::Ike => connection.rekey.ike = Some(Duration::ZERO),
        Protocol::Ah | Protocol::Esp => {
            connection.rekey.child = Some(Duration::ZERO);
            for child in &mut connection.children {
                if let Some(rekey) = &mut child.rekey {
                    rekey.value = Duration::ZERO;
                }
            }
        }
    }
}

fn set_lifetime(server: &mut Server, connection: usize, protocol: Protocol, lifetime: Duration) {
    let Some(connection) = server.connections.get_mut(connection) else {
        return;
    };
    let nowhere = Span::new(0, 0..0);
    let written = Spanned {
        value: lifetime,
        span: nowhere,
    };
    match protocol {
        Protocol::Ike => connection.lifetime = Some(written),
        Protocol::Ah | Protocol::Esp => {
            let children = connection.children.iter_mut();
            children.for_each(|child| child.lifetime = Some(written.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Edit, ListPlace};
    use crate::dialect::swan;
    use crate::ike::{Ke, Protocol, Transform};
    use crate::peer::{Child, Connection, Engine, Entry, Origin, Server};

    const LIST: ListPlace = ListPlace {
        connection: 0,
        child: Some(0),
    };

    fn after(edit: &Edit, esp: &[&str]) -> Vec<String> {
        let entry = |text: &&str| {
            let proposal = swan::parse(Protocol::Esp, text).unwrap();
            Entry::new(proposal, Origin::Argument)
        };
        let mut server = Server {
            file: String::new(),
            product: None,
            engine: Engine::STRONGSWAN_5_9_8,
            prefers_own: false,
            address: None,
            remote_id: None,
            connection_name: None,
            nat: Default::default(),
            connections: vec![Connection {
                children: vec![Child {
                    esp: esp.iter().map(entry).collect(),
                    ..Child::default()
                }],
                ..Connection::default()
            }],
            built_with: Vec::new(),
            clients: Vec::new(),
            definitions: Default::default(),
        };
        edit.apply(&mut server);
        let entries = super::entries(&mut server, LIST).unwrap();
        let text = |entry: &Entry| swan::write(&entry.proposal).unwrap();
        entries.iter().map(text).collect()
    }

    #[test]
    fn an_entry_goes_with_the_last_algorithm_of_a_type() {
        let remove = |word| Edit::RemoveAlgorithm {
            list: LIST,
            transform: swan::keyword(word).unwrap(),
        };
        let lists = ["aes256-sha256-sha1", "aes128-sha1", "aes256gcm16"];
        let left = after(&remove("sha1"), &lists);
        assert_eq!(left, ["aes256-sha256", "aes256gcm16"]);
        assert_eq!(after(&remove("3des"), &lists), lists);
    }

    #[test]
    fn a_group_is_added_before_none() {
        let add = |optional| Edit::AddGroup {
            list: LIST,
            group: Transform::ke(Ke::Modp2048),
            optional,
        };
        let lists = [
            "aes256-sha256",
            "aes256-sha256-ecp256",
            "aes128-sha256-none",
        ];
        assert_eq!(
            after(&add(true), &lists),
            [
                "aes256-sha256-modp2048-none",
                "aes256-sha256-ecp256-modp2048",
                "aes128-sha256-modp2048-none"
            ]
        );
        assert_eq!(after(&add(false), &lists)[0], "aes256-sha256-modp2048");
        let dropped = after(&Edit::DropGroups { list: LIST }, &lists);
        assert_eq!(dropped, ["aes256-sha256", "aes256-sha256", "aes128-sha256"]);
    }

    #[test]
    fn order_changes_and_nothing_else() {
        let lists = ["aes128-sha1", "3des-sha1", "3des-aes256-sha256"];
        let front = Edit::MoveToFront {
            list: LIST,
            number: 2,
        };
        let moved = after(&front, &lists);
        assert_eq!(moved, ["3des-aes256-sha256", "aes128-sha1", "3des-sha1"]);
        let first = Edit::PutFirst {
            list: LIST,
            number: 2,
            transform: swan::keyword("aes256").unwrap(),
        };
        assert_eq!(after(&first, &lists)[2], "aes256-3des-sha256");
        let nowhere = Edit::Remove {
            list: LIST,
            number: 9,
        };
        assert_eq!(after(&nowhere, &lists), lists);
    }
}
