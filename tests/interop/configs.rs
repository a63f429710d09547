//! Files with every construct that swanctl.conf has, made up by rule. The same in every run.

use crate::keywords::{AEAD, CLASSIC, GROUPS, INTEGRITY, PRF};
use crate::random::Random;

/// One construct a file, each with a name for messages.
pub(crate) const CONSTRUCTS: &[(&str, &str)] = &[
    (
        "comments and blank lines",
        "# made by hand\n\nconnections { # all\n\ta { # one\n\t\tproposals = aes256-sha256-modp2048 # two\n\
        \t\tlocal {\n auth = psk\n }\n\t\tchildren {\n n {\n esp_proposals = aes256-sha256\n }\n }\n\t}\n}\n",
    ),
    (
        "several proposals, blanks and empty items",
        "connections {\n a {\n proposals = aes256 - sha256-modp2048 ,, aes128gcm16-prfsha256-ecp256 , \n }\n}\n",
    ),
    (
        "a quoted list",
        "connections {\n a {\n proposals = \"aes256-sha256-modp2048, aes128-sha1-modp1024\"\n }\n}\n",
    ),
    (
        "a quoted list over two lines",
        "connections {\n a {\n proposals = \"aes256-sha256-modp2048, \\\n aes128-sha1-modp1024\"\n }\n}\n",
    ),
    (
        "quoted and bare words beside each other",
        "connections {\n a {\n proposals = aes256-sha256-modp2048,\"aes128-sha1-modp1024\"\n }\n}\n",
    ),
    (
        "escapes",
        "connections {\n a {\n proposals = \"aes\\256-sha256-modp2048\"\n local {\n id = \"C=CH, O=\\\"x\\\"\"\n }\n }\n}\n",
    ),
    (
        "the brace on a line of its own",
        "connections\n{\n a\n {\n proposals = aes256-sha256-modp2048\n }\n}\n",
    ),
    (
        "a brace that ends a value",
        "connections { a { proposals = aes256-sha256-modp2048 } }\n",
    ),
    (
        "two settings on one line",
        "connections {\n a {\n version = 2 proposals = aes256-sha256-modp2048\n }\n}\n",
    ),
    (
        "carriage returns",
        "connections {\r\n a {\r\n proposals = aes256-sha256-modp2048\r\n version = 2\r\n }\r\n}\r\n",
    ),
    (
        "the word default",
        "connections {\n a {\n proposals = aes256-sha256-modp2048, Default\n children {\n n {\n esp_proposals = default\n }\n\
        m {\n esp_proposals = aes256-sha256, default\n }\n l {\n ah_proposals = default\n }\n k {\n }\n }\n }\n}\n",
    ),
    (
        "empty lists",
        "connections {\n a {\n proposals =\n children {\n n {\n esp_proposals = ,\n }\n m {\n esp_proposals = \"\"\n }\n }\n }\n}\n",
    ),
    (
        "AH",
        "connections {\n a {\n children {\n n {\n ah_proposals = sha256-modp2048, sha1\n }\n m {\n ah_proposals = sha256\n\
        esp_proposals = aes256gcm16\n }\n }\n }\n}\n",
    ),
    (
        "AH without integrity",
        "connections {\n a {\n children {\n n {\n ah_proposals = aes256\n }\n }\n }\n b {\n }\n}\n",
    ),
    (
        "a section opened twice",
        "connections {\n a {\n proposals = aes256-sha256-modp2048\n children {\n n {\n }\n }\n }\n b {\n }\n a {\n\
        proposals = aes128-sha256-ecp256\n children {\n m {\n esp_proposals = aes256gcm16\n }\n n {\n esp_proposals = aes256-sha1\n }\n }\n }\n}\n",
    ),
    (
        "references",
        "connections {\n a : base, connections.b {\n children {\n n : connections.b.children.m {\n }\n }\n }\n\
        b {\n proposals = aes256-sha256-modp2048\n children {\n m {\n esp_proposals = aes128gcm16\n }\n }\n }\n}\n\
        base : more {\n proposals = aes256-sha384-ecp384\n}\nmore {\n version = 2\n}\n",
    ),
    (
        "a reference through what is inherited",
        "base {\n children {\n x {\n esp_proposals = aes128-sha1\n }\n }\n}\nconnections {\n a : base {\n children {\n\
        c : connections.a.children.x {\n }\n }\n }\n}\n",
    ),
    (
        "an inherited value that is cleared",
        "base {\n proposals = aes256-sha256-modp2048\n}\nconnections {\n a : base {\n proposals =\n }\n b : base {\n }\n}\n",
    ),
    (
        "a reference to nothing, and one to itself",
        "connections {\n a : nothing {\n }\n b : connections.b {\n }\n c : connections.d {\n }\n d : connections.c {\n\
        proposals = aes256-sha256-modp2048\n }\n}\n",
    ),
    (
        "a setting called include",
        "connections {\n a {\n proposals = aes256-sha256-modp2048\n }\n}\ninclude = nothing\n",
    ),
    (
        "an include of nothing",
        "include nothing/*.conf\nconnections {\n a {\n include nothing.conf\n proposals = aes256-sha256-modp2048\n }\n}\n",
    ),
    (
        "an include inside of a section",
        "connections {\n a {\n include included/proposals.conf # here\n version = 2\n }\n b {\n include \"included/prop*.conf\"\n }\n}\n",
    ),
    (
        "what is no algorithm",
        "connections {\n a {\n proposals = aes256-sha256-modp2048, aes265-sha256-modp2048\n }\n b {\n proposals = AES256-sha256-modp2048\n }\n\
        c {\n proposals = aes256-sha256-dh14\n }\n d {\n children {\n n {\n esp_proposals = aes256-sha256!\n }\n }\n }\n e {\n }\n}\n",
    ),
    (
        "what lacks something",
        "connections {\n a {\n proposals = aes256gcm16-modp2048\n }\n b {\n proposals = aes256-sha256\n }\n c {\n proposals = aes256-aes256gcm16-sha256-modp2048\n }\n\
        d {\n proposals = aes128-prfsha256-modp2048\n }\n e {\n proposals = sha256-modp2048\n }\n f {\n children {\n n {\n esp_proposals = aes256\n }\n }\n }\n}\n",
    ),
    (
        "what no version knows",
        "connections {\n a {\n proposal = aes256-sha256-modp2048\n }\n b {\n children {\n n {\n esp = aes256-sha256\n }\n }\n }\n\
        c {\n local {\n method = psk\n }\n }\n d {\n child {\n }\n }\n e {\n PROPOSALS = aes256-sha256-modp2048\n }\n f {\n children {\n n {\n m {\n }\n }\n }\n }\n}\n",
    ),
    (
        "values that are none",
        "connections {\n a {\n version = ikev2\n }\n b {\n mobike = on\n }\n c {\n rekey_time = 1week\n }\n d {\n local {\n auth = any\n }\n }\n\
        e {\n children {\n n {\n mode = bypass\n }\n }\n }\n f {\n children {\n n {\n start_action = now\n }\n }\n }\n g {\n rekey_time = 1 h\n }\n}\n",
    ),
    (
        "rules of the firewall kind",
        "connections {\n a {\n remote_addrs = 127.0.0.1\n children {\n n {\n mode = pass\n }\n m {\n esp_proposals = aes256gcm16\n }\n }\n }\n}\n",
    ),
    (
        "secrets and pools beside",
        "secrets {\n ike-1 {\n secret = \"a } and a # in it\"\n }\n}\npools {\n p {\n addrs = 192.0.2.0/24\n }\n}\nconnections {\n a {\n pools = p\n }\n}\n",
    ),
    (
        "only secrets",
        "secrets {\n ike {\n secret = 0sAAAA\n }\n}\n",
    ),
    ("nothing", "# nothing\n"),
    ("a section that is not closed", "connections {\n a {\n }\n"),
    ("a brace too many", "connections {\n a {\n }\n}\n}\n"),
    ("a dot in a name", "connections {\n a.b {\n }\n}\n"),
    (
        "a name without anything",
        "connections {\n a {\n version\n }\n}\n",
    ),
    (
        "a text without an end",
        "connections {\n a {\n proposals = \"aes256\n }\n}\n",
    ),
    ("a text as a name", "connections {\n \"a\" {\n }\n}\n"),
    ("a colon without a name", "connections {\n a : {\n }\n}\n"),
    (
        "a comma behind the last reference",
        "connections {\n a : b, {\n }\n}\n",
    ),
    (
        "a setting with a colon",
        "connections {\n a {\n version: 2\n }\n}\n",
    ),
];

/// The file that two of the constructs include.
pub(crate) const INCLUDED: &str = "proposals = aes128-sha256-ecp256\n";

/// Files with random proposals, right and wrong ones.
pub(crate) fn random_files(seed: u64, count: usize) -> Vec<String> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random_file(&mut random)).collect()
}

fn random_file(random: &mut Random) -> String {
    let mut text = String::from("connections {\n");
    for number in 0..=random.below(3) {
        text += &format!("  c{number} {{\n    version = {}\n", random.below(3));
        if random.percent(80) {
            text += &format!("    proposals = {}\n", list(random, true));
        }
        text += "    children {\n";
        for child in 0..random.below(3) {
            text += &format!("      n{child} {{\n");
            if random.percent(80) {
                text += &format!("        esp_proposals = {}\n", list(random, false));
            }
            text += "      }\n";
        }
        text += "    }\n  }\n";
    }
    text + "}\n"
}

fn list(random: &mut Random, ike: bool) -> String {
    let count = 1 + random.below(3);
    let proposals: Vec<_> = (0..count).map(|_| proposal(random, ike)).collect();
    let separator = *random.pick(&[",", ", ", " ,", ",,"]);
    let list = proposals.join(separator);
    if random.percent(20) {
        format!("\"{list}\"")
    } else {
        list
    }
}

fn proposal(random: &mut Random, ike: bool) -> String {
    let aead = random.percent(30);
    let mut words = Vec::new();
    for _ in 0..=random.below(2) {
        words.push(*random.pick(if aead { AEAD } else { CLASSIC }));
    }
    if !aead || random.percent(40) {
        words.push(*random.pick(INTEGRITY));
    }
    if random.percent(30) {
        words.push(*random.pick(PRF));
    }
    if ike || random.percent(30) {
        words.push(*random.pick(GROUPS));
    }
    // One of ten has something that does not belong.
    if random.percent(10) {
        words.push(*random.pick(&["aes", "aes256gcm16", "none", "esn", "xyz", "dh14", ""]));
    }
    if random.percent(30) {
        random.shuffle(&mut words);
    }
    words.join("-")
}
