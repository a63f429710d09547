//! `probe`, `listen` and `lab` as a user runs them. No packet leaves the loopback interface.

use std::fs;
use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::ikecompat;

/// Two ports of the loopback interface that nobody has at the moment.
fn free_ports() -> (u16, u16) {
    let socket = || UdpSocket::bind("127.0.0.1:0").unwrap();
    let (one, other) = (socket(), socket());
    let port = |socket: &UdpSocket| socket.local_addr().unwrap().port();
    (port(&one), port(&other))
}

/// Starts `listen` on the loopback interface, and waits until it has both ports.
fn listen(ports: (u16, u16), more: &[&str]) -> Child {
    let (port, nat_port) = (ports.0.to_string(), ports.1.to_string());
    let child = Command::new(env!("CARGO_BIN_EXE_ikecompat"))
        .args(["listen", "--bind", "127.0.0.1", "--port", &port])
        .args(["--nat-port", &nat_port])
        .args(more)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let late = Instant::now() + Duration::from_secs(20);
    while UdpSocket::bind(("127.0.0.1", ports.1)).is_ok() {
        assert!(Instant::now() < late, "it does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

/// Both commands with each other: the client that is played is the client that is seen.
#[test]
fn listen_sees_what_probe_plays() {
    let ports = free_ports();
    let folder = std::env::temp_dir().join(format!("ikecompat-live-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let capture = folder.join("seen.pcap");
    let capture = capture.to_str().unwrap();
    let arguments = ["--pcap", capture, "--id", "ikecompat-probe@example.invalid"];
    // The rights of root are given up, and the folder is root's: the file is made before.
    let listener = listen(ports, &arguments);
    let port = ports.1.to_string();
    let probe = ikecompat(
        &["probe", "127.0.0.1", "--port", &port, "--clients", "ios-16"],
        "",
    );
    let seen = listener.wait_with_output().unwrap();
    let (stdout, stderr) = (
        String::from_utf8(seen.stdout).unwrap(),
        String::from_utf8(seen.stderr).unwrap(),
    );
    assert_eq!(probe.status, 0, "{}{}", probe.stdout, probe.stderr);
    assert!(
        probe.stdout.contains("aes256-sha256-modp2048"),
        "{}",
        probe.stdout
    );
    assert!(
        probe
            .stderr
            .contains("only for servers that you run or may test")
    );
    assert_eq!(seen.status.code(), Some(0), "{stdout}{stderr}");
    assert!(stdout.contains("(ios-16)"), "{stdout}");
    assert!(stdout.contains("equals what you typed: yes"), "{stdout}");
    // The identity itself is never printed, nor from where it came.
    assert!(!stdout.contains("ikecompat-probe"), "{stdout}");
    assert!(!stdout.contains("127.0.0.1"), "{stdout}");
    // Four packets behind the magic number, for nobody else to read.
    let octets = fs::read(capture).unwrap();
    assert_eq!(octets[..4], 0xa1b2_c3d4_u32.to_ne_bytes());
    assert!(octets.len() > 1000, "{}", octets.len());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(capture).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// What is not looked at is not recorded, and a message that offers nothing known ends nothing.
#[test]
fn strangers_and_unknown_offers_end_nothing() {
    let ports = free_ports();
    let folder = std::env::temp_dir().join(format!("ikecompat-strange-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let capture = folder.join("seen.pcap");
    let arguments = ["--pcap", capture.to_str().unwrap(), "--from", "127.0.0.1"];
    let listener = listen(ports, &arguments);
    // Loopback has many addresses; this one may not come.
    let stranger = UdpSocket::bind("127.0.0.2:0").unwrap();
    for _ in 0..20 {
        stranger
            .send_to(&[7; 1000], ("127.0.0.1", ports.0))
            .unwrap();
    }
    // An IKE_SA_INIT with a suite of private use, a KE payload of group 14 and a nonce.
    let mut message = vec![0, 0, 0, 0]; // the marker
    message.extend([[1; 8], [0; 8]].concat());
    message.extend([33, 0x20, 34, 8, 0, 0, 0, 0, 0, 0, 0, 124]);
    message.extend([34, 0, 0, 44, 0, 0, 0, 40, 1, 1, 0, 4]);
    for (kind, id, last) in [(1, 1025, 3), (2, 1025, 3), (3, 1025, 3), (4, 14, 0)] {
        let [high, low] = u16::to_be_bytes(id);
        message.extend([last, 0, 0, 8, kind, 0, high, low]);
    }
    message.extend([40, 0, 0, 16, 0, 14, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9]);
    message.extend([0, 0, 0, 36]);
    message.extend([5; 32]);
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.send_to(&message, ("127.0.0.1", ports.1)).unwrap();
    let wait = Some(Duration::from_secs(20));
    client.set_read_timeout(wait).unwrap();
    let mut answer = [0; 100];
    let length = client.recv(&mut answer).unwrap();
    let refusal = [0, 14]; // NO_PROPOSAL_CHOSEN
    assert_eq!(answer[length - 2..length], refusal);
    let port = ports.1.to_string();
    let probe = ["probe", "127.0.0.1", "--port", &port, "--clients", "osx"];
    assert_eq!(ikecompat(&probe, "").status, 0);
    let seen = listener.wait_with_output().unwrap();
    let stderr = String::from_utf8(seen.stderr).unwrap();
    assert_eq!(seen.status.code(), Some(0), "{stderr}");
    assert!(stderr.contains("offers nothing"), "{stderr}");
    let octets = fs::read(&capture).unwrap();
    assert!(!octets.windows(100).any(|it| it == [7; 100]), "a stranger");
    assert!(octets.windows(32).any(|it| it == [5; 32]), "a client");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_profile_that_was_listened_to_can_be_played() {
    let ports = free_ports();
    let listener = listen(ports, &["--learn", "Example Client 1.0", "--cookie"]);
    let port = ports.1.to_string();
    let probe = ikecompat(
        &["probe", "127.0.0.1", "--port", &port, "--clients", "osx"],
        "",
    );
    assert_eq!(probe.status, 0, "{}", probe.stdout);
    assert!(
        probe.stdout.contains("asked for a cookie once"),
        "{}",
        probe.stdout
    );
    let seen = listener.wait_with_output().unwrap();
    let profile = String::from_utf8(seen.stdout).unwrap();
    assert!(
        profile.contains("name: \"Example Client 1.0\""),
        "{profile}"
    );
    assert!(profile.contains("nonce-octets: 16"), "{profile}");
    assert!(
        !profile.contains("127.0.0.1") && !profile.contains("example.invalid"),
        "{profile}"
    );
    let folder = std::env::temp_dir().join(format!("ikecompat-seen-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("seen.yaml"), &profile).unwrap();
    let name = folder.to_str().unwrap();
    let plan = ikecompat(
        &[
            "--profiles",
            name,
            "probe",
            "192.0.2.1",
            "--clients",
            "seen",
            "--dry-run",
        ],
        "",
    );
    assert_eq!(plan.status, 0, "{}", plan.stderr);
    assert!(plan.stdout.contains("4 notifies"), "{}", plan.stdout);
    fs::remove_dir_all(&folder).unwrap();
}

/// The data say what the text says, and as little of who came.
#[test]
fn what_was_listened_to_is_data() {
    let folder = std::env::temp_dir().join(format!("ikecompat-data-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let server = folder.join("server.yaml");
    fs::write(
        &server,
        "phase1: aes256-sha256-modp2048\nphase2: aes256-sha256\n",
    )
    .unwrap();
    let ports = free_ports();
    let more = [
        "--format", "json", "--follow", "ecp256", "modp1024", "--server",
    ];
    let listener = listen(ports, &[&more[..], &[server.to_str().unwrap()]].concat());
    let port = ports.1.to_string();
    ikecompat(
        &["probe", "127.0.0.1", "--port", &port, "--clients", "ios-16"],
        "",
    );
    let seen = listener.wait_with_output().unwrap();
    let stdout = String::from_utf8(seen.stdout).unwrap();
    let data: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(data["schema"], "ikecompat.listen.v2");
    assert_eq!(data["complete"], true, "{stdout}");
    let init = &data["ike_sa_init"];
    assert_eq!(init["proposals"][0], "aes256-sha256-modp2048", "{stdout}");
    assert!(init["transform_order"].is_string(), "{stdout}");
    for group in [0, 1] {
        assert_eq!(data["invalid_ke"][group]["answered"], true, "{stdout}");
    }
    assert_eq!(data["ports"]["ike_auth"], ports.1);
    let auth = &data["ike_auth"];
    assert_eq!(auth["eap"], true, "{stdout}");
    assert_eq!(
        auth["initiator_identity_type"], "ID_RFC822_ADDR",
        "{stdout}"
    );
    assert_eq!(auth["payloads"][0], "IDi", "{stdout}");
    assert!(data["server"]["clients"].is_array(), "{stdout}");
    assert!(!stdout.contains("ikecompat-probe"), "{stdout}");
    assert!(!stdout.contains("127.0.0.1"), "{stdout}");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn only_one_host_is_probed() {
    for (host, why) in [
        ("255.255.255.255", "broadcast"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("0.0.0.0", "no machine"),
        ("[::]", "no machine"),
        ("::ffff:255.255.255.255", "broadcast"),
        ("127.0.0.0/8", "one host"),
        ("127.0.0.1,127.0.0.2", "one host"),
        ("", "one host"),
    ] {
        let run = ikecompat(&["probe", host], "");
        assert_eq!(run.status, 2, "{host}: {}", run.stderr);
        assert!(run.stderr.contains(why), "{host}: {}", run.stderr);
        // Nothing is announced, so nothing was sent.
        assert!(!run.stderr.contains("may test"), "{host}: {}", run.stderr);
    }
    // What is not done is refused like what is done, in every mode.
    for (host, why) in [
        ("255.255.255.255", "broadcast"),
        ("0xffffffff", "broadcast"),
        ("4294967295", "broadcast"),
        ("224.0.0.1", "multicast"),
        ("[ff02::1]", "multicast"),
        ("0.0.0.0", "no machine"),
        ("::ffff:224.0.0.1", "multicast"),
        ("127.0.0.0/8", "one host"),
        ("", "one host"),
    ] {
        for mode in [None, Some("--enumerate"), Some("--certificate")] {
            let arguments = ["probe", host, "--dry-run"].into_iter().chain(mode);
            let plan = ikecompat(&arguments.collect::<Vec<_>>(), "");
            assert_eq!((plan.status, plan.stdout.as_str()), (2, ""), "{host}");
            let real = ikecompat(&["probe", host], "");
            assert_eq!(plan.stderr, real.stderr, "{host}");
            assert!(plan.stderr.contains(why), "{host}: {}", plan.stderr);
        }
    }
    // A second host is no argument.
    let two = ikecompat(&["probe", "127.0.0.1", "127.0.0.2"], "");
    assert_eq!(two.status, 2);
}

#[test]
fn a_plan_sends_nothing_and_looks_nothing_up() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .set_read_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let run = ikecompat(&["probe", "127.0.0.1", "--port", &port, "--dry-run"], "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .contains("at most 1000 packets, at most 10 a second"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("ikecompat-probe.invalid"));
    assert!(socket.recv(&mut [0; 2000]).is_err(), "a packet came");
    let named = ["probe", "vpn.example.invalid", "--dry-run"];
    for mode in [None, Some("--enumerate"), Some("--certificate")] {
        let arguments: Vec<_> = named.into_iter().chain(mode).collect();
        let run = ikecompat(&arguments, "");
        assert_eq!(run.status, 0, "{}", run.stderr);
        for part in ["fail2ban", "only for servers that you run or may test"] {
            assert!(run.stdout.contains(part), "{mode:?}: {}", run.stdout);
        }
    }
}

/// Clients for which nothing is left are neither refused nor without an answer.
#[test]
fn clients_that_were_not_asked_are_counted_as_that() {
    let (port, _) = free_ports();
    let port = port.to_string();
    let arguments = ["probe", "127.0.0.1", "--port", &port, "--max-packets", "1"];
    let one = ikecompat(&[&arguments[..], &["--clients", "osx"]].concat(), "");
    assert_eq!(one.status, 2, "{}", one.stderr);
    for part in [
        "0 of 1 client is given a suite; 1 not asked",
        "0 packets sent",
        "4 as a rule",
        "--max-packets",
    ] {
        assert!(one.stdout.contains(part), "{part}: {}", one.stdout);
    }
    assert!(!one.stdout.contains("ports 500 and 4500"), "{}", one.stdout);
    // `listen` answers the first one, and nothing is left for the others.
    let ports = free_ports();
    let listener = listen(ports, &[]);
    let port = ports.1.to_string();
    let arguments = ["probe", "127.0.0.1", "--port", &port, "--max-packets", "5"];
    let three = ikecompat(
        &[&arguments[..], &["--clients", "osx,ios-16,macos-13"]].concat(),
        "",
    );
    listener.wait_with_output().unwrap();
    let expected = "1 of 3 clients is given a suite; 2 not asked";
    assert!(three.stdout.contains(expected), "{}", three.stdout);
    assert_eq!(three.status, 2, "{}", three.stderr);
}

#[test]
fn the_announcement_comes_before_the_first_packet_and_cannot_be_silenced() {
    let (port, _) = free_ports();
    let port = port.to_string();
    let run = ikecompat(&["--quiet", "probe", "127.0.0.1", "--port", &port], "");
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    for part in [
        "127.0.0.1",
        "clients",
        "packets",
        "ikecompat-probe.invalid",
        "fail2ban",
    ] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    assert!(run.stdout.contains("nothing listens"), "{}", run.stdout);
    let counted = "given a suite; 1 without an answer; ";
    assert!(run.stdout.contains(counted), "{}", run.stdout);
    assert!(!run.stdout.contains("refused"), "{}", run.stdout);
}

#[test]
fn packets_and_seconds_are_what_was_said() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let arguments = ["--port", &port, "--clients", "all", "--max-seconds", "1"];
    let run = ikecompat(&[&["probe", "127.0.0.1"], &arguments[..]].concat(), "");
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stdout.contains("the time is up"), "{}", run.stdout);
    socket.set_nonblocking(true).unwrap();
    let mut packets = 0;
    while socket.recv(&mut [0; 4000]).is_ok() {
        packets += 1;
    }
    assert!((1..=2).contains(&packets), "{packets}");
    assert!(
        run.stdout.contains(&format!("{packets} packet")),
        "{}",
        run.stdout
    );
}

#[test]
fn a_port_that_is_taken_is_named_with_what_helps() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let run = ikecompat(&["listen", "--bind", "127.0.0.1", "--port", &port], "");
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("another program has it"),
        "{}",
        run.stderr
    );
}

#[test]
fn one_port_for_both_is_nobody_elses_fault() {
    let (port, _) = free_ports();
    let port = port.to_string();
    let same = ["--bind", "127.0.0.1", "--port", &port, "--nat-port", &port];
    let run = ikecompat(&[&["listen"], &same[..]].concat(), "");
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("are the same port"), "{}", run.stderr);
    assert!(!run.stderr.contains("another program"), "{}", run.stderr);
}

#[test]
fn only_groups_that_are_computed_are_asked_for() {
    for word in ["mlkem768", "ntru128", "gost256a", "aes256", "nothing"] {
        let run = ikecompat(&["listen", "--follow", word], "");
        assert_eq!(run.status, 2, "{word}");
        assert!(run.stderr.contains("computes") || run.stderr.contains("compute that"));
        for group in ["modp2048", "ecp384", "curve25519", "curve448"] {
            assert!(run.stderr.contains(group), "{word}: {}", run.stderr);
        }
        assert!(!run.stderr.contains("mlkem512"), "{word}: {}", run.stderr);
    }
}

/// The user of this test, and every thread of a process.
#[cfg(target_os = "linux")]
fn users(process: &str) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let status = tasks.map(|task| fs::read_to_string(task.unwrap().path().join("status")).unwrap());
    let user = status.map(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("Uid:"));
        line.unwrap().trim().to_owned()
    });
    user.collect()
}

#[cfg(target_os = "linux")]
fn is_root() -> bool {
    users("self").iter().all(|user| user.starts_with("0\t"))
}

/// Where root runs it: every thread is of nobody once the ports are open, by all four of its ids.
#[cfg(target_os = "linux")]
#[test]
fn rights_are_dropped_once_the_ports_are_open() {
    if !is_root() {
        return;
    }
    let ports = free_ports();
    let mut listener = listen(ports, &[]);
    let process = listener.id().to_string();
    let late = Instant::now() + Duration::from_secs(20);
    let dropped = |user: &String| user.split('\t').all(|id| id != "0");
    loop {
        let users = users(&process);
        if users.iter().all(dropped) {
            assert!(users.len() > 1, "one thread for each port: {users:?}");
            break;
        }
        assert!(Instant::now() < late, "{users:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    listener.kill().unwrap();
    listener.wait().unwrap();
}

/// Where only root opens port 500 and root runs it: another user is told what helps, in one line.
#[cfg(target_os = "linux")]
#[test]
fn whoever_may_not_open_a_port_is_told_what_helps() {
    use std::os::unix::process::CommandExt as _;
    let first = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    let first: u16 = first.trim().parse().unwrap();
    // A copy, since the folder of the tests may be closed to others.
    let program = std::env::temp_dir().join(format!("ikecompat-nobody-{}", std::process::id()));
    if !is_root() || first <= 500 {
        return;
    }
    fs::copy(env!("CARGO_BIN_EXE_ikecompat"), &program).unwrap();
    let run = Command::new(&program)
        .args(["listen", "--bind", "127.0.0.1", "--port", "500"])
        .env_clear()
        .current_dir("/")
        .uid(65534)
        .gid(65534)
        .output()
        .unwrap();
    fs::remove_file(&program).unwrap();
    let stderr = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("cannot listen on UDP port 500"), "{stderr}");
    assert!(
        stderr.contains("setcap cap_net_bind_service=+ep"),
        "{stderr}"
    );
}

#[test]
fn a_capture_that_is_there_is_not_overwritten() {
    let name = format!("ikecompat-there-{}.pcap", std::process::id());
    let file = std::env::temp_dir().join(name);
    fs::write(&file, "something of the user's").unwrap();
    let ports = free_ports();
    let (port, nat_port) = (ports.0.to_string(), ports.1.to_string());
    let run = ikecompat(
        &[
            "listen",
            "--bind",
            "127.0.0.1",
            "--port",
            &port,
            "--nat-port",
            &nat_port,
            "--pcap",
            file.to_str().unwrap(),
        ],
        "",
    );
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "something of the user's"
    );
    fs::remove_file(&file).unwrap();
}

#[test]
fn a_lab_is_a_folder_that_a_shell_can_read() {
    let folder = std::env::temp_dir().join(format!("ikecompat-lab-{}", std::process::id()));
    let name = folder.to_str().unwrap();
    let run = ikecompat(&["lab", name, "--address", "192.0.2.1"], "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let script = folder.join("start.sh");
    let parsed = Command::new("sh").arg("-n").arg(&script).status().unwrap();
    assert!(parsed.success());
    let again = ikecompat(&["lab", name, "--address", "192.0.2.1"], "");
    assert_eq!(again.status, 2, "it overwrites what is there");
    // Without an address it is that of this machine, which is said, or has to be.
    let own = folder.join("own");
    let run = ikecompat(&["lab", own.to_str().unwrap()], "");
    if run.status == 0 {
        let said = run.stderr.lines().next().unwrap();
        let words = said.strip_prefix("the server's address is ").unwrap();
        let address = words.split(',').next().unwrap();
        let written = fs::read_to_string(own.join("swanctl.conf")).unwrap();
        assert!(written.contains(&format!("id = {address}\n")), "{written}");
        assert!(run.stdout.contains(&format!("as root on {address}: sh ")));
    } else {
        assert!(run.stderr.contains("say --address"), "{}", run.stderr);
        assert!(!own.exists());
    }
    for wrong in ["192.0.2.1; reboot", "$(reboot)", "-x", "a b", ""] {
        let run = ikecompat(&["lab", "unused", "--address", wrong], "");
        assert_eq!(run.status, 2, "{wrong}");
    }
    // The program reads what it has written.
    let config = folder.join("swanctl.conf");
    let checked = ikecompat(&["check", config.to_str().unwrap(), "--clients", "all"], "");
    assert_ne!(checked.status, 2, "{}", checked.stderr);
    assert!(!checked.stdout.contains(": refused"), "{}", checked.stdout);
    fs::remove_dir_all(&folder).unwrap();
}

/// `--enumerate` with `listen`, which takes everything that is computed, and a server that is none.
#[test]
fn enumeration_says_what_it_would_send_and_what_failed() {
    let dry = ikecompat(
        &["probe", "example.invalid", "--enumerate", "--dry-run"],
        "",
    );
    assert_eq!(dry.status, 0, "{}", dry.stderr);
    assert!(dry.stdout.contains("nothing is sent"), "{}", dry.stdout);
    assert!(
        dry.stdout.contains("at most 1000 packets"),
        "{}",
        dry.stdout
    );
    let both = ikecompat(
        &["probe", "127.0.0.1", "--enumerate", "--clients", "osx"],
        "",
    );
    assert_eq!(both.status, 2);
    // Nothing listens there.
    let (port, _) = free_ports();
    let port = port.to_string();
    let nobody = ikecompat(&["probe", "127.0.0.1", "--port", &port, "--enumerate"], "");
    assert_eq!((nobody.status, nobody.stdout.as_str()), (2, ""));
    assert!(
        nobody.stderr.contains("not all was asked"),
        "{}",
        nobody.stderr
    );
}

#[test]
fn a_server_without_a_proof_is_no_server_with_a_wrong_one() {
    let dry = ikecompat(
        &["probe", "example.invalid", "--certificate", "--dry-run"],
        "",
    );
    assert_eq!(dry.status, 0, "{}", dry.stderr);
    assert!(dry.stdout.contains("nothing is sent"), "{}", dry.stdout);
    // `listen` refuses everybody, and so shows nothing.
    let ports = free_ports();
    let listener = listen(ports, &[]);
    let port = ports.1.to_string();
    let probe = ikecompat(
        &["probe", "127.0.0.1", "--port", &port, "--certificate"],
        "",
    );
    listener.wait_with_output().unwrap();
    assert_eq!(probe.status, 2, "{}{}", probe.stdout, probe.stderr);
    assert!(
        probe.stdout.contains("does not begin EAP"),
        "{}",
        probe.stdout
    );
    assert!(
        probe.stderr.contains("ikecompat-probe@example.invalid"),
        "{}",
        probe.stderr
    );
}
