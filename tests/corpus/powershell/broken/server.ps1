Set-VpnServerConfiguration -CustomPolicy -DHGroup Group14 # hunter2
