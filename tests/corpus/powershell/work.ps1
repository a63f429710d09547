# Windows 10 for the office, user names and passwords
$vpn = @{
  Name            = 'Work VPN'
  ServerAddress   = "vpn.example.org"
  TunnelType      = 'Ikev2'
  EncryptionLevel = 'Required'
}
Add-VpnConnection @vpn -AuthenticationMethod Eap -RememberCredential
Set-VpnConnectionIPsecConfiguration -ConnectionName $vpn.Name `
  -AuthenticationTransformConstants GCMAES128 -CipherTransformConstants GCMAES128 `
  -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group14 -PfsGroup None -Force
