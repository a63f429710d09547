//! Input as an IKE message: what parses is written back and read again.
#![no_main]

use ikecompat::wire::{Message, vendor};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok((message, failed)) = Message::parse_start(bytes) else {
        return;
    };
    for notify in message.notifies() {
        let _ = notify.said();
    }
    for id in message.vendor_ids() {
        let _ = vendor::name(id);
    }
    if failed.is_none() && message.header.major() == 2 {
        let written = message.encode().expect("what was read fits its fields");
        let again = Message::parse(&written).expect("what was written can be read");
        assert_eq!(again.payloads, message.payloads);
    }
});
