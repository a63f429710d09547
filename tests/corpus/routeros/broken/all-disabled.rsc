/ip ipsec peer
add disabled=yes exchange-mode=ike2 name=a
/ip ipsec identity
add peer=a secret=hunter2
