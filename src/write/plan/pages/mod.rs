//! Every page of a firewall that a server of clients takes, in the order in which they are filled in.
//!
//! The pages of proposals alone are in [`write::config`](crate::write::config); these are around them: certificates,
//! users, addresses, rules of the firewall. Nothing secret stands on them: passwords are placeholders of the file
//! that `write::plan::secrets` writes.

mod opnsense;
mod pfsense;
mod rras;

use std::fmt::{Display, Write as _};

use crate::answer::plan::PlanContext;
use crate::peer::server::Product;
use crate::peer::{Auth, Server};
use crate::recommend::{Plan, server};
use crate::write::config::refusal::Failure;
use crate::write::config::setup::local_id;

/// What the certificate authority is called where there is none yet.
const AUTHORITY: &str = "VPN CA";

/// Writes the pages of the product, and returns what they cannot say.
pub fn write(
    product: Product,
    plan: &Plan,
    context: &PlanContext<'_>,
    auth: Auth,
    out: &mut impl std::io::Write,
) -> Result<Vec<String>, Failure> {
    let server = server(plan, context.names());
    let (text, lost) = match product {
        Product::Opnsense => opnsense::text(&server, auth)?,
        Product::Pfsense => (pfsense::text(plan, &server, auth)?, Vec::new()),
        Product::Rras => (rras::text(&server, auth), Vec::new()),
        Product::Libreswan | Product::Openiked | Product::Strongswan => {
            return Err(Failure::Impossible(format!(
                "{product} is configured by files, not on pages"
            )));
        }
    };
    out.write_all(text.as_bytes())?;
    Ok(lost)
}

/// Pages as they are written down.
#[derive(Default)]
struct Pages {
    text: String,
}

impl Pages {
    /// Begins a page, which is found by these menus and buttons.
    fn page(&mut self, path: impl Display) {
        writeln!(self.text, "{path}").ok(); // writing into a string cannot fail
    }

    /// A field of it.
    fn field(&mut self, label: &str, value: impl Display) {
        writeln!(self.text, "  {label}: {value}").ok();
    }

    /// What is pressed, or what there is to know.
    fn line(&mut self, line: impl Display) {
        writeln!(self.text, "  {line}").ok();
    }
}

/// What the server calls itself, which is the name in its certificate.
fn identity(server: &Server) -> String {
    let mut connections = server.connections.iter();
    connections
        .next()
        .map_or_else(String::new, |connection| local_id(server, connection))
}

/// The kind of subjectAltName that an identity is.
fn is_address(identity: &str) -> bool {
    identity.parse::<std::net::IpAddr>().is_ok()
}
