<# Makes a profile from what stands below. #>
param(
    [string]$Serve = 'vpn.example.com',
    [string]$Ciphers = "AES256"
)
$Psk = 'hunter2'
$ProfileXML = @"
<VPNProfile>
  <NativeProfile>
    <Servers>$Server</Servers>
    <NativeProtocolType>IKEv2</NativeProtocolType>
    <L2tpPsk>$Psk</L2tpPsk>
    <Authentication><UserMethod>Eap</UserMethod><Eap><Configuration>$EAP</Configuration></Eap></Authentication>
    <CryptographySuite>
      <AuthenticationTransformConstants>SHA256128</AuthenticationTransformConstants>
      <CipherTransformConstants>${Cipher}</CipherTransformConstants>
      <PfsGroup>ECP384</PfsGroup>
      <DHGroup>Group14</DHGroup>
      <IntegrityCheckMethod>SHA384</IntegrityCheckMethod>
      <EncryptionMethod>AES_GCM_256</EncryptionMethod>
    </CryptographySuite>
  </NativeProfile>
</VPNProfile>
"@
$ProfileXML = $ProfileXML -replace '<', '&lt;'
$instance.CimInstanceProperties.Add([CimProperty]::Create('ProfileXML', $ProfileXML, 'String', 'Property'))
