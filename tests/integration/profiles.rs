//! The built-in database: every file reads, and says what its witnesses say.

use ikecompat::peer::{Engine, Version};
use ikecompat::profile::Database;

#[test]
fn the_defaults_and_builds_of_strongswan_are_known() {
    let database = Database::builtin();
    let old = database
        .defaults(Engine::STRONGSWAN_5_9_8)
        .unwrap()
        .unwrap();
    assert_eq!((old.ike.len(), old.esp.len()), (2, 2));
    let new = Engine {
        version: Version::new(6, 0, 2),
        ..Engine::STRONGSWAN_5_9_8
    };
    let new = database.defaults(new).unwrap().unwrap();
    assert!(old.esp[0].first_ke().is_none() && new.esp[0].first_ke().is_some());
    assert!(
        database
            .build(Engine::STRONGSWAN_5_9_8)
            .unwrap()
            .ke
            .is_some()
    );
}
