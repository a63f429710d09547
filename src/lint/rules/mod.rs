//! The rules, one file for each or for those that share their evidence.

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
mod key_exchange_round_trip;
mod key_length_not_shared;
mod none_before_groups;
mod null_encryption;
mod pfs_from_ike_group;
mod pfs_weaker_than_ike;
mod post_quantum;
mod private_use_algorithm;
mod proposal_number_at_rekey;
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

use super::LintSubject;
use crate::diag::Finding;

/// A rule's way of saying what it finds.
pub(super) type Check = fn(&LintSubject<'_>, &mut Vec<Finding>);

/// Every file of this folder.
pub(super) const ALL: &[Check] = &[
    ah_for_clients::check,
    algorithm_not_in_build::check,
    connection_without_child::check,
    default_list_changes::check,
    duplicate_section::check,
    encryption_without_integrity::check,
    entry_not_selectable::check,
    group_without_pfs::check,
    identity::check,
    ignored_keyword::check,
    ikev1_only::check,
    key_exchange_round_trip::check,
    key_length_not_shared::check,
    none_before_groups::check,
    null_encryption::check,
    pfs_weaker_than_ike::check,
    post_quantum::check,
    private_use_algorithm::check,
    proposal_number_at_rekey::check,
    rekeying::check,
    pfs_from_ike_group::check, // unless a client already lost its tunnel
    repeated_algorithm::check,
    sequence_numbers::check,
    server_authentication::check,
    shadowed_entry::check,
    stronger_suite_not_chosen::check,
    too_many_transforms::check,
    transforms_not_seen::check,
    truncated_sha256::check,
    unreachable_connection::check,
    unused_entry::check,
    weak_entry::check,
    weak_pfs_group::check,
    weaker_first::check,
];
