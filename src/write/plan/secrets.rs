//! What a server needs and no configuration holds: names and passwords of users, as placeholders in a file of
//! their own.

use crate::peer::Auth;
use crate::peer::server::Product;
use crate::write::config::setup::{PASSWORD, RADIUS_ADDRESS, RADIUS_SECRET, USER};
use crate::write::plan::folder::PlanFile;

/// Where values stand that are entered on pages.
pub(crate) const PATH_OF_VALUES: &str = "server/secrets.txt";

/// The files; none where clients prove themselves by certificates.
pub(super) fn files(product: Product, auth: Auth) -> Vec<PlanFile> {
    let file = |path: &str, purpose: &str, text: String| PlanFile {
        path: path.to_owned(),
        bytes: text.into_bytes(),
        purpose: purpose.to_owned(),
        lost: Vec::new(),
    };
    match (product, auth) {
        (Product::Strongswan, Auth::EapMschapv2) => vec![
            file(
                "server/swanctl-secrets.conf",
                "into /etc/swanctl/conf.d, readable by root alone, beside swanctl.conf",
                format!(
                    "# One section a user.\nsecrets {{\n    eap-{USER} {{\n        id = {USER}\n        secret = \"{PASSWORD}\"\n    }}\n}}\n"
                ),
            ),
            file(
                "server/ipsec.secrets",
                "its lines into /etc/ipsec.secrets, where the server runs on ipsec.conf",
                format!(
                    "# One line a user, and one for the key of the server certificate.\n: RSA server.key\n{USER} : EAP \"{PASSWORD}\"\n"
                ),
            ),
        ],
        (Product::Strongswan, Auth::EapRadius) => vec![file(
            "server/eap-radius.conf",
            "into /etc/strongswan.d/charon, readable by root alone",
            format!(
                "eap-radius {{\n    load = yes\n    servers {{\n        primary {{\n            address = {RADIUS_ADDRESS}\n            secret = \"{RADIUS_SECRET}\"\n        }}\n    }}\n}}\n"
            ),
        )],
        (Product::Pfsense | Product::Opnsense, Auth::EapMschapv2) => vec![file(
            PATH_OF_VALUES,
            "what to enter on the page Pre-Shared Keys; delete the file afterwards",
            format!("# name of the user, password\n{USER} {PASSWORD}\n"),
        )],
        (Product::Pfsense | Product::Opnsense | Product::Rras, Auth::EapRadius) => vec![file(
            PATH_OF_VALUES,
            "what to enter for the RADIUS server; delete the file afterwards",
            format!(
                "# address of the RADIUS server, shared secret\n{RADIUS_ADDRESS} {RADIUS_SECRET}\n"
            ),
        )],
        (Product::Openiked, Auth::EapMschapv2) => vec![file(
            "server/iked-users.conf",
            "its lines into /etc/iked.conf, before the rules; that file is readable by root alone",
            format!("user \"{USER}\" \"{PASSWORD}\"\n"),
        )],
        // iked has no RADIUS, RRAS asks Windows for its users; the others have certificates.
        (Product::Libreswan | Product::Openiked | Product::Rras, _)
        | (_, Auth::Certificate | Auth::EapTls | Auth::Psk) => Vec::new(),
    }
}
