interfaces {
    ethernet eth0 {
        address 192.0.2.1/24
        description "uplink hunter0"
    }
}
system {
    host-name gateway
    login {
        user anna {
            authentication {
                encrypted-password $6$hunter1hunter1
            }
        }
    }
}
vpn {
    ipsec {
        authentication {
            psk branch {
                id 192.0.2.1
                id 198.51.100.7
                secret hunter2hunter2
            }
        }
        esp-group PEOPLE {
            lifetime 7200
            pfs disable
            proposal 1 {
                encryption aes256gcm128
                hash sha256
            }
            proposal 2 {
                encryption aes256
                hash sha256
            }
        }
        esp-group BRANCH {
            mode tunnel
            pfs enable
            proposal 1 {
                encryption aes256
                hash sha1
            }
        }
        ike-group PEOPLE {
            dead-peer-detection {
                action clear
                interval 30
            }
            key-exchange ikev2
            lifetime 14400
            proposal 1 {
                dh-group 14
                encryption aes256
                hash sha256
            }
            proposal 2 {
                dh-group 19
                encryption aes128gcm128
                hash sha256
                prf prfsha384
            }
        }
        ike-group BRANCH {
            key-exchange ikev2
            proposal 1 {
                dh-group 20
                encryption aes256
                hash sha256
            }
        }
        ike-group OLD {
            key-exchange ikev1
            proposal 1 {
                encryption 3des
                hash md5
            }
        }
        remote-access {
            connection PEOPLE {
                authentication {
                    client-mode eap-mschapv2
                    local-id vpn.example.com
                    local-users {
                        username anna {
                            password hunter3hunter3
                        }
                    }
                    server-mode x509
                    x509 {
                        ca-certificate office-ca
                        certificate vpn
                    }
                }
                esp-group PEOPLE
                ike-group PEOPLE
                local-address 192.0.2.1
                pool ADDRESSES
            }
            pool ADDRESSES {
                name-server 192.0.2.53
                prefix 10.99.0.0/24
            }
        }
        site-to-site {
            peer branch {
                authentication {
                    local-id 192.0.2.1
                    mode pre-shared-secret
                    remote-id 198.51.100.7
                }
                connection-type respond
                default-esp-group BRANCH
                ike-group BRANCH
                local-address 192.0.2.1
                remote-address 198.51.100.7
                tunnel 1 {
                    local {
                        prefix 10.1.0.0/16
                    }
                    remote {
                        prefix 10.2.0.0/16
                        prefix 10.3.0.0/16
                    }
                }
                tunnel 2 {
                    disable
                }
            }
            peer 203.0.113.9 {
                authentication {
                    mode pre-shared-secret
                    pre-shared-secret hunter4hunter4
                }
                default-esp-group BRANCH
                ike-group OLD
                local-address 192.0.2.1
                vti {
                    bind vti0
                    esp-group BRANCH
                }
            }
        }
    }
}


// Warning: Do not remove the following line.
// vyos-config-version: "firewall@15:interfaces@32:ipsec@13"
// Release version: 1.4.0
