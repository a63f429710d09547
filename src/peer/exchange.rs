//! The six exchanges of a tunnel's life in which proposals are compared.

use std::ops::{Index, IndexMut};

use strum::{Display, EnumIter, IntoEnumIterator as _, IntoStaticStr};

use crate::ike::Protocol;

/// An exchange in which one side offers proposals and the other one answers.
#[derive(
    Clone, Copy, Debug, Display, EnumIter, Eq, IntoStaticStr, PartialEq, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Exchange {
    /// IKE_SA_INIT, which makes the IKE SA ("phase 1").
    IkeSaInit,
    /// IKE_AUTH, which makes the first child SA ("phase 2") without a key exchange of its own (RFC
    /// 7296, section 1.2).
    IkeAuth,
    /// CREATE_CHILD_SA: the client rekeys a child SA.
    ChildRekeyByClient,
    /// CREATE_CHILD_SA: the server rekeys a child SA.
    ChildRekeyByServer,
    /// CREATE_CHILD_SA: the client rekeys the IKE SA.
    IkeRekeyByClient,
    /// CREATE_CHILD_SA: the server rekeys the IKE SA.
    IkeRekeyByServer,
}

impl Exchange {
    /// The rekeyings, in the order of [`Exchange::iter`](strum::IntoEnumIterator::iter).
    pub(crate) const REKEYINGS: [Self; 4] = [
        Self::ChildRekeyByClient,
        Self::ChildRekeyByServer,
        Self::IkeRekeyByClient,
        Self::IkeRekeyByServer,
    ];

    /// The protocol whose SA is made: IKE, or ESP.
    pub(crate) const fn protocol(self) -> Protocol {
        match self {
            Self::IkeSaInit | Self::IkeRekeyByClient | Self::IkeRekeyByServer => Protocol::Ike,
            Self::IkeAuth | Self::ChildRekeyByClient | Self::ChildRekeyByServer => Protocol::Esp,
        }
    }

    /// Whether the side that answered IKE_SA_INIT asks.
    pub(crate) const fn is_by_server(self) -> bool {
        matches!(self, Self::ChildRekeyByServer | Self::IkeRekeyByServer)
    }

    /// Whether groups are compared; in IKE_AUTH they are not (RFC 7296, section 1.2).
    pub(crate) const fn compares_groups(self) -> bool {
        !matches!(self, Self::IkeAuth)
    }
}

/// One value for each exchange.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PerExchange<T> {
    /// [`Exchange::IkeSaInit`].
    pub ike_sa_init: T,
    /// [`Exchange::IkeAuth`].
    pub ike_auth: T,
    /// [`Exchange::ChildRekeyByClient`].
    pub child_rekey_by_client: T,
    /// [`Exchange::ChildRekeyByServer`].
    pub child_rekey_by_server: T,
    /// [`Exchange::IkeRekeyByClient`].
    pub ike_rekey_by_client: T,
    /// [`Exchange::IkeRekeyByServer`].
    pub ike_rekey_by_server: T,
}

impl<T> PerExchange<T> {
    /// The value of each exchange, in the order of a tunnel's life.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Exchange, &T)> {
        Exchange::iter().map(|exchange| (exchange, &self[exchange]))
    }
}

impl<T> Index<Exchange> for PerExchange<T> {
    type Output = T;

    fn index(&self, exchange: Exchange) -> &T {
        match exchange {
            Exchange::IkeSaInit => &self.ike_sa_init,
            Exchange::IkeAuth => &self.ike_auth,
            Exchange::ChildRekeyByClient => &self.child_rekey_by_client,
            Exchange::ChildRekeyByServer => &self.child_rekey_by_server,
            Exchange::IkeRekeyByClient => &self.ike_rekey_by_client,
            Exchange::IkeRekeyByServer => &self.ike_rekey_by_server,
        }
    }
}

impl<T> IndexMut<Exchange> for PerExchange<T> {
    fn index_mut(&mut self, exchange: Exchange) -> &mut T {
        match exchange {
            Exchange::IkeSaInit => &mut self.ike_sa_init,
            Exchange::IkeAuth => &mut self.ike_auth,
            Exchange::ChildRekeyByClient => &mut self.child_rekey_by_client,
            Exchange::ChildRekeyByServer => &mut self.child_rekey_by_server,
            Exchange::IkeRekeyByClient => &mut self.ike_rekey_by_client,
            Exchange::IkeRekeyByServer => &mut self.ike_rekey_by_server,
        }
    }
}
