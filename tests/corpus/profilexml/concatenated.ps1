$Escaped = '&lt;hunter2&gt;'
$XML = '<VPNProfile><NativeProfile><Servers>' + $Address + '</Servers>' +
  "<NativeProtocolType>IKEv2</NativeProtocolType><CryptographySuite note=""it's"">" +
  '<AuthenticationTransformConstants>SHA256128</AuthenticationTransformConstants>' + '<CipherTransformConstants>AES256</CipherTransformConstants>' +
  "<PfsGroup>ECP384</PfsGroup>`n<DHGroup>Group14</DHGroup>"+'<IntegrityCheckMethod>SHA384</IntegrityCheckMethod>' +
  '<EncryptionMethod>AES_GCM_256</EncryptionMethod></CryptographySuite></NativeProfile></VPNProfile>'
