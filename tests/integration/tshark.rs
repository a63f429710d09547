//! The same captures, read by TShark: the values of every message have to be equal.

use std::fs;

use ikecompat::wire::capture::{Capture, What};
use ikecompat::wire::{Message, Payload, vendor};

use crate::capture::{captures, folder};

/// The number in the last brackets of a line.
fn bracketed(line: &str) -> u64 {
    let (_, rest) = line.rsplit_once('(').unwrap();
    rest.trim_end_matches(')').parse().unwrap()
}

/// What TShark printed about one packet, reduced to the values.
fn witnessed(block: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut in_proposal = false;
    for line in block.lines().skip(1) {
        let (key, value) = line.split_once(": ").unwrap_or((line, ""));
        values.push(match key {
            "Initiator SPI" | "Responder SPI" => format!("SPI {value}"),
            "Exchange type" => format!("exchange {}", bracketed(line)),
            "Message ID" => {
                let id = u32::from_str_radix(value.trim_start_matches("0x"), 16).unwrap();
                format!("message ID {id}")
            }
            "Length" => format!("length {value}"),
            "Payload" => {
                in_proposal = true;
                format!("proposal {}", line.rsplit_once("# ").unwrap().1)
            }
            "Protocol ID" if in_proposal => format!("protocol {}", bracketed(line)),
            "Transform Type" => format!("type {}", bracketed(line)),
            key if key.starts_with("Transform ID") => format!("transform {}", bracketed(line)),
            key if key.starts_with("Transform Attribute") => {
                format!("key length {}", line.rsplit_once(": ").unwrap().1)
            }
            "DH Group #" => {
                in_proposal = false;
                format!("group {}", bracketed(line))
            }
            "Notify Message Type" => format!("notify {}", bracketed(line)),
            "Vendor ID" => format!("vendor ID {}", value.split(' ').next().unwrap()),
            _ => continue,
        });
        in_proposal &= !line.starts_with("Notify");
    }
    // A Notify names its protocol before its type.
    values.retain(|value| value != "protocol 0");
    values
}

/// The same values as this library reads them.
fn read(message: &Message<'_>) -> Vec<String> {
    let header = &message.header;
    let mut values = vec![
        format!("SPI {}", header.initiator_spi),
        format!("SPI {}", header.responder_spi),
        format!("exchange {}", header.exchange.0),
        format!("message ID {}", header.message_id),
        format!("length {}", header.length),
    ];
    for payload in &message.payloads {
        match payload {
            Payload::Sa(proposals) => {
                for proposal in proposals {
                    values.push(format!("proposal {}", proposal.number));
                    values.push(format!("protocol {}", proposal.protocol));
                    for it in &proposal.transforms {
                        values.push(format!("type {}", it.transform.kind.0));
                        values.push(format!("transform {}", it.transform.id));
                        if it.transform.key_bits != 0 {
                            values.push(format!("key length {}", it.transform.key_bits));
                        }
                    }
                }
            }
            Payload::KeyExchange(ke) => values.push(format!("group {}", ke.group)),
            Payload::Notify(notify) => {
                values.push(format!("notify {}", notify.kind.0));
                if let Ok(ikecompat::wire::NotifyData::WantedGroup(group)) = notify.said() {
                    values.push(format!("group {group}"));
                }
            }
            Payload::VendorId(bytes) => values.push(format!("vendor ID {}", vendor::hex(bytes))),
            _ => {}
        }
    }
    values
}

#[test]
fn messages_are_read_as_tshark_reads_them() {
    let mut compared = 0;
    for (name, bytes) in captures() {
        let witness = folder().join(name.replace(".pcap", ".tshark.txt"));
        let Ok(witness) = fs::read_to_string(witness) else {
            continue;
        };
        let blocks: Vec<_> = witness.split("Frame ").skip(1).collect();
        let mut capture = Capture::new(bytes.as_slice()).unwrap();
        while let Some(packet) = capture.next() {
            // TShark puts IP fragments together, and looks into what ICMP quotes.
            let Some(What::Ike(ike)) = packet.seen().map(|seen| seen.what) else {
                continue;
            };
            if ike.fragment.is_some() {
                continue;
            }
            let message = Message::parse(ike.bytes).unwrap();
            let block = blocks[usize::try_from(packet.number).unwrap() - 1];
            let mut expected = witnessed(block);
            let data_of_ke = "notify 17".to_owned();
            if expected.contains(&data_of_ke) {
                // Its version has no words for the data of INVALID_KE_PAYLOAD.
                assert_eq!(read(&message).pop().unwrap(), "group 19", "{name}");
                expected.retain(|it| !it.starts_with("group"));
                expected.push("group 19".to_owned());
            }
            assert_eq!(read(&message), expected, "{name}, packet {}", packet.number);
            compared += 1;
        }
        assert_eq!(capture.packets(), blocks.len() as u64, "{name}");
    }
    assert!(compared > 60, "{compared}");
}
