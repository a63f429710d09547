Add-VpnConnection -Name 'Work VPN' -ServerAddress vpn.example.org -TunnelType Ikev2 -L2tpPsk 'hunter2'
Set-VpnConnectionIPsecConfiguration -ConnectionName 'Work VPN' `
  -AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES256 `
  -DHGroup Group14 -EncryptionMethod AES256 `
  -IntegrityCheckMethod SHA512 -PfsGroup None -Force
