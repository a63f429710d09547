//! A throw-away certification authority, and another one that nobody trusts, made by strongSwan's
//! `pki`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::run;

/// Certificates and keys by name, in PEM.
pub(crate) struct Pki(PathBuf);

impl Pki {
    /// Makes everything that the incidents name.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let pki = Self(folder.to_owned());
        for (name, title) in [("ca", "Test CA"), ("stranger", "Unknown CA")] {
            pki.key(name)?;
            let subject = format!("C=CA, O=Example, CN={title}");
            let (name, key) = (format!("{name}.crt"), pki.path(&format!("{name}.key")));
            pki.make(
                &name,
                &[
                    "--self",
                    "--ca",
                    "--lifetime",
                    "3650",
                    "--in",
                    &key,
                    "--dn",
                    &subject,
                ],
            )?;
        }
        let year = |from: &str, to: &str| {
            [
                "--not-before".to_owned(),
                format!("01.01.{from} 00:00:00"),
                "--not-after".to_owned(),
                format!("01.01.{to} 00:00:00"),
            ]
        };
        let (valid, over, to_come) = (year("20", "45"), year("20", "21"), year("44", "45"));
        let serial = ["--serial".to_owned(), "0badcafe".to_owned()];
        // So many names that IKE_AUTH does not fit into one packet.
        let bulk: Vec<_> = (0..80)
            .flat_map(|n| ["--san".to_owned(), format!("name-{n}.example.org")])
            .collect();
        pki.issue("server", "vpn.example.org", "ca", &[&valid])?;
        pki.issue("server-to-come", "vpn.example.org", "ca", &[&to_come])?;
        pki.issue("server-stranger", "vpn.example.org", "stranger", &[&valid])?;
        pki.issue("server-misnamed", "gateway.example.net", "ca", &[&valid])?;
        pki.issue("alice", "alice@example.org", "ca", &[&valid])?;
        pki.issue("alice-over", "alice@example.org", "ca", &[&over])?;
        pki.issue("alice-stranger", "alice@example.org", "stranger", &[&valid])?;
        pki.issue("alice-bulky", "alice@example.org", "ca", &[&valid, &bulk])?;
        pki.issue(
            "alice-revoked",
            "alice@example.org",
            "ca",
            &[&valid, &serial],
        )?;
        let (ca, key) = (pki.path("ca.crt"), pki.path("ca.key"));
        pki.make(
            "ca.crl",
            &[
                "--signcrl",
                "--cacert",
                &ca,
                "--cakey",
                &key,
                "--lifetime",
                "30",
                "--serial",
                "0badcafe",
            ],
        )?;
        Ok(pki)
    }

    /// The certificate, key or list in the file `name`.
    pub(crate) fn read(&self, name: &str) -> Result<String> {
        fs::read_to_string(self.0.join(name)).with_context(|| format!("no {name}"))
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn key(&self, name: &str) -> Result<()> {
        self.make(
            &format!("{name}.key"),
            &["--gen", "--type", "ecdsa", "--size", "256"],
        )
    }

    fn issue(&self, name: &str, identity: &str, issuer: &str, more: &[&[String]]) -> Result<()> {
        self.key(name)?;
        let (key, ca, ca_key) = (
            self.path(&format!("{name}.key")),
            self.path(&format!("{issuer}.crt")),
            self.path(&format!("{issuer}.key")),
        );
        let subject = format!("C=CA, O=Example, CN={identity}");
        let mut arguments = vec![
            "--issue", "--type", "priv", "--in", &key, "--cacert", &ca, "--cakey",
        ];
        arguments.extend([
            &ca_key as &str,
            "--dn",
            &subject,
            "--san",
            identity,
            "--flag",
            "serverAuth",
        ]);
        arguments.extend(more.iter().copied().flatten().map(String::as_str));
        self.make(&format!("{name}.crt"), &arguments)
    }

    /// Runs `pki` and keeps what it prints.
    fn make(&self, name: &str, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new("pki");
        command.args(arguments).args(["--outform", "pem"]);
        let text = run(&mut command, "").with_context(|| format!("{name} is not made"))?;
        fs::write(self.0.join(name), text)?;
        Ok(())
    }
}
