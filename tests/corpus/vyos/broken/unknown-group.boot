set vpn ipsec ike-group A proposal 1 dh-group '44'
set vpn ipsec ike-group A proposal 1 encryption 'aes256'
set vpn ipsec ike-group A proposal 1 hash 'sha256'
set vpn ipsec site-to-site peer b ike-group A
set vpn ipsec site-to-site peer b authentication pre-shared-secret hunter2
