//! UUIDs for files: made from names, so that the same input gives the same file and a later version
//! of a profile replaces the one that is installed.

use uuid::{Builder, Uuid};

/// The UUID of a name, in the form of version 4; its bits come from a digest of the name in place of
/// a random source.
pub(super) fn of_name(name: &str) -> Uuid {
    let digest = Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes());
    Builder::from_random_bytes(digest.into_bytes()).into_uuid()
}

#[cfg(test)]
mod tests {
    use uuid::{Variant, Version};

    use super::of_name;

    #[test]
    fn a_name_has_one_uuid_of_version_4() {
        let own = of_name("vpn.example.com");
        assert_eq!(own.get_version(), Some(Version::Random));
        assert_eq!(own.get_variant(), Variant::RFC4122);
        assert_eq!(own, of_name("vpn.example.com"));
        assert_ne!(own, of_name("vpn.example.org"));
    }
}
