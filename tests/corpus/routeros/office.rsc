# 2026-03-02 09:14:20 by RouterOS 7.14.3
# software id = 0000-0000
#
/interface bridge
add name=bridge
/ip ipsec mode-config
add address-pool=vpn-pool address-prefix-length=32 name=people \
    split-include=10.1.0.0/16 static-dns=10.1.0.2 system-dns=no
/ip ipsec policy group
add name=people
/ip ipsec profile
set [ find default=yes ] dh-group=modp2048 dpd-interval=2m \
    dpd-maximum-failures=5 enc-algorithm=aes-256,aes-128 hash-algorithm=sha256
add dh-group=ecp384,ecp256,modp2048 enc-algorithm=aes-256 hash-algorithm=sha512 \
    lifetime=8h name=people
add name=bare
/ip ipsec peer
add comment="people with laptops" exchange-mode=ike2 name=people passive=yes \
    profile=people
add address=198.51.100.7/32 exchange-mode=ike2 local-address=192.0.2.1 name=\
    branch
add address=203.0.113.20/32 exchange-mode=ike2 name=bare profile=bare
add address=203.0.113.9/32 name=old profile=people
add address=203.0.113.10/32 disabled=yes exchange-mode=ike2 name=gone
/ip ipsec proposal
set [ find default=yes ] auth-algorithms=sha256 enc-algorithms=\
    aes-256-cbc,aes-128-cbc pfs-group=none
add auth-algorithms=sha256 enc-algorithms=aes-256-gcm,aes-256-cbc,aes-128-gcm \
    lifetime=1h name=people pfs-group=ecp256
add auth-algorithms="" enc-algorithms=aes-256-gcm name=branch pfs-group=modp2048
/ip pool
add name=vpn-pool ranges=10.99.0.10-10.99.0.200
/ip ipsec identity
add auth-method=eap-radius certificate=vpn.example.com generate-policy=port-strict \
    mode-config=people my-id=fqdn:vpn.example.com peer=people \
    policy-template-group=people
add auth-method=digital-signature certificate=vpn.example.com generate-policy=\
    port-strict mode-config=people my-id=fqdn:vpn.example.com peer=people \
    policy-template-group=people remote-id=user-fqdn:anna@example.com
add peer=branch remote-id=fqdn:branch.example.com \
    secret=hunter2
add peer=bare \
    secret="hunter3 hunter4"
add peer=old \
    secret=hunter5
/ip ipsec policy
set 0 disabled=yes
add dst-address=10.99.0.0/24 group=people proposal=people src-address=0.0.0.0/0 \
    template=yes
add dst-address=10.5.0.0/16 peer=branch proposal=branch src-address=10.1.0.0/16 \
    tunnel=yes
add dst-address=10.6.0.0/16 peer=branch src-address=10.1.0.0/16 tunnel=yes
add dst-address=203.0.113.20/32 peer=bare protocol=gre src-address=192.0.2.1/32
/ppp secret
add name=anna password=hunter6
