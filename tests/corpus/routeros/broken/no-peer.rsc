/ip ipsec profile
set [ find default=yes ] dh-group=modp2048
/ppp secret
add name=anna password=hunter2
