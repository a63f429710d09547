{ services.strongswan-swanctl = { enable = true; swanctl.connections = import ./secret.nix "hunter2"; }; }
