//! The rules, one file for each or for those that share their evidence.
//!
//! The severity says what a finding is about: an error is what breaks, a warning what weakens, and a
//! note what is untidy, which is shown only if asked for.

mod ah_for_clients;
mod algorithm_not_in_build;
mod connection_without_child;
mod default_list_changes;
mod duplicate_section;
mod encryption_without_integrity;
mod entry_not_selectable;
mod group_without_pfs;
mod identity;
mod ignored_keyword;
mod ikev1_only;
mod intermediate_overruled;
mod key_exchange_round_trip;
mod key_length_not_shared;
mod none_before_groups;
mod null_encryption;
mod pfs_from_ike_group;
mod pfs_weaker_than_ike;
mod post_quantum;
mod private_use_algorithm;
mod proposal_number_at_rekey;
mod reauthentication;
mod rekeying;
mod repeated_algorithm;
mod sequence_numbers;
mod server_authentication;
mod shadowed_entry;
mod stronger_suite_not_chosen;
mod too_many_transforms;
mod transforms_not_seen;
mod truncated_sha256;
mod unreachable_connection;
mod unused_entry;
mod weak_entry;
mod weak_pfs_group;
mod weaker_first;

use super::{Findings, LintSubject, Rule};

/// The rules of one file and the function that applies them.
pub(super) struct RuleFile {
    /// The rules.
    pub(super) rules: &'static [Rule],
    /// Says what they find.
    pub(super) check: fn(&LintSubject<'_>, &mut Findings),
}

/// Every file of this folder.
pub(super) const ALL: &[RuleFile] = &[
    ah_for_clients::FILE,
    algorithm_not_in_build::FILE,
    connection_without_child::FILE,
    default_list_changes::FILE,
    duplicate_section::FILE,
    encryption_without_integrity::FILE,
    entry_not_selectable::FILE,
    group_without_pfs::FILE,
    identity::FILE,
    ignored_keyword::FILE,
    ikev1_only::FILE,
    intermediate_overruled::FILE,
    key_exchange_round_trip::FILE,
    key_length_not_shared::FILE,
    none_before_groups::FILE,
    null_encryption::FILE,
    pfs_weaker_than_ike::FILE,
    post_quantum::FILE,
    private_use_algorithm::FILE,
    proposal_number_at_rekey::FILE,
    reauthentication::FILE,
    rekeying::FILE,
    pfs_from_ike_group::FILE, // unless a client already lost its tunnel
    repeated_algorithm::FILE,
    sequence_numbers::FILE,
    server_authentication::FILE,
    shadowed_entry::FILE,
    stronger_suite_not_chosen::FILE,
    too_many_transforms::FILE,
    transforms_not_seen::FILE,
    truncated_sha256::FILE,
    unreachable_connection::FILE,
    unused_entry::FILE,
    weak_entry::FILE,
    weak_pfs_group::FILE,
    weaker_first::FILE,
];

/// The rules that speak of single clients. Of those that nobody has chosen it is not known that they are there, and
/// their verdicts say the same.
pub(super) const OF_CLIENTS: [Rule; 9] = [
    key_length_not_shared::KEY_LENGTH_NOT_SHARED,
    proposal_number_at_rekey::PROPOSAL_NUMBER_AT_REKEY,
    rekeying::OPTIONAL_PFS_REFUSED,
    rekeying::PFS_GROUP_NOT_OFFERED,
    rekeying::PFS_NOT_CONFIGURED,
    rekeying::PFS_REFUSED,
    rekeying::SERVER_INITIATED_REKEY,
    stronger_suite_not_chosen::STRONGER_SUITE_NOT_CHOSEN,
    transforms_not_seen::TRANSFORMS_NOT_SEEN,
];

/// The rules that say what a configuration lacks, which nobody knows of one whose parts are not all
/// there.
pub(super) const OF_THE_WHOLE: [Rule; 3] = [
    connection_without_child::CONNECTION_WITHOUT_CHILD,
    default_list_changes::DEFAULT_LIST_CHANGES,
    unreachable_connection::UNREACHABLE_CONNECTION,
];
