//! Networks of IP addresses.

use std::net::IpAddr;

/// Whether an address, as text, is in a network, as text.
pub(super) fn contains(network: &str, address: &str) -> bool {
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    let (base, prefix) = network.split_once('/').unwrap_or((network, ""));
    let base: IpAddr = base.parse().unwrap();
    let whole = if base.is_ipv4() { 32 } else { 128 };
    let prefix: u32 = if prefix.is_empty() {
        whole
    } else {
        prefix.parse().unwrap()
    };
    // An address of version 4 is the last 32 bits of one of version 6.
    let common = prefix + 128 - whole;
    (0..common).all(|bit| bit_at(base, bit) == bit_at(address, bit))
}

fn bit_at(address: IpAddr, bit: u32) -> bool {
    let mapped = match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    mapped.to_bits() >> (127 - bit) & 1 == 1
}
