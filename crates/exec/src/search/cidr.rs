use std::net::IpAddr;

/// An IPv4 or IPv6 network such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    net: u128,
    bits: u32,
    width: u32,
}

impl Cidr {
    /// Reads `address/bits`.
    pub fn parse(s: &str) -> Option<Cidr> {
        let (addr, bits) = s.split_once('/')?;
        if bits.is_empty() || !bits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (addr, width) = number(addr)?;
        let bits: u32 = bits.parse().ok().filter(|b| *b <= width)?;
        Some(Cidr { net: head(addr, bits, width), bits, width })
    }

    /// Reads `address/bits`, or one address as the network of itself.
    pub fn parse_or_address(s: &str) -> Option<Cidr> {
        Cidr::parse(s).or_else(|| {
            let (net, width) = number(s)?;
            Some(Cidr { net, bits: width, width })
        })
    }

    /// Whether the text is an address of the network.
    pub fn contains(&self, s: &str) -> bool {
        number(s).is_some_and(|(addr, width)| {
            width == self.width && head(addr, self.bits, width) == self.net
        })
    }
}

fn number(s: &str) -> Option<(u128, u32)> {
    match s.parse::<IpAddr>().ok()? {
        IpAddr::V4(a) => Some((u128::from(u32::from(a)), 32)),
        IpAddr::V6(a) => Some((u128::from(a), 128)),
    }
}

fn head(addr: u128, bits: u32, width: u32) -> u128 {
    addr.checked_shr(width - bits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        let holds = |n: &str, a: &str| Cidr::parse(n).is_some_and(|c| c.contains(a));
        assert!(holds("192.0.2.0/24", "192.0.2.56") && !holds("192.0.2.0/24", "192.0.3.56"));
        assert!(
            holds("0.0.0.0/0", "8.8.8.8") && !holds("0.0.0.0/0", "::1") && !holds("0.0.0.0/0", "x")
        );
        assert!(holds("2001:db8::/32", "2001:db8:1::5") && holds("10.1.2.3/32", "10.1.2.3"));
        assert!(holds("10.1.2.3/8", "10.9.9.9"));
        assert!(Cidr::parse_or_address("::1").is_some_and(|c| c.contains("::1")));
        assert!(Cidr::parse_or_address("10.0.0.1").is_some_and(|c| !c.contains("10.0.0.2")));
        assert_eq!(Cidr::parse_or_address("x"), None);
        for bad in ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "a/b", "10.0.0.0/", "10.0.0.0/+8"] {
            assert_eq!(Cidr::parse(bad), None, "{bad}");
        }
    }
}
