#!/bin/bash
# Installs a server; the keys are made here.
VPN_DOMAIN=vpn.example.com
export IKE="aes256-sha256-modp2048"
PSK=$(openssl rand -hex 8)
cat > /etc/ipsec.secrets <<EOF
: PSK "hunter2"
EOF
cat <<EOF > /etc/ipsec.conf
config setup
  uniqueids=no
conn rw
  keyexchange=ikev2
  leftid=@$VPN_DOMAIN
EOF
cat >> /etc/ipsec.conf << "EOF"
  left=%any
  right=%any
  # hunter2
EOF
	cat >> /etc/ipsec.conf <<-EOF
	  rightsourceip=${POOL:-192.0.2.128/25}
	  ike=${IKE}!
	  esp=aes256-sha256!
	  auto=add
	EOF
tee /etc/strongswan.conf >/dev/null <<'XX'
charon {
  load_modular = yes
}
XX
systemctl restart strongswan
