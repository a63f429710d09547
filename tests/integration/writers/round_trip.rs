//! `parse(emit(plan)) == plan`, for every plan of the database and for every suite by itself.

use ikecompat::ike::Protocol;
use ikecompat::peer::Server;
use ikecompat::peer::server::Product;
use ikecompat::read::Format;
use ikecompat::write::refusal::Failure;
use ikecompat::write::setup::Auth;
use ikecompat::write::target::{Choices, Target};

use super::plans::{plans, proposal, proposals, read, server, suites};

/// The server formats that a reader exists for, and the product whose files they are.
const READABLE: &[(Target, Format, Option<Product>)] = &[
    (Target::PfsenseXml, Format::Pfsense, Some(Product::Pfsense)),
    (Target::ServerYaml, Format::ServerYaml, None),
    (Target::Swanctl, Format::Swanctl, Some(Product::Strongswan)),
];

const CHOICES: Choices = Choices {
    auth: Auth::EapTls,
    full: true,
};

/// What was written, and what it could not carry.
fn written(target: Target, server: &Server) -> Result<(Vec<u8>, Vec<String>), Failure> {
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
            if changed && *target == Target::PfsenseXml {
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
    for (target, format, _) in READABLE {
        for protocol in [Protocol::Ike, Protocol::Esp] {
            let (mut same, mut refused) = (0, 0);
            for suite in suites(protocol) {
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
                same > 20,
                "{target}, {protocol}: {same} the same, {refused} refused"
            );
        }
    }
}

/// What a product's own plans need is always there: no plan is made that its files cannot say.
#[test]
fn no_plan_is_made_that_the_product_cannot_say() {
    for planned in plans() {
        let targets: &[Target] = match planned.product {
            Product::Libreswan => &[Target::Libreswan],
            Product::Opnsense => &[Target::OpnsensePages, Target::OpnsenseXml],
            Product::Pfsense => &[Target::PfsensePages, Target::PfsenseXml],
            Product::Rras => &[Target::Rras],
            Product::Strongswan => &[Target::Swanctl, Target::IpsecConf],
        };
        for target in targets {
            if let Err(why) = written(*target, &planned.server()) {
                panic!("{}: {target}: {why}", planned.name);
            }
        }
    }
}
