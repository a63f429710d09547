//! The registry value that makes Windows' built-in client offer AES-256 with group 14 without
//! PowerShell.
//!
//! `NegotiateDH2048_AES256`: 1 adds these suites to the offer, 2 offers nothing else in IKE. ESP
//! stays what it is by default (strongSwan documentation, "Windows clients").

use std::io::Write;

use crate::dialect::Inexpressible;
use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Sn, Suite, Transform};
use crate::peer::client::RegistryLevel;
use crate::write::config::refusal::{Failure, Refusal, suites, words};
use crate::write::config::setup::Setup;

/// Where the value is described.
pub(crate) const SOURCE: &str =
    "https://docs.strongswan.org/docs/latest/interop/windowsClients.html";

const PRODUCT: &str = "NegotiateDH2048_AES256";

/// Hashes of IKE that come with the value.
const HASHES: &[(Integ, Prf)] = &[
    (Integ::HmacSha1_96, Prf::HmacSha1),
    (Integ::HmacSha2_256_128, Prf::HmacSha2_256),
    (Integ::HmacSha2_384_192, Prf::HmacSha2_384),
];

/// Whether Windows offers the suite once the value is set.
pub(crate) fn expresses(suite: &Suite) -> bool {
    let of = |transforms: &[Transform]| Suite::of(suite.protocol, transforms.iter().copied());
    let aes = |bits| Transform::encr(Encr::AesCbc, bits);
    match suite.protocol {
        Protocol::Ike => HASHES.iter().any(|(integ, prf)| {
            *suite
                == of(&[
                    aes(256),
                    Transform::integ(*integ),
                    Transform::prf(*prf),
                    Transform::ke(Ke::Modp2048),
                ])
        }),
        Protocol::Esp => {
            let triple = Transform::encr(Encr::TripleDes, 0);
            [aes(256), triple].into_iter().any(|encr| {
                *suite
                    == of(&[
                        encr,
                        Transform::integ(Integ::HmacSha1_96),
                        Transform::sn(Sn::Sequential32),
                    ])
            })
        }
        Protocol::Ah => false,
    }
}

/// Writes the file. Returns what it could not carry.
///
/// Some suite of each phase has to be one that Windows offers then; others do no harm, because the
/// client's offer is not made by this file.
pub(crate) fn write(
    setup: &Setup,
    level: RegistryLevel,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let mut refused = Vec::new();
    let mut lost = Vec::new();
    for (proposals, limit) in [
        (
            &setup.ike,
            "it stands for AES-256 with SHA-1, SHA-256 or SHA-384 and group 14",
        ),
        (
            &setup.esp,
            "it leaves ESP at what the data encryption setting gives: AES-256 or 3DES with SHA-1, no PFS",
        ),
    ] {
        let some = |proposal: &&_| suites(proposal).iter().any(expresses);
        if proposals.iter().any(|proposal| some(&proposal)) {
            let others = proposals.iter().filter(|proposal| !some(proposal));
            lost.extend(others.map(|proposal| {
                format!(
                    "{}: Windows does not offer it with this value",
                    words(proposal)
                )
            }));
            continue;
        }
        refused.extend(proposals.first().map(|proposal| {
            let why = Inexpressible {
                what: words(proposal),
                product: PRODUCT,
                limit,
                source: SOURCE,
            };
            Refusal::of(proposal, why, expresses)
        }));
    }
    if !refused.is_empty() {
        return Err(Failure::Refused(refused));
    }
    let value = level as u32;
    write!(
        out,
        "Windows Registry Editor Version 5.00\r\n\r\n\
         [HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\RasMan\\Parameters]\r\n\
         \"NegotiateDH2048_AES256\"=dword:{value:08x}\r\n"
    )?;
    Ok(lost)
}
