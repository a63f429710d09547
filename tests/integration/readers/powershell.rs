//! PowerShell commands, as people paste them.

use ikecompat::format::Format;
use ikecompat::peer::EngineName;

use super::{assert_broken, assert_survives_cuts, proposals, read_as, read_client, set};

const POLICY: &str = "-AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES256 \
    -DHGroup Group14 -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -PfsGroup None";

fn client(text: &str) -> super::Read<ikecompat::peer::Configuration> {
    read_client(Format::Powershell, text, "windows-10")
}

/// IKE and ESP proposal that a script sets.
fn suites(text: &str) -> [String; 2] {
    let read = client(text);
    set(read.value()).map(|it| it.unwrap_or_default())
}

#[test]
fn the_same_policy_reads_alike_however_it_is_written() {
    for text in [
        format!("Set-VpnConnectionIPsecConfiguration -ConnectionName 'Work' {POLICY} -Force"),
        format!("set-vpnconnectionipsecconfiguration -Name Work {POLICY}").to_lowercase(),
        format!("PS C:\\> Set-VpnConnectionIPsecConfiguration -Conn Work {POLICY} -PassThru"),
        format!("PS C:\\Users\\me>VpnClient\\Set-VpnConnectionIPsecConfiguration -N W {POLICY}"),
        format!(
            "Set-VpnConnectionIPsecConfiguration -ConnectionName Work `\r\n  {}",
            POLICY.replace(" -", " `\r\n -")
        ),
        // Positions, which are not the order of the names above.
        "Set-VpnConnectionIPsecConfiguration Work SHA256128 AES256 Group14 AES256 SHA256 None"
            .to_owned(),
        "Set-VpnConnectionIPsecConfiguration Work -PfsGroup None SHA256128 AES256 Group14 AES256 \
         SHA256"
            .to_owned(),
        // Names and values cut as short as they may be.
        "Set-VpnConnectionIPsecConfiguration -conn:Work -au SHA2 -cip AES256 -dh Group14 -en AES256 \
         -int SHA256 -pf N -f:$true"
            .to_owned(),
        // Pasted out of a web page: typographic dashes and quotation marks, no-break spaces.
        format!(
            "Set-VpnConnectionIPsecConfiguration\u{a0}\u{2013}ConnectionName \u{201c}Work\u{201d} {}",
            POLICY.replace(" -", "\u{a0}\u{2014}").replace("-Auth", "\u{2015}Auth")
        ),
        // Splatting, with quotes of every kind.
        "$p = @{\n  ConnectionName = \"Work\"\n  AuthenticationTransformConstants = 'SHA256128'\n  \
         Cipher = \u{2018}AES256\u{2019}; DHGroup='Group14'\n  EncryptionMethod = 'AES256' # x\n  \
         IntegrityCheckMethod = \"SHA256\"\n  PfsGroup = 'None'\n  Force = $true\n}\n\
         Set-VpnConnectionIPsecConfiguration @p"
            .to_owned(),
        format!(
            "$name = 'Work'; [string]$dh = \"Group14\"\n$o = @{{ Group = $dh }}\n\
             Set-VpnConnectionIPsecConfiguration -ConnectionName \"$name VPN\" {}",
            POLICY.replace("Group14", "$o.Group")
        ),
        format!(
            "if ($true) {{ try {{ Set-VpnConnectionIPsecConfiguration -Name a {POLICY} }} catch {{}} }}"
        ),
        format!(
            "powershell -command ^\"Set-VpnConnectionIPsecConfiguration -ConnectionName 'My VPN' ^\r\n  \
             {} -Force^\"\r\n",
            POLICY.replace(" -", " ^\r\n  -")
        ),
        format!("<# old: {POLICY} #>\n# none\n$r = Set-VpnConnectionIPsecConfiguration -N a {POLICY} | Out-Null"),
    ] {
        assert_eq!(
            suites(&text),
            ["aes256-sha256-modp2048", "aes256-sha256"],
            "{text}"
        );
    }
}

#[test]
fn the_last_of_several_commands_for_a_connection_counts() {
    let text = format!(
        "Add-VpnConnection -Name Work -ServerAddress vpn.example.org -TunnelType Ikev2 \
         -EncryptionLevel Maximum -L2tpPsk hunter2\n\
         Set-VpnConnectionIPsecConfiguration -ConnectionName work {POLICY}\n\
         Set-VpnConnectionIPsecConfiguration -ConnectionName Work {}\n",
        POLICY
            .replace("AES256", "GCMAES256")
            .replace("SHA256128", "GCMAES256")
            .replace("-PfsGroup None", "-PfsGroup ECP384")
    );
    let read = client(&text);
    let value = read.value();
    assert_eq!(
        set(value).map(Option::unwrap),
        ["aes256gcm16-prfsha256-modp2048", "aes256gcm16-ecp384"]
    );
    assert_eq!(value.name.as_ref().unwrap().value, "Work");
    assert_eq!(value.address.as_ref().unwrap().value, "vpn.example.org");
    assert_eq!(value.setup, None);
    let entry = &value.esp[0];
    assert_eq!(read.text_at(entry.origin.span().unwrap()), "GCMAES256");
}

#[test]
fn a_level_of_encryption_chooses_a_set_up_of_the_client() {
    for (level, setup) in [
        ("noencryption", Some("none")),
        ("Optional", Some("optional")),
        ("Required", Some("require")),
        ("Maximum", Some("maximum")),
    ] {
        let text = format!("Add-VpnConnection -Name W -ServerAddress a.b -EncryptionLevel {level}");
        let read = client(&text);
        let value = read.value();
        assert_eq!(value.setup.as_ref().map(|it| it.value.as_str()), setup);
        assert!(value.ike.is_empty() && value.esp.is_empty());
    }
    let read = client("Add-VpnConnection W a.b Ikev2 Required Eap");
    assert_eq!(read.value().setup.as_ref().unwrap().value, "require");
    let reverted = format!(
        "Set-VpnConnectionIPsecConfiguration -N W {POLICY}\n\
         Set-VpnConnectionIPsecConfiguration -N W -RevertToDefault -Force"
    );
    assert_eq!(set(client(&reverted).value()), [None, None]);
}

#[test]
fn a_server_is_read_from_its_own_commands() {
    for command in [
        "Set-VpnServerConfiguration -TunnelType IKEv2 -CustomPolicy",
        "Set-VpnServerIPsecConfiguration -CustomPolicy",
    ] {
        let read = read_as(Format::Powershell, &format!("{command} {POLICY} -PassThru"));
        let server = read.value();
        assert_eq!(server.engine.name, EngineName::Rras);
        assert_eq!(
            proposals(&server.connections[0]),
            ["aes256-sha256-modp2048", "aes256-sha256"]
        );
    }
    for (text, code) in [
        (
            format!("Set-VpnConnectionIPsecConfiguration -N W {POLICY}"),
            "not-a-server",
        ),
        (
            format!("Set-VpnServerConfiguration {POLICY}"),
            "default-unknown",
        ),
        (
            "Set-VpnServerConfiguration -RevertToDefault".to_owned(),
            "default-unknown",
        ),
        (
            "Set-VpnServerConfiguration -CustomPolicy -DHGroup Group2".to_owned(),
            "missing-parameter",
        ),
    ] {
        let read = read_as(Format::Powershell, &text);
        assert!(read.result.is_err(), "{text}");
        assert_eq!(read.places()[0].0, code, "{text}");
    }
}

#[test]
fn no_word_of_a_script_is_shown_but_what_is_asked_for() {
    // All on one line, which the complaint shows.
    let text = format!(
        "$psk = 'hunter2'; $c = ConvertTo-SecureString \"hunter3$x\" -AsPlainText; Set-VpnConnection \
         -Name W -L2tpPsk hunter4 -TunnelType Ikev3; Write-Host hunter5; $e = @{{ Key = 'hunter6' }}; \
         Set-VpnConnectionIPsecConfiguration -ConnectionName W {} # hunter7 <# hunter8 #>",
        POLICY.replace("Group14", "Group15")
    );
    let read = client(&text);
    assert_eq!(read.places()[0].0, "unknown-value");
    let said = read.said();
    assert!(
        said.contains("Group15") && said.contains("-L2tpPsk *******"),
        "{said}"
    );
    assert!(!said.contains("hunter"), "{said}");
}

#[test]
fn a_script_that_grows_without_end_does_not() {
    let mut text = String::from("$a = 'x'\n");
    for _ in 0..64 {
        text.push_str("$a = \"$a$a\"\n$t = @{ a = $t; b = $t }\n");
    }
    text.push_str(&"(".repeat(100_000));
    text.push_str(&format!(
        "\nSet-VpnConnectionIPsecConfiguration -N $a {POLICY} {}",
        "(".repeat(100_000)
    ));
    assert_eq!(suites(&text), ["aes256-sha256-modp2048", "aes256-sha256"]);
}

#[test]
fn a_script_cut_anywhere_is_read_or_refused() {
    let text = format!(
        "$p = @{{ DHGroup = 'Group14'; L2tpPsk = 'hunter2' }} # hunter3\n\
         Set-VpnConnection -Name \"W $x\" -L2tpPsk 'hunter4' `\n -Force\n\
         Set-VpnConnectionIPsecConfiguration -Name W @p {} -Force; @'\nhunter5\n'@",
        POLICY.replace("-DHGroup Group14 ", "")
    );
    assert_survives_cuts(&text, client);
    assert_survives_cuts(&text, |text| read_as(Format::Powershell, text));
}

#[test]
fn each_mistake_is_named_with_its_place() {
    assert_broken(
        Format::Powershell,
        "ps1",
        client,
        &[
            ("ambiguous-parameter", "ambiguous-name", 5, 32),
            ("ambiguous-value", "ambiguous-name", 3, 37),
            ("bare-word-in-table", "unresolved-value", 1, 19),
            ("blank-behind-backtick", "stray-parameter", 5, 3),
            ("computed", "unresolved-value", 4, 12),
            ("different-gcm", "incompatible-values", 3, 73),
            ("l2tp", "not-ikev2", 1, 79),
            ("lost-backtick", "stray-parameter", 5, 3),
            ("missing-parameter", "missing-parameter", 2, 1),
            ("no-group", "incompatible-values", 4, 12),
            ("no-value", "missing-parameter", 4, 3),
            ("open-quote", "syntax-error", 2, 53),
            ("server", "not-a-client", 0, 0),
            ("sha512", "unknown-value", 5, 25),
            ("slip-in-value", "unknown-value", 4, 38),
            ("twice", "contradiction", 5, 47),
            ("two-connections", "several-connections", 2, 53),
            ("unknown-parameter", "unknown-parameter", 5, 32),
            ("unset-table", "unresolved-value", 4, 3),
            ("unset-variable", "unresolved-value", 4, 12),
        ],
    );
}

/// However it is quoted, or broken, the value of a secret parameter is not shown.
#[test]
fn no_value_of_a_secret_is_shown() {
    let values = [
        "[open-sesame-42]",
        "[open-sesame-42",
        "[OpenSesame42]",
        "=%open-sesame-42",
        "-open-sesame-42",
        "'open-sesame-42",
        "\"open-sesame-42",
        "open-sesame-42,x",
        "(open-sesame-42",
        "{open-sesame-42}",
        "@open-sesame-42",
        "$open-sesame-42",
        "`[open-sesame-42`]",
        "#open-sesame-42",
        "<#open-sesame-42",
        "%open-sesame-42%",
    ];
    for value in values {
        for rest in [
            "-Force",
            "-EncryptionLevel Nonsense",
            "-Nonsense x -TunnelType L2tp",
        ] {
            let script = format!(
                "$psk = {value}\nAdd-VpnConnection -Name Office -ServerAddress vpn.example.com \
                 -TunnelType Ikev2 -L2tpPsk {value} {rest}\n"
            );
            for said in [
                read_client(Format::Powershell, &script, "windows-10").said(),
                read_as(Format::Powershell, &script).said(),
            ] {
                let lower = said.to_lowercase();
                for part in ["sesame", "open-"] {
                    assert!(!lower.contains(part), "{value} {rest}: {said}");
                }
            }
        }
    }
}

#[test]
fn an_object_goes_down_the_pipe_by_the_names_of_its_properties() {
    let table = "@{ AuthenticationTransformConstants = 'SHA256128'; CipherTransformConstants = \
        'AES256'; DHGroup = 'Group14'; EncryptionMethod = 'AES256'; IntegrityCheckMethod = \
        'SHA256'; PfsGroup = 'None'; Comment = 'x' }";
    for script in [
        format!(
            "$Policy = {table}\n[PSCustomObject]$Policy | Set-VpnServerConfiguration -CustomPolicy\n"
        ),
        format!("[PSCustomObject]{table} |\n  Set-VpnServerConfiguration -CustomPolicy\n"),
        format!(
            "<#\n.SYNOPSIS\n it\n#>\n$p = {table}\nSet-VpnServerConfiguration -CustomPolicy @p\n"
        )
        .replace("; Comment = 'x'", ""),
    ] {
        let read = read_as(Format::Powershell, &script);
        let server = read.value();
        let proposals = super::proposals(&server.connections[0]);
        assert_eq!(
            proposals,
            ["aes256-sha256-modp2048", "aes256-sha256"],
            "{script}"
        );
        assert_eq!(Format::of(&script), Some(Format::Powershell));
    }
}

/// What scripts in use do, with the suites that Windows then has.
#[test]
fn functions_objects_and_tables_are_followed() {
    let six = "-AuthenticationTransformConstants SHA256128 -CipherTransformConstants $c \
               -EncryptionMethod $c -IntegrityCheckMethod SHA256 -PfsGroup None -DHGroup Group14";
    let table = "AuthenticationTransformConstants = 'SHA256128'; CipherTransformConstants = 'AES128'\n\
                 DHGroup = 'Group14'; EncryptionMethod = 'AES128'; IntegrityCheckMethod = 'SHA256'\n\
                 PfsGroup = 'None'";
    let set = "Set-VpnConnectionIPsecConfiguration";
    for script in [
        format!(
            "function Make-It {{\n  [CmdletBinding()]\n  param(\n    [Parameter(Mandatory)][string]$n,\n    [string]$c = 'AES256'\n  )\n  {set} -Name $n {six}\n}}\nMake-It -n a -c AES128"
        ),
        format!("function f($n, $c = 'AES256') {{ {set} $n {six} }}\nf a 'AES128'"),
        format!("function f($c) {{ {set} -Name a {six} }}\n$all = @{{ c = 'AES128' }}; f @all"),
        format!("$c = 'AES128'\nfunction f {{ $c = 'AES256' }}\nf\n{set} -Name a {six}"),
        format!("$c = 'AES256'\nfunction f {{ $script:c = 'AES128' }}\nf\n{set} -Name a {six}"),
        format!("function f {{ param($c = 'AES128') {set} -Name a {six} }}"),
        format!("function f($c) {{ f $c; f $c }}\nf x\n$c = 'AES128'; {set} -Name a {six}"),
        format!("param([string]$c = 'AES128', $d = (Get-Date))\n{set} -Name a {six}"),
        format!("$o = [PSCustomObject]@{{ {table} }}\n$o | {set} -Name a | Out-Null"),
        format!("New-Object -TypeName PSObject -Property @{{ {table} }} | {set} -Name a"),
        format!("$o = New-Object PSObject -Property @{{ {table} }}\n$o | {set} -Name a"),
        format!("$h = [ordered]@{{ Name = 'a' }}\n$h += @{{ {table} }}\n{set} @h"),
        format!("$h = @{{ {table} }}\n$h['Name'] = 'a'\n$h.Add('Force', $true)\n{set} @h"),
        format!(
            "$v = @{{ Name = 'a'; Suite = @{{ Enc = 'AES128' }} }}\n$c = $v.Suite.Enc\n{set} $v['Name'] {six}"
        ),
        format!(
            "$v = @{{ Enc = 'AES128' }}\n{set} -Name a {}",
            six.replace("$c", "$($v.Enc)")
        ),
        format!("$c = @'\nAES128\n'@\n{set} -Name a {six}"),
        format!("$code = @'\n$c = \"AES128\"\n{set} -Name a {six}\n'@\nSet-Content x.ps1 $code"),
    ] {
        let read = client(&script);
        let suites = ["aes128-sha256-modp2048", "aes128-sha256"];
        assert_eq!(
            super::set(read.value()).map(Option::unwrap),
            suites,
            "{script}"
        );
        assert_eq!(read.value().name.as_ref().unwrap().value, "a", "{script}");
        assert!(read.diagnostics().is_empty(), "{script}: {}", read.said());
    }
}

/// Calls that multiply, tables that grow: the work stays a multiple of the text.
#[test]
fn hostile_scripts_end() {
    let mut doubling = String::from("function f0 { }\n");
    for n in 1..2000 {
        doubling.push_str(&format!("function f{n} {{ f{}; f{0} }}\n", n - 1));
    }
    doubling.push_str("f1999\n");
    let long = format!(
        "function f {{ {} }}\n{}",
        "$a = 'b'\n".repeat(1000),
        "f\n".repeat(20_000)
    );
    let tables = format!("$a = {}", "@{ a = ".repeat(100_000));
    let copies = format!(
        "$a = @{{ b = @{{ c = 'd' }} }}\n{}",
        "$b = $a\n".repeat(50_000)
    );
    let indexes = format!("$a{}", "['b']".repeat(200_000));
    let variables = "$(".repeat(200_000);
    for script in [doubling, long, tables, copies, indexes, variables] {
        let started = std::time::Instant::now();
        assert!(client(&script).result.is_err());
        assert!(started.elapsed().as_secs() < 20, "{}", &script[..40]);
    }
}
