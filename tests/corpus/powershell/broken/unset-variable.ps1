Add-VpnConnection -Name 'Work VPN' -ServerAddress vpn.example.org -TunnelType Ikev2 -L2tpPsk 'hunter2'
Set-VpnConnectionIPsecConfiguration -ConnectionName 'Work VPN' `
  -AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES256 `
  -DHGroup $group -EncryptionMethod AES256 `
  -IntegrityCheckMethod SHA256 -PfsGroup None -Force
