//! Which clients are planned for, for which products, under which policies.

use std::sync::LazyLock;

use ikecompat::peer::server::Product;
use ikecompat::peer::{Client, Policy};
use ikecompat::profile::Database;
use itertools::Itertools as _;

use super::Numbers;

pub(super) const PRODUCTS: [Product; 6] = [
    Product::Libreswan,
    Product::Openiked,
    Product::Opnsense,
    Product::Pfsense,
    Product::Rras,
    Product::Strongswan,
];

/// Clients that differ in what a plan depends on, each as its profile's first variants have it.
pub(super) fn clients() -> &'static [Client] {
    static CLIENTS: LazyLock<Vec<Client>> = LazyLock::new(|| {
        let all = Database::builtin().select("*:*").unwrap();
        let all = all.into_iter().map(|one| one.client);
        all.unique_by(|client| {
            let Client { ike_sa_init, ike_auth, child_rekey_by_client, child_rekey_by_server, method, choices, .. } =
                client;
            format!("{ike_sa_init:?}{ike_auth:?}{child_rekey_by_client:?}{child_rekey_by_server:?}{method:?}{choices:?}")
        })
        .collect()
    });
    &CLIENTS
}

pub(super) fn policy(id: &str) -> Policy {
    Database::builtin().policy(id).unwrap()
}

/// Clients by their places in [`clients`].
pub(super) fn chosen(places: &[usize]) -> Vec<Client> {
    places
        .iter()
        .map(|place| clients()[*place].clone())
        .collect()
}

/// So many sets of `least` to `most` clients each.
pub(super) fn seeded(seed: u64, count: usize, least: usize, most: usize) -> Vec<Vec<usize>> {
    let mut numbers = Numbers(seed);
    let all = clients().len();
    let set = |numbers: &mut Numbers| {
        let size = least + numbers.below(most - least + 1);
        let drawn = std::iter::repeat_with(|| numbers.below(all));
        drawn.take(4 * size).unique().take(size).collect()
    };
    (0..count).map(|_| set(&mut numbers)).collect()
}
