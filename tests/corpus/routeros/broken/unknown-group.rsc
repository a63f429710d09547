/ip ipsec profile
add name=a enc-algorithm=aes-256 hash-algorithm=sha256 dh-group=modp2048,mopd1024
/ip ipsec peer
add exchange-mode=ike2 name=a profile=a
/ip ipsec identity
add peer=a generate-policy=port-strict secret=hunter2
