//! An ipsec.conf as it was read, of strongSwan or of libreswan: every setting of what is loaded,
//! with what it inherits filled in.

use super::quoted;
use crate::peer::Server;
use crate::write::config::swanctl::left_out;

/// The whole file.
pub(in crate::write::config) fn write(server: &Server, lost: &mut Vec<String>) -> String {
    let mut text = String::from("config setup\n");
    let settings = &server.definitions.settings;
    let line = |text: &mut String, key: &str, value: &str| {
        text.push_str(&format!("\t{key}={}\n", quoted(value)));
    };
    for setting in settings {
        if let Some(key) = setting.key.strip_prefix("setup.") {
            line(&mut text, key, &setting.value);
        }
    }
    let mut last = None;
    for setting in settings {
        let Some((name, key)) = setting
            .key
            .strip_prefix("ca.")
            .and_then(|it| it.rsplit_once('.'))
        else {
            continue;
        };
        if last != Some(name) {
            text.push_str(&format!("\nca {name}\n"));
            last = Some(name);
        }
        line(&mut text, key, &setting.value);
    }
    for connection in &server.connections {
        if let Some(why) = &connection.not_loaded {
            lost.push(left_out(connection, why));
            continue;
        }
        text.push_str(&format!("\nconn {}\n", connection.name));
        for setting in &connection.settings {
            line(&mut text, &setting.key, &setting.value);
        }
    }
    text
}
