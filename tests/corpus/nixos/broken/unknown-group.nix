{ services.strongswan-swanctl.swanctl.connections.a = {
  version = 2;
  proposals = [ "aes256-sha256-dh14" ];
  local.a.auth = "psk";
 };
 services.strongswan-swanctl.swanctl.secrets.ike.a.secret = "hunter2";
}
