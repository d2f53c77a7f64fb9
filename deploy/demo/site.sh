# shellcheck shell=bash disable=SC2034,SC2154
# The hosts of deploy/demo/run: the site in the namespace of the shell, the senders in another one.

work=$DEMO_WORK
PRIMARY=192.0.2.10
DECOY=192.0.2.90
RESOLVER=192.0.2.53
GOOD=198.51.100.25
SPAMMER=203.0.113.66
RETRY_AFTER=5
ABANDONED_AFTER=12
GREYLISTED_FOR=4
limit=${DEMO_LIMIT:-150}
declare -A log=()

say() { printf '%3d s  %s\n' "$SECONDS" "$*" | fold -s -w 112 | sed '2,$s/^/       /; s/ $//'; }
seen() { say "=> $*"; }
title() { printf '\n%s\n' "$*"; }

fail() {
    local name
    for name in "${!log[@]}"; do
        printf '\n-- the end of the log of %s\n' "$name"
        tail -n 15 "${log[$name]}" 2> /dev/null || true
    done >&2
    printf '\nNot seen: %s\n' "$*" >&2
    exit 1
}

# Waits until a command succeeds.
await() {
    local what=$1
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$limit" ] || fail "$what, within $limit s"
        sleep 0.2
    done
}

at_senders() { nsenter --target "$senders" --net -- "$@"; }

in_other_network() { [ "$(readlink "/proc/$senders/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }

connect() {
    local address
    unshare --net sleep infinity &
    senders=$!
    await "a second network namespace" in_other_network
    ip link add eth0 type veth peer name eth0 netns "$senders"
    for address in $PRIMARY $DECOY $RESOLVER; do ip address add "$address/24" dev eth0; done
    for address in $GOOD $SPAMMER; do at_senders ip address add "$address/32" dev eth0; done
    ip link set lo up
    ip link set eth0 up
    at_senders ip link set lo up
    at_senders ip link set eth0 up
    for address in $GOOD $SPAMMER; do ip route add "$address/32" dev eth0; done
    at_senders ip route add 192.0.2.0/24 dev eth0
    printf 'nameserver %s\n' $RESOLVER > "$work/resolv.conf"
    mount --bind "$work/resolv.conf" /etc/resolv.conf
}

start_resolver() {
    log[Unbound]=$work/unbound.log
    # AppArmor lets Unbound read its configuration only there
    mkdir "$work/unbound"
    mount --bind "$work/unbound" /etc/unbound
    cat > /etc/unbound/unbound.conf << END
server:
    interface: $RESOLVER
    access-control: 0.0.0.0/0 allow
    do-ip6: no
    num-threads: 1
    chroot: ""
    username: ""
    directory: "/etc/unbound"
    pidfile: ""
    use-syslog: no
    module-config: "iterator"
    local-zone: "." static
    local-data: "example.org. IN MX 10 mx1.example.org."
    local-data: "example.org. IN MX 90 mx9.example.org."
    local-data: "mx1.example.org. IN A $PRIMARY"
    local-data: "mx9.example.org. IN A $DECOY"
    local-data-ptr: "$GOOD good.example.net"
    local-data: "good.example.net. IN A $GOOD"
remote-control:
    control-enable: no
END
    unbound -d 2>&1 | cat > "${log[Unbound]}" &
}

start_postgrey() {
    log[postgrey]=$work/postgrey.log
    install -d -o postgrey -g postgrey "$work/postgrey"
    postgrey --inet=127.0.0.1:10023 --dbdir="$work/postgrey" --delay=$GREYLISTED_FOR --auto-whitelist-clients=1 \
        > "${log[postgrey]}" 2>&1 &
}

start_rspamd() {
    log[rspamd]=$work/rspamd.log
    mkdir "$work/rspamd"
    echo com > "$work/rspamd/tld"
    # the decoy does not answer yet, and rspamd waits 20 to 40 times "poll" after that
    sed 's,decoy.example.org:8080,127.0.0.1:8080,; s,poll = 5s,poll = 0.2s,' \
        "$here/../consumers/rspamd/multimap.conf" > "$work/rspamd/multimap.conf"
    cat > "$work/rspamd.conf" << END
options {
  pidfile = "$work/rspamd/pid"; tempdir = "$work/rspamd"; filters = "";
  maps_cache_dir = "$work/rspamd"; hs_cache_dir = "$work/rspamd"; disable_hyperscan = true;
  cache_file = "$work/rspamd/symbols"; dynamic_conf = "$work/rspamd/dynamic"; history_file = "$work/rspamd/history";
  control_socket = "$work/rspamd/control mode=0600"; rrd = "$work/rspamd/rrd"; stats_file = "$work/rspamd/stats";
  url_tld = "$work/rspamd/tld";
  dns { nameserver = ["$RESOLVER"]; }
}
logging { type = "console"; level = "info"; color = false; }
worker "normal" { bind_socket = "127.0.0.1:11333"; count = 1; }
worker "rspamd_proxy" {
  bind_socket = "127.0.0.1:11332"; count = 1; milter = yes; timeout = 60s;
  upstream "local" { default = yes; self_scan = yes; }
}
lua = "/usr/share/rspamd/rules/rspamd.lua";
modules { path = "/usr/share/rspamd/plugins/multimap.lua"; }
actions { greylist = 4; add_header = 6; reject = 15; }
multimap { .include "$work/rspamd/multimap.conf" }
END
    rspamd --no-fork --insecure -c "$work/rspamd.conf" > "${log[rspamd]}" 2>&1 &
}

# Starts a Postfix with a queue and a configuration of its own, by the command of the namespace that has its address.
# main.cf gets what is on the standard input, too.
start_postfix() {
    local name=$1 address=$2 dir=$work/$1
    shift 2
    log[$name]=$dir/log
    mkdir -p "$dir/etc" "$dir/queue"
    install -d -o postfix "$dir/data"
    # no daemon in a chroot, which would need files in it
    awk '/^[a-z]/ && NF > 7 { $5 = "n" } { print }' /usr/share/postfix/master.cf.dist > "$dir/etc/master.cf"
    cat > "$dir/etc/main.cf" << END
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
maillog_file = $dir/log
maillog_file_prefixes = $dir
myhostname = $name
inet_interfaces = $address
inet_protocols = ipv4
mydestination =
alias_maps =
alias_database =
$(cat)
END
    "$@" env MAIL_CONFIG="$dir/etc" postfix start > "$dir/start" 2>&1 || { cat "$dir/start"; fail "Postfix of $name"; }
}

start_primary() {
    install -d -o nobody "$work/mail"
    start_postfix mx1.example.org $PRIMARY << END
virtual_mailbox_domains = example.org
virtual_mailbox_base = $work/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
smtpd_milters = inet:127.0.0.1:11332
smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10023
$(cat "$here/../consumers/postfix/policy.cf")
END
}

start_decoy() {
    log[decoy]=$work/decoy.log
    mkdir -p "$work/decoy/config"
    cat > "$work/decoy/config/application.properties" << END
decoy.domains=example.org
decoy.hostname=mx9.example.org
decoy.smtp.host=$DECOY
decoy.smtp.port=25
decoy.policy.retry-after=${RETRY_AFTER}s
decoy.policy.abandoned-after=${ABANDONED_AFTER}s
decoy.exempt.spf-domains=
decoy.feed.max-age=6s
decoy.dnsbl.host=127.0.0.1
quarkus.http.host=127.0.0.1
END
    # without variables of the user, which would override these settings
    (cd "$work/decoy" &&
        exec env -i PATH="$PATH" java "@$here/../jvm.options" -jar "$DEMO_APP/quarkus-run.jar" > "${log[decoy]}" 2>&1) &
    decoy=$!
}

decoy_counts() {
    local health
    kill -0 "$decoy" 2> /dev/null || fail "the decoy: it has ended"
    health=$(curl -s -m 10 http://127.0.0.1:9000/q/health) || return 1
    [[ $health == *"up since"* && $health != *"nothing counts"* ]]
}

is_open() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

start_site() {
    connect
    start_resolver
    start_postgrey
    start_rspamd
    start_primary
    start_postfix good.example.net $GOOD at_senders <<< "queue_run_delay = 1h"
    # a primary that does not accept mail yet is an outage for the decoy, and nothing counts for a while after it
    await "postgrey" is_open 10023
    await "rspamd" is_open 11332
    start_decoy
    await "the decoy to be ready" decoy_counts
    say "mx9 is the worst MX of example.org, and mx1 is up: from now on it counts who comes to mx9"
}
