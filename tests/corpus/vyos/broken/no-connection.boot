set vpn ipsec esp-group A proposal 1 encryption 'aes256'
set vpn ipsec authentication psk b secret hunter2
