{ config, pkgs, lib, ... }:
let
  address = "192.0.2.1";
in
{
  networking.firewall.allowedUDPPorts = [ 500 4500 ];
  users.users.anna.hashedPassword = "hunter0hunter0";

  # clients and a branch
  services.strongswan-swanctl = {
    enable = true;
    swanctl = {
      connections = {
        people = {
          version = 2;
          local_addrs = [ address ];
          proposals = [ "aes256gcm16-prfsha384-ecp384" "aes256-sha256-modp2048" ];
          pools = [ "addresses" ];
          send_cert = "always";
          local."main" = {
            auth = "pubkey";
            certs = [ "vpn.pem" ];
            id = "vpn.example.com";
          };
          remote."main" = {
            auth = "eap-mschapv2";
            eap_id = "%any";
          };
          children."people" = {
            esp_proposals = [ "aes256gcm16" "aes256-sha256" ];
            local_ts = [ "0.0.0.0/0" ];
            rekey_time = "0s";
          };
        };
        branch = {
          version = 2;
          mobike = false;
          proposals = [ "aes256-sha256-ecp384" ];
          remote_addrs = [ "198.51.100.7" ];
          local.main.auth = "psk";
          remote.main = { auth = "psk"; id = lib.mkForce "198.51.100.7"; };
          children.lan = {
            local_ts = [ "10.1.0.0/16" ];
            remote_ts = [ "10.2.0.0/16" ];
            esp_proposals = [ "aes128gcm16-ecp384" ];
          };
        };
      };
      pools.addresses.addrs = "10.99.0.0/24";
      secrets = {
        eap.anna = { id.main = "anna"; secret = "hunter1hunter1"; };
        ike.branch.secret = "hunter2hunter2";
      };
    };
  };
}
