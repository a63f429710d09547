//! Elliptic curves in Weierstrass form: y² = x³ + ax + b modulo p.
//!
//! Points are kept in Jacobian coordinates, so that one division ends the whole computation.

use num_bigint::BigUint;

use super::modp::number;
use crate::ike::Ke;

/// Of each curve p, a, b, both coordinates of the generator, and its order.
const CURVES: [(Ke, [&str; 6]); 9] = [
    // RFC 5114, section 2.4.
    (
        Ke::Ecp192,
        [
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFF",
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFC",
            "64210519E59C80E70FA7E9AB72243049FEB8DEECC146B9B1",
            "188DA80EB03090F67CBF20EB43A18800F4FF0AFD82FF1012",
            "07192B95FFC8DA78631011ED6B24CDD573F977A11E794811",
            "FFFFFFFFFFFFFFFFFFFFFFFF99DEF836146BC9B1B4D22831",
        ],
    ),
    // RFC 5114, section 2.5.
    (
        Ke::Ecp224,
        [
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF000000000000000000000001",
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFE",
            "B4050A850C04B3ABF54132565044B0B7D7BFD8BA270B39432355FFB4",
            "B70E0CBD6BB4BF7F321390B94A03C1D356C21122343280D6115C1D21",
            "BD376388B5F723FB4C22DFE6CD4375A05A07476444D5819985007E34",
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFF16A2E0B8F03E13DD29455C5C2A3D",
        ],
    ),
    // RFC 5903, section 3.1.
    (
        Ke::Ecp256,
        [
            "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
            "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
            "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
            "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296",
            "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
            "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        ],
    ),
    // RFC 5903, section 3.2.
    (
        Ke::Ecp384,
        [
            "\
            FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF000000000000\
            0000FFFFFFFF",
            "\
            FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF000000000000\
            0000FFFFFFFC",
            "\
            B3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85\
            C8EDD3EC2AEF",
            "\
            AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A54\
            5E3872760AB7",
            "\
            3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A43\
            1D7C90EA0E5F",
            "\
            FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC\
            196ACCC52973",
        ],
    ),
    // RFC 5903, section 3.3.
    (
        Ke::Ecp521,
        [
            "\
            01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
            FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
            "\
            01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
            FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC",
            "\
            0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B\
            1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00",
            "\
            00C6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3DBAA14B5E77EFE75928\
            FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5BD66",
            "\
            011839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E662C97EE72995EF42640\
            C550B9013FAD0761353C7086A272C24088BE94769FD16650",
            "\
            01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B\
            7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409",
        ],
    ),
    // RFC 5639, section 3.3.
    (
        Ke::BrainpoolP224r1,
        [
            "D7C134AA264366862A18302575D1D787B09F075797DA89F57EC8C0FF",
            "68A5E62CA9CE6C1C299803A6C1530B514E182AD8B0042A59CAD29F43",
            "2580F63CCFE44138870713B1A92369E33E2135D266DBB372386C400B",
            "0D9029AD2C7E5CF4340823B2A87DC68C9E4CE3174C1E6EFDEE12C07D",
            "58AA56F772C0726F24C6B89E4ECDAC24354B9E99CAA3F6D3761402CD",
            "D7C134AA264366862A18302575D0FB98D116BC4B6DDEBCA3A5A7939F",
        ],
    ),
    // RFC 5639, section 3.4.
    (
        Ke::BrainpoolP256r1,
        [
            "A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377",
            "7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9",
            "26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6",
            "8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262",
            "547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997",
            "A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7",
        ],
    ),
    // RFC 5639, section 3.6.
    (
        Ke::BrainpoolP384r1,
        [
            "\
            8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A718747\
            00133107EC53",
            "\
            7BC382C63D8C150C3C72080ACE05AFA0C2BEA28E4FB22787139165EFBA91F90F8AA5814A503AD4EB04A8\
            C7DD22CE2826",
            "\
            04A8C7DD22CE28268B39B55416F0447C2FB77DE107DCD2A62E880EA53EEB62D57CB4390295DBC9943AB7\
            8696FA504C11",
            "\
            1D1C64F068CF45FFA2A63A81B7C13F6B8847A3E77EF14FE3DB7FCAFE0CBD10E8E826E03436D646AAEF87\
            B2E247D4AF1E",
            "\
            8ABE1D7520F9C2A45CB1EB8E95CFD55262B70B29FEEC5864E19C054FF99129280E464621779181114282\
            0341263C5315",
            "\
            8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7CF3AB6AF6B7FC3103B88\
            3202E9046565",
        ],
    ),
    // RFC 5639, section 3.7.
    (
        Ke::BrainpoolP512r1,
        [
            "\
            AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA703308717D4D9B009BC66842AECD\
            A12AE6A380E62881FF2F2D82C68528AA6056583A48F3",
            "\
            7830A3318B603B89E2327145AC234CC594CBDD8D3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2E\
            F1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D77FC94CA",
            "\
            3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2EF1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D77FC\
            94CADC083E67984050B75EBAE5DD2809BD638016F723",
            "\
            81AEE4BDD82ED9645A21322E9C4C6A9385ED9F70B5D916C1B43B62EEF4D0098EFF3B1F78E2D0D48D50D1\
            687B93B97D5F7C6D5047406A5E688B352209BCB9F822",
            "\
            7DDE385D566332ECC0EABFA9CF7822FDF209F70024A57B1AA000C55B881F8111B2DCDE494A5F485E5BCA\
            4BD88A2763AED1CA2B2FA8F0540678CD1E0F3AD80892",
            "\
            AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA70330870553E5C414CA926194186\
            61197FAC10471DB1D381085DDADDB58796829CA90069",
        ],
    ),
];

/// A curve.
pub(super) struct Curve {
    p: BigUint,
    a: BigUint,
    b: BigUint,
    generator: (BigUint, BigUint),
    order: BigUint,
    /// Length of a coordinate.
    pub(super) octets: usize,
}

/// A point (X/Z², Y/Z³); Z is zero at infinity.
struct Point {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

impl Curve {
    pub(super) fn of(method: Ke) -> Option<Self> {
        let (_, [p, a, b, x, y, order]) = CURVES.iter().find(|(known, _)| *known == method)?;
        Some(Self {
            p: number(p)?,
            a: number(a)?,
            b: number(b)?,
            generator: (number(x)?, number(y)?),
            order: number(order)?,
            octets: p.len() / 2,
        })
    }

    /// A secret below the order of the generator, of random octets that are more than it takes.
    pub(super) fn secret(&self, random: &BigUint) -> BigUint {
        random % &self.order
    }

    pub(super) fn public(&self, secret: &BigUint) -> Option<(BigUint, BigUint)> {
        self.times(secret, &self.generator)
    }

    /// The point of both secrets; `None` if the other side's is not on the curve.
    pub(super) fn shared(
        &self,
        secret: &BigUint,
        peer: &(BigUint, BigUint),
    ) -> Option<(BigUint, BigUint)> {
        let (x, y) = peer;
        let inside = *x < self.p && *y < self.p;
        let right = (x * x % &self.p * x + &self.a * x + &self.b) % &self.p;
        (inside && y * y % &self.p == right).then(|| self.times(secret, peer))?
    }

    /// `None` at infinity.
    fn times(&self, factor: &BigUint, point: &(BigUint, BigUint)) -> Option<(BigUint, BigUint)> {
        let zero = BigUint::ZERO;
        let mut sum = Point {
            x: zero.clone(),
            y: zero.clone(),
            z: zero.clone(),
        };
        for bit in (0..factor.bits()).rev() {
            sum = self.twice(&sum);
            if factor.bit(bit) {
                sum = self.plus(&sum, point);
            }
        }
        let p = &self.p;
        if sum.z == zero {
            return None;
        }
        // By Fermat, since p is prime.
        let inverse = sum.z.modpow(&(p - 2_u8), p);
        let square = &inverse * &inverse % p;
        let x = sum.x * &square % p;
        let y = sum.y * (square * inverse % p) % p;
        Some((x, y))
    }

    fn twice(&self, point: &Point) -> Point {
        let p = &self.p;
        let Point { x, y, z } = point;
        let square = y * y % p;
        let s = x * &square * 4_u8 % p;
        let z2 = z * z % p;
        let m = (x * x * 3_u8 + &self.a * (&z2 * &z2 % p)) % p;
        let doubled = self.minus(&(&m * &m), &(&s * 2_u8));
        let y_new = &m * self.minus(&s, &doubled);
        Point {
            y: self.minus(&y_new, &(&square * &square * 8_u8)),
            x: doubled,
            z: y * z * 2_u8 % p,
        }
    }

    fn plus(&self, point: &Point, (x, y): &(BigUint, BigUint)) -> Point {
        let p = &self.p;
        if point.z == BigUint::ZERO {
            return Point {
                x: x.clone(),
                y: y.clone(),
                z: BigUint::from(1_u8),
            };
        }
        let z2 = &point.z * &point.z % p;
        let h = self.minus(&(x * &z2), &point.x);
        let r = self.minus(&(y * (&z2 * &point.z % p)), &point.y);
        if h == BigUint::ZERO {
            return if r == BigUint::ZERO {
                self.twice(point)
            } else {
                Point {
                    z: BigUint::ZERO,
                    x: h,
                    y: r,
                }
            };
        }
        let h2 = &h * &h % p;
        let h3 = &h2 * &h % p;
        let v = &point.x * &h2 % p;
        let sum = self.minus(&(&r * &r), &(&h3 + &v * 2_u8));
        let y_new = &r * self.minus(&v, &sum);
        Point {
            y: self.minus(&y_new, &(&point.y * &h3)),
            x: sum,
            z: h * &point.z % p,
        }
    }

    fn minus(&self, from: &BigUint, what: &BigUint) -> BigUint {
        let p = &self.p;
        (from % p + p - what % p) % p
    }
}

#[cfg(test)]
mod tests {
    use super::{CURVES, Curve};
    use num_bigint::BigUint;

    #[test]
    fn generators_are_on_their_curves_and_have_their_order() {
        for (method, _) in CURVES {
            let curve = Curve::of(method).unwrap();
            let one = BigUint::from(1_u8);
            let last = curve.shared(&(&curve.order - &one), &curve.generator);
            let (x, y) = last.unwrap();
            assert_eq!(x, curve.generator.0, "{method}");
            assert_eq!(y + &curve.generator.1, curve.p, "{method}");
            assert!(curve.times(&curve.order, &curve.generator).is_none());
            let (x, y) = curve.generator.clone();
            assert!(curve.shared(&one, &(x, y + 1_u8)).is_none(), "{method}");
        }
    }
}
