//! Windows Server: what Routing and Remote Access needs before it takes a policy.

use super::{AUTHORITY, Pages, identity};
use crate::peer::{Auth, Server};
use crate::write::config::setup::{POOL_RANGE, RADIUS_ADDRESS, USER};
use crate::write::plan::secrets::PATH_OF_VALUES;

pub(super) fn text(server: &Server, auth: Auth) -> String {
    let identity = identity(server);
    let mut pages = Pages::default();
    pages.page("Windows Server: the role, in PowerShell as administrator");
    let (first, last) = POOL_RANGE
        .split_once('-')
        .unwrap_or((POOL_RANGE, POOL_RANGE));
    pages.line("Install-WindowsFeature DirectAccess-VPN -IncludeManagementTools");
    pages.line(format!(
        "Install-RemoteAccess -VpnType Vpn -IPAddressRange {first}, {last}"
    ));
    pages.page("Windows Server: the server certificate, in certlm.msc > Personal > Certificates");
    pages.field("Subject and Subject Alternative Name", &identity);
    pages.field("Enhanced Key Usage", "Server Authentication");
    pages.line("its private key has to be there too, and its CA below Trusted Root Certification Authorities");
    authentication(&mut pages, auth);
    pages.page("Windows Server: the rest, in PowerShell as administrator");
    pages.line("Enable-NetFirewallRule -DisplayGroup 'Routing and Remote Access'");
    pages.line("Get-DnsClientServerAddress shows the DNS servers, which clients get too");
    pages.text
}

fn authentication(pages: &mut Pages, auth: Auth) {
    pages.page("Windows Server: authentication, in PowerShell as administrator");
    match auth {
        Auth::Certificate => {
            pages.line(format!(
                "$ca = Get-ChildItem Cert:\\LocalMachine\\Root | Where-Object Subject -like '*CN={AUTHORITY}*'"
            ));
            pages.line("Set-VpnAuthProtocol -UserAuthProtocolAccepted Certificate -RootCertificateNameToAccept $ca");
        }
        Auth::EapRadius => {
            pages.line("Set-VpnAuthProtocol -UserAuthProtocolAccepted EAP");
            pages.line(format!(
                "Set-VpnAuthType -Type ExternalRadius -RadiusServer {RADIUS_ADDRESS} -SharedSecret (Read-Host)"
            ));
            pages.line(format!("address and secret: see `{PATH_OF_VALUES}`"));
        }
        Auth::EapMschapv2 | Auth::EapTls | Auth::Psk => {
            pages.line("Set-VpnAuthProtocol -UserAuthProtocolAccepted EAP");
            let kind = match auth {
                Auth::EapTls => "Microsoft: Smart Card or other certificate",
                Auth::Certificate | Auth::EapMschapv2 | Auth::EapRadius | Auth::Psk => {
                    "Microsoft: Secured password (EAP-MSCHAP v2)"
                }
            };
            pages.page("Windows Server: Network Policy Server > Policies > Network Policies");
            pages.field(
                "Policy",
                "Connections to Microsoft Routing and Remote Access server",
            );
            pages.field("Overview", "Grant access");
            pages.field("Constraints > Authentication Methods > EAP Types", kind);
            pages.page("Windows Server: Active Directory Users and Computers, for each user");
            pages.field(
                &format!("{USER} > Dial-in > Network Access Permission"),
                "Control access through NPS Network Policy",
            );
        }
    }
}
