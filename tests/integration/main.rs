//! The integration tests: one binary, a module a subject.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod advice;
mod answering;
mod appliances;
mod architecture;
mod archives;
mod article;
mod automation;
mod book;
#[cfg(feature = "live")]
mod bounds;
mod capability;
mod capture;
mod captures;
mod cbom;
mod certificates;
mod cli;
mod clients;
mod colours;
mod common;
mod completions;
mod configuration;
mod configured;
mod continuation;
mod conversation;
mod diagnose;
mod diagnose_corpus;
mod diagnose_field;
mod dialects;
mod documentation;
mod documents;
mod entrance;
mod exit_status;
mod files;
mod frames;
mod habits;
#[cfg(unix)]
mod hooks;
mod hostile;
mod incidents;
mod independent;
mod injection;
#[cfg(feature = "live")]
#[expect(
    unreachable_pub,
    reason = "the fuzz targets take this file as their library"
)]
mod inputs;
mod ipsec_conf;
mod learn;
mod libreswan;
mod likeness;
mod lint;
mod lint_command;
mod listings;
#[cfg(feature = "live")]
mod live;
mod names;
mod negotiation;
mod nouns;
mod order;
mod packets;
mod page;
mod phrases;
mod pipelines;
mod pipes;
mod plans;
mod policies;
mod policy;
mod profiles;
mod ranking;
mod readers;
mod registry;
#[cfg(feature = "live")]
mod replay;
mod reports;
mod reproductions;
mod rules;
mod schemas;
mod screens;
mod secrets;
mod selection;
mod server_yaml;
mod servers;
mod several_files;
mod site;
mod slips;
mod swanctl;
mod table_7;
mod tshark;
mod upgrade;
mod verdict;
mod wire;
mod words;
mod writers;
