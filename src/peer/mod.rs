//! The two sides of a tunnel as this program models them, whatever file they came from.
//!
//! Readers and profiles produce these types, the comparison in [`crate::compat`] consumes them.

pub(crate) mod auth;
pub mod authentication;
pub mod build;
pub mod certificate;
pub mod client;
pub(crate) mod configuration;
pub(crate) mod edit;
pub(crate) mod engine;
pub(crate) mod evidence;
pub(crate) mod exchange;
pub(crate) mod first_message;
pub(crate) mod lifetime;
pub(crate) mod origin;
pub mod policy;
pub(crate) mod sa_settings;
pub mod server;
pub mod setting;
pub(crate) mod surface;

pub use auth::Auth;
pub use build::Build;
pub use client::{Client, Fact, Known};
pub use configuration::{Configuration, Evidence};
pub use edit::{Edit, ListPlace};
pub use engine::{Engine, EngineName, NamedEngine, Version};
pub use evidence::{Grade, Source};
pub use exchange::{Exchange, PerExchange};
pub use first_message::FirstMessage;
pub(crate) use lifetime::{DefaultLifetimes, HardLifetime, ReauthenticationTimes};
pub use origin::{Origin, Span};
pub use policy::Policy;
pub use server::{Child, Connection, Entry, Role, Server};
