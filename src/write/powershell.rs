//! The PowerShell command that makes Windows offer one suite of IKE and one of ESP.

use std::fmt::{self, Display, Formatter};
use std::io::{self, Write};

use strum::IntoEnumIterator as _;

use crate::dialect::Inexpressible;
use crate::dialect::powershell::{Parameter, argument, suite_arguments};
use crate::ike::Suite;

/// Why there is no command.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refused {
    /// Windows has no values for the suites.
    Suite(Inexpressible),
    /// The connection's name is empty or has a control character, which fits on no line.
    Name,
}

impl Display for Refused {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suite(why) => why.fmt(f),
            Self::Name => {
                f.write_str("the connection name is empty or contains a control character")
            }
        }
    }
}

impl std::error::Error for Refused {}

/// The command on one line, without line end.
pub fn line(connection: &str, ike: &Suite, esp: &Suite) -> Result<String, Refused> {
    let arguments = suite_arguments(ike, esp).map_err(Refused::Suite)?;
    let name = argument(connection).ok_or(Refused::Name)?;
    let mut line = format!("Set-VpnConnectionIPsecConfiguration -ConnectionName {name}");
    for parameter in Parameter::iter() {
        line.push_str(&format!(" -{parameter} {}", arguments.value(parameter)));
    }
    line.push_str(" -Force");
    Ok(line)
}

/// Writes the command; nothing is written if there is none.
pub fn write(line: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{line}")
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
