//! A swanctl.conf as it was read: every setting of what is loaded, templates filled in.

use super::block::Block;
use crate::peer::authentication::Round;
use crate::peer::setting::Setting;
use crate::peer::{Child, Connection, Server};

/// The whole file.
pub(super) fn write(server: &Server, lost: &mut Vec<String>) -> String {
    let mut block = Block::default();
    block.open("connections");
    for connection in &server.connections {
        if let Some(why) = &connection.not_loaded {
            lost.push(super::left_out(connection, why));
            continue;
        }
        one(&mut block, connection);
    }
    block.close();
    let pools = &server.definitions.pools;
    if !pools.is_empty() {
        block.open("pools");
        for pool in pools {
            block.open(&pool.name);
            let addresses: Vec<_> = pool.addresses.iter().map(|it| it.value.as_str()).collect();
            if !addresses.is_empty() {
                block.set("addrs", &addresses.join(","));
            }
            settings(&mut block, &pool.settings);
            block.close();
        }
        block.close();
    }
    authorities(&mut block, &server.definitions.settings);
    if server.definitions.secrets.is_some() {
        block.comment("secrets { } is to be taken over from the file itself");
    }
    block.finish()
}

fn one(block: &mut Block, connection: &Connection) {
    block.open(&connection.name);
    settings(block, &connection.settings);
    for (side, name) in [(&connection.local, "local"), (&connection.remote, "remote")] {
        let several = side.rounds.len() > 1;
        for (place, round) in side.rounds.iter().enumerate() {
            let name = if several {
                format!("{name}-{}", place + 1)
            } else {
                name.to_owned()
            };
            block.open(&name);
            written_round(block, round);
            block.close();
        }
    }
    block.open("children");
    for child in connection.children.iter().chain(&connection.shunts) {
        of_child(block, child);
    }
    block.close();
    block.close();
}

fn of_child(block: &mut Block, child: &Child) {
    block.open(&child.name);
    settings(block, &child.settings);
    block.close();
}

fn written_round(block: &mut Block, round: &Round) {
    // The default of swanctl.opt, said for whoever reads the file.
    if let (None, Some(method)) = (&round.written, &round.method) {
        block.set("auth", &method.to_string());
    }
    settings(block, &round.settings);
}

fn settings(block: &mut Block, settings: &[Setting]) {
    let pairs = settings.iter();
    block.nested(pairs.map(|it| (it.key.as_str(), it.value.as_str())));
}

/// The section `authorities`, out of keys with the names of their sections.
fn authorities(block: &mut Block, all: &[Setting]) {
    let mut names: Vec<&str> = Vec::new();
    let part = |setting: &'_ Setting| {
        let rest = setting.key.strip_prefix("authorities.")?;
        let (name, key) = rest.rsplit_once('.')?;
        Some((name.to_owned(), key.to_owned()))
    };
    let parts: Vec<_> = all.iter().filter_map(|it| Some((part(it)?, it))).collect();
    for ((name, _), _) in &parts {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return;
    }
    block.open("authorities");
    for name in names {
        block.open(name);
        for ((_, key), setting) in parts.iter().filter(|((own, _), _)| own == name) {
            block.set(key, &setting.value);
        }
        block.close();
    }
    block.close();
}
