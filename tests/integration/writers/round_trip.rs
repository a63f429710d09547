//! `parse(emit(plan)) == plan`, for every plan of the database and for every suite by itself.

use std::collections::HashSet;

use ikecompat::compat::closing::every_suite;
use ikecompat::compat::select::{Rule, Terms};
use ikecompat::format::Format;
use ikecompat::ike::{Proposal, Protocol, Suite, Transform};
use ikecompat::peer::server::{Product, Spanned};
use ikecompat::peer::{Entry, Server};
use ikecompat::write::config::format::Choices;
use ikecompat::write::config::refusal::Failure;
use ikecompat::write::config::setup::{Auth, Setup};

use super::plans::{plans, proposal, proposals, read, read_client, server, suites};

/// The server formats that a reader exists for, and the product whose files they are.
const READABLE: &[(Format, Format, Option<Product>)] = &[
    (Format::Iked, Format::Iked, Some(Product::Openiked)),
    (
        Format::OpnsenseXml,
        Format::OpnsenseXml,
        Some(Product::Opnsense),
    ),
    (
        Format::IpsecConf,
        Format::IpsecConf,
        Some(Product::Strongswan),
    ),
    (
        Format::Libreswan,
        Format::Libreswan,
        Some(Product::Libreswan),
    ),
    (
        Format::PfsenseXml,
        Format::PfsenseXml,
        Some(Product::Pfsense),
    ),
    (Format::Rras, Format::Powershell, Some(Product::Rras)),
    (Format::ServerYaml, Format::ServerYaml, None),
    (Format::Swanctl, Format::Swanctl, Some(Product::Strongswan)),
];

/// Devices whose commands are written and read.
const DEVICES: &[Format] = &[
    Format::Cisco,
    Format::Fortigate,
    Format::Mikrotik,
    Format::Vyos,
];

/// The client formats that a reader exists for.
const READABLE_BY_CLIENTS: &[(Format, Format)] = &[
    (Format::Mobileconfig, Format::Mobileconfig),
    (Format::Powershell, Format::Powershell),
    (Format::Profilexml, Format::Profilexml),
    (Format::Sswan, Format::Sswan),
];

const CHOICES: Choices = Choices {
    auth: Auth::EapTls,
    full: true,
    release: None,
};

/// Every suite that a proposal allows; a group that is none is no group.
fn all_suites(proposal: &Proposal) -> Vec<Suite> {
    let terms = Terms {
        rule: Rule::CHARON,
        with_ke: true,
        with_private: true,
        with_additional_ke: true,
    };
    let plain = |suite: Suite| match suite.ke().is_some_and(Transform::is_none) {
        true => suite.without_key_exchange(),
        false => suite,
    };
    every_suite(proposal, terms)
        .into_iter()
        .map(plain)
        .collect()
}

/// What was written, and what it could not carry.
fn written(target: Format, server: &Server) -> Result<(Vec<u8>, Vec<String>), Failure> {
    let mut text = Vec::new();
    let lost = target.write(server, CHOICES, &mut text)?;
    Ok((text, lost))
}

#[test]
fn every_plan_reads_back_as_it_was() {
    for (target, format, product) in READABLE {
        let (mut same, mut refused) = (0, 0);
        for planned in plans() {
            let server = planned.server();
            let (text, lost) = match written(*target, &server) {
                Ok(written) => written,
                Err(Failure::Refused(_)) if *product != Some(planned.product) => {
                    refused += 1;
                    continue;
                }
                Err(why) => panic!("{}: {target} refuses: {why}", planned.name),
            };
            let back = read(*format, &text).unwrap_or_else(|why| {
                panic!(
                    "{}: {why}\n{}",
                    planned.name,
                    String::from_utf8_lossy(&text)
                )
            });
            let changed = lost.iter().any(|what| what.contains("pfSense"));
            if changed && *target == Format::PfsenseXml {
                // pfSense's own order, or more than was asked for; either is said, nothing is gone.
                let (back, own) = (proposals(&back), proposals(&server));
                assert_eq!(back[0].0, own[0].0, "{}", planned.name);
                assert!(
                    own[0].1.iter().all(|p| back[0].1.contains(p)),
                    "{}",
                    planned.name
                );
                continue;
            }
            assert_eq!(
                proposals(&back),
                proposals(&server),
                "{}: {target}",
                planned.name
            );
            same += 1;
        }
        assert!(same > 100, "{target}: {same} the same, {refused} refused");
    }
}

#[test]
fn every_suite_reads_back_or_is_refused() {
    let (ike, esp) = (
        proposal(Protocol::Ike, "aes256-sha256-modp2048"),
        proposal(Protocol::Esp, "aes256-sha256"),
    );
    let files = READABLE.iter().map(|(target, format, _)| (target, format));
    for (target, format) in files.chain(DEVICES.iter().zip(DEVICES)) {
        for protocol in [Protocol::Ike, Protocol::Esp] {
            let (mut same, mut refused) = (0, 0);
            // Each refusal looks for the nearest suite, which takes long in tables of words that go together.
            let step = if DEVICES.contains(target) { 11 } else { 1 };
            for suite in suites(protocol).into_iter().step_by(step) {
                let own = suite.to_proposal();
                let server = match protocol {
                    Protocol::Ike => server(std::slice::from_ref(&own), std::slice::from_ref(&esp)),
                    _ => server(std::slice::from_ref(&ike), std::slice::from_ref(&own)),
                };
                let sayable = target.expresses(&suite);
                match written(*target, &server) {
                    Ok((text, _)) => {
                        assert!(sayable, "{target} writes {own:?}");
                        let back = read(*format, &text).unwrap();
                        assert_eq!(proposals(&back), proposals(&server), "{target}");
                        same += 1;
                    }
                    Err(Failure::Refused(refusals)) => {
                        assert!(!sayable, "{target}: {refusals:?}");
                        for refusal in refusals {
                            assert!(!refusal.why.limit.is_empty());
                            assert!(refusal.why.source.starts_with("https://"), "{target}");
                            assert!(refusal.nearest.is_some(), "{target}: {refusal}");
                        }
                        refused += 1;
                    }
                    Err(why) => panic!("{target}: {why}"),
                }
            }
            assert!(
                same * step > 20,
                "{target}, {protocol}: {same} the same, {refused} refused"
            );
        }
    }
}

/// A format that has no word for a second key exchange never writes the rest of the suite alone.
#[test]
fn additional_key_exchanges_read_back_or_are_refused() {
    let (ike, esp) = (
        proposal(Protocol::Ike, "aes256-sha256-modp2048"),
        proposal(Protocol::Esp, "aes256-sha256"),
    );
    let hybrid = "aes256-sha256-modp2048-ke1_mlkem768";
    let hybrids = [
        (proposal(Protocol::Ike, hybrid), esp),
        (ike, proposal(Protocol::Esp, hybrid)),
    ];
    for (ike, esp) in hybrids {
        let server = server(std::slice::from_ref(&ike), std::slice::from_ref(&esp));
        let files = READABLE.iter().map(|(target, format, _)| (target, format));
        for (target, format) in files.chain(DEVICES.iter().zip(DEVICES)) {
            if let Ok((text, _)) = written(*target, &server) {
                let back = read(*format, &text).unwrap();
                assert_eq!(proposals(&back), proposals(&server), "{target}");
            }
        }
        let suites = [&ike, &esp].map(|one| Suite::of(one.protocol(), one.transforms().to_vec()));
        let setup = setup(&suites[0], &suites[1]);
        for (target, format) in READABLE_BY_CLIENTS {
            let is_written = client_round_trip(*target, *format, &setup).is_some();
            let sayable = suites.iter().all(|suite| target.expresses(suite));
            assert_eq!(is_written, sayable, "{target}");
        }
    }
}

#[test]
fn plans_are_commands_of_every_device_and_read_back() {
    for target in DEVICES {
        let (mut same, mut wider) = (0, 0);
        for planned in plans() {
            let server = planned.server();
            let (text, lost) = match written(*target, &server) {
                Ok(written) => written,
                Err(Failure::Refused(_) | Failure::Impossible(_)) => continue,
                Err(why) => panic!("{}: {target}: {why}", planned.name),
            };
            let back = read(*target, &text).unwrap_or_else(|why| {
                panic!(
                    "{}: {why}\n{}",
                    planned.name,
                    String::from_utf8_lossy(&text)
                )
            });
            let suites_of = |server: &Server| -> Vec<HashSet<Suite>> {
                let lists = proposals(server).into_iter();
                let lists = lists.flat_map(|(ike, esp)| [ike, esp]);
                let sets = lists.map(|list| list.into_iter().flat_map(all_suites).collect());
                sets.collect()
            };
            let (own, read) = (suites_of(&server), suites_of(&back));
            assert_eq!(own.len(), read.len(), "{}: {target}", planned.name);
            for (own, read) in own.iter().zip(&read) {
                assert!(own.is_subset(read), "{}: {target}", planned.name);
            }
            // What is more than the plan is told.
            let told = lost.iter().any(|what| what.contains("go together"));
            assert_eq!(own != read, told, "{}: {target}: {lost:?}", planned.name);
            match told {
                true => wider += 1,
                false => same += 1,
            }
        }
        assert!(same > 50, "{target}: {same} the same, {wider} wider");
    }
}

/// A set-up of one suite each.
fn setup(ike: &Suite, esp: &Suite) -> Setup {
    Setup {
        name: "Büro's VPN".to_owned(),
        address: "vpn.example.com".to_owned(),
        remote_id: "vpn.example.com".to_owned(),
        auth: Auth::EapTls,
        ike: vec![ike.to_proposal()],
        esp: vec![esp.to_proposal()],
        ..Setup::default()
    }
}

/// Writes a client's file, reads it and compares suites and names; `None` if it is refused.
fn client_round_trip(target: Format, format: Format, setup: &Setup) -> Option<()> {
    let mut text = Vec::new();
    target.write_setup(setup, CHOICES, &mut text).ok()?;
    let read = read_client(format, &text)
        .unwrap_or_else(|why| panic!("{target}: {why}\n{}", String::from_utf8_lossy(&text)));
    let own = |entries: Vec<Entry>| -> Vec<_> {
        entries.into_iter().map(|entry| entry.proposal).collect()
    };
    assert_eq!(own(read.ike), setup.ike, "{target}");
    assert_eq!(own(read.esp), setup.esp, "{target}");
    let text = |placed: Option<Spanned<String>>| placed.map(|placed| placed.value);
    // The name of a profile is that of the setting which holds it.
    if target != Format::Profilexml {
        assert_eq!(text(read.name).as_ref(), Some(&setup.name), "{target}");
    }
    assert_eq!(
        text(read.address).as_ref(),
        Some(&setup.address),
        "{target}"
    );
    Some(())
}

#[test]
fn every_file_of_a_client_reads_back_as_it_was() {
    for (target, format) in READABLE_BY_CLIENTS {
        let mut same = 0;
        for planned in plans() {
            for reconfigured in &planned.plan.reconfigured {
                let setup = setup(&reconfigured.ike, &reconfigured.esp);
                same += usize::from(client_round_trip(*target, *format, &setup).is_some());
            }
        }
        assert!(same > 20, "{target}: {same}");
        let usual = |protocol, text| {
            let proposal = proposal(protocol, text);
            Suite::of(protocol, proposal.transforms().iter().copied())
        };
        let ike = usual(Protocol::Ike, "aes256-sha256-modp2048");
        let esp = usual(Protocol::Esp, "aes256-sha256");
        let all = suites(Protocol::Ike)
            .into_iter()
            .map(|suite| (suite, suite, esp));
        let more = suites(Protocol::Esp)
            .into_iter()
            .map(|suite| (suite, ike, suite));
        for (suite, ike, esp) in all.chain(more) {
            let written = client_round_trip(*target, *format, &setup(&ike, &esp));
            assert_eq!(
                written.is_some(),
                target.expresses(&suite),
                "{target}: {suite:?}"
            );
        }
    }
}

/// What a product's own plans need is always there: no plan is made that its files cannot say.
#[test]
fn no_plan_is_made_that_the_product_cannot_say() {
    for planned in plans() {
        let targets: &[Format] = match planned.product {
            Product::Libreswan => &[Format::Libreswan],
            Product::Openiked => &[Format::Iked],
            Product::Opnsense => &[Format::OpnsensePages, Format::OpnsenseXml],
            Product::Pfsense => &[Format::PfsensePages, Format::PfsenseXml],
            Product::Rras => &[Format::Rras],
            Product::Strongswan => &[Format::Swanctl, Format::IpsecConf],
        };
        for target in targets {
            if let Err(why) = written(*target, &planned.server()) {
                panic!("{}: {target}: {why}", planned.name);
            }
        }
    }
}
