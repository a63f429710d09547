set vpn ipsec ike-group A proposal 1 dh-group '14'
set vpn ipsec authentication psk b secret hunter2
