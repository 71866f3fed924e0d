//! The address of whoever sends a request: the peer of the connection, or behind proxies of one's
//! own (`NEWSLINE_TRUSTED_PROXIES`) the one that the outermost of them saw.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, X_FORWARDED_FOR};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use ipnet::IpNet;

use crate::app::App;

/// The networks whose word on `X-Forwarded-For` is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl FromStr for TrustedProxies {
    type Err = String;
    /// Networks or single addresses, with commas between.
    fn from_str(list: &str) -> Result<Self, Self::Err> {
        let entries = list
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        let networks = entries.map(|entry| {
            let network = entry.parse::<IpNet>();
            network
                .or_else(|_| entry.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| {
                    format!("expected networks such as 10.0.0.0/8 or fd00::/8, found {entry}")
                })
        });
        networks.collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedProxies {
    fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client behind a connection. From the connection's peer on, each trusted proxy is
    /// believed on the hop before it, and the first that is not a trusted proxy is the client: what
    /// clients write into the header themselves stands further left and is never reached.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines: Vec<&str> = headers
            .get_all(X_FORWARDED_FOR)
            .map(|line| line.to_str().unwrap_or_default())
            .collect();
        let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        for hop in hops {
            if !self.has(client) {
                break;
            }
            match parse_hop(hop.trim()) {
                Some(before) => client = before,
                None => break,
            }
        }
        client
    }
}

/// An address, as some proxies write it also with a port.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().ok();
    let with_port = || Some(hop.parse::<SocketAddr>().ok()?.ip());
    Some(address.or_else(with_port)?.to_canonical())
}

/// Whoever sends a request.
///
/// As a key (`Hash`, `Eq`) an IPv6 address counts as its /64: that is what one household or server
/// has, and it could otherwise have another address for each request.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    pub fn of(app: &App, request: &HttpRequest) -> Self {
        let peer = request.peer_addr().map(|peer| peer.ip());
        // A connection without a peer (a Unix socket, a test) counts as one client.
        let peer = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        Self(app.settings.trusted_proxies.client(peer, request.headers()))
    }

    /// What it counts as.
    pub fn place(self) -> IpAddr {
        const HALF: u128 = !(u64::MAX as u128);
        match self.0 {
            IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) & HALF).into(),
            address => address,
        }
    }
}

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        Self(address)
    }
}

impl PartialEq for ClientAddress {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}
impl Eq for ClientAddress {}
impl Hash for ClientAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.place().hash(state);
    }
}

/// The whole address.
impl std::fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl FromRequest for ClientAddress {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<Data<App>>();
        let nowhere = Self(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        ready(Ok(app.map_or(nowhere, |app| Self::of(app, request))))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const PROXIES: &str = "10.0.0.0/8, 192.0.2.7, fd00::/8";

    fn client(peer: &str, lines: &[&str]) -> String {
        let proxies: TrustedProxies = PROXIES.parse().expect("networks");
        let mut headers = HeaderMap::new();
        for line in lines {
            let value = HeaderValue::from_str(line).expect("a value");
            headers.append(X_FORWARDED_FOR, value);
        }
        let peer = peer.parse().expect("an address");
        proxies.client(peer, &headers).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(client("198.51.100.1", &["203.0.113.9"]), "198.51.100.1");
        assert_eq!(client("192.0.2.8", &["203.0.113.9"]), "192.0.2.8");
    }

    #[test]
    fn the_rightmost_that_is_no_proxy_is_the_client() {
        assert_eq!(client("10.1.2.3", &[]), "10.1.2.3");
        assert_eq!(client("10.1.2.3", &["203.0.113.9"]), "203.0.113.9");
        let forged = ["198.51.100.66, 203.0.113.9, 192.0.2.7"];
        assert_eq!(client("10.1.2.3", &forged), "203.0.113.9");
        let lines = ["198.51.100.66", "203.0.113.9, 10.9.9.9"];
        assert_eq!(client("10.1.2.3", &lines), "203.0.113.9");
        let forged = ["10.6.6.6, 203.0.113.9"];
        assert_eq!(client("10.1.2.3", &forged), "203.0.113.9");
        assert_eq!(client("10.1.2.3", &["10.6.6.6, 10.7.7.7"]), "10.6.6.6");
    }

    #[test]
    fn what_is_no_address_ends_the_chain() {
        for broken in [
            "203.0.113.9, unknown",
            "203.0.113.9, ",
            "203.0.113.9, _hidden",
        ] {
            assert_eq!(client("10.1.2.3", &[broken]), "10.1.2.3", "{broken}");
        }
        assert_eq!(client("10.1.2.3", &["unknown, 192.0.2.7"]), "192.0.2.7");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_read() {
        for (hop, address) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::9]:4711", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
        ] {
            assert_eq!(client("10.1.2.3", &[hop]), address);
        }
        assert_eq!(client("::ffff:10.1.2.3", &["203.0.113.9"]), "203.0.113.9");
    }

    #[test]
    fn neighbours_in_a_64_are_one_place() {
        let address = |text: &str| ClientAddress(text.parse().expect("an address"));
        assert_eq!(address("2001:db8:0:1::1"), address("2001:db8:0:1:ffff::2"));
        assert_ne!(address("2001:db8:0:1::1"), address("2001:db8:0:2::1"));
        assert_ne!(address("203.0.113.1"), address("203.0.113.2"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for list in ["everybody", "10.0.0.0/33", "10.0.0.0/8 192.0.2.7"] {
            assert!(list.parse::<TrustedProxies>().is_err(), "{list}");
        }
        assert_eq!("".parse::<TrustedProxies>(), Ok(TrustedProxies::default()));
    }
}
