//! The examples and exit statuses of each subcommand.

use super::Manual;

const PRINTED: &[(&str, &str)] = &[("0", "it was printed"), ("2", "there is no such thing")];

const WRITTEN: &[(&str, &str)] = &[("0", "the files were written"), ("2", "they were not")];

/// All of them.
pub(in crate::cli) const MANUALS: &[Manual] = &[
    Manual {
        command: "",
        examples: &[
            (
                "A configuration, log, capture, certificate or folder: the file shows what is meant",
                "ikecompat server.yaml",
            ),
            (
                "Who connects, and who does not?",
                "ikecompat check server.yaml",
            ),
            (
                "What serves all of them?",
                "ikecompat recommend --server server.yaml --write vpn/",
            ),
            ("Why did it fail?", "ikecompat diagnose charon.log"),
            ("What does a client offer?", "ikecompat clients show ios"),
            ("What does a word mean?", "ikecompat explain modp1024"),
        ],
        statuses: &[
            ("0", "the answer is yes, or what was asked for was printed"),
            (
                "1",
                "the answer is no: a client is refused, an attempt failed, a finding counts",
            ),
            ("2", "there is no answer; standard error says why"),
        ],
    },
    Manual {
        command: "certificate",
        examples: &[
            (
                "What do the usual clients demand of it?",
                "ikecompat certificate server.pem",
            ),
            (
                "Of some clients",
                "ikecompat certificate server.pem --clients ios,windows-11",
            ),
        ],
        statuses: &[
            ("0", "no client is known to refuse it"),
            ("1", "a client is known to refuse it"),
            ("2", "it could not be read"),
        ],
    },
    Manual {
        command: "check",
        examples: &[
            (
                "The usual clients against one server",
                "ikecompat check server.yaml",
            ),
            (
                "Some of them against a backup of pfSense",
                "ikecompat check config.xml --clients ios,macos,windows-11",
            ),
            (
                "Every configuration of a folder",
                "ikecompat check /etc/swanctl --format csv",
            ),
            (
                "Who would notice an upgrade?",
                "ikecompat check swanctl.conf --compare-engine strongswan@6.0.1",
            ),
            (
                "Nobody who has to stay may be lost by a change",
                "ikecompat check old.yaml --after new.yaml --require ios,android",
            ),
        ],
        statuses: &[
            (
                "0",
                "every client connects, no rekeying is known to fail, and no client is known to refuse \
                 the certificate",
            ),
            ("1", "at least one does not, or nothing is known of any"),
            ("2", "the question could not be answered"),
        ],
    },
    Manual {
        command: "clients",
        examples: &[
            ("What is known of Windows?", "ikecompat clients windows"),
            (
                "The whole story of one client",
                "ikecompat clients show ios -v",
            ),
            (
                "Two clients side by side",
                "ikecompat clients compare ios macos",
            ),
        ],
        statuses: PRINTED,
    },
    Manual {
        command: "clients compare",
        examples: &[
            (
                "Two releases, phase 1 only",
                "ikecompat clients compare ios-16 ios-17 --phase 1",
            ),
            (
                "Who offers these?",
                "ikecompat clients compare ios windows android --only aes256,modp2048",
            ),
        ],
        statuses: PRINTED,
    },
    Manual {
        command: "clients diff",
        examples: &[(
            "What did a release change?",
            "ikecompat clients diff macos-14 macos-26",
        )],
        statuses: PRINTED,
    },
    Manual {
        command: "clients lint",
        examples: &[(
            "Check a profile of your own",
            "ikecompat clients lint phone.yaml",
        )],
        statuses: &[
            ("0", "nothing is wrong"),
            ("1", "there are errors or warnings"),
            ("2", "a file could not be read"),
        ],
    },
    Manual {
        command: "clients list",
        examples: &[
            (
                "Clients that people dial with",
                "ikecompat clients list --role client",
            ),
            (
                "What is not known, and what would tell",
                "ikecompat clients list --unknown",
            ),
        ],
        statuses: PRINTED,
    },
    Manual {
        command: "clients show",
        examples: &[
            ("What it offers, on a screen", "ikecompat clients show ios"),
            (
                "With notes, quirks and sources",
                "ikecompat clients show ios -v",
            ),
        ],
        statuses: PRINTED,
    },
    Manual {
        command: "clients site",
        examples: &[("The database as pages", "ikecompat clients site pages/")],
        statuses: WRITTEN,
    },
    Manual {
        command: "completions",
        examples: &[
            (
                "bash",
                "ikecompat completions bash > ~/.local/share/bash-completion/completions/ikecompat",
            ),
            (
                "zsh, in a folder of fpath",
                "ikecompat completions zsh > _ikecompat",
            ),
        ],
        statuses: PRINTED,
    },
    Manual {
        command: "convert",
        examples: &[
            (
                "From pfSense to swanctl.conf",
                "ikecompat convert config.xml --to swanctl > swanctl.conf",
            ),
            (
                "From the old to the new format",
                "ikecompat convert ipsec.conf --to swanctl",
            ),
        ],
        statuses: &[("0", "the file was written"), ("2", "it was not")],
    },
    Manual {
        command: "diagnose",
        examples: &[
            ("A log of the server", "ikecompat diagnose charon.log"),
            ("A capture", "ikecompat diagnose client.pcap"),
            (
                "What the journal says, and the server's file for the exact gap",
                "journalctl -u strongswan | ikecompat diagnose - --server swanctl.conf",
            ),
            (
                "To be posted, without addresses and names",
                "ikecompat diagnose charon.log --redact --format markdown",
            ),
        ],
        statuses: &[
            (
                "0",
                "the connection is established, or nothing in the files is about IKE",
            ),
            ("1", "it failed, or nothing decides"),
            (
                "2",
                "a file that was named could not be read, or nothing in a folder is a log",
            ),
        ],
    },
    Manual {
        command: "explain",
        examples: &[
            ("A group, by any of its names", "ikecompat explain group 14"),
            (
                "A code of a finding",
                "ikecompat explain no-common-key-exchange",
            ),
            ("An error of Windows", "ikecompat explain 13868"),
            (
                "A parameter of PowerShell",
                "ikecompat explain -CipherTransformConstants",
            ),
        ],
        statuses: &[
            ("0", "it was explained"),
            ("2", "nothing is known about it"),
        ],
    },
    Manual {
        command: "help",
        examples: &[("Of a subcommand", "ikecompat help check")],
        statuses: PRINTED,
    },
    Manual {
        command: "lab",
        examples: &[(
            "A server that asks for new keys after 90 seconds",
            "ikecompat lab lab/ --address 192.0.2.7",
        )],
        statuses: WRITTEN,
    },
    Manual {
        command: "learn",
        examples: &[(
            "A profile from the first message of a phone",
            "ikecompat learn phone.pcap --name 'Phone 1.2' > phone.yaml",
        )],
        statuses: &[
            ("0", "a profile was written"),
            ("2", "there is none to write, or several to choose from"),
        ],
    },
    Manual {
        command: "lint",
        examples: &[
            ("One configuration", "ikecompat lint swanctl.conf"),
            (
                "In continuous integration",
                "ikecompat lint vpn/ --format sarif > ikecompat.sarif",
            ),
            (
                "What is untidy, too",
                "ikecompat lint server.yaml --pedantic",
            ),
        ],
        statuses: &[
            ("0", "nothing counts"),
            ("1", "a finding is as bad as --fail-on says, or worse"),
            ("2", "a configuration could not be read"),
        ],
    },
    Manual {
        command: "listen",
        examples: &[
            ("Wait for a phone, as root", "ikecompat listen"),
            (
                "Would it connect to this server?",
                "ikecompat listen --server swanctl.conf",
            ),
        ],
        statuses: &[
            (
                "0",
                "a client was seen, and it connects to the server of --server",
            ),
            ("1", "it does not"),
            ("2", "no client was seen"),
        ],
    },
    Manual {
        command: "man",
        examples: &[
            ("Read one page", "ikecompat man check | man -l -"),
            (
                "Write all pages",
                "ikecompat man --all ~/.local/share/man/man1",
            ),
        ],
        statuses: PRINTED,
    },
    Manual {
        command: "negotiate",
        examples: &[
            (
                "Two lists for IKE",
                "ikecompat negotiate --initiator aes256-sha256-modp2048 --responder aes128-sha256-modp2048",
            ),
            (
                "Many pairs, one JSON object a line",
                "ikecompat negotiate --batch pairs.jsonl",
            ),
        ],
        statuses: &[
            ("0", "the peers agree; a batch: every line was answered"),
            ("1", "they do not"),
            ("2", "the question could not be read"),
        ],
    },
    Manual {
        command: "probe",
        examples: &[
            (
                "What would be sent",
                "ikecompat probe vpn.example.org --dry-run",
            ),
            (
                "Is the server as its file says?",
                "ikecompat probe vpn.example.org --server swanctl.conf",
            ),
        ],
        statuses: &[
            (
                "0",
                "every client is given a suite, and as the file says; with --enumerate, something is accepted; with --certificate, it is proved and no client refuses it",
            ),
            (
                "1",
                "at least one is not; with --enumerate, nothing is accepted",
            ),
            ("2", "the question could not be answered"),
        ],
    },
    Manual {
        command: "recommend",
        examples: &[
            (
                "For the usual clients",
                "ikecompat recommend --product opnsense",
            ),
            (
                "Instead of what the server has, every file into a folder",
                "ikecompat recommend --server server.yaml --write vpn/",
            ),
            (
                "What to run on Windows",
                "ikecompat recommend --clients windows-11,ios --format powershell",
            ),
        ],
        statuses: &[
            ("0", "there is a plan that serves all of them"),
            (
                "1",
                "there is none, a tunnel is known to be lost, or a certificate is refused",
            ),
            ("2", "the question could not be answered"),
        ],
    },
    Manual {
        command: "schema",
        examples: &[(
            "For an editor",
            "ikecompat schema server > server.schema.json",
        )],
        statuses: PRINTED,
    },
    Manual {
        command: "version",
        examples: &[("With the state of the database", "ikecompat version")],
        statuses: &[("0", "it was printed")],
    },
];
