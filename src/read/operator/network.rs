//! Networks of IP addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Asked;
use crate::definition::{Check, Condition, Network};
use crate::json::Json;
use crate::read::condition::Reader;
use crate::read::field;
use crate::read::place::Step;

/// How many characters a network may have: those of the longest address, and of its prefix.
pub(super) const MAX_TEXT: usize = 49;

/// How many bits an address has.
const BITS: u32 = 128;
/// How many of them come before an address of version 4.
const BITS_BEFORE_V4: u32 = 96;

pub(super) fn cidr(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let texts = field::one_or_more(asked.json, "networks", asked.place, reader.issues)?;
    let mut networks = Vec::with_capacity(texts.len());
    let is_list = matches!(asked.json, Json::List(_));
    for (at, text) in texts.iter().enumerate() {
        match parse(text) {
            Ok(network) => networks.push(network),
            Err((message, mend)) => {
                let element = asked.place.at(Step::Index(at));
                let place = if is_list { &element } else { asked.place };
                reader.issues.add(place, message, mend);
            }
        }
    }
    (networks.len() == texts.len()).then(|| asked.test(Check::Cidr(networks)))
}

/// Reads a network, or says what is wrong with it, and how to mend that.
fn parse(text: &str) -> Result<Network, (String, String)> {
    let Some((address, length)) = split(text) else {
        return Err((
            format!("{text:?} is no network"),
            "write an address and how many bits are the network's, such as 10.0.0.0/8 or 2001:db8::/32"
                .to_owned(),
        ));
    };
    let (bits, before) = match address {
        IpAddr::V4(address) => (address.to_ipv6_mapped().to_bits(), BITS_BEFORE_V4),
        IpAddr::V6(address) => (address.to_bits(), 0),
    };
    let prefix = before + length;
    let hosts = u128::MAX.checked_shr(prefix).unwrap_or(0);
    if bits & hosts != 0 {
        let network = shown(bits & !hosts, address.is_ipv4());
        return Err((
            format!("{text:?} has bits that are not the network's"),
            format!("write {network}/{length}"),
        ));
    }
    Ok(Network {
        address: bits,
        prefix,
    })
}

/// Returns the address and the length of its prefix; an address alone is a network of one.
fn split(text: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() {
        BITS - BITS_BEFORE_V4
    } else {
        BITS
    };
    let length = match length {
        Some(digits) => digits
            .parse()
            .ok()
            .filter(|length: &u32| *length <= most && length.to_string() == digits)?,
        None => most,
    };
    Some((address, length))
}

fn shown(bits: u128, is_v4: bool) -> IpAddr {
    if is_v4 {
        // The low half of the low half.
        #[allow(clippy::cast_possible_truncation)]
        let bits = bits as u32;
        Ipv4Addr::from_bits(bits).into()
    } else {
        Ipv6Addr::from_bits(bits).into()
    }
}
