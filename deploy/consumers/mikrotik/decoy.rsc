# RouterOS drops connections of listed clients to port 25 of the router and behind it, and loads the list every ten
# minutes. Set your decoy's host name, copy the file to the router, and run "/import decoy.rsc" once. Not tested: no
# router was available.
#
# The entries end after a day without a new list, and at a reboot. What is not a RouterOS script, such as the login page
# of a network, fails at its first line, and the old entries stay.
/ip firewall raw
add chain=prerouting protocol=tcp dst-port=25 src-address-list=decoy action=drop comment=decoy
/system script
add name=decoy policy=ftp,read,write,test source={
    /tool fetch url="http://decoy.example.org:8080/feeds/mikrotik" dst-path=decoy-list.rsc
    /import file-name=decoy-list.rsc
}
/system scheduler
add name=decoy interval=10m on-event=decoy policy=ftp,read,write,test
# last, as a router without IPv6 ends the import here
/ipv6 firewall raw
add chain=prerouting protocol=tcp dst-port=25 src-address-list=decoy action=drop comment=decoy
