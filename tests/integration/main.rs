//! The integration tests: one binary, a module a subject.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod architecture;
mod article;
mod capability;
mod capture;
mod captures;
mod cli;
mod clients;
mod common;
mod configuration;
mod configured;
mod conversation;
mod diagnose_corpus;
mod dialects;
mod documentation;
mod incidents;
mod ipsec_conf;
mod learn;
mod libreswan;
mod likeness;
mod lint;
mod negotiation;
mod order;
mod packets;
mod policy;
mod profiles;
mod ranking;
mod readers;
mod registry;
mod selection;
mod server_yaml;
mod servers;
mod swanctl;
mod upgrade;
mod wire;
mod writers;
