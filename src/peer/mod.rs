//! The two sides of a tunnel as this program models them, whatever file they came from.
//!
//! Readers and profiles produce these types, the comparison in [`crate::compat`] consumes them.

pub mod auth;
pub mod authentication;
pub mod build;
pub mod certificate;
pub mod client;
pub mod configuration;
pub mod edit;
pub mod engine;
pub mod evidence;
pub mod exchange;
pub mod first_message;
pub mod lifetime;
pub mod origin;
pub mod policy;
pub mod server;
pub mod setting;

pub use auth::Auth;
pub use build::Build;
pub use client::{Client, Fact, Known};
pub use configuration::{Configuration, Evidence};
pub use edit::{Edit, ListPlace};
pub use engine::{Engine, EngineName, NamedEngine, Version};
pub use evidence::{Grade, Source};
pub use exchange::{Exchange, PerExchange};
pub use first_message::FirstMessage;
pub use lifetime::{DefaultLifetimes, HardLifetime, ReauthenticationTimes};
pub use origin::{Origin, Span};
pub use policy::Policy;
pub use server::{Child, Connection, Entry, Role, Server};
