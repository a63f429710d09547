//! The PowerShell command that makes Windows offer one suite of IKE and one of ESP.

use std::io::Write;

use crate::dialect::Inexpressible;
use crate::dialect::powershell::{SOURCE, argument, expresses};
use crate::ike::{Proposal, Suite, Transform};
use crate::write::config::refusal::{Failure, Refusal};
use crate::write::config::setup::{Auth, Setup, only};

pub(crate) use crate::dialect::powershell::{Refused, line};

/// Where a limit on the number of suites comes from: product, limit, source.
pub(super) type Limit = (&'static str, &'static str, &'static str);

const ONE: Limit = (
    "Set-VpnConnectionIPsecConfiguration",
    "a connection has one suite of IKE and one of ESP",
    SOURCE,
);

/// The one suite of each phase.
pub(super) fn only_suites(
    ike: &[Proposal],
    esp: &[Proposal],
    limit: Limit,
) -> Result<(Suite, Suite), Failure> {
    let mut refused = Vec::new();
    let mut one = |proposals: &[Proposal]| {
        let suite = only(proposals, limit, expresses);
        suite.map_err(|why| refused.push(why)).ok()
    };
    let (ike, esp) = (one(ike), one(esp));
    match ike.zip(esp) {
        Some((ike, esp)) => Ok((ike, without_none(esp))),
        None => Err(Failure::Refused(refused)),
    }
}

/// A suite of ESP whose group is NONE has no group.
fn without_none(suite: Suite) -> Suite {
    if suite.ke().is_some_and(Transform::is_none) {
        suite.without_key_exchange()
    } else {
        suite
    }
}

/// The refusal of one of two suites, with the nearest that the value sets have.
pub(super) fn refusal(ike: &Suite, esp: &Suite, why: Inexpressible) -> Refusal {
    if expresses(ike) {
        Refusal::of(&esp.to_proposal(), why, expresses)
    } else {
        Refusal::of(&ike.to_proposal(), why, expresses)
    }
}

/// Why there is no file for clients with a pre-shared key.
pub(super) fn no_psk() -> Failure {
    Failure::Impossible(
        "Windows has no pre-shared key for IKEv2 (https://docs.strongswan.org/docs/latest/interop/windowsClients.html)"
            .to_owned(),
    )
}

/// Writes what configures a connection on Windows; with `full` also what makes it. Returns what
/// could not be carried.
///
/// `configure` is false for a client that stays as it is: then the connection is only made.
pub fn script(
    setup: &Setup,
    (full, configure): (bool, bool),
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let name =
        argument(&setup.name).ok_or_else(|| Failure::Impossible(Refused::Name.to_string()))?;
    let mut text = String::new();
    if full {
        let address = argument(&setup.address).ok_or_else(|| {
            Failure::Impossible("the address is empty or contains a control character".to_owned())
        })?;
        let (before, method) = match setup.auth {
            Auth::EapTls => (
                "$eap = New-EapConfiguration -Tls -UserCertificate -VerifyServerIdentity\n",
                "Eap -EapConfigXmlStream $eap.EapConfigXmlStream",
            ),
            Auth::EapMschapv2 | Auth::EapRadius => (
                "$eap = New-EapConfiguration\n",
                "Eap -EapConfigXmlStream $eap.EapConfigXmlStream",
            ),
            Auth::Certificate => ("", "MachineCertificate"),
            Auth::Psk => return Err(no_psk()),
        };
        let level = setup.encryption_level.unwrap_or("Required");
        text.push_str(before);
        text.push_str(&format!(
            "Add-VpnConnection -Name {name} -ServerAddress {address} -TunnelType Ikev2 -EncryptionLevel {level} -AuthenticationMethod {method}\n"
        ));
    }
    if configure {
        let (ike, esp) = only_suites(&setup.ike, &setup.esp, ONE)?;
        let line = line(&setup.name, &ike, &esp).map_err(|why| match why {
            Refused::Suite(why) => Failure::from(refusal(&ike, &esp, why)),
            Refused::Name => Failure::Impossible(why.to_string()),
        })?;
        text.push_str(&line);
        text.push('\n');
    }
    out.write_all(text.as_bytes())?;
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::line;
    use crate::dialect::swan;
    use crate::ike::{Protocol, Suite};

    fn suite(protocol: Protocol, text: &str) -> Suite {
        let proposal = swan::parse(protocol, text).unwrap();
        Suite::of(protocol, proposal.transforms().iter().copied())
    }

    #[test]
    fn the_command_is_one_line_in_a_fixed_order() {
        let ike = suite(Protocol::Ike, "aes256-sha256-modp2048");
        let esp = suite(Protocol::Esp, "aes256-sha256");
        assert_eq!(
            line("atom-vpn", &ike, &esp).unwrap(),
            "Set-VpnConnectionIPsecConfiguration -ConnectionName atom-vpn \
             -AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES256 \
             -DHGroup Group14 -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 \
             -PfsGroup None -Force"
        );
        assert!(line("a\nb", &ike, &esp).is_err());
    }
}
