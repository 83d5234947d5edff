//! Which addresses the open internet has. Whoever follows an address that came from outside asks here, so that nobody
//! is led into the network this machine stands in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address belongs to the open internet. What is not known to (private, loopback, link-local with the
/// metadata services in it, shared, reserved, multicast, for documentation, and forms that carry such an IPv4 address)
/// does not.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Whether a host's name says by itself that it lies on this machine or in this network.
///
/// `host` is in lower case, an IPv6 address without its brackets. What any other name leads to shows when it is resolved.
pub fn is_local_name(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host == "localhost" || [".localhost", ".local", ".internal"].iter().any(|ending| host.ends_with(ending))
}

/// The registry of special addresses (RFC 6890 and its successors) has no more than these outside the open internet.
fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    !(v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_documentation()
        || v4.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match v6.segments() {
        // IPv4-mapped, and NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => embedded(high, low),
        // For protocols, tunnels among them, and for documentation (RFC 3849, RFC 9637).
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast is 2000::/3; the rest is local, multicast or reserved.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_open_internet_are_told_from_all_others() {
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.128.0.1",
            "93.184.216.34",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        let private = "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 0.1.2.3 \
                       255.255.255.255 224.0.0.1 192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1 ::1 :: ::7f00:1 fe80::1 \
                       fec0::1 fc00::1 fd00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 \
                       64:ff9b:1::808:808 2002:7f00:1:: 2001::1 2001:db8::1 3fff::1 100::1";
        for private in private.split_whitespace() {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn names_that_say_themselves_that_they_are_local_are_known() {
        for local in ["localhost", "localhost.", "a.localhost", "printer.local", "metadata.google.internal"] {
            assert!(is_local_name(local), "{local}");
        }
        for other in ["example.com", "notlocalhost", "local", "internal.example.com"] {
            assert!(!is_local_name(other), "{other}");
        }
    }
}
