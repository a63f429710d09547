//! A throw-away strongSwan server whose log shows what a client offers and accepts at rekeying.

use super::folder::PlanFile;

/// Who asks for new keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum RekeyBy {
    /// The server, after the time that it is told.
    Server,
    /// The client, whenever it does; the server never asks.
    Client,
}

/// What the server is told.
#[derive(Clone, Copy, Debug)]
pub struct LabOptions<'a> {
    /// The address or name that clients dial.
    pub address: &'a str,
    /// Who asks for new keys.
    pub rekey_by: RekeyBy,
    /// After how many seconds the server asks.
    pub seconds: u32,
}

/// The files of the server.
pub fn files(options: &LabOptions<'_>) -> Vec<PlanFile> {
    let file = |path: &str, text: String| PlanFile {
        path: path.to_owned(),
        bytes: text.into_bytes(),
        purpose: String::new(),
        lost: Vec::new(),
    };
    vec![
        file("README", readme(options)),
        file("start.sh", START.replace("@ADDRESS@", options.address)),
        file("strongswan.conf.in", STRONGSWAN.to_owned()),
        file("swanctl.conf", swanctl(options)),
    ]
}

/// Everything that any client is known to offer first, so that a tunnel comes up; never for use.
const IKE: &str = "aes256-aes128-sha256-sha384-sha512-sha1-modp2048-modp3072-modp4096-ecp256-ecp384-\
    ecp521-curve25519-modp1536-modp1024, \
    aes256gcm16-aes128gcm16-chacha20poly1305-prfsha256-prfsha384-prfsha512-modp2048-ecp256-ecp384-\
    curve25519-modp1024, 3des-sha1-sha256-modp1024-modp2048";

/// The same for ESP, with every group and without.
const ESP: &str = "aes256-aes128-sha256-sha384-sha512-sha1-modpnone-modp2048-modp3072-modp4096-ecp256-\
    ecp384-curve25519-modp1024, aes256gcm16-aes128gcm16-chacha20poly1305-modpnone-modp2048-ecp256-\
    ecp384-curve25519-modp1024, 3des-sha1-sha256-modpnone-modp1024";

fn swanctl(options: &LabOptions<'_>) -> String {
    let (child, ike) = match options.rekey_by {
        RekeyBy::Server => (options.seconds, options.seconds.saturating_mul(2)),
        RekeyBy::Client => (0, 0),
    };
    let address = options.address;
    format!(
        "# A throw-away server: weak algorithms are allowed so that every client connects. Never for use.
connections {{
    lab {{
        version = 2
        proposals = {IKE}
        rekey_time = {ike}s
        rand_time = 0s
        send_cert = always
        fragmentation = yes
        pools = lab
        local {{
            auth = pubkey
            certs = server.crt
            id = {address}
        }}
        remote {{
            auth = eap-mschapv2
            eap_id = %any
        }}
        children {{
            lab {{
                local_ts = 0.0.0.0/0
                esp_proposals = {ESP}
                rekey_time = {child}s
                rand_time = 0s
                # A rekeying that fails is not to end the tunnel at once.
                life_time = 1h
            }}
        }}
    }}
}}
pools {{
    lab {{
        # Of a documentation range (RFC 5737): nothing is routed there.
        addrs = 198.51.100.0/28
    }}
}}
# start.sh makes it; a pattern may match nothing, a name may not.
include secrets*.conf
"
    )
}

/// Level 2 of cfg shows what clients offer, that of ike the exchanges; level 4 would show keys.
const STRONGSWAN: &str = "charon-systemd {
    journal {
        default = -1
    }
}
charon {
    # What a server for passwords takes, and nothing that touches this machine's network.
    load = pem pkcs1 pkcs8 x509 pubkey constraints revocation random nonce openssl gmp curve25519 aes sha1 sha2 md5 md4 des hmac kdf gcm ccm ctr chapoly drbg eap-identity eap-mschapv2 kernel-netlink socket-default vici
    install_routes = no
    plugins {
        vici {
            socket = unix://@DIR@/vici.sock
        }
    }
    filelog {
        lab {
            path = @DIR@/charon.log
            time_format = %b %e %T
            flush_line = yes
            ike_name = yes
            default = 1
            cfg = 2
            ike = 2
        }
    }
}
";

const START: &str = r#"#!/bin/sh
# Makes a certification authority, a certificate and a password once, and starts the server.
set -eu
umask 077
cd "$(dirname "$0")"
dir=$(pwd)
for tool in pki swanctl; do
    command -v "$tool" >/dev/null || { echo "no $tool: install strongswan-pki and strongswan-swanctl" >&2; exit 2; }
done
charon=$(command -v charon-systemd || true)
[ -n "$charon" ] || for path in /usr/libexec/ipsec/charon /usr/lib/ipsec/charon; do
    [ -x "$path" ] && charon=$path
done
[ -n "$charon" ] || { echo "no charon: install charon-systemd" >&2; exit 2; }

mkdir -p x509 x509ca private
if [ ! -f x509/server.crt ]; then
    pki --gen --type rsa --size 3072 --outform pem >private/ca.key
    pki --self --ca --lifetime 7 --in private/ca.key --dn "CN=rekeying lab" --outform pem >x509ca/ca.crt
    pki --gen --type rsa --size 3072 --outform pem >private/server.key
    pki --issue --lifetime 7 --type priv --in private/server.key --cacert x509ca/ca.crt \
        --cakey private/ca.key --dn "CN=@ADDRESS@" --san "@ADDRESS@" --flag serverAuth \
        --outform pem >x509/server.crt
    # Its key has no further use: nobody shall sign with an authority that devices trust.
    rm private/ca.key
    password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
    printf 'secrets {\n    eap-lab {\n        id = lab\n        secret = %s\n    }\n}\n' "$password" >secrets.conf
fi
sed "s|@DIR@|$dir|g" strongswan.conf.in >strongswan.conf

STRONGSWAN_CONF="$dir/strongswan.conf" "$charon" >charon.out 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null; wait $pid 2>/dev/null' EXIT INT TERM
tries=0
while [ ! -S vici.sock ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] && kill -0 $pid 2>/dev/null || { cat charon.out >&2; exit 2; }
    sleep 0.1
done
SWANCTL_DIR="$dir" swanctl --load-all --uri "unix://$dir/vici.sock" --file "$dir/swanctl.conf" >/dev/null
echo "server:   @ADDRESS@ (also the remote ID)"
echo "user:     lab"
echo "password: $(sed -n 's/.*secret = //p' secrets.conf)"
echo "import:   $dir/x509ca/ca.crt"
echo "Ctrl-C ends it; then: ikecompat learn $dir/charon.log"
wait $pid
"#;

fn readme(options: &LabOptions<'_>) -> String {
    let address = options.address;
    let when = match options.rekey_by {
        RekeyBy::Server => format!(
            "The server asks for new keys of the child SA after {} seconds, and of the IKE SA after twice as long.",
            options.seconds
        ),
        RekeyBy::Client => {
            "The server never asks for new keys; the client does after its own time.".to_owned()
        }
    };
    format!(
        "A throw-away strongSwan server at {address}, to see what a client does at rekeying.

1. sh start.sh, as root, on a machine that the device reaches. It makes a certification authority
   for seven days, whose key it deletes, and a random password.
2. On the device: import x509ca/ca.crt, add an IKEv2 connection with what start.sh prints, connect.
3. Wait. {when}
4. Ctrl-C, then: ikecompat learn charon.log
5. Remove the authority and the connection from the device, and this folder.

Weak algorithms are allowed, so that every client connects: never use it for anything else.
charon.log holds addresses and the user name `lab`, and no keys.
"
    )
}

#[cfg(test)]
mod tests {
    use super::{LabOptions, RekeyBy, files};

    fn all(rekey_by: RekeyBy) -> String {
        let options = LabOptions {
            address: "192.0.2.1",
            rekey_by,
            seconds: 90,
        };
        let files = files(&options).into_iter();
        let texts = files.map(|file| String::from_utf8(file.bytes).unwrap());
        texts.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn no_level_that_logs_keys_and_no_password_is_written() {
        let text = all(RekeyBy::Server);
        for level in ["= 3", "= 4"] {
            assert!(!text.contains(&format!("ike {level}")));
            assert!(!text.contains(&format!("cfg {level}")));
            assert!(!text.contains(&format!("default {level}")));
        }
        assert!(
            text.contains("secret = %s"),
            "the password is made where it is used"
        );
        assert!(text.contains("rekey_time = 90s") && text.contains("rekey_time = 180s"));
        let text = all(RekeyBy::Client);
        assert!(!text.contains("rekey_time = 90s") && text.contains("rekey_time = 0s"));
    }
}
