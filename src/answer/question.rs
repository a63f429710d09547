//! What decides about an answer.

use std::net::IpAddr;

use super::certificate::Certificates;
use super::reading::ServerText;
use super::selection::Clients;
use crate::lint::AllowedRule;
use crate::peer::server::{Nat, Product};
use crate::peer::{Policy, Server};
use crate::read::Files;

/// The server of a question.
#[derive(Clone, Copy)]
pub enum ServerInput<'q> {
    /// Its configuration, as text.
    Text(ServerText<'q>),
    /// A model of it, of which no text exists.
    Model(&'q Server),
}

impl ServerInput<'_> {
    /// An empty text, for a question whose server is filled in later.
    pub const NOTHING: Self = Self::Text(ServerText::new("", b""));
}

/// Everything that decides about an answer.
#[derive(Clone, Copy)]
pub struct Question<'q> {
    /// The server.
    pub server: ServerInput<'q>,
    /// The clients.
    pub clients: Clients<'q>,
    /// By what suites are ranked.
    pub policy: &'q Policy,
    /// The product that is configured, whatever the text says.
    pub product: Option<Product>,
    /// Whether clients are behind NAT, whatever the text says.
    pub nat: Option<Nat>,
    /// The address from which clients dial in, if it is known.
    pub client_address: Option<IpAddr>,
    /// What clients expect the server to be, if it is known.
    pub server_id: Option<&'q str>,
    /// The certificates, if any are given.
    pub certificates: Option<&'q Certificates>,
    /// Opens the files that configure clients.
    pub files: &'q dyn Files,
    /// The rules whose findings are allowed wherever they stand.
    pub allow: &'q [AllowedRule],
    /// The options of the command line that belong to the question, as they were typed, for commands that continue it.
    pub typed: &'q [(String, String)],
    /// Whether the answer names the sources of every fact, and has settings that serve everybody.
    pub in_full: bool,
    /// Whether it names the sources all the same.
    pub sources: bool,
}

impl<'q> Question<'q> {
    /// Which of the usual clients connect to `server`.
    pub const fn new(server: ServerInput<'q>, policy: &'q Policy) -> Self {
        Self {
            server,
            clients: Clients::Usual,
            policy,
            product: None,
            nat: None,
            client_address: None,
            server_id: None,
            certificates: None,
            files: &crate::read::context::NoFiles,
            allow: &[],
            typed: &[],
            in_full: false,
            sources: false,
        }
    }
}
